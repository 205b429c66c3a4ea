"""Vectors to compare, whatever they come as: sparse rows with rising columns and no zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.vectorize import Counts, Weights
from malgil.vectorize.counts import check_entries

_MOST_COLUMNS = 1 << 31  # so that a column is an int32
LARGEST, SMALLEST = 1e140, 1e-140  # the squares of these, and sums of such squares, fit float64


class Vector(NamedTuple):
    """One sparse vector.

    Parameters
    ----------
    indices : ndarray of int32, shape (n,)
        Columns, rising.
    data : ndarray of float64, shape (n,)
        Their values, none of them zero.
    """

    indices: NDArray[np.int32]
    data: NDArray[np.float64]


class Rows(NamedTuple):
    """Sparse vectors, one a row.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Row ``r`` has the entries ``indptr[r]`` to ``indptr[r + 1]``.
    indices : ndarray of int32, shape (n_entries,)
        Columns, rising within a row.
    data : ndarray of float64, shape (n_entries,)
        Values, none of them zero.
    n_columns : int
        Dimensions of the space.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[np.float64]
    n_columns: int

    @property
    def n_rows(self) -> int:
        """Number of vectors."""
        return len(self.indptr) - 1

    def vector(self, row: int) -> Vector:
        """View one of the rows.

        Parameters
        ----------
        row : int
            Its number.

        Returns
        -------
        Vector
            Shares the arrays.
        """
        low, high = int(self.indptr[row]), int(self.indptr[row + 1])
        return Vector(self.indices[low:high], self.data[low:high])

    def take(self, rows: Sequence[int]) -> Rows:
        """Copy some of the rows, such as the one to find the neighbours of.

        Parameters
        ----------
        rows : sequence of int
            Their numbers.

        Returns
        -------
        Rows
            In the order asked for.
        """
        vectors = [self.vector(row) for row in rows]
        indptr = np.cumsum([0, *(len(vector.indices) for vector in vectors)], dtype=np.int64)
        indices = np.concatenate([self.indices[:0], *(vector.indices for vector in vectors)])
        return Rows(indptr, indices, np.concatenate([self.data[:0], *(v.data for v in vectors)]), self.n_columns)


def as_rows(vectors: Any) -> Rows:
    """Read vectors from any of the forms they come in.

    Parameters
    ----------
    vectors : Counts, Weights, Rows, SciPy sparse matrix or array_like of shape (n_rows, n_columns)
        A flat array is one vector. Zeros that a sparse matrix stores are dropped, and
        values below 1e-140 count as zeros.

    Returns
    -------
    Rows
        Shares arrays with `vectors` where it can.

    Raises
    ------
    ParameterError
        If the values are not finite numbers below 1e140, or the shape is not that of vectors.
    DataError
        If the borders of sparse rows do not fit, or a column lies outside the space.
    """
    if isinstance(vectors, Rows):
        return vectors
    if isinstance(vectors, Counts):
        return _without_zeros(vectors.indptr, vectors.indices, vectors.data, vectors.n_terms)
    if isinstance(vectors, Weights):
        return _without_zeros(vectors.counts.indptr, vectors.counts.indices, vectors.data, vectors.counts.n_terms)
    if hasattr(vectors, "tocsr"):
        matrix = vectors.tocsr()
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
        return _without_zeros(matrix.indptr.astype(np.int64, copy=False), matrix.indices, matrix.data, matrix.shape[1])
    return _from_dense(vectors)


def _from_dense(vectors: Any) -> Rows:
    try:
        dense = np.atleast_2d(np.asarray(vectors, np.float64))
    except (TypeError, ValueError) as error:
        raise ParameterError("similarity.not_vectors", reason=error) from error
    if dense.ndim != 2:
        raise ParameterError("similarity.not_vectors", reason=f"{dense.ndim} dimensions")
    rows, columns = np.nonzero(dense)
    indptr = np.searchsorted(rows, np.arange(len(dense) + 1)).astype(np.int64)
    return _without_zeros(indptr, columns, dense[rows, columns], dense.shape[1])


def _without_zeros(indptr: NDArray[np.int64], indices: NDArray[Any], data: NDArray[Any], n_columns: int) -> Rows:
    check_entries(indptr, indices, len(data), min(n_columns, _MOST_COLUMNS))
    values = data.astype(np.float64, copy=False)
    if len(values) and not max(-values.min(), values.max()) < LARGEST:
        raise ParameterError("similarity.bad_values")
    columns = indices.astype(np.int32, copy=False)
    if (keep := np.abs(values) >= SMALLEST).all():
        return Rows(indptr, columns, values, n_columns)
    kept = np.concatenate(([0], np.cumsum(keep, dtype=np.int64)))
    return Rows(kept[indptr], columns[keep], values[keep], n_columns)
