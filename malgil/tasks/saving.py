"""Saved models of any task: opened by the name of the estimator in their manifest."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from malgil.errors import ArtefactError, MissingError
from malgil.params import choose
from malgil.store import open_artefact
from malgil.tasks.names import HOMES

KIND = "model"


def open_model(path: str | Path) -> Any:
    """Open a saved model of any task.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    Learning
        Of the class that was saved.

    Raises
    ------
    MissingError
        If torch is not installed.
    ArtefactError
        If it is missing, damaged, of a newer version or of another kind.
    """
    artefact = open_artefact(path, KIND)
    name = str(artefact.meta.get("estimator"))
    if name not in HOMES:
        raise ArtefactError("models.damaged", path=artefact.path, reason=f"estimator {name!r}")
    return estimator_class(name).open(path)


def estimator_class(name: str) -> Any:
    """Find the class of an estimator.

    Parameters
    ----------
    name : str
        A key of `malgil.tasks.names.HOMES`.

    Returns
    -------
    type
        The class.

    Raises
    ------
    MissingError
        If torch is not installed.
    """
    home = choose(HOMES, "estimator", name)
    try:
        importlib.import_module("torch")
    except ImportError as error:
        raise MissingError("tasks.no_torch", name=name) from error
    return getattr(importlib.import_module(f"malgil.tasks.{home}"), name)
