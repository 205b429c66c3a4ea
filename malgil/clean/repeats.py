"""Repeated characters: ㅋㅋㅋㅋㅋ becomes ㅋㅋ, 와아아아 becomes 와아, !!!! becomes !!."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, Traits, utf8
from malgil.edits import Edit
from malgil.errors import ParameterError

_WIDEST = 4  # bytes of a code point
_THREEFOLD = np.array([ord(char) for char in "wWIXCM"], np.uint32)  # www, and Roman numerals


def _classify(char: str) -> int:
    category = unicodedata.category(char)
    return int(category[0] in "LPS" or category == "So")


SHORTENED = Traits(_classify)
"""1 for letters, punctuation and symbols; digits, marks, white space and joiners are never taken away."""


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Shorten runs of one character. Text in NFD must be composed by an earlier step.

    Digits stay (10000), and so do three of ``w I X C M`` (www, VIII).

    Parameters
    ----------
    length : int
        Longest run that is left, at least 1.
    """

    length: int = 2

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ParameterError("clean_steps.repeats_length", value=self.length)

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts with a longer run, by comparing bytes with those one code point further.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        data, offsets = utf8(texts)
        marked = np.zeros(len(texts), np.bool_)
        n_equal = min(self.length, 2)
        for width in range(1, _WIDEST + 1):
            run = data[width:] == data[:-width]
            if width == 1:
                run &= (data[1:] < 0x30) | (data[1:] > 0x39)
                run &= data[1:] != 0x20
            whole = run
            for i in range(1, width * n_equal):
                whole = whole[:-1] & run[i:]
            marked[np.searchsorted(offsets, np.flatnonzero(whole), side="right") - 1] = True
        return marked

    def apply(self, before: CodePoints) -> Edit | None:
        """Shorten the runs.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where no run is longer. The last character that is left maps back to the rest of its run.
        """
        points, n = before.points, len(before.points)
        if not n:
            return None
        opens = np.ones(n, np.bool_)
        opens[1:] = points[1:] != points[:-1]
        opens[before.first_places()] = True
        low = np.flatnonzero(opens)
        high = np.append(low[1:], n)
        lengths = high - low
        kind = points[low]
        is_long = (lengths > self.length) & (SHORTENED(kind) != 0) & ~((lengths == 3) & np.isin(kind, _THREEFOLD))
        low, high = low[is_long] + self.length, high[is_long]
        if not len(low):
            return None
        gone = np.cumsum(np.bincount(low, minlength=n + 1) - np.bincount(high, minlength=n + 1))[:n] > 0
        first = np.flatnonzero(~gone)
        last = np.arange(n)
        last[low - 1] = high - 1
        changed = np.zeros(before.n_rows, np.bool_)
        changed[before.rows_of(low)] = True
        indptr = np.concatenate([[0], np.cumsum(~gone)])[before.indptr]
        return Edit(CodePoints(points[first], indptr), first, last[first], changed)
