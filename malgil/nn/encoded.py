"""What every encoder returns: an output for each step, one for the whole, and a state to go on from."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from malgil.nn.masks import first_and_last

State: TypeAlias = "Tensor | tuple[State, ...]"
"""A tensor, or tensors in tuples; the rows of the batch are axis 1 of each, as in torch: (layers, B, H)."""


class Encoded(NamedTuple):
    """A sequence after an encoder.

    Parameters
    ----------
    y : Tensor, shape (B, T, D)
        An output for each step, 0 on padding.
    last : Tensor, shape (B, D)
        The output after the last real step; of a direction that reads backward, after the first. 0 for a row of
        nothing but padding.
    state : State
        What a causal encoder needs to go on with the next part of the same sequences; ``()`` where there is nothing.
    """

    y: Tensor
    last: Tensor
    state: State


def last_of(y: Tensor, keep: Tensor, bidirectional: bool) -> Tensor:
    """Take the output after which an encoder has read everything.

    Parameters
    ----------
    y : Tensor, shape (B, T, D)
        Outputs, 0 on padding.
    keep : Tensor of bool, shape (B, T)
        True = real.
    bidirectional : bool
        Whether the second half of the D numbers comes from reading backward.

    Returns
    -------
    Tensor, shape (B, D)
        Numbers of the last real step, in the backward half of the first.
    """
    rows = torch.arange(len(y), device=y.device)
    first, last = first_and_last(keep)
    if not bidirectional:
        return y[rows, last]
    half = y.shape[2] // 2
    return torch.cat([y[rows, last, :half], y[rows, first, half:]], dim=1)


def select_rows(state: State, rows: Tensor) -> State:
    """Take rows of the batch out of a state, in any order and as often as wanted.

    Parameters
    ----------
    state : State
        The batch is axis 1 of each tensor.
    rows : Tensor of int64, shape (n,)
        Which rows.

    Returns
    -------
    State
        Of the same form, for n rows.
    """
    if isinstance(state, Tensor):
        return state.index_select(1, rows)
    parts = [select_rows(part, rows) for part in state]
    return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
