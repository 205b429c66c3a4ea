"""Unicode composition (NFC) of a block of texts, exact in code points.

Hangul syllables written as single jamo (NFD, as some file systems and phones write them) are composed by arithmetic on
the whole block at once; what is left (accents, compatibility ideographs, marks in another order) goes text by text
through `unicodedata`, piece by piece, so that each composed code point maps back to just what it was made of.

References
----------
.. [1] The Unicode Standard 15.0, section 3.12, "Conjoining Jamo Behavior": arithmetic composition of syllables.
.. [2] Unicode Standard Annex #15, "Unicode Normalization Forms", section 9: stable code points and quick check.
"""

from __future__ import annotations

import unicodedata
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, Traits, row_facts, to_str
from malgil.edits import Edit, Edited, edit_texts, keep_points, splice

JOINS = 1
"""Bit of `COMPOSITION`: the code point may join with what stands before it."""
UNSTABLE = 2
"""Bit of `COMPOSITION`: the code point is written otherwise in NFC even when it stands alone."""

S_BASE, L_BASE, V_BASE, T_BASE = 0xAC00, 0x1100, 0x1161, 0x11A7
L_COUNT, V_COUNT, T_COUNT = 19, 21, 28
S_COUNT = L_COUNT * V_COUNT * T_COUNT


def _may_join(char: str) -> bool:
    point = ord(char)
    if V_BASE <= point < V_BASE + V_COUNT or T_BASE < point < T_BASE + T_COUNT or 0x16D63 <= point <= 0x16D6A:
        return True
    is_selector = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
    return unicodedata.category(char)[0] == "M" and not is_selector


def _classify(char: str) -> int:
    if 0xD800 <= ord(char) <= 0xDFFF:
        return 0
    first = unicodedata.normalize("NFD", char)[0]
    return JOINS * _may_join(first) | UNSTABLE * (unicodedata.normalize("NFC", char) != char)


COMPOSITION = Traits(_classify)
"""Code point -> `JOINS` and `UNSTABLE`; a text without either bit is in NFC."""


def compose(before: CodePoints) -> Edit | None:
    """Bring texts into NFC.

    Parameters
    ----------
    before : CodePoints
        Any texts.

    Returns
    -------
    Edit or None
        ``None`` where all of them are in NFC already.
    """
    hangul = _compose_hangul(before)
    rest = _compose_rest(before if hangul is None else hangul.after)
    if hangul is None or rest is None:
        return hangul or rest
    first, last = hangul.first[rest.first], hangul.last[rest.last]
    return Edit(rest.after, first, last, hangul.changed | rest.changed)


def _compose_hangul(before: CodePoints) -> Edit | None:
    """Compose L + V, L + V + T and LV + T, each a run of neighbours, so that the order of work does not matter."""
    points = before.points.astype(np.int64)
    is_v, is_t = (points >= V_BASE) & (points < V_BASE + V_COUNT), (points > T_BASE) & (points < T_BASE + T_COUNT)
    if not (is_v.any() or is_t.any()):
        return None
    starts = before.first_places()
    is_v[starts] = is_t[starts] = False  # nothing joins over the border of two texts
    is_v, is_t = np.append(is_v, [False] * 2), np.append(is_t, [False] * 2)
    n = len(points)
    open_lv = (points >= L_BASE) & (points < L_BASE + L_COUNT) & is_v[1 : n + 1]
    ready_lv = (points >= S_BASE) & (points < S_BASE + S_COUNT) & ((points - S_BASE) % T_COUNT == 0)
    at_v, at_lvt = np.flatnonzero(open_lv), np.flatnonzero(open_lv & is_t[2 : n + 2])
    at_lt = np.flatnonzero(ready_lv & is_t[1 : n + 1])
    keep = np.ones(n, np.bool_)
    keep[at_v + 1] = keep[at_lvt + 2] = keep[at_lt + 1] = False
    edit = keep_points(before, keep)
    if edit is None:
        return None
    made = points.copy()
    made[at_v] = S_BASE + ((points[at_v] - L_BASE) * V_COUNT + points[at_v + 1] - V_BASE) * T_COUNT
    made[at_lvt] += points[at_lvt + 2] - T_BASE
    made[at_lt] += points[at_lt + 1] - T_BASE
    last = np.append(edit.first[1:], n) - 1  # what goes away always stands behind what stays, in the same text
    return Edit(CodePoints(made[keep].astype(np.uint32), edit.after.indptr), edit.first, last, edit.changed)


def _compose_rest(before: CodePoints) -> Edit | None:
    """Normalise the few pieces that are not in NFC; a piece runs from one code point that joins nothing to the next."""
    traits = COMPOSITION(before.points)
    if not traits.any():
        return None
    opens = (traits & JOINS) == 0
    opens[before.first_places()] = True
    borders = np.append(np.flatnonzero(opens), len(opens))
    suspects = np.unique(np.cumsum(opens)[traits != 0] - 1)
    low, high = borders[suspects], borders[suspects + 1]
    whole = to_str(before.points)
    place: dict[str, int] = {}
    texts = (whole[i:j] for i, j in zip(low.tolist(), high.tolist(), strict=True))
    kind = np.array([place.setdefault(text, len(place)) for text in texts])
    made = [_compose_piece(text) for text in place]
    differs = np.array([piece.is_new for piece in made])[kind]
    if not differs.any():
        return None
    return _replace(before, low[differs], high[differs], _Made.of(made), kind[differs])


class _Piece(NamedTuple):
    """The NFC of a piece: its code points, each with the first and the last character that it was made of."""

    is_new: bool
    points: list[int]
    first: list[int]
    last: list[int]


def _compose_piece(piece: str) -> _Piece:
    composed = unicodedata.normalize("NFC", piece)
    points = [ord(char) for char in composed]
    parts = [unicodedata.normalize("NFD", char) for char in piece]
    made = [unicodedata.normalize("NFD", char) for char in composed]
    if "".join(parts) != "".join(made):  # marks changed places: each may have come from anywhere in the piece
        return _Piece(composed != piece, points, [0] * len(points), [len(piece) - 1] * len(points))
    owner = [i for i, part in enumerate(parts) for _ in part]
    ends = list(accumulate(map(len, made)))
    first = [owner[end - len(part)] for end, part in zip(ends, made, strict=True)]
    return _Piece(composed != piece, points, first, [owner[end - 1] for end in ends])


class _Made(NamedTuple):
    """Distinct pieces, laid out flat."""

    points: NDArray[np.uint32]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, pieces: list[_Piece]) -> _Made:
        columns = zip(*((piece.points, piece.first, piece.last) for piece in pieces), strict=True)
        points, first, last = (list(chain.from_iterable(column)) for column in columns)
        lengths = np.array([len(piece.points) for piece in pieces])
        return cls(np.array(points, np.uint32), np.array(first), np.array(last), lengths)


def _replace(
    before: CodePoints, low: NDArray[np.int64], high: NDArray[np.int64], made: _Made, kind: NDArray[np.int64]
) -> Edit:
    """Put pieces in the place of code points `low` to `high`; piece `kind` of `made` each."""
    lengths = made.lengths[kind]
    nth = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    source = np.repeat((np.cumsum(made.lengths) - made.lengths)[kind], lengths) + nth
    base = np.repeat(low, lengths)
    new = (made.points[source], base + made.first[source], base + made.last[source])
    return splice(before, low, high, lengths, new)


def compose_texts(texts: pa.LargeStringArray) -> Edited:
    """Bring a block of texts into NFC.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    Edited
        The block with its offsets; texts in NFC pass through untouched.
    """
    rows = np.flatnonzero(row_facts(texts, COMPOSITION))
    return edit_texts(texts, rows, {"nfc": compose})
