"""Kernels of the GRU and of the plain cells: one step of a whole batch, forward and backward.

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
def gru_forward(
    t: int,
    is_half: bool,
    projected: Any,
    product: Any,
    vectors: Floats,
    columns: Floats,
    drops: Any,
    h: Floats,
    gates: Any,
    masked: Any,
) -> None:
    """One step of a GRU; buffers over time are indexed modulo their length.

    Parameters
    ----------
    t : int
        Step.
    is_half : bool
        Whether narrow numbers are bfloat16.
    projected : ndarray of narrow, shape (T, 3 or 4, H, B)
        W_x x of all steps, normalised if asked for; gates n r z.
    product : ndarray of narrow, shape (3, H, B)
        W_h times the masked state; gates r z n.
    vectors : ndarray of float32, shape (10, H)
        Rows: gains of x (n r z), gains of h (r z n), biases (n r z), the bias inside the reset product.
    columns : ndarray of float32, shape (2, T + 1, B)
        1 where the token is real; 1 where the state goes on (0: a segment begins).
    drops : tuple of ndarray of float32
        Recurrent mask, (H or 1, B); chances or mask of zoneout, (T or 1, H or 1, B).
    h : ndarray of float32, shape (T + 1 or 2, H, B)
        Read at t, written at t + 1.
    gates : ndarray of narrow, shape (T or 1, 4, H, B)
        Written: r, z, n and what r multiplies; may be `projected`.
    masked : ndarray of narrow, shape (T + 1 or 2, H, B)
        Written at t + 1: what the next step multiplies by W_h.
    """
    shift, mask = _shifts(is_half)
    n_rows, n = product.shape[1], product.shape[2]
    s = np.empty((4, n), np.float32)
    zone = drops[1]
    t0, t1, tg, tm = t % h.shape[0], (t + 1) % h.shape[0], t % gates.shape[0], (t + 1) % masked.shape[0]
    tz = min(t, zone.shape[0] - 1)
    for j in range(n_rows):
        for k in range(2):
            gx, gh, bias = vectors[1 + k, j], vectors[3 + k, j], vectors[7 + k, j]
            for b in range(n):
                x = _wide(projected[t, 1 + k, j, b], shift) * gx + _wide(product[k, j, b], shift) * gh
                s[k, b] = sigmoid(x + bias)
        gx, gh, bias, inner = vectors[0, j], vectors[5, j], vectors[6, j], vectors[9, j]
        for b in range(n):
            s[3, b] = _wide(product[2, j, b], shift) * gh + inner
        for b in range(n):
            s[2, b] = _tanh(_wide(projected[t, 0, j, b], shift) * gx + bias + s[0, b] * s[3, b])
        for k in range(4):
            for b in range(n):
                gates[tg, k, j, b] = _narrow(s[k, b], shift, mask)
        jz, jr = min(j, zone.shape[1] - 1), min(j, drops[0].shape[0] - 1)
        for b in range(n):
            s[3, b] = columns[1, t, b] * h[t0, j, b]
        for b in range(n):
            new = columns[0, t, b] * (_1 - zone[tz, jz, b])
            h[t1, j, b] = new * (s[2, b] + s[1, b] * (s[3, b] - s[2, b])) + (_1 - new) * s[3, b]
        for b in range(n):
            masked[tm, j, b] = _narrow(h[t1, j, b] * columns[1, t + 1, b] * drops[0][jr, b], shift, mask)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def gru_backward(
    t: int,
    is_half: bool,
    product: Any,
    columns: Floats,
    drops: Any,
    h: Floats,
    gates: Any,
    d_y: Floats,
    d_h: Floats,
    d_gates: Any,
) -> None:
    """Gradients of one step of a GRU; see `gru_forward` for what the arrays hold.

    Parameters
    ----------
    t : int
        Step, from the last to the first.
    is_half : bool
        Whether narrow numbers are bfloat16.
    product : ndarray of narrow, shape (H, B)
        W_h transposed times the gradients of the gates of step t + 1; zero at the last step.
    columns : ndarray of float32, shape (2, T + 1, B)
        As in the forward step.
    drops : tuple of ndarray of float32
        As in the forward step.
    h : ndarray of float32, shape (T + 1, H, B)
        States.
    gates : ndarray of narrow, shape (T, 4, H, B)
        As the forward step wrote them.
    d_y : ndarray of float32, shape (H, B)
        Gradient of the output of this step, zero where the token is padding.
    d_h : ndarray of float32, shape (H, B)
        Gradient of the state behind this step, but for `product`; replaced by that before it.
    d_gates : ndarray of narrow, shape (T, 4, H, B)
        Written at t: gradients of n, r, z before their functions, and of what r multiplies. So the first three are
        those of W_x x, and the last three those of W_h h. May be `gates`.
    """
    shift, mask = _shifts(is_half)
    n_rows, n = product.shape
    s = np.empty((4, n), np.float32)
    zone = drops[1]
    tz = min(t, zone.shape[0] - 1)
    for j in range(n_rows):
        jz, jr = min(j, zone.shape[1] - 1), min(j, drops[0].shape[0] - 1)
        for b in range(n):
            through = columns[1, t + 1, b] * drops[0][jr, b] * _wide(product[j, b], shift)
            s[0, b] = d_h[j, b] + d_y[j, b] + through
        for b in range(n):
            s[1, b] = s[0, b] * columns[0, t, b] * (_1 - zone[tz, jz, b])
        for b in range(n):
            z = _wide(gates[t, 1, j, b], shift)
            d_h[j, b] = columns[1, t, b] * (s[0, b] - s[1, b] + s[1, b] * z)
        for b in range(n):
            z, new = _wide(gates[t, 1, j, b], shift), _wide(gates[t, 2, j, b], shift)
            s[2, b] = s[1, b] * (_1 - z) * (_1 - new * new)
        for b in range(n):
            z, new = _wide(gates[t, 1, j, b], shift), _wide(gates[t, 2, j, b], shift)
            s[3, b] = s[1, b] * (columns[1, t, b] * h[t, j, b] - new) * z * (_1 - z)
        for b in range(n):
            r = _wide(gates[t, 0, j, b], shift)
            s[0, b] = s[2, b] * _wide(gates[t, 3, j, b], shift) * r * (_1 - r)
        for b in range(n):
            s[1, b] = s[2, b] * _wide(gates[t, 0, j, b], shift)
        for b in range(n):
            d_gates[t, 0, j, b] = _narrow(s[2, b], shift, mask)
        for b in range(n):
            d_gates[t, 1, j, b] = _narrow(s[0, b], shift, mask)
        for b in range(n):
            d_gates[t, 2, j, b] = _narrow(s[3, b], shift, mask)
        for b in range(n):
            d_gates[t, 3, j, b] = _narrow(s[1, b], shift, mask)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def rnn_forward(
    t: int,
    is_half: bool,
    activation: int,
    projected: Any,
    product: Any,
    vectors: Floats,
    columns: Floats,
    drops: Any,
    h: Floats,
    gates: Any,
    masked: Any,
) -> None:
    """One step of a cell without gates; buffers over time are indexed modulo their length.

    Parameters
    ----------
    t : int
        Step.
    is_half : bool
        Whether narrow numbers are bfloat16.
    activation : int
        0 tanh, 1 the larger of 0 and x, 2 sigmoid.
    projected : ndarray of narrow, shape (T, 1, H, B)
        W_x x of all steps, normalised if asked for.
    product : ndarray of narrow, shape (1, H, B)
        W_h times the masked state.
    vectors : ndarray of float32, shape (3, H)
        Rows: gain of x, gain of h, bias.
    columns : ndarray of float32, shape (2, T + 1, B)
        1 where the token is real; 1 where the state goes on (0: a segment begins).
    drops : tuple of ndarray of float32
        Recurrent mask, (H or 1, B); chances or mask of zoneout, (T or 1, H or 1, B).
    h : ndarray of float32, shape (H, B)
        State, replaced.
    gates : ndarray of narrow, shape (T or 1, 1, H, B)
        Written: the new state before zoneout and padding; may be `projected`.
    masked : ndarray of narrow, shape (T + 1 or 2, H, B)
        Written at t + 1: what the next step multiplies by W_h.
    """
    shift, mask = _shifts(is_half)
    n_rows, n = h.shape
    s = np.empty(n, np.float32)
    zone = drops[1]
    tg, tm, tz = t % gates.shape[0], (t + 1) % masked.shape[0], min(t, zone.shape[0] - 1)
    for j in range(n_rows):
        gx, gh, bias = vectors[0, j], vectors[1, j], vectors[2, j]
        for b in range(n):
            s[b] = _wide(projected[t, 0, j, b], shift) * gx + _wide(product[0, j, b], shift) * gh + bias
        if activation == 0:
            for b in range(n):
                s[b] = _tanh(s[b])
        elif activation == 1:
            for b in range(n):
                s[b] = _0 if s[b] < _0 else s[b]
        else:
            for b in range(n):
                s[b] = sigmoid(s[b])
        for b in range(n):
            gates[tg, 0, j, b] = _narrow(s[b], shift, mask)
        jz, jr = min(j, zone.shape[1] - 1), min(j, drops[0].shape[0] - 1)
        for b in range(n):
            new = columns[0, t, b] * (_1 - zone[tz, jz, b])
            h[j, b] = new * s[b] + (_1 - new) * columns[1, t, b] * h[j, b]
        for b in range(n):
            masked[tm, j, b] = _narrow(h[j, b] * columns[1, t + 1, b] * drops[0][jr, b], shift, mask)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def rnn_backward(
    t: int,
    is_half: bool,
    activation: int,
    product: Any,
    columns: Floats,
    drops: Any,
    gates: Any,
    d_y: Floats,
    d_h: Floats,
    d_gates: Any,
) -> None:
    """Gradients of one step of a cell without gates; see `rnn_forward` for what the arrays hold.

    Parameters
    ----------
    t : int
        Step, from the last to the first.
    is_half : bool
        Whether narrow numbers are bfloat16.
    activation : int
        0 tanh, 1 the larger of 0 and x, 2 sigmoid.
    product : ndarray of narrow, shape (H, B)
        W_h transposed times the gradients of step t + 1; zero at the last step.
    columns : ndarray of float32, shape (2, T + 1, B)
        As in the forward step.
    drops : tuple of ndarray of float32
        As in the forward step.
    gates : ndarray of narrow, shape (T, 1, H, B)
        As the forward step wrote them.
    d_y : ndarray of float32, shape (H, B)
        Gradient of the output of this step, zero where the token is padding.
    d_h : ndarray of float32, shape (H, B)
        Gradient of the state behind this step, but for `product`; replaced by that before it.
    d_gates : ndarray of narrow, shape (T, 1, H, B)
        Written at t: gradients before the activation; may be `gates`.
    """
    shift, mask = _shifts(is_half)
    n_rows, n = product.shape
    s = np.empty((3, n), np.float32)
    zone = drops[1]
    tz = min(t, zone.shape[0] - 1)
    for j in range(n_rows):
        jz, jr = min(j, zone.shape[1] - 1), min(j, drops[0].shape[0] - 1)
        for b in range(n):
            through = columns[1, t + 1, b] * drops[0][jr, b] * _wide(product[j, b], shift)
            s[0, b] = d_h[j, b] + d_y[j, b] + through
        for b in range(n):
            s[1, b] = s[0, b] * columns[0, t, b] * (_1 - zone[tz, jz, b])
        for b in range(n):
            d_h[j, b] = columns[1, t, b] * (s[0, b] - s[1, b])
        for b in range(n):
            s[2, b] = _wide(gates[t, 0, j, b], shift)
        if activation == 0:
            for b in range(n):
                s[1, b] *= _1 - s[2, b] * s[2, b]
        elif activation == 1:
            for b in range(n):
                s[1, b] *= _1 if s[2, b] > _0 else _0
        else:
            for b in range(n):
                s[1, b] *= s[2, b] * (_1 - s[2, b])
        for b in range(n):
            d_gates[t, 0, j, b] = _narrow(s[1, b], shift, mask)
