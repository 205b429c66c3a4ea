"""Kernel that turns rows into columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def scatter_columns(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[Any],
    column_indptr: NDArray[np.int64],
    rows: NDArray[np.int32],
    values: NDArray[Any],
) -> None:
    """Write the entries of a CSR matrix column by column, the rows of each column rising.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.
    indices : ndarray of int32, shape (n_entries,)
        Columns.
    data : ndarray, shape (n_entries,)
        Values, of any type.
    column_indptr : ndarray of int64, shape (n_columns + 1,)
        Out: borders of the columns.
    rows : ndarray of int32, shape (n_entries,)
        Out: rows, column after column.
    values : ndarray, shape (n_entries,)
        Out: their values, of the type of `data`.
    """
    column_indptr[:] = 0
    for i in range(len(indices)):
        column_indptr[indices[i] + 1] += 1
    for column in range(len(column_indptr) - 1):
        column_indptr[column + 1] += column_indptr[column]
    free = column_indptr[:-1].copy()
    for row in range(len(indptr) - 1):
        for i in range(indptr[row], indptr[row + 1]):
            place = free[indices[i]]
            rows[place] = row
            values[place] = data[i]
            free[indices[i]] = place + 1
