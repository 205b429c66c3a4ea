"""Texts as UTF-16 code units: where each begins, and the way from UTF-8."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_LINE_END = 0x0A

Int = int | np.int64


@njit(nogil=True, cache=True)
def place_borders(codes: NDArray[np.uint16], lengths: NDArray[np.int64], borders: NDArray[np.int64]) -> None:
    """Find where texts begin whose code points may take two code units.

    Parameters
    ----------
    codes : ndarray of uint16
        Texts with their surrogates in pairs, one more code unit after each text.
    lengths : ndarray of int64, shape (n_docs,)
        Code points of each text.
    borders : ndarray of int64, shape (n_docs + 1,)
        Output: first code unit of each text, and where the last one's follower ends.
    """
    at: Int = 0
    borders[0] = 0
    for doc in range(lengths.size):
        for _ in range(lengths[doc]):
            at += 2 if 0xD800 <= codes[at] < 0xDC00 else 1
        at += 1
        borders[doc + 1] = at


@njit(nogil=True, cache=True, inline="always")
def _decode(data: NDArray[np.uint8], at: Int, stop: Int) -> tuple[Int, int]:
    """Read one code point and how many bytes it takes; size 0 where the bytes before `stop` are not UTF-8."""
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
def widen(
    offsets: NDArray[np.int64], data: NDArray[np.uint8], codes: NDArray[np.uint16], borders: NDArray[np.int64]
) -> Int:
    """Turn UTF-8 into UTF-16, a line end after each text.

    Parameters
    ----------
    offsets, data : ndarray of int64 and of uint8
        Text ``d`` is ``data[offsets[d]:offsets[d + 1]]``.
    codes : ndarray of uint16, shape (>= n_bytes + n_docs,)
        Output: code units.
    borders : ndarray of int64, shape (n_docs + 1,)
        Output: first code unit of each text, and how many there are.

    Returns
    -------
    int
        Number of code units, or ``-1 - d`` where text ``d`` is the first that is not UTF-8.
    """
    at: Int = 0
    borders[0] = 0
    for doc in range(offsets.size - 1):
        i, stop = offsets[doc], offsets[doc + 1]
        while i < stop:
            code, size = _decode(data, i, stop)
            if size == 0:
                return -1 - doc
            if code >= 0x10000:
                codes[at] = 0xD7C0 + (code >> 10)
                codes[at + 1] = 0xDC00 + (code & 0x3FF)
                at += 2
            else:
                codes[at] = code
                at += 1
            i += size
        codes[at] = _LINE_END
        at += 1
        borders[doc + 1] = at
    return at
