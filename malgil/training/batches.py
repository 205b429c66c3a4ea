"""Which rows make a step, in which order, and how a batch is cut so that it fits the memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from malgil.sequences import buckets
from malgil.training.examples import Batch, Examples

Rows = NDArray[np.int64]


def plan(examples: Examples, batch_size: int, seed: int, epoch: int) -> list[Rows]:
    """Draw the batches of an epoch.

    Parameters
    ----------
    examples : Examples
        Those with a ``plan`` of their own are asked for it.
    batch_size : int
        Rows of a batch.
    seed : int
        Of the training.
    epoch : int
        From 0.

    Returns
    -------
    list of ndarray of int64
        Numbers of rows; the same for the same seed and epoch, so a resumed training needs no more than its place.
    """
    own: Any = getattr(examples, "plan", None)
    if own is not None:
        return list(own(batch_size, np.random.default_rng((seed, epoch)), True))
    return buckets(examples.lengths, batch_size, seed=(seed, epoch))


def in_order(examples: Examples, batch_size: int) -> list[Rows]:
    """Cut examples into batches without chance: for validation and prediction.

    Parameters
    ----------
    examples : Examples
        Those with a ``plan`` of their own are asked for it, without shuffling.
    batch_size : int
        Rows of a batch.

    Returns
    -------
    list of ndarray of int64
        The longest rows first, equal ones in their order: what is too large for the memory is found at once.
    """
    own: Any = getattr(examples, "plan", None)
    if own is not None:
        return list(own(batch_size, np.random.default_rng(0), False))
    rows = np.argsort(-np.asarray(examples.lengths), kind="stable").astype(np.int64)
    return [rows[low : low + batch_size] for low in range(0, len(rows), batch_size)]


def carries(examples: Examples) -> bool:
    """Whether state goes from batch to batch.

    Parameters
    ----------
    examples : Examples
        Any.

    Returns
    -------
    bool
        Their ``carries``, False where they do not say.
    """
    return bool(getattr(examples, "carries", False))


def rate_share(examples: Examples, rows: Rows) -> float:
    """Say what share of the learning rate a batch is followed with.

    Parameters
    ----------
    examples : Examples
        Any.
    rows : ndarray of int64
        A batch, before it is shared out.

    Returns
    -------
    float
        What their ``rate_share`` says, 1 where they have none.
    """
    own: Any = getattr(examples, "rate_share", None)
    return 1.0 if own is None else float(own(rows))


def parts(rows: Rows, lengths: NDArray[np.int64], most_rows: int | None, most_cells: int | None) -> list[Rows]:
    """Cut a batch into parts whose gradients are added.

    Parameters
    ----------
    rows : ndarray of int64
        The batch.
    lengths : ndarray of int64, shape (n,)
        Steps of all examples.
    most_rows : int, optional
        Rows of a part.
    most_cells : int, optional
        Rows x longest of a part; one longer row is a part of its own.

    Returns
    -------
    list of ndarray of int64
        Together the batch, in its order.
    """
    if most_rows is None and most_cells is None:
        return [rows]
    cut, low, longest = [], 0, 0
    for at, length in enumerate(lengths[rows].tolist()):
        longest = max(longest, length)
        n = at - low
        if n and (n >= (most_rows or len(rows)) or (most_cells is not None and (n + 1) * longest > most_cells)):
            cut.append(rows[low:at])
            low, longest = at, length
    return [*cut, rows[low:]]


def on_device(batch: Batch, device: torch.device) -> Batch:
    """Move a batch.

    Parameters
    ----------
    batch : dict of str to Tensor
        On the CPU.
    device : torch.device
        Where the network is.

    Returns
    -------
    dict of str to Tensor
        On the device; the same where it is there already.
    """
    return {name: tensor.to(device, non_blocking=True) for name, tensor in batch.items()}
