"""Entries of binary files, found one after the other, and word vectors put together from n-gram vectors."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

FINE, CUT_OFF, NO_WORD = 0, 1, 2
_NEWLINE, _BLANK = 10, 32
_OFFSET, _PRIME, _SIGNS = np.uint32(2166136261), np.uint32(16777619), np.uint32(0xFFFFFF00)


@njit(nogil=True, cache=True)
def read_word2vec(
    data: NDArray[np.uint8], at: int, rows: NDArray[np.uint8], words: NDArray[np.int64]
) -> tuple[int, int, int]:
    """Read words and vectors of a word2vec binary file.

    Parameters
    ----------
    data : ndarray of uint8
        The file.
    at : int
        Where the first word begins.
    rows : ndarray of uint8, shape (n, 4 * dim)
        Output: the vectors' bytes.
    words : ndarray of int64, shape (n, 2)
        Output: where each word begins and ends.

    Returns
    -------
    state : int
        `FINE`, `CUT_OFF` or `NO_WORD`.
    row : int
        Row of the mistake.
    at : int
        Byte of the mistake, or behind the last vector.
    """
    n_bytes = rows.shape[1]
    for row in range(len(rows)):
        while at < len(data) and data[at] == _NEWLINE:
            at += 1
        first = at
        while at < len(data) and data[at] != _BLANK:
            at += 1
        if at + 1 + n_bytes > len(data):
            return CUT_OFF, row, first
        if at == first:
            return NO_WORD, row, first
        words[row, 0], words[row, 1] = first, at
        at += 1
        for k in range(n_bytes):
            rows[row, k] = data[at + k]
        at += n_bytes
    return FINE, len(rows), at


@njit(nogil=True, cache=True)
def read_dictionary(
    data: NDArray[np.uint8], at: int, words: NDArray[np.int64], counts: NDArray[np.int64], kinds: NDArray[np.uint8]
) -> tuple[int, int, int]:
    """Read the dictionary of a fastText file: each word ends with a zero byte, then its count and its kind.

    Parameters
    ----------
    data : ndarray of uint8
        The file.
    at : int
        Where the first entry begins.
    words : ndarray of int64, shape (n, 2)
        Output: where each word begins and ends.
    counts : ndarray of int64, shape (n,)
        Output: its occurrences.
    kinds : ndarray of uint8, shape (n,)
        Output: 0 for a word, 1 for a label.

    Returns
    -------
    state : int
        `FINE`, `CUT_OFF` or `NO_WORD`.
    row : int
        Row of the mistake.
    at : int
        Byte of the mistake, or behind the last entry.
    """
    for row in range(len(words)):
        first = at
        while at < len(data) and data[at] != 0:
            at += 1
        if at + 10 > len(data):
            return CUT_OFF, row, first
        if at == first:
            return NO_WORD, row, first
        words[row, 0], words[row, 1] = first, at
        count = np.uint64(0)
        for k in range(8):
            count |= np.uint64(data[at + 1 + k]) << np.uint64(8 * k)
        counts[row], kinds[row] = np.int64(count), data[at + 9]
        at += 10
    return FINE, len(words), at


@njit(nogil=True, cache=True)
def add_ngrams(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    lengths: tuple[int, int],
    buckets: NDArray[np.float32],
    sums: NDArray[np.float32],
    counts: NDArray[np.int64],
) -> None:
    """Add the vectors of all n-grams of each word, as fastText does: bytes that go on a character open no n-gram.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n + 1,)
        Borders of the words, angle brackets included; a word without n-grams is empty.
    data : ndarray of uint8
        UTF-8.
    lengths : tuple of (int, int)
        Shortest and longest n-gram, in characters.
    buckets : ndarray of float32, shape (n_buckets, dim)
        The n-grams' vectors.
    sums : ndarray of float32, shape (n, dim)
        Changed: the vectors are added in the order of the n-grams.
    counts : ndarray of int64, shape (n,)
        Output: how many were added.
    """
    shortest, longest = lengths
    for row in range(len(offsets) - 1):
        first, last = offsets[row], offsets[row + 1]
        counts[row] = 0
        for begin in range(first, last):
            if (data[begin] & 0xC0) == 0x80:
                continue
            value, at = _OFFSET, begin
            for n in range(1, longest + 1):
                if at >= last:
                    break
                is_first = True
                while at < last and (is_first or (data[at] & 0xC0) == 0x80):
                    byte = np.uint32(data[at])
                    value = np.uint32((value ^ (byte | _SIGNS if byte > 127 else byte)) * _PRIME)
                    is_first = False
                    at += 1
                if n >= shortest and not (n == 1 and (begin == first or at == last)):
                    bucket = np.int64(value) % len(buckets)
                    for k in range(sums.shape[1]):
                        sums[row, k] += buckets[bucket, k]
                    counts[row] += 1
