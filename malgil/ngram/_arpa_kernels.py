"""ARPA files: lines of n-grams to bytes, and bytes to numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

_PRIME = np.uint64(0x100000001B3)
_START = np.uint64(0xCBF29CE484222325)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_DECIMALS = 10_000_000
TAB, LINE, RETURN, BLANK, MINUS, DOT, ZERO = 9, 10, 13, 32, 45, 46, 48

FINE, BAD_NUMBER, POSITIVE, SHORT_LINE, LONG_LINE, UNKNOWN_WORD, EARLY_END = 0, 1, 2, 3, 4, 5, 6


@njit(nogil=True, cache=True, inline="always")
def _put_number(value: np.float32, out: NDArray[np.uint8], at: Int) -> Int:
    """Write a number with seven decimals; gives the place behind it."""
    rounded = np.int64(np.floor(abs(np.float64(value)) * _DECIMALS + 0.5))
    if rounded == 0:
        out[at] = ZERO
        return at + 1
    if value < 0:
        out[at] = MINUS
        at += 1
    whole = rounded // _DECIMALS
    rest = rounded - whole * _DECIMALS
    n_digits = 1
    power = np.int64(10)
    while whole >= power:
        power *= 10
        n_digits += 1
    for k in range(n_digits - 1, -1, -1):
        out[at + k] = ZERO + whole % 10
        whole //= 10
    at += n_digits
    if rest > 0:
        out[at] = DOT
        for k in range(7, 0, -1):
            out[at + k] = ZERO + rest % 10
            rest //= 10
        at += 8
        while out[at - 1] == ZERO:
            at -= 1
    return at


@njit(nogil=True, cache=True)
def write_lines(
    low: int,
    high: int,
    depth: int,
    labels: NDArray[np.int32],
    first: NDArray[np.int32],
    base: NDArray[np.int64],
    log10_probs: NDArray[np.float32],
    log10_backoffs: NDArray[np.float32],
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> int:
    """Write n-grams as lines, or only find room for them.

    Parameters
    ----------
    low, high : int
        Nodes of one level.
    depth : int
        Their n.
    labels, first, base : ndarray
        The model's trie.
    log10_probs, log10_backoffs : ndarray of float32
        The model's table.
    offsets, data : ndarray of int64 and of uint8
        Strings of the words.
    out : ndarray of uint8
        Output: the lines. Where it is empty nothing is written.

    Returns
    -------
    int
        Bytes written, or bytes that are certainly enough.
    """
    path = np.empty(depth, np.int64)
    node: Any = np.int64(low)
    for level in range(depth - 1, -1, -1):
        path[level] = node
        if level > 0:
            left, right = base[level - 1], base[level]
            while left < right:  # the parent is the last node whose first child is not behind this one
                middle = (left + right) >> 1
                if first[middle + 1] <= node:
                    left = middle + 1
                else:
                    right = middle
            node = left
    at: Any = np.int64(0)
    has_backoff = low < first.size - 1
    for node in range(low, high):
        path[depth - 1] = node
        for level in range(depth - 1, 0, -1):
            while first[path[level - 1] + 1] <= path[level]:
                path[level - 1] += 1
        if out.size == 0:
            at += 32 + depth
            for level in range(depth):
                word = labels[path[level]]
                at += offsets[word + 1] - offsets[word]
            continue
        at = _put_number(log10_probs[node], out, at)
        for level in range(depth):
            out[at] = BLANK if level > 0 else TAB
            at += 1
            word = labels[path[level]]
            for k in range(offsets[word], offsets[word + 1]):
                out[at] = data[k]
                at += 1
        if has_backoff:
            out[at] = TAB
            at = _put_number(log10_backoffs[node], out, at + 1)
        out[at] = LINE
        at += 1
    return at  # type: ignore[no-any-return]


@njit(nogil=True, cache=True, inline="always")
def _token_end(data: NDArray[np.uint8], at: Int) -> Int:
    """End of the token that begins here."""
    while at < data.size and data[at] != TAB and data[at] != LINE and data[at] != RETURN and data[at] != BLANK:
        at += 1
    return at


@njit(nogil=True, cache=True, inline="always")
def _skip_blanks(data: NDArray[np.uint8], at: Int) -> Int:
    """Beginning of the next token of this line, or the end of the line."""
    while at < data.size and (data[at] == TAB or data[at] == BLANK or data[at] == RETURN):
        at += 1
    return at


@njit(nogil=True, cache=True, inline="always")
def _number(data: NDArray[np.uint8], begin: Int, end: Int) -> float:
    """Read a decimal number; NaN for what is none."""
    at = begin
    sign = 1.0
    if at < end and (data[at] == MINUS or data[at] == 43):
        sign = -1.0 if data[at] == MINUS else 1.0
        at += 1
    if end - at == 3 and data[at] | 32 == 105 and data[at + 1] | 32 == 110 and data[at + 2] | 32 == 102:
        return sign * np.inf
    mantissa, shift, n_digits = np.int64(0), 0, 0
    is_behind = False
    while at < end and (ZERO <= data[at] <= ZERO + 9 or (data[at] == DOT and not is_behind)):
        if data[at] == DOT:
            is_behind = True
        else:
            n_digits += 1
            if mantissa < 100_000_000_000_000_000:
                mantissa = mantissa * 10 + np.int64(data[at] - ZERO)
                shift -= is_behind
            else:
                shift += not is_behind
        at += 1
    if n_digits == 0:
        return np.nan
    if at < end and data[at] | 32 == 101:
        at += 1
        is_negative = at < end and data[at] == MINUS
        at += at < end and (data[at] == MINUS or data[at] == 43)
        exponent: Any = 0
        if at == end:
            return np.nan
        while at < end and ZERO <= data[at] <= ZERO + 9:
            exponent = min(exponent * 10 + np.int64(data[at] - ZERO), 9999)
            at += 1
        shift += -exponent if is_negative else exponent
    if at < end:
        return np.nan
    return sign * mantissa * 10.0**shift if shift >= -300 else 0.0


@njit(nogil=True, cache=True)
def read_lines(
    data: NDArray[np.uint8],
    start: int,
    depth: int,
    seed: int,
    cells: NDArray[np.uint64],
    ids: NDArray[np.int32],
    places: NDArray[np.int64],
    values: NDArray[np.float32],
) -> tuple[Int, Int, Int]:
    """Read the lines of one section.

    Parameters
    ----------
    data : ndarray of uint8
        The file.
    start : int
        Where the first line begins.
    depth : int
        Words of an n-gram.
    seed : int
        Of the hashes of words.
    cells : ndarray of uint64
        The words' table; with no cells at all words are not looked up, only their places are kept.
    ids : ndarray of int32, shape (n, depth)
        Output: the words.
    places : ndarray of int64, shape (n, 2)
        Output: beginning and end of each line's first word; may be empty where words are looked up.
    values : ndarray of float32, shape (n, 2)
        Output: log10 of probability and backoff; 0 where no backoff stands.

    Returns
    -------
    state : int
        0 if all is well, else what is wrong with the line.
    n : int
        Lines read before that.
    at : int
        Where the next line begins.
    """
    at: Any = np.int64(start)
    for n in range(ids.shape[0]):
        line = at
        at = _skip_blanks(data, at)
        end = _token_end(data, at)
        if at == end or data[at] == 92:
            return EARLY_END, n, line
        values[n, 0] = _number(data, at, end)
        if np.isnan(values[n, 0]):
            return BAD_NUMBER, n, line
        if values[n, 0] > 0:
            return POSITIVE, n, line
        for k in range(depth):
            at = _skip_blanks(data, end)
            end = _token_end(data, at)
            if at == end:
                return SHORT_LINE, n, line
            if places.shape[0] > 0 and k == 0:
                places[n, 0], places[n, 1] = at, end
            if cells.size == 0:
                continue
            value = _START ^ np.uint64(seed)
            i = at
            while i < end:
                byte = data[i]
                stop = min(i + (1 if byte < 0xC0 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4), end)
                code = np.uint64(byte)
                for j in range(i + 1, stop):
                    code = (code << np.uint64(8)) | np.uint64(data[j])
                value = (value ^ code) * _PRIME
                i = stop
            value = (value ^ (value >> np.uint64(32))) * _MIX
            value = max(value ^ (value >> np.uint64(29)), np.uint64(3))
            mask = np.uint64(cells.size - 1)
            slot = value & mask
            while cells[slot] != 0 and (cells[slot] ^ value) > mask:
                slot = (slot + np.uint64(1)) & mask
            ids[n, k] = np.int32(cells[slot] & mask)
            if ids[n, k] == 0:
                ids[n, k] = _special(data, at, end)
                if ids[n, k] < 0:
                    return UNKNOWN_WORD, n, line
        at = _skip_blanks(data, end)
        end = _token_end(data, at)
        values[n, 1] = 0.0
        if at < end:
            values[n, 1] = _number(data, at, end)
            if np.isnan(values[n, 1]) or values[n, 1] == np.inf:
                return BAD_NUMBER, n, line
            at = _skip_blanks(data, end)
        if at < data.size and data[at] != LINE:
            return LONG_LINE, n, line
        at = min(at + 1, data.size)
    return FINE, ids.shape[0], at


@njit(nogil=True, cache=True)
def _special(data: NDArray[np.uint8], at: Int, end: Int) -> int:
    """Find the number of a special word, -1 for others."""
    if end - at == 3 and data[at] == 60 and data[at + 1] | 32 == 115 and data[at + 2] == 62:
        return 1
    if end - at == 4 and data[at] == 60 and data[at + 1] == 47 and data[at + 2] | 32 == 115 and data[at + 3] == 62:
        return 2
    is_unk = end - at == 5 and data[at] == 60 and data[at + 1] | 32 == 117 and data[at + 2] | 32 == 110
    return 0 if is_unk and data[at + 3] | 32 == 107 and data[at + 4] == 62 else -1


@njit(nogil=True, cache=True)
def find_paths(
    ids: NDArray[np.int32], labels: NDArray[np.int32], first: NDArray[np.int32], nodes: NDArray[np.int32]
) -> None:
    """Look n-grams up.

    Parameters
    ----------
    ids : ndarray of int32, shape (n, depth)
        Their words; more columns than are looked up are allowed.
    labels, first : ndarray of int32
        A trie of lower orders only: all columns but the last are looked up.
    nodes : ndarray of int32, shape (n,)
        Output: node of each n-gram without its last word, -1 where there is none.
    """
    for i in range(nodes.size):
        node = np.int64(ids[i, 0])
        for k in range(1, ids.shape[1] - 1):
            low, high = np.int64(first[node]), np.int64(first[node + 1])
            stop = high
            while low < high:
                middle = (low + high) >> 1
                if labels[middle] < ids[i, k]:
                    low = middle + 1
                else:
                    high = middle
            if low == stop or labels[low] != ids[i, k]:
                node = np.int64(-1)
                break
            node = low
        nodes[i] = node
