"""What the recipes with language models share: a language model that is trained once and kept in a folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import Row, fit

from malgil import RecurrentLM
from malgil.training.history import History


def kept(name: str) -> Path:
    """Say where the models of a recipe are kept, from one call to the next.

    Parameters
    ----------
    name : str
        Of the recipe.

    Returns
    -------
    Path
        Inside the folder that ``MALGIL_MODELS`` names, by default ``build/models``.
    """
    return Path(os.environ.get("MALGIL_MODELS", "build/models")) / name


def language_model(folder: Path, direction: str, texts: Callable[[], list[str]], **settings: Any) -> Path:
    """Train a language model, unless the folder has it; a training that was broken off goes on.

    Parameters
    ----------
    folder : Path
        Where it is kept, beside the state of its training.
    direction : {"forward", "backward"}
        How it reads.
    texts : callable
        Gives the texts; not called where nothing is to be trained.
    **settings : object
        Of `malgil.RecurrentLM`.

    Returns
    -------
    Path
        Its folder.
    """
    path = folder / direction
    if not path.exists():
        model = RecurrentLM(direction=direction, checkpoints=folder / f"{direction}-state", **settings)
        seconds = fit(model, texts(), None)
        print(f"{direction}: {seconds:.0f} s", flush=True)
        model.history_.to_json(folder / f"{direction}.json")
        model.save(path)
    return path


def read(folder: Path, direction: str) -> Row:
    """Say how the training of a language model went.

    Parameters
    ----------
    folder : Path
        Where it is kept.
    direction : {"forward", "backward"}
        How it reads.

    Returns
    -------
    Row
        Its best loss on the validation part, in nats a word, and the seconds of all epochs.
    """
    history = History.from_json(folder / f"{direction}.json")
    best = min(row.validation["loss"] for row in history)
    figures = {"validation loss": best, "train_s": sum(row.seconds for row in history)}
    return Row(f"language model, {direction}", figures, history=history)
