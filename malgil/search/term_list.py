"""Sorted terms as flat arrays, searched where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.strings import string_buffers


class TermList:
    """Distinct terms in the order of their UTF-8 bytes.

    Parameters
    ----------
    terms : pa.LargeStringArray, length n
        May lie on a memory map.
    """

    def __init__(self, terms: pa.LargeStringArray) -> None:
        self.offsets, self.data = string_buffers(terms)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def find(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Find terms by binary search.

        Parameters
        ----------
        terms : sequence of str, length n
            Compared as they are.

        Returns
        -------
        ndarray of int64, shape (n,)
            Their places, -1 where a term is not there.
        """
        places = np.full(len(terms), -1, np.int64)
        for number, term in enumerate(terms):
            key = _key(term)
            place = self._first_from(key)
            if place < len(self) and self._term(place) == key:
                places[number] = place
        return places

    def find_all(self, terms: pa.LargeStringArray) -> NDArray[np.int64]:
        """Find many terms, with a kernel.

        Parameters
        ----------
        terms : pa.LargeStringArray, length n
            No nulls.

        Returns
        -------
        ndarray of int64, shape (n,)
            As from `find`.
        """
        from malgil.search._lookup_kernels import find_terms

        places = np.empty(len(terms), np.int64)
        find_terms(self.offsets, self.data, self._samples, *string_buffers(terms), places)
        return places

    @cached_property
    def _samples(self) -> NDArray[np.uint64]:
        from malgil.search._lookup_kernels import SAMPLED, sample_terms

        samples = np.empty(-(-len(self) // SAMPLED), np.uint64)
        sample_terms(self.offsets, self.data, samples)
        return samples

    def prefix(self, prefix: str) -> tuple[int, int]:
        """Find the terms that begin with a prefix.

        Parameters
        ----------
        prefix : str
            Compared as it is; an empty one begins every term.

        Returns
        -------
        low, high : int
            They are ``low`` to ``high - 1``.
        """
        key = _key(prefix)
        return self._first_from(key), self._first_from(key + b"\xff")  # no UTF-8 text holds this byte

    def _term(self, place: int) -> bytes:
        return self.data[self.offsets[place] : self.offsets[place + 1]].tobytes()

    def _first_from(self, key: bytes) -> int:
        """Place of the first term that is not before `key`."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._term(middle) < key else (low, middle)
        return low


def _key(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")  # a lone surrogate is never found, since no text holds one
