"""Minimal cells as a scan: gates of all steps at once, then one linear recurrence (Feng et al. 2024).

Padding, borders of segments and zoneout are folded into the factors and terms of h_t = a_t * h_{t-1} + u_t.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from malgil.nn.gates import input_gates
from malgil.nn.sweep import Course, Noise, States, Weights


def scan_cell(
    kind: str, x: Tensor, state: States, weights: Weights, course: Course, noise: Noise
) -> tuple[Tensor, States]:
    """Walk a minimal cell over a batch of sequences.

    Parameters
    ----------
    kind : str
        ``"mingru"`` or ``"minlstm"``.
    x : Tensor, shape (B, T, E)
        Inputs.
    state : tuple of Tensor, shape (B, H)
        The state before the first step.
    weights : Weights
        Of the layer.
    course : Course
        Padding, segment borders and direction.
    noise : Noise
        Masks of dropout and zoneout.

    Returns
    -------
    tuple of (Tensor of float32, shape (B, T, H), tuple of Tensor of float32, shape (B, H))
        Outputs, 0 on padding, and the state after the last step.
    """
    if course.keep is not None:
        x = x.masked_fill(~course.keep[:, :, None], 0)
    gates = input_gates(x, weights).chunk(2 if kind == "mingru" else 3, dim=-1)
    candidate = gates[-1] if noise.recurrent is None else gates[-1] * noise.recurrent[:, None]
    new = torch.sigmoid(gates[0] if kind == "mingru" else F.logsigmoid(gates[1]) - F.logsigmoid(gates[0]))
    share = _share(course, noise)
    if share is not None:
        new = new * share
    a, u = 1 - new, new * candidate
    if course.reset is not None:
        a = a.masked_fill(course.reset[:, :, None], 0)
    h = _Scan.apply(a, u, state[0], course.reverse)
    y = h if course.keep is None else h.masked_fill(~course.keep[:, :, None], 0)
    return y, (h[:, 0 if course.reverse else -1],)


def _share(course: Course, noise: Noise) -> Tensor | float | None:
    """How much of the new state counts, where it is not all of it."""
    zone = noise.zone[0] if noise.zone else None
    share = None if zone is None else 1 - zone
    if course.keep is None:
        return share
    keep = course.keep[:, :, None].float()
    return keep if share is None else keep * share


class _Scan(torch.autograd.Function):
    """The recurrence h_t = a_t * h_{t-1} + u_t."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, u: Tensor, first: Tensor, is_reversed: bool) -> Tensor:
        from malgil.nn._scan_kernels import scan_forward

        a, u, first = a.contiguous(), u.contiguous(), first.contiguous()
        h = torch.empty_like(a)
        scan_forward(a.detach().numpy(), u.detach().numpy(), first.detach().numpy(), is_reversed, h.numpy())
        ctx.save_for_backward(a, h, first)
        ctx.is_reversed = is_reversed
        return h

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_h: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        from malgil.nn._scan_kernels import scan_backward

        a, h, first = (t.detach() for t in ctx.saved_tensors)
        d_a, d_u, d_first = torch.empty_like(a), torch.empty_like(a), torch.empty_like(first)
        given = a.numpy(), h.numpy(), first.numpy(), ctx.is_reversed, d_h.contiguous().numpy()
        scan_backward(*given, d_a.numpy(), d_u.numpy(), d_first.numpy())
        return d_a, d_u, d_first, None
