"""Recurrent cells one row, one step, one gate at a time, in float64: the formulas of the papers and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Given(NamedTuple):
    """Everything that a sweep is given, as arrays; a missing option is None. See `malgil.nn.sweep`."""

    x: Floats
    state: tuple[Floats, ...]
    weights: Mapping[str, Floats | None]
    keep: Bools | None = None
    reset: Bools | None = None
    reverse: bool = False
    recurrent: Floats | None = None
    zone: tuple[Floats | float | None, ...] = ()


def sigmoid(a: Floats) -> Floats:
    return 1 / (1 + np.exp(-a))


def layer_norm(a: Floats) -> Floats:
    """Ba et al. 2016: mean 0, variance 1 over the numbers of one vector."""
    return (a - a.mean()) / np.sqrt(((a - a.mean()) ** 2).mean() + 1e-5)


class Gates:
    """The products of one row at one step, by the place of the gate."""

    def __init__(self, weights: Mapping[str, Any], x: Floats, h: Floats, mask: Floats | None) -> None:
        self.weights, self.x, self.size = weights, x, len(h)
        self.masked = h if mask is None else h * mask
        self.mask = np.ones(len(h)) if mask is None else mask

    def _block(self, name: str, gate: int) -> Any:
        value = self.weights[name]
        return None if value is None else value[gate * self.size : (gate + 1) * self.size]

    def of_input(self, gate: int) -> Floats:
        product, gain = self._block("w_x", gate) @ self.x, self._block("gain_x", gate)
        return (product if gain is None else layer_norm(product) * gain) + self._block("b", gate)

    def of_state(self, gate: int) -> Floats:
        product, gain = self._block("w_h", gate) @ self.masked, self._block("gain_h", gate)
        return product if gain is None else layer_norm(product) * gain

    def total(self, gate: int) -> Floats:
        return self.of_input(gate) + self.of_state(gate)


def step_rnn(gates: Gates, f: Callable[[Floats], Floats]) -> tuple[Floats, ...]:
    """Elman 1990: h_t = f(W_x x_t + W_h h_{t-1} + b)."""
    return (f(gates.total(0)),)


def step_lstm(gates: Gates, c: Floats) -> tuple[Floats, ...]:
    """Hochreiter & Schmidhuber 1997, forget gate of Gers 2000, peepholes of Gers 2002; gates i, f, g, o."""
    peepholes = gates.weights["peepholes"]
    p_i, p_f, p_o = np.zeros((3, len(c))) if peepholes is None else peepholes
    i = sigmoid(gates.total(0) + p_i * c)
    f = sigmoid(gates.total(1) + p_f * c)
    g = np.tanh(gates.total(2))
    new = f * c + i * g
    o = sigmoid(gates.total(3) + p_o * new)
    gain = gates.weights["gain_c"]
    shown = new if gain is None else layer_norm(new) * gain + gates.weights["bias_c"]
    return o * np.tanh(shown), new


def step_gru(gates: Gates, h: Floats) -> tuple[Floats, ...]:
    """Cho et al. 2014, reset after the product; gates r, z, n."""
    r, z = sigmoid(gates.total(0)), sigmoid(gates.total(1))
    n = np.tanh(gates.of_input(2) + r * (gates.of_state(2) + gates.weights["b_n"]))
    return ((1 - z) * n + z * h,)


def step_mingru(gates: Gates, h: Floats) -> tuple[Floats, ...]:
    """Feng et al. 2024, section 3.1; gates z and the candidate."""
    z = sigmoid(gates.of_input(0))
    return ((1 - z) * h + z * (gates.of_input(1) * gates.mask),)


def step_minlstm(gates: Gates, h: Floats) -> tuple[Floats, ...]:
    """Feng et al. 2024, section 3.2; gates f, i and the candidate."""
    f, i = sigmoid(gates.of_input(0)), sigmoid(gates.of_input(1))
    return (f / (f + i) * h + i / (f + i) * (gates.of_input(2) * gates.mask),)


def step(kind: str, gates: Gates, old: tuple[Floats, ...]) -> tuple[Floats, ...]:
    if kind.startswith("rnn"):
        return step_rnn(
            gates, {"rnn_tanh": np.tanh, "rnn_relu": lambda a: np.maximum(a, 0), "rnn_sigmoid": sigmoid}[kind]
        )
    if kind == "lstm":
        return step_lstm(gates, old[1])
    return {"gru": step_gru, "mingru": step_mingru, "minlstm": step_minlstm}[kind](gates, old[0])


def sweep(kind: str, given: Given) -> tuple[Floats, tuple[Floats, ...]]:
    """Walk each row on its own; returns outputs (B, T, H) and the last states."""
    n_rows, n_steps, _ = given.x.shape
    y = np.zeros((n_rows, n_steps, given.state[0].shape[1]))
    last = tuple(np.array(part, dtype=np.float64) for part in given.state)
    for row in range(n_rows):
        for t in range(n_steps - 1, -1, -1) if given.reverse else range(n_steps):
            old = tuple(part[row].copy() for part in last)
            if given.reset is not None and given.reset[row, t]:
                old = tuple(np.zeros_like(part) for part in old)
            new = old
            if given.keep is None or given.keep[row, t]:
                mask = None if given.recurrent is None else given.recurrent[row]
                new = step(kind, Gates(given.weights, given.x[row, t], old[0], mask), old)
                new = tuple(_zoned(given, at, row, t, *pair) for at, pair in enumerate(zip(old, new, strict=True)))
                y[row, t] = new[0]
            for part, value in zip(last, new, strict=True):
                part[row] = value
    return y, last


def _zoned(given: Given, at: int, row: int, t: int, old: Floats, new: Floats) -> Floats:
    """Krueger et al. 2017: each number stays as it was, or old and new are mixed."""
    zone = given.zone[at] if given.zone else None
    if zone is None:
        return new
    share = zone if isinstance(zone, float) else zone[row, t]
    return share * old + (1 - share) * new


def backward_rnn(x: Floats, h_0: Floats, w_x: Floats, w_h: Floats, b: Floats, d_y: Floats) -> dict[str, Floats]:
    """Backpropagation through time for one row of a tanh network, as textbooks derive it.

    With a_t = W_x x_t + W_h h_{t-1} + b, h_t = tanh(a_t) and delta_t = dL/da_t:

        delta_t = (1 - h_t ** 2) * (dL/dy_t + W_h^T delta_{t+1})
        dL/dW_x = sum_t delta_t x_t^T,   dL/dW_h = sum_t delta_t h_{t-1}^T,   dL/db = sum_t delta_t
        dL/dx_t = W_x^T delta_t,         dL/dh_0 = W_h^T delta_1
    """
    h = [h_0]
    for x_t in x:
        h.append(np.tanh(w_x @ x_t + w_h @ h[-1] + b))
    later = np.zeros_like(h_0)
    found = {"w_x": np.zeros_like(w_x), "w_h": np.zeros_like(w_h), "b": np.zeros_like(b), "x": np.zeros_like(x)}
    for t in range(len(x) - 1, -1, -1):
        delta = (1 - h[t + 1] ** 2) * (d_y[t] + later)
        found["w_x"] += np.outer(delta, x[t])
        found["w_h"] += np.outer(delta, h[t])
        found["b"] += delta
        found["x"][t] = w_x.T @ delta
        later = w_h.T @ delta
    return found | {"h_0": later}
