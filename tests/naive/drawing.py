"""Cells written out one number at a time, for the explanations of `malgil.drawing.formulas`."""

from __future__ import annotations

import math

import numpy as np

from malgil.drawing import CellWeights, Walk

GATES = {"rnn_tanh": 1, "rnn_relu": 1, "rnn_sigmoid": 1, "lstm": 4, "gru": 3, "mingru": 2, "minlstm": 3}
LETTERS = {"lstm": "ifgoc", "gru": "rzn", "mingru": "zn", "minlstm": "fin"}


def sigmoid(a: float) -> float:
    return 0.5 * (1.0 + math.tanh(a / 2.0))


def dot(row: np.ndarray, vector: np.ndarray) -> float:
    return sum(float(a) * float(b) for a, b in zip(row, vector, strict=True))


def walk(kind: str, x: np.ndarray, weights: CellWeights, h: np.ndarray, c: np.ndarray, reverse: bool) -> Walk:
    """Read x of shape (T, E) from the states h and c; keeps what each gate said."""
    n_steps, n_units = len(x), len(h)
    seen = {letter: np.zeros((n_steps, n_units)) for letter in LETTERS.get(kind, "")}
    states = np.zeros((n_steps, n_units))
    start, c_start = h, c
    for t in reversed(range(n_steps)) if reverse else range(n_steps):
        rows = [unit(kind, k, x[t], h, c, weights) for k in range(n_units)]
        h = np.array([row["h"] for row in rows])
        c = np.array([row.get("c", 0.0) for row in rows])
        states[t] = h
        for letter, values in seen.items():
            values[t] = [row[letter] for row in rows]
    return Walk(kind, states, 0, reverse, start, seen, x, c_start if kind == "lstm" else None, weights)


def unit(kind: str, k: int, x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: CellWeights) -> dict[str, float]:
    """One unit after one step."""
    n_units = len(h)

    def drive(gate: int, sees_state: bool = True) -> float:
        row = gate * n_units + k
        state = dot(weights.w_h[row], h) if sees_state else 0.0
        return dot(weights.w_x[row], x) + state + float(weights.b[row])

    if kind.startswith("rnn"):
        function = {"rnn_tanh": math.tanh, "rnn_relu": lambda a: max(0.0, a), "rnn_sigmoid": sigmoid}[kind]
        return {"h": function(drive(0))}
    if kind == "lstm":
        peepholes = np.zeros((3, n_units)) if weights.peepholes is None else weights.peepholes
        i = sigmoid(drive(0) + peepholes[0][k] * c[k])
        f = sigmoid(drive(1) + peepholes[1][k] * c[k])
        g = math.tanh(drive(2))
        cell = f * c[k] + i * g
        o = sigmoid(drive(3) + peepholes[2][k] * cell)
        return {"i": i, "f": f, "g": g, "o": o, "c": cell, "h": o * math.tanh(cell)}
    if kind == "gru":
        r, z = sigmoid(drive(0)), sigmoid(drive(1))
        row = 2 * n_units + k
        heard = dot(weights.w_h[row], h) + (0.0 if weights.b_n is None else float(weights.b_n[k]))
        n = math.tanh(dot(weights.w_x[row], x) + float(weights.b[row]) + r * heard)
        return {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * h[k]}
    if kind == "mingru":
        z, n = sigmoid(drive(0, False)), drive(1, False)
        return {"z": z, "n": n, "h": (1 - z) * h[k] + z * n}
    f, i, n = sigmoid(drive(0, False)), sigmoid(drive(1, False)), drive(2, False)
    return {"f": f, "i": i, "n": n, "h": (f * h[k] + i * n) / (f + i)}
