"""Updates of only those rows of a table of vectors that a batch has touched.

A table of 30,000 words x 300 numbers has nine million weights, a batch touches some hundreds of its rows. Walking over
all of them costs more than the rest of a small network's step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from malgil.nn.embedding import Embedding

FEWEST_ROWS = 1000
"""Smaller tables are walked over whole, by AdamW with both its moments: a batch touches most of their rows anyway."""


@contextmanager
def touched_rows(network: nn.Module, momentum: float) -> Iterator[None]:
    """Let the tables of a network have gradients of the touched rows alone, in a block.

    Parameters
    ----------
    network : torch.nn.Module
        Whose tables of `FEWEST_ROWS` or more. Where a table is also the output layer, its gradient becomes dense by
        itself.
    momentum : float
        Of SGD: with any, rows move on after they were touched, and gradients are dense.

    Yields
    ------
    None
        The block.
    """
    tables = [module for module in network.modules() if isinstance(module, Embedding)]
    for table in tables:
        table.gives_rows = not momentum and len(table.weight) >= FEWEST_ROWS
    try:
        yield
    finally:
        for table in tables:
            table.gives_rows = False


def numbers_of(gradient: Tensor) -> Tensor:
    """Give the numbers of a gradient, to be read or changed in place.

    Parameters
    ----------
    gradient : Tensor
        Dense, or coalesced rows.

    Returns
    -------
    Tensor
        Itself, or its rows.
    """
    return gradient._values() if gradient.is_sparse else gradient  # `values()` refuses to be changed in place


def merge_rows(weights: Sequence[Tensor]) -> None:
    """Add up what a row's occurrences give, so that every touched row has one gradient.

    Parameters
    ----------
    weights : sequence of Tensor
        Whose gradients are changed; dense ones stay.
    """
    for weight in weights:
        if weight.grad is not None and weight.grad.is_sparse:
            weight.grad = weight.grad.coalesce()


class _ByRows(torch.optim.Optimizer):
    """What both optimizers do: move rows by the class's own rule, and leave dense gradients to torch."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Follow the gradients.

        Parameters
        ----------
        closure : None
            Not used.
        """
        pairs = [(group, weight) for group in self.param_groups for weight in group["params"]]
        rows = [(group, weight) for group, weight in pairs if weight.grad is not None and weight.grad.is_sparse]
        gradients = [weight.grad for _, weight in rows]
        for group, weight in rows:
            self._move_rows(weight, group)
            weight.grad = None
        super().step(closure)
        for (_, weight), gradient in zip(rows, gradients, strict=True):
            weight.grad = gradient

    def _move_rows(self, weight: Tensor, group: dict[str, Any]) -> None:
        raise NotImplementedError


class AdamW(_ByRows, torch.optim.AdamW):
    r"""AdamW that touches a table's row only where it has a gradient.

    Dense gradients are torch's own business. For a row :math:`r` of a table with rows for a gradient, at step
    :math:`t`, last touched at step :math:`s`:

    .. math::
        v_r &= \beta_2^{t-s} v_r + (1 - \beta_2) g_r^2 \\
        w_r &= (1 - \eta \lambda)^{t-s} w_r - \eta g_r / (\sqrt{v_r / (1 - \beta_2^t)} + \epsilon)

    The mean of squares is what it would be had it decayed in each of the steps between. There is no first moment: the
    steps that it would make later, while nothing touches the row, are made at once, since
    :math:`\sum_k (1 - \beta_1) \beta_1^k = 1`. Weight decay is caught up at the present rate.

    Parameters
    ----------
    *arguments, **options
        Of `torch.optim.AdamW`.

    References
    ----------
    .. [1] Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.
    """

    def _move_rows(self, weight: Tensor, group: dict[str, Any]) -> None:
        held = self.state[weight]
        if not held:
            held["step"] = torch.zeros(())
            held["last"] = torch.zeros(len(weight), device=weight.device)
            held["exp_avg_sq"] = torch.zeros_like(weight)
        gradient = weight.grad
        rows, values, beta = gradient._indices()[0], gradient._values(), group["betas"][1]  # type: ignore[union-attr]
        held["step"] += 1
        step = float(held["step"])
        gap = (step - held["last"][rows]).unsqueeze(1)
        held["last"][rows] = step
        squares = (held["exp_avg_sq"][rows] * beta**gap).addcmul_(values, values, value=1 - beta)
        held["exp_avg_sq"][rows] = squares
        moved = weight[rows] * (1 - group["lr"] * group["weight_decay"]) ** gap
        spread = (squares / (1 - beta**step)).sqrt_().add_(group["eps"])
        weight[rows] = moved.addcdiv_(values, spread, value=-group["lr"])


class SGD(_ByRows, torch.optim.SGD):
    r"""SGD that touches a table's row only where it has a gradient.

    Without momentum that is what SGD does; weight decay, :math:`w_r (1 - \eta \lambda) - \eta g_r`, is left out in the
    steps that do not touch the row.

    Parameters
    ----------
    *arguments, **options
        Of `torch.optim.SGD`.
    """

    def _move_rows(self, weight: Tensor, group: dict[str, Any]) -> None:
        gradient, rate = weight.grad, group["lr"]
        rows, values = gradient._indices()[0], gradient._values()  # type: ignore[union-attr]
        weight[rows] = weight[rows] * (1 - rate * group["weight_decay"]) - rate * values
