"""Every parameter of every neural estimator, with values that make no sense: one sentence, before anything is read."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import malgil
from malgil.errors import MalgilError, ParameterError
from malgil.tasks.names import HOMES

TOKENS, TAGS = [["나", "는", "간다"], ["너", "는", "온다"]] * 3, [["가", "나", "다"]] * 6
PAIRS: dict[str, tuple[Any, ...]] = {
    "Captioner": (np.eye(6, 4), ["가 나", "나 가"] * 3),
    "Generator": (["긍정", "부정"] * 3, ["가 나", "나 다"] * 3),
    "RecurrentLM": (["가 나 다", "나 다 가"] * 3,),
    "SequenceClassifier": (TOKENS, ["긍정", "부정"] * 3),
    "SequenceRegressor": (TOKENS, [1.0, 2.0] * 3),
    "SequenceTagger": (TOKENS, TAGS),
    "SequenceTransducer": (TOKENS, [np.arange(3.0)] * 6),
    "Translator": (["가 나", "나 다"] * 3, ["나 가", "다 나"] * 3),
    "VectorClassifier": (np.eye(6, 4), ["긍정", "부정"] * 3),
    "VectorRegressor": (np.eye(6, 4), [1.0, 2.0] * 3),
}
TINY = {"hidden_size": 4, "embedding_size": 4, "character_size": 4, "epochs": 1, "min_count": 1, "verbose": False}
ODD = (None, -1, 0, 1.5, "x", math.nan, True, [], np.inf)
FITTING = {"seed": (0,), "num_layers": (0,), "learning_rate": (1.5,), "clip": (1.5,), "validation": (0,)}
"""Odd values that are none there; what fits by its type is worked out below."""


def parameters() -> list[tuple[str, str, str]]:
    found = []
    for name in HOMES:
        for field in fields(getattr(malgil, name)):
            if field.init:
                found.append((name, field.name, str(field.type)))
    return found


def is_refused(name: str, kind: str, value: Any) -> bool | None:
    """Whether a value must be refused, by the type alone; None where only an answer in words is asked for."""
    if name in FITTING and any(
        value is fits or (type(value) is type(fits) and value == fits) for fits in FITTING[name]
    ):
        return None
    first, *more = kind.split(" | ")
    if value is None:
        return None if "None" in more or first == "Any" else True
    if first == "int":
        return True
    if first == "bool":
        return None if value is True or (type(value) is int and value == 0) else True
    if first == "float":
        return (
            None
            if type(value) in (int, float) and 0 <= value <= 1.5 and name not in ("clip", "learning_rate")
            else True
        )
    return None if name in ("pretrained", "checkpoints") and isinstance(value, str) else True


@pytest.mark.parametrize(("estimator", "name", "kind"), parameters())
def test_values_that_make_no_sense_are_refused(estimator: str, name: str, kind: str, tmp_path: Any) -> None:
    made = getattr(malgil, estimator)
    tiny = {key: value for key, value in TINY.items() if key in made().get_params()}
    for value in ODD:
        wanted = is_refused(name, kind, value)
        if name == "checkpoints" and isinstance(value, str):
            value = str(tmp_path / value)
        try:
            made(**tiny | {name: value}).fit(*PAIRS[estimator])
        except MalgilError as error:
            assert wanted is not False
            for lang in ("en", "ko"):
                assert error.sentence(lang)
        else:
            assert not wanted, f"{estimator}({name}={value!r}) is taken silently"


@pytest.mark.parametrize("estimator", HOMES)
def test_a_share_begins_at_0_and_ends_below_1(estimator: str) -> None:
    made = getattr(malgil, estimator)
    for name in ("dropout", "label_smoothing", "recurrent_dropout", "weight_drop", "zoneout", "word_dropout"):
        if name in made().get_params():
            for value in (1, 1.0, -0.1):
                with pytest.raises(ParameterError, match=name):
                    made(**{name: value}).fit(*PAIRS[estimator])


@pytest.mark.parametrize("estimator", HOMES)
def test_the_numbers_of_numpy_are_numbers(estimator: str) -> None:
    made = getattr(malgil, estimator)
    tiny = {key: value for key, value in TINY.items() if key in made().get_params()}
    tiny |= {"epochs": np.int64(1), "learning_rate": np.float32(0.01), "verbose": np.False_, "seed": np.uint8(3)}
    tiny |= {"validation": np.float32(0.2)}
    made(**tiny).fit(*PAIRS[estimator])


@pytest.mark.parametrize("estimator", HOMES)
@pytest.mark.parametrize(
    "odd", [None, 3, "가", 1.5, {"가": 1}, {"가"}, [None, {}], [3, "가"], [["가"], 3], [["가", 3]]]
)
def test_inputs_of_another_kind(estimator: str, odd: Any) -> None:
    made = getattr(malgil, estimator)
    tiny = {key: value for key, value in TINY.items() if key in made().get_params()}
    X, *y = PAIRS[estimator]
    for arguments in ((odd, *y), (X, odd), (odd, odd)):
        if estimator == "RecurrentLM" and arguments[0] is X:
            continue
        if estimator == "Generator" and isinstance(odd, list):  # labels are of any kind there
            continue
        with pytest.raises(MalgilError):
            made(**tiny).fit(*arguments[: 1 + len(y)])


@pytest.mark.parametrize("estimator", HOMES)
def test_what_cannot_be_asked_is_said(estimator: str) -> None:
    made = getattr(malgil, estimator)
    tiny = {key: value for key, value in TINY.items() if key in made().get_params()}
    model = made(**tiny).fit(*PAIRS[estimator])
    if estimator == "RecurrentLM":
        return
    for odd in (None, 3, "가", {"가": 1}):
        with pytest.raises(MalgilError):
            model.predict(odd)
