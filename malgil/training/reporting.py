"""What a training tells while it runs: how far it is, and a line after each epoch."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from malgil.engine import Progress, Silent
from malgil.messages import Message
from malgil.training.history import History
from malgil.training.state import State


@runtime_checkable
class Listener(Progress, Protocol):
    """An `engine.Progress` that also hears figures."""

    def describe(self, message: Message) -> None:
        """Hear where the training is, after every step.

        Parameters
        ----------
        message : Message
            A few words.
        """

    def tell(self, message: Message) -> None:
        """Hear something that is to stay on the screen.

        Parameters
        ----------
        message : Message
            A line: the figures of an epoch, or a note.
        """


class Reporter:
    """Says to a listener what happens; in a ``with`` block.

    Parameters
    ----------
    progress : engine.Progress, optional
        Who listens.
    epochs : int
        Of the whole training.
    lengths : ndarray of int64, shape (n,)
        Steps of the examples.
    """

    def __init__(self, progress: Progress | None, epochs: int, lengths: NDArray[np.int64]) -> None:
        self._progress = progress or Silent()
        self._listener = progress if isinstance(progress, Listener) else None
        self._epochs = epochs
        self._a_walk = int(np.sum(lengths))
        self._n_told = 0

    def __enter__(self) -> Self:
        self._progress.start("training.training", self._epochs * self._a_walk or None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._progress.done()

    def resume(self, state: State) -> None:
        """Say what had been done before.

        Parameters
        ----------
        state : State
            Where the training goes on.
        """
        self._n_told = len(state.history.notes)
        if state.epoch or state.place:
            self._progress.advance(state.epoch * self._a_walk + state.n_tokens)
            self._tell(Message("training.resumed", {"epoch": state.epoch + 1, "batch": state.place}))

    def step(self, state: State, loss: float, n_tokens: int) -> None:
        """Say a step.

        Parameters
        ----------
        state : State
            After it.
        loss : float
            Mean loss of an item of the batch.
        n_tokens : int
            Real steps of its sequences.
        """
        self._progress.advance(n_tokens)
        self._notes(state.history)
        if self._listener is not None:
            mean = state.loss_sum / max(state.n_items, 1)
            fields: dict[str, object] = {"epoch": state.epoch + 1, "epochs": self._epochs, "loss": mean}
            self._listener.describe(Message("training.describe", fields))

    def epoch(self, history: History) -> None:
        """Say an epoch.

        Parameters
        ----------
        history : History
            Its row is the last one.
        """
        self._tell(history.rows[-1].message())
        self._notes(history)

    def _notes(self, history: History) -> None:
        for note in history.notes[self._n_told :]:
            self._tell(note)
        self._n_told = len(history.notes)

    def _tell(self, message: Message) -> None:
        if self._listener is not None:
            self._listener.tell(message)
