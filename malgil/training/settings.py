"""How a network is trained: every number in one place, checked when it is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from malgil.errors import ParameterError
from malgil.params import choose
from malgil.training.optimizers import OPTIMIZERS
from malgil.training.precision import DEVICES, PRECISIONS
from malgil.training.ranges import is_number, is_share, is_whole
from malgil.training.schedules import SCHEDULES


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of a training.

    Parameters
    ----------
    epochs : int
        Walks through the examples, at most.
    batch_size : int
        Examples of a step.
    max_tokens : int, optional
        Cells, rows x longest, that go through the network at once: a larger batch is cut into parts whose gradients are
        added before the step. The step stays the same; it needs less memory.
    learning_rate : float
        Highest rate of the schedule.
    optimizer : {"adamw", "sgd", "ntasgd"}
        See `OPTIMIZERS`.
    weight_decay : float
        Shrinks matrices; biases and gains are left alone.
    momentum : float
        Of ``"sgd"``, in [0, 1).
    average_patience : int
        Epochs that ``"ntasgd"`` waits without a new best before it averages.
    schedule : {"constant", "warmup", "cosine", "one_cycle", "slanted"}
        See `SCHEDULES`.
    warmup : float, optional
        Share of the training in which the rate rises, in [0, 1); ``None`` is the schedule's own.
    layer_decay : float
        Rate of a layer, as a share of that of the layer above it, in (0, 1]; see `malgil.training.layers.Layers`.
    unfreeze : int, optional
        Epochs after which one more layer learns, from the top down; ``None``: all learn from the beginning.
    clip : float, optional
        Largest norm of the gradient of the mean loss.
    patience : int, optional
        Epochs without a new best after which training stops; ``None`` never stops early.
    watch : str
        The figure of the validation part that says which weights are best: the lowest ``"loss"``, or with a minus the
        highest of a measured figure, such as ``"-accuracy"``.
    precision : {"auto", "float32", "bfloat16"}
        See `malgil.training.precision.resolve`.
    device : {"auto", "cpu", "cuda"}
        ``"auto"`` takes a CUDA device where there is one.
    seed : int
        Decides the order of the batches and all that the network draws.

    Raises
    ------
    ParameterError
        If a value lies outside its range or is not a known name.
    """

    epochs: int = 10
    batch_size: int = 64
    max_tokens: int | None = None
    learning_rate: float = 1e-3
    optimizer: str = "adamw"
    weight_decay: float = 0.01
    momentum: float = 0.0
    average_patience: int = 5
    schedule: str = "constant"
    warmup: float | None = None
    layer_decay: float = 1.0
    unfreeze: int | None = None
    clip: float | None = 1.0
    patience: int | None = None
    watch: str = "loss"
    precision: str = "auto"
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, table in _TABLES.items():
            choose(table, name, getattr(self, name))
        for name in ("epochs", "batch_size", "max_tokens", "average_patience", "patience", "unfreeze"):
            value = getattr(self, name)
            if value is not None and not is_whole(value):
                raise ParameterError("training.bad_count", name=name, value=value)
        self._check_numbers()

    def _check_numbers(self) -> None:
        for name in ("learning_rate", "clip"):
            value = getattr(self, name)
            if value is not None and not (is_number(value) and value > 0):
                raise ParameterError("training.bad_positive", name=name, value=value)
        if not (is_number(self.weight_decay) and self.weight_decay >= 0):
            raise ParameterError("training.bad_decay", value=self.weight_decay)
        for name in ("momentum", "warmup"):
            value = getattr(self, name)
            if value is not None and not is_share(value):
                raise ParameterError("training.bad_share", name=name, value=value)
        if not (is_number(self.layer_decay) and 0 < self.layer_decay <= 1):
            raise ParameterError("training.bad_layer_decay", value=self.layer_decay)
        if not is_whole(self.seed, 0):
            raise ParameterError("training.bad_seed", value=self.seed)


_TABLES: dict[str, Mapping[str, object]] = {
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "precision": PRECISIONS,
    "device": DEVICES,
}
