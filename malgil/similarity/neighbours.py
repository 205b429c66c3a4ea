"""The k items closest to each query, exactly, without the matrix of all pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.params import choose
from malgil.similarity.measures import MEASURES
from malgil.similarity.rows import Rows, as_rows
from malgil.vectorize import transpose

_FEW_QUERIES = 16  # up to this many, reading all rows is quicker than turning them into columns first
_BLOCK_QUERIES = 16

FillDots = Callable[[int, NDArray[np.float64]], None]


def top_k(
    queries: Any,
    items: Any,
    k: int = 10,
    measure: str = "cosine",
    *,
    exclude: ArrayLike | None = None,
    n_jobs: int | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the closest items for every query.

    Parameters
    ----------
    queries, items : Counts, Weights, Rows, SciPy sparse matrix or array_like of shape (n, n_columns)
        Vectors of one space.
    k : int
        How many, >= 1; may exceed the number of items.
    measure : str
        A key of `MEASURES`.
    exclude : array_like of int, shape (n_queries,), optional
        For each query one item to leave out, such as the query itself; -1 for none.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    indices : ndarray of int64, shape (n_queries, k)
        Items, the closest first, equal values by rising number; -1 where there are fewer than `k`.
    values : ndarray of float64, shape (n_queries, k)
        Their similarities (falling) or distances (rising), the same bits that the pair functions give; NaN beside -1.

    Raises
    ------
    ParameterError
        If the measure is not known, `k` is below 1, the spaces differ or `exclude` is of another length.

    Examples
    --------
    >>> indices, values = top_k([[1.0, 0.0]], [[0.0, 2.0], [1.0, 1.0], [3.0, 0.0]], k=2)
    >>> indices, values.round(3)
    (array([[2, 1]]), array([[1.   , 0.707]]))
    """
    facts = choose(MEASURES, "measure", measure)
    asked, offered = as_rows(queries), as_rows(items)
    left_out = _check(asked, offered, k, exclude)
    if facts.uses_sets:
        asked, offered = (rows._replace(data=np.ones(len(rows.data))) for rows in (asked, offered))
    indices = np.full((asked.n_rows, k), -1, np.int64)
    values = np.full((asked.n_rows, k), np.nan)
    fill, closest = _dots(asked, offered), _closest(measure, asked, offered)

    def answer(block: range) -> None:
        dots = np.zeros(offered.n_rows)
        for query in block:
            fill(query, dots)
            found = closest(query, dots, int(left_out[query]), indices[query], values[query])
            indices[query, found:], values[query, found:] = -1, np.nan

    step = 1 if asked.n_rows <= _FEW_QUERIES else _BLOCK_QUERIES
    blocks = (range(low, min(low + step, asked.n_rows)) for low in range(0, asked.n_rows, step))
    for _ in map_blocks(answer, blocks, n_jobs):
        pass
    return indices, values if facts.higher_is_closer else -values


def _check(asked: Rows, offered: Rows, k: int, exclude: ArrayLike | None) -> NDArray[np.int64]:
    """Refuse what does not fit, and say which item each query leaves out."""
    if asked.n_columns != offered.n_columns:
        raise ParameterError("similarity.other_space", found=asked.n_columns, wanted=offered.n_columns)
    if not (isinstance(k, int | np.integer) and k >= 1):
        raise ParameterError("similarity.bad_k", value=k)
    left_out = np.full(asked.n_rows, -1, np.int64) if exclude is None else np.atleast_1d(np.asarray(exclude, np.int64))
    if left_out.shape != (asked.n_rows,):
        raise ParameterError("similarity.bad_exclude", found=len(left_out), wanted=asked.n_rows)
    return left_out


def _dots(asked: Rows, offered: Rows) -> FillDots:
    """Choose the way to the dot products of a query with all items; both add in the order of the columns."""
    from malgil.similarity._neighbour_kernels import dots_by_columns, dots_by_rows

    if asked.n_rows > _FEW_QUERIES:
        indptr, rows, values = transpose(offered.indptr, offered.indices, offered.data, offered.n_columns)

        def by_columns(query: int, dots: NDArray[np.float64]) -> None:
            indices, data = asked.vector(query)
            dots_by_columns(indices, data, indptr, rows, values, dots)

        return by_columns

    def by_rows(query: int, dots: NDArray[np.float64]) -> None:
        dense = np.zeros(asked.n_columns)
        indices, data = asked.vector(query)
        dense[indices] = data
        dots_by_rows(dense, offered.indptr, offered.indices, offered.data, dots)

    return by_rows


def _closest(measure: str, asked: Rows, offered: Rows) -> Callable[..., int]:
    """Choose the kernel that takes a query's dot products and finds the closest."""
    from malgil.similarity import _neighbour_kernels as kernels

    asked_squared = kernels.squared_lengths(asked.indptr, asked.data)
    squared = kernels.squared_lengths(offered.indptr, offered.data)

    def by_lengths(query: int, dots: NDArray[np.float64], *rest: Any) -> int:
        kernel = kernels.closest_cosine if measure == "cosine" else kernels.closest_jaccard
        return int(kernel(dots, asked_squared[query], squared, *rest))

    def by_difference(query: int, dots: NDArray[np.float64], *rest: Any) -> int:
        indices, data = asked.vector(query)
        rows = offered.indptr, offered.indices, offered.data
        return int(kernels.closest_euclidean(dots, indices, data, asked_squared[query], *rows, squared, *rest))

    return by_difference if measure == "euclidean" else by_lengths
