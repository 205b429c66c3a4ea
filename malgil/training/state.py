"""Where a training stands between two steps: everything that the next step depends on, besides weights and data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from malgil.training.history import History


@dataclass
class State:
    """Place and sums of a training.

    Parameters
    ----------
    epoch : int
        Epochs that are done.
    place : int
        Batches of the present epoch that are done.
    step : int
        Steps of the optimizer.
    loss_sum, norm_sum : float
        Over the items, and over the steps, of the present epoch.
    n_items, n_tokens : int
        Items and real steps of sequences in the present epoch.
    seconds : float
        Spent on the steps of the present epoch.
    most_rows : int, optional
        Rows that the memory holds at once, where it was found to be too small.
    losses : list of float
        Validation losses after each epoch.
    best_value : float, optional
        Lowest value of the watched figure.
    n_waited : int
        Epochs since then.
    is_finished : bool
        Whether the weights are the final ones.
    carry : object
        What the last batch left.
    random : list of Tensor
        States of the generators.
    history : History
        The epochs that are done.
    """

    epoch: int = 0
    place: int = 0
    step: int = 0
    loss_sum: float = 0.0
    norm_sum: float = 0.0
    n_items: int = 0
    n_tokens: int = 0
    seconds: float = 0.0
    most_rows: int | None = None
    losses: list[float] = field(default_factory=list)
    best_value: float | None = None
    n_waited: int = 0
    is_finished: bool = False
    carry: Any = None
    random: list[Tensor] = field(default_factory=list)
    history: History = field(default_factory=History)

    def begin_epoch(self) -> None:
        """Set the place and the sums of an epoch to nothing."""
        self.place, self.n_items, self.n_tokens = 0, 0, 0
        self.loss_sum, self.norm_sum, self.seconds = 0.0, 0.0, 0.0
        self.carry = None

    def to_dict(self) -> dict[str, Any]:
        """Give what JSON can hold: all but tensors.

        Returns
        -------
        dict
            Name -> value.
        """
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        return numbers | {"losses": list(self.losses), "history": self.history.to_dict()}

    def take(self, value: dict[str, Any]) -> None:
        """Go on from what `to_dict` gave.

        Parameters
        ----------
        value : dict
            Name -> value.
        """
        for name in _NUMBERS:
            setattr(self, name, value[name])
        self.losses = [float(loss) for loss in value["losses"]]
        self.history = History.from_dict(value["history"])


_NUMBERS = (
    *("epoch", "place", "step", "loss_sum", "norm_sum", "n_items", "n_tokens", "seconds"),
    *("most_rows", "best_value", "n_waited", "is_finished"),
)
