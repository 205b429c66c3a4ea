"""Counting n-grams of every order: positions sorted by the words that follow them, one word deeper at each step.

A trie holds every n-gram once, level after level; inside a level n-grams are sorted by their words. The words of a
level's n-grams that prolong the same one lie side by side and rise.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

END = 2  # </s>, which nothing follows
_SMALL, _FEW = 24, 256


@njit(nogil=True, cache=True)
def sort_words(sequence: NDArray[np.int32], starts: NDArray[np.int32], places: NDArray[np.int32]) -> None:
    """Sort the positions of a corpus by their words, equal words by place.

    Parameters
    ----------
    sequence : ndarray of int32, shape (n,)
        Word ids.
    starts : ndarray of int32, shape (n_words + 1,)
        Output: where the positions of each word begin in `places`.
    places : ndarray of int32, shape (n,)
        Output: the positions.
    """
    starts[:] = 0
    for i in range(sequence.size):
        starts[sequence[i] + 1] += 1
    for word in range(1, starts.size):
        starts[word] += starts[word - 1]
    free = starts[:-1].copy()
    for i in range(sequence.size):
        word = sequence[i]
        places[free[word]] = i
        free[word] += 1


@njit(nogil=True, cache=True)
def _sort_keys(keys: NDArray[np.int64], spare: NDArray[np.int64], n: int) -> None:
    """Sort many keys by merging, which no order of them makes slow: Numba's own sort is quadratic for some."""
    if _SMALL < n <= _FEW:
        keys[:n].sort()
        return
    for low in range(0, n, _SMALL):
        for i in range(low + 1, min(low + _SMALL, n)):
            key, j = keys[i], i
            while j > low and keys[j - 1] > key:
                keys[j] = keys[j - 1]
                j -= 1
            keys[j] = key
    width = _SMALL
    while width < n:
        for low in range(0, n - width, 2 * width):
            middle, high = low + width, min(low + 2 * width, n)
            if keys[middle - 1] <= keys[middle]:
                continue
            for i in range(width):
                spare[i] = keys[low + i]
            i, j, k = 0, middle, low
            while i < width and j < high:
                if spare[i] <= keys[j]:
                    keys[k] = spare[i]
                    i += 1
                else:
                    keys[k] = keys[j]
                    j += 1
                k += 1
            while i < width:
                keys[k] = spare[i]
                i += 1
                k += 1
        width *= 2


@njit(nogil=True, cache=True)
def split_groups(
    sequence: NDArray[np.int32],
    depth: int,
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    labels: NDArray[np.int32],
    places: NDArray[np.int32],
    children: NDArray[np.int32],
    child_labels: NDArray[np.int32],
    child_starts: NDArray[np.int32],
) -> int:
    """Sort the positions of some n-grams by one word more.

    Parameters
    ----------
    sequence : ndarray of int32, shape (n,)
        Word ids.
    depth : int
        The n of the n-grams.
    starts, ends : ndarray of int32, shape (n_groups,)
        Their positions in `places`.
    labels : ndarray of int32, shape (n_groups,)
        Their last words.
    places : ndarray of int32
        Positions, sorted by `depth` words; those of each n-gram are sorted by one more.
    children : ndarray of int32, shape (n_groups,)
        Output: distinct words that follow.
    child_labels, child_starts : ndarray of int32, shape (<= n positions of these groups,)
        Output: those words, and where their positions begin.

    Returns
    -------
    int
        All distinct (n + 1)-grams of these groups.
    """
    largest = 0
    for g in range(starts.size):
        largest = max(largest, ends[g] - starts[g])
    keys, spare = np.empty(largest, np.int64), np.empty(largest, np.int64)
    total = 0
    for g in range(starts.size):
        children[g] = 0
        if labels[g] == END:
            continue
        start, n = starts[g], ends[g] - starts[g]
        for i in range(n):
            p = places[start + i]
            keys[i] = (np.int64(sequence[p + depth]) << 32) | p
        _sort_keys(keys, spare, n)
        before = np.int64(-1)
        for i in range(n):
            label = keys[i] >> 32
            places[start + i] = np.int32(keys[i] & 0xFFFFFFFF)
            if label != before:
                child_labels[total] = label
                child_starts[total] = start + i
                total += 1
                children[g] += 1
                before = label
    return total


@njit(nogil=True, cache=True)
def merge_level(
    parents: NDArray[np.int32],
    other_parents: NDArray[np.int32],
    first: NDArray[np.int32],
    other_first: NDArray[np.int32],
    labels: NDArray[np.int32],
    other_labels: NDArray[np.int32],
    children: NDArray[np.int32],
    sources: NDArray[np.int32],
    other_sources: NDArray[np.int32],
) -> int:
    """Merge one level of two tries whose words have the same numbers.

    Parameters
    ----------
    parents, other_parents : ndarray of int32, shape (n_parents,)
        For each merged n-gram of the level above its node in either trie, -1 where that trie does not have it.
    first, other_first : ndarray of int32
        First child of each node, in either trie.
    labels, other_labels : ndarray of int32
        Last word of each node.
    children : ndarray of int32, shape (n_parents,)
        Output: merged children of each parent.
    sources, other_sources : ndarray of int32, shape (>= n_merged,)
        Output: node of each merged n-gram in either trie, -1 where it has none.

    Returns
    -------
    int
        Merged n-grams of this level.
    """
    n = 0
    for g in range(parents.size):
        i = stop = j = other_stop = 0
        if parents[g] >= 0:
            i, stop = first[parents[g]], first[parents[g] + 1]
        if other_parents[g] >= 0:
            j, other_stop = other_first[other_parents[g]], other_first[other_parents[g] + 1]
        begin = n
        while i < stop or j < other_stop:
            sign = -1 if j == other_stop else 1
            if i < stop and j < other_stop:
                sign = labels[i] - other_labels[j]
            sources[n] = other_sources[n] = -1
            if sign <= 0:
                sources[n] = i
                i += 1
            if sign >= 0:
                other_sources[n] = j
                j += 1
            n += 1
        children[g] = n - begin
    return n


@njit(nogil=True, cache=True)
def link_suffixes(
    labels: NDArray[np.int32],
    first: NDArray[np.int32],
    low: int,
    high: int,
    suffixes: NDArray[np.int32],
) -> None:
    """Find for the children of some nodes the same n-gram without its first word.

    Parameters
    ----------
    labels : ndarray of int32, shape (n_nodes,)
        Last word of each node.
    first : ndarray of int32, shape (n_inner + 1,)
        First child of each node.
    low, high : int
        The nodes, whose own suffixes are known.
    suffixes : ndarray of int32, shape (n_nodes,)
        Node without the first word; filled in for the children, -1 where the trie does not have it.
    """
    for node in range(low, high):
        begin, end = first[node], first[node + 1]
        if begin == end:
            continue
        above = suffixes[node]
        if above < 0:
            suffixes[begin:end] = -1
            continue
        left, stop = first[above], first[above + 1]
        for child in range(begin, end):
            label, right = labels[child], stop
            while left < right:
                middle = (left + right) >> 1
                if labels[middle] < label:
                    left = middle + 1
                else:
                    right = middle
            suffixes[child] = left if left < stop and labels[left] == label else -1


@njit(nogil=True, cache=True)
def count_continuations(suffixes: NDArray[np.int32], low: int, high: int, counts: NDArray[np.int64]) -> None:
    """Count the different words that stand before each n-gram.

    Parameters
    ----------
    suffixes : ndarray of int32, shape (n_nodes,)
        Node without the first word.
    low, high : int
        The n-grams of one level.
    counts : ndarray of int64, shape (n_nodes,)
        Zero on entry; one is added to the suffix of each of them.
    """
    for node in range(low, high):
        counts[suffixes[node]] += 1
