"""Kernel of the loss over many words: scores of some places become exponentials where they lie, and their logarithms.

Scores are *narrow*: the bits of a float32, or its upper half (bfloat16) where `is_half`; sums are float32. The
exponential is a power of two times a polynomial (Cephes ``expf``), 2e-7 off, relatively. NaN among the scores makes the
loss NaN. Sums and maxima are split into lanes by hand: the flags of fast arithmetic leave out `reassoc`, which would
undo the exponential.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

FASTMATH = {"nsz", "arcp", "contract", "afn"}
_LANES = 64
_1 = np.float32(1)
_LOW = np.float32(-87)
_LOG2_E, _SHIFTER = np.float32(1.4426950408889634), np.float32(12582912)
_LN2_A, _LN2_B = np.float32(0.693359375), np.float32(-2.12194440e-4)
_P5, _P4, _P3 = np.float32(1.9875691500e-4), np.float32(1.3981999507e-3), np.float32(8.3334519073e-3)
_P2, _P1, _P0 = np.float32(4.1665795894e-2), np.float32(1.6666665459e-1), np.float32(5.0000001201e-1)
_TO_EXPONENT, _HALF_BITS, _NONE, _ALL = np.int32(23), np.uint32(16), np.uint32(0), np.uint32(0xFFFFFFFF)
_ODD, _BELOW_HALF = np.uint32(1), np.uint32(0x7FFF)

Floats = NDArray[np.float32]


@njit(nogil=True, cache=True)
def _wide(bits: Any, shift: Any) -> Any:
    return np.uint32(np.uint32(bits) << shift).view(np.float32)


@njit(nogil=True, cache=True)
def _largest(scores: Any, bias: Floats, shift: Any) -> Any:
    """Largest score with its bias; NaN does not count."""
    lanes = np.full(_LANES, -np.inf, np.float32)
    whole = scores.size // _LANES * _LANES
    for low in range(0, whole, _LANES):
        for lane in range(_LANES):
            z = _wide(scores[low + lane], shift) + bias[low + lane]
            lanes[lane] = z if z > lanes[lane] else lanes[lane]
    most = np.float32(-np.inf)
    for lane in range(_LANES):
        most = lanes[lane] if lanes[lane] > most else most
    for k in range(whole, scores.size):
        z = _wide(scores[k], shift) + bias[k]
        most = z if z > most else most
    return most


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _exponentials(scores: Any, bias: Floats, most: Any, shift: Any, mask: Any) -> None:
    """Replace scores by ``e^(score + bias - most)``, rounded to the nearest narrow number."""
    for k in range(scores.size):
        x = _wide(scores[k], shift) + bias[k] - most
        x = _LOW if x < _LOW else x
        whole = _SHIFTER + x * _LOG2_E
        n = whole - _SHIFTER
        r = (x - n * _LN2_A) - n * _LN2_B
        p = ((((_P5 * r + _P4) * r + _P3) * r + _P2) * r + _P1) * r + _P0
        p = p * r * r + r + _1
        power = np.int32(np.float32(p).view(np.int32) + (np.float32(whole).view(np.int32) << _TO_EXPONENT))
        bits = power.view(np.uint32)
        scores[k] = np.uint32(bits + ((((bits >> _HALF_BITS) & _ODD) + _BELOW_HALF) & mask)) >> shift


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _sum(numbers: Any, shift: Any) -> Any:
    """Add up in float64: where one word is nearly certain, the loss lies in what the others add to its 1."""
    lanes = np.zeros(_LANES, np.float64)
    whole = numbers.size // _LANES * _LANES
    for low in range(0, whole, _LANES):
        for lane in range(_LANES):
            lanes[lane] += _wide(numbers[low + lane], shift)
    total = 0.0
    for lane in range(_LANES):
        total += lanes[lane]
    for k in range(whole, numbers.size):
        total += _wide(numbers[k], shift)
    return total


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def add_narrow(total: Floats, more: Any, is_half: bool) -> None:
    """Add narrow numbers to sums.

    Parameters
    ----------
    total : ndarray of float32, shape (n, d)
        Changed in place.
    more : ndarray of uint16 or uint32, shape (n, d)
        Narrow numbers.
    is_half : bool
        Whether they are bfloat16.
    """
    shift = _HALF_BITS if is_half else _NONE
    for i in range(total.shape[0]):
        for k in range(total.shape[1]):
            total[i, k] += _wide(more[i, k], shift)


@njit(nogil=True, cache=True)
def softmax_rows(
    scores: Any, is_half: bool, bias: Floats, targets: NDArray[np.int64], sums: Floats, losses: Floats
) -> None:
    """Turn the scores of each place into exponentials, and say how unlikely its target was.

    Parameters
    ----------
    scores : ndarray of uint16 or uint32, shape (n, V)
        In: narrow scores without the bias. Out: narrow e^(score - largest score of the place).
    is_half : bool
        Whether they are bfloat16.
    bias : ndarray of float32, shape (V,)
        Minus infinity for what never comes.
    targets : ndarray of int64, shape (n,)
        The right words.
    sums : ndarray of float32, shape (n,)
        Out: sums of the exponentials.
    losses : ndarray of float32, shape (n,)
        Out: natural logarithms of the targets' probabilities, times -1.
    """
    shift, mask = (_HALF_BITS, _ALL) if is_half else (_NONE, _NONE)
    for i in range(targets.size):
        row = scores[i]
        most = _largest(row, bias, shift)
        right = _wide(row[targets[i]], shift) + bias[targets[i]]
        _exponentials(row, bias, most, shift, mask)
        total = _sum(row, shift)
        sums[i] = total
        losses[i] = np.log(total) + (np.float64(most) - np.float64(right))
