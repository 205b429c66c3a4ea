"""Training on several processes: each takes a part of every batch, and their gradients are added.

Started by ``torchrun``, which sets the environment that is read here. Gradients are of sums over items, not of means,
so adding them over processes and dividing once by all items gives the gradient of the whole batch, also where the parts
are unequal. ``DistributedDataParallel`` would average means instead, and calls ``forward``, which our networks do not
train by.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
import torch.distributed as group
from numpy.typing import NDArray
from torch import Tensor


class Team:
    """The processes that train one network together; a team of one does nothing.

    Parameters
    ----------
    rank : int
        Number of this process, from 0.
    size : int
        How many there are.
    device : torch.device
        Of this process.
    """

    def __init__(self, rank: int, size: int, device: torch.device) -> None:
        self.rank = rank
        self.size = size
        self.device = device

    @property
    def is_alone(self) -> bool:
        """Whether there is one process."""
        return self.size == 1

    @property
    def leads(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def share(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Take this process's part of a batch.

        Parameters
        ----------
        rows : ndarray of int64
            The batch.

        Returns
        -------
        ndarray of int64
            Every `size`-th row; empty where there are fewer rows than processes.
        """
        return rows[self.rank :: self.size]

    def added(self, values: Sequence[float]) -> list[float]:
        """Add numbers over all processes.

        Parameters
        ----------
        values : sequence of float
            Of this process.

        Returns
        -------
        list of float
            The same on all.
        """
        if self.is_alone:
            return list(values)
        numbers = torch.tensor(values, dtype=torch.float64, device=self.device)
        group.all_reduce(numbers)
        return [float(number) for number in numbers]

    def add_gradients(self, weights: Sequence[Tensor]) -> None:
        """Add gradients over all processes, in place.

        Parameters
        ----------
        weights : sequence of Tensor
            The same ones in the same order on all; a gradient that only some have counts as 0 on the others. Gradients
            of rows are coalesced, and stay so.
        """
        if self.is_alone:
            return
        kinds = torch.tensor([_kind(weight.grad) for weight in weights], device=self.device)
        group.all_reduce(kinds)
        for weight, (n_dense, n_rows) in zip(weights, kinds.tolist(), strict=True):
            if n_rows and not n_dense:
                weight.grad = _added_rows(weight)
            elif n_rows or n_dense:
                found = torch.zeros_like(weight) if weight.grad is None else weight.grad
                weight.grad = found.to_dense() if found.is_sparse else found
        dense = [weight for weight, (n_dense, _) in zip(weights, kinds.tolist(), strict=True) if n_dense]
        if dense:
            self._add_dense(dense)

    def _add_dense(self, weights: Sequence[Tensor]) -> None:
        flat = torch.cat([weight.grad.reshape(-1) for weight in weights if weight.grad is not None])
        group.all_reduce(flat)
        pieces = flat.split([weight.numel() for weight in weights])
        for weight, piece in zip(weights, pieces, strict=True):
            weight.grad = piece.view_as(weight)

    def agree(self, tensors: Iterable[Tensor]) -> None:
        """Give all processes what the first one has.

        Parameters
        ----------
        tensors : iterable of Tensor
            Changed in place.
        """
        if not self.is_alone:
            for tensor in tensors:
                group.broadcast(tensor, 0)

    def agreed(self, values: dict[str, float]) -> dict[str, float]:
        """Take the figures of the first process.

        Parameters
        ----------
        values : dict of str to float
            The same names on all.

        Returns
        -------
        dict of str to float
            The same on all, so that all stop at the same time.
        """
        if self.is_alone:
            return values
        numbers = torch.tensor([values[name] for name in values], dtype=torch.float64, device=self.device)
        group.broadcast(numbers, 0)
        return dict(zip(values, numbers.tolist(), strict=True))


def _kind(gradient: Tensor | None) -> tuple[int, int]:
    """Say whether there is a dense gradient, and whether there is one of rows."""
    return (0, 0) if gradient is None else (int(not gradient.is_sparse), int(gradient.is_sparse))


def _added_rows(weight: Tensor) -> Tensor:
    """Add the rows' gradients of all processes: first agree on the rows, then add only these."""
    own = weight.grad
    is_touched = torch.zeros(len(weight), device=weight.device)
    if own is not None:
        is_touched[own._indices()[0]] = 1
    group.all_reduce(is_touched)
    rows = is_touched.nonzero()[:, 0]
    values = torch.zeros(len(rows), *weight.shape[1:], dtype=weight.dtype, device=weight.device)
    if own is not None:
        values[torch.searchsorted(rows, own._indices()[0])] = own._values()
    group.all_reduce(values)
    return torch.sparse_coo_tensor(rows[None], values, weight.shape, is_coalesced=True, check_invariants=False)


@contextmanager
def gathered(device: torch.device) -> Iterator[Team]:
    """Meet the other processes, where ``torchrun`` started any.

    Parameters
    ----------
    device : torch.device
        Of this process.

    Yields
    ------
    Team
        It parts at the end of the block, unless it had met before.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1 or not group.is_available():
        yield Team(0, 1, device)
        return
    had_met = group.is_initialized()
    if not had_met:
        group.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(group.get_rank(), group.get_world_size(), device)
    finally:
        if not had_met:
            group.destroy_process_group()
