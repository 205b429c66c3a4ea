"""The log of edits: what cleaning took out of each text and where, enough to put it back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.cleaner import Cleaned
from malgil.codepoints import CodePoints, decode, encode
from malgil.errors import DataError


@dataclass(frozen=True, eq=False)
class EditLog:
    """Edits of the texts of a block.

    Parameters
    ----------
    doc : ndarray of int64, shape (n_edits,)
        Number of the text, rising.
    start, end : ndarray of int64, shape (n_edits,)
        Half-open span in code points of the cleaned text, rising within a text; empty where something was taken out.
    raw : pa.LargeStringArray, length n_edits
        What stood there in the raw text.
    """

    doc: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    raw: pa.LargeStringArray

    def __len__(self) -> int:
        return len(self.doc)


def log_edits(raw: pa.LargeStringArray, cleaned: Cleaned) -> EditLog:
    """Compare a block with what cleaning made of it.

    Parameters
    ----------
    raw : pa.LargeStringArray
        The raw texts.
    cleaned : Cleaned
        The same texts, cleaned.

    Returns
    -------
    EditLog
        The edits; nothing for a text that stayed as it was.

    Notes
    -----
    A code point stays where it came from a single equal one, behind all that earlier code points came from and before
    all that later ones came from. What lies between two that stay is one edit.
    """
    rows = pa.array(cleaned.changed)
    before, after = decode(raw.take(rows)), decode(cleaned.texts.take(rows))
    kept, source = _staying(before, after, cleaned)
    n_rows = before.n_rows
    # each text ends with a place that stays, so that an edit is a gap between neighbours
    stop = after.indptr[1:] + np.arange(n_rows)
    own = np.append(kept + after.rows_of(kept), stop)
    other = np.append(source + after.rows_of(kept), before.indptr[1:] + np.arange(n_rows))
    order = np.argsort(own, kind="stable")
    own, other = own[order], other[order]
    row = np.searchsorted(stop, own)
    previous_own, previous_other = np.append(-1, own[:-1]) + 1, np.append(-1, other[:-1]) + 1
    is_edit = (own > previous_own) | (other > previous_other)
    row, low, high = row[is_edit], previous_own[is_edit] - row[is_edit], own[is_edit] - row[is_edit]
    begin, finish = previous_other[is_edit] - row, other[is_edit] - row
    pieces = _cut(before, begin, finish)
    return EditLog(cleaned.changed[row], low - after.indptr[row], high - after.indptr[row], pieces)


def _staying(before: CodePoints, after: CodePoints, cleaned: Cleaned) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the code points that stay, as places in the cleaned and in the raw texts."""
    base = np.repeat(before.indptr[:-1], np.diff(after.indptr))
    start, end = cleaned.offsets.start + base, cleaned.offsets.end + base
    if not len(start):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # texts follow one another in the flat arrays too, so that both bounds hold across them
    reached = np.append(0, np.maximum.accumulate(end)[:-1])
    ahead = np.append(np.minimum.accumulate(start[::-1])[::-1][1:], len(before.points))
    stays = (end - start == 1) & (start >= reached) & (end <= ahead)
    stays[stays] = before.points[start[stays]] == after.points[stays]
    kept = np.flatnonzero(stays)
    return kept, start[kept]


def _cut(texts: CodePoints, low: NDArray[np.int64], high: NDArray[np.int64]) -> pa.LargeStringArray:
    """Cut spans of the flat array out, a text each."""
    indptr = np.append(0, np.cumsum(high - low))
    places = np.arange(indptr[-1]) + np.repeat(low - indptr[:-1], high - low)
    return encode(CodePoints(texts.points[places], indptr))


def undo(texts: pa.LargeStringArray, log: EditLog) -> pa.LargeStringArray:
    """Put back what cleaning took out.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Cleaned texts.
    log : EditLog
        Of the same texts.

    Returns
    -------
    pa.LargeStringArray
        The raw texts, byte for byte.

    Raises
    ------
    DataError
        If the log names a text or a place that is not there, or its edits are out of order.
    """
    if not len(log):
        return texts
    if int(log.doc.min()) < 0 or int(log.doc.max()) >= len(texts):
        raise DataError("clean.log_of_other_texts")
    rows, first = np.unique(log.doc, return_index=True)
    after, pieces = decode(texts.take(pa.array(rows))), decode(log.raw)
    base = after.indptr[np.searchsorted(rows, log.doc)]
    start, end = base + log.start, base + log.end
    limit = after.indptr[np.searchsorted(rows, log.doc) + 1]
    reached = np.append(0, end[:-1])
    is_right = (log.start >= 0) & (start <= end) & (end <= limit) & (start >= reached)
    if not is_right.all() or bool((np.diff(log.doc) < 0).any()):
        raise DataError("clean.log_of_other_texts")
    whole = _weave(after, start, end, pieces)
    added = np.append(0, np.cumsum(np.diff(pieces.indptr) - (end - start)))
    indptr = after.indptr + np.append(0, added[np.append(first[1:], len(log))])
    source = np.arange(len(texts), dtype=np.int64)
    source[rows] = len(texts) + np.arange(len(rows))
    return pa.concat_arrays([texts, encode(CodePoints(whole, indptr))]).take(pa.array(source))


def _weave(
    after: CodePoints, start: NDArray[np.int64], end: NDArray[np.int64], pieces: CodePoints
) -> NDArray[np.uint32]:
    """Replace spans of the flat array by pieces."""
    stays = np.ones(len(after.points) + 1, np.int64)
    depth = np.zeros(len(after.points) + 1, np.int64)
    np.add.at(depth, start, 1)
    np.add.at(depth, end, -1)
    stays[np.cumsum(depth) > 0] = 0
    kept = np.flatnonzero(stays[:-1])
    lengths = np.diff(pieces.indptr)
    # a piece goes before the first kept code point at or behind its span's end
    before_kept = np.searchsorted(kept, end)
    piece_of = np.repeat(np.arange(len(lengths)), lengths)
    order = np.argsort(np.concatenate([before_kept[piece_of] * 2, np.arange(len(kept)) * 2 + 1]), kind="stable")
    return np.concatenate([pieces.points, after.points[kept]])[order]
