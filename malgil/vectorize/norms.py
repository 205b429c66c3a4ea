"""What the weights of a document are divided by, so that long documents do not weigh more than short ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.vectorize.counts import row_blocks

Floats = NDArray[np.float64]


def norm_none(weights: Floats, indptr: NDArray[np.int64]) -> Floats:
    """Leave the rows as they are: the letter ``n``.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_entries,)
        Entries of the rows.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        1 for every row.
    """
    return np.ones(len(indptr) - 1)


def norm_l1(weights: Floats, indptr: NDArray[np.int64]) -> Floats:
    r"""Sum of every row.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_entries,)
        Entries of the rows.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        What the row is divided by; 1 for a row of zeros.

    Notes
    -----
    .. math:: \sum_t |w(t, d)|
    """
    return _sums(np.abs(weights), indptr)


def norm_l2(weights: Floats, indptr: NDArray[np.int64]) -> Floats:
    r"""Length of every row: the letter ``c``, for cosine.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_entries,)
        Entries of the rows.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        What the row is divided by; 1 for a row of zeros.

    Notes
    -----
    .. math:: \sqrt{\sum_t w(t, d)^2}
    """
    return np.sqrt(_sums(np.square(weights), indptr))


def _sums(values: Floats, indptr: NDArray[np.int64]) -> Floats:
    """Sum of each row, 1 in place of 0."""
    sums = np.zeros(len(indptr) - 1)
    filled = np.diff(indptr) > 0
    if filled.any():
        sums[filled] = np.add.reduceat(values, indptr[:-1][filled])
    sums[sums == 0.0] = 1.0
    return sums


def scale_rows(
    indptr: NDArray[Any],
    indices: NDArray[Any],
    data: NDArray[Any],
    factors: NDArray[Any] | None,
    norm: str | None,
    n_jobs: int | None = None,
) -> None:
    """Multiply the columns of a sparse matrix by factors and bring its rows to length 1, in place.

    Parameters
    ----------
    indptr : ndarray of int, shape (n_rows + 1,)
        Borders of the rows.
    indices : ndarray of int, shape (n_entries,)
        Columns, within the factors.
    data : ndarray of float, shape (n_entries,)
        Values; overwritten.
    factors : ndarray of float, shape (n_columns,), optional
        Factor of each column.
    norm : {"l1", "l2"}, optional
        What a row is divided by; a row of zeros stays as it is.
    n_jobs : int, optional
        Threads, all cores by default; the result does not depend on it.
    """
    from malgil.vectorize._weight_kernels import AS_IS, L1, L2
    from malgil.vectorize._weight_kernels import scale_rows as scale

    kind = {None: AS_IS, "l1": L1, "l2": L2}[norm]
    if data.dtype == np.float16:  # which no kernel knows
        wide = data.astype(np.float32)
        scale_rows(indptr, indices, wide, factors, norm, n_jobs)
        data[:] = wide
        return
    borders = indptr.astype(np.int64, copy=False)
    by = np.empty(0, data.dtype) if factors is None else factors.astype(data.dtype, copy=False)

    def scale_block(block: tuple[int, int]) -> None:
        scale(borders[block[0] : block[1] + 1], indices, data, by, kind)

    for _ in map_blocks(scale_block, row_blocks(borders), n_jobs):
        pass
