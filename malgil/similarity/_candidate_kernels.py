"""Kernels that find, for one query, the items that can be among its k best, with bounds of their values.

The items' matrix is read column by column, as an inverted index is: the shortest lists first, and not to the end where
what the rest can add is less than what k items have already (MaxScore [1]_; the bounds of a cosine are those of
Cauchy and Schwarz, as in [2]_).

References
----------
.. [1] Turtle, Flood, "Query evaluation: strategies and optimizations", Information Processing & Management 31, 1995.
.. [2] Anastasiu, Karypis, "L2AP: Fast cosine similarity search with prefix L-2 norm bounds", ICDE 2014, section IV.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

DOT, JACCARD, RUZICKA = 1, 2, 3  # as in `_neighbour_kernels`; a cosine is the dot of vectors of length 1
_LOOKUPS = 50  # reading so many entries of a list costs about as much as looking up one item's row
_ROUNDING = 1e-12  # relative slack of bounds, far above what adding a few thousand float64 numbers can lose


@njit(nogil=True, cache=True)
def _ratio(overlap: float, a_size: float, b_size: float) -> float:
    return overlap / (a_size + b_size - overlap)


@njit(nogil=True, cache=True)
def _raise_limit(best: NDArray[np.float64], value: float) -> None:
    """Put a value in the place of the smallest, on top of the heap, if it is larger."""
    at, size = 0, len(best)
    while value > best[at]:
        child = 2 * at + 1
        if child + 1 < size and best[child + 1] < best[child]:
            child += 1
        if child >= size or value <= best[child]:
            best[at] = value
            return
        best[at] = best[child]
        at = child


@njit(nogil=True, cache=True)
def _least(measure: int, overlap: float, a_size: float, b_size: float) -> float:
    """Say what a value with at least this overlap is not below."""
    return overlap - _ROUNDING * math.sqrt(a_size * b_size) if measure == DOT else _ratio(overlap, a_size, b_size)


@njit(nogil=True, cache=True)
def _most(measure: int, overlap: float, rest: float, a_size: float, b_size: float) -> float:
    """Say what a value does not exceed if other columns add at most `rest` to the overlap."""
    if measure == DOT:
        return overlap + rest + _ROUNDING * math.sqrt(a_size * b_size)
    return _ratio(min(overlap + rest, a_size, b_size), a_size, b_size) * (1.0 + _ROUNDING)


@njit(nogil=True, cache=True)
def _drop(
    measure: int,
    limit: float,
    rest: float,
    query_size: float,
    sizes: NDArray[np.float64],
    seen: NDArray[np.bool_],
    sums: NDArray[np.float64],
    candidates: NDArray[np.int32],
    bounds: NDArray[np.float64],
) -> int:
    """Drop candidates that cannot reach the limit, and forget them; where they turn up again, they cannot either."""
    n = 0
    for item in candidates:
        bound = _most(measure, sums[item], rest, query_size, sizes[item])
        if bound >= limit:
            candidates[n], bounds[n] = item, bound
            n += 1
        else:
            seen[item], sums[item] = False, 0.0
    return n


@njit(nogil=True, cache=True)
def gather(
    measure: int,
    columns: NDArray[np.int32],
    factors: NDArray[np.float64],
    rests: NDArray[np.float64],
    indptr: NDArray[np.int64],
    rows: NDArray[np.int32],
    weights: NDArray[np.float64],
    query_size: float,
    sizes: NDArray[np.float64],
    k: int,
    seen: NDArray[np.bool_],
    sums: NDArray[np.float64],
    candidates: NDArray[np.int32],
    bounds: NDArray[np.float64],
) -> int:
    """Read the lists of a query's columns until no item outside them can be among the k best; keep who still can.

    Parameters
    ----------
    measure : int
        `DOT`, `JACCARD` or `RUZICKA`; a cosine is the dot of vectors of length 1.
    columns : ndarray of int32, shape (n,)
        Columns of the query in the order to read them: the shortest lists first.
    factors : ndarray of float64, shape (n,)
        The query's values there.
    rests : ndarray of float64, shape (n + 1,)
        The most that the lists from each one on can add to an overlap, 0 at the end. Where values may be negative only
        the last may be finite, and all lists are read.
    indptr : ndarray of int64, shape (n_columns + 1,)
        Borders of the columns' lists.
    rows : ndarray of int32, shape (n_entries,)
        Items of each list.
    weights : ndarray of float64, shape (n_entries,)
        Their values.
    query_size : float
        Size of the query.
    sizes : ndarray of float64, shape (n_items,)
        Sizes of the items.
    k : int
        How many are wanted.
    seen : ndarray of bool, shape (n_items,)
        In and out: false.
    sums : ndarray of float64, shape (n_items,)
        In and out: zeros.
    candidates : ndarray of int32, shape (n_items,)
        Out: items that may be among the k best.
    bounds : ndarray of float64, shape (n_items,)
        Out: what their values do not exceed.

    Returns
    -------
    int
        Number of candidates.
    """
    n, n_read, limit, is_closed = 0, 0, -math.inf, False
    best = np.empty(k)
    for column in columns:
        low, high, factor = indptr[column], indptr[column + 1], factors[n_read]
        if is_closed and high - low > _LOOKUPS * n:
            break
        for i in range(low, high):
            item = rows[i]
            if not seen[item]:
                if is_closed:
                    continue
                seen[item] = True
                candidates[n] = item
                n += 1
            sums[item] += min(factor, weights[i]) if measure == RUZICKA else factor * weights[i]
        n_read += 1
        rest = rests[n_read]
        if n < k or rest == math.inf:
            continue
        best[:] = -math.inf
        for item in candidates[:n]:
            _raise_limit(best, _least(measure, sums[item], query_size, sizes[item]))
        limit = max(limit, best[0])
        is_closed = (rest if measure == DOT else rest / query_size) * (1.0 + _ROUNDING) < limit
        n = _drop(measure, limit, rest, query_size, sizes, seen, sums, candidates[:n], bounds)
    if limit <= 0.0:  # then the first items that share nothing, whose values are 0, may be among the best
        for item in range(len(seen)):
            if k == 0:
                break
            if not seen[item]:
                seen[item] = True
                candidates[n] = item
                n, k = n + 1, k - 1
    n = _drop(measure, limit, rests[n_read], query_size, sizes, seen, sums, candidates[:n], bounds)
    for item in candidates[:n]:
        seen[item], sums[item] = False, 0.0
    return n


@njit(nogil=True, cache=True)
def distance_bounds(
    query_indices: NDArray[np.int32],
    query_data: NDArray[np.float64],
    query_size: float,
    indptr: NDArray[np.int64],
    rows: NDArray[np.int32],
    weights: NDArray[np.float64],
    sizes: NDArray[np.float64],
    bounds: NDArray[np.float64],
) -> None:
    """Say for every item what its negative Euclidean distance does not exceed.

    ``|q|^2 + |x|^2 - 2 q x`` loses its digits where q and x are nearly equal, so it only serves as a bound, with a
    margin for its rounding.

    Parameters
    ----------
    query_indices, query_data, query_size
        As for `measure_rows`.
    indptr, rows, weights, sizes
        As for `gather`.
    bounds : ndarray of float64, shape (n_items,)
        Out: the bounds.
    """
    bounds[:] = 0.0
    for i in range(len(query_indices)):
        column = query_indices[i]
        for j in range(indptr[column], indptr[column + 1]):
            bounds[rows[j]] += query_data[i] * weights[j]
    for item in range(len(bounds)):
        both = query_size + sizes[item]
        bounds[item] = -math.sqrt(max(0.0, both * (1.0 - _ROUNDING) - 2.0 * bounds[item]))
