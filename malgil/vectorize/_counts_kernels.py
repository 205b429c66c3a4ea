"""Kernels that count the terms of documents."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_SHORT = 64  # up to this many tokens an insertion sort is the quicker one
_ONE, _TOP, _DE_BRUIJN = np.uint64(1), np.uint64(58), np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.array([(0x03F79D71B4CB0A89 << k & (1 << 64) - 1) >> 58 for k in range(64)]).argsort()

Int = int | np.int64


@njit(nogil=True, cache=True)
def _sort(values: NDArray[np.int32]) -> None:
    if len(values) > _SHORT:
        values.sort()
        return
    for i in range(1, len(values)):
        value = values[i]
        j = i - 1
        while j >= 0 and values[j] > value:
            values[j + 1] = values[j]
            j -= 1
        values[j + 1] = value


@njit(nogil=True, cache=True)
def count_rows(
    ids: NDArray[np.int32],
    indptr: NDArray[np.int64],
    lengths: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.int32],
) -> int:
    """Count the terms of each document of a block.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Token ids of the corpus.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the block's documents in `ids`.
    lengths : ndarray of int64, shape (n_rows,)
        Out: distinct terms of each document.
    indices, data : ndarray of int32, shape (tokens of the block,)
        Out: the terms of each document, rising, and their counts.

    Returns
    -------
    int
        How many entries of `indices` and `data` were written.
    """
    longest = 0
    for row in range(len(lengths)):
        longest = max(longest, indptr[row + 1] - indptr[row])
    scratch = np.empty(longest, np.int32)
    n = 0
    for row in range(len(lengths)):
        size = indptr[row + 1] - indptr[row]
        document = scratch[:size]
        document[:] = ids[indptr[row] : indptr[row + 1]]
        _sort(document)
        begin = n
        for i in range(size):
            if i > 0 and document[i] == document[i - 1]:
                data[n - 1] += 1
            else:
                indices[n] = document[i]
                data[n] = 1
                n += 1
        lengths[row] = n - begin
    return n


@njit(nogil=True, cache=True, inline="always")
def _lowest_bit(word: np.uint64) -> Int:
    """Place of the lowest bit that is set, by a product that is another one for each."""
    return np.int64(_PLACES[((word & (~word + _ONE)) * _DE_BRUIJN) >> _TOP])


@njit(nogil=True, cache=True)
def _distinct(
    document: NDArray[np.int32],
    counts: NDArray[np.int64],
    marks: NDArray[np.uint64],
    tops: NDArray[np.uint64],
    out: NDArray[np.int32],
) -> int:
    """Count the columns of a document and list them in order: by a bit for each, and a bit for each 64 of them."""
    for column in document:
        counts[column] += 1
        marks[column >> 6] |= _ONE << np.uint64(column & 63)
        tops[column >> 12] |= _ONE << np.uint64(column >> 6 & 63)
    n = 0
    for top in range(tops.size):
        while tops[top] != 0:
            place = (top << 6) + _lowest_bit(tops[top])
            tops[top] &= tops[top] - _ONE
            while marks[place] != 0:
                out[n] = (place << 6) + _lowest_bit(marks[place])
                marks[place] &= marks[place] - _ONE
                n += 1
    return n


@njit(nogil=True, cache=True)
def count_mapped(
    ids: NDArray[np.int32],
    indptr: NDArray[np.int64],
    columns: NDArray[np.int32],
    lengths: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.uint8],
) -> int:
    """Count the terms of each document under other numbers, as long as no count goes beyond 255.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Token ids of the block.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the block's documents in `ids`.
    columns : ndarray of int32
        For each id the column, below 0 where it is left out.
    lengths : ndarray of int64, shape (n_rows,)
        Out: distinct columns of each document.
    indices, data : ndarray of int32 and of uint8, shape (n_tokens,)
        Out: the columns of each document, rising, and their counts.

    Returns
    -------
    int
        How many entries were written; below 0 where a count went beyond 255, one less than minus that number.
    """
    longest, n_long = 0, 0
    for row in range(len(lengths)):
        size = indptr[row + 1] - indptr[row]
        longest, n_long = max(longest, size), n_long + (size if size > _SHORT else 0)
    scratch = np.empty(longest, np.int32)
    n_columns = max(0, columns.max() + 1) if n_long > 0 else 0
    n_columns = n_columns if n_long > n_columns >> 3 else 0  # a few long documents are not worth the space
    counts = np.zeros(n_columns, np.int64)
    marks, tops = np.zeros((n_columns >> 6) + 1, np.uint64), np.zeros((n_columns >> 12) + 1, np.uint64)
    n, is_over = 0, False
    for row in range(len(lengths)):
        size, begin = 0, n
        for i in range(indptr[row], indptr[row + 1]):
            column = columns[ids[i]]
            if column >= 0:
                scratch[size] = column
                size += 1
        if size > _SHORT and n_columns > 0:
            n += _distinct(scratch[:size], counts, marks, tops, indices[n:])
            for i in range(begin, n):
                count = counts[indices[i]]
                counts[indices[i]] = 0
                is_over |= count > 255
                data[i] = min(count, 255)
        else:
            _sort(scratch[:size])
            for i in range(size):
                if i > 0 and scratch[i] == scratch[i - 1]:
                    is_over |= data[n - 1] == 255
                    data[n - 1] += 0 if data[n - 1] == 255 else 1
                else:
                    indices[n], data[n] = scratch[i], 1
                    n += 1
        lengths[row] = n - begin
    return -1 - n if is_over else n


@njit(nogil=True, cache=True)
def count_columns(indices: NDArray[np.int32], df: NDArray[np.int32]) -> None:
    """Count how often each column occurs.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (n,)
        Columns.
    df : ndarray of int32, shape (n_columns,)
        Counted on.
    """
    for i in range(indices.size):
        df[indices[i]] += 1


@njit(nogil=True, cache=True)
def add_up(
    indices: NDArray[np.int32],
    data: NDArray[Any],
    columns: NDArray[np.int32],
    counts: NDArray[np.int64],
    df: NDArray[np.int64],
) -> None:
    """Add up the entries of each column, and count them.

    Parameters
    ----------
    indices : ndarray of int32, shape (n_entries,)
        Numbers of features.
    data : ndarray of uint8 or int32, shape (n_entries,)
        Counts.
    columns : ndarray of int32
        Column of each number.
    counts, df : ndarray of int64, shape (n_columns,)
        Counted on.
    """
    for i in range(indices.size):
        column = columns[indices[i]]
        counts[column] += data[i]
        df[column] += 1
