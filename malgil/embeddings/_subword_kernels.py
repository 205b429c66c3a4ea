"""Kernels over the n-grams of many words: their buckets, and the mean of their rows."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_OFFSET, _PRIME, _MASK, _UPPER = (
    np.uint64(2166136261),
    np.uint64(16777619),
    np.uint64(0xFFFFFFFF),
    np.uint64(0xFFFFFF00),
)


@njit(nogil=True, cache=True)
def bucket_ngrams(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    sizes: tuple[int, int],
    n_buckets: int,
    borders: NDArray[np.int64],
    buckets: NDArray[np.int32],
) -> None:
    """Hash the n-grams of words as fastText does, or count them.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n_words + 1,)
        Borders of the words in `data`; each is spelled out with a bracket before and behind it.
    data : ndarray of uint8
        UTF-8.
    sizes : (int, int)
        Shortest and longest n-gram, in characters.
    n_buckets : int
        At least 1.
    borders : ndarray of int64, shape (n_words + 1,)
        Out: borders of the words in `buckets`.
    buckets : ndarray of int32
        Out: buckets of the n-grams of each word, by first character, then by length; may be empty, to count them only.
    """
    n = 0
    borders[0] = 0
    for word in range(borders.size - 1):
        first, last = offsets[word], offsets[word + 1]
        for begin in range(first, last):
            if data[begin] & 0xC0 == 0x80:
                continue  # not where a character begins
            end, value = begin, _OFFSET
            for size in range(1, sizes[1] + 1):
                if end == last:
                    break
                while True:
                    byte = np.uint64(data[end])
                    value = ((value ^ (byte if byte < 128 else byte | _UPPER)) * _PRIME) & _MASK
                    end += 1
                    if end == last or data[end] & 0xC0 != 0x80:
                        break
                if size >= sizes[0] and not (size == 1 and (begin == first or end == last)):
                    if buckets.size > 0:
                        buckets[n] = value % np.uint64(n_buckets)
                    n += 1
        borders[word + 1] = n


@njit(nogil=True, cache=True)
def mean_rows(
    rows: NDArray[np.float32], members: NDArray[np.int32], borders: NDArray[np.int64], means: NDArray[np.float32]
) -> None:
    """Average the rows of each group, in double precision and in the order of its members.

    Parameters
    ----------
    rows : ndarray of float32, shape (n_rows, >= dim)
        All rows.
    members : ndarray of int32
        Numbers of the rows of each group, group after group.
    borders : ndarray of int64, shape (n_groups + 1,)
        Borders of the groups in `members`; none is empty.
    means : ndarray of float32, shape (n_groups, dim)
        Out: the mean of the first columns.
    """
    dim = means.shape[1]
    total = np.empty(dim, np.float64)
    for group in range(borders.size - 1):
        total[:] = 0.0
        for member in range(borders[group], borders[group + 1]):
            row = members[member]
            for d in range(dim):
                total[d] += rows[row, d]
        size = borders[group + 1] - borders[group]
        for d in range(dim):
            means[group, d] = np.float32(total[d] / size)
