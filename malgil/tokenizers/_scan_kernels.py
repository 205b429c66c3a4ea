"""Texts as UTF-8 bytes -> tokens in lower case as zero-padded words of eight bytes, with their spans."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# As in characters.py, and the two small forms of the Greek sigma.
TOKEN, CHANGES, CASED, IGNORABLE = 1, 2, 4, 8
SIGMA, FINAL_SIGMA = 0x3A3, np.int64(0x3C2)

Int = int | np.int64


@njit(nogil=True, cache=True, inline="always")
def _decode(data: NDArray[np.uint8], at: Int, stop: Int) -> tuple[Int, int]:
    """Read one code point; size 0 where the bytes before `stop` are not UTF-8.

    Returns
    -------
    code, size : int
        The code point and how many bytes it takes.
    """
    lead = np.int64(data[at])
    if lead < 0x80:
        return lead, 1
    if lead >= 0xE0:
        if at + 2 >= stop:
            return 0, 0
        second, third = np.int64(data[at + 1]), np.int64(data[at + 2])
        if (second & 0xC0) != 0x80 or (third & 0xC0) != 0x80:
            return 0, 0
        if lead < 0xF0:
            code = (lead & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F)
            return code, 3 if code >= 0x800 and (code & 0xF800) != 0xD800 else 0
        if at + 3 >= stop or (np.int64(data[at + 3]) & 0xC0) != 0x80 or lead > 0xF4:
            return 0, 0
        code = (lead & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | (np.int64(data[at + 3]) & 0x3F)
        return code, 4 if 0x10000 <= code < 0x110000 else 0
    if lead < 0xC2 or at + 1 >= stop or (np.int64(data[at + 1]) & 0xC0) != 0x80:
        return 0, 0
    return (lead & 0x1F) << 6 | (np.int64(data[at + 1]) & 0x3F), 2


@njit(nogil=True, cache=True)
def _encode(packed: NDArray[np.uint8], at: Int, code: Int) -> Int:
    """Write one code point as UTF-8 and return the place after it."""
    if code < 0x80:
        packed[at] = code
        return at + 1
    if code < 0x800:
        packed[at] = 0xC0 | code >> 6
        packed[at + 1] = 0x80 | code & 0x3F
        return at + 2
    if code < 0x10000:
        packed[at] = 0xE0 | code >> 12
        packed[at + 1] = 0x80 | code >> 6 & 0x3F
        packed[at + 2] = 0x80 | code & 0x3F
        return at + 3
    packed[at] = 0xF0 | code >> 18
    packed[at + 1] = 0x80 | code >> 12 & 0x3F
    packed[at + 2] = 0x80 | code >> 6 & 0x3F
    packed[at + 3] = 0x80 | code & 0x3F
    return at + 4


@njit(nogil=True, cache=True)
def _is_final_sigma(data: NDArray[np.uint8], first: Int, at: Int, stop: Int, kind: NDArray[np.uint8]) -> bool:
    """Whether the capital sigma at byte `at` ends a word: a cased letter before it and none after, ignorables aside.

    `first` and `stop` bound the document. Both ways stop at the first code point that is not ignorable, so a text of
    sigmas is read once, not once a sigma.
    """
    before = at
    while True:
        if before == first:
            return False
        before -= 1
        while before > first and (data[before] & 0xC0) == 0x80:
            before -= 1
        code, _ = _decode(data, before, stop)
        if (kind[code] & IGNORABLE) == 0:
            break
    if (kind[code] & CASED) == 0:
        return False
    after = at + 2
    while after < stop:
        code, size = _decode(data, after, stop)
        if (kind[code] & IGNORABLE) == 0:
            return bool((kind[code] & CASED) == 0)
        after += max(size, 1)
    return True


@njit(nogil=True, cache=True, inline="always")
def _close(
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    spans: NDArray[np.int32],
    n_tokens: int,
    at: Int,
    start: int,
    end: int,
) -> Int:
    """Note the token that ends at byte `at` and return where the next begins: at the next whole word."""
    lengths[n_tokens] = at - (places[n_tokens] << 3)
    places[n_tokens + 1] = (at + 7) >> 3
    if spans.size:
        spans[0, n_tokens] = start
        spans[1, n_tokens] = end
    return np.int64(places[n_tokens + 1] << 3)


@njit(nogil=True, cache=True)
def scan(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    kind: NDArray[np.uint8],
    lower: NDArray[np.int32],
    longer: NDArray[np.int32],
    packed: NDArray[np.uint8],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    indptr: NDArray[np.int64],
    spans: NDArray[np.int32],
) -> int:
    """Cut texts into tokens.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n_docs + 1,)
        Text ``d`` is ``data[offsets[d]:offsets[d + 1]]``; rising, within `data`.
    data : ndarray of uint8
        UTF-8.
    kind, lower, longer : ndarray
        Tables of `malgil.tokenizers.characters.Characters`.
    packed : ndarray of uint8
        Output, zero on entry: bytes of token ``t`` from ``8 * places[t]``. Room for all bytes in lower case plus eight
        for each token.
    places : ndarray of int64, shape (> n_tokens,)
        Output: first word of each token in `packed`; ``places[0]`` is 0. At most one token a byte.
    lengths : ndarray of int32, shape (>= n_tokens,)
        Output: bytes of each token.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Output: document ``d`` has the tokens ``indptr[d]`` to ``indptr[d + 1]``.
    spans : ndarray of int32, shape (2, >= n_tokens) or (2, 0)
        Output: start and end in code points of the raw text; not filled where it has no room.

    Returns
    -------
    int
        Number of tokens, or ``-1 - d`` where text ``d`` is the first that is not UTF-8.
    """
    n_tokens = 0
    at: Int = 0
    begin: Int = 0
    places[0], indptr[0] = 0, 0
    for doc in range(offsets.size - 1):
        i, stop, point, start = offsets[doc], offsets[doc + 1], 0, 0
        while i < stop:
            code, size = _decode(data, i, stop)
            if size == 0:
                return -1 - doc
            flags = kind[code] & (TOKEN | CHANGES)
            if flags == TOKEN:
                if at == begin:
                    start = point
                packed[at] = data[i]
                if size > 1:
                    packed[at + 1] = data[i + 1]
                    if size > 2:
                        packed[at + 2] = data[i + 2]
                        if size > 3:
                            packed[at + 3] = data[i + 3]
                at += size
            elif flags == 0:
                if at > begin:
                    at = begin = _close(places, lengths, spans, n_tokens, at, start, point)
                    n_tokens += 1
            else:
                small = np.int64(lower[code])
                if code == SIGMA and _is_final_sigma(data, offsets[doc], i, stop, kind):
                    small = FINAL_SIGMA
                for part in range(3 if small < 0 else 1):
                    letter = small if small >= 0 else np.int64(longer[-1 - small, part])
                    if letter < 0:
                        break
                    if kind[letter] & TOKEN:
                        if at == begin:
                            start = point
                        at = _encode(packed, at, letter)
                    elif at > begin:
                        at = begin = _close(places, lengths, spans, n_tokens, at, start, point + (part > 0))
                        n_tokens += 1
            i += size
            point += 1
        if at > begin:
            at = begin = _close(places, lengths, spans, n_tokens, at, start, point)
            n_tokens += 1
        indptr[doc + 1] = n_tokens
    return n_tokens
