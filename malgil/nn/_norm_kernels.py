"""Kernels around the steps of a cell: layer norm of products, forward and backward, and turning states into outputs.

The batch is the last axis. Narrow numbers are the bits of a float32, or its upper half (bfloat16) where `is_half`. The
flags of fast arithmetic let sums be split into lanes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

FASTMATH = {"nsz", "arcp", "contract", "afn", "reassoc"}
_0, _1 = np.float32(0), np.float32(1)
_EPSILON = np.float32(1e-5)
_HALF_BITS, _NONE, _ALL = np.uint32(16), np.uint32(0), np.uint32(0xFFFFFFFF)
_ODD, _BELOW_HALF = np.uint32(1), np.uint32(0x7FFF)
_TILE = 16

Floats = NDArray[np.float32]


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
def normalise(is_half: bool, x: Any, scales: Floats) -> None:
    """Take the mean from every column of every gate, and divide by its standard deviation, in place.

    Parameters
    ----------
    is_half : bool
        Whether narrow numbers are bfloat16.
    x : ndarray of narrow, shape (G, H, N)
        Products before, units after; mean 0 and variance 1 over H.
    scales : ndarray of float32, shape (G, N)
        Written: one over the standard deviation, with 1e-5 added to the variance.
    """
    shift, mask = _shifts(is_half)
    n_rows, n = x.shape[1], x.shape[2]
    mean = np.empty(n, np.float32)
    for k in range(x.shape[0]):
        for b in range(n):
            mean[b] = scales[k, b] = _0
        for j in range(n_rows):
            for b in range(n):
                mean[b] += _wide(x[k, j, b], shift)
        for b in range(n):
            mean[b] /= np.float32(n_rows)
        for j in range(n_rows):
            for b in range(n):
                off = _wide(x[k, j, b], shift) - mean[b]
                scales[k, b] += off * off
        for b in range(n):
            scales[k, b] = _1 / np.sqrt(scales[k, b] / np.float32(n_rows) + _EPSILON)
        for j in range(n_rows):
            for b in range(n):
                x[k, j, b] = _narrow((_wide(x[k, j, b], shift) - mean[b]) * scales[k, b], shift, mask)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def normalise_backward(
    is_half: bool, units: Any, scales: Floats, gains: Floats, d: Any, out: Any, d_vectors: Floats
) -> None:
    """Gradient of the products whose norm was taken.

    Parameters
    ----------
    is_half : bool
        Whether narrow numbers are bfloat16.
    units : ndarray of narrow, shape (G, H, N)
        What `normalise` left.
    scales : ndarray of float32, shape (G, N)
        What `normalise` wrote.
    gains : ndarray of float32, shape (G, H)
        Factor of each row.
    d : ndarray of narrow, shape (G, H, N)
        Gradient of gain times unit.
    out : ndarray of narrow, shape (G, H, N)
        Written; may be `units`.
    d_vectors : ndarray of float32, shape (2, G, H)
        Gradients of the gains and of a bias that is added to gain times unit are added to it.

    Notes
    -----
    With u the units, g = gain * d and means over H: dx = scale * (g - mean(g) - u * mean(g * u)).
    """
    shift, mask = _shifts(is_half)
    n_rows, n = units.shape[1], units.shape[2]
    share = _1 / np.float32(n_rows)
    sums = np.empty((3, n), np.float32)
    for k in range(units.shape[0]):
        for b in range(n):
            sums[0, b] = sums[1, b] = _0
        for j in range(n_rows):
            gain, total, on_bias = gains[k, j], _0, _0
            for b in range(n):
                total += _wide(d[k, j, b], shift) * _wide(units[k, j, b], shift)
                on_bias += _wide(d[k, j, b], shift)
            d_vectors[0, k, j] += total
            d_vectors[1, k, j] += on_bias
            for b in range(n):
                sums[0, b] += gain * _wide(d[k, j, b], shift)
            for b in range(n):
                sums[1, b] += gain * _wide(d[k, j, b], shift) * _wide(units[k, j, b], shift)
        for j in range(n_rows):
            gain = gains[k, j]
            for b in range(n):
                g = gain * _wide(d[k, j, b], shift) - share * sums[0, b]
                sums[2, b] = (g - _wide(units[k, j, b], shift) * share * sums[1, b]) * scales[k, b]
            for b in range(n):
                out[k, j, b] = _narrow(sums[2, b], shift, mask)


@njit(nogil=True, cache=True)
def turn(t: int, h: Floats, columns: Floats, y: Floats) -> None:
    """Write the states of one step as outputs, the batch first.

    Parameters
    ----------
    t : int
        Step.
    h : ndarray of float32, shape (H, padded B)
        States.
    columns : ndarray of float32, shape (2, T + 1, padded B)
        First row: 1 where the token is real; the output of others is 0.
    y : ndarray of float32, shape (B, H)
        Written.
    """
    n_rows, n = h.shape[0], y.shape[0]
    for j0 in range(0, n_rows, _TILE):
        for b in range(n):
            keep = columns[0, t, b]
            for j in range(j0, min(j0 + _TILE, n_rows)):
                y[b, j] = h[j, b] * keep
