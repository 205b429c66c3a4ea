"""Sequences that were read, with what is wanted for each, as batches for training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from malgil.tasks.frames import shares_of
from malgil.tasks.read import Read
from malgil.training.examples import Batch


class ReadExamples:
    """Batches of read sequences.

    Parameters
    ----------
    read : Read
        Inputs.
    targets : ndarray, optional
        One class (int64) or value (float32) for each input, shape (n,); or for each step, shape (n_steps,) or
        (n_steps, K).
    by_step : bool
        Whether `targets` are those of steps.
    rows : ndarray of int64, optional
        Which inputs these examples are; all by default.
    """

    def __init__(
        self,
        read: Read,
        targets: NDArray[Any] | None = None,
        *,
        by_step: bool = False,
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        self.read = read
        self.targets = targets
        self.by_step = by_step
        self.rows = np.arange(len(read)) if rows is None else rows
        self.lengths = np.maximum(read.lengths[self.rows], 1)

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Make the tensors of some examples.

        Parameters
        ----------
        rows : ndarray of int64, shape (B,)
            Which.

        Returns
        -------
        dict of str to Tensor
            ``keep``, bool (B, T); ``words`` int64 (B, T) with ``spellings`` int64 (B, T, L) where words are spelled, or
            ``numbers`` float32 (B, T, C); ``targets``, (B,), or (B, T, ...) where steps have them.
        """
        chosen = self.rows[rows]
        starts, lengths = self.read.indptr[chosen], self.read.lengths[chosen]
        steps = np.arange(max(int(lengths.max(initial=0)), 1))
        keep = steps < lengths[:, None]
        places = np.where(keep, starts[:, None] + steps, 0)
        batch = {"keep": torch.from_numpy(keep)}
        read = self.read
        if read.numbers is not None:
            batch["numbers"] = torch.from_numpy(shares_of(_taken(read.numbers, places, keep).numpy()))
        elif read.words is not None:
            batch["words"] = _taken(read.words, places, keep).long()
            if read.forms is not None and read.spellings is not None:
                spelled = read.spellings[_taken(read.forms, places, keep).numpy()] * keep[..., None]
                batch["spellings"] = torch.from_numpy(spelled).long()
        if self.targets is not None:
            given = _taken(self.targets, places, keep) if self.by_step else torch.from_numpy(self.targets[chosen])
            batch["targets"] = given
        return batch


def _taken(flat: NDArray[Any], places: NDArray[np.int64], keep: NDArray[np.bool_]) -> torch.Tensor:
    """Take the values of steps, 0 on padding."""
    if not len(flat):
        return torch.zeros((*places.shape, *flat.shape[1:]), dtype=torch.from_numpy(flat).dtype)
    taken = flat[places]
    taken[~keep] = 0
    return torch.from_numpy(taken)
