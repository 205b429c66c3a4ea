"""The fast path of the recurrent cells on a CPU: few large products, and one kernel a step for all the rest.

Products of W_x and W_h are made step by step, weights to the left, so that the
batch lies in the lanes of the kernels; the gradients of both matrices are one product each, over all steps. Under
autocast the products read bfloat16; states and sums stay float32, and so does the output. The same numbers come out for
the same number of torch's threads. `malgil.nn.plain` walks the same cells readably, and is what this is tested against.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from malgil.nn.fused_cells import STEPS
from malgil.nn.fused_frame import Call
from malgil.nn.fused_scan import scan_cell
from malgil.nn.fused_walk import Walk
from malgil.nn.sweep import Course, Noise, Norm, States, Weights

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
    if kind in _SCANNED:
        return scan_cell(kind, x, state, weights, course, noise)
    norm = (None,) * 4 if weights.norm is None else weights.norm
    tensors = (x, *state, *weights[:-1], *norm)
    is_training = torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors)
    low = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
    call = Call(kind, low, is_training, course, noise, len(state))
    if is_training:
        y, *states = _Sweep.apply(call, *tensors)
    elif kind == "lstm" and _is_plain(weights, course, noise):
        return _library_lstm(x, state, weights, course.reverse)
    else:
        with torch.inference_mode(False), torch.no_grad():
            y, *states = _walk(call, tensors).forward()
    return y, tuple(states)


def _is_plain(weights: Weights, course: Course, noise: Noise) -> bool:
    extras = (weights.peepholes, weights.norm, course.keep, course.reset, noise.recurrent, *noise.zone)
    return all(extra is None for extra in extras)


def _library_lstm(x: Tensor, state: States, weights: Weights, is_reversed: bool) -> tuple[Tensor, States]:
    """Leave inference of an LSTM without extras to torch: oneDNN has one kernel for all of it."""
    walked = x.flip(1) if is_reversed else x
    given = [weights.w_x, weights.w_h, weights.b, torch.zeros_like(weights.b)]
    y, *last = torch.lstm(walked, [s[None] for s in state], given, True, 1, 0.0, False, False, True)
    return (y.flip(1) if is_reversed else y).float(), tuple(s[0].float() for s in last)


def _walk(call: Call, tensors: tuple[Tensor | None, ...]) -> Walk:
    n = 1 + call.n_states
    x, *states = (cast(Tensor, t) for t in tensors[:n])
    *fields, gain_x, gain_h, gain_c, bias_c = tensors[n:]
    norm = None if gain_x is None else Norm(gain_x, cast(Tensor, gain_h), gain_c, bias_c)
    weights = Weights(*fields, norm)  # type: ignore[arg-type,call-arg]
    with torch.autocast("cpu", enabled=False):
        return Walk(STEPS[call.kind], call, x, states, weights)


class _Sweep(torch.autograd.Function):
    """`sweep` where gradients are wanted."""

    @staticmethod
    def forward(ctx: Any, call: Call, *tensors: Tensor | None) -> tuple[Tensor, ...]:
        ctx.walk = _walk(call, tensors)
        ctx.save_for_backward(*tensors)  # so that weights changed in between are noticed
        outputs: tuple[Tensor, ...] = ctx.walk.forward()
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_y: Tensor, *d_states: Tensor) -> tuple[Tensor | None, ...]:
        tensors = ctx.saved_tensors
        with torch.autocast("cpu", enabled=False):
            x, states, by_name = ctx.walk.backward(d_y, d_states)
        names = (*Weights._fields[:-1], *Norm._fields)
        found = (x, *states, *(by_name.get(name) for name in names))
        return (None, *(None if t is None or d is None else d.to(t.dtype) for t, d in zip(tensors, found, strict=True)))
