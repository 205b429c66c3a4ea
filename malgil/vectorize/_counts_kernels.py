"""Kernels that count the terms of documents."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_SHORT = 64  # up to this many tokens an insertion sort is the quicker one


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
    longest = 0
    for row in range(len(lengths)):
        longest = max(longest, indptr[row + 1] - indptr[row])
    scratch = np.empty(longest, np.int32)
    n, is_over = 0, False
    for row in range(len(lengths)):
        size = 0
        for i in range(indptr[row], indptr[row + 1]):
            column = columns[ids[i]]
            if column >= 0:
                scratch[size] = column
                size += 1
        document = scratch[:size]
        _sort(document)
        begin = n
        for i in range(size):
            if i > 0 and document[i] == document[i - 1]:
                is_over |= data[n - 1] == 255
                data[n - 1] += 0 if data[n - 1] == 255 else 1
            else:
                indices[n] = document[i]
                data[n] = 1
                n += 1
        lengths[row] = n - begin
    return -1 - n if is_over else n
