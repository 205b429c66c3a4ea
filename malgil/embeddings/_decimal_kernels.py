"""Numbers to decimal text: the fewest digits that lose nothing, five digits, or six behind the point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

SHORTEST, GENERAL, FIXED = 0, 1, 2
_NEWLINE, _BLANK = 10, 32
_POWERS = np.array([float(f"1e{n}") for n in range(301)])


@njit(nogil=True, cache=True)
def _scaled(digits: Int, exponent: Int) -> Any:
    """Multiply a whole number by a power of ten."""
    return float(digits) * _POWERS[exponent] if exponent >= 0 else float(digits) / _POWERS[-exponent]


@njit(nogil=True, cache=True)
def _round_to(value: float, tens: Int, n_digits: Int) -> tuple[Any, Any]:
    """Digits of a number above 0 as a whole number, and its exponent; `tens` is that of the first digit."""
    shift = n_digits - 1 - tens
    scaled = value * _POWERS[shift] if shift >= 0 else value / _POWERS[-shift]
    digits = np.int64(np.rint(scaled))
    if digits >= 10**n_digits:
        return digits // 10, tens + 1
    return digits, tens


@njit(nogil=True, cache=True)
def _shortest(value: float, tens: Int) -> tuple[Any, Any, Any]:
    """Fewest digits that give the same float32 back, up to nine."""
    wanted = np.float32(value)
    for n in range(1, 10):
        digits, exponent = _round_to(value, tens, n)
        if np.float32(_scaled(digits, exponent - n + 1)) == wanted:
            return digits, exponent, n
    return digits, exponent, 9


@njit(nogil=True, cache=True)
def _put_digits(out: NDArray[np.uint8], at: Int, digits: Int, n: Int, point: Int) -> Any:
    """Write `n` digits with a point before digit number `point`, none where that is `n` or more."""
    place = at + n + (1 if 0 < point < n else 0)
    end = place
    rest: Any = digits
    for left in range(n - 1, -1, -1):
        place -= 1
        out[place] = 48 + rest % 10
        rest //= 10
        if left == point and left > 0:
            place -= 1
            out[place] = 46
    return end


@njit(nogil=True, cache=True)
def _put_exponent(out: NDArray[np.uint8], at: Int, exponent: Int) -> Any:
    out[at] = 101
    out[at + 1] = 45 if exponent < 0 else 43
    size = exponent if exponent >= 0 else -exponent
    out[at + 2], out[at + 3] = 48 + size // 10, 48 + size % 10  # float32 has no exponent of three digits
    return at + 4


@njit(nogil=True, cache=True)
def _put_fixed(out: NDArray[np.uint8], at: Int, value: float) -> Any:
    """Write six digits behind the point, as C does by ``%lf``."""
    scaled = np.rint(value * 1e6)
    if scaled >= 9e18:
        return -1
    whole, part = np.int64(scaled) // 1_000_000, np.int64(scaled) % 1_000_000
    n, rest = 1, whole // 10
    while rest:
        n, rest = n + 1, rest // 10
    at = _put_digits(out, at, whole, n, n)
    out[at] = 46
    return _put_digits(out, at + 1, part, 6, 6)


@njit(nogil=True, cache=True)
def _put_small(out: NDArray[np.uint8], at: Int, digits: Int, n: Int, exponent: Int) -> Any:
    """Write a number below 1 without an exponent."""
    out[at], out[at + 1] = 48, 46
    at += 2
    for _ in range(-exponent - 1):
        out[at] = 48
        at += 1
    return _put_digits(out, at, digits, n, n)


@njit(nogil=True, cache=True)
def _put_number(out: NDArray[np.uint8], at: Int, number: Any, style: int) -> Any:
    """Write one number.

    Parameters
    ----------
    out : ndarray of uint8
        Where to; has room for 60 bytes more.
    at : int
        Place in it.
    number : float32
        Finite.
    style : int
        `SHORTEST`: the fewest digits that give the same float32 back, as Python shows it; `GENERAL`: five digits, as C
        does by ``%.5g``; `FIXED`: six digits behind the point, as C does by ``%f``.

    Returns
    -------
    int
        Place behind it; -1 where it is too large for `FIXED`.
    """
    value = float(number)
    if np.signbit(value):
        out[at] = 45
        at, value = at + 1, -value
    if style == FIXED:
        return _put_fixed(out, at, value)
    if value == 0:
        out[at] = 48
        if style == GENERAL:
            return at + 1
        out[at + 1], out[at + 2] = 46, 48
        return at + 3
    tens = np.int64(np.floor(np.log10(value)))
    tens += 1 if _scaled(1, tens + 1) <= value else 0
    tens -= 1 if _scaled(1, tens) > value else 0
    if style == GENERAL:
        digits, exponent = _round_to(value, tens, 5)
        n = 5
        while n > 1 and digits % 10 == 0:
            digits, n = digits // 10, n - 1
    else:
        digits, exponent, n = _shortest(value, tens)
        while n > 1 and digits % 10 == 0:
            digits, n = digits // 10, n - 1
    is_wide = exponent < -4 or exponent >= 5 if style == GENERAL else value < 1e-4 or value >= 1e6
    if is_wide:
        at = _put_digits(out, at, digits, n, 1)
        return _put_exponent(out, at, exponent)
    if exponent < 0:
        return _put_small(out, at, digits, n, exponent)
    while n <= exponent:
        digits, n = digits * 10, n + 1
    at = _put_digits(out, at, digits, n, exponent + 1)
    if style == SHORTEST and n == exponent + 1:
        out[at], out[at + 1] = 46, 48
        return at + 2
    return at


@njit(nogil=True, cache=True)
def write_lines(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    matrix: NDArray[np.float32],
    style: int,
    has_blank_last: bool,
    out: NDArray[np.uint8],
) -> int:
    """Write lines of a word and its numbers.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n + 1,)
        Borders of the words.
    data : ndarray of uint8
        The words.
    matrix : ndarray of float32, shape (n, dim)
        Finite.
    style : int
        As for `_put_number`.
    has_blank_last : bool
        Whether a blank stands behind the last number too.
    out : ndarray of uint8
        Output: large enough for the words, 61 bytes a number and 2 a line.

    Returns
    -------
    int
        Bytes written; where a number is too large for the style, ``-1 - row``.
    """
    at = 0
    for row in range(len(matrix)):
        for place in range(offsets[row], offsets[row + 1]):
            out[at] = data[place]
            at += 1
        for column in range(matrix.shape[1]):
            out[at] = _BLANK
            at = _put_number(out, at + 1, matrix[row, column], style)
            if at < 0:
                return -1 - row
        if has_blank_last:
            out[at] = _BLANK
            at += 1
        out[at] = _NEWLINE
        at += 1
    return at
