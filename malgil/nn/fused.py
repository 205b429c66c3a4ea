"""The fast path of the recurrent cells on a CPU: few large products, and one kernel a step for all the rest.

Products of W_x and W_h are made step by step, weights to the left, so that the
batch lies in the lanes of the kernels; the gradients of both matrices are one product each, over all steps. Under
autocast the products read bfloat16; states and sums stay float32, and so does the output. The same numbers come out for
the same number of torch's threads. `malgil.nn.plain` walks the same cells readably, and is what this is tested against.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from malgil.nn.fused_cells import STEPS
from malgil.nn.fused_frame import Call
from malgil.nn.fused_scan import scan_cell
from malgil.nn.fused_threads import each_on_its_thread
from malgil.nn.fused_walk import Walk, parts_of
from malgil.nn.sweep import Course, Noise, Norm, States, Way, Weights

_SCANNED = ("mingru", "minlstm")


def covers(kind: str, x: Tensor, weights: Weights, course: Course, noise: Noise) -> bool:
    """Whether `sweep` may be used: on a CPU, in float32 or under its autocast to bfloat16.

    Second derivatives are not covered: asking for them raises an error of torch; `malgil.nn.plain` has them.

    Parameters
    ----------
    kind : str
        Of the cell.
    x : Tensor
        Input.
    weights : Weights
        Of the cell.
    course : Course
        How the sequence is walked.
    noise : Noise
        Of training.

    Returns
    -------
    bool
        False where the plain walk must be taken.
    """
    if kind not in (*STEPS, *_SCANNED) or x.device.type != "cpu" or not x.shape[0]:
        return False
    if x.shape[1] < 2 or torch.compiler.is_compiling():
        return False
    if torch.is_autocast_enabled("cpu"):
        return torch.get_autocast_dtype("cpu") == torch.bfloat16 and weights.w_h.dtype == torch.float32
    return x.dtype == weights.w_h.dtype == torch.float32


def sweep(kind: str, x: Tensor, state: States, weights: Weights, course: Course, noise: Noise) -> tuple[Tensor, States]:
    """Walk over a batch of sequences; the same numbers as `malgil.nn.plain.sweep`, but faster.

    Parameters
    ----------
    kind : str
        Kind of the cell; ask `covers` first.
    x : Tensor, shape (B, T, E)
        Inputs; what stands on padding does not count.
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
    tuple of (Tensor of float32, shape (B, T, H), tuple of Tensor of float32, shape (B, H))
        Outputs, 0 on padding, and the states after the last step.
    """
    return sweep_ways(kind, x, [Way(state, weights, course, noise)])[0]


def sweep_ways(kind: str, x: Tensor, ways: Sequence[Way]) -> list[tuple[Tensor, States]]:
    """Walk a layer over a batch in each of its directions, two of them at the same time where threads allow.

    A thread that walks one direction with the whole batch has half the weights to read at a step, and more rows for
    each, than one that walks both with half the batch.

    Parameters
    ----------
    kind : str
        Kind of the cell; ask `covers` first.
    x : Tensor, shape (B, T, E)
        Inputs; what stands on padding does not count.
    ways : sequence of Way
        One for each direction.

    Returns
    -------
    list of tuple of (Tensor of float32, shape (B, T, H), tuple of Tensor of float32, shape (B, H))
        Of each direction: outputs, 0 on padding, and the states after the last step.
    """
    if kind in _SCANNED:
        return [scan_cell(kind, x, *way) for way in ways]
    if len(ways) > 1 and (torch.get_num_threads() == 1 or parts_of(len(x)) > len(ways)):
        return [found for way in ways for found in sweep_ways(kind, x, [way])]
    low = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
    tensors = list(chain.from_iterable(_tensors(way) for way in ways))
    is_training = torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in (x, *tensors))
    if not is_training and kind == "lstm" and all(map(_is_plain, ways)):
        return each_on_its_thread([partial(_library_lstm, x, way, low) for way in ways])
    calls = [Call(kind, low, is_training, way.course, way.noise, len(way.state)) for way in ways]
    if is_training:
        flat, n = _Sweep.apply(calls, x, *tensors), 1 + calls[0].n_states
        outputs = [flat[at : at + n] for at in range(0, len(flat), n)]
    else:
        with torch.inference_mode(False), torch.no_grad():
            outputs = [found for _, found in _walks(calls, x, tensors)]
    return [(y, tuple(states)) for y, *states in outputs]


def _tensors(way: Way) -> tuple[Tensor | None, ...]:
    """List what may have gradients, beside the input: states, weights, gains of the norm."""
    norm = (None,) * len(Norm._fields) if way.weights.norm is None else way.weights.norm
    return (*way.state, *way.weights[:-1], *norm)


def _is_plain(way: Way) -> bool:
    (_, weights, course, noise) = way
    extras = (weights.peepholes, weights.norm, course.keep, course.reset, noise.recurrent, *noise.zone)
    return all(extra is None for extra in extras)


def _library_lstm(x: Tensor, way: Way, low: torch.dtype) -> tuple[Tensor, States]:
    """Leave inference of an LSTM without extras to torch: oneDNN has one kernel for all of it."""
    weights, is_reversed = way.weights, way.course.reverse
    walked = x.to(low)
    walked = walked.flip(1) if is_reversed else walked
    given = [weights.w_x, weights.w_h, weights.b, torch.zeros_like(weights.b)]
    with torch.autocast("cpu", low, enabled=low != torch.float32):
        y, *last = torch.lstm(walked, [s[None] for s in way.state], given, True, 1, 0.0, False, False, True)
    return (y.flip(1) if is_reversed else y).float(), tuple(s[0].float() for s in last)


def _walks(calls: Sequence[Call], x: Tensor, tensors: Sequence[Tensor | None]) -> list[tuple[Walk, tuple[Tensor, ...]]]:
    """Walk forward in each direction; several are walked at the same time, each on a thread of its own."""
    n = len(tensors) // len(calls)

    def go(at: int) -> tuple[Walk, tuple[Tensor, ...]]:
        call, given = calls[at], tensors[at * n : (at + 1) * n]
        states = [cast(Tensor, t) for t in given[: call.n_states]]
        *fields, gain_x, gain_h, gain_c, bias_c = given[call.n_states :]
        norm = None if gain_x is None else Norm(gain_x, cast(Tensor, gain_h), gain_c, bias_c)
        weights = Weights(*fields, norm)  # type: ignore[arg-type,call-arg]
        walk = Walk(STEPS[call.kind], call, x, states, weights)
        return walk, walk.forward()

    with torch.autocast("cpu", enabled=False):
        return each_on_its_thread([partial(go, at) for at in range(len(calls))])


class _Sweep(torch.autograd.Function):
    """`sweep_ways` where gradients are wanted."""

    @staticmethod
    def forward(ctx: Any, calls: Sequence[Call], x: Tensor, *tensors: Tensor | None) -> tuple[Tensor, ...]:
        done = _walks(calls, x, tensors)
        ctx.calls, ctx.walks = calls, [walk for walk, _ in done]
        ctx.save_for_backward(x, *tensors)  # so that weights changed in between are noticed
        return tuple(chain.from_iterable(outputs for _, outputs in done))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *d: Tensor) -> tuple[Tensor | None, ...]:
        tensors, walks, n = ctx.saved_tensors, ctx.walks, len(d) // len(ctx.calls)
        if walks is None:  # a walk goes back but once, over what it has kept
            walks = [walk for walk, _ in _walks(ctx.calls, tensors[0], tensors[1:])]
        ctx.walks = None
        works = [partial(walk.backward, d[at * n], d[at * n + 1 : (at + 1) * n]) for at, walk in enumerate(walks)]
        with torch.autocast("cpu", enabled=False):
            done = each_on_its_thread(works)
        d_x, *others = (x for x, _, _ in done)
        for other in others:
            d_x += other
        names = (*Weights._fields[:-1], *Norm._fields)
        found = (d_x, *chain.from_iterable((*states, *map(by_name.get, names)) for _, states, by_name in done))
        return (None, *(None if t is None or d is None else d.to(t.dtype) for t, d in zip(tensors, found, strict=True)))
