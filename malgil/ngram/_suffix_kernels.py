"""Sorting all suffixes of a corpus: by their first words, one word deeper at each step; then by doubling.

A suffix begins at any place of the corpus and ends with its sentence. Two that are the same words stand in the order of
their places, so that the order is one and only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = Any  # of any width

END = 2  # </s>, which nothing follows
_SMALL = 24
_DIGIT = 11  # bits


@njit(nogil=True, cache=True)
def _sort_keys(keys: NDArray[np.int64], spare: NDArray[np.int64], n: int, top: int) -> None:
    """Sort keys by their upper half, which lies below `top`; the lower half rises in equal ones and stays so."""
    if n <= _SMALL:
        for i in range(1, n):
            key, j = keys[i], i
            while j > 0 and keys[j - 1] > key:
                keys[j] = keys[j - 1]
                j -= 1
            keys[j] = key
        return
    if n <= 1 << _DIGIT:
        keys[:n].sort()
        return
    free = np.empty((1 << _DIGIT) + 1, np.int64)
    shift = 32
    while top > 0:
        free[:] = 0
        for i in range(n):
            free[((keys[i] >> shift) & ((1 << _DIGIT) - 1)) + 1] += 1
        for digit in range(1, free.size):
            free[digit] += free[digit - 1]
        for i in range(n):
            digit = (keys[i] >> shift) & ((1 << _DIGIT) - 1)
            spare[free[digit]] = keys[i]
            free[digit] += 1
        keys[:n] = spare[:n]
        shift += _DIGIT
        top >>= _DIGIT


@njit(nogil=True, cache=True)
def _sort_group(
    ids: NDArray[np.int32],
    begin: Int,
    end: Int,
    depth: Int,
    top: Int,
    places: NDArray[np.int32],
    is_head: NDArray[np.bool_],
    keys: NDArray[np.int64],
    spare: NDArray[np.int64],
) -> None:
    """Sort suffixes with the same `depth` words by one word more, and mark the first of each word."""
    n = end - begin
    for i in range(n):
        p = places[begin + i]
        keys[i] = (np.int64(ids[p + depth]) << 32) | p
    _sort_keys(keys, spare, n, top)
    places[begin] = np.int32(keys[0] & 0xFFFFFFFF)
    for i in range(1, n):
        places[begin + i] = np.int32(keys[i] & 0xFFFFFFFF)
        if keys[i] >> 32 != keys[i - 1] >> 32:
            is_head[begin + i] = True


@njit(nogil=True, cache=True)
def sort_suffixes(
    ids: NDArray[np.int32],
    starts: NDArray[np.int32],
    low: int,
    high: int,
    limit: int,
    places: NDArray[np.int32],
    is_head: NDArray[np.bool_],
) -> None:
    """Sort the suffixes that begin with some words by the words that follow, as far as `limit` words.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Word ids; the last is 2.
    starts : ndarray of int32, shape (n_words + 1,)
        Where the suffixes of each first word begin in `places`.
    low, high : int
        The first words.
    limit : int
        Words that are compared, >= 2.
    places : ndarray of int32, shape (n,)
        Places in `ids`, sorted by first words, rising for each; sorted further.
    is_head : ndarray of bool, shape (n,)
        True where a word begins; output: false where a suffix has the same first `limit` words as the one before it
        and no sentence end among them.
    """
    largest = 0
    for word in range(low, high):
        largest = max(largest, starts[word + 1] - starts[word])
    keys, spare = np.empty(largest, np.int64), np.empty(largest, np.int64)
    stops = np.empty(limit + 1, np.int64)
    for word in range(low, high):
        i, stop = np.int64(starts[word]), np.int64(starts[word + 1])
        if word == END:
            is_head[i:stop] = True
            continue
        depth, stops[0] = 0, stop
        while i < stop:  # what lies before i is done; what lies before stops[depth] is sorted by depth + 1 words
            j = i + 1
            while j < stops[depth] and not is_head[j]:
                j += 1
            if j - i > 1 and ids[places[i] + depth] == END:
                is_head[i:j] = True
            elif j - i > 1 and depth + 1 < limit:
                depth += 1
                stops[depth] = j
                _sort_group(ids, i, j, depth, starts.size, places, is_head, keys, spare)
                continue
            i = j
            while depth > 0 and i == stops[depth]:
                depth -= 1


@njit(nogil=True, cache=True)
def refine_groups(
    begins: NDArray[np.int32],
    ends: NDArray[np.int32],
    offset: int,
    places: NDArray[np.int32],
    ranks: NDArray[np.int32],
    new_begins: NDArray[np.int32],
    new_ends: NDArray[np.int32],
) -> int:
    """Sort groups of suffixes with the same first `offset` words by the next as many.

    Parameters
    ----------
    begins, ends : ndarray of int32, shape (n_groups,)
        The groups, in `places`; no sentence ends within their same words.
    offset : int
        How many words are the same, at least.
    places : ndarray of int32, shape (n,)
        Places in the corpus, sorted by `offset` words, rising in each group; sorted further.
    ranks : ndarray of int32, shape (n,)
        Where the group of each place of the corpus begins, in `places`; brought up to date.
    new_begins, new_ends : ndarray of int32, shape (<= n // 2,)
        Output: groups that are still the same.

    Returns
    -------
    int
        How many these are.

    References
    ----------
    .. [1] Larsson, Sadakane, "Faster Suffix Sorting", Theoretical Computer Science 387, 2007.
    """
    largest = 0
    for g in range(begins.size):
        largest = max(largest, ends[g] - begins[g])
    keys, spare = np.empty(largest, np.int64), np.empty(largest, np.int64)
    left = 0
    for g in range(begins.size):
        begin, n = begins[g], ends[g] - begins[g]
        for i in range(n):
            p = places[begin + i]
            keys[i] = (np.int64(ranks[p + offset]) << 32) | p
        _sort_keys(keys, spare, n, ranks.size)
        i = 0
        while i < n:
            j = i
            while j < n and keys[j] >> 32 == keys[i] >> 32:
                place = np.int32(keys[j] & 0xFFFFFFFF)
                places[begin + j] = place
                ranks[place] = begin + i
                j += 1
            if j - i > 1:
                new_begins[left], new_ends[left] = begin + i, begin + j
                left += 1
            i = j
    return left
