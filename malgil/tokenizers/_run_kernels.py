"""Sorted runs of forms: ordering, merging two, writing them out as UTF-8.

A form's words are numbers here, first byte highest, so that comparing words compares bytes. Padding is zero; forms that
differ by trailing NUL characters alone are told apart by their lengths.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_TOP, _NEXT = np.uint64(56), np.uint64(8)


@njit(nogil=True, cache=True, inline="always")
def _compare(
    words: NDArray[np.uint64],
    place: int,
    length: int,
    other_words: NDArray[np.uint64],
    other_place: int,
    other_length: int,
) -> int:
    """Order of two forms by their bytes: negative, zero, positive."""
    n_words = max(1, (min(length, other_length) + 7) >> 3)
    for k in range(n_words):
        word, other = words[place + k], other_words[other_place + k]
        if word != other:
            return -1 if word < other else 1
    return length - other_length


@njit(nogil=True, cache=True, inline="always")
def _is_before(
    words: NDArray[np.uint64], places: NDArray[np.int64], lengths: NDArray[np.int32], one: int, other: int
) -> bool:
    """Whether form `one` comes before form `other`."""
    return _compare(words, places[one], lengths[one], words, places[other], lengths[other]) < 0


@njit(nogil=True, cache=True)
def _sink(
    order: NDArray[np.int64],
    root: int,
    first: int,
    size: int,
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
) -> None:
    """Let the root of a heap in ``order[first:first + size]`` sink to its place."""
    form = order[first + root]
    while 2 * root + 1 < size:
        child = 2 * root + 1
        if child + 1 < size and _is_before(words, places, lengths, order[first + child], order[first + child + 1]):
            child += 1
        if not _is_before(words, places, lengths, form, order[first + child]):
            break
        order[first + root] = order[first + child]
        root = child
    order[first + root] = form


@njit(nogil=True, cache=True)
def order_ties(
    order: NDArray[np.int64],
    keys: NDArray[np.uint64],
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
) -> None:
    """Finish an order by first words: sort every stretch of equal keys, by heap sort where it is long.

    Parameters
    ----------
    order : ndarray of int64, shape (n_terms,)
        Forms in the order of their first words; sorted by all their bytes on return.
    keys : ndarray of uint64, shape (n_terms,)
        First words in that order.
    words, places, lengths : ndarray
        The forms.
    """
    first = 0
    while first < order.size:
        last = first + 1
        while last < order.size and keys[last] == keys[first]:
            last += 1
        size = last - first
        if size <= 24:
            for i in range(first + 1, last):
                form, k = order[i], i
                while k > first and _is_before(words, places, lengths, form, order[k - 1]):
                    order[k] = order[k - 1]
                    k -= 1
                order[k] = form
        else:
            for root in range(size // 2 - 1, -1, -1):
                _sink(order, root, first, size, words, places, lengths)
            for end in range(size - 1, 0, -1):
                order[first], order[first + end] = order[first + end], order[first]
                _sink(order, 0, first, end, words, places, lengths)
        first = last


@njit(nogil=True, cache=True)
def align(
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    other_words: NDArray[np.uint64],
    other_places: NDArray[np.int64],
    other_lengths: NDArray[np.int32],
    to: NDArray[np.int32],
    other_to: NDArray[np.int32],
) -> int:
    """Merge two sorted runs: where each form of either goes.

    Parameters
    ----------
    words, places, lengths : ndarray
        One run, distinct forms in order.
    other_words, other_places, other_lengths : ndarray
        The other.
    to, other_to : ndarray of int32
        Output: place of each form in the merged run; equal forms share one.

    Returns
    -------
    int
        Length of the merged run.
    """
    i, j, n = 0, 0, 0
    while i < to.size or j < other_to.size:
        sign = -1 if j == other_to.size else 1
        if i < to.size and j < other_to.size:
            sign = _compare(words, places[i], lengths[i], other_words, other_places[j], other_lengths[j])
        if sign <= 0:
            to[i] = n
            i += 1
        if sign >= 0:
            other_to[j] = n
            j += 1
        n += 1
    return n


@njit(nogil=True, cache=True)
def gather(
    order: NDArray[np.int64],
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    out_words: NDArray[np.uint64],
    out_places: NDArray[np.int64],
) -> None:
    """Copy forms' words: form ``order[k]`` becomes the k-th.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        Forms to take.
    words, places : ndarray
        Where from.
    out_words : ndarray of uint64
        Output.
    out_places : ndarray of int64, shape (n,)
        Output: first word of each in `out_words`.
    """
    used = 0
    for k in range(order.size):
        out_places[k] = used
        for at in range(places[order[k]], places[order[k] + 1]):
            out_words[used] = words[at]
            used += 1


@njit(nogil=True, cache=True)
def spell(
    order: NDArray[np.int64],
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
) -> None:
    """Write forms as bytes: form ``order[k]`` to ``data[offsets[k]:offsets[k + 1]]``.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        Forms to take.
    words, places : ndarray
        Where from.
    offsets : ndarray of int64, shape (n + 1,)
        Borders of the output, from the forms' lengths.
    data : ndarray of uint8
        Output.
    """
    for k in range(order.size):
        at, place = offsets[k], places[order[k]]
        while at < offsets[k + 1]:
            word = words[place]
            for _ in range(min(8, offsets[k + 1] - at)):
                data[at] = word >> _TOP
                word <<= _NEXT
                at += 1
            place += 1
