"""Steps of the fused cells in float64; gradients by complex steps: f'(x) = Im f(x + ie) / e, exact but for rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
_STEP = 1e-30


def wide(bits: Any) -> Floats:
    """Read narrow numbers: bits of float32, or of bfloat16, its upper half."""
    shift = 16 if bits.dtype == np.uint16 else 0
    return (bits.astype(np.uint32) << np.uint32(shift)).view(np.float32).astype(np.float64)


def narrow(x: Floats, dtype: Any) -> Any:
    """Round to narrow numbers, ties to the even one."""
    bits = x.astype(np.float32).view(np.uint32).astype(np.uint64)
    if dtype == np.uint32:
        return bits.astype(np.uint32)
    low, high = bits & 0xFFFF, bits >> 16
    is_up = (low > 0x8000) | ((low == 0x8000) & (high & 1 == 1))
    return (high + is_up).astype(np.uint16)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _logit(y: Any) -> Any:
    return np.log(y / (1 - y))


def _norm(x: Floats) -> Floats:
    """Mean 0 and variance 1 over the rows; squares without conjugates, so that complex steps go through."""
    off = x - x.mean(0)
    return off / np.sqrt((off * off).mean(0) + 1e-5)


def _blend(new: Floats, old: Floats, keep: Floats, zone: Floats) -> Floats:
    return np.where(keep > 0, (1 - zone) * new + zone * old, old)


def _at(zone: Floats, t: int) -> Floats:
    return zone[t if len(zone) > 1 else 0].astype(np.float64)


def _gradient(f: Callable[[Floats], Any], x: Floats) -> Floats:
    """Find the derivative of a scalar function by every element."""
    d = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        at = x.astype(np.complex128)
        at[place] += 1j * _STEP
        d[place] = f(at).imag / _STEP
    return d


def _lstm(a: Floats, h: Floats, c: Floats, t: int, vectors: Floats, columns: Floats, drops: Any, has_norm: bool) -> Any:
    p_i, p_f, p_o, gain, offset = (vectors[12:] * np.float64(1))[:, :, None]
    keep, goes_on = columns[0, t], columns[1, t]
    h_old, c_old = h * goes_on, c * goes_on
    i, f, g = sigmoid(a[0] + p_i * c_old), sigmoid(a[1] + p_f * c_old), np.tanh(a[2])
    new = f * c_old + i * g
    o = sigmoid(a[3] + p_o * new)
    out = o * np.tanh((_norm(new) if has_norm else new) * gain + offset)
    states = _blend(out, h_old, keep, _at(drops[1], t)), _blend(new, c_old, keep, _at(drops[2], t))
    return states, np.stack([i, f, g, o])


def _sums(projected: Any, product: Any, vectors: Floats, t: int, n: int) -> Floats:
    gx, gh, b = (vectors[k * n : (k + 1) * n, :, None].astype(np.float64) for k in range(3))
    return wide(projected[t]) * gx + wide(product) * gh + b


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
    h, c = states
    sums = _sums(projected, product, vectors, t, 4)
    (h[:], c[t + 1]), gates_now = _lstm(sums, h.astype(np.float64), c[t], t, vectors, columns, drops, has_norm)
    gates[t] = narrow(gates_now, gates.dtype)
    masked[t + 1] = narrow(h * columns[1, t + 1] * drops[0], masked.dtype)


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
    d_h, d_c = d_states
    d_out = d_h + d_y + columns[1, t + 1] * drops[0] * wide(product)
    d_cell = d_c.copy()
    i, f, g, o = wide(gates[t])
    old = c[t] * columns[1, t]
    p_i, p_f, p_o = vectors[12:15].astype(np.float64)[:, :, None]
    a = np.stack([_logit(i) - p_i * old, _logit(f) - p_f * old, np.arctanh(g), _logit(o) - p_o * (f * old + i * g)])

    def loss(a: Floats, h: Floats, c: Floats, vectors: Floats = vectors) -> Any:
        h, c = _lstm(a, h, c, t, vectors, columns, drops, has_norm)[0]
        return (h * d_out).sum() + (c * d_cell).sum()

    h0, c0 = np.zeros(d_h.shape), c[t].astype(np.float64)
    d_gates[t] = narrow(_gradient(lambda x: loss(x, h0, c0), a), d_gates.dtype)
    d_h[:] = _gradient(lambda x: loss(a, x, c0), h0)
    d_c[:] = _gradient(lambda x: loss(a, h0, x), c0)
    if has_norm:
        rest = vectors[:15].astype(np.complex128)
        ends = _gradient(lambda x: loss(a, h0, c0, np.concatenate([rest, x])), vectors[15:].astype(np.float64))
        d_norm[:, :, 0] += ends


def _gru(a: Floats, h: Floats, t: int, columns: Floats, zone: Floats) -> Any:
    """Take a step; `a` is what flows into n from x, into r, into z, and what r multiplies."""
    old = h * columns[1, t]
    r, z = sigmoid(a[1]), sigmoid(a[2])
    n = np.tanh(a[0] + r * a[3])
    return _blend((1 - z) * n + z * old, old, columns[0, t], _at(zone, t)), np.stack([r, z, n, a[3]])


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
    v, x, u = vectors.astype(np.float64)[:, :, None], wide(projected[t]), wide(product)
    a = [x[0] * v[0] + v[6], x[1] * v[1] + u[0] * v[3] + v[7], x[2] * v[2] + u[1] * v[4] + v[8], u[2] * v[5] + v[9]]
    h[t + 1], gates_now = _gru(np.stack(a), h[t].astype(np.float64), t, columns, drops[1])
    gates[t] = narrow(gates_now, gates.dtype)
    masked[t + 1] = narrow(h[t + 1] * columns[1, t + 1] * drops[0], masked.dtype)


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
    d_out = d_h + d_y + columns[1, t + 1] * drops[0] * wide(product)
    r, z, n, q = wide(gates[t])
    a = np.stack([np.arctanh(n) - r * q, _logit(r), _logit(z), q])

    def loss(a: Floats, h: Floats) -> Any:
        return (_gru(a, h, t, columns, drops[1])[0] * d_out).sum()

    h0 = h[t].astype(np.float64)
    d_gates[t] = narrow(_gradient(lambda x: loss(x, h0), a), d_gates.dtype)
    d_h[:] = _gradient(lambda x: loss(a, x), h0)


_ACTIVATIONS: list[Callable[[Floats], Floats]] = [np.tanh, lambda x: np.where(x.real > 0, x, 0), sigmoid]


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
    new = _ACTIVATIONS[activation](_sums(projected, product, vectors, t, 1)[0])
    h[:] = _blend(new, h * columns[1, t], columns[0, t], _at(drops[1], t))
    gates[t, 0] = narrow(new, gates.dtype)
    masked[t + 1] = narrow(h * columns[1, t + 1] * drops[0], masked.dtype)


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
    d_out = d_h + d_y + columns[1, t + 1] * drops[0] * wide(product)
    new = wide(gates[t, 0])
    a = [np.arctanh, lambda x: x, _logit][activation](new)

    def loss(a: Floats, h: Floats) -> Any:
        now = _blend(_ACTIVATIONS[activation](a), h * columns[1, t], columns[0, t], _at(drops[1], t))
        return (now * d_out).sum()

    h0 = np.zeros(d_h.shape)
    d_gates[t, 0] = narrow(_gradient(lambda x: loss(x, h0), a), d_gates.dtype)
    d_h[:] = _gradient(lambda x: loss(a, x), h0)


def normalise(is_half: bool, x: Any, scales: Floats) -> None:
    for k in range(len(x)):
        products = wide(x[k])
        scales[k] = 1 / np.sqrt(products.var(0) + 1e-5)
        x[k] = narrow(_norm(products), x.dtype)


def normalise_backward(
    is_half: bool, units: Any, scales: Floats, gains: Floats, d: Any, out: Any, d_vectors: Floats
) -> None:
    """Go back to the products, which up to their mean are the units over the scale."""
    for k in range(len(units)):
        u, d_now = wide(units[k]), wide(d[k])
        products = u / scales[k]
        out[k] = narrow(
            _gradient(lambda x, k=k, d=d_now: (_norm(x) * gains[k, :, None] * d).sum(), products), out.dtype
        )
        d_vectors[0, k] += (d_now * u).sum(1)
        d_vectors[1, k] += d_now.sum(1)


def turn(t: int, h: Floats, columns: Floats, y: Floats) -> None:
    y[:] = (h * columns[0, t]).T[: len(y)]


def scan_forward(a: Floats, u: Floats, first: Floats, is_reversed: bool, h: Floats) -> None:
    state = first
    for t in range(a.shape[1])[:: -1 if is_reversed else 1]:
        state = h[:, t] = a[:, t] * state + u[:, t]


def scan_backward(
    a: Floats, h: Floats, first: Floats, is_reversed: bool, d_h: Floats, d_a: Floats, d_u: Floats, d_first: Floats
) -> None:
    d = np.zeros(first.shape)
    steps = range(a.shape[1])[:: -1 if is_reversed else 1]
    for n in reversed(range(len(steps))):
        t = steps[n]
        d_u[:, t] = d + d_h[:, t]
        d_a[:, t] = d_u[:, t] * (h[:, steps[n - 1]] if n else first)
        d = d_u[:, t] * a[:, t]
    d_first[:] = d


def draw_mask(seed: Any, limit: Any, below: Any, above: Any, mask: Floats) -> None:
    """SplitMix64 with whole numbers of Python: one word for each column, one quarter of it for each row."""
    all_bits, state = 2**64 - 1, int(seed)
    for column in mask.T:
        state = (state + 0x9E3779B97F4A7C15) & all_bits
        word = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & all_bits
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & all_bits
        word ^= word >> 31
        column[:] = [below if (word >> shift) % 2**16 < int(limit) else above for shift in (0, 16, 32, 48)]
