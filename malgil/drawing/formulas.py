"""One unit of a recurrent layer at one step, opened: the formula of its cell with the numbers that went in.

Computed again in float64 from the traced input, the state before and the weights; so every sum and product of an
explanation adds up, and its value is the traced one but for the rounding of the run.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from malgil.drawing.trace import CellWeights, Walk
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.params import choose

FORMULAS: dict[str, tuple[str, ...]] = {
    "rnn_tanh": ("h_t = tanh(W_hh h_(t-1) + W_xh x_t + b_h)",),
    "rnn_relu": ("h_t = max(0, W_hh h_(t-1) + W_xh x_t + b_h)",),
    "rnn_sigmoid": ("h_t = σ(W_hh h_(t-1) + W_xh x_t + b_h)",),
    "lstm": (
        "i, f, o = σ(W x_t + U h_(t-1) + b),   g = tanh(W_g x_t + U_g h_(t-1) + b_g)",
        "c_t = f · c_(t-1) + i · g,   h_t = o · tanh(c_t)",
    ),
    "gru": (
        "r, z = σ(W x_t + U h_(t-1) + b),   n = tanh(W_n x_t + b_n + r · (U_n h_(t-1) + b_hn))",
        "h_t = (1 - z) · n + z · h_(t-1)",
    ),
    "mingru": ("z = σ(W_z x_t + b_z),   h_t = (1 - z) · h_(t-1) + z · (W_h x_t + b_h)",),
    "minlstm": (
        "f, i = σ(W x_t + b),   f' = f / (f + i),   i' = i / (f + i)",
        "h_t = f' · h_(t-1) + i' · (W_h x_t + b_h)",
    ),
    "mlp": ("h = f(W x + b)",),
    "cnn": ("h_t = max(0, W [x_(t-k) ... x_(t+k)] + b)",),
    "input": ("x",),
}
"""The cell's formula, a line or two, by kind."""

SOURCES = {
    "lstm": "Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000",
    "gru": "Cho et al. 2014; the reset gate inside the product as in cuDNN",
    "mingru": "Feng et al. 2024, section 3.1",
    "minlstm": "Feng et al. 2024, section 3.2",
}


def explain_unit(walk: Walk, t: int, unit: int) -> Explanation:
    """Open the state of one unit after one step.

    Parameters
    ----------
    walk : Walk
        With `x` and `weights`.
    t : int
        The step, from 0 in reading order.
    unit : int
        The unit, from 0.

    Returns
    -------
    Explanation
        h_t of the unit, in terms of its gates, of the input and of the state before.

    Raises
    ------
    ParameterError
        If there is no such step or unit, or the trace has no formula with numbers: the layer is not recurrent, is
        normalised, or was traced without its weights.
    """
    if not 0 <= unit < walk.n_units:
        raise ParameterError("drawing.no_unit", unit=unit, n=walk.n_units)
    if not 0 <= t < len(walk.h):
        raise ParameterError("drawing.no_step", t=t, n=len(walk.h))
    if not can_explain(walk):
        raise ParameterError("drawing.no_numbers", kind=walk.kind)
    return choose(_OPENERS, "kind", walk.kind)(_Step(walk, t, unit))


def can_explain(walk: Walk) -> bool:
    """Whether the numbers of a walk's formula are at hand.

    Parameters
    ----------
    walk : Walk
        Any.

    Returns
    -------
    bool
        False where `explain_unit` would refuse every step.
    """
    return walk.kind in _OPENERS and walk.x is not None and walk.weights is not None and walk.weights.is_plain


class _Step:
    """The numbers of one unit at one step, in float64."""

    def __init__(self, walk: Walk, t: int, unit: int) -> None:
        assert walk.x is not None and walk.weights is not None  # as `can_explain` says
        self.walk, self.unit, self.kind = walk, unit, walk.kind
        self.x = np.asarray(walk.x[t], np.float64)
        self.before = np.asarray(walk.before(t), np.float64)
        self.weights: CellWeights = walk.weights
        self.last = float(self.before[unit])
        self.cell = float(walk.before(t, "c")[unit]) if walk.kind == "lstm" else 0.0

    def row(self, gate: int) -> int:
        return gate * self.walk.n_units + self.unit

    def from_input(self, gate: int) -> Explanation:
        return Explanation("W x_t", float(np.asarray(self.weights.w_x[self.row(gate)], np.float64) @ self.x))

    def from_state(self, gate: int) -> Explanation:
        return Explanation("U h_(t-1)", float(np.asarray(self.weights.w_h[self.row(gate)], np.float64) @ self.before))

    def bias(self, gate: int) -> Explanation:
        return Explanation("b", float(self.weights.b[self.row(gate)]))

    def peephole(self, place: int, cell: float) -> tuple[Explanation, ...]:
        if self.weights.peepholes is None:
            return ()
        return (Explanation("p · c", float(self.weights.peepholes[place][self.unit]) * cell),)

    def squashed(self, name: str, formula: str, terms: tuple[Explanation, ...]) -> Explanation:
        """Make a gate: a sum inside a function."""
        inside = _total("a_" + name, terms)
        function = formula.partition("(")[0]
        value = _FUNCTIONS[function](inside.value)
        return Explanation(name, value, formula, "formula", (inside,), {inside.label: inside.value})


def _sigmoid(a: float) -> float:
    return 1.0 / (1.0 + math.exp(-a)) if a >= 0 else math.exp(a) / (1.0 + math.exp(a))


def _log_sigmoid(a: float) -> float:
    return -math.log1p(math.exp(-a)) if a >= 0 else a - math.log1p(math.exp(a))


_FUNCTIONS: dict[str, Callable[[float], float]] = {"σ": _sigmoid, "tanh": math.tanh, "max": lambda a: max(0.0, a)}


def _total(label: str, terms: tuple[Explanation, ...], source: str = "") -> Explanation:
    formula = " + ".join(term.label for term in terms)
    return Explanation(label, sum((term.value for term in terms), 0.0), formula, "sum", terms, source=source)


def _product(label: str, *factors: Explanation) -> Explanation:
    return Explanation(label, math.prod(factor.value for factor in factors), label, "product", factors)


def _rnn(step: _Step) -> Explanation:
    formula = {"rnn_tanh": "tanh(a_h)", "rnn_relu": "max(0, a_h)", "rnn_sigmoid": "σ(a_h)"}[step.kind]
    return step.squashed("h", formula, (step.from_state(0), step.from_input(0), step.bias(0)))


def _lstm(step: _Step) -> Explanation:
    def gate(name: str, place: int, formula: str, peephole: tuple[Explanation, ...] = ()) -> Explanation:
        terms = (step.from_input(place), step.from_state(place), step.bias(place), *peephole)
        return step.squashed(name, formula, terms)

    i = gate("i", 0, "σ(a_i)", step.peephole(0, step.cell))
    f = gate("f", 1, "σ(a_f)", step.peephole(1, step.cell))
    g = gate("g", 2, "tanh(a_g)")
    kept = _product("f · c_(t-1)", f, Explanation("c_(t-1)", step.cell))
    cell = _total("c_t", (kept, _product("i · g", i, g)))
    o = gate("o", 3, "σ(a_o)", step.peephole(2, cell.value))
    squashed = Explanation("tanh(c_t)", math.tanh(cell.value), "tanh(c_t)", "formula", (cell,), {"c_t": cell.value})
    value = o.value * squashed.value
    return Explanation("h_t", value, "o · tanh(c_t)", "product", (o, squashed), source=SOURCES["lstm"])


def _gru(step: _Step) -> Explanation:
    r = step.squashed("r", "σ(a_r)", (step.from_input(0), step.from_state(0), step.bias(0)))
    z = step.squashed("z", "σ(a_z)", (step.from_input(1), step.from_state(1), step.bias(1)))
    b_n = 0.0 if step.weights.b_n is None else float(step.weights.b_n[step.unit])
    inner = _total("U_n h_(t-1) + b_hn", (step.from_state(2), Explanation("b_hn", b_n)))
    heard = _product("r · (U_n h_(t-1) + b_hn)", r, inner)
    n = step.squashed("n", "tanh(a_n)", (step.from_input(2), step.bias(2), heard))
    return _mixed(step, ("(1 - z) · n", Explanation("1 - z", 1.0 - z.value), n), ("z · h_(t-1)", z))


def _mingru(step: _Step) -> Explanation:
    z = step.squashed("z", "σ(a_z)", (step.from_input(0), step.bias(0)))
    candidate = _total("W_h x_t + b_h", (step.from_input(1), step.bias(1)))
    opposite = Explanation("1 - z", 1.0 - z.value)
    return _mixed(step, ("z · (W_h x_t + b_h)", z, candidate), ("(1 - z) · h_(t-1)", opposite))


def _minlstm(step: _Step) -> Explanation:
    f = step.squashed("f", "σ(a_f)", (step.from_input(0), step.bias(0)))
    i = step.squashed("i", "σ(a_i)", (step.from_input(1), step.bias(1)))
    # the shares stay numbers where both gates are so small that they are 0
    share = _sigmoid(_log_sigmoid(f.terms[0].value) - _log_sigmoid(i.terms[0].value))
    numbers: dict[str, float | int | str] = {"f": f.value, "i": i.value}
    kept = Explanation("f'", share, "f / (f + i)", "formula", (f,), numbers)
    new = Explanation("i'", 1.0 - share, "i / (f + i)", "formula", (i,), numbers)
    candidate = _total("W_h x_t + b_h", (step.from_input(2), step.bias(2)))
    return _mixed(step, ("i' · (W_h x_t + b_h)", new, candidate), ("f' · h_(t-1)", kept))


def _mixed(step: _Step, new: tuple[str, Explanation, Explanation], old: tuple[str, Explanation]) -> Explanation:
    """Make the state: a share of the candidate and a share of the state before."""
    added = _product(*new)
    kept = _product(old[0], old[1], Explanation("h_(t-1)", step.last))
    return _total("h_t", (added, kept), SOURCES[step.kind])


_OPENERS: dict[str, Callable[[_Step], Explanation]] = {
    "rnn_tanh": _rnn,
    "rnn_relu": _rnn,
    "rnn_sigmoid": _rnn,
    "lstm": _lstm,
    "gru": _gru,
    "mingru": _mingru,
    "minlstm": _minlstm,
}
