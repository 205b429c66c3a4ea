"""The largest singular values of a sparse matrix, by random projection, to the same bits for any number of threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from malgil.engine import map_blocks

_ROWS = 2048
_MORE = 10  # columns beyond those that are wanted
_TURNS = 4


def truncated_svd(
    matrix: csr_array, n_components: int, *, seed: int = 0, n_jobs: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Factor a matrix into its largest singular values with their vectors.

    Parameters
    ----------
    matrix : csr_array of float32, shape (n_rows, n_columns)
        Sparse.
    n_components : int
        How many; columns beyond the matrix's rank are zero.
    seed : int
        Decides the projection.
    n_jobs : int, optional
        Threads, all cores by default; changes no bit.

    Returns
    -------
    left : ndarray of float32, shape (n_rows, n_components)
        Singular vectors; the largest number of each by its size is positive.
    values : ndarray of float32, shape (n_components,)
        Singular values, falling.
    right : ndarray of float32, shape (n_columns, n_components)
        Singular vectors of the columns.

    Notes
    -----
    Algorithm 4.4 (four turns of subspace iteration) and 5.1 of the paper, with ten columns more than are wanted.

    References
    ----------
    .. [1] Halko, Martinsson and Tropp, "Finding Structure with Randomness: Probabilistic Algorithms for Constructing
       Approximate Matrix Decompositions", SIAM Review 53, 2011.
    """
    from threadpoolctl import threadpool_limits

    turned = csr_array(matrix.T)
    width = min(n_components + _MORE, *matrix.shape)
    start = np.random.default_rng(seed).standard_normal((matrix.shape[1], width)).astype(np.float32)
    with threadpool_limits(1):  # the matrix library may not cut its sums as it has threads
        basis = _span(_product(matrix, start, n_jobs))
        for _ in range(_TURNS):
            basis = _span(_product(turned, basis, n_jobs))
            basis = _span(_product(matrix, basis, n_jobs))
        small = _product(turned, basis, n_jobs).astype(np.float64)  # the transpose of basis' x matrix
        right, values, mix = np.linalg.svd(small, full_matrices=False)
        left = basis.astype(np.float64) @ mix.T
    n = min(n_components, width)
    signs = np.sign(left[np.abs(left[:, :n]).argmax(axis=0), np.arange(n)])
    return (
        _wide(left[:, :n] * signs, n_components),
        _wide(values[None, :n], n_components)[0],
        _wide(right[:, :n] * signs, n_components),
    )


def _span(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.linalg.qr(columns)[0]


def _product(matrix: Any, dense: NDArray[np.float32], n_jobs: int | None) -> NDArray[np.float32]:
    """Multiply some rows at a time: the sums of a row do not depend on who makes them."""
    multiply: Callable[[int], NDArray[np.float32]] = lambda low: matrix[low : low + _ROWS] @ dense  # noqa: E731
    return np.concatenate(list(map_blocks(multiply, range(0, matrix.shape[0], _ROWS), n_jobs)))


def _wide(columns: NDArray[np.float64], n: int) -> NDArray[np.float32]:
    whole = np.zeros((len(columns), n), np.float32)
    whole[:, : columns.shape[1]] = columns
    return whole
