"""The state of GloVe after an epoch, on disk: training that was broken off goes on to the same bits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash

from malgil.embeddings.cooccurrence import Cooccurrences
from malgil.embeddings.glove_training import Tables
from malgil.errors import ArtefactError, ParameterError
from malgil.store import Writer, open_artefact
from malgil.strings import string_buffers

KIND = "glove_checkpoint"


def stamp(settings: dict[str, Any], words: pa.LargeStringArray, pairs: Cooccurrences) -> str:
    """Sum up what decides the state after each epoch.

    Parameters
    ----------
    settings : dict
        Hyper-parameters, as JSON.
    words : pa.LargeStringArray
        The vocabulary.
    pairs : Cooccurrences
        What was counted.

    Returns
    -------
    str
        The same for the same settings and texts.
    """
    sums = xxhash.xxh3_128(json.dumps(settings, sort_keys=True, default=float).encode())
    for array in (*string_buffers(words), pairs.indptr, pairs.cols, pairs.units):
        sums.update(memoryview(np.ascontiguousarray(array)))  # type: ignore[arg-type]
    return sums.hexdigest()


def save_checkpoint(path: str | Path, mark: str, tables: Tables, losses: list[float]) -> None:
    """Write a state; appears whole or not at all.

    Parameters
    ----------
    path : str or Path
        The folder.
    mark : str
        From `stamp`.
    tables : Tables
        What was learned.
    losses : list of float
        Mean loss of each epoch so far.
    """
    with Writer(path, KIND) as writer:
        writer.meta = {"stamp": mark, "losses": losses}
        writer.array("words", tables.words)
        writer.array("contexts", tables.contexts)


def load_checkpoint(path: str | Path, mark: str, tables: Tables) -> list[float]:
    """Take a state up, where there is one.

    Parameters
    ----------
    path : str or Path
        The folder; need not exist.
    mark : str
        From `stamp`.
    tables : Tables
        Output: what was learned so far.

    Returns
    -------
    list of float
        Mean loss of each epoch so far; empty where there is no state.

    Raises
    ------
    ParameterError
        If the state is of other texts or settings.
    ArtefactError
        If it is damaged.
    """
    if not (Path(path) / "manifest.json").exists():
        return []
    artefact = open_artefact(path, KIND, verify=True)
    if artefact.meta.get("stamp") != mark:
        raise ParameterError("glove.other_checkpoint", path=path)
    parts = artefact["words"], artefact["contexts"]
    for part, table in zip(parts, tables[:2], strict=True):
        if part.shape != table.shape or part.dtype != table.dtype:
            raise ArtefactError("glove.damaged_checkpoint", path=path)
    for part, table in zip(parts, tables[:2], strict=True):
        table[:] = part
    return [float(loss) for loss in artefact.meta["losses"]]
