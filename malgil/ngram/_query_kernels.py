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
HEAD = 32  # numbers before the first slot: the order, then how many slots each order has
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
def fill_cells(hashes: NDArray[np.uint64], cells: NDArray[np.uint64]) -> bool:
    """Make the hash table of words.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        Hash of each word; special words have none and are left out: the first three.
    cells : ndarray of uint64, shape (power of two > n,)
        Zero on entry; output: 0 where no word is, else a word's hash with its number in place of the low bits. A word
        stands at the low bits of its hash or in the next free cell.

    Returns
    -------
    bool
        False if two words cannot be told apart.

    Notes
    -----
    The low bits of a hash are known from the place, give or take a few: a cell tells as much as a whole hash would.
    """
    mask = np.uint64(cells.size - 1)
    for word in range(3, hashes.size):
        value = hashes[word]
        at = value & mask
        while cells[at] != 0:
            if (cells[at] ^ value) <= mask:
                return False
            at = (at + np.uint64(1)) & mask
        cells[at] = (value & ~mask) | np.uint64(word)
    return True


@njit(nogil=True, cache=True, inline="always")
def _find(value: np.uint64, cells: NDArray[np.uint64]) -> Any:
    """Word of a hash, 0 for none."""
    mask = np.uint64(cells.size - 1)
    at = value & mask
    cell = cells[at]
    while cell != 0 and (cell ^ value) > mask:
        at = (at + np.uint64(1)) & mask
        cell = cells[at]
    return np.int32(cell & mask)


@njit(nogil=True, cache=True)
def find_words(wanted: NDArray[np.uint64], cells: NDArray[np.uint64], words: NDArray[np.int32]) -> None:
    """Look words up by their hashes.

    Parameters
    ----------
    wanted : ndarray of uint64, shape (n,)
        Hashes.
    cells : ndarray of uint64
        As `fill_cells` made them.
    words : ndarray of int32, shape (n,)
        Output: numbers of the words, 0 (``<unk>``) for those that are not in the table.
    """
    for i in range(wanted.size):
        words[i] = _find(wanted[i], cells)


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


@njit(nogil=True, cache=True, inline="always")
def _cut(data: Any, at: Int, end: Int, seed: Int, values: NDArray[np.uint64], n: Int) -> Any:
    """Hash the words between two places and what frames them, behind `n` numbers; returns how many there are then."""
    values[n] = BEGIN
    n += 1
    while at < end:
        stop = min(at + _width(data[at]), end)
        if _is_blank(data, at, stop):
            at = stop
            continue
        value = _START ^ np.uint64(seed)
        is_blank = False
        while not is_blank:
            value = np.uint64(_absorb(value, data, at, stop))
            at = stop
            if at == end:
                break
            stop = min(at + _width(data[at]), end)
            is_blank = _is_blank(data, at, stop)
        at = stop
        values[n] = max(np.uint64(_finish(value)), np.uint64(3))
        n += 1
    values[n] = END
    return n + 1


@njit(nogil=True, cache=True)
def split_words(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    seed: int,
    cells: NDArray[np.uint64],
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
    cells : ndarray of uint64
        As `fill_cells` made them.
    ids : ndarray of int32, shape (>= (n_bytes + 1) / 2 + 3 * n,)
        Output: for each text 1, its words, 2; an unknown word is 0.

    Returns
    -------
    int
        Numbers written.
    """
    n_texts = offsets.size - 1
    values = np.empty((offsets[n_texts] - offsets[0] + 1) // 2 + 3 * n_texts, np.uint64)
    n: Any = 0
    for text in range(n_texts):
        n = _cut(data, offsets[text], offsets[text + 1], seed, values, n)
    for k in range(n):
        value = values[k]
        ids[k] = np.int32(value) if value < np.uint64(3) else _find(value, cells)
    return int(n)


@njit(nogil=True, cache=True, inline="always")
def _mix(node: Int, word: Int) -> Int:
    """Hash of a context and a word that may follow it, from 0 to 2^31 - 1."""
    value = ((np.uint64(node) << np.uint64(32)) | np.uint64(word)) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(value >> np.uint64(33))


@njit(nogil=True, cache=True, inline="always")
def _set_borders(links: NDArray[np.int32], room: NDArray[np.int64]) -> None:
    """Where each order's slots begin, and how many there are, one after the other.

    The slots of order 2 and more but the highest come first, then the single words, then the highest order.
    """
    order, at = np.int64(links[0]), np.int64(HEAD)
    for n in range(1, order + 1):
        depth = n if n < order - 1 else 0 if n == order - 1 or order == 1 else order - 1
        room[2 * depth], room[2 * depth + 1] = at, links[depth + 1]
        at += room[2 * depth + 1] * (2 if depth == 0 else 4)


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


@njit(nogil=True, cache=True, inline="always")
def _score(
    ids: NDArray[np.int32],
    first: Int,
    n: Int,
    links: NDArray[np.int32],
    room: NDArray[np.int64],
    scores: NDArray[np.float64],
    place: Int,
    orders: NDArray[np.int8],
) -> None:
    """Score words `first` to `first + n`, a few at a time, into `scores` from `place` on and `orders` from 0 on.

    The room holds the borders of the orders; a slot for each word of a tile; then, for each length and word, the slot
    of the n-gram that ends there (-1 for none), and the backoffs of these. What is known of word `i` of a tile stands
    at `i + 1`, that of the word before it at 0. All stands in one array, since each part of an array costs time too.
    """
    order, size = np.int64(links[0]), min(TILE, n) + 1
    floats, nodes, weights = links.view(np.float32), room.view(np.int32), room.view(np.float32)
    slots, node, weight = 2 * order, 2 * (2 * order + size), 2 * (2 * order + size) + order * size
    _set_borders(links, room)
    is_closed = links[HEAD - 1] > 0  # the end of every n-gram is one too, so where a shorter one fails no longer one is
    for depth in range(order):
        nodes[node + depth * size], weights[weight + depth * size] = -1, 0.0
    for begin in range(0, n, TILE):
        m = min(TILE, n - begin)
        word, score = first + begin - 1, place + begin - 1
        for i in range(1, m + 1):
            at = room[0] + 2 * ids[word + i]
            nodes[node + i], weights[weight + i] = ids[word + i], floats[at + 1]
            scores[score + i], orders[begin + i - 1] = np.float64(floats[at]), 1
        for depth in range(1, order):
            width, start, n_slots = 3 if depth == order - 1 else 4, room[2 * depth], room[2 * depth + 1]
            above, here = node + (depth - 1) * size - 1, node + depth * size
            for i in range(1, m + 1):  # no branch waits for memory here, so many slots are fetched at once
                is_open = nodes[above + i] >= 0 and (not is_closed or orders[begin + i - 1] == depth)
                slot = (_mix(max(nodes[above + i], 0), ids[word + i]) * n_slots) >> 31 if is_open else np.int64(0)
                room[slots + i], nodes[here + i] = slot, links[start + width * slot] if is_open else -1
            for i in range(1, m + 1):
                is_open = nodes[above + i] >= 0 and (not is_closed or orders[begin + i - 1] == depth)
                nodes[here + i], weights[weight + depth * size + i] = -1, 0.0
                if is_open and ids[word + i] != BEGIN:
                    slot = _slot(links, start, width, n_slots, nodes[above + i], ids[word + i], room[slots + i])
                    if slot >= 0:
                        at = start + width * slot
                        scores[score + i], orders[begin + i - 1] = np.float64(floats[at + 2]), depth + 1
                        nodes[here + i] = slot
                        if width == 4:
                            weights[weight + depth * size + i] = floats[at + 3]
        for i in range(1, m + 1):
            if ids[word + i] == BEGIN:
                scores[score + i], orders[begin + i - 1] = 0.0, 0
                continue
            for depth in range(orders[begin + i - 1] - 1, order - 1):
                scores[score + i] += np.float64(weights[weight + depth * size + i - 1])
        for at in range(0, order * size, size):
            nodes[node + at], weights[weight + at] = nodes[node + at + m], weights[weight + at + m]


@njit(nogil=True, cache=True, inline="always")
def _room(order: Int, n: Int) -> Int:
    """Numbers that `_score` needs for so many words."""
    return 2 * order + (order + 1) * (min(TILE, n) + 1) + 1


@njit(nogil=True, cache=True)
def score_ids(
    ids: NDArray[np.int32], links: NDArray[np.int32], scores: NDArray[np.float64], orders: NDArray[np.int8]
) -> None:
    """Probability of every word after the words before it.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Sentences: 1, words, 2.
    links : ndarray of int32
        The model's n-grams, as `Model.links` lays them out.
    scores : ndarray of float64, shape (n,)
        Output: log10 of the probability; 0 for ``<s>``.
    orders : ndarray of int8, shape (n,)
        Output: length of the n-gram that answered; 0 for ``<s>``.
    """
    _score(ids, 0, ids.size, links, np.empty(_room(links[0], ids.size), np.int64), scores, 0, orders)


@njit(nogil=True, cache=True)
def score_text(seed: int, cells: NDArray[np.uint64], links: NDArray[np.int32], data: Any) -> float:
    """Probability of one sentence that white space cuts, in one call.

    Parameters
    ----------
    seed : int
        Of the hashes.
    cells : ndarray of uint64
        The words, as `fill_cells` made them.
    links : ndarray of int32
        The model's n-grams, as `Model.links` lays them out.
    data : bytes
        UTF-8.

    Returns
    -------
    float
        Sum of log10 of the probabilities, of ``</s>`` too.
    """
    most = (len(data) + 1) // 2 + 3
    size = _room(links[0], most)
    room = np.empty(size + 4 * most, np.int64)  # one piece for all: asking for memory costs as much as ten words do
    numbers, orders = room.view(np.int32), room[size + 3 * most :].view(np.int8)
    values = room[size : size + most].view(np.uint64)
    n = _cut(data, 0, len(data), seed, values, 0)
    first, place = 2 * (size + most), size + 2 * most
    for k in range(n):
        value = values[k]
        numbers[first + k] = np.int32(value) if value < np.uint64(3) else _find(value, cells)
    scores = room.view(np.float64)
    _score(numbers, first, n, links, room, scores, place, orders)
    total = np.float64(0.0)
    for i in range(place, place + n):
        total += scores[i]
    return total
