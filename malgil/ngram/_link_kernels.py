"""The hash table of a model's n-grams, filled order by order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

N_PARTS, PART_SHIFT = 1 << 9, 31 - 9


@njit(nogil=True, cache=True, inline="always")
def _mix(node: Int, word: Int) -> Int:
    """Hash of a context and a word that may follow it, from 0 to 2^31 - 1."""
    value = ((np.uint64(node) << np.uint64(32)) | np.uint64(word)) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(value >> np.uint64(33))


@njit(nogil=True, cache=True)
def fill_links(
    labels: NDArray[np.int32],
    first: NDArray[np.int32],
    log10_probs: NDArray[np.float32],
    log10_backoffs: NDArray[np.float32],
    low: int,
    above: NDArray[np.int32],
    links: NDArray[np.int32],
    below: NDArray[np.int32],
) -> None:
    """Make the hash table of the n-grams of one order, two words or more.

    Parameters
    ----------
    labels, first : ndarray of int32
        The model's trie.
    log10_probs, log10_backoffs : ndarray of float32
        The model's table.
    low : int
        First node of the order below: the contexts.
    above : ndarray of int32, shape (n_contexts,)
        What stands for each context in the table: the place of its own slot, for single words the word.
    links : ndarray of int32, shape (width * n_slots,), n_slots > n_children
        -1 on entry; output: slots of context, last word, probability and, where the width is 4, backoff, the two last
        as the bits of a float32. An n-gram stands at the hash of its context and last word, or in the next free slot.
    below : ndarray of int32, shape (n_children,) or (0,)
        Output: the place of each n-gram's slot; where it is empty, the n-grams are those of the highest order, the
        width is 3.

    Notes
    -----
    The n-grams are put in by the first bits of their hashes, then by node: writing then stays near the last place.
    """
    has_more = below.size > 0
    width = 4 if has_more else 3
    n_slots, floats = links.size // width, links.view(np.float32)
    begin = np.int64(first[low])
    ends = np.zeros(N_PARTS + 1, np.int64)
    for i in range(above.size):
        for child in range(first[low + i], first[low + i + 1]):
            ends[(_mix(above[i], labels[child]) >> PART_SHIFT) + 1] += 1
    for k in range(N_PARTS):
        ends[k + 1] += ends[k]
    contexts, children = np.empty(ends[N_PARTS], np.int32), np.empty(ends[N_PARTS], np.int32)
    for i in range(above.size):
        for child in range(first[low + i], first[low + i + 1]):
            part = _mix(above[i], labels[child]) >> PART_SHIFT
            contexts[ends[part]], children[ends[part]] = above[i], child
            ends[part] += 1
    for i in range(contexts.size):
        child = children[i]
        slot = (_mix(contexts[i], labels[child]) * n_slots) >> 31
        while links[width * slot + 1] >= 0:
            slot = slot + 1 if slot + 1 < n_slots else 0
        at = width * slot
        links[at], links[at + 1], floats[at + 2] = contexts[i], labels[child], log10_probs[child]
        if has_more:
            floats[at + 3], below[child - begin] = log10_backoffs[child], slot
