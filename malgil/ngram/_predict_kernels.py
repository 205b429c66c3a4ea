"""What may stand next or in a gap: the words that the model knows something of there, and what it knows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

BEGIN, END = 1, 2
HEAD = 32  # numbers before the first slot of the hash table


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
    """Hash of a context and a word that may follow it, from 0 to 2^31 - 1."""
    value = ((np.uint64(node) << np.uint64(32)) | np.uint64(word)) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(value >> np.uint64(33))


@njit(nogil=True, cache=True, inline="always")
def _borders(links: NDArray[np.int32]) -> Any:
    """Where each order's slots begin, and how many there are: shape (order, 2).

    The slots of order 2 and more but the highest come first, then the single words, then the highest order.
    """
    order = np.int64(links[0])
    borders = np.empty((order, 2), np.int64)
    at = np.int64(HEAD)
    for n in range(1, order + 1):
        depth = n if n < order - 1 else 0 if n == order - 1 or order == 1 else order - 1
        borders[depth, 0], borders[depth, 1] = at, links[depth + 1]
        at += borders[depth, 1] * (2 if depth == 0 else 4)
    return borders


@njit(nogil=True, cache=True, inline="always")
def _slot(links: NDArray[np.int32], begin: Int, width: Int, n_slots: Int, node: Int, word: Int, slot: Int) -> Int:
    """Slot of a context and a word, -1 where there is none; the search begins at `slot`.

    Nothing in the table is trusted: no search is endless.
    """
    at = begin + width * slot
    has_turned = False
    while links[at + 1] >= 0 and (links[at] != node or links[at + 1] != word):
        slot, at = slot + 1, at + width
        if slot == n_slots:
            if has_turned:
                return np.int64(-1)
            slot, at, has_turned = np.int64(0), begin, True
    return slot if links[at + 1] >= 0 else np.int64(-1)


@njit(nogil=True, cache=True)
def _step(
    before: NDArray[np.int64],
    weights: NDArray[np.float64],
    word: Int,
    links: NDArray[np.int32],
    borders: NDArray[np.int64],
    after: NDArray[np.int64],
    after_weights: NDArray[np.float64],
) -> float:
    """Score a word after the n-grams that end before it, and find those that end with it and their backoffs."""
    order, floats = after.size, links.view(np.float32)
    at = borders[0, 0] + 2 * word
    after[0], after_weights[0] = word, floats[at + 1]
    score, found = np.float64(floats[at]), 0
    for depth in range(1, order):
        after[depth], after_weights[depth] = -1, 0.0
        if before[depth - 1] < 0:
            continue
        width, begin, n_slots = 3 if depth == order - 1 else 4, borders[depth, 0], borders[depth, 1]
        home = (_mix(before[depth - 1], word) * n_slots) >> 31
        slot = _slot(links, begin, width, n_slots, before[depth - 1], word, home)
        if slot >= 0:
            at = begin + width * slot
            after[depth], score, found = slot, np.float64(floats[at + 2]), depth
            if width == 4:
                after_weights[depth] = floats[at + 3]
    for depth in range(found, order - 1):
        score += weights[depth]
    return score


@njit(nogil=True, cache=True)
def gap_scores(
    left: NDArray[np.int64],
    before: NDArray[np.int32],
    right: NDArray[np.int32],
    labels: NDArray[np.int32],
    first: NDArray[np.int32],
    links: NDArray[np.int32],
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
    before : ndarray of int32, shape (<= order - 1,)
        Last words of the left side.
    right : ndarray of int32, shape (<= order - 1,)
        First words of the right side.
    labels, first, links : ndarray of int32
        The model's trie, and the hash table of its n-grams.
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
    borders = _borders(links)
    start, start_weights = np.full(order, -1, np.int64), np.zeros(order)
    nodes, weights = np.empty((2, order), np.int64), np.empty((2, order))
    for word in before:
        _step(start, start_weights, word, links, borders, nodes[0], weights[0])
        start[:], start_weights[:] = nodes[0], weights[0]
    for i in range(n):
        score = _step(start, start_weights, words[i], links, borders, nodes[0], weights[0])
        for j in range(right.size):
            k = j & 1
            score += _step(nodes[k], weights[k], right[j], links, borders, nodes[1 - k], weights[1 - k])
        scores[i] = score
    rest = np.float64(0.0)
    for depth in range(order - 1):
        rest += start_weights[depth]
    nodes[0, :], weights[0, :] = -1, 0.0
    for j in range(right.size):
        k = j & 1
        rest += _step(nodes[k], weights[k], right[j], links, borders, nodes[1 - k], weights[1 - k])
    return n, rest
