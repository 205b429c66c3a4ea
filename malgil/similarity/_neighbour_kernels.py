"""Kernels of exact nearest neighbours among sparse rows.

First the dot product of one query with every item, then the k closest by a measure that needs no more than dot products
and lengths. The candidates are a heap with the worst on top.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

_EPSILON = 2.220446049250313e-16


@njit(nogil=True, cache=True)
def squared_lengths(indptr: NDArray[np.int64], data: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the squares of each row.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.
    data : ndarray of float64, shape (n_entries,)
        Values.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        Squared lengths; for ones, the sizes of sets.
    """
    squared = np.zeros(len(indptr) - 1)
    for row in range(len(squared)):
        for i in range(indptr[row], indptr[row + 1]):
            squared[row] += data[i] * data[i]
    return squared


@njit(nogil=True, cache=True)
def dots_by_columns(
    query_indices: NDArray[np.int32],
    query_data: NDArray[np.float64],
    indptr: NDArray[np.int64],
    rows: NDArray[np.int32],
    data: NDArray[np.float64],
    dots: NDArray[np.float64],
) -> None:
    """Add the dot products of a query with all items, from the items' columns.

    Parameters
    ----------
    query_indices : ndarray of int32, shape (n,)
        Columns of the query, rising.
    query_data : ndarray of float64, shape (n,)
        Their values.
    indptr : ndarray of int64, shape (n_columns + 1,)
        Borders of the columns.
    rows : ndarray of int32, shape (n_entries,)
        Items of each column, rising.
    data : ndarray of float64, shape (n_entries,)
        Their values.
    dots : ndarray of float64, shape (n_items,)
        In: zeros. Out: the dot products.
    """
    for i in range(len(query_indices)):
        value = query_data[i]
        for j in range(indptr[query_indices[i]], indptr[query_indices[i] + 1]):
            dots[rows[j]] += value * data[j]


@njit(nogil=True, cache=True)
def dots_by_rows(
    query: NDArray[np.float64],
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.float64],
    dots: NDArray[np.float64],
) -> None:
    """Set the dot products of a query with all items, from the items' rows.

    Parameters
    ----------
    query : ndarray of float64, shape (n_columns,)
        The query with its zeros.
    indptr : ndarray of int64, shape (n_items + 1,)
        Borders of the rows.
    indices : ndarray of int32, shape (n_entries,)
        Columns of each item, rising.
    data : ndarray of float64, shape (n_entries,)
        Their values.
    dots : ndarray of float64, shape (n_items,)
        Out: the dot products.
    """
    for row in range(len(dots)):
        dot = 0.0
        for i in range(indptr[row], indptr[row + 1]):
            dot += query[indices[i]] * data[i]
        dots[row] = dot


@njit(nogil=True, cache=True)
def _is_worse(value: float, item: int, other_value: float, other_item: int) -> bool:
    return value < other_value or (value == other_value and item > other_item)


@njit(nogil=True, cache=True)
def _sink(items: NDArray[np.int64], values: NDArray[np.float64], size: int) -> None:
    """Move the top of a heap of `size` down to its place."""
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
def _order(items: NDArray[np.int64], values: NDArray[np.float64], size: int) -> None:
    """Turn the heap into a list with the best first."""
    for last in range(size - 1, 0, -1):
        items[0], items[last] = items[last], items[0]
        values[0], values[last] = values[last], values[0]
        _sink(items, values, last)


@njit(nogil=True, cache=True)
def _length_product(a_squared: float, b_squared: float) -> float:
    product = a_squared * b_squared
    if 0.0 < product < math.inf:
        return math.sqrt(product)
    return math.sqrt(a_squared) * math.sqrt(b_squared)


@njit(nogil=True, cache=True)
def closest_cosine(
    dots: NDArray[np.float64],
    query_squared: float,
    squared: NDArray[np.float64],
    excluded: int,
    items: NDArray[np.int64],
    values: NDArray[np.float64],
) -> int:
    """Find the items with the highest cosine.

    Parameters
    ----------
    dots : ndarray of float64, shape (n_items,)
        Dot products with the query. Out: zeros.
    query_squared : float
        Squared length of the query.
    squared : ndarray of float64, shape (n_items,)
        Squared lengths of the items.
    excluded : int
        Item to leave out, -1 for none.
    items : ndarray of int64, shape (k,)
        Out: the best first, equal values by rising number.
    values : ndarray of float64, shape (k,)
        Out: their cosines.

    Returns
    -------
    int
        How many were found.
    """
    size = 0
    for item in range(len(dots)):
        dot = dots[item]
        dots[item] = 0.0
        if item == excluded:
            continue
        if size == len(items) and values[0] >= 0.0:
            # most items end here, without a root or a division
            limit = values[0] * values[0] * query_squared * squared[item]
            if dot <= 0.0 or (1e-290 < limit < math.inf and dot * dot < limit * (1.0 - 1e-9)):
                continue
        value = 0.0
        if dot != 0.0:
            value = max(-1.0, min(1.0, dot / _length_product(query_squared, squared[item])))
        size = _offer(items, values, size, item, value)
    _order(items, values, size)
    return size


@njit(nogil=True, cache=True)
def closest_jaccard(
    dots: NDArray[np.float64],
    query_size: float,
    sizes: NDArray[np.float64],
    excluded: int,
    items: NDArray[np.int64],
    values: NDArray[np.float64],
) -> int:
    """Find the items with the highest Jaccard similarity.

    Parameters
    ----------
    dots : ndarray of float64, shape (n_items,)
        Sizes of the intersections with the query. Out: zeros.
    query_size : float
        Size of the query's set.
    sizes : ndarray of float64, shape (n_items,)
        Sizes of the items' sets.
    excluded : int
        Item to leave out, -1 for none.
    items : ndarray of int64, shape (k,)
        Out: the best first, equal values by rising number.
    values : ndarray of float64, shape (k,)
        Out: their similarities.

    Returns
    -------
    int
        How many were found.
    """
    size = 0
    for item in range(len(dots)):
        n_both = dots[item]
        dots[item] = 0.0
        if item == excluded:
            continue
        n_either = query_size + sizes[item] - n_both
        value = n_both / n_either if n_either > 0.0 else 1.0
        if size < len(items) or value > values[0]:
            size = _offer(items, values, size, item, value)
    _order(items, values, size)
    return size


@njit(nogil=True, cache=True)
def _distance(
    a_indices: NDArray[np.int32],
    a_data: NDArray[np.float64],
    b_indices: NDArray[np.int32],
    b_data: NDArray[np.float64],
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
def closest_euclidean(
    dots: NDArray[np.float64],
    query_indices: NDArray[np.int32],
    query_data: NDArray[np.float64],
    query_squared: float,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.float64],
    squared: NDArray[np.float64],
    excluded: int,
    items: NDArray[np.int64],
    values: NDArray[np.float64],
) -> int:
    """Find the items at the smallest distance.

    ``|q|^2 + |x|^2 - 2 q x`` loses its digits where q and x are nearly equal, so it only says which items can be among
    the k, with a margin for its rounding; those are measured again, term by term.

    Parameters
    ----------
    dots : ndarray of float64, shape (n_items,)
        Dot products with the query. Out: zeros.
    query_indices : ndarray of int32, shape (n,)
        Columns of the query, rising.
    query_data : ndarray of float64, shape (n,)
        Their values.
    query_squared : float
        Squared length of the query.
    indptr : ndarray of int64, shape (n_items + 1,)
        Borders of the items' rows.
    indices : ndarray of int32, shape (n_entries,)
        Columns of each item, rising.
    data : ndarray of float64, shape (n_entries,)
        Their values.
    squared : ndarray of float64, shape (n_items,)
        Squared lengths of the items.
    excluded : int
        Item to leave out, -1 for none.
    items : ndarray of int64, shape (k,)
        Out: the nearest first, equal distances by rising number.
    values : ndarray of float64, shape (k,)
        Out: the distances, with the sign turned.

    Returns
    -------
    int
        How many were found.
    """
    size = 0
    for item in range(len(dots)):
        scale = query_squared + squared[item]
        margin = (16.0 + 4.0 * (len(query_data) + indptr[item + 1] - indptr[item])) * _EPSILON * scale
        middle = scale - 2.0 * dots[item]
        dots[item] = middle - margin
        if item != excluded and (size < len(items) or -(middle + margin) > values[0]):
            size = _offer(items, values, size, item, -(middle + margin))
    farthest = -values[0] if size == len(items) else math.inf
    size = 0
    for item in range(len(dots)):
        nearest = dots[item]
        dots[item] = 0.0
        if item != excluded and nearest <= farthest:
            low, high = indptr[item], indptr[item + 1]
            distance = _distance(query_indices, query_data, indices[low:high], data[low:high])
            size = _offer(items, values, size, item, -distance)
    _order(items, values, size)
    return size
