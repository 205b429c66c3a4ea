"""What a vectoriser has learnt: the features in the order of their columns, without a string for each n-gram."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.strings import string_array, string_buffers
from malgil.tokenizers.forms import FormTable, pack_strings


@dataclass(eq=False)
class Lexicon:
    """Features of one kind, sorted by their code points.

    Parameters
    ----------
    unit : {"word", "char", "char_wb"}
        What they are made of.
    forms : pa.LargeStringArray
        Words in order: the features themselves, or what n-grams are made of. Empty for characters.
    run : ndarray of int32, shape (2, n_grams), optional
        Depth and last symbol of each n-gram, each right before those that prolong it.
    columns : ndarray of int32, shape (n_grams,), optional
        Column of each, -1 where it is only the beginning of others.
    """

    unit: str
    forms: pa.LargeStringArray
    run: NDArray[np.int32] | None = None
    columns: NDArray[np.int32] | None = None
    _made: dict[str, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.forms) if self.columns is None else int((self.columns >= 0).sum())

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_made": {}}

    def fits(self, unit: str, high: int) -> bool:
        """Tell whether these features are of the kind that an analysis finds.

        Parameters
        ----------
        unit : {"word", "char", "char_wb"}
            What the analysis makes features of.
        high : int
            Its largest n.

        Returns
        -------
        bool
            False after the parameters of a vectoriser were changed to another kind.
        """
        return unit == self.unit and (unit != "word" or (high > 1) == (self.run is not None))

    def names(self) -> pa.LargeStringArray:
        """Spell the features.

        Returns
        -------
        pa.LargeStringArray, length n_columns
            In the order of the columns; made once.
        """
        if self.run is None or self.columns is None:
            return self.forms
        if "names" not in self._made:
            self._made["names"] = self._spell(self.run, self.columns)
        return self._made["names"]

    def find_forms(self, forms: pa.LargeStringArray) -> NDArray[np.int32]:
        """Look words up.

        Parameters
        ----------
        forms : pa.LargeStringArray
            Words.

        Returns
        -------
        ndarray of int32
            Places in `forms`, -1 where it does not have them.
        """
        if "table" not in self._made:
            self._made["table"] = FormTable.of(self.forms)
        found: NDArray[np.int32] = self._made["table"].find(pack_strings(forms))
        return found

    def find_grams(self, run: NDArray[np.int32]) -> NDArray[np.int32]:
        """Look n-grams up.

        Parameters
        ----------
        run : ndarray of int32, shape (2, n)
            A list like the own one.

        Returns
        -------
        ndarray of int32, shape (n,)
            Their columns, -1 where there is none.
        """
        from malgil.vectorize._gram_kernels import find_grams

        if "levels" not in self._made:
            self._made["levels"] = self._levels()
        symbols, first, columns = self._made["levels"]
        found = np.empty(run.shape[1], np.int64)
        find_grams(run, symbols, first, found)
        known: NDArray[np.int32] = columns[found]  # the last column, which -1 takes, is -1
        return known

    def _levels(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
        """Store the tree level by level, so that what prolongs one n-gram lies side by side."""
        assert self.run is not None and self.columns is not None
        depth = self.run[0].astype(np.uint8)
        order = np.argsort(depth, kind="stable")
        n = len(order)
        place = np.empty(n, np.int64)
        place[order] = np.arange(n)
        sizes = np.bincount(depth, minlength=int(depth.max(initial=0)) + 2)
        first = np.zeros(n + 2, np.int64)
        first[n + 1] = n
        for d in range(1, len(sizes) - 1):
            above, below = depth == d, depth == d + 1
            begun = np.cumsum(below)[above] + int(sizes[: d + 1].sum())
            first[place[above] + 1] = begun
        return self.run[1][order], first, np.append(self.columns[order], np.int32(-1))

    def _spell(self, run: NDArray[np.int32], columns: NDArray[np.int32]) -> pa.LargeStringArray:
        from malgil.vectorize._gram_kernels import spell_grams

        forms, gap = self.forms, 1
        if self.unit != "word":
            points, ranks = np.unique(run[1], return_inverse=True)
            forms, gap = string_array([chr(point) for point in points.tolist()]), 0
            run = np.stack([run[0], ranks.astype(np.int32)])
        borders, content = string_buffers(forms)
        wanted = columns >= 0
        offsets = np.zeros(int(wanted.sum()) + 1, np.int64)
        spell_grams(run, wanted, borders, content, gap, offsets, np.empty(0, np.uint8))
        data = np.empty(int(offsets[-1]), np.uint8)
        if len(data):
            spell_grams(run, wanted, borders, content, gap, offsets, data)
        names = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
        places = columns[wanted]
        if np.array_equal(places, np.arange(len(places))):
            return names
        order = np.empty(len(places), np.int64)
        order[places] = np.arange(len(places))
        return names.take(pa.array(order))
