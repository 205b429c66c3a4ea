"""Changing a block of texts while keeping, for every code point, where in the raw text it came from.

A step gets code points and says what is left of them (`Edit`): for every code point of the result the first and the
last code point that it was made of. `edit_texts` runs steps one after the other on the few texts that need them, joins
their edits, and returns the whole block with an `OffsetMap` that holds nothing for texts that stayed as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from malgil.codepoints import CodePoints, decode, encode
from malgil.errors import ParameterError


@dataclass(frozen=True, eq=False)
class Edit:
    """What a step made of a block.

    Parameters
    ----------
    after : CodePoints
        The texts after the step, as many as before.
    first, last : ndarray of int64, shape (n_points_after,)
        Places in the flat array before the step: each code point was made of ``first`` to ``last``, both included.
        Neither falls within a text.
    changed : ndarray of bool, shape (n_rows,)
        Which texts are not as they were.
    """

    after: CodePoints
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    changed: NDArray[np.bool_]


Step = Callable[[CodePoints], Edit | None]


@dataclass(frozen=True, eq=False)
class OffsetMap:
    """From spans of edited texts to spans of the raw texts, in code points.

    Parameters
    ----------
    n_rows : int
        Number of texts in the block.
    rows : ndarray of int64, shape (n_changed,)
        Numbers of the texts that changed, rising. All others map to themselves and cost no memory.
    indptr : ndarray of int64, shape (n_changed + 1,)
        Borders of the changed texts in `start` and `end`.
    start, end : ndarray of int32, shape (n_points,)
        For each code point of a changed text the half-open span of the raw text that it was made of.
    """

    n_rows: int
    rows: NDArray[np.int64]
    indptr: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]

    def to_raw(self, doc: ArrayLike, start: ArrayLike, end: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Find the raw spans of many spans.

        Parameters
        ----------
        doc : array_like of int, shape (n,) or ()
            Numbers of the texts in this block.
        start, end : array_like of int, shape (n,) or ()
            Half-open spans in code points of the edited texts. An empty span maps to an empty one: where the next
            code point came from, at the end of the text behind the last one.

        Returns
        -------
        start, end : ndarray of int32, shape (n,) or ()
            The same spans in code points of the raw texts.

        Raises
        ------
        ParameterError
            If a text number lies outside the block, or a span runs backwards or outside a changed text.
        """
        docs, starts, ends = np.broadcast_arrays(np.asarray(doc), np.asarray(start), np.asarray(end))
        if docs.size and (int(docs.min()) < 0 or int(docs.max()) >= self.n_rows):
            raise ParameterError("clean.no_such_text", value=int(docs.max()), n=self.n_rows)
        if bool((starts < 0).any()) or bool((ends < starts).any()):
            raise ParameterError("clean.span_outside")
        raw_start, raw_end = starts.astype(np.int32), ends.astype(np.int32)
        if not len(self.rows):
            return raw_start, raw_end
        slots = np.full(self.n_rows, -1, np.int64)
        slots[self.rows] = np.arange(len(self.rows))
        slot = slots[docs]
        hit = slot >= 0
        raw_start[hit], raw_end[hit] = self._look_up(slot[hit], starts[hit], ends[hit])
        return raw_start, raw_end

    def _look_up(
        self, slot: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        base, limit = self.indptr[slot], self.indptr[slot + 1]
        if bool((base + end > limit).any()):
            raise ParameterError("clean.span_outside")
        starts, ends = np.append(self.start, np.int32(0)), np.append(self.end, np.int32(0))
        behind_last = np.where(limit > base, ends[limit - 1], 0)
        raw_start = np.where(base + start < limit, starts[np.minimum(base + start, len(self.start))], behind_last)
        raw_end = np.where(end > start, ends[base + end - 1], raw_start)
        return raw_start.astype(np.int32), raw_end.astype(np.int32)


@dataclass(frozen=True, eq=False)
class Edited:
    """A block of texts after some steps.

    Parameters
    ----------
    texts : pa.LargeStringArray
        All texts of the block, in their order.
    offsets : OffsetMap
        Where each code point came from.
    counts : dict of str to int
        Step -> number of texts that it changed.
    """

    texts: pa.LargeStringArray
    offsets: OffsetMap
    counts: dict[str, int]


def edit_texts(texts: pa.LargeStringArray, rows: NDArray[np.int64], steps: Mapping[str, Step]) -> Edited:
    """Run steps, in order, on some texts of a block.

    Parameters
    ----------
    texts : pa.LargeStringArray
        The block, no nulls.
    rows : ndarray of int64, shape (n,)
        Numbers of the texts that may need a step, rising.
    steps : mapping of str to Step
        Name -> step.

    Returns
    -------
    Edited
        The block with those texts replaced.
    """
    counts = dict.fromkeys(steps, 0)
    if not len(rows):
        return Edited(texts, _identity(len(texts)), counts)
    current = decode(texts.take(pa.array(rows)))
    n_before = np.diff(current.indptr)
    start = (np.arange(len(current.points)) - np.repeat(current.indptr[:-1], n_before)).astype(np.int32)
    end = start + np.int32(1)
    changed = np.zeros(len(rows), np.bool_)
    for name, step in steps.items():
        edit = step(current)
        if edit is not None:
            counts[name] = int(edit.changed.sum())
            start, end, current = start[edit.first], end[edit.last], edit.after
            changed |= edit.changed
    return Edited(*_put_back(texts, rows, current, changed, start, end), counts)


def _put_back(
    texts: pa.LargeStringArray,
    rows: NDArray[np.int64],
    current: CodePoints,
    changed: NDArray[np.bool_],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
) -> tuple[pa.LargeStringArray, OffsetMap]:
    if not changed.any():
        return texts, _identity(len(texts))
    lengths = np.diff(current.indptr)
    keep = np.repeat(changed, lengths)
    indptr = np.concatenate([[0], np.cumsum(lengths[changed])]).astype(np.int64)
    edited = encode(CodePoints(current.points[keep], indptr))
    source = np.arange(len(texts), dtype=np.int64)
    source[rows[changed]] = len(texts) + np.arange(len(indptr) - 1)
    whole = pa.concat_arrays([texts, edited]).take(pa.array(source))
    return whole, OffsetMap(len(texts), rows[changed], indptr, start[keep], end[keep])


def _identity(n_rows: int) -> OffsetMap:
    nothing = np.zeros(0, np.int32)
    return OffsetMap(n_rows, np.zeros(0, np.int64), np.zeros(1, np.int64), nothing, nothing)


def keep_points(before: CodePoints, keep: NDArray[np.bool_]) -> Edit | None:
    """Describe the edit that only takes code points away.

    Parameters
    ----------
    before : CodePoints
        The texts.
    keep : ndarray of bool, shape (n_points,)
        Which code points stay.

    Returns
    -------
    Edit or None
        ``None`` where all of them stay.
    """
    gone = np.flatnonzero(~keep)
    if not len(gone):
        return None
    changed = np.zeros(before.n_rows, np.bool_)
    changed[before.rows_of(gone)] = True
    at = np.flatnonzero(keep)
    after = CodePoints(before.points[at], before.indptr - np.searchsorted(gone, before.indptr))
    return Edit(after, at, at, changed)


def splice(
    before: CodePoints,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    lengths: NDArray[np.int64],
    made: tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]],
) -> Edit:
    """Put new code points in the place of spans; what lies between them stays as it is.

    Parameters
    ----------
    before : CodePoints
        The texts.
    low, high : ndarray of int64, shape (n_spans,)
        Half-open places in `before.points`: rising, not empty, not overlapping, each within one text.
    lengths : ndarray of int64, shape (n_spans,)
        Number of code points that take the place of each span.
    made : tuple of ndarray, shape (sum(lengths),) each
        Those code points (uint32), span after span, and the first and last place that each was made of (int64).

    Returns
    -------
    Edit
        The texts with the spans replaced.
    """
    n = len(before.points)
    inside = np.cumsum(np.bincount(low, minlength=n + 1) - np.bincount(high, minlength=n + 1))[:n] > 0
    room = np.where(inside, 0, 1)
    room[low] = lengths
    offsets = np.concatenate([[0], np.cumsum(room)])
    stays = np.flatnonzero(~inside)
    nth = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    target = np.repeat(offsets[low], lengths) + nth
    points = np.empty(offsets[-1], np.uint32)
    first, last = np.empty(offsets[-1], np.int64), np.empty(offsets[-1], np.int64)
    points[offsets[stays]], first[offsets[stays]], last[offsets[stays]] = before.points[stays], stays, stays
    points[target], first[target], last[target] = made
    changed = np.zeros(before.n_rows, np.bool_)
    changed[before.rows_of(low)] = True
    return Edit(CodePoints(points, offsets[before.indptr]), first, last, changed)


def replace_spans(
    before: CodePoints, low: NDArray[np.int64], high: NDArray[np.int64], made: Sequence[str]
) -> Edit | None:
    """Write other text in the place of spans; each new code point maps back to the whole span.

    Parameters
    ----------
    before : CodePoints
        The texts.
    low, high : ndarray of int64, shape (n_spans,)
        Half-open places in `before.points`: rising, not empty, not overlapping, each within one text.
    made : sequence of str, length n_spans
        What to write; an empty text takes the span away.

    Returns
    -------
    Edit or None
        ``None`` where there is no span.
    """
    if not len(low):
        return None
    lengths = np.array([len(text) for text in made], np.int64)
    points = np.frombuffer("".join(made).encode("utf-32-le"), np.uint32)
    return splice(before, low, high, lengths, (points, np.repeat(low, lengths), np.repeat(high - 1, lengths)))
