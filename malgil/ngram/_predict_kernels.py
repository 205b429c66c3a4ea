"""What may stand next or in a gap: the words that the model knows something of there, and what it knows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

BEGIN, END = 1, 2


@njit(nogil=True, cache=True)
def next_scores(
    contexts: NDArray[np.int32],
    labels: NDArray[np.int32],
    first: NDArray[np.int32],
    log10_probs: NDArray[np.float32],
    log10_backoffs: NDArray[np.float32],
    seen: NDArray[np.bool_],
    words: NDArray[np.int32],
    scores: NDArray[np.float64],
) -> tuple[int, float]:
    """Score the words that ever followed a context or the end of it.

    Parameters
    ----------
    contexts : ndarray of int32, shape (n_contexts,)
        Nodes of the context and of its suffixes, the longest first.
    labels, first : ndarray of int32
        The model's trie.
    log10_probs, log10_backoffs : ndarray of float32
        The model's table.
    seen : ndarray of bool, shape (n_words,)
        False on entry; output: which words these are.
    words : ndarray of int32, shape (n_words,)
        Output: the same as a list.
    scores : ndarray of float64, shape (n_words,)
        Output: log10 of their probabilities.

    Returns
    -------
    n : int
        How many.
    backoff : float
        Log10 of what every other word's own probability is multiplied with.
    """
    n = 0
    backoff = np.float64(0.0)
    for node in contexts:
        for child in range(first[node], first[node + 1]):
            word = labels[child]
            if not seen[word]:
                seen[word] = True
                words[n] = word
                scores[n] = backoff + log10_probs[child]
                n += 1
        backoff += log10_backoffs[node]
    return n, backoff


@njit(nogil=True, cache=True, inline="always")
def _mix(node: Int, word: Int) -> Int:
    """Hash of a node and a word that may follow it, from 0 to 2^31 - 1."""
    value = ((np.uint64(node) << np.uint64(32)) | np.uint64(word)) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(value >> np.uint64(33))


@njit(nogil=True, cache=True, inline="always")
def _child(links: NDArray[np.int32], node: Int, word: Int, at: Int, limit: Int) -> Int:
    """Node of an n-gram with one word more, -1 where there is none; the search begins at slot `at`.

    Nothing in the table is trusted: no search is endless, and no node reaches `limit`.
    """
    at *= 3
    has_turned = False
    while links[at + 2] != 0 and (links[at] != node or links[at + 1] != word):
        at += 3
        if at == links.size:
            if has_turned:
                return np.int64(-1)
            at, has_turned = np.int64(0), True
    child = np.int64(links[at + 2])
    return child if 0 < child < limit else np.int64(-1)


@njit(nogil=True, cache=True)
def _step(
    before: NDArray[np.int64],
    word: Int,
    links: NDArray[np.int32],
    log10_probs: NDArray[np.float32],
    log10_backoffs: NDArray[np.float32],
    after: NDArray[np.int64],
) -> float:
    """Score a word after the n-grams that end before it, and find those that end with it."""
    order = after.size
    after[0] = word
    found = 0
    for depth in range(1, order):
        above = before[depth - 1]
        limit = log10_backoffs.size if depth < order - 1 else log10_probs.size
        at = (_mix(max(above, 0), word) * (links.size // 3)) >> 31
        after[depth] = -1 if above < 0 else _child(links, above, word, at, limit)
        if after[depth] >= 0:
            found = depth
    score = np.float64(log10_probs[after[found]])
    for depth in range(found, order - 1):
        if before[depth] >= 0:
            score += log10_backoffs[before[depth]]
    return score


@njit(nogil=True, cache=True)
def gap_scores(
    left: NDArray[np.int64],
    right: NDArray[np.int32],
    labels: NDArray[np.int32],
    first: NDArray[np.int32],
    links: NDArray[np.int32],
    log10_probs: NDArray[np.float32],
    log10_backoffs: NDArray[np.float32],
    heads: NDArray[np.int32],
    head_first: NDArray[np.int32],
    seen: NDArray[np.bool_],
    words: NDArray[np.int32],
    scores: NDArray[np.float64],
) -> tuple[int, float]:
    """Score the words that ever stood after the left or before the right side of a gap.

    Parameters
    ----------
    left : ndarray of int64, shape (order,)
        Nodes of the last 1, 2 ... words of the left side, -1 where the model does not have them; the last is -1.
    right : ndarray of int32, shape (<= order - 1,)
        Words of the right side.
    labels, first, links : ndarray of int32
        The model's trie, and the hash table of its n-grams.
    log10_probs, log10_backoffs : ndarray of float32
        The model's table.
    heads, head_first : ndarray of int32
        First words of the bigrams that end with each word, and where those of each word begin.
    seen : ndarray of bool, shape (n_words,)
        False on entry; output: which words these are.
    words : ndarray of int32, shape (n_words,)
        Output: the same as a list.
    scores : ndarray of float64, shape (n_words,)
        Output: log10 of the probability of the word and of the right side after it.

    Returns
    -------
    n : int
        How many.
    rest : float
        Log10 of what every other word's probability times backoff is multiplied with.
    """
    order = left.size
    n = 0
    for depth in range(order - 1):
        if left[depth] >= 0:
            for child in range(first[left[depth]], first[left[depth] + 1]):
                word = labels[child]
                if not seen[word] and word != END:
                    seen[word] = True
                    words[n] = word
                    n += 1
    if right.size > 0:
        for i in range(head_first[right[0]], head_first[right[0] + 1]):
            word = heads[i]
            if not seen[word] and word != BEGIN:
                seen[word] = True
                words[n] = word
                n += 1
    nodes = np.empty((2, order), np.int64)
    for i in range(n):
        score = _step(left, words[i], links, log10_probs, log10_backoffs, nodes[0])
        for j in range(right.size):
            here, there = nodes[j & 1], nodes[(j + 1) & 1]
            score += _step(here, right[j], links, log10_probs, log10_backoffs, there)
        scores[i] = score
    rest = np.float64(0.0)
    for depth in range(order - 1):
        if left[depth] >= 0:
            rest += log10_backoffs[left[depth]]
    nodes[0, :] = -1
    for j in range(right.size):
        here, there = nodes[j & 1], nodes[(j + 1) & 1]
        rest += _step(here, right[j], links, log10_probs, log10_backoffs, there)
    return n, rest
