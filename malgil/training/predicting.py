"""What a network says about many examples, batch by batch, without gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from malgil.training.batches import carries, in_order, on_device, parts
from malgil.training.examples import Batch, Examples, Loss
from malgil.training.limits import fitting
from malgil.training.precision import autocast, device_of, resolve
from malgil.training.randomness import apart


@contextmanager
def evaluating(network: nn.Module, precision: str = "float32") -> Iterator[None]:
    """Let a network answer in a block as it will after training.

    Parameters
    ----------
    network : torch.nn.Module
        Without dropout and gradients in the block, then as it was.
    precision : {"auto", "float32", "bfloat16"}
        See `malgil.training.precision.resolve`.

    Yields
    ------
    None
        The block; what it draws does not move the generators outside.
    """
    device = device_of(network)
    modes = [(module, module.training) for module in network.modules()]  # some may be frozen
    network.eval()
    try:
        with apart(device), torch.no_grad(), autocast(resolve(precision, device), device):
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def in_batches(
    network: nn.Module,
    examples: Examples,
    function: Callable[[Batch], Tensor | Sequence[Any]],
    batch_size: int = 256,
    precision: str = "float32",
) -> list[Any]:
    """Apply a function of a network to every example.

    Parameters
    ----------
    network : torch.nn.Module
        Set to evaluation for the while.
    examples : Examples
        What to answer.
    function : callable
        Batch on the network's device -> one result a row: a Tensor of shape (B, ...) or a sequence of length B.
    batch_size : int
        Rows at once; fewer where the memory does not hold them.
    precision : {"auto", "float32", "bfloat16"}
        See `malgil.training.precision.resolve`.

    Returns
    -------
    list
        The result of each example, in the order of the examples: a row of a tensor becomes a NumPy array, float32 at
        least. ``numpy.stack`` makes one array of rows of equal shape.

    Raises
    ------
    DataError
        If one example is too large for the memory.
    """
    device = device_of(network)

    def answer(rows: Any) -> Sequence[Any]:
        said = function(on_device(examples.batch(rows), device))
        if not isinstance(said, Tensor):
            return said
        said = said.detach().cpu()
        return list((said.float() if said.dtype == torch.bfloat16 else said).numpy())

    results: list[Any] = [None] * len(examples)
    with evaluating(network, precision):
        for rows in in_order(examples, batch_size):
            for part, said in fitting(rows, answer):
                for row, result in zip(part.tolist(), said, strict=True):
                    results[row] = result
    return results


def mean_loss(
    network: nn.Module,
    examples: Examples,
    batch_size: int = 256,
    precision: str = "float32",
    max_tokens: int | None = None,
) -> float:
    """Mean loss of an item.

    Parameters
    ----------
    network : Network
        Set to evaluation for the while.
    examples : Examples
        Where they carry, state goes from batch to batch.
    batch_size : int
        Rows at once; fewer where the memory does not hold them.
    precision : {"auto", "float32", "bfloat16"}
        See `malgil.training.precision.resolve`.
    max_tokens : int, optional
        Cells, rows x longest, at once.

    Returns
    -------
    float
        Sum of the losses over the number of items; 0 where there is no item.

    Raises
    ------
    DataError
        If one example is too large for the memory.
    """
    device, goes_on = device_of(network), carries(examples)
    total, n_items, carry = 0.0, 0, None
    most = None if goes_on else max_tokens

    def answer(rows: Any) -> Loss:
        asked: Any = network
        return asked.loss(on_device(examples.batch(rows), device), carry)  # type: ignore[no-any-return]

    with evaluating(network, precision):
        for rows in in_order(examples, batch_size):
            for piece in parts(rows, examples.lengths, None, most):
                for _, loss in fitting(piece, answer, may_split=not goes_on):
                    total += float(loss.total.detach())
                    n_items += loss.n_items
                    carry = loss.carry if goes_on else None
    return total / n_items if n_items else 0.0
