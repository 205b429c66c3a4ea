"""One-hot vectors: as many numbers as there are words, one of them 1. Sparse, or dense a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import DataError, ParameterError
from malgil.ragged import Ragged
from malgil.sequences.padding import Padded

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MOST_BYTES = 2**31
"""Largest dense array that is made at once."""


@dataclass(frozen=True, eq=False)
class OneHot:
    """A one-hot vector for each id, none of them made yet.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,) or (B, T)
        Ids below `n_terms`; -1 for a cell that is all 0, such as padding.
    n_terms : int
        Length of a vector.
    """

    ids: NDArray[np.int32]
    n_terms: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the dense view: that of the ids, and the words."""
        return (*self.ids.shape, self.n_terms)

    def csr(self) -> csr_array:
        """Give the sparse view.

        Returns
        -------
        csr_array of float32, shape (number of ids, n_terms)
            A row for each id, row after row of a batch; one stored number in each that is no padding.
        """
        from scipy.sparse import csr_array

        flat = self.ids.reshape(-1)
        is_word = flat >= 0
        indptr = np.concatenate([[0], np.cumsum(is_word)])
        return csr_array((np.ones(int(indptr[-1]), np.float32), flat[is_word], indptr), (len(flat), self.n_terms))

    def dense(self) -> NDArray[np.float32]:
        """Give the dense view.

        Returns
        -------
        ndarray of float32, shape (n, n_terms) or (B, T, n_terms)
            All of it at once.

        Raises
        ------
        ParameterError
            If it would take more than 2 GiB; says how much.
        """
        n_bytes = 4 * int(np.prod(self.shape, dtype=np.float64))
        if n_bytes > MOST_BYTES:
            raise ParameterError("sequences.too_dense", shape=self.shape, size=n_bytes / 2**30)
        return self._dense(self.ids)

    def blocks(self, n_rows: int = 256) -> Iterator[NDArray[np.float32]]:
        """Give the dense view piece by piece.

        Parameters
        ----------
        n_rows : int
            Rows of a block, >= 1.

        Yields
        ------
        ndarray of float32, shape (n_rows, n_terms) or (n_rows, T, n_terms)
            The last one may have fewer rows.

        Raises
        ------
        ParameterError
            If `n_rows` is below 1.
        """
        if n_rows < 1:
            raise ParameterError("sequences.bad_batch", batch_size=n_rows, max_tokens=None, pool=1)
        for low in range(0, len(self.ids), n_rows):
            yield self._dense(self.ids[low : low + n_rows])

    def _dense(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        out = np.zeros((ids.size, self.n_terms), np.float32)
        flat = ids.reshape(-1)
        rows = np.flatnonzero(flat >= 0)
        out[rows, flat[rows]] = 1
        return out.reshape(*ids.shape, self.n_terms)


def one_hot(ids: Ragged | Padded | ArrayLike, n_terms: int) -> OneHot:
    """Describe ids as one-hot vectors.

    Parameters
    ----------
    ids : Ragged, Padded, or array_like of int, shape (n,) or (B, T)
        Ids; a corpus gives a vector for each token, a batch one for each cell, all 0 where it is padding.
    n_terms : int
        Size of the vocabulary.

    Returns
    -------
    OneHot
        Views are made when they are asked for.

    Raises
    ------
    DataError
        If an id is not below `n_terms`.

    Examples
    --------
    >>> one_hot([2, 0], 3).dense().tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if isinstance(ids, Padded):
        flat = np.where(ids.mask, ids.values, -1)
    else:
        flat = np.asarray(ids.ids if isinstance(ids, Ragged) else ids)
    if flat.size and (int(flat.min()) < -1 or int(flat.max()) >= n_terms):
        raise DataError("house.ids_out_of_range", low=int(flat.min()), high=int(flat.max()), n=n_terms)
    return OneHot(flat.astype(np.int32), int(n_terms))
