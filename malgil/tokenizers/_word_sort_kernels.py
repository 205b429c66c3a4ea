"""Kernels that sort the words of several tables together: deal by first letter, settle ties, spell out.

Letters and tables are those of `_word_kernels`: four letters make a number, the first one lowest. A word of one number
is that number; a longer one has a header before its numbers.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_MASK = np.uint64(0xFFFF)
_SIXTEEN, _TWICE, _THRICE = np.uint64(16), np.uint64(32), np.uint64(48)
_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_FEW = 24  # up to this many words an insertion sort is the quicker one

Int = int | np.int64


@njit(nogil=True, cache=True, inline="always")
def _ordered(word: np.uint64) -> np.uint64:
    """Put the first letter highest."""
    return (
        word << _THRICE
        | (word >> _SIXTEEN & _MASK) << _TWICE
        | (word >> _TWICE & _MASK) << _SIXTEEN
        | (word >> _THRICE)
    )


@njit(nogil=True, cache=True)
def first_letters(words: NDArray[np.uint64], first: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
    """Count the first letters of a table's words.

    Parameters
    ----------
    words : ndarray of uint64
        Words as numbers.
    first : ndarray of int64, shape (n_words + 1,)
        Where each word lies.
    counts : ndarray of int64, shape (65536,)
        Output, zero on entry.
    """
    for k in range(first.size - 1):
        place = first[k] + np.int64(first[k + 1] - first[k] > 1)
        counts[words[place] & _MASK] += 1


@njit(nogil=True, cache=True)
def deal(
    words: NDArray[np.uint64],
    first: NDArray[np.int64],
    begin: int,
    heap_of: NDArray[np.int32],
    free: NDArray[np.int64],
    keys: NDArray[np.uint64],
    further: NDArray[np.uint64],
    refs: NDArray[np.int32],
) -> None:
    """Deal a table's words out to heaps of neighbouring first letters.

    Parameters
    ----------
    words, first : ndarray
        The table.
    begin : int
        Number of its first word among those of all tables.
    heap_of : ndarray of int32, shape (65536,)
        Heap of each first letter.
    free : ndarray of int64, shape (n_heaps,)
        Where the table's words go in each heap; moved on.
    keys, further : ndarray of uint64
        Output: first and second four letters of each word, first letter highest.
    refs : ndarray of int32
        Output: number of the word among those of all tables.
    """
    for k in range(first.size - 1):
        place, n = first[k], first[k + 1] - first[k]
        place += np.int64(n > 1)
        word = words[place]
        heap = heap_of[word & _MASK]
        at = free[heap]
        free[heap] = at + 1
        keys[at] = _ordered(word)
        further[at] = _ordered(words[place + 1]) if n > 2 else np.uint64(0)
        refs[at] = begin + k


@njit(nogil=True, cache=True)
def _tail(words: NDArray[np.uint64], first: NDArray[np.int64], one: Int, other: Int) -> Int:
    """Order of two words that share their first eight letters: negative, zero, positive."""
    a, b = first[one] + 3, first[other] + 3
    while a < first[one + 1] and b < first[other + 1]:
        if words[a] != words[b]:
            return -1 if _ordered(words[a]) < _ordered(words[b]) else 1
        a += 1
        b += 1
    return np.int64(a < first[one + 1]) - np.int64(b < first[other + 1])


@njit(nogil=True, cache=True, inline="always")
def _compare(
    i: Int,
    j: Int,
    further: NDArray[np.uint64],
    refs: NDArray[np.int32],
    words: NDArray[np.uint64],
    first: NDArray[np.int64],
) -> Int:
    """Order of two words that share their first four letters."""
    if further[i] != further[j]:
        return -1 if further[i] < further[j] else 1
    if further[i] == 0 or refs[i] == refs[j]:
        return 0
    return _tail(words, first, np.int64(refs[i]), np.int64(refs[j]))


@njit(nogil=True, cache=True)
def _sink(
    order: NDArray[np.int64],
    root: Int,
    size: Int,
    further: NDArray[np.uint64],
    refs: NDArray[np.int32],
    words: NDArray[np.uint64],
    first: NDArray[np.int64],
) -> None:
    """Let the root of a heap in ``order[:size]`` sink to its place."""
    item = order[root]
    while 2 * root + 1 < size:
        child = 2 * root + 1
        if child + 1 < size and _compare(order[child], order[child + 1], further, refs, words, first) < 0:
            child += 1
        if _compare(item, order[child], further, refs, words, first) >= 0:
            break
        order[root] = order[child]
        root = child
    order[root] = item


@njit(nogil=True, cache=True)
def settle(
    order: NDArray[np.int64],
    keys: NDArray[np.uint64],
    further: NDArray[np.uint64],
    refs: NDArray[np.int32],
    words: NDArray[np.uint64],
    first: NDArray[np.int64],
    is_new: NDArray[np.uint8],
    sizes: NDArray[np.int64],
) -> None:
    """Finish an order by first four letters, and mark the first of equal words.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        Places of one heap's words, sorted by `keys`; sorted by all letters on return.
    keys, further, refs : ndarray, shape (n,)
        The heap.
    words, first : ndarray
        All tables together.
    is_new : ndarray of uint8, shape (n,)
        Output: whether the word differs from the one before it in the order.
    sizes : ndarray of int64, shape (2,)
        Output: how many words differ, and at most how many numbers they have together.
    """
    sizes[:] = 0
    begin = 0
    while begin < order.size:
        end = begin + 1
        while end < order.size and keys[order[end]] == keys[order[begin]]:
            end += 1
        tied = order[begin:end]
        if tied.size <= _FEW:
            for i in range(1, tied.size):
                item, k = tied[i], i
                while k > 0 and _compare(item, tied[k - 1], further, refs, words, first) < 0:
                    tied[k] = tied[k - 1]
                    k -= 1
                tied[k] = item
        else:
            for root in range(tied.size // 2 - 1, -1, -1):
                _sink(tied, root, tied.size, further, refs, words, first)
            for size in range(tied.size - 1, 0, -1):
                tied[0], tied[size] = tied[size], tied[0]
                _sink(tied, 0, size, further, refs, words, first)
        for i in range(tied.size):
            new = i == 0 or _compare(tied[i - 1], tied[i], further, refs, words, first) != 0
            is_new[begin + i] = new
            sizes[0] += new
            if new and further[tied[i]] & _MASK != 0:  # eight letters or more
                sizes[1] += first[refs[tied[i]] + 1] - first[refs[tied[i]]]
            elif new:
                sizes[1] += 2
        begin = end


@njit(nogil=True, cache=True, inline="always")
def _put(letter: Int, half: Int, data: NDArray[np.uint8], at: np.uint64) -> tuple[np.uint64, Int]:
    """Write one letter as UTF-8; the first half of a pair waits for the second."""
    if 0x800 <= letter < 0xD800:
        data[at], data[at + _ONE] = 0xE0 | letter >> 12, 0x80 | letter >> 6 & 0x3F
        data[at + _TWO] = 0x80 | letter & 0x3F
        return at + _THREE, half
    if letter < 0x80:
        data[at] = letter - np.int64(letter <= 9)
        return at + _ONE, half
    if letter < 0x800:
        data[at], data[at + _ONE] = 0xC0 | letter >> 6, 0x80 | letter & 0x3F
        return at + _TWO, half
    if letter < 0xF800:
        data[at], data[at + _ONE] = 0xE0 | (letter + 0x800) >> 12, 0x80 | (letter + 0x800) >> 6 & 0x3F
        data[at + _TWO] = 0x80 | letter & 0x3F
        return at + _THREE, half
    if letter < 0xFC00:
        return at, letter - 0xF800
    code = 0x10000 + (half << 10) + (letter - 0xFC00)
    data[at], data[at + _ONE] = 0xF0 | code >> 18, 0x80 | code >> 12 & 0x3F
    data[at + _TWO], data[at + _THREE] = 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F
    return at + _FOUR, half


@njit(nogil=True, cache=True, inline="always")
def _write(number: np.uint64, half: Int, data: NDArray[np.uint8], at: np.uint64) -> tuple[np.uint64, Int]:
    """Write the letters of a number, the first one highest."""
    while number != 0:
        at, half = _put(np.int64(number >> _THRICE), half, data, at)
        number <<= _SIXTEEN
    return at, half


@njit(nogil=True, cache=True)
def spell_words(
    order: NDArray[np.int64],
    is_new: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    further: NDArray[np.uint64],
    refs: NDArray[np.int32],
    words: NDArray[np.uint64],
    first: NDArray[np.int64],
    rank: int,
    ranks: NDArray[np.int32],
    lengths: NDArray[np.int64],
    data: NDArray[np.uint8],
) -> np.uint64:
    """Give a heap's words their ranks, and write each once as UTF-8.

    Parameters
    ----------
    order, is_new, keys, further, refs, words, first : ndarray
        As `settle` left them.
    rank : int
        Rank of the first.
    ranks : ndarray of int32
        Output, at the places `refs`.
    lengths : ndarray of int64, shape (n_distinct,)
        Output: bytes of each word.
    data : ndarray of uint8
        Output: their bytes; room for three a letter.

    Returns
    -------
    uint64
        Bytes written.
    """
    at = np.uint64(0)
    n: Int = -1
    for i in range(order.size):
        item = order[i]
        n += np.int64(is_new[i])
        ranks[refs[item]] = rank + n
        if is_new[i]:
            begin = at
            half: Int = 0
            at, half = _write(keys[item], half, data, at)
            if further[item] != 0:
                at, half = _write(further[item], half, data, at)
                for place in range(first[refs[item]] + 3, first[refs[item] + 1]):
                    at, half = _write(_ordered(words[place]), half, data, at)
            lengths[n] = at - begin
    return at
