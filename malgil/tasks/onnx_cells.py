"""Recurrent layers as ONNX operators.

Plain RNN, LSTM and GRU are standard operators that take the lengths of the rows. Whatever these do not have (layer
norm, zoneout, the cells that train by a scan) is a ``Scan`` over time whose body is the step of the cell.

Throughout: x (B, T, E), states (B, H), gates in the order of torch: LSTM i f g o, GRU r z n. The formulas stand in the
files of the cells in `malgil.nn`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.tasks.onnx_graph import Graph, Slot

if TYPE_CHECKING:
    from torch import Tensor

    from malgil.nn.sweep import Weights

Floats = NDArray[np.float32]

_STANDARD = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN", "rnn_relu": "RNN", "rnn_sigmoid": "RNN"}
_ACTIVATIONS = {"rnn_tanh": "Tanh", "rnn_relu": "Relu", "rnn_sigmoid": "Sigmoid"}
_ORDERS = {"LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2], "RNN": [0]}  # gates in ONNX's order, by their place in torch's
_EPSILON = 1e-5  # of layer norm


class Rows(NamedTuple):
    """How long the rows of a batch are, as values of a graph.

    Parameters
    ----------
    lengths : str
        int32 (B,).
    keep : str
        bool (B, T, 1): true for real tokens.
    """

    lengths: str
    keep: str


def recurrent(
    graph: Graph,
    kind: str,
    x: str,
    rows: Rows,
    weights: Weights,
    *,
    reverse: bool = False,
    zone: tuple[float, ...] = (),
) -> tuple[str, str]:
    """Add one layer in one direction, from a zero state.

    Parameters
    ----------
    graph : Graph
        Where to.
    kind : str
        As in `malgil.nn.sweep`.
    x : str
        float (B, T, E).
    rows : Rows
        Lengths; padding stands on the right.
    weights : malgil.nn.sweep.Weights
        Of the layer.
    reverse : bool
        Walk from the end.
    zone : tuple of float
        Share of the old value that each state keeps (zoneout in evaluation).

    Returns
    -------
    y : str
        float (B, T, H), 0 on padding.
    last : str
        float (B, H), the state after the last real token of the walk.
    """
    if kind in ("mingru", "minlstm"):
        return _minimal(graph, kind, x, rows, weights, reverse=reverse, zone=zone)
    if weights.norm is None and not any(zone):
        return _standard(graph, kind, x, rows, weights, reverse=reverse)
    return _stepped(graph, kind, x, rows, weights, reverse=reverse, zone=zone)


def _standard(graph: Graph, kind: str, x: str, rows: Rows, weights: Weights, *, reverse: bool) -> tuple[str, str]:
    operator, hidden = _STANDARD[kind], int(weights.w_h.shape[1])
    order = _ORDERS[operator]
    w_x, w_h, b_x = (_gates(as_floats(value), order, hidden) for value in (weights.w_x, weights.w_h, weights.b))
    b_h = np.zeros_like(b_x)
    if weights.b_n is not None:
        b_h[-hidden:] = as_floats(weights.b_n)
    inputs: list[str | float | NDArray[Any]] = [
        graph("Transpose", x, perm=[1, 0, 2]),
        w_x[None],
        w_h[None],
        np.concatenate([b_x, b_h])[None],
        rows.lengths,
    ]
    attributes: dict[str, object] = {"hidden_size": hidden, "direction": "reverse" if reverse else "forward"}
    if operator == "RNN":
        attributes["activations"] = [_ACTIVATIONS[kind]]
    elif operator == "GRU":
        attributes["linear_before_reset"] = 1
    elif weights.peepholes is not None:
        inputs += ["", "", as_floats(weights.peepholes)[[0, 2, 1]].reshape(1, -1)]
    y, last = graph.several(operator, 2, *inputs, **attributes)
    y = graph("Transpose", graph("Squeeze", y, np.array([1])), perm=[1, 0, 2])
    return y, graph("Squeeze", last, np.array([0]))


def _gates(array: Floats, order: list[int], hidden: int) -> Floats:
    return np.concatenate([array[at * hidden : (at + 1) * hidden] for at in order])


def _stepped(
    graph: Graph, kind: str, x: str, rows: Rows, weights: Weights, *, reverse: bool, zone: tuple[float, ...]
) -> tuple[str, str]:
    """Walk the layer with a ``Scan`` whose body is the cell's step."""
    hidden, n_gates = int(weights.w_h.shape[1]), len(weights.w_x) // int(weights.w_h.shape[1])
    gates = _input_gates(graph, x, weights, n_gates, hidden)

    def step(body: Graph, states: list[str], inputs: list[str]) -> list[str]:
        product = body("MatMul", states[0], as_floats(weights.w_h).T)
        if weights.norm is not None:
            product = body("Mul", _normed(body, product, n_gates, hidden, 2), as_floats(weights.norm.gain_h))
        new = _STEPS[kind.partition("_")[0]](body, kind, inputs[0], product, states, weights)
        return [_kept(body, was, now, share) for was, now, share in zip(states, new, zone or (0.0,) * 2, strict=False)]

    return _walk(graph, step, [gates], rows, 2 if kind == "lstm" else 1, hidden, reverse)


def _kept(graph: Graph, old: str, new: str, share: float) -> str:
    return graph("Add", graph("Mul", old, share), graph("Mul", new, 1 - share)) if share else new


def _step_rnn(graph: Graph, kind: str, gates: str, product: str, states: list[str], weights: Weights) -> list[str]:
    return [graph(_ACTIVATIONS[kind], graph("Add", gates, product))]


def _step_gru(graph: Graph, kind: str, gates: str, product: str, states: list[str], weights: Weights) -> list[str]:
    (r_x, z_x, n_x), (r_h, z_h, n_h) = (
        graph.several("Split", 3, value, axis=-1, num_outputs=3) for value in (gates, product)
    )
    r, z = (graph("Sigmoid", graph("Add", *pair)) for pair in ((r_x, r_h), (z_x, z_h)))
    if weights.b_n is not None:
        n_h = graph("Add", n_h, as_floats(weights.b_n))
    n = graph("Tanh", graph("Add", n_x, graph("Mul", r, n_h)))
    return [graph("Add", n, graph("Mul", z, graph("Sub", states[0], n)))]


def _step_lstm(graph: Graph, kind: str, gates: str, product: str, states: list[str], weights: Weights) -> list[str]:
    i, f, g, o = graph.several("Split", 4, graph("Add", gates, product), axis=-1, num_outputs=4)
    peepholes = None if weights.peepholes is None else as_floats(weights.peepholes)
    if peepholes is not None:
        i, f = (graph("Add", gate, graph("Mul", states[1], peepholes[at])) for at, gate in enumerate((i, f)))
    kept, added = graph("Mul", graph("Sigmoid", f), states[1]), graph("Mul", graph("Sigmoid", i), graph("Tanh", g))
    c = graph("Add", kept, added)
    if peepholes is not None:
        o = graph("Add", o, graph("Mul", c, peepholes[2]))
    shown = c
    if weights.norm is not None and weights.norm.gain_c is not None and weights.norm.bias_c is not None:
        gain, bias = as_floats(weights.norm.gain_c), as_floats(weights.norm.bias_c)
        shown = graph("LayerNormalization", c, gain, bias, axis=-1, epsilon=_EPSILON)
    return [graph("Mul", graph("Sigmoid", o), graph("Tanh", shown)), c]


_STEPS: dict[str, Callable[[Graph, str, str, str, list[str], Weights], list[str]]] = {
    "rnn": _step_rnn,
    "gru": _step_gru,
    "lstm": _step_lstm,
}


def _input_gates(graph: Graph, x: str, weights: Weights, n_gates: int, hidden: int) -> str:
    gates = graph("MatMul", x, as_floats(weights.w_x).T)
    if weights.norm is not None:
        gates = graph("Mul", _normed(graph, gates, n_gates, hidden, 3), as_floats(weights.norm.gain_x))
    return graph("Add", gates, as_floats(weights.b))


def _normed(graph: Graph, gates: str, n_gates: int, hidden: int, n_axes: int) -> str:
    """Layer norm over each gate's H numbers, without gain."""
    split = graph("Reshape", gates, np.array([0] * (n_axes - 1) + [n_gates, hidden]))
    normed = graph("LayerNormalization", split, np.ones(hidden, np.float32), axis=-1, epsilon=_EPSILON)
    return graph("Reshape", normed, np.array([0] * (n_axes - 1) + [n_gates * hidden]))


def _walk(
    graph: Graph,
    step: Callable[[Graph, list[str], list[str]], list[str]],
    inputs: list[str],
    rows: Rows,
    n_states: int,
    hidden: int,
    reverse: bool,
) -> tuple[str, str]:
    """Scan over time: the first state is what comes out; padding leaves all states as they are.

    Body: states (B, H), then one slice of each input, then ``keep`` (B, 1).
    """
    body = Graph(graph)
    states, slices = ([body.fresh(stem) for _ in range(n)] for stem, n in (("state", n_states), ("slice", len(inputs))))
    keep = body.fresh("keep")
    new = [body("Where", keep, now, was) for now, was in zip(step(body, states, slices), states, strict=True)]
    shown = body("Where", keep, new[0], 0.0)
    named = [body.named(value, body.fresh("out")) for value in (*new, shown)]
    going_in = [Slot(name, "float32", ["B", hidden]) for name in states]
    going_in += [*(Slot(name, "float32", ["B", None]) for name in slices), Slot(keep, "bool", ["B", 1])]  # type: ignore[list-item]  # a length that is left open
    closed = body.body("step", going_in, [Slot(name, "float32", ["B", hidden]) for name in named])
    n_inputs, way = len(inputs) + 1, int(reverse)
    start = graph("Expand", 0.0, graph("Concat", graph("Shape", rows.lengths), np.array([hidden]), axis=0))
    outputs = graph.several(
        "Scan",
        n_states + 1,
        *[start] * n_states,
        *inputs,
        rows.keep,
        body=closed,
        num_scan_inputs=n_inputs,
        scan_input_axes=[1] * n_inputs,
        scan_input_directions=[way] * n_inputs,
        scan_output_axes=[1],
        scan_output_directions=[way],
    )
    return outputs[-1], outputs[0]


def _minimal(
    graph: Graph, kind: str, x: str, rows: Rows, weights: Weights, *, reverse: bool, zone: tuple[float, ...]
) -> tuple[str, str]:
    """Walk h = a * h + b; a and b of all steps at once, for they do not see h."""
    hidden = int(weights.w_h.shape[1])
    n_gates = len(weights.w_x) // hidden
    gates = _input_gates(graph, x, weights, n_gates, hidden)
    first, *middle, n = graph.several("Split", n_gates, gates, axis=-1, num_outputs=n_gates)
    if kind == "mingru":
        z = graph("Sigmoid", first)
        a, b = graph("Sub", 1.0, z), graph("Mul", z, n)
    else:
        f, i = graph("Sigmoid", first), graph("Sigmoid", middle[0])
        both = graph("Add", f, i)
        a, b = graph("Div", f, both), graph("Mul", graph("Div", i, both), n)

    def step(body: Graph, states: list[str], inputs: list[str]) -> list[str]:
        new = body("Add", body("Mul", inputs[0], states[0]), inputs[1])
        return [_kept(body, states[0], new, zone[0] if zone else 0.0)]

    return _walk(graph, step, [a, b], rows, 1, hidden, reverse)


def as_floats(tensor: Tensor) -> Floats:
    """Give a tensor as a constant of a graph.

    Parameters
    ----------
    tensor : Tensor
        Any floating type.

    Returns
    -------
    ndarray of float32, same shape
        Its numbers.
    """
    return np.asarray(tensor.detach().float().cpu().numpy())
