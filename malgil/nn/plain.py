"""A sweep in the open: step after step, each with the cell's own formula. What `fused` must agree with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.util import find_spec
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from malgil.nn import gru, lstm, mingru, minlstm, rnn
from malgil.nn.gates import input_gates
from malgil.nn.sweep import Course, Noise, States, Weights
from malgil.params import choose

Step: TypeAlias = Callable[[Tensor, States, Weights, Tensor | None], tuple[States, dict[str, Tensor]]]

STEPS: Mapping[str, Step] = {
    "rnn_tanh": partial(rnn.step, torch.tanh),
    "rnn_relu": partial(rnn.step, torch.relu),
    "rnn_sigmoid": partial(rnn.step, torch.sigmoid),
    "lstm": lstm.step,
    "gru": gru.step,
    "mingru": mingru.step,
    "minlstm": minlstm.step,
}
"""The formula of each kind: ``step(gates (B, G*H), states, weights, mask) -> (new states, gates by name)``."""


class Walked(NamedTuple):
    """Everything that a sweep passed through.

    Parameters
    ----------
    y : Tensor, shape (B, T, H)
        Outputs, 0 on padding.
    state : tuple of Tensor, shape (B, H)
        The states after the last step.
    gates : dict of str to Tensor, shape (B, T, H)
        The gates by their letter in the formula, and the states h (and c) after each step, zoneout and padding done.
    """

    y: Tensor
    state: States
    gates: dict[str, Tensor]


def sweep(kind: str, x: Tensor, state: States, weights: Weights, course: Course, noise: Noise) -> tuple[Tensor, States]:
    """Walk over a batch of sequences, step by step.

    Parameters
    ----------
    kind : str
        A key of `STEPS`.
    x : Tensor, shape (B, T, E)
        Inputs.
    state : tuple of Tensor, shape (B, H)
        The states before the first step.
    weights : Weights
        Of the layer.
    course : Course
        Padding, segment borders and direction.
    noise : Noise
        Masks of dropout and zoneout.

    Returns
    -------
    tuple of (Tensor of shape (B, T, H), tuple of Tensor of shape (B, H))
        Outputs, 0 on padding, and the states after the last step.
    """
    outputs, state, _ = _steps(kind, x, state, weights, course, noise)
    return _stacked(outputs, x, weights), state


def walk(kind: str, x: Tensor, state: States, weights: Weights, course: Course, noise: Noise) -> Walked:
    """Walk as `sweep` does and keep every gate and state.

    Parameters
    ----------
    kind : str
        A key of `STEPS`.
    x : Tensor, shape (B, T, E)
        Inputs.
    state : tuple of Tensor, shape (B, H)
        The states before the first step.
    weights : Weights
        Of the layer.
    course : Course
        Padding, segment borders and direction.
    noise : Noise
        Masks of dropout and zoneout.

    Returns
    -------
    Walked
        Outputs, last states and gates.
    """
    outputs, state, seen = _steps(kind, x, state, weights, course, noise)
    names = seen[0] if seen else {}
    by_name = {name: torch.stack([gates[name] for gates in seen], dim=1) for name in names}
    return Walked(_stacked(outputs, x, weights), state, by_name)


def _steps(
    kind: str, x: Tensor, state: States, weights: Weights, course: Course, noise: Noise
) -> tuple[list[Tensor], States, list[dict[str, Tensor]]]:
    """Walk; returns the outputs, the last states, and the gates and states of each step, all in reading order."""
    step = _compiled(kind) if x.is_cuda and find_spec("triton") else choose(STEPS, "kind", kind)
    drive = input_gates(x, weights)
    n_steps = x.shape[1]
    outputs: list[Tensor] = [drive] * n_steps
    seen: list[dict[str, Tensor]] = [{}] * n_steps
    for t in reversed(range(n_steps)) if course.reverse else range(n_steps):
        old = state if course.reset is None else tuple(s.masked_fill(course.reset[:, t, None], 0) for s in state)
        new, gates = step(drive[:, t], old, weights, noise.recurrent)
        state = tuple(_zoned(t, *one) for one in zip(old, new, noise.zone or (None,) * len(new), strict=True))
        if course.keep is not None:
            keep = course.keep[:, t, None]
            state = tuple(torch.where(keep, now, was) for now, was in zip(state, old, strict=True))
        outputs[t] = state[0] if course.keep is None else state[0].masked_fill(~keep, 0)
        seen[t] = gates | dict(zip("hc", state, strict=False))
    return outputs, state, seen


def _stacked(outputs: list[Tensor], x: Tensor, weights: Weights) -> Tensor:
    return torch.stack(outputs, dim=1) if outputs else weights.b.new_empty(x.shape[0], 0, weights.hidden_size)


@cache
def _compiled(kind: str) -> Step:
    """Give a step whose pointwise work is one kernel of a graphics card. On a processor that would need a compiler."""
    compiled: Step = torch.compile(choose(STEPS, "kind", kind), dynamic=True)
    return compiled


def _zoned(t: int, old: Tensor, new: Tensor, zone: Tensor | float | None) -> Tensor:
    """Keep a part of the old state: z * old + (1 - z) * new (Krueger et al. 2017)."""
    if zone is None:
        return new
    share = zone[:, t] if isinstance(zone, Tensor) else zone
    return share * old + (1 - share) * new
