"""From text to word numbers to probabilities: hashing, splitting at white space, and scoring order by order.

Every step is one loop over all tokens of a block in which no token waits for another: the processor then fetches what
many of them need from memory at the same time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

UNKNOWN, BEGIN, END = 0, 1, 2
TILE = 256  # n-grams that are looked up together
N_PARTS, PART_SHIFT = 1 << 9, 31 - 9
_PRIME = np.uint64(0x100000001B3)
_START = np.uint64(0xCBF29CE484222325)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@njit(nogil=True, cache=True, inline="always")
def _finish(value: np.uint64) -> np.uint64:
    """Spread a word's hash over all bits."""
    value = (value ^ (value >> np.uint64(32))) * _MIX
    return value ^ (value >> np.uint64(29))


@njit(nogil=True, cache=True, inline="always")
def _width(byte: Int) -> Int:
    """Bytes of the character that begins with this byte."""
    return 1 if byte < 0xC0 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4


@njit(nogil=True, cache=True, inline="always")
def _absorb(value: np.uint64, data: NDArray[np.uint8], at: Int, end: Int) -> np.uint64:
    """Put one character, which reaches from `at` to `end`, into a hash."""
    code = np.uint64(data[at])
    for k in range(at + 1, end):
        code = (code << np.uint64(8)) | np.uint64(data[k])
    return (value ^ code) * _PRIME


@njit(nogil=True, cache=True)
def hash_words(offsets: NDArray[np.int64], data: NDArray[np.uint8], seed: int, hashes: NDArray[np.uint64]) -> None:
    """Hash words.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n + 1,)
        Borders of the words.
    data : ndarray of uint8
        UTF-8.
    seed : int
        Other seeds give other hashes.
    hashes : ndarray of uint64, shape (n,)
        Output: FNV-1a of the characters, mixed; never below 3.
    """
    for i in range(hashes.size):
        value = _START ^ np.uint64(seed)
        at, end = offsets[i], offsets[i + 1]
        while at < end:
            stop = min(at + _width(data[at]), end)
            value = np.uint64(_absorb(value, data, at, stop))
            at = stop
        hashes[i] = max(np.uint64(_finish(value)), np.uint64(3))


@njit(nogil=True, cache=True)
def fill_slots(hashes: NDArray[np.uint64], slots: NDArray[np.int32]) -> bool:
    """Make a hash table.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        Hash of each word; special words have none and are left out: the first three.
    slots : ndarray of int32, shape (power of two > n,)
        Zero on entry; output: numbers of words, 0 where none is. A word stands at the low bits of its hash or in the
        next free slot.

    Returns
    -------
    bool
        False if two words have the same hash.
    """
    mask = slots.size - 1
    for word in range(3, hashes.size):
        at = np.int64(hashes[word] & np.uint64(mask))
        while slots[at] != 0:
            if hashes[slots[at]] == hashes[word]:
                return False
            at = (at + 1) & mask
        slots[at] = word
    return True


@njit(nogil=True, cache=True, inline="always")
def _find(value: np.uint64, hashes: NDArray[np.uint64], slots: NDArray[np.int32]) -> Any:
    """Word of a hash, 0 for none."""
    mask = slots.size - 1
    at = np.int64(value & np.uint64(mask))
    word = slots[at]
    while word != 0 and hashes[word] != value:
        at = (at + 1) & mask
        word = slots[at]
    return word


@njit(nogil=True, cache=True)
def find_words(
    wanted: NDArray[np.uint64], hashes: NDArray[np.uint64], slots: NDArray[np.int32], words: NDArray[np.int32]
) -> None:
    """Look words up by their hashes.

    Parameters
    ----------
    wanted : ndarray of uint64, shape (n,)
        Hashes.
    hashes, slots : ndarray of uint64 and of int32
        As `fill_slots` made them.
    words : ndarray of int32, shape (n,)
        Output: numbers of the words, 0 (``<unk>``) for those that are not in the table.
    """
    for i in range(wanted.size):
        words[i] = _find(wanted[i], hashes, slots)


@njit(nogil=True, cache=True, inline="always")
def _is_blank(data: NDArray[np.uint8], at: Int, end: Int) -> Any:
    """Whether the character from `at` to `end` is white space, as ``str.isspace`` has it."""
    byte = data[at]
    if byte <= 32:
        return byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31
    if byte < 0xC2 or byte > 0xE3:
        return False
    if end - at == 2:
        return byte == 0xC2 and (data[at + 1] == 0x85 or data[at + 1] == 0xA0)
    if end - at < 3:
        return False
    code = (np.int64(byte) << 16) | (np.int64(data[at + 1]) << 8) | np.int64(data[at + 2])
    if 0xE28080 <= code <= 0xE2808A or code == 0xE38080 or code == 0xE19A80:
        return True
    return code == 0xE280A8 or code == 0xE280A9 or code == 0xE280AF or code == 0xE2819F


@njit(nogil=True, cache=True)
def split_words(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    seed: int,
    hashes: NDArray[np.uint64],
    slots: NDArray[np.int32],
    ids: NDArray[np.int32],
) -> int:
    """Cut texts at white space and number their words.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n + 1,)
        Borders of the texts.
    data : ndarray of uint8
        UTF-8.
    seed : int
        Of the hashes.
    hashes, slots : ndarray of uint64 and of int32
        As `fill_slots` made them.
    ids : ndarray of int32, shape (>= n_bytes + 3 * n,)
        Output: for each text 1, its words, 2; an unknown word is 0.

    Returns
    -------
    int
        Numbers written.
    """
    n_texts = offsets.size - 1
    most = (offsets[n_texts] - offsets[0] + 1) // 2 + 3 * n_texts
    values = np.empty(most, np.uint64)
    n = 0
    for text in range(n_texts):
        values[n] = BEGIN
        n += 1
        i, end = offsets[text], offsets[text + 1]
        while i < end:
            stop = min(i + _width(data[i]), end)
            if _is_blank(data, i, stop):
                i = stop
                continue
            value = _START ^ np.uint64(seed)
            is_blank = False
            while not is_blank:
                value = np.uint64(_absorb(value, data, i, stop))
                i = stop
                if i == end:
                    break
                stop = min(i + _width(data[i]), end)
                is_blank = _is_blank(data, i, stop)
            i = stop
            values[n] = max(np.uint64(_finish(value)), np.uint64(3))
            n += 1
        values[n] = END
        n += 1
    for k in range(n):
        value = values[k]
        ids[k] = np.int64(value) if value < np.uint64(3) else _find(value, hashes, slots)
    return n


@njit(nogil=True, cache=True, inline="always")
def _mix(node: Int, word: Int) -> Int:
    """Hash of a node and a word that may follow it, from 0 to 2^31 - 1."""
    value = ((np.uint64(node) << np.uint64(32)) | np.uint64(word)) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(value >> np.uint64(33))


@njit(nogil=True, cache=True)
def fill_links(labels: NDArray[np.int32], first: NDArray[np.int32], links: NDArray[np.int32]) -> None:
    """Make the hash table of all n-grams of two words and more.

    Parameters
    ----------
    labels, first : ndarray of int32
        The model's trie.
    links : ndarray of int32, shape (3 * n_slots,), n_slots > n_children
        Zero on entry; output: slots of parent, last word and node; node 0 where none is. An n-gram stands at the hash
        of its parent and its last word, or in the next free slot.

    Notes
    -----
    The n-grams are put in by the first bits of their hashes, then by node: writing then stays near the last place.
    """
    n_slots = links.size // 3
    ends = np.zeros(N_PARTS + 1, np.int64)
    for node in range(first.size - 1):
        for child in range(first[node], first[node + 1]):
            ends[(_mix(node, labels[child]) >> PART_SHIFT) + 1] += 1
    for k in range(N_PARTS):
        ends[k + 1] += ends[k]
    parents, children = np.empty(ends[N_PARTS], np.int32), np.empty(ends[N_PARTS], np.int32)
    for node in range(first.size - 1):
        for child in range(first[node], first[node + 1]):
            part = _mix(node, labels[child]) >> PART_SHIFT
            parents[ends[part]], children[ends[part]] = node, child
            ends[part] += 1
    for i in range(parents.size):
        word = labels[children[i]]
        at = 3 * ((_mix(parents[i], word) * n_slots) >> 31)
        while links[at + 2] != 0:
            at = at + 3 if at + 3 < links.size else 0
        links[at], links[at + 1], links[at + 2] = parents[i], word, children[i]


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
def score_ids(
    ids: NDArray[np.int32],
    links: NDArray[np.int32],
    log10_probs: NDArray[np.float32],
    log10_backoffs: NDArray[np.float32],
    order: int,
    scores: NDArray[np.float64],
    orders: NDArray[np.int8],
) -> None:
    """Probability of every word after the words before it.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Sentences: 1, words, 2.
    links : ndarray of int32
        The model's n-grams, as `fill_links` made them.
    log10_probs, log10_backoffs : ndarray of float32
        The model's table.
    order : int
        Longest n-gram.
    scores : ndarray of float64, shape (n,)
        Output: log10 of the probability; 0 for ``<s>``.
    orders : ndarray of int8, shape (n,)
        Output: length of the n-gram that answered; 0 for ``<s>``.
    """
    n = ids.size
    n_slots = links.size // 3
    nodes = np.empty((order, n), np.int32)
    slots = np.empty(min(TILE, n), np.int64)
    for i in range(n):
        nodes[0, i] = ids[i]
    for depth in range(1, order):
        limit = log10_backoffs.size if depth < order - 1 else log10_probs.size
        above, here = nodes[depth - 1], nodes[depth]
        here[:1] = -1
        for begin in range(1, n, TILE):
            end = min(begin + TILE, n)
            for i in range(begin, end):  # no branch waits for memory here, so many slots are fetched at once
                slots[i - begin] = (_mix(max(above[i - 1], 0), ids[i]) * n_slots) >> 31
                here[i] = links[3 * slots[i - begin]]
            for i in range(begin, end):
                is_open = above[i - 1] >= 0 and ids[i] != BEGIN
                here[i] = _child(links, above[i - 1], ids[i], slots[i - begin], limit) if is_open else -1
    for i in range(n):
        if ids[i] == BEGIN:
            scores[i], orders[i] = 0.0, 0
            continue
        found = order - 1
        while found > 0 and nodes[found, i] < 0:
            found -= 1
        score = np.float64(log10_probs[nodes[found, i]])
        if i > 0:
            for depth in range(found, order - 1):
                context = nodes[depth, i - 1]
                if context >= 0:
                    score += log10_backoffs[context]
        scores[i], orders[i] = score, found + 1


@njit(nogil=True, cache=True)
def score_text(
    seed: int,
    hashes: NDArray[np.uint64],
    slots: NDArray[np.int32],
    links: NDArray[np.int32],
    log10_probs: NDArray[np.float32],
    log10_backoffs: NDArray[np.float32],
    order: int,
    data: Any,
) -> float:
    """Probability of one sentence that white space cuts, in one call.

    Parameters
    ----------
    seed : int
        Of the hashes.
    hashes, slots : ndarray of uint64 and of int32
        As `fill_slots` made them.
    links : ndarray of int32
        The model's n-grams, as `fill_links` made them.
    log10_probs, log10_backoffs : ndarray of float32
        The model's table.
    order : int
        Longest n-gram.
    data : bytes
        UTF-8.

    Returns
    -------
    float
        Sum of log10 of the probabilities, of ``</s>`` too.
    """
    offsets = np.empty(2, np.int64)
    offsets[0], offsets[1] = 0, len(data)
    ids = np.empty(len(data) + 3, np.int32)
    n = split_words(offsets, data, seed, hashes, slots, ids)
    scores, orders = np.empty(n, np.float64), np.empty(n, np.int8)
    score_ids(ids[:n], links, log10_probs, log10_backoffs, order, scores, orders)
    total = np.float64(0.0)
    for i in range(n):
        total += scores[i]
    return total
