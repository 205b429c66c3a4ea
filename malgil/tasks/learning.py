"""What the estimators that write have in common: the settings of their training, the split, the folder they live in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from malgil.drawing import Trace
from malgil.errors import ArtefactError, DataError, NotFittedError, ParameterError
from malgil.messages import Message
from malgil.nn.dropouts import Dropouts
from malgil.params import Parametrised
from malgil.store import Writer, open_artefact
from malgil.tasks.checking import check_parameters
from malgil.tasks.kinds import rows_of
from malgil.tasks.saving import KIND
from malgil.training.examples import Examples
from malgil.training.history import History
from malgil.training.loop import Measure, train
from malgil.training.randomness import apart
from malgil.training.ranges import is_number
from malgil.training.settings import Settings
from malgil.training.terminal import on_terminal, tell
from malgil.training.weights import from_file, set_weights, to_bytes, weights_of

USUAL_EPOCHS = 10
FEWEST_APART = 500
"""Validation parts of fewer examples are judged by their loss: shares of right answers would be equal too often."""
FEWEST_STEPS = 400
"""A few dozen examples make one step an epoch, and ten steps teach nothing."""
_SPLIT = 1  # beside the seed: the draw of the validation part is not that of the weights
_NOT_KEPT = ("checkpoints", "vectors", "class_weight", "pretrained")
"""Parameters that only matter while it learns, and that JSON need not be able to hold."""
_SETTINGS = tuple(field.name for field in fields(Settings))


@dataclass(kw_only=True, eq=False)
class Learning(Parametrised):
    """Base of all estimators that are networks. A field that `Settings` has too means the same there.

    Parameters
    ----------
    epochs : int, optional
        Times that every example is seen; by default 10, or as many as make 400 steps.
    batch_size, learning_rate, optimizer, weight_decay, schedule, clip, patience
        As in `malgil.training.settings.Settings`.
    validation : float or tuple of (X, y)
        Share of the examples that is kept apart to measure on, in [0, 1), or other examples; 0 = none, and the last
        weights are kept.
    precision, seed, device
        As in `malgil.training.settings.Settings`.
    verbose : bool
        Whether a terminal shows the progress.
    checkpoints : str or Path, optional
        Folder that keeps the state of the training, so that the same call goes on where it was broken off.
    """

    epochs: int | None = None
    batch_size: int = 64
    learning_rate: float = 1e-3
    optimizer: str = "adamw"
    weight_decay: float = 0.01
    schedule: str = "constant"
    clip: float | None = 1.0
    patience: int | None = None
    validation: Any = 0.1
    precision: str = "auto"
    seed: int = 0
    device: str = "auto"
    verbose: bool = False
    checkpoints: str | Path | None = None
    task: ClassVar[str]
    _watch: ClassVar[str] = "loss"
    _lowest: ClassVar[Mapping[str, int]] = {}
    """Least values of whole numbers that may be below 1."""
    _arrays: ClassVar[tuple[str, ...]] = ()
    """Attributes that a file keeps as arrays."""

    def save(self, path: str | Path) -> None:
        """Write the model: weights as safetensors, words and parameters as JSON.

        Parameters
        ----------
        path : str or Path
            The folder.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        StorageError
            If it cannot be written.
        """
        network = self._trained
        params = {name: None if name in _NOT_KEPT else value for name, value in self.get_params().items()}
        params |= {name: getattr(made, "params") for name, made in params.items() if hasattr(made, "params")}  # noqa: B009
        params |= {name: made.item() for name, made in params.items() if isinstance(made, np.generic)}
        if not is_number(self.validation):
            params["validation"] = 0.0
        name = type(self).__name__
        with Writer(path, KIND) as writer:
            writer.meta = {"estimator": name, "task": self.task, "params": params, "learned": self._kept()}
            content = to_bytes(weights_of(network))
            writer.file("weights.safetensors", lambda file: file.write(content))
            for array in self._arrays:
                writer.array(array, getattr(self, array))

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a saved model.

        Parameters
        ----------
        path : str or Path
            The folder.

        Returns
        -------
        object
            Ready to answer, on the CPU.

        Raises
        ------
        ArtefactError
            If it is missing, damaged, of another task or of a newer version.
        """
        artefact = open_artefact(path, KIND)
        if (found := artefact.meta.get("estimator")) != cls.__name__:
            raise ArtefactError("writing.other_task", path=path, found=found, wanted=cls.__name__)
        weights = artefact.path_of("weights.safetensors")
        try:
            made = cls(**artefact.meta["params"])
            made._restore(artefact.meta["learned"], Path(path))
            for array in cls._arrays:
                setattr(made, array, np.array(artefact[array]))
            network = made._build()
        except (ParameterError, TypeError, KeyError, ValueError, RuntimeError) as error:
            raise ArtefactError("writing.bad_words", path=path) from error
        set_weights(network, from_file(weights), weights)
        made._use(network.eval())
        return made

    def trace(self, x: Any, *, contributions: bool = False) -> Trace:
        """See inside: states, gates, attention and answer for one input.

        Parameters
        ----------
        x : object
            One input.
        contributions : bool
            Whether to say what each step adds to the answer.

        Returns
        -------
        malgil.drawing.Trace
            Arrays, which `malgil.drawing` draws.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        from malgil.tasks.tracing import trace_model

        assert self._trained is not None
        return trace_model(self, x, contributions=contributions)

    def _check(self) -> None:
        """Refuse parameters that cannot be used; the first thing that `fit` does."""
        check_parameters(self, self._lowest)

    def _kept(self) -> dict[str, Any]:
        """JSON of what was learned beside the weights."""
        raise NotImplementedError

    def _restore(self, kept: Any, path: Path) -> None:
        """Take back what `_kept` gave."""
        raise NotImplementedError

    def _build(self) -> nn.Module:
        """Make the untrained network."""
        raise NotImplementedError

    def _use(self, network: nn.Module) -> None:
        """Keep a trained network."""
        self._network = network

    @property
    def _trained(self) -> Any:
        if "_network" not in self.__dict__:
            raise NotFittedError("writing.not_fitted", name=type(self).__name__)
        return self._network

    @property
    def network_(self) -> Any:
        """The trained network, in evaluation."""
        return self._trained

    def _train(self, examples: Examples, validation: Examples | None, measure: Measure | None = None) -> None:
        """Train a new network; `history_` says how it went."""
        settings = self._settings(len(examples), 0 if validation is None else len(validation))
        with apart(torch.device("cpu"), self.seed):
            network = self._build()
        folder = None if self.checkpoints is None else Path(self.checkpoints)
        with on_terminal() if self.verbose else nullcontext() as progress:
            self.history_: History = train(
                network,
                examples,
                settings,
                validation=validation,
                measure=measure if validation is not None else None,
                folder=folder,
                progress=progress,
            )
        self._use(network)

    def _note(self, note: Message) -> None:
        """Keep what the user must know of the data beside the figures, and say it."""
        self.history_.notes.append(note)
        if self.verbose:
            tell(note)

    def _settings(self, n_examples: int, n_apart: int) -> Settings:
        given = {name: getattr(self, name) for name in _SETTINGS if hasattr(self, name)}
        if self.epochs is None:
            n_steps = -(-n_examples // max(int(self.batch_size), 1))
            given["epochs"] = max(USUAL_EPOCHS, -(-FEWEST_STEPS // max(n_steps, 1)))
        if n_apart >= FEWEST_APART:
            given["watch"] = self._watch
        return Settings(**given | ({} if n_apart else {"patience": None}))

    def _split(self, n: int, stays: NDArray[np.int64] | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows to learn from, among them those that stay, and rows to measure on; drawn by the seed, both rising."""
        if not n:
            raise DataError("writing.nothing")
        free = np.arange(n) if stays is None else np.setdiff1d(np.arange(n), stays)
        n_apart = min(round(float(self.validation) * n), len(free), n - 1)
        apart = np.sort(np.random.default_rng([self.seed, _SPLIT]).permutation(free)[:n_apart])
        return np.setdiff1d(np.arange(n), apart), apart

    def _given_validation(self) -> tuple[Any, Any] | None:
        """Give the examples of the user's own validation part."""
        if is_number(self.validation):
            return None
        if not isinstance(self.validation, tuple | list) or len(self.validation) != 2:
            raise ParameterError("tasks.bad_validation", value=self.validation)
        return self.validation[0], self.validation[1]


def dropouts_of(chance: float) -> Dropouts:
    """Spread one chance of dropout over the places where it helps most.

    Parameters
    ----------
    chance : float
        In [0, 1).

    Returns
    -------
    Dropouts
        Of each layer's input and of the output, one mask for all steps.
    """
    return Dropouts(input=chance, output=chance)


def texts_of(y: Any) -> list[Any]:
    """Check texts.

    Parameters
    ----------
    y : sequence of (str or list of str)
        Texts, or their words.

    Returns
    -------
    list
        The same.

    Raises
    ------
    ParameterError
        If it is no sequence.
    DataError
        If one is neither; names its row.
    """
    rows: list[Any] = rows_of(y)
    for row, text in enumerate(rows):
        is_words = isinstance(text, Sequence | np.ndarray) and all(isinstance(word, str) for word in text)
        if not (isinstance(text, str) or is_words):
            raise DataError("writing.no_text", row=row, value=text)
    return rows
