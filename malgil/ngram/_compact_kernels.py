"""A model in as few bits as it needs: numbers of any width in a row, and n-grams found by binary search.

Nothing that is read is trusted: numbers that lie outside their array are moved to its border.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

BEGIN = 1
# columns of `fields`: one row for each order
N_NODES, LABEL, LABEL_WIDTH, FIRST, FIRST_WIDTH, HIGH, N_HIGHS = range(7)
PROB, BACKOFF = 7, 11  # each: first bit, width, first value (-1: the bits are the float32), number of values
N_FIELDS = 15


@njit(nogil=True, cache=True)
def pack_bits(numbers: NDArray[np.int64], width: int, begin: int, bits: NDArray[np.uint64]) -> None:
    """Write numbers next to each other.

    Parameters
    ----------
    numbers : ndarray of int64, shape (n,)
        From 0 to ``2 ** width - 1``.
    width : int
        Bits of each, 0 to 57.
    begin : int
        First bit.
    bits : ndarray of uint64
        Output: the numbers are added; zero there on entry.
    """
    at = np.int64(begin)
    for i in range(numbers.size):
        value, shift = np.uint64(numbers[i]), np.uint64(at & 63)
        bits[at >> 6] |= value << shift
        if (at & 63) + width > 64:
            bits[(at >> 6) + 1] |= value >> (np.uint64(64) - shift)
        at += width


@njit(nogil=True, cache=True, inline="always")
def _read(bits: NDArray[np.uint64], at: Int, width: Int) -> Any:
    """Read the number that begins at a bit."""
    shift = np.uint64(at & 63)
    value = bits[at >> 6] >> shift
    if (at & 63) + width > 64:
        value |= bits[(at >> 6) + 1] << (np.uint64(64) - shift)
    return np.int64(value & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))


@njit(nogil=True, cache=True)
def unpack_bits(bits: NDArray[np.uint64], begin: int, width: int, numbers: NDArray[np.int64]) -> None:
    """Read numbers that stand next to each other.

    Parameters
    ----------
    bits : ndarray of uint64
        As `pack_bits` wrote them.
    begin : int
        First bit.
    width : int
        Bits of each.
    numbers : ndarray of int64, shape (n,)
        Output.
    """
    at = np.int64(begin)
    for i in range(numbers.size):
        numbers[i] = _read(bits, at, width)
        at += width


@njit(nogil=True, cache=True, inline="always")
def _pointer(bits: NDArray[np.uint64], fields: NDArray[np.int64], highs: NDArray[np.int64], n: Int, node: Int) -> Any:
    """First child of a node of order `n + 1`: low bits in a row, high bits by the places where they change."""
    width = fields[n, FIRST_WIDTH]
    low, high = np.int64(0), fields[n, N_HIGHS]
    while low < high:
        middle = (low + high) >> 1
        if highs[fields[n, HIGH] + middle] <= node:
            low = middle + 1
        else:
            high = middle
    return (low << width) | np.int64(_read(bits, fields[n, FIRST] + node * width, width))


@njit(nogil=True, cache=True)
def children_of(
    bits: NDArray[np.uint64], fields: NDArray[np.int64], highs: NDArray[np.int64], n: Int, node: Int
) -> tuple[int, int]:
    """Find the children of a node.

    Parameters
    ----------
    bits, fields, highs : ndarray of uint64 and of int64
        The model.
    n : int
        Row of the node's order in `fields`: its order less 1.
    node : int
        Its number among those of its order.

    Returns
    -------
    low, high : int
        Its n-grams with one word more, among those of the next order: `high` is the first behind them.
    """
    most = fields[n + 1, N_NODES]
    low = min(np.int64(_pointer(bits, fields, highs, n, node)), most)
    return low, max(low, min(np.int64(_pointer(bits, fields, highs, n, node + 1)), most))


@njit(nogil=True, cache=True, inline="always")
def _child(
    bits: NDArray[np.uint64], fields: NDArray[np.int64], highs: NDArray[np.int64], n: Int, node: Int, word: Int
) -> Int:
    """N-gram with one word more, -1 where there is none."""
    low, end = children_of(bits, fields, highs, n, node)
    begin, width, high = fields[n + 1, LABEL], fields[n + 1, LABEL_WIDTH], end
    while low < high:
        middle = (low + high) >> 1
        if np.int64(_read(bits, begin + middle * width, width)) < word:
            low = middle + 1
        else:
            high = middle
    return low if low < end and np.int64(_read(bits, begin + low * width, width)) == word else np.int64(-1)


@njit(nogil=True, cache=True, inline="always")
def _value(
    bits: NDArray[np.uint64], fields: NDArray[np.int64], values: NDArray[np.float32], n: Int, kind: Int, node: Int
) -> float:
    """Probability or backoff of a node."""
    begin, width, first, size = fields[n, kind], fields[n, kind + 1], fields[n, kind + 2], fields[n, kind + 3]
    code = np.int64(_read(bits, begin + node * width, width))
    if first < 0:
        return np.float64(np.uint32(code).view(np.float32))
    return np.float64(values[first + min(code, size - 1)])


@njit(nogil=True, cache=True)
def _step(
    before: NDArray[np.int64],
    weights: NDArray[np.float64],
    word: Int,
    bits: NDArray[np.uint64],
    fields: NDArray[np.int64],
    highs: NDArray[np.int64],
    values: NDArray[np.float32],
    after: NDArray[np.int64],
    after_weights: NDArray[np.float64],
) -> tuple[float, int]:
    """Score a word after the n-grams that end before it, and find those that end with it and their backoffs."""
    order, found = after.size, 0
    after[0] = word
    for depth in range(1, order):
        above = before[depth - 1]
        after[depth] = -1 if above < 0 else _child(bits, fields, highs, depth - 1, above, word)
        if after[depth] >= 0:
            found = depth
    for depth in range(order):
        after_weights[depth] = 0.0
        if after[depth] >= 0 and depth < order - 1:
            after_weights[depth] = _value(bits, fields, values, depth, BACKOFF, after[depth])
    score = np.float64(_value(bits, fields, values, found, PROB, after[found]))
    for depth in range(found, order - 1):
        score += weights[depth]
    return score, found + 1


@njit(nogil=True, cache=True)
def score_compact(
    ids: NDArray[np.int32],
    bits: NDArray[np.uint64],
    fields: NDArray[np.int64],
    highs: NDArray[np.int64],
    values: NDArray[np.float32],
    scores: NDArray[np.float64],
    orders: NDArray[np.int8],
) -> None:
    """Probability of every word after the words before it.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Sentences: 1, words, 2.
    bits, fields, highs, values : ndarray
        The model.
    scores : ndarray of float64, shape (n,)
        Output: log10 of the probability; 0 for ``<s>``.
    orders : ndarray of int8, shape (n,)
        Output: length of the n-gram that answered; 0 for ``<s>``.
    """
    order = fields.shape[0]
    nodes, weights = np.full((2, order), -1, np.int64), np.zeros((2, order))
    for i in range(ids.size):
        k = i & 1
        if ids[i] == BEGIN:
            nodes[1 - k, :], weights[1 - k, :] = -1, 0.0
        score, n = _step(nodes[1 - k], weights[1 - k], ids[i], bits, fields, highs, values, nodes[k], weights[k])
        scores[i], orders[i] = (0.0, 0) if ids[i] == BEGIN else (score, n)


@njit(nogil=True, cache=True)
def walk_compact(
    numbers: NDArray[np.int32],
    bits: NDArray[np.uint64],
    fields: NDArray[np.int64],
    highs: NDArray[np.int64],
    values: NDArray[np.float32],
    nodes: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> None:
    """Find the n-grams that words end with.

    Parameters
    ----------
    numbers : ndarray of int32, shape (n,)
        Words.
    bits, fields, highs, values : ndarray
        The model.
    nodes : ndarray of int64, shape (order,)
        Output: the n-gram of the last 1, 2 ... words, -1 where the model does not have it.
    weights : ndarray of float64, shape (order,)
        Output: log10 of their backoffs, 0 where there is none.
    """
    order = nodes.size
    before, before_weights = np.empty(order, np.int64), np.empty(order)
    nodes[:], weights[:] = -1, 0.0
    for word in numbers:
        before[:], before_weights[:] = nodes, weights
        _step(before, before_weights, word, bits, fields, highs, values, nodes, weights)


@njit(nogil=True, cache=True)
def gap_compact(
    before: NDArray[np.int32],
    words: NDArray[np.int32],
    right: NDArray[np.int32],
    bits: NDArray[np.uint64],
    fields: NDArray[np.int64],
    highs: NDArray[np.int64],
    values: NDArray[np.float32],
    scores: NDArray[np.float64],
) -> float:
    """Score words in a gap.

    Parameters
    ----------
    before : ndarray of int32, shape (<= order - 1,)
        Last words of the left side.
    words : ndarray of int32, shape (n,)
        What may stand in the gap.
    right : ndarray of int32, shape (<= order - 1,)
        First words of the right side.
    bits, fields, highs, values : ndarray
        The model.
    scores : ndarray of float64, shape (n,)
        Output: log10 of the probability of each word and of the right side after it.

    Returns
    -------
    float
        Log10 of what the probability times backoff of a word that is no part of any n-gram here is multiplied with.
    """
    order = fields.shape[0]
    start, start_weights = np.empty(order, np.int64), np.empty(order)
    walk_compact(before, bits, fields, highs, values, start, start_weights)
    nodes, weights = np.empty((2, order), np.int64), np.empty((2, order))
    for i in range(words.size + 1):  # the last is no word at all
        score = np.float64(0.0)
        if i < words.size:
            score += _step(start, start_weights, words[i], bits, fields, highs, values, nodes[0], weights[0])[0]
        else:
            score += start_weights[: order - 1].sum()
            nodes[0, :], weights[0, :] = -1, 0.0
        for j in range(right.size):
            k = j & 1
            there = nodes[1 - k], weights[1 - k]
            score += _step(nodes[k], weights[k], right[j], bits, fields, highs, values, there[0], there[1])[0]
        if i == words.size:
            return score
        scores[i] = score
    return np.float64(0.0)
