"""Kernels of the LSTM: one step of a whole batch, forward and backward.

The batch is the last axis and lies in the vector lanes; it is padded to a multiple of 16. Numbers that feed a matrix
product (gates, masked states) are *narrow*: the bits of a float32, or its upper half (bfloat16) where `is_half`. States
and sums are float32. What a cell does without is handed over as ones or zeros, so that there is one way through.

The exponential is a power of two times a polynomial (Cephes ``expf``; the whole part of the exponent is read off the
bits of a sum with 1.5 * 2^23). `sigmoid` is at most 1e-7 off and tanh 2e-7, absolutely; NaN stays NaN. The flags of
fast arithmetic leave out `reassoc`, which would undo that sum; they let a product and a sum become one rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

FASTMATH = {"nsz", "arcp", "contract", "afn"}
_0, _1, _2 = np.float32(0), np.float32(1), np.float32(2)
_EPSILON = np.float32(1e-5)
_LOW, _HIGH = np.float32(-87), np.float32(87)
_LOG2_E, _SHIFTER = np.float32(1.4426950408889634), np.float32(12582912)
_LN2_A, _LN2_B = np.float32(0.693359375), np.float32(-2.12194440e-4)
_P5, _P4, _P3 = np.float32(1.9875691500e-4), np.float32(1.3981999507e-3), np.float32(8.3334519073e-3)
_P2, _P1, _P0 = np.float32(4.1665795894e-2), np.float32(1.6666665459e-1), np.float32(5.0000001201e-1)
_TO_EXPONENT, _HALF_BITS, _NONE, _ALL = np.int32(23), np.uint32(16), np.uint32(0), np.uint32(0xFFFFFFFF)
_ODD, _BELOW_HALF = np.uint32(1), np.uint32(0x7FFF)

Floats = NDArray[np.float32]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def sigmoid(x: Any) -> Any:
    """Logistic function, at most 1e-7 off.

    Parameters
    ----------
    x : float32
        Any number; beyond 87 it counts as 87.

    Returns
    -------
    float32
        1 / (1 + e^-x).
    """
    x = _LOW if x < _LOW else x
    x = _HIGH if x > _HIGH else x
    whole = _SHIFTER - x * _LOG2_E
    n = whole - _SHIFTER
    r = (-x - n * _LN2_A) - n * _LN2_B
    p = ((((_P5 * r + _P4) * r + _P3) * r + _P2) * r + _P1) * r + _P0
    p = p * r * r + r + _1
    power = np.int32(np.float32(p).view(np.int32) + (np.float32(whole).view(np.int32) << _TO_EXPONENT))
    return _1 / (_1 + power.view(np.float32))


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _tanh(x: Any) -> Any:
    return _2 * sigmoid(_2 * x) - _1


@njit(nogil=True, cache=True)
def _shifts(is_half: Any) -> tuple[Any, Any]:
    """How far narrow bits are shifted, and which bits of the rounding count."""
    return (_HALF_BITS, _ALL) if is_half else (_NONE, _NONE)


@njit(nogil=True, cache=True)
def _wide(bits: Any, shift: Any) -> Any:
    return np.uint32(np.uint32(bits) << shift).view(np.float32)


@njit(nogil=True, cache=True)
def _narrow(x: Any, shift: Any, mask: Any) -> Any:
    """Round to the nearest narrow number, to the even one on ties."""
    bits = np.float32(x).view(np.uint32)
    return np.uint32(bits + ((((bits >> _HALF_BITS) & _ODD) + _BELOW_HALF) & mask)) >> shift


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _measure(x: Floats, stats: Floats) -> None:
    """Mean over the rows of every column, and one over the standard deviation."""
    n = np.float32(x.shape[0])
    for b in range(x.shape[1]):
        stats[0, b] = stats[1, b] = _0
    for j in range(x.shape[0]):
        for b in range(x.shape[1]):
            stats[0, b] += x[j, b]
    for b in range(x.shape[1]):
        stats[0, b] /= n
    for j in range(x.shape[0]):
        for b in range(x.shape[1]):
            stats[1, b] += (x[j, b] - stats[0, b]) * (x[j, b] - stats[0, b])
    for b in range(x.shape[1]):
        stats[1, b] = _1 / np.sqrt(stats[1, b] / n + _EPSILON)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def lstm_forward(
    t: int,
    is_half: bool,
    projected: Any,
    product: Any,
    vectors: Floats,
    columns: Floats,
    drops: Any,
    states: Any,
    gates: Any,
    masked: Any,
    work: Floats,
    has_norm: bool,
) -> None:
    """One step of an LSTM; buffers over time are indexed modulo their length, so that inference keeps two steps.

    Parameters
    ----------
    t : int
        Step.
    is_half : bool
        Whether narrow numbers are bfloat16.
    projected : ndarray of narrow, shape (T, 4, H, B)
        W_x x of all steps, normalised if asked for; gates i f g o.
    product : ndarray of narrow, shape (4, H, B)
        W_h times the masked state.
    vectors : ndarray of float32, shape (17, H)
        Rows: gains of x (4), gains of h (4), biases (4), peepholes i f o, gain and bias of the cell state's
        norm, 1 and 0 where there is none.
    columns : ndarray of float32, shape (2, T + 1, B)
        1 where the token is real; 1 where the state goes on (0: a segment begins).
    drops : tuple of ndarray of float32
        Recurrent mask, (H or 1, B); chances or masks of zoneout for h and c, (T or 1, H or 1, B).
    states : tuple of ndarray of float32
        h, shape (H, B), replaced; c, shape (T + 1 or 2, H, B), read at t and written at t + 1.
    gates : ndarray of narrow, shape (T or 0, 4, H, B)
        Written: the gates after their functions; may be `projected`.
    masked : ndarray of narrow, shape (T + 1 or 2, H, B)
        Written at t + 1: what the next step multiplies by W_h.
    work : ndarray of float32, shape (2, H, B)
        Room.
    has_norm : bool
        Whether the cell state is normalised on its way to h.
    """
    shift, mask = _shifts(is_half)
    n_rows, n = product.shape[1], product.shape[2]
    s = np.empty((5, n), np.float32)
    h, c = states
    zone_h, zone_c = drops[1], drops[2]
    t0, t1, tm, keeps = t % c.shape[0], (t + 1) % c.shape[0], (t + 1) % masked.shape[0], gates.shape[0] > 0
    th, tc = min(t, zone_h.shape[0] - 1), min(t, zone_c.shape[0] - 1)
    for j in range(n_rows):
        for b in range(n):
            s[4, b] = c[t0, j, b] * columns[1, t, b]
        for k in range(3):
            gx, gh, bias, p = vectors[k, j], vectors[4 + k, j], vectors[8 + k, j], _0 if k == 2 else vectors[12 + k, j]
            scale = _2 if k == 2 else _1
            for b in range(n):
                x = _wide(projected[t, k, j, b], shift) * gx + _wide(product[k, j, b], shift) * gh
                s[k, b] = scale * sigmoid(scale * (x + bias + p * s[4, b])) - (scale - _1)
        for b in range(n):
            work[0, j, b] = s[1, b] * s[4, b] + s[0, b] * s[2, b]
        for k in range(3 if keeps else 0):
            for b in range(n):
                gates[t, k, j, b] = _narrow(s[k, b], shift, mask)
    for b in range(n):
        s[2, b], s[3, b] = _0, _1
    if has_norm:
        _measure(work[0], s[2:4])
    for j in range(n_rows):
        gx, gh, bias, p = vectors[3, j], vectors[7, j], vectors[11, j], vectors[14, j]
        gain, offset = vectors[15, j], vectors[16, j]
        for b in range(n):
            x = _wide(projected[t, 3, j, b], shift) * gx + _wide(product[3, j, b], shift) * gh
            s[0, b] = sigmoid(x + bias + p * work[0, j, b])
        for k in range(3, 4 if keeps else 3):
            for b in range(n):
                gates[t, k, j, b] = _narrow(s[0, b], shift, mask)
        jh, jc, jr = min(j, zone_h.shape[1] - 1), min(j, zone_c.shape[1] - 1), min(j, drops[0].shape[0] - 1)
        for b in range(n):
            s[0, b] *= _tanh((work[0, j, b] - s[2, b]) * s[3, b] * gain + offset)
        for b in range(n):
            new = columns[0, t, b] * (_1 - zone_h[th, jh, b])
            h[j, b] = new * s[0, b] + (_1 - new) * columns[1, t, b] * h[j, b]
        for b in range(n):
            new = columns[0, t, b] * (_1 - zone_c[tc, jc, b])
            c[t1, j, b] = new * work[0, j, b] + (_1 - new) * columns[1, t, b] * c[t0, j, b]
        for b in range(n):
            masked[tm, j, b] = _narrow(h[j, b] * columns[1, t + 1, b] * drops[0][jr, b], shift, mask)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def lstm_backward(
    t: int,
    is_half: bool,
    product: Any,
    vectors: Floats,
    columns: Floats,
    drops: Any,
    c: Floats,
    gates: Any,
    d_y: Floats,
    d_states: Any,
    d_gates: Any,
    d_norm: Floats,
    work: Floats,
    has_norm: bool,
) -> None:
    """Gradients of one step of an LSTM; see `lstm_forward` for what the arrays hold.

    Parameters
    ----------
    t : int
        Step, from the last to the first.
    is_half : bool
        Whether narrow numbers are bfloat16.
    product : ndarray of narrow, shape (H, B)
        W_h transposed times the gradients of the gates of step t + 1; zero at the last step.
    vectors : ndarray of float32, shape (17, H)
        As in the forward step.
    columns : ndarray of float32, shape (2, T + 1, B)
        As in the forward step.
    drops : tuple of ndarray of float32
        As in the forward step.
    c : ndarray of float32, shape (T + 1, H, B)
        Cell states.
    gates : ndarray of narrow, shape (T, 4, H, B)
        Gates after their functions.
    d_y : ndarray of float32, shape (H, B)
        Gradient of the output of this step, zero where the token is padding.
    d_states : tuple of ndarray of float32, shape (H, B)
        Gradients of h and c behind this step, but for `product`; replaced by those before it.
    d_gates : ndarray of narrow, shape (T, 4, H, B)
        Written at t: gradients before the functions of the gates; may be `gates`.
    d_norm : ndarray of float32, shape (2, H, B)
        Gradients of gain and bias of the cell state's norm are added to it, where there is one.
    work : ndarray of float32, shape (2, H, B)
        Room.
    has_norm : bool
        Whether the cell state is normalised on its way to h.
    """
    shift, mask = _shifts(is_half)
    n_rows, n = product.shape
    s = np.empty((6, n), np.float32)
    d_h, d_c = d_states
    zone_h, zone_c = drops[1], drops[2]
    th, tc = min(t, zone_h.shape[0] - 1), min(t, zone_c.shape[0] - 1)
    for j in range(n_rows):
        for b in range(n):
            forget, old = _wide(gates[t, 1, j, b], shift), c[t, j, b] * columns[1, t, b]
            work[0, j, b] = forget * old + _wide(gates[t, 0, j, b], shift) * _wide(gates[t, 2, j, b], shift)
    for b in range(n):
        s[2, b], s[3, b] = _0, _1
    if has_norm:
        _measure(work[0], s[2:4])
    for j in range(n_rows):
        gain, offset = vectors[15, j], vectors[16, j]
        jh, jr = min(j, zone_h.shape[1] - 1), min(j, drops[0].shape[0] - 1)
        for b in range(n):
            through = columns[1, t + 1, b] * drops[0][jr, b] * _wide(product[j, b], shift)
            s[0, b] = d_h[j, b] + d_y[j, b] + through
        for b in range(n):
            new = columns[0, t, b] * (_1 - zone_h[th, jh, b])
            d_h[j, b] = (_1 - new) * columns[1, t, b] * s[0, b]
        for b in range(n):
            s[0, b] *= columns[0, t, b] * (_1 - zone_h[th, jh, b])
            s[1, b] = _tanh((work[0, j, b] - s[2, b]) * s[3, b] * gain + offset)
        for b in range(n):
            o = _wide(gates[t, 3, j, b], shift)
            s[4, b] = s[0, b] * s[1, b] * o * (_1 - o)
        for b in range(n):
            work[1, j, b] = s[0, b] * _wide(gates[t, 3, j, b], shift) * (_1 - s[1, b] * s[1, b])
        for b in range(n):
            d_gates[t, 3, j, b] = _narrow(s[4, b], shift, mask)
    if has_norm:
        _norm_backward(work, vectors, s, d_norm)
    for j in range(n_rows):
        p_i, p_f, p_o, jc = vectors[12, j], vectors[13, j], vectors[14, j], min(j, zone_c.shape[1] - 1)
        for b in range(n):
            new = columns[0, t, b] * (_1 - zone_c[tc, jc, b])
            s[0, b] = work[1, j, b] + new * d_c[j, b] + p_o * _wide(d_gates[t, 3, j, b], shift)
            s[1, b] = (_1 - new) * d_c[j, b]
        for b in range(n):
            i, g = _wide(gates[t, 0, j, b], shift), _wide(gates[t, 2, j, b], shift)
            s[4, b] = s[0, b] * g * i * (_1 - i)
            s[5, b] = s[0, b] * i * (_1 - g * g)
        for b in range(n):
            d_gates[t, 0, j, b] = _narrow(s[4, b], shift, mask)
        for b in range(n):
            d_gates[t, 2, j, b] = _narrow(s[5, b], shift, mask)
        for b in range(n):
            f = _wide(gates[t, 1, j, b], shift)
            s[5, b] = s[0, b] * c[t, j, b] * columns[1, t, b] * f * (_1 - f)
        for b in range(n):
            f = _wide(gates[t, 1, j, b], shift)
            d_c[j, b] = columns[1, t, b] * (s[1, b] + s[0, b] * f + p_i * s[4, b] + p_f * s[5, b])
        for b in range(n):
            d_gates[t, 1, j, b] = _narrow(s[5, b], shift, mask)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _norm_backward(work: Floats, vectors: Floats, s: Floats, d_norm: Floats) -> None:
    """Take the gradient in ``work[1]`` back through the norm of ``work[0]``, whose mean and scale are ``s[2:4]``."""
    n = np.float32(work.shape[1])
    for b in range(work.shape[2]):
        s[4, b] = s[5, b] = _0
    for j in range(work.shape[1]):
        gain = vectors[15, j]
        for b in range(work.shape[2]):
            d_norm[1, j, b] += work[1, j, b]
        for b in range(work.shape[2]):
            d_norm[0, j, b] += work[1, j, b] * (work[0, j, b] - s[2, b]) * s[3, b]
        for b in range(work.shape[2]):
            work[1, j, b] *= gain
        for b in range(work.shape[2]):
            s[4, b] += work[1, j, b]
        for b in range(work.shape[2]):
            s[5, b] += work[1, j, b] * (work[0, j, b] - s[2, b]) * s[3, b]
    for j in range(work.shape[1]):
        for b in range(work.shape[2]):
            unit = (work[0, j, b] - s[2, b]) * s[3, b]
            work[1, j, b] = s[3, b] * (work[1, j, b] - s[4, b] / n - unit * s[5, b] / n)
