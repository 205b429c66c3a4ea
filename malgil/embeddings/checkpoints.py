"""The state of a training between two rounds, on disk: what was broken off goes on to the same bits."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from malgil.embeddings.preparing import Prepared
from malgil.embeddings.training import State
from malgil.errors import ArtefactError, ParameterError
from malgil.store import MANIFEST, Writer, open_artefact
from malgil.strings import string_buffers

KIND = "training_checkpoint"
_SECONDS = 30.0  # between two states


class Checkpoint:
    """A folder that keeps the last state.

    Parameters
    ----------
    path : str or Path
        The folder.
    settings : dict
        What decides the state, as JSON.
    corpus : Prepared
        What is trained on.
    weights : (ndarray of float32, ndarray of float32)
        Rows before training.
    """

    def __init__(
        self, path: str | Path, settings: dict[str, Any], corpus: Prepared, weights: tuple[NDArray[np.float32], ...]
    ) -> None:
        self._path = Path(path)
        sums = xxhash.xxh3_128(json.dumps(settings, sort_keys=True, default=float).encode())
        for array in (*string_buffers(corpus.words), corpus.ids, corpus.indptr, *weights):
            sums.update(np.ascontiguousarray(array).data)
        self._mark = sums.hexdigest()
        self._last = time.monotonic()
        self._epoch = 0

    def load(self, state: State) -> None:
        """Take a state up, where there is one.

        Parameters
        ----------
        state : State
            Changed in place.

        Raises
        ------
        ParameterError
            If it is of other texts or settings.
        ArtefactError
            If it is damaged.
        """
        if not (self._path / MANIFEST).exists():
            return
        artefact = open_artefact(self._path, KIND, verify=True)
        if artefact.meta.get("stamp") != self._mark:
            raise ParameterError("embeddings.other_checkpoint", path=self._path)
        targets: dict[str, NDArray[Any]] = {
            "inputs": state.weights[0],
            "outputs": state.weights[1],
            "losses": state.losses,
        }
        parts = {name: artefact[name] for name in targets}
        for name, target in targets.items():
            if parts[name].shape != target.shape or parts[name].dtype != target.dtype:
                raise ArtefactError("embeddings.damaged_checkpoint", path=self._path)
        for name, target in targets.items():
            target[:] = parts[name]
        state.epoch, state.round, state.n_seen = (int(artefact.meta[n]) for n in ("epoch", "round", "n_seen"))
        self._epoch = state.epoch

    def save(self, state: State) -> None:
        """Write the state after an epoch, and every half a minute; it appears whole or not at all.

        Parameters
        ----------
        state : State
            Between two rounds.
        """
        if state.epoch == self._epoch and time.monotonic() < self._last + _SECONDS:
            return
        with Writer(self._path, KIND) as writer:
            place = {"epoch": state.epoch, "round": state.round, "n_seen": state.n_seen}
            writer.meta = {"stamp": self._mark, **place}
            writer.array("inputs", state.weights[0])
            writer.array("outputs", state.weights[1])
            writer.array("losses", state.losses)
        self._last, self._epoch = time.monotonic(), state.epoch
