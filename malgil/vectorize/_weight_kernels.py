"""The kernel that weighs and normalises the rows of a sparse matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

AS_IS, L1, L2 = 0, 1, 2


@njit(nogil=True, cache=True)
def scale_rows(
    indptr: NDArray[np.int64], indices: NDArray[Any], data: NDArray[Any], factors: NDArray[Any], norm: int
) -> None:
    """Multiply every entry by the factor of its column, then divide every row by its length, in place.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows in `indices` and `data`.
    indices : ndarray of int, shape (n_entries,)
        Columns.
    data : ndarray of float, shape (n_entries,)
        Values; overwritten.
    factors : ndarray of float, shape (n_columns,) or (0,)
        Factor of each column; without any, the values stay as they are.
    norm : int
        ``AS_IS``, ``L1`` (sum of absolute values) or ``L2`` (root of the sum of squares). A row of zeros stays.
    """
    for row in range(indptr.size - 1):
        begin, end = indptr[row], indptr[row + 1]
        if factors.size:
            for i in range(begin, end):
                data[i] *= factors[indices[i]]
        total = 0.0
        for i in range(begin, end):
            value = float(data[i])
            total += abs(value) if norm == L1 else value * value
        if norm == AS_IS or total == 0.0:
            continue
        length = total if norm == L1 else math.sqrt(total)
        for i in range(begin, end):
            data[i] /= length
