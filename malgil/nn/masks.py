"""Masks of any side: which steps of a padded batch are real, and the arithmetic that padding must not touch."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Packing(NamedTuple):
    """Where the real steps of each row go when they are moved to its left end, in order.

    Parameters
    ----------
    order : Tensor of int64, shape (B, T)
        Step that comes to each place: the real ones first, the padding after them.
    keep : Tensor of bool, shape (B, T)
        Which places hold a real step now.
    """

    order: Tensor
    keep: Tensor

    def pack(self, x: Tensor) -> Tensor:
        """Move the real steps to the left; the other places become 0.

        Parameters
        ----------
        x : Tensor, shape (B, T) or (B, T, E)
            Numbers for each step.

        Returns
        -------
        Tensor, same shape
            The moved steps.
        """
        return only(_by_step(x, self.order), self.keep)

    def unpack(self, x: Tensor) -> Tensor:
        """Move the steps back to where they came from.

        Parameters
        ----------
        x : Tensor, shape (B, T) or (B, T, E)
            Numbers for each place after `pack`.

        Returns
        -------
        Tensor, same shape
            The same numbers where they belong, 0 on padding.
        """
        back = torch.empty_like(self.order).scatter_(
            1, self.order, torch.arange(x.shape[1], device=x.device).expand_as(self.order)
        )
        return _by_step(only(x, self.keep), back)


def _by_step(x: Tensor, steps: Tensor) -> Tensor:
    return x.gather(1, steps) if x.dim() == 2 else x.gather(1, steps.unsqueeze(-1).expand(-1, -1, x.shape[2]))


def packing(keep: Tensor) -> Packing | None:
    """Find how the real steps come to the left.

    Parameters
    ----------
    keep : Tensor of bool, shape (B, T)
        True = real.

    Returns
    -------
    Packing or None
        None where every row has its real steps at the left already.
    """
    if bool((keep[:, 1:] <= keep[:, :-1]).all()):
        return None
    order = torch.argsort(~keep, dim=1, stable=True)
    return Packing(order, keep.gather(1, order))


def only(x: Tensor, keep: Tensor) -> Tensor:
    """Put 0 on padding, whatever stood there.

    Parameters
    ----------
    x : Tensor, shape (B, T) or (B, T, E)
        Numbers for each step.
    keep : Tensor of bool, shape (B, T)
        True = real.

    Returns
    -------
    Tensor, same shape
        `x` on real steps, 0 on others.
    """
    return x.masked_fill(~(keep if x.dim() == 2 else keep.unsqueeze(-1)), 0)


def wide(x: Tensor) -> Tensor:
    """Give numbers that sums and logarithms can be taken of.

    Parameters
    ----------
    x : Tensor
        Of any floating type.

    Returns
    -------
    Tensor
        float32 instead of bfloat16 and float16, otherwise `x` itself: float64 stays float64.
    """
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


def masked_softmax(scores: Tensor, keep: Tensor) -> Tensor:
    """Shares of the real steps, which sum to 1; padding gets exactly 0.

    Parameters
    ----------
    scores : Tensor, shape (..., N)
        Any finite numbers.
    keep : Tensor of bool, broadcastable to `scores`
        True = real.

    Returns
    -------
    Tensor of at least float32, same shape
        Shares. A row without any real step is all 0.
    """
    scores = wide(scores)
    shares = torch.softmax(scores.masked_fill(~keep, torch.finfo(scores.dtype).min), dim=-1)
    return shares * keep


def first_and_last(keep: Tensor) -> tuple[Tensor, Tensor]:
    """Find the first and the last real step of each row.

    Parameters
    ----------
    keep : Tensor of bool, shape (B, T)
        True = real.

    Returns
    -------
    tuple of two Tensors of int64, shape (B,)
        First and last; 0 and 0 in a row of nothing but padding.
    """
    steps = torch.arange(keep.shape[1], device=keep.device)
    last = (steps * keep).amax(dim=1)
    return keep.to(torch.uint8).argmax(dim=1), last
