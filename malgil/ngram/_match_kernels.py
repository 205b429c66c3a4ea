"""Questions to sorted suffixes: where some words stand, how much of a context occurs, what follows and how often.

Every function takes `ids`, the corpus as word ids with 2 behind every sentence, and `places`, where its sorted suffixes
begin. The suffixes that begin with the same words are one interval of `places`. What `places` says is not trusted: no
reading passes the end of the corpus.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Int = Any  # of any width

BEGIN, END = 1, 2


@njit(nogil=True, cache=True, inline="always")
def _word(ids: Ids, place: Int, depth: Int) -> Int:
    """Word of a suffix."""
    return ids[min(np.int64(place) + depth, ids.size - 1)]


@njit(nogil=True, cache=True)
def _edge(ids: Ids, places: Ids, begin: Int, end: Int, depth: Int, word: Int, above: bool) -> Int:
    """Find in an interval of suffixes, sorted by their word at `depth`, the first that is not below, or is above."""
    low, high = np.int64(begin), np.int64(end)
    while low < high:
        middle = (low + high) >> 1
        found = _word(ids, places[middle], depth)
        if found < word or (above and found == word):
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True, cache=True)
def _run_end(ids: Ids, places: Ids, at: Int, end: Int, depth: Int, word: Int) -> Int:
    """Find where the suffixes with the same word at `depth` as that of `at` end: mostly near."""
    step = np.int64(1)
    while at + step < end and _word(ids, places[at + step], depth) == word:
        step *= 2
    return _edge(ids, places, at + (step >> 1), min(at + step, np.int64(end)), depth, word, True)


@njit(nogil=True, cache=True)
def _narrow(ids: Ids, places: Ids, begin: Int, end: Int, depth: Int, word: Int) -> tuple[Int, Int]:
    """Find the suffixes of an interval whose word at `depth` is the given one."""
    first = _edge(ids, places, begin, end, depth, word, False)
    if first == end or _word(ids, places[first], depth) != word:
        return first, first
    return first, _run_end(ids, places, first, end, depth, word)


@njit(nogil=True, cache=True)
def _bound(ids: Ids, places: Ids, begin: Int, end: Int, pattern: Ids, above: bool) -> Int:
    """Find the first suffix that is not below the pattern, or is above all that begin with it.

    The words that both borders of the search share with the pattern are not compared again (Manber, Myers 1993).
    """
    low, high = np.int64(begin), np.int64(end)
    low_same = high_same = np.int64(0)
    while low < high:
        middle = (low + high) >> 1
        same = min(low_same, high_same)
        place = np.int64(places[middle])
        while same < pattern.size and _word(ids, place, same) == pattern[same]:
            same += 1
        is_whole = same == pattern.size
        if (is_whole and above) or (not is_whole and _word(ids, place, same) < pattern[same]):
            low, low_same = middle + 1, same
        else:
            high, high_same = middle, same
    return low


@njit(nogil=True, cache=True)
def find_interval(ids: Ids, places: Ids, starts: Ids, pattern: Ids) -> tuple[Int, Int]:
    """Find all places of some words.

    Parameters
    ----------
    ids, places : ndarray of int32, shape (n,)
        The corpus and its sorted suffixes.
    starts : ndarray of int32, shape (n_words + 1,)
        Where the suffixes of each first word begin.
    pattern : ndarray of int32, shape (>= 1,)
        The words, of one sentence.

    Returns
    -------
    begin, end : int
        Their interval; empty where they do not occur.
    """
    begin, end = np.int64(starts[pattern[0]]), np.int64(starts[pattern[0] + 1])
    if pattern.size == 1 or begin == end:
        return begin, end
    if pattern.size == 2:
        return _narrow(ids, places, begin, end, 1, pattern[1])
    begin = _bound(ids, places, begin, end, pattern, False)
    return begin, _bound(ids, places, begin, end, pattern, True)


@njit(nogil=True, cache=True)
def longest_suffix(ids: Ids, places: Ids, starts: Ids, context: Ids) -> tuple[Int, Int, Int]:
    """Find the longest end of a context that occurs.

    Parameters
    ----------
    ids, places : ndarray of int32, shape (n,)
        The corpus and its sorted suffixes.
    starts : ndarray of int32, shape (n_words + 1,)
        Where the suffixes of each first word begin.
    context : ndarray of int32
        Words, without 2; 0 occurs nowhere.

    Returns
    -------
    length : int
        Of that end, in words.
    begin, end : int
        Its interval; for length 0 that of everything but ``<s>``.
    """
    length, begin, end = np.int64(0), np.int64(starts[BEGIN + 1]), np.int64(places.size)
    step, limit = np.int64(1), np.int64(context.size)  # what is as long as `limit` may occur, what is longer does not
    while length < limit:  # twice as long each time; then half the way between what occurs and what does not
        tried = min(length + step, limit)
        first, stop = find_interval(ids, places, starts, context[context.size - tried :])
        if first < stop:
            length, begin, end = tried, first, stop
            step *= 2
        else:
            limit = tried - 1
            step = max(np.int64(1), (limit - length + 1) >> 1)
    return length, begin, end


@njit(nogil=True, cache=True)
def score_matches(
    ids: Ids,
    places: Ids,
    starts: Ids,
    asked: Ids,
    scores: NDArray[np.float64],
    orders: Ids,
) -> None:
    """Score sentences by the longest end of each context that occurs in the corpus.

    Parameters
    ----------
    ids, places : ndarray of int32, shape (n,)
        The corpus and its sorted suffixes.
    starts : ndarray of int32, shape (n_words + 1,)
        Where the suffixes of each first word begin.
    asked : ndarray of int32, shape (n_asked,)
        Sentences between 1 and 2; 0 for a word that the corpus does not have.
    scores : ndarray of float64, shape (n_asked,)
        Output: log10 of the probability of each word, minus infinity for one that never followed; 0 for ``<s>``.
    orders : ndarray of int32, shape (n_asked,)
        Output: words of the context that occur, and one; 0 for ``<s>``.
    """
    length, begin, end = np.int64(0), np.int64(starts[BEGIN + 1]), np.int64(places.size)
    for i in range(asked.size):
        word = asked[i]
        if word == BEGIN:
            scores[i], orders[i] = 0.0, 0
            length, begin, end = np.int64(1), np.int64(starts[BEGIN]), np.int64(starts[BEGIN + 1])
            continue
        first, stop = begin, begin
        if length == 0:
            first, stop = np.int64(starts[word]), np.int64(starts[word + 1])
        elif word != 0:
            first, stop = _narrow(ids, places, begin, end, length, word)
        scores[i] = math.log10((stop - first) / (end - begin)) if first < stop else -np.inf
        orders[i] = length + 1
        if first < stop:
            length, begin, end = length + 1, first, stop
        elif word != END:  # the longest end with this word is no longer than the one without it
            length, begin, end = longest_suffix(ids, places, starts, asked[i + 1 - length : i + 1])


@njit(nogil=True, cache=True)
def top_followers(ids: Ids, places: Ids, begin: int, end: int, depth: int, k: int) -> tuple[Ids, Ids]:
    """Find the words that follow most often.

    Parameters
    ----------
    ids, places : ndarray of int32, shape (n,)
        The corpus and its sorted suffixes.
    begin, end : int
        The suffixes that begin with a context.
    depth : int
        Words of the context; none of them is 2.
    k : int
        How many are wanted, >= 1.

    Returns
    -------
    words : ndarray of int32
        Rising; the `k` most frequent are among them, and all that are as frequent as the last of these. All words that
        follow where they are fewer.
    counts : ndarray of int32
        How often each follows.

    Notes
    -----
    A word that follows `t` times fills `t` neighbours of the interval, so looking at every `t`-th is enough to find
    all such words. `t` falls until there are `k`.
    """
    size = end - begin
    least = max(size // max(k, 1), 1)
    while True:
        words, counts = np.empty(size // least + 1, np.int32), np.empty(size // least + 1, np.int32)
        n, done = 0, np.int64(begin)
        while done + least <= end:
            at = done + least - 1
            word = _word(ids, places[at], depth)
            first = _edge(ids, places, done, at, depth, word, False)
            done = max(_run_end(ids, places, at, end, depth, word), at + 1)
            if done - first >= least:
                words[n], counts[n] = word, done - first
                n += 1
        if n >= k or least == 1:
            return words[:n].copy(), counts[:n].copy()
        least = max(least // 4, 1)


@njit(nogil=True, cache=True)
def fill_counts(ids: Ids, places: Ids, begin: int, end: int, depth: int, right: Ids, words: Ids, counts: Ids) -> Int:
    """Count how often each word stands between a left and a right side.

    Parameters
    ----------
    ids, places : ndarray of int32, shape (n,)
        The corpus and its sorted suffixes.
    begin, end : int
        The suffixes that begin with the left side.
    depth : int
        Words of the left side; none of them is 2.
    right : ndarray of int32
        Words of the right side.
    words, counts : ndarray of int32, shape (<= end - begin,)
        Output: the words that ever stood there, rising, and how often.

    Returns
    -------
    int
        How many words these are.
    """
    n, first = 0, np.int64(begin)
    while first < end:
        word = _word(ids, places[first], depth)
        stop = max(_run_end(ids, places, first, end, depth, word), first + 1)
        low, high = first, stop
        if word == END:  # no word stands behind it
            high = low
        for j in range(right.size):
            if low == high:
                break
            low, high = _narrow(ids, places, low, high, depth + 1 + j, right[j])
        if low < high:
            words[n], counts[n] = word, high - low
            n += 1
        first = stop
    return n
