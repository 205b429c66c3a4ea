"""A sweep by cuDNN, for networks on a graphics card that have nothing which cuDNN has not."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from malgil.nn.masks import only, packing
from malgil.nn.sweep import Course, Noise, States, Weights

_VF = torch._VF  # what the modules of `torch.nn` themselves call
_CALLS: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "rnn_tanh": _VF.rnn_tanh,
    "rnn_relu": _VF.rnn_relu,
    "lstm": _VF.lstm,
    "gru": _VF.gru,
}


def covers(kind: str, x: Tensor, weights: Weights, course: Course, noise: Noise) -> bool:
    """Whether `sweep` may be used.

    Parameters
    ----------
    kind : str
        Kind of cell.
    x : Tensor, shape (B, T, E)
        Inputs.
    weights : Weights
        Of the layer.
    course : Course
        Padding, segment borders and direction.
    noise : Noise
        Masks of dropout and zoneout.

    Returns
    -------
    bool
        True on CUDA without layer norm, peepholes, recurrent dropout, zoneout and segment borders.
    """
    is_plain = weights.norm is None and weights.peepholes is None and course.reset is None
    is_quiet = noise.recurrent is None and all(share is None for share in noise.zone)
    return x.is_cuda and kind in _CALLS and is_plain and is_quiet and x.numel() > 0


def sweep(kind: str, x: Tensor, state: States, weights: Weights, course: Course, noise: Noise) -> tuple[Tensor, States]:
    """Walk over a batch of sequences through the functions that `torch.nn` uses.

    Real steps are moved to the left of each row first, in the order of the walk: cuDNN itself knows only padding at
    the right, and one direction only forward.

    Parameters
    ----------
    kind : str
        Kind of cell.
    x : Tensor, shape (B, T, E)
        Inputs.
    state : tuple of Tensor, shape (B, H)
        The states before the first step.
    weights : Weights
        Of the layer.
    course : Course
        Padding and direction.
    noise : Noise
        Not used: `covers` wants none.

    Returns
    -------
    tuple of (Tensor of shape (B, T, H), tuple of Tensor of shape (B, H))
        Outputs, 0 on padding, and the states after the last step.
    """
    x = x.flip(1) if course.reverse else x
    if course.keep is None:
        y, last = _run(kind, (x,), state, weights)
    else:
        y, last = _sweep_padded(kind, x, state, weights, course.keep.flip(1) if course.reverse else course.keep)
    dtype = weights.b.dtype
    return (y.flip(1) if course.reverse else y).to(dtype), tuple(one.to(dtype) for one in last)


def _sweep_padded(kind: str, x: Tensor, state: States, weights: Weights, keep: Tensor) -> tuple[Tensor, States]:
    moved = packing(keep)
    lengths = keep.sum(1)
    left = only(x, keep) if moved is None else moved.pack(x)
    # cuDNN knows no empty rows: they walk one step of padding, whose result is dropped
    packed = pack_padded_sequence(left, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False)
    here, back = packed.sorted_indices, packed.unsorted_indices
    data, last = _run(kind, (packed.data, packed.batch_sizes), tuple(one[here] for one in state), weights)
    y, _ = pad_packed_sequence(PackedSequence(data, *packed[1:]), batch_first=True, total_length=x.shape[1])
    is_there = (lengths > 0).unsqueeze(-1)
    last = tuple(torch.where(is_there, new[back].to(old.dtype), old) for new, old in zip(last, state, strict=True))
    return (only(y, keep) if moved is None else moved.unpack(y)), last


def _run(kind: str, inputs: tuple[Tensor, ...], state: States, weights: Weights) -> tuple[Tensor, States]:
    """Call torch: ``inputs`` is a padded batch, or the numbers and batch sizes of a packed one."""
    second = torch.zeros_like(weights.b)
    if weights.b_n is not None:
        second = torch.cat([second[: -len(weights.b_n)], weights.b_n])
    flat = [weights.w_x, weights.w_h, weights.b, second]
    states = [one.unsqueeze(0) for one in state]
    hidden = states if len(states) > 1 else states[0]
    is_batch_first = [True] if len(inputs) == 1 else []
    # has_biases, num_layers, dropout, train (keeps what backward needs), bidirectional
    y, *last = _CALLS[kind](*inputs, hidden, flat, True, 1, 0.0, torch.is_grad_enabled(), False, *is_batch_first)
    return y, tuple(one.squeeze(0) for one in last)
