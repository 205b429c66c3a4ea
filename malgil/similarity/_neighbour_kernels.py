"""Kernels of exact nearest neighbours: the values of pairs, and the k best among candidates.

A measure is known here by a number. All but the Euclidean distance are functions of an *overlap* (a sum over shared
columns) and of the two *sizes*: for cosine and dot the overlap is the sum of products, for Jaccard and Ruzicka the sum
of the smaller values; the sizes are squared lengths or sums. Values are such that higher is closer: distances are
negative. Overlaps are added in the order of the columns, so that every way to a value gives the same bits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

COSINE, DOT, JACCARD, RUZICKA, EUCLIDEAN = range(5)
_STRIDE = 64  # products compared at once


@njit(nogil=True, cache=True)
def row_sizes(measure: int, indptr: NDArray[np.int64], data: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum each row: its values for Jaccard and Ruzicka, their squares for the others.

    Parameters
    ----------
    measure : int
        Which measure.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.
    data : ndarray of float64, shape (n_entries,)
        Values.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        The sizes.
    """
    sizes = np.zeros(len(indptr) - 1)
    for row in range(len(sizes)):
        for i in range(indptr[row], indptr[row + 1]):
            sizes[row] += data[i] if measure == JACCARD or measure == RUZICKA else data[i] * data[i]
    return sizes


@njit(nogil=True, cache=True)
def _is_worse(value: float, item: int, other_value: float, other_item: int) -> bool:
    return value < other_value or (value == other_value and item > other_item)


@njit(nogil=True, cache=True)
def _sink(items: NDArray[np.int64], values: NDArray[np.float64], size: int) -> None:
    """Move the top of a heap of `size`, the worst on top, down to its place."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            return
        if child + 1 < size and _is_worse(values[child + 1], items[child + 1], values[child], items[child]):
            child += 1
        if _is_worse(values[at], items[at], values[child], items[child]):
            return
        items[at], items[child] = items[child], items[at]
        values[at], values[child] = values[child], values[at]
        at = child


@njit(nogil=True, cache=True)
def _offer(items: NDArray[np.int64], values: NDArray[np.float64], size: int, item: int, value: float) -> int:
    """Put an item into the heap if it is better than the worst, or there is room; return the new size."""
    if size == len(items):
        if _is_worse(values[0], items[0], value, item):
            items[0], values[0] = item, value
            _sink(items, values, size)
        return size
    at = size
    items[at], values[at] = item, value
    while at > 0 and _is_worse(values[at], items[at], values[(at - 1) // 2], items[(at - 1) // 2]):
        up = (at - 1) // 2
        items[at], items[up] = items[up], items[at]
        values[at], values[up] = values[up], values[at]
        at = up
    return size + 1


@njit(nogil=True, cache=True)
def order_best(items: NDArray[np.int64], values: NDArray[np.float64], size: int) -> None:
    """Turn a heap into a list with the best first.

    Parameters
    ----------
    items : ndarray of int64, shape (k,)
        In and out: items.
    values : ndarray of float64, shape (k,)
        In and out: their values.
    size : int
        How many there are.
    """
    for last in range(size - 1, 0, -1):
        items[0], items[last] = items[last], items[0]
        values[0], values[last] = values[last], values[0]
        _sink(items, values, last)


@njit(nogil=True, cache=True)
def _value(measure: int, overlap: float, a_size: float, b_size: float) -> float:
    if measure == DOT:
        return overlap
    if measure != COSINE:
        either = a_size + b_size - overlap
        return overlap / either if either > 0.0 else 1.0
    if overlap == 0.0:
        return 0.0
    product = a_size * b_size
    length = math.sqrt(product) if 0.0 < product < math.inf else math.sqrt(a_size) * math.sqrt(b_size)
    return max(-1.0, min(1.0, overlap / length))


@njit(nogil=True, cache=True)
def _distance(
    a_indices: NDArray[np.int32], a_data: NDArray[np.float64], b_indices: NDArray[np.int32], b_data: NDArray[np.float64]
) -> float:
    i, j, squares = 0, 0, 0.0
    while i < len(a_indices) or j < len(b_indices):
        difference = 0.0
        in_a = j == len(b_indices) or (i < len(a_indices) and a_indices[i] <= b_indices[j])
        in_b = i == len(a_indices) or (j < len(b_indices) and b_indices[j] <= a_indices[i])
        if in_a:
            difference = a_data[i]
            i += 1
        if in_b:
            difference -= b_data[j]
            j += 1
        squares += difference * difference
    return math.sqrt(squares)


@njit(nogil=True, cache=True)
def _pair(
    measure: int,
    query: NDArray[np.float64],
    query_indices: NDArray[np.int32],
    query_data: NDArray[np.float64],
    query_size: float,
    indices: NDArray[np.int32],
    data: NDArray[np.float64],
    size: float,
) -> float:
    """Value of the query and one row."""
    if measure == EUCLIDEAN:
        return -_distance(query_indices, query_data, indices, data)
    overlap = 0.0
    if measure == RUZICKA:
        for i in range(len(indices)):
            overlap += min(query[indices[i]], data[i])
    else:
        for i in range(len(indices)):
            overlap += query[indices[i]] * data[i]
    return _value(measure, overlap, query_size, size)


@njit(nogil=True, cache=True)
def _dense_pair(measure: int, a: NDArray[Any], b: NDArray[Any], a_size: float, b_size: float) -> float:
    """Value of two vectors with their zeros: adding a zero changes no bit."""
    total = 0.0
    for i in range(len(a)):
        x, y = np.float64(a[i]), np.float64(b[i])
        total += (x - y) * (x - y) if measure == EUCLIDEAN else x * y
    return -math.sqrt(total) if measure == EUCLIDEAN else _value(measure, total, a_size, b_size)


@njit(nogil=True, cache=True)
def measure_rows(
    measure: int,
    query: NDArray[np.float64],
    query_indices: NDArray[np.int32],
    query_data: NDArray[np.float64],
    query_size: float,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.float64],
    sizes: NDArray[np.float64],
    values: NDArray[np.float64],
) -> None:
    """Measure a query with every row.

    Parameters
    ----------
    measure : int
        Which measure.
    query : ndarray of float64, shape (n_columns,)
        The query with its zeros.
    query_indices : ndarray of int32, shape (n,)
        Columns of the query, rising.
    query_data : ndarray of float64, shape (n,)
        Their values.
    query_size : float
        Size of the query, as `row_sizes` has it.
    indptr : ndarray of int64, shape (n_items + 1,)
        Borders of the items' rows.
    indices : ndarray of int32, shape (n_entries,)
        Columns of each item, rising.
    data : ndarray of float64, shape (n_entries,)
        Their values.
    sizes : ndarray of float64, shape (n_items,)
        Sizes of the items.
    values : ndarray of float64, shape (n_items,)
        Out: the values, higher is closer.
    """
    for item in range(len(values)):
        low, high = indptr[item], indptr[item + 1]
        values[item] = _pair(
            measure, query, query_indices, query_data, query_size, indices[low:high], data[low:high], sizes[item]
        )


@njit(nogil=True, cache=True)
def rescore(
    measure: int,
    candidates: NDArray[np.int32],
    bounds: NDArray[np.float64],
    query: NDArray[np.float64],
    query_indices: NDArray[np.int32],
    query_data: NDArray[np.float64],
    query_size: float,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.float64],
    sizes: NDArray[np.float64],
    excluded: int,
    items: NDArray[np.int64],
    values: NDArray[np.float64],
) -> int:
    """Find the k best of the candidates by their exact values.

    Parameters
    ----------
    measure : int
        Which measure.
    candidates : ndarray of int32, shape (n_candidates,)
        Items, each at most once.
    bounds : ndarray of float64, shape (n_candidates,) or (0,)
        What the values do not exceed; empty where nothing is known.
    query, query_indices, query_data, query_size, indptr, indices, data, sizes
        As for `measure_rows`.
    excluded : int
        Item to leave out, -1 for none.
    items : ndarray of int64, shape (k,)
        Out: the best first, equal values by rising number.
    values : ndarray of float64, shape (k,)
        Out: their values, higher is closer.

    Returns
    -------
    int
        How many were found.
    """
    found = 0
    for place in range(len(candidates)):
        item = candidates[place]
        if item == excluded or (found == len(items) and len(bounds) and bounds[place] < values[0]):
            continue
        low, high = indptr[item], indptr[item + 1]
        value = _pair(
            measure, query, query_indices, query_data, query_size, indices[low:high], data[low:high], sizes[item]
        )
        found = _offer(items, values, found, item, value)
    order_best(items, values, found)
    return found


@njit(nogil=True, cache=True)
def _product_limit(measure: int, values: NDArray[np.float64], found: int, slack: float) -> float:
    """Say below which product no value can be among the best."""
    if found < len(values):
        return -math.inf
    worst = float(values[0])
    return (-worst * worst if measure == EUCLIDEAN else worst) - slack


@njit(nogil=True, cache=True)
def rescore_dense(
    measure: int,
    products: NDArray[Any],
    first: int,
    slack: float,
    queries: NDArray[Any],
    query_sizes: NDArray[np.float64],
    vectors: NDArray[Any],
    sizes: NDArray[np.float64],
    excluded: NDArray[np.int64],
    found: NDArray[np.int64],
    items: NDArray[np.int64],
    values: NDArray[np.float64],
) -> None:
    """Offer a block of items to the k best of each query, with exact values for those that can be among them.

    Parameters
    ----------
    measure : int
        `COSINE`, `DOT` or `EUCLIDEAN`.
    products : ndarray of float, shape (n_queries, n_block)
        About what the values are; of Euclidean distances the negative squares.
    first : int
        Number of the block's first item.
    slack : float
        How far a product may lie below its value: for a cosine as it is, for the others times the sizes, see Notes.
    queries : ndarray of float, shape (n_queries, n_columns)
        The queries as they are.
    query_sizes : ndarray of float64, shape (n_queries,)
        Their squared lengths.
    vectors : ndarray of float, shape (n_block, n_columns)
        The block's items as they are.
    sizes : ndarray of float64, shape (n_block,)
        Their squared lengths.
    excluded : ndarray of int64, shape (n_queries,)
        For each query an item to leave out, -1 for none.
    found : ndarray of int64, shape (n_queries,)
        In and out: how many each heap holds.
    items : ndarray of int64, shape (n_queries, k)
        In and out: heaps of the best, the worst on top.
    values : ndarray of float64, shape (n_queries, k)
        In and out: their values, higher is closer.

    Notes
    -----
    The slack of a dot is times ``|q| |x|``, that of a squared distance times ``|q|^2 + |x|^2``.
    """
    largest = sizes.max()
    limit = np.empty(1, products.dtype)  # of the same type, so that many are compared at once
    for query in range(len(products)):
        scale = 1.0 if measure == COSINE else math.sqrt(query_sizes[query]) * math.sqrt(largest)
        if measure == EUCLIDEAN:
            scale = query_sizes[query] + largest
        limit[0] = _product_limit(measure, values[query], found[query], slack * scale)
        for low in range(0, products.shape[1], _STRIDE):
            high, n_over = min(low + _STRIDE, products.shape[1]), 0
            for place in range(low, high):
                n_over += products[query, place] >= limit[0]
            if n_over == 0:
                continue
            for place in range(low, high):
                if products[query, place] < limit[0] or first + place == excluded[query]:
                    continue
                value = _dense_pair(measure, queries[query], vectors[place], query_sizes[query], sizes[place])
                found[query] = _offer(items[query], values[query], found[query], first + place, value)
                limit[0] = _product_limit(measure, values[query], found[query], slack * scale)
