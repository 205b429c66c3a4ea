"""MurmurHash3, 32 bits, of many strings: Appleby's public-domain hash that scikit-learn's columns come from."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True, inline="always")
def _rotated(value: np.uint32, by: int) -> np.uint32:
    return np.uint32((np.uint32(value) << np.uint32(by)) | (np.uint32(value) >> np.uint32(32 - by)))


@njit(nogil=True, cache=True)
def murmur(offsets: NDArray[np.int64], data: NDArray[np.uint8], hashes: NDArray[np.int32]) -> None:
    """Hash strings with the seed 0.

    Parameters
    ----------
    offsets, data : ndarray of int64 and of uint8
        String ``s`` is ``data[offsets[s]:offsets[s + 1]]``.
    hashes : ndarray of int32, shape (n_strings,)
        Output.
    """
    c1, c2 = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)
    for s in range(hashes.size):
        first, last = offsets[s], offsets[s + 1]
        state = np.uint32(0)
        at = first
        while at < last:
            word = np.uint32(0)
            size = min(4, last - at)
            for k in range(size):
                word = np.uint32(word | (np.uint32(data[at + k]) << np.uint32(8 * k)))
            word = np.uint32(_rotated(np.uint32(word * c1), 15) * c2)
            state = np.uint32(state ^ word)
            if size == 4:
                state = np.uint32(_rotated(state, 13) * np.uint32(5) + np.uint32(0xE6546B64))
            at += 4
        state = np.uint32(state ^ np.uint32(last - first))
        state = np.uint32((state ^ (state >> np.uint32(16))) * np.uint32(0x85EBCA6B))
        state = np.uint32((state ^ (state >> np.uint32(13))) * np.uint32(0xC2B2AE35))
        hashes[s] = np.int32(np.uint32(state ^ (state >> np.uint32(16))))


@njit(nogil=True, cache=True, inline="always")
def _stirred(word: np.uint32) -> np.uint32:
    return np.uint32(_rotated(np.uint32(np.uint32(word) * np.uint32(0xCC9E2D51)), 15) * np.uint32(0x1B873593))


@njit(nogil=True, cache=True, inline="always")
def _finished(state: np.uint32, rest: np.uint32, n_bytes: int) -> np.int32:
    """Hash of what was taken in so far, of which `rest` are the last bytes that make no whole word."""
    h = np.uint32(state)
    if n_bytes & 3:
        h = np.uint32(h ^ _stirred(rest))
    h = np.uint32(h ^ np.uint32(n_bytes))
    h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.int32(np.uint32(h ^ (h >> np.uint32(16))))


@njit(nogil=True, cache=True)
def _sort(values: NDArray[np.int64]) -> None:
    if len(values) > 64:
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
def hash_grams(
    symbols: NDArray[np.int32],
    left: NDArray[np.int32],
    borders: NDArray[np.int64],
    string_offsets: NDArray[np.int64],
    string_data: NDArray[np.uint8],
    gap: int,
    low: int,
    high: int,
    is_padded: bool,
    hashes: NDArray[np.int64],
    lengths: NDArray[np.int64],
) -> int:
    """Hash every n-gram of a block of documents, prolonging the hash of one by a symbol to get the next.

    Parameters
    ----------
    symbols : ndarray of int32, shape (n,)
        Numbers of strings, document after document.
    left : ndarray of int32, shape (n,)
        Symbols from each position to the end of its segment, itself included; an n-gram never leaves its segment.
    borders : ndarray of int64, shape (n_docs + 1,)
        Where each document begins among the symbols.
    string_offsets, string_data : ndarray of int64 and of uint8
        The strings of the symbols.
    gap : int
        1 where a blank stands between two symbols, else 0.
    low, high : int
        Smallest and largest n.
    is_padded : bool
        Whether segments shorter than `low` count whole.
    hashes : ndarray of int64, shape (>= n_grams,)
        Output: MurmurHash3 with the seed 0 of each n-gram.
    lengths : ndarray of int64, shape (n_docs,)
        Output: n-grams of each document.

    Returns
    -------
    int
        How many hashes were written.
    """
    n = 0
    for doc in range(lengths.size):
        begin = n
        for p in range(borders[doc], borders[doc + 1]):
            state, rest, n_bytes = np.uint32(0), np.uint32(0), 0
            is_first = p == 0 or left[p - 1] == 1
            for d in range(min(high, left[p])):
                symbol = symbols[p + d]
                first = string_offsets[symbol] - (gap if d > 0 else 0)
                for at in range(first, string_offsets[symbol + 1]):
                    octet = np.uint32(32) if at < string_offsets[symbol] else np.uint32(string_data[at])
                    rest = np.uint32(rest | (octet << np.uint32(8 * (n_bytes & 3))))
                    n_bytes += 1
                    if n_bytes & 3 == 0:
                        state = np.uint32(state ^ _stirred(rest))
                        state = np.uint32(_rotated(state, 13) * np.uint32(5) + np.uint32(0xE6546B64))
                        rest = np.uint32(0)
                if d + 1 >= low or (is_padded and is_first and left[p] == d + 1):
                    hashes[n] = _finished(state, rest, n_bytes)
                    n += 1
        lengths[doc] = n - begin
    return n


@njit(nogil=True, cache=True)
def fold_hashes(
    hashes: NDArray[np.int64],
    lengths: NDArray[np.int64],
    n_features: int,
    is_signed: bool,
    indices: NDArray[np.int32],
    data: NDArray[np.int32],
) -> int:
    """Put hashes into columns, and add up what falls into the same one.

    Parameters
    ----------
    hashes : ndarray of int64, shape (n_hashes,)
        Document after document; used up.
    lengths : ndarray of int64, shape (n_docs,)
        Hashes of each document; on return the columns of each.
    n_features : int
        Number of columns.
    is_signed : bool
        Whether hashes below 0 count negative.
    indices, data : ndarray of int32, shape (n_hashes,)
        Output: the columns of each document, rising, and their sums, which may be 0.

    Returns
    -------
    int
        How many columns were written.
    """
    n, begin = 0, 0
    for doc in range(lengths.size):
        row = hashes[begin : begin + lengths[doc]]
        begin += lengths[doc]
        for i in range(row.size):
            row[i] = (abs(row[i]) % n_features) << 1 | (is_signed and row[i] < 0)
        _sort(row)
        first = n
        for i in range(row.size):
            sign = 1 - ((row[i] & 1) << 1)
            if n > first and indices[n - 1] == row[i] >> 1:
                data[n - 1] += sign
            else:
                indices[n], data[n] = row[i] >> 1, sign
                n += 1
        lengths[doc] = n - first
    return n
