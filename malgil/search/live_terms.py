"""The terms of a field in one segment, with the live documents of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.search.field_index import FieldIndex
from malgil.search.loading import check_postings


class LiveTerms(NamedTuple):
    """What completion and near spellings need to know of a segment.

    Parameters
    ----------
    field : FieldIndex
        The terms and their documents.
    alive : ndarray of bool, shape (n_docs,), or None
        Documents that are not deleted; ``None`` where none is.
    """

    field: FieldIndex
    alive: NDArray[np.bool_] | None = None

    def between(
        self, stretches: Iterable[tuple[str, str]], *, with_deleted: bool = False
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the terms in some stretches of the alphabet.

        Parameters
        ----------
        stretches : iterable of (str, str)
            Pairs of prefixes: from the first term that begins with the one to the last that begins with the other.
        with_deleted : bool
            Count deleted documents too, which takes no time.

        Returns
        -------
        ids : ndarray of int64, shape (n,)
            Rising; each once, though stretches may overlap.
        df : ndarray of int64, shape (n,)
            Documents of each, > 0.
        """
        borders = [(self.field.prefix(first)[0], self.field.prefix(last)[1]) for first, last in stretches]
        ids, df, seen = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
        for low, high in sorted(borders):
            low = max(low, seen)
            if low < high:
                found = np.diff(self.field.inverted.indptr[low : high + 1]) if with_deleted else self.df(low, high)
                held = np.flatnonzero(found)
                ids.append(held + low)
                df.append(found[held])
                seen = high
        return np.concatenate(ids), np.concatenate(df)

    def df(self, low: int, high: int) -> NDArray[np.int64]:
        """Count the live documents of successive terms.

        Parameters
        ----------
        low, high : int
            The terms ``low`` to ``high - 1``.

        Returns
        -------
        ndarray of int64, shape (high - low,)
            Looks at all their postings where documents were deleted, else at none.
        """
        indptr = self.field.inverted.indptr[low : high + 1]
        if self.alive is None:
            return np.diff(indptr)
        postings = self.field.inverted.postings[indptr[0] : indptr[-1]]
        if not self.field.is_checked:
            check_postings(postings, self.field.n_docs, self.field.pairs)
        n_alive = np.zeros(len(postings) + 1, np.int64)
        np.cumsum(self.alive[postings >> self.field.pairs.bits], out=n_alive[1:])
        counts: NDArray[np.int64] = np.diff(n_alive[indptr - indptr[0]])
        return counts

    def df_of(self, terms: list[str]) -> list[int]:
        """Count the live documents of some terms.

        Parameters
        ----------
        terms : list of str
            Terms of any segment.

        Returns
        -------
        list of int
            0 for a term that this segment does not have.
        """
        places = self.field.ids_of(terms).tolist()
        return [self.field.df(place, self.alive) if place >= 0 else 0 for place in places]

    def spelled(self, ids: NDArray[np.int64]) -> list[str]:
        """Write terms out.

        Parameters
        ----------
        ids : ndarray of int64, shape (n,)
            Their places.

        Returns
        -------
        list of str
            The terms.
        """
        offsets, data = self.field.term_list.offsets, self.field.term_list.data
        borders = zip(offsets[ids].tolist(), offsets[ids + 1].tolist(), strict=True)
        return [data[low:high].tobytes().decode() for low, high in borders]

    def take(self, ids: NDArray[np.int64]) -> pa.LargeStringArray:
        """Choose terms, without `pyarrow.compute`, whose import would take longer than the rest.

        Parameters
        ----------
        ids : ndarray of int64, shape (n,)
            Their places.

        Returns
        -------
        pa.LargeStringArray, length n
            The terms.
        """
        offsets, data = self.field.term_list.offsets, self.field.term_list.data
        borders = np.zeros(len(ids) + 1, np.int64)
        np.cumsum(offsets[ids + 1] - offsets[ids], out=borders[1:])
        places = np.arange(borders[-1]) + np.repeat(offsets[ids] - borders[:-1], np.diff(borders))
        return pa.LargeStringArray.from_buffers(len(ids), pa.py_buffer(borders), pa.py_buffer(data[places]))
