"""Counting the words near each word, row after row, and adding what was counted in parts.

A row is gathered in an array with a place for every word. Which places were used stands in bits, above these a bit for
each of their 64-bit words that is not zero, and once more above: so the used places come out in order without sorting.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# 2 is a primitive root of 67, so the 64 powers of two leave distinct remainders: remainder -> exponent
_REMAINDERS = np.zeros(67, np.int64)
_REMAINDERS[[pow(2, exponent, 67) for exponent in range(64)]] = np.arange(64)


@njit(nogil=True, cache=True)
def sort_places(ids: NDArray[np.int32], starts: NDArray[np.int64], places: NDArray[np.int32]) -> None:
    """Sort the positions of a corpus by their words, equal words by position.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Words; negative ones are borders and have no place.
    starts : ndarray of int64, shape (n_words + 1,)
        Output: where the positions of each word begin in `places`.
    places : ndarray of int32
        Output: the positions.
    """
    starts[:] = 0
    for i in range(ids.size):
        if ids[i] >= 0:
            starts[ids[i] + 1] += 1
    for word in range(1, starts.size):
        starts[word] += starts[word - 1]
    free = starts[:-1].copy()
    for i in range(ids.size):
        word = ids[i]
        if word >= 0:
            places[free[word]] = i
            free[word] += 1


@njit(nogil=True, cache=True)
def _mark(place: int, bits: NDArray[np.uint64], groups: NDArray[np.uint64], roof: NDArray[np.uint64]) -> None:
    one = np.uint64(1)  # all three always: a branch that is often wrong costs more than writing again
    bits[place >> 6] |= one << np.uint64(place & 63)
    groups[place >> 12] |= one << np.uint64((place >> 6) & 63)
    roof[place >> 18] |= one << np.uint64((place >> 12) & 63)


@njit(nogil=True, cache=True)
def _lowest(word: np.uint64) -> int:
    return _REMAINDERS[np.int64((word & (~word + np.uint64(1))) % np.uint64(67))]  # type: ignore[no-any-return]


@njit(nogil=True, cache=True)
def _drain(
    row: NDArray[np.int64],
    bits: NDArray[np.uint64],
    groups: NDArray[np.uint64],
    roof: NDArray[np.uint64],
    n: int,
    cols: NDArray[np.int32],
    units: NDArray[np.int64],
) -> int:
    one = np.uint64(1)
    for r in range(roof.size):
        high = roof[r]
        roof[r] = 0
        while high != 0:
            g = (r << 6) + _lowest(high)
            high &= high - one
            middle = groups[g]
            groups[g] = 0
            while middle != 0:
                b = (g << 6) + _lowest(middle)
                middle &= middle - one
                low = bits[b]
                bits[b] = 0
                while low != 0:
                    col = (b << 6) + _lowest(low)
                    low &= low - one
                    cols[n] = col
                    units[n] = row[col]
                    row[col] = 0
                    n += 1
    return n


@njit(nogil=True, cache=True)
def count_rows(
    ids: NDArray[np.int32],
    places: NDArray[np.int32],
    starts: NDArray[np.int64],
    low: int,
    high: int,
    shares: NDArray[np.int64],
    is_symmetric: bool,
    lengths: NDArray[np.int64],
    cols: NDArray[np.int32],
    units: NDArray[np.int64],
) -> int:
    """Count the words near some words.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        The corpus; a negative number stands before the first sentence, between two, and after the last.
    places : ndarray of int32
        Positions of the corpus by words.
    starts : ndarray of int64, shape (n_words + 1,)
        Where those of each word begin.
    low, high : int
        The words.
    shares : ndarray of int64, shape (window,)
        What a neighbour at distance 1, 2, ... counts.
    is_symmetric : bool
        Whether words to the right count too, or only those to the left.
    lengths : ndarray of int64, shape (n_words,)
        Output: distinct neighbours of each of the words.
    cols : ndarray of int32
        Output: neighbours of word after word, rising; as long as the most there can be.
    units : ndarray of int64
        Output: the sum of the shares of each.

    Returns
    -------
    int
        Entries of `cols` that were filled.
    """
    n_words = starts.size - 1
    row = np.zeros(n_words, np.int64)
    bits = np.zeros((n_words >> 6) + 1, np.uint64)
    groups = np.zeros((n_words >> 12) + 1, np.uint64)
    roof = np.zeros((n_words >> 18) + 1, np.uint64)
    n = 0
    for word in range(low, high):
        begin = n
        for q in range(starts[word], starts[word + 1]):
            place = places[q]
            for d in range(shares.size):
                col = ids[place - 1 - d]
                if col < 0:
                    break
                row[col] += shares[d]
                _mark(col, bits, groups, roof)
            if is_symmetric:
                for d in range(shares.size):
                    col = ids[place + 1 + d]
                    if col < 0:
                        break
                    row[col] += shares[d]
                    _mark(col, bits, groups, roof)
        n = _drain(row, bits, groups, roof, n, cols, units)
        lengths[word] = n - begin
    return n


@njit(nogil=True, cache=True)
def add_rows(
    indptrs: NDArray[np.int64],
    cols: NDArray[np.int32],
    units: NDArray[np.int64],
    n_words: int,
    lengths: NDArray[np.int64],
    out_cols: NDArray[np.int32],
    out_units: NDArray[np.int64],
) -> int:
    """Add the same rows of several matrices.

    Parameters
    ----------
    indptrs : ndarray of int64, shape (n_parts, n_rows + 1)
        Row ``r`` of part ``p`` is ``indptrs[p, r]`` to ``indptrs[p, r + 1]`` of the entries.
    cols : ndarray of int32, shape (n_entries,)
        Columns of the entries of all parts.
    units : ndarray of int64, shape (n_entries,)
        Their values.
    n_words : int
        Number of columns.
    lengths : ndarray of int64, shape (n_rows,)
        Output: distinct columns of each row.
    out_cols : ndarray of int32, shape (n_entries,)
        Output: columns of row after row, rising.
    out_units : ndarray of int64, shape (n_entries,)
        Output: the sums.

    Returns
    -------
    int
        Entries of `out_cols` that were filled.
    """
    row = np.zeros(n_words, np.int64)
    bits = np.zeros((n_words >> 6) + 1, np.uint64)
    groups = np.zeros((n_words >> 12) + 1, np.uint64)
    roof = np.zeros((n_words >> 18) + 1, np.uint64)
    n = 0
    for r in range(lengths.size):
        begin = n
        for p in range(indptrs.shape[0]):
            for i in range(indptrs[p, r], indptrs[p, r + 1]):
                row[cols[i]] += units[i]
                _mark(cols[i], bits, groups, roof)
        n = _drain(row, bits, groups, roof, n, out_cols, out_units)
        lengths[r] = n - begin
    return n
