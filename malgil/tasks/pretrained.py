"""From a language model to a classifier: what is taken over, and what must be left to the language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

import torch

from malgil.errors import ParameterError
from malgil.tasks.grown_network import Ancestor, Arms, GrownNetwork
from malgil.tasks.inputs import Reader
from malgil.tasks.language_model import RecurrentLM
from malgil.tasks.reading_network import ReadingConfig

HEAD_SIZE = 50
"""Numbers of the hidden layer under the classes."""
DECIDED = (
    "encoder",
    "tokenizer",
    "embedding_size",
    "hidden_size",
    "num_layers",
    "bidirectional",
    "min_count",
    "max_terms",
    "characters",
    "vectors",
)
"""Parameters of a classifier that its language model decides."""


def check_left_alone(model: Any) -> None:
    """Refuse what a language model decides and was given beside it.

    Parameters
    ----------
    model : dataclass
        A classifier with ``pretrained``.

    Raises
    ------
    ParameterError
        Names the first such parameter.
    """
    usual = {field.name: field.default for field in fields(model) if field.default is not MISSING}
    for name in DECIDED:
        if getattr(model, name) != usual[name]:
            raise ParameterError("tasks.pretrained_decides", name=name, value=getattr(model, name))


def elders_of(given: Any) -> list[RecurrentLM]:
    """Open language models.

    Parameters
    ----------
    given : RecurrentLM, str, Path, list of them, or None
        What a classifier was given.

    Returns
    -------
    list of RecurrentLM
        Fitted, with the same words; empty for None.

    Raises
    ------
    ParameterError
        If one is no language model, or cuts texts otherwise or has other words than the first.
    NotFittedError
        If one has not learned yet.
    ArtefactError
        If a folder is missing or damaged.
    """
    if given is None:
        return []
    found = [_opened(one) for one in (given if isinstance(given, list | tuple) else [given])]
    if not found:
        raise ParameterError("tasks.no_language_model", value=given)
    first, *others = (elder._kept() for elder in found)
    for number, kept in enumerate(others, start=2):
        for what in ("tokenizer", "terms"):
            if kept[what] != first[what]:
                raise ParameterError(f"tasks.other_{what}", number=number)
    return found


def _opened(given: Any) -> RecurrentLM:
    if isinstance(given, str | Path):
        return RecurrentLM.open(given)
    if not isinstance(given, RecurrentLM):
        raise ParameterError("tasks.no_language_model", value=given)
    return given


def ancestor_of(elder: RecurrentLM) -> Ancestor:
    """Say what a network has from a language model beside the weights.

    Parameters
    ----------
    elder : RecurrentLM
        Fitted.

    Returns
    -------
    Ancestor
        For files.
    """
    return Ancestor(elder.network_.config, elder.word_dropout, elder.direction == "backward")


def reader_of(elder: RecurrentLM, X: Any, max_length: int | None) -> Reader:
    """Make a reader with the words of a language model.

    Parameters
    ----------
    elder : RecurrentLM
        Fitted.
    X : sequence
        Texts or lists of tokens.
    max_length : int, optional
        Words at most.

    Returns
    -------
    Reader
        Whose numbers of words are those of the language model's network.
    """
    kept = elder._kept()
    return Reader.knowing(kept["tokenizer"], tuple(kept["terms"]), X, max_length)


def grown(
    config: ReadingConfig,
    ancestors: Sequence[Ancestor],
    class_weights: torch.Tensor | None,
    elders: Sequence[RecurrentLM],
) -> Arms:
    """Build a network on language models.

    Parameters
    ----------
    config : ReadingConfig
        Of the classifier; the encoder's part is not read.
    ancestors : sequence of Ancestor
        One for each arm.
    class_weights : Tensor, shape (K,), optional
        As in `ReadingNetwork`.
    elders : sequence of RecurrentLM
        Whose weights the arms begin with; empty where they are read from a file.

    Returns
    -------
    Arms
        In training mode.
    """
    arms = []
    for at, ancestor in enumerate(ancestors):
        encoder = ancestor.encoder
        whole = replace(
            config,
            embedding_size=encoder.input_size,
            whole_encoder=encoder,
            word_dropout=ancestor.word_dropout,
            head_size=HEAD_SIZE,
        )
        arms.append(GrownNetwork(whole, ancestor.is_backward, class_weights))
        if elders:
            arms[-1].inherit(elders[at].network_)
    return Arms(arms)
