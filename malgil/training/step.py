"""One step: the gradient of the mean loss of a batch, in as many parts as the memory asks for, and the new weights."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from malgil.errors import DataError
from malgil.messages import Message
from malgil.training.batches import Rows, carries, on_device, parts, rate_share
from malgil.training.carry import detached
from malgil.training.distributed import Team
from malgil.training.examples import Batch, Examples
from malgil.training.interrupts import whole
from malgil.training.layers import Layers
from malgil.training.limits import half, ran_out
from malgil.training.optimizers import OPTIMIZERS, Average
from malgil.training.precision import autocast
from malgil.training.randomness import random_states, set_random_states
from malgil.training.rowwise import merge_rows, numbers_of
from malgil.training.settings import Settings
from malgil.training.state import State

_ROWS_NAMED = 10  # in the message about a loss that is no number


class Sums(NamedTuple):
    """What the parts of a batch add up to.

    Parameters
    ----------
    loss : float
        Over the items.
    n_items, n_tokens : int
        Items, and real steps of sequences.
    carry : object
        What the last part left.
    """

    loss: float = 0.0
    n_items: int = 0
    n_tokens: int = 0
    carry: Any = None


@dataclass(eq=False)
class Run:
    """A training under way.

    Parameters
    ----------
    network : torch.nn.Module
        On the device of the team.
    examples : Examples
        What it learns from.
    settings : Settings
        How.
    dtype : torch.dtype
        Of the products.
    team : Team
        The processes.
    state : State
        Where it stands.
    """

    network: nn.Module
    examples: Examples
    settings: Settings
    dtype: torch.dtype
    team: Team
    state: State

    def __post_init__(self) -> None:
        self.layers = Layers(self.network, self.settings)
        self.weights: list[Tensor] = [weight for layer in self.layers.weights for weight in layer]
        self.optimizer = OPTIMIZERS[self.settings.optimizer](self.network, self.settings)
        self.average = Average(self.weights)
        self.best: dict[str, Tensor] | None = None
        self._carries = carries(self.examples)
        self.keep_place()

    def keep_place(self) -> None:
        """Remember what a step changes before it is done: the generators, and running sums of the network."""
        self.state.random = random_states(self.team.device)
        self._buffers = [(held, held.clone()) for held in self.network.buffers() if held.is_floating_point()]

    @torch.no_grad()
    def rewind(self) -> None:
        """Forget a step that was not finished."""
        set_random_states(self.state.random, self.team.device)
        for held, kept in self._buffers:
            held.copy_(kept)

    def step(self, rows: Rows, rate: float) -> float:
        """Learn from a batch.

        Parameters
        ----------
        rows : ndarray of int64
            Of all processes together.
        rate : float
            Learning rate.

        Returns
        -------
        float
            Mean loss of an item before the step.

        Raises
        ------
        DataError
            If the loss or the gradient is not a finite number: the weights are then those before the step. If one
            example is too large for the memory.
        KeyboardInterrupt
            Before the step or after it, never between.
        """
        begin = time.monotonic()
        own = self._gradients(self.team.share(rows))
        loss, items, tokens = self.team.added([own.loss, own.n_items, own.n_tokens])
        norm = self._norm(max(items, 1.0)) if math.isfinite(loss) else math.nan
        if not math.isfinite(norm):
            self._refuse(rows)
        with whole():
            self._move(rate * rate_share(self.examples, rows), norm, max(items, 1.0))
            self._commit(own._replace(loss=loss, n_items=int(items), n_tokens=int(tokens)), norm, begin)
        return loss / max(items, 1.0)

    def _gradients(self, rows: Rows) -> Sums:
        """Add the gradients of the parts of a batch, cutting it where it does not fit."""
        while True:
            self.optimizer.zero_grad(set_to_none=True)
            sums = Sums(carry=self.state.carry)
            most_cells = self.settings.max_tokens
            whole_batch = self._carries or not len(rows)
            for part in [rows] if whole_batch else parts(rows, self.examples.lengths, self.state.most_rows, most_cells):
                try:
                    sums = self._add_part(part, sums)
                except (RuntimeError, MemoryError) as error:
                    if not ran_out(error):
                        raise
                    break
            else:
                return sums
            self._cut(len(part))

    def _add_part(self, rows: Rows, sums: Sums) -> Sums:
        if not len(rows):  # a process may have no row of a small batch
            return sums
        batch = on_device(self.examples.batch(rows), self.team.device)
        asked: Any = self.network
        with autocast(self.dtype, self.team.device):
            loss = asked.loss(batch, sums.carry if self._carries else None)
        total = loss.total.float()
        if total.requires_grad:  # else nothing of the batch depends on the weights
            total.backward()
        left = detached(loss.carry) if self._carries else None
        return Sums(
            sums.loss + float(total.detach()), sums.n_items + loss.n_items, sums.n_tokens + _n_tokens(batch, rows), left
        )

    def _cut(self, n_rows: int) -> None:
        self.optimizer.zero_grad(set_to_none=True)  # gives their memory back before the next attempt
        self.state.most_rows = half(n_rows, may_split=not self._carries)
        self.state.history.notes.append(Message("training.halved", {"n": n_rows, "most": self.state.most_rows}))
        self.rewind()

    def _norm(self, n_items: float) -> float:
        merge_rows(self.weights)
        self.team.add_gradients(self.weights)
        gradients = [numbers_of(weight.grad) for weight in self.weights if weight.grad is not None]
        return float(nn.utils.get_total_norm(gradients)) / n_items if gradients else 0.0

    @torch.no_grad()
    def _move(self, rate: float, norm: float, n_items: float) -> None:
        """Make the gradient one of the mean loss, clip it, and follow it."""
        clip = self.settings.clip
        factor = (1.0 if clip is None or norm <= clip else clip / norm) / n_items
        for weight in self.weights:
            if weight.grad is not None:
                numbers_of(weight.grad).mul_(factor)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        self.optimizer.step()
        self.average.update()

    def _commit(self, sums: Sums, norm: float, begin: float) -> None:
        state = self.state
        state.place, state.step = state.place + 1, state.step + 1
        state.loss_sum, state.norm_sum = state.loss_sum + sums.loss, state.norm_sum + norm
        state.n_items, state.n_tokens = state.n_items + sums.n_items, state.n_tokens + sums.n_tokens
        state.carry = sums.carry
        self.keep_place()
        state.seconds += time.monotonic() - begin

    def _refuse(self, rows: Rows) -> None:
        named = ", ".join(str(row) for row in rows[:_ROWS_NAMED].tolist()) + (
            "" if len(rows) <= _ROWS_NAMED else ", ..."
        )
        place = {"epoch": self.state.epoch + 1, "batch": self.state.place + 1}
        self.optimizer.zero_grad(set_to_none=True)
        self.rewind()
        raise DataError("training.not_finite", rows=named, rate=self.settings.learning_rate, **place)


def _n_tokens(batch: Batch, rows: Rows) -> int:
    return int(batch["keep"].sum()) if "keep" in batch else len(rows)
