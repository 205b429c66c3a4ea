"""Kernels of Hangul: code points of whole columns taken apart and put together."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_FIRST, _N_SYLLABLES = 0xAC00, 11172
_LETTER, _N_LETTERS = 0x3131, 51


@njit(nogil=True, cache=True)
def respell(
    points: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    lengths: NDArray[np.uint8],
    table: NDArray[np.uint32],
    out: NDArray[np.uint32],
    out_indptr: NDArray[np.int64],
) -> int:
    """Write what a table makes of each syllable and letter, and all else as it is.

    Parameters
    ----------
    points : ndarray of uint32
        Code points of all texts.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts.
    lengths : ndarray of uint8, shape (11223,)
        Code points that each syllable, then each letter, becomes.
    table : ndarray of uint32, shape (most, 11223)
        These code points.
    out : ndarray of uint32
        Out: code points, with room for `most` times as many.
    out_indptr : ndarray of int64, shape (n_rows + 1,)
        Out: their borders.

    Returns
    -------
    int
        Code points written.
    """
    n = 0
    for row in range(len(indptr) - 1):
        out_indptr[row] = n
        for at in range(indptr[row], indptr[row + 1]):
            place = np.int64(points[at]) - _FIRST
            if place < 0 or place >= _N_SYLLABLES:
                letter = np.int64(points[at]) - _LETTER
                if letter < 0 or letter >= _N_LETTERS:
                    out[n] = points[at]
                    n += 1
                    continue
                place = _N_SYLLABLES + letter
            for k in range(lengths[place]):
                out[n] = table[k, place]
                n += 1
    out_indptr[len(indptr) - 1] = n
    return n


@njit(nogil=True, cache=True)
def join_letters(
    points: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    places: NDArray[np.int8],
    out: NDArray[np.uint32],
    out_indptr: NDArray[np.int64],
) -> int:
    """Join loose letters to syllables.

    Parameters
    ----------
    points : ndarray of uint32
        Code points of all texts.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts.
    places : ndarray of int8, shape (3, 51)
        Place of each letter among initials, vowels and finals, -1 where it is none.
    out : ndarray of uint32
        Out: code points, with room for as many.
    out_indptr : ndarray of int64, shape (n_rows + 1,)
        Out: their borders.

    Returns
    -------
    int
        Code points written.
    """
    n = 0
    for row in range(len(indptr) - 1):
        out_indptr[row] = n
        at, end = indptr[row], indptr[row + 1]
        while at < end:
            initial = _place(points, at, end, places[0])
            vowel = _place(points, at + 1, end, places[1])
            if initial < 0 or vowel < 0:
                out[n] = points[at]
                n, at = n + 1, at + 1
                continue
            final = _place(points, at + 2, end, places[2])
            begins = _place(points, at + 2, end, places[0]) >= 0 and _place(points, at + 3, end, places[1]) >= 0
            if final < 0 or begins:
                final = 0
            out[n] = _FIRST + (initial * 21 + vowel) * 28 + final
            n, at = n + 1, at + (3 if final > 0 else 2)
    out_indptr[len(indptr) - 1] = n
    return n


@njit(nogil=True, cache=True)
def read_utf8(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], points: NDArray[np.uint32], indptr: NDArray[np.int64]
) -> int:
    """Read the code points of UTF-8.

    Parameters
    ----------
    data : ndarray of uint8
        Bytes of all texts, valid; a sequence that its text cuts off is passed over.
    offsets : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts.
    points : ndarray of uint32
        Out: code points, with room for as many as there are bytes.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Out: their borders.

    Returns
    -------
    int
        Code points read.
    """
    n = 0
    for row in range(len(offsets) - 1):
        indptr[row] = n
        at, end = offsets[row], offsets[row + 1]
        while at < end:
            lead = np.uint32(data[at])
            width = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            if at + width > end:
                break
            point = lead if width == 1 else lead & np.uint32(0xFF >> (width + 1))
            for k in range(1, width):
                point = point << np.uint32(6) | np.uint32(data[at + k]) & np.uint32(0x3F)
            points[n] = point
            n, at = n + 1, at + width
    indptr[len(offsets) - 1] = n
    return n


@njit(nogil=True, cache=True)
def write_utf8(
    points: NDArray[np.uint32], indptr: NDArray[np.int64], out: NDArray[np.uint8], out_indptr: NDArray[np.int64]
) -> int:
    """Write code points as UTF-8.

    Parameters
    ----------
    points : ndarray of uint32
        Code points of all texts, no surrogates.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts.
    out : ndarray of uint8
        Out: bytes, with room for four times as many.
    out_indptr : ndarray of int64, shape (n_rows + 1,)
        Out: their borders.

    Returns
    -------
    int
        Bytes written.
    """
    n = 0
    for row in range(len(indptr) - 1):
        out_indptr[row] = n
        for at in range(indptr[row], indptr[row + 1]):
            point = points[at]
            if point < 0x80:
                out[n] = point
                n += 1
                continue
            n_bytes = 2 if point < 0x800 else 3 if point < 0x10000 else 4
            for k in range(n_bytes - 1, 0, -1):
                out[n + k] = 0x80 | point & 0x3F
                point >>= 6
            out[n] = (0xF00 >> n_bytes & 0xFF) | point
            n += n_bytes
    out_indptr[len(indptr) - 1] = n
    return n


@njit(nogil=True, cache=True)
def _place(points: NDArray[np.uint32], at: int, end: int, places: NDArray[np.int8]) -> int:
    """Place of a letter in one of its tables; -1 for what is none, and beyond the text."""
    if at >= end:
        return -1
    letter = np.int64(points[at]) - _LETTER
    if letter < 0 or letter >= _N_LETTERS:
        return -1
    return int(places[letter])
