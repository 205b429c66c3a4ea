"""Parameters of estimators, checked before anything is read: each by what its field is declared to hold. No torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from malgil.errors import ParameterError
from malgil.params import choose
from malgil.tasks.wordbook import MARKED
from malgil.tokenizers.factory import TOKENIZERS
from malgil.training.ranges import is_number, is_share, is_whole

LOWEST: Mapping[str, int] = {"seed": 0}
"""Least value of a whole number; of all others it is 1."""
POSITIVE = ("learning_rate", "clip")
"""Numbers above 0. All others are at least 0."""
SHARES = ("dropout", "label_smoothing", "recurrent_dropout", "weight_drop", "zoneout", "word_dropout")
"""Numbers in [0, 1)."""


def check_parameters(model: Any, lowest: Mapping[str, int] | None = None) -> None:
    """Refuse parameters of another type or out of range; names are looked up where they are used.

    Parameters
    ----------
    model : dataclass
        An estimator.
    lowest : mapping, optional
        Least values of its own whole numbers, beside `LOWEST`.

    Raises
    ------
    ParameterError
        Names the first one, its value, and what it can be.
    """
    least = {**LOWEST, **(lowest or {})}
    for field in fields(model):
        if not field.init:
            continue
        name, value = field.name, getattr(model, field.name)
        kinds = str(field.type).split(" | ")
        if value is None and ("None" in kinds or name in MAY_BE_NONE):
            continue
        if name in OTHERS:
            OTHERS[name](name, value)
        elif kinds[0] == "int":
            _check_whole(name, value, least.get(name, 1))
        elif kinds[0] in KINDS:
            KINDS[kinds[0]](name, value)


def _check_whole(name: str, value: Any, low: int) -> None:
    if not is_whole(value, low):
        raise ParameterError("tasks.bad_whole", name=name, value=value, low=low)


def _check_switch(name: str, value: Any) -> None:
    if not isinstance(value, bool | np.bool_ | int) or value not in (False, True):
        raise ParameterError("tasks.bad_switch", name=name, value=value)


def _check_name(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise ParameterError("tasks.bad_name", name=name, value=value)


def _check_number(name: str, value: Any) -> None:
    if name in SHARES:
        if not is_share(value):
            raise ParameterError("training.bad_share", name=name, value=value)
    elif name in POSITIVE:
        if not (is_number(value) and value > 0):
            raise ParameterError("training.bad_positive", name=name, value=value)
    elif not (is_number(value) and value >= 0):
        raise ParameterError("tasks.bad_amount", name=name, value=value)


def _check_validation(name: str, value: Any) -> None:
    # a pair of inputs and labels, or texts alone for a language model
    is_given = not isinstance(value, str | bytes | bool | Mapping) and hasattr(value, "__len__")
    if not is_share(value) and not is_given:
        raise ParameterError("tasks.bad_validation", value=value)


def _check_tokenizer(name: str, value: Any) -> None:
    if not isinstance(value, str | Mapping) and not hasattr(value, "split"):
        raise ParameterError("tasks.bad_tokenizer", name=name, value=value)
    if isinstance(value, str) and not Path(value).is_dir():  # a saved one is opened where it is used
        choose({**TOKENIZERS, MARKED: None}, name, value)


def _check_class_weight(name: str, value: Any) -> None:
    is_table = isinstance(value, Mapping) and all(is_number(weight) and weight >= 0 for weight in value.values())
    if not is_table and not (isinstance(value, str) and value == "balanced"):
        raise ParameterError("tasks.bad_class_weight", value=value, known="-")


def _check_vectors(name: str, value: Any) -> None:
    if not hasattr(value, "dim"):
        raise ParameterError("tasks.no_vectors", value=value)


def _check_folder(name: str, value: Any) -> None:
    if not isinstance(value, str | Path):
        raise ParameterError("tasks.bad_folder", name=name, value=value)


def _check_channels(name: str, value: Any) -> None:
    is_list = isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 0
    if not is_list or not all(map(is_whole, value)):
        raise ParameterError("tasks.bad_wholes", name=name, value=value)


MAY_BE_NONE = ("class_weight", "vectors", "source_tokenizer", "pretrained")
"""Declared as anything, and not needed."""
KINDS: Mapping[str, Callable[[str, Any], None]] = {"float": _check_number, "bool": _check_switch, "str": _check_name}
"""First word of a field's type -> what it must be; whole numbers have a least value, too."""
OTHERS: Mapping[str, Callable[[str, Any], None]] = {
    "channels": _check_channels,
    "checkpoints": _check_folder,
    "class_weight": _check_class_weight,
    "source_tokenizer": _check_tokenizer,
    "tokenizer": _check_tokenizer,
    "validation": _check_validation,
    "vectors": _check_vectors,
}
"""Parameters that are no plain number, switch or name."""
