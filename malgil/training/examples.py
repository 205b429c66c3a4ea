"""What training asks of data and networks: two protocols, and the loss that passes between them."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Batch = dict[str, Tensor]
"""Tensors by name, batch first; the arguments of a network."""


class Loss(NamedTuple):
    """What a network says about a batch.

    Parameters
    ----------
    total : Tensor, scalar
        Loss, summed over the items, not averaged: so the parts of a batch can be added.
    n_items : int
        Items that were counted: rows, or real steps.
    carry : object, optional
        State for the next batch: tensors and numbers in tuples, lists and dicts. The loop detaches it; after a resumed
        training, a named tuple comes back as a plain one.
    """

    total: Tensor
    n_items: int
    carry: Any = None


class Examples(Protocol):
    """Data that a network learns from, row by row.

    Three things are optional. ``plan(batch_size, rng, shuffle)`` gives the batches of an epoch as a list of arrays of
    int64, where their order has a meaning; else batches of like length are drawn. A true ``carries`` says that the
    state after a batch is the state before the next one; such batches are never split. ``rate_share(rows)`` is what the
    learning rate is multiplied with for a batch.
    """

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Steps of each example, int64 of shape (n,)."""

    def __len__(self) -> int: ...

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Make the tensors of some examples.

        Parameters
        ----------
        rows : ndarray of int64, shape (B,)
            Which ones, in this order.

        Returns
        -------
        dict of str to Tensor
            On the CPU, padded; with ``"keep"``, bool (B, T), where there is time.
        """


class Network(Protocol):
    """A ``torch.nn.Module`` that can be trained."""

    def loss(self, batch: Batch, carry: Any = None) -> Loss:
        """Say how wrong the network is about a batch.

        Parameters
        ----------
        batch : dict of str to Tensor
            As `Examples.batch` made it, on the network's device.
        carry : object, optional
            What the batch before left, where the examples carry.

        Returns
        -------
        Loss
            Sum over the items, with a graph for gradients.
        """
