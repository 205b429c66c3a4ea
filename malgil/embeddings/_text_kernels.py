"""Numbers out of lines of text: each line holds a word and a fixed number of decimal numbers.

A number is read through float64, as Python reads it: digits to a whole number, times a power of ten. Where that is not
exact, the float32 on both sides of the possible error are compared, and the rare number for which they differ is left
to the caller.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

FINE, TOO_FEW, TOO_MANY, NO_NUMBER, NOT_FINITE, NO_WORD, DOUBTFUL_FULL = 0, 1, 2, 3, 4, 5, 6
_NEWLINE, _RETURN, _BLANK, _TAB = 10, 13, 32, 9
_POWERS = np.array([float(f"1e{n}") for n in range(301)])
_EXACT = 22  # powers of ten up to here are exact in float64
_MOST_DIGITS = 18
_ERROR = 2e-15  # relative: four units in the last place of float64, and more


@njit(nogil=True, cache=True, inline="always")
def _is_blank(byte: Int) -> bool:
    return byte == _BLANK or byte == _TAB


@njit(nogil=True, cache=True)
def _scaled(digits: Int, exponent: Int) -> Any:
    """Multiply a whole number by a power of ten, right to about three units in the last place."""
    if exponent >= 0:
        return float(digits) * _POWERS[min(exponent, 300)]
    return float(digits) / _POWERS[min(-exponent, 300)]


@njit(nogil=True, cache=True)
def _exponent(data: NDArray[np.uint8], at: int, end: int) -> tuple[Any, Any]:
    """Read what stands behind an e."""
    is_negative = at < end and data[at] == 45
    if at < end and (data[at] == 45 or data[at] == 43):
        at += 1
    value: Any = 0
    is_number: Any = at < end
    while at < end:
        digit = np.int64(data[at]) - 48
        is_number = is_number and 0 <= digit <= 9
        value = min(value * 10 + digit, 99_999)
        at += 1
    return (-value if is_negative else value), is_number


@njit(nogil=True, cache=True)
def _read_number(data: NDArray[np.uint8], at: int, end: int) -> tuple[float, int]:
    """Read one decimal number.

    Parameters
    ----------
    data : ndarray of uint8
        The text.
    at, end : int
        Where it stands.

    Returns
    -------
    value : float
        The number.
    state : int
        `FINE`, `NO_NUMBER`, or `DOUBTFUL_FULL` where it may be off by one unit of float32.
    """
    is_negative = at < end and data[at] == 45
    if at < end and (data[at] == 45 or data[at] == 43):
        at += 1
    digits, n_digits, n_behind, n_seen, has_point = np.int64(0), 0, 0, 0, False
    while at < end:
        byte = np.int64(data[at])
        if 48 <= byte <= 57:
            n_seen += 1
            if n_digits < _MOST_DIGITS:
                digits = digits * 10 + (byte - 48)
                n_digits += 1 if digits else 0
                n_behind += 1 if has_point else 0
            else:
                n_digits += 1
                n_behind -= 0 if has_point else 1
        elif byte == 46 and not has_point:
            has_point = True
        else:
            break
        at += 1
    exponent = 0
    if n_seen == 0:
        return 0.0, NO_NUMBER
    if at < end:
        if data[at] != 101 and data[at] != 69:
            return 0.0, NO_NUMBER
        exponent, is_number = _exponent(data, at + 1, end)
        if not is_number:
            return 0.0, NO_NUMBER
    exponent -= n_behind
    if digits == 0 or exponent < -300:
        return (-0.0 if is_negative else 0.0), FINE
    value = _scaled(digits, exponent)
    signed = -value if is_negative else value
    if n_digits <= 15 and -_EXACT <= exponent <= _EXACT:
        return signed, FINE
    is_sure = np.float32(value * (1.0 - _ERROR)) == np.float32(value * (1.0 + _ERROR))
    return signed, FINE if is_sure else DOUBTFUL_FULL


@njit(nogil=True, cache=True)
def _word_end(data: NDArray[np.uint8], first: int, last: int, dim: int) -> tuple[int, int]:
    """Find where the word of a line ends: before the last `dim` fields. Also the fields there are at most."""
    at, n = last, 0
    while n < dim:
        end = at
        while at > first and not _is_blank(data[at - 1]):
            at -= 1
        if at == end or at == first:  # no field, or the word itself
            return at, n
        n += 1
        while at > first and _is_blank(data[at - 1]):
            at -= 1
    return at, n


@njit(nogil=True, cache=True)
def _has_number(data: NDArray[np.uint8], first: int, last: int) -> bool:
    """Whether a field of a word with blanks, other than its first, is a number."""
    at = first
    while at < last and not _is_blank(data[at]):
        at += 1
    while at < last:
        while at < last and _is_blank(data[at]):
            at += 1
        end = at
        while end < last and not _is_blank(data[end]):
            end += 1
        if end > at and _read_number(data, at, end)[1] != NO_NUMBER:
            return True
        at = end
    return False


@njit(nogil=True, cache=True)
def _read_fields(
    data: NDArray[np.uint8], at: int, last: int, row: NDArray[np.float32], number: int, doubtful: NDArray[np.int64]
) -> int:
    """Read the numbers of one line; ``doubtful[0, 0]`` counts those put there."""
    for column in range(row.size):
        while at < last and _is_blank(data[at]):
            at += 1
        end = at
        while end < last and not _is_blank(data[end]):
            end += 1
        value, state = _read_number(data, at, end)
        if state == NO_NUMBER:
            at += at + 1 < end and (data[at] == 45 or data[at] == 43)  # a sign may be all there is, and the file's end
            lower = data[at] | 32
            return NOT_FINITE if lower == 110 or lower == 105 else NO_NUMBER  # nan, inf
        if state == DOUBTFUL_FULL:
            n = doubtful[0, 0] + 1
            if n == len(doubtful):
                return DOUBTFUL_FULL
            doubtful[0, 0] = n
            doubtful[n, 0], doubtful[n, 1], doubtful[n, 2], doubtful[n, 3] = number, column, at, end
        row[column] = value
        if not np.isfinite(row[column]):
            return NOT_FINITE
        at = end
    return FINE


@njit(nogil=True, cache=True)
def read_lines(
    data: NDArray[np.uint8],
    first: int,
    last: int,
    number: int,
    matrix: NDArray[np.float32],
    words: NDArray[np.int64],
    doubtful: NDArray[np.int64],
) -> tuple[int, int]:
    """Read lines of a word and its numbers.

    Parameters
    ----------
    data : ndarray of uint8
        The text.
    first, last : int
        The lines: `first` is where a line begins, `last` where one has ended.
    number : int
        Row of the first line.
    matrix : ndarray of float32, shape (n, dim)
        Output: the numbers.
    words : ndarray of int64, shape (n, 2)
        Output: where each word begins and ends.
    doubtful : ndarray of int64, shape (most, 4)
        Output: from row 1 on, row, column and place of numbers that the caller has to read; ``[0, 0]`` is their count.

    Returns
    -------
    state : int
        `FINE`, or what is wrong.
    row : int
        Row behind the last that was read; that of the mistake.
    """
    dim, at = matrix.shape[1], first
    while at < last:
        newline = at
        while newline < last and data[newline] != _NEWLINE:
            newline += 1
        end = newline
        while end > at and (_is_blank(data[end - 1]) or data[end - 1] == _RETURN):
            end -= 1
        border, n = _word_end(data, at, end, dim)
        if n < dim:
            return TOO_FEW, number
        if border == at:
            return NO_WORD, number
        if _has_number(data, at, border):
            return TOO_MANY, number
        words[number, 0], words[number, 1] = at, border
        state = _read_fields(data, border, end, matrix[number], number, doubtful)
        if state != FINE:
            return state, number
        number += 1
        at = newline + 1
    return FINE, number


@njit(nogil=True, cache=True)
def gather_words(data: NDArray[np.uint8], words: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Put words one after the other.

    Parameters
    ----------
    data : ndarray of uint8
        The text.
    words : ndarray of int64, shape (n, 2)
        Where each begins and ends.
    offsets : ndarray of int64, shape (n + 1,)
        Where each is to begin.

    Returns
    -------
    ndarray of uint8
        The words.
    """
    whole = np.empty(offsets[-1], np.uint8)
    for row in range(len(words)):
        at = offsets[row]
        for place in range(words[row, 0], words[row, 1]):
            whole[at] = data[place]
            at += 1
    return whole
