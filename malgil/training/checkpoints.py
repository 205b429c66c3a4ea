"""A training on disk: what was broken off goes on to the same bits."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import xxhash
from torch import Tensor

from malgil.errors import ArtefactError, ParameterError
from malgil.store import MANIFEST, Artefact, Writer, open_artefact
from malgil.training.carry import joined, split
from malgil.training.examples import Batch, Examples
from malgil.training.randomness import set_random_states
from malgil.training.step import Run
from malgil.training.weights import copies_of, from_file, set_weights, to_bytes, weights_of

KIND = "network_training"
_SECONDS = 60.0  # between two states in an epoch
_EASE = 20.0  # a state is written again after this many times the time that writing it took: at most 5 % of the time


def stamp(run: Run, first: Batch, validation: Examples | None) -> str:
    """Hash what decides the course of a training.

    Parameters
    ----------
    run : Run
        Before its first step.
    first : dict of str to Tensor
        Its first batch: other texts or labels show in it.
    validation : Examples, optional
        What it is measured on.

    Returns
    -------
    str
        xxh3-128. Two trainings with the same stamp are taken for one.
    """
    facts = asdict(run.settings) | {"dtype": str(run.dtype), "device": run.team.device.type, "size": run.team.size}
    sums = xxhash.xxh3_128(json.dumps(facts, sort_keys=True).encode())
    for examples in (run.examples, validation):
        if examples is not None:
            sums.update(np.ascontiguousarray(examples.lengths, np.int64).data)
    for tensors in (weights_of(run.network), first):
        for name, tensor in tensors.items():
            tensor = tensor.detach().to_dense()  # of a sparse matrix
            sums.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            sums.update(to_bytes({"": tensor}))
    return sums.hexdigest()


class Checkpoint:
    """A folder that keeps the last state of a training.

    Parameters
    ----------
    path : Path
        The folder.
    mark : str
        Stamp of the training.
    """

    def __init__(self, path: Path, mark: str) -> None:
        self.path = path
        self._mark = mark
        self._next = time.monotonic() + _SECONDS

    @property
    def is_due(self) -> bool:
        """Whether the last state is so old that losing the work since would hurt."""
        return time.monotonic() >= self._next

    def save(self, run: Run) -> None:
        """Write the state between two steps; it appears whole or not at all.

        Parameters
        ----------
        run : Run
            Not in the middle of a step.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        begin = time.monotonic()
        carry, carried = split(run.state.carry)
        meta = {"stamp": self._mark, "state": run.state.to_dict(), "carry": carry, "count": run.average.count}
        groups = {"weights": weights_of(run.network), "carry": carried, "optimizer": _optimizer_tensors(run)}
        groups["average"] = {str(at): mean for at, mean in enumerate(run.average.means)}
        groups["best"] = run.best or {}
        if run.state.is_finished:
            groups = {"weights": groups["weights"]}
        with Writer(self.path, KIND) as writer:
            writer.meta = meta
            for name, tensors in groups.items():
                writer.file(f"{name}.safetensors", partial(_write, to_bytes(tensors)))
            for at, random in enumerate(run.state.random):
                writer.array(f"random.{at}", random.numpy())
        now = time.monotonic()
        self._next = now + max(_SECONDS, _EASE * (now - begin))

    def load(self, run: Run) -> bool:
        """Take a state up, where there is one.

        Parameters
        ----------
        run : Run
            Before its first step; changed in place.

        Returns
        -------
        bool
            Whether there was one.

        Raises
        ------
        ParameterError
            If it is of other examples, settings or first weights.
        ArtefactError
            If it is damaged, or of a newer format.
        """
        if not (self.path / MANIFEST).exists():
            return False
        artefact = open_artefact(self.path, KIND, verify=True)
        if artefact.meta.get("stamp") != self._mark:
            raise ParameterError("training.other_checkpoint", path=self.path)
        try:
            self._take(run, artefact)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            if isinstance(error, ArtefactError):
                raise
            raise ArtefactError("house.manifest_unreadable", path=self.path, reason=error) from error
        return True

    def _take(self, run: Run, artefact: Artefact) -> None:
        def tensors(name: str) -> dict[str, Tensor]:
            found = from_file(artefact.path_of(f"{name}.safetensors"))
            return {key: tensor.to(run.team.device) for key, tensor in found.items()}

        set_weights(run.network, tensors("weights"), self.path)
        run.state.take(artefact.meta["state"])
        if not run.state.is_finished:
            run.state.carry = joined(artefact.meta["carry"], tensors("carry"))
            _set_optimizer(run, tensors("optimizer"))
            means = tensors("average")
            run.average.means = [means[str(at)] for at in range(len(means))]
            run.average.count = int(artefact.meta["count"])
            run.best = tensors("best") or None
        n_random = sum(name.startswith("random.") for name in artefact.parts)
        set_random_states([_tensor(artefact[f"random.{at}"]) for at in range(n_random)], run.team.device)
        run.keep_place()


def _write(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def _tensor(array: Any) -> Tensor:
    from torch import from_numpy

    return from_numpy(np.array(array))


def _optimizer_tensors(run: Run) -> dict[str, Tensor]:
    """Name the tensors of the optimizer by the number of the weight."""
    state = run.optimizer.state_dict()["state"]
    return {
        f"{at}.{name}": tensor
        for at, held in state.items()
        for name, tensor in held.items()
        if isinstance(tensor, Tensor)
    }


def _set_optimizer(run: Run, tensors: dict[str, Tensor]) -> None:
    held: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        at, _, name = key.partition(".")
        held.setdefault(int(at), {})[name] = tensor
    run.optimizer.load_state_dict({"state": held, "param_groups": run.optimizer.state_dict()["param_groups"]})


def keep_best(run: Run) -> None:
    """Remember the weights as they are.

    Parameters
    ----------
    run : Run
        Whose network holds the weights that were measured.
    """
    run.best = copies_of(run.network)
