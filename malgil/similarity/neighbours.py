"""The k items closest to each query, exactly, without the matrix of all pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import ParameterError
from malgil.similarity.dense import DensePair, dense_pair
from malgil.similarity.measures import check_signs, facts_of
from malgil.similarity.rows import as_rows
from malgil.similarity.sparse import Pair
from malgil.similarity.string_measures import STRING_MEASURES, StringPair, as_strings

Neighbours = tuple[NDArray[np.int64], NDArray[np.float64]]


def top_k(
    queries: Any,
    items: Any,
    k: int = 10,
    measure: str = "cosine",
    *,
    exclude: ArrayLike | None = None,
    n_jobs: int | None = None,
) -> Neighbours:
    """Find the closest items for every query.

    Parameters
    ----------
    queries, items : Counts, Weights, Rows, SciPy sparse matrix, array_like of shape (n, n_columns), or list of str
        Vectors of one space; strings for a measure of strings.
    k : int
        How many, >= 1; may exceed the number of items.
    measure : str
        A key of `MEASURES` or `STRING_MEASURES`.
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
        If the measure is not known, `k` is below 1, the spaces differ, `exclude` is of another length, or a value is
        below 0 where the measure gives it no meaning.

    Examples
    --------
    >>> indices, values = top_k([[1.0, 0.0]], [[0.0, 2.0], [1.0, 1.0], [3.0, 0.0]], k=2)
    >>> indices, values.round(3)
    (array([[2, 1]]), array([[1.   , 0.707]]))
    """
    facts = facts_of(measure)
    if not (isinstance(k, int | np.integer) and k >= 1):
        raise ParameterError("similarity.bad_k", value=k)
    pair: StringPair | DensePair | Pair
    if measure in STRING_MEASURES:
        pair = StringPair(measure, as_strings(queries, measure), as_strings(items, measure))
    else:
        pair = dense_pair(queries, items, measure) or sparse_pair(queries, items, measure)
    shape = pair.n_queries, k
    left_out = np.full(shape[0], -1, np.int64) if exclude is None else np.atleast_1d(np.asarray(exclude, np.int64))
    if left_out.shape != shape[:1]:
        raise ParameterError("similarity.bad_exclude", found=len(left_out), wanted=shape[0])
    indices, values = np.full(shape, -1, np.int64), np.full(shape, np.nan)
    pair.fill_closest(left_out, indices, values, n_jobs)
    return indices, values if facts.higher_is_closer else -values


def sparse_pair(queries: Any, items: Any, measure: str) -> Pair:
    """Read two collections of vectors of one space, ready to be compared.

    Parameters
    ----------
    queries, items : Counts, Weights, Rows, SciPy sparse matrix or array_like of shape (n, n_columns)
        The vectors.
    measure : str
        A key of `MEASURES`.

    Returns
    -------
    Pair
        Both sparse.

    Raises
    ------
    ParameterError
        If they have different numbers of columns, or values that the measure gives no meaning.
    """
    asked, offered = as_rows(queries), as_rows(items)
    if asked.n_columns != offered.n_columns:
        raise ParameterError("similarity.other_space", found=asked.n_columns, wanted=offered.n_columns)
    for rows in (asked, offered):
        check_signs(rows, measure)
    return Pair.of(asked, offered, measure)
