"""Texts as flat arrays of code points, and what is known of each code point.

An Arrow string column holds UTF-8; offsets that people see count code points. The functions here go from one to the
other for a whole block at once, without making a Python string for each text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

N_CODE_POINTS = 0x110000
_UNKNOWN = 0x80
_SLICE = 1 << 18

BLANK = 0x20
_SPACES = np.array(
    (
        *(*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680),
        *(*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
    ),
    np.uint32,
)


@dataclass(frozen=True, eq=False)
class CodePoints:
    """The code points of many texts.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Text after text.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Text ``r`` is ``points[indptr[r]:indptr[r + 1]]``.
    """

    points: NDArray[np.uint32]
    indptr: NDArray[np.int64]

    @property
    def n_rows(self) -> int:
        """Number of texts."""
        return len(self.indptr) - 1

    def rows_of(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell which text each position of the flat array belongs to.

        Parameters
        ----------
        positions : ndarray of int64, shape (n,)
            Places in `points`.

        Returns
        -------
        ndarray of int64, shape (n,)
            Numbers of the texts.
        """
        return np.searchsorted(self.indptr, positions, side="right") - 1

    def first_places(self) -> NDArray[np.int64]:
        """Places of the first code point of each text that has one.

        Returns
        -------
        ndarray of int64
            Rising places in `points`.
        """
        return self.indptr[:-1][np.diff(self.indptr) > 0]

    def text(self, row: int) -> str:
        """Give one text as a Python string.

        Parameters
        ----------
        row : int
            Number of the text.

        Returns
        -------
        str
            The text.
        """
        return to_str(self.points[self.indptr[row] : self.indptr[row + 1]])


class Traits:
    """A table of small facts about code points, filled as code points are first seen.

    Reading it is one gather, whatever the fact costs to find out; texts use few distinct code points.

    Parameters
    ----------
    classify : callable
        One character -> its facts as bits, below 128.
    """

    def __init__(self, classify: Callable[[str], int]) -> None:
        self._classify = classify
        self._table = np.full(N_CODE_POINTS, _UNKNOWN, np.uint8)

    def __call__(self, points: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Look up the facts of code points.

        Parameters
        ----------
        points : ndarray of uint32, shape (n,)
            Code points.

        Returns
        -------
        ndarray of uint8, shape (n,)
            Their facts.
        """
        facts = self._table[points]
        if len(facts) and int(facts.max()) >= _UNKNOWN:
            for point in np.unique(points[facts >= _UNKNOWN]).tolist():
                self._table[point] = self._classify(chr(point))
            facts = self._table[points]
        return facts


def utf8(texts: pa.LargeStringArray) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """View the bytes of a block of texts.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    data : ndarray of uint8, shape (n_bytes,)
        The texts' UTF-8, one after the other; a view, not a copy.
    offsets : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts in `data`, starting at 0.
    """
    if len(texts) == 0:
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, borders, content = texts.buffers()
    offsets = np.frombuffer(borders, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(content, np.uint8) if content is not None else np.zeros(0, np.uint8)
    data = data[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0] if offsets[0] else offsets


def point_at(data: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Decode the code points that start at some bytes of valid UTF-8.

    Parameters
    ----------
    data : ndarray of uint8, shape (n_bytes,)
        Valid UTF-8.
    places : ndarray of int64, shape (n,)
        Places of first bytes.

    Returns
    -------
    ndarray of uint32, shape (n,)
        Their code points.
    """
    lead = data[places].astype(np.uint32)
    last = max(len(data) - 1, 0)
    after = [data[np.minimum(places + i, last)].astype(np.uint32) & 0x3F for i in (1, 2, 3)]
    two = (lead & 0x1F) << 6 | after[0]
    three = (lead & 0x0F) << 12 | after[0] << 6 | after[1]
    four = (lead & 0x07) << 18 | after[0] << 12 | after[1] << 6 | after[2]
    return np.select([lead < 0x80, lead < 0xE0, lead < 0xF0], [lead, two, three], four).astype(np.uint32)


def row_facts(texts: pa.LargeStringArray, traits: Traits) -> NDArray[np.uint8]:
    """Collect the facts of all unusual code points of each text, at about the speed of reading the bytes.

    Usual are ASCII but for its control characters, U+4000 to U+9FFF (ideographs) and U+AC00 to U+DFFF (Hangul):
    almost all of an ordinary text. They are passed over by comparing bytes and count as having no facts.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.
    traits : Traits
        The facts asked for; usual code points must have none.

    Returns
    -------
    ndarray of uint8, shape (n_rows,)
        For each text the facts of its code points, or-ed together.
    """
    data, offsets = utf8(texts)
    rows = np.zeros(len(texts), np.uint8)
    for low in range(0, len(data), _SLICE):
        part = data[low : low + _SLICE]
        # Unsigned bytes wrap: EE-FF and 00-1F become 00-31; C2-E3 become 00-21.
        unusual = ((part + np.uint8(0x12)) < 0x32) | ((part - np.uint8(0xC2)) < 0x22) | (part == 0x7F)
        behind = data[low + 1 : low + 1 + _SLICE]
        unusual[: len(behind)] |= (part[: len(behind)] == 0xEA) & (behind < 0xB0)  # U+A000 to U+ABFF
        places = np.flatnonzero(unusual) + low
        if len(places):
            facts = traits(point_at(data, places))
            places, facts = places[facts != 0], facts[facts != 0]
            np.bitwise_or.at(rows, np.searchsorted(offsets, places, side="right") - 1, facts)
    return rows


def decode(texts: pa.LargeStringArray) -> CodePoints:
    """Turn a block of texts into code points.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    CodePoints
        One row a text.
    """
    data, offsets = utf8(texts)
    points = np.frombuffer(data.tobytes().decode("utf-8").encode("utf-32-le"), np.uint32)
    starts = np.flatnonzero((data & 0xC0) != 0x80) if len(points) != len(data) else None
    indptr = offsets.copy() if starts is None else np.searchsorted(starts, offsets)
    return CodePoints(points, indptr.astype(np.int64, copy=False))


def encode(rows: CodePoints) -> pa.LargeStringArray:
    """Turn code points back into a block of texts.

    Parameters
    ----------
    rows : CodePoints
        No surrogates.

    Returns
    -------
    pa.LargeStringArray
        One text a row.
    """
    points = rows.points
    data = to_str(points).encode("utf-8")
    if len(data) == len(points):
        offsets = rows.indptr
    else:
        ends = np.zeros(len(points) + 1, np.int64)
        n_bytes = (
            1 + (points >= 0x80).view(np.int8) + (points >= 0x800).view(np.int8) + (points >= 0x10000).view(np.int8)
        )
        np.cumsum(n_bytes, out=ends[1:])
        offsets = ends[rows.indptr]
    borders = pa.py_buffer(np.ascontiguousarray(offsets, np.int64))
    return pa.LargeStringArray.from_buffers(rows.n_rows, borders, pa.py_buffer(data))


def is_space(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell which code points are white space.

    Parameters
    ----------
    points : ndarray of uint32, shape (n,)
        Code points.

    Returns
    -------
    ndarray of bool, shape (n,)
        As ``str.isspace`` has it, which is also what white space means in `re`.
    """
    space: NDArray[np.bool_] = points == BLANK
    unusual = np.flatnonzero((points < BLANK) | (points > 0x7F) & (points <= 0x3000))
    space[unusual] = np.isin(points[unusual], _SPACES)
    return space


def to_str(points: NDArray[np.uint32]) -> str:
    """Make a Python string of code points.

    Parameters
    ----------
    points : ndarray of uint32, shape (n,)
        No surrogates.

    Returns
    -------
    str
        Of length n.
    """
    return points.astype("<u4", copy=False).tobytes().decode("utf-32-le")
