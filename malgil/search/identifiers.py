"""The user's ids of a segment's documents: from the number to the id and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.search.stored import StoredStrings
from malgil.strings import sorting_order

_DIGITS = 19  # an int64 has fewer
_FEW = 16  # so many ids are looked up one by one; for more, all are read once


class Identifiers:
    """Ids of documents, one each.

    Parameters
    ----------
    numbers : ndarray of int64, shape (n_docs,)
        Permanent numbers of the documents, rising.
    stored : StoredStrings, optional
        The ids. Without them, each document is called by its number.
    order : ndarray of int32, shape (n_docs,), optional
        Sorts the ids by their bytes.

    Raises
    ------
    DataError
        If the arrays do not fit one another.
    """

    def __init__(
        self,
        numbers: NDArray[np.int64],
        stored: StoredStrings | None = None,
        order: NDArray[np.int32] | None = None,
    ) -> None:
        n = len(numbers)
        if (stored is None) != (order is None) or (stored is not None and len(stored) != n):
            raise DataError("search_index.damaged_ids")
        if order is not None and (order.dtype != np.int32 or len(order) != n or not _is_within(order, n)):
            raise DataError("search_index.damaged_ids")
        self._numbers, self._stored, self._order = numbers, stored, order

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, local: int) -> str:
        return str(int(self._numbers[local])) if self._stored is None else self._stored[local]

    @classmethod
    def build(
        cls, numbers: NDArray[np.int64], ids: Iterable[pa.LargeStringArray] | None, n_jobs: int | None = None
    ) -> Identifiers:
        """Take ids in.

        Parameters
        ----------
        numbers : ndarray of int64, shape (n_docs,)
            Permanent numbers of the documents, rising.
        ids : iterable of pa.LargeStringArray, optional
            Different ids, one for each document; by default the numbers.
        n_jobs : int, optional
            Threads, all cores by default.

        Returns
        -------
        Identifiers
            Ids that are the numbers anyway take no room.
        """
        blocks = None if ids is None else list(ids)
        if blocks is None or _are_numbers(blocks, numbers):
            return cls(numbers)
        whole = pa.concat_arrays(blocks) if blocks else pa.array([], pa.large_string())
        return cls(numbers, StoredStrings.build(blocks, n_jobs), sorting_order(whole))

    def blocks(self) -> Iterable[pa.LargeStringArray]:
        """Pass over all ids.

        Returns
        -------
        iterable of pa.LargeStringArray
            In the order of the documents.
        """
        return [_as_strings(self._numbers)] if self._stored is None else self._stored.blocks()

    def find(self, ids: pa.LargeStringArray) -> NDArray[np.int64]:
        """Find documents by their ids.

        Parameters
        ----------
        ids : pa.LargeStringArray, length n
            What to look for.

        Returns
        -------
        ndarray of int64, shape (n,)
            Places in the segment; -1 where there is no such id.
        """
        if len(ids) <= _FEW:
            return np.array([self._find_one(key) for key in ids.to_pylist()], np.int64)
        import pyarrow.compute as pc

        places = pc.index_in(ids, pa.concat_arrays(list(self.blocks())))
        return np.asarray(pc.fill_null(places, -1)).astype(np.int64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to be written.

        Returns
        -------
        dict
            From which, with the numbers, `from_arrays` makes an equal one; empty where the ids are the numbers.
        """
        if self._stored is None or self._order is None:
            return {}
        return {"order": self._order, **self._stored.arrays()}

    @classmethod
    def from_arrays(cls, numbers: NDArray[np.int64], arrays: Mapping[str, NDArray[Any]]) -> Identifiers:
        """Take arrays that were written.

        Parameters
        ----------
        numbers : ndarray of int64, shape (n_docs,)
            Permanent numbers of the documents, rising.
        arrays : mapping
            As `arrays` gives them; may lie on memory maps.

        Returns
        -------
        Identifiers
            The same ids.

        Raises
        ------
        DataError
            If the arrays do not fit one another.
        """
        if not arrays:
            return cls(numbers)
        return cls(numbers, StoredStrings.from_arrays(arrays), np.asarray(arrays["order"]))

    def _find_one(self, key: str) -> int:
        if self._stored is not None:
            return self._search(key.encode())
        if not (key.isascii() and key.isdecimal() and len(key) < _DIGITS and str(int(key)) == key):
            return -1
        local = int(np.searchsorted(self._numbers, int(key)))
        return local if local < len(self._numbers) and self._numbers[local] == int(key) else -1

    def _search(self, key: bytes) -> int:
        order, stored = self._order, self._stored
        assert order is not None and stored is not None  # the constructor saw to it
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            local = int(order[middle])
            found = stored[local].encode()
            if found == key:
                return local
            low, high = (middle + 1, high) if found < key else (low, middle)
        return -1


def _is_within(order: NDArray[np.int32], n: int) -> bool:
    return n == 0 or (int(order.min()) >= 0 and int(order.max()) < n)


def _as_strings(numbers: NDArray[np.int64]) -> pa.LargeStringArray:
    return pa.array(numbers).cast(pa.large_string())


def _are_numbers(blocks: list[pa.LargeStringArray], numbers: NDArray[np.int64]) -> bool:
    first = 0
    for block in blocks:
        if not block.equals(_as_strings(numbers[first : first + len(block)])):
            return False
        first += len(block)
    return True
