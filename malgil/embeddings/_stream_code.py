"""Kernels that walk through a block of sentences: the words that stay, and how far each of them looks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_FACTOR, _STEP = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth, MMIX
_33, _40 = np.uint64(33), np.uint64(40)


@njit(nogil=True, cache=True)
def stream(
    corpus: Any, keep: NDArray[np.int32], first: int, last: int, seed: np.uint64, work: Any
) -> tuple[int, np.uint64]:
    """Draw the words of a block that stay, each with the borders of its sentence.

    Parameters
    ----------
    corpus : (ndarray of int32, ndarray of int64)
        Ids, and borders of the sentences.
    keep : ndarray of int32, shape (n_words,)
        Chances of the words to stay, times 2^24.
    first, last : int
        Place of the block in the ids.
    seed : uint64
        State of the random numbers.
    work : tuple of ndarray of int32
        Out, the first three: words, and the begin and the end of the sentence of each.

    Returns
    -------
    n : int
        How many stayed. A word alone in its sentence has no neighbours and goes too.
    seed : uint64
        The next state.
    """
    ids, indptr = corpus
    words, begin, end = work[0], work[1], work[2]
    sentence = np.searchsorted(indptr, first, side="right") - 1
    n = begun = 0
    for i in range(first, last + 1):
        while i == last or indptr[sentence + 1] <= i:
            if n - begun < 2:
                n = begun
            for j in range(begun, n):
                begin[j], end[j] = begun, n
            begun = n
            sentence += 1
            if i == last:
                return n, seed
        seed = seed * _FACTOR + _STEP
        if np.int64(seed >> _40) < keep[ids[i]]:
            words[n] = ids[i]
            n += 1
    return n, seed


@njit(nogil=True, cache=True)
def draw_windows(
    at: int, n: int, window: int, seed: np.uint64, work: Any, low: NDArray[np.int64], high: NDArray[np.int64]
) -> np.uint64:
    """Draw how far each word of a chunk looks, from 1 to `window` words, never over its sentence.

    Parameters
    ----------
    at, n : int
        First word of the chunk, and how many it has.
    window : int
        Furthest look.
    seed : uint64
        State of the random numbers.
    work : tuple of ndarray of int32
        As `stream` filled it.
    low, high : ndarray of int64
        Out: the first word that each looks at, and the one behind the last.

    Returns
    -------
    uint64
        The next state.
    """
    begin, end = work[1], work[2]
    for i in range(n):
        seed = seed * _FACTOR + _STEP
        reach = 1 + np.int64((seed >> _33) % np.uint64(window))
        low[i] = max(begin[at + i], at + i - reach)
        high[i] = min(end[at + i], at + i + reach + 1)
    return seed


@njit(nogil=True, cache=True)
def span(n: int, ranges: Any) -> tuple[int, int]:
    """Unite ranges.

    Parameters
    ----------
    n : int
        How many, 1 or more.
    ranges : (ndarray of int64, ndarray of int64)
        Where they begin, and the places behind their ends.

    Returns
    -------
    tuple of int
        Where the first begins, and the place behind the end of the last.
    """
    low, high = ranges
    first, last = low[0], high[0]
    for i in range(1, n):
        first, last = min(first, low[i]), max(last, high[i])
    return first, last
