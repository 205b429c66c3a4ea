"""Exported estimators answer as the estimators do, whatever they are made of."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

from malgil.errors import ArtefactError, ParameterError  # noqa: E402
from malgil.tasks.classifier import SequenceClassifier  # noqa: E402
from malgil.tasks.names import ENCODERS  # noqa: E402
from malgil.tasks.onnx_export import can_export, export_onnx  # noqa: E402
from malgil.tasks.onnx_predicting import OnnxModel  # noqa: E402
from malgil.tasks.opening import open_predictor  # noqa: E402
from malgil.tasks.regressor import SequenceRegressor  # noqa: E402
from malgil.tasks.tagger import SequenceTagger  # noqa: E402

TEXTS = ["정말 재밌다", "너무 지루하다 지루해", "최고의 영화 😀", "최악의 영화", "", "처음"] * 3
LABELS = ["긍정", "부정", "긍정", "부정", "긍정", "부정"] * 3
TOKENS = [text.split() or ["빈"] for text in TEXTS]
NEW = [*TEXTS[:6], "모르는 말 ㅋㅋ", "영화 " * 9, "\u1100\u1161 \U0001f600"]
SMALL: dict[str, Any] = {"hidden_size": 4, "embedding_size": 5, "epochs": 2, "min_count": 1, "verbose": False}
SMALL |= {"batch_size": 8, "character_size": 4, "validation": 0.2}


def exported(model: Any, folder: Path) -> OnnxModel:
    model.save(folder)
    model.export(folder)
    opened = open_predictor(folder)
    assert isinstance(opened, OnnxModel)
    return opened


@pytest.mark.parametrize("encoder", ENCODERS)
def test_classifiers_of_every_encoder(encoder: str, tmp_path: Path) -> None:
    model = SequenceClassifier(encoder=encoder, tokenizer="word", **SMALL).fit(TEXTS, LABELS)
    found = exported(model, tmp_path / "m")
    assert found.predict_proba(NEW) == pytest.approx(model.predict_proba(NEW), abs=1e-5)
    assert found.predict(NEW) == model.predict(NEW).tolist()
    assert found.predict_proba([]).shape == (0, 2)
    assert found.predict([]) == []


@pytest.mark.parametrize(
    "options", [{"characters": "jamo", "num_layers": 2}, {"pooling": "attention", "max_length": 2}]
)
def test_options_of_a_classifier(options: dict[str, Any], tmp_path: Path) -> None:
    model = SequenceClassifier(tokenizer="jamo", **SMALL, **options).fit(TEXTS, LABELS)
    assert exported(model, tmp_path / "m").predict_proba(NEW) == pytest.approx(model.predict_proba(NEW), abs=1e-5)


def test_numbers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(1 + n % 4, 3)) for n in range(18)]
    model = SequenceClassifier(**SMALL).fit(X, LABELS)
    assert exported(model, tmp_path / "m").predict_proba(X) == pytest.approx(model.predict_proba(X), abs=1e-5)


def test_a_regressor(tmp_path: Path) -> None:
    model = SequenceRegressor(tokenizer="word", **SMALL).fit(TEXTS, [100.0 + n for n in range(18)])
    assert exported(model, tmp_path / "m").predict(NEW) == pytest.approx(model.predict(NEW), rel=1e-5)


@pytest.mark.parametrize("crf", [False, True])
def test_a_tagger(crf: bool, tmp_path: Path) -> None:
    tags = [[("B-말", "I-말")[len(token) % 2] for token in row] for row in TOKENS]
    model = SequenceTagger(crf=crf, **SMALL).fit(TOKENS, tags)
    rows = [*TOKENS, ["처음", "보는", "말"], []]
    assert exported(model, tmp_path / "m").predict(rows) == [list(row) for row in model.predict(rows)]


def test_a_file_for_other_runtimes(tmp_path: Path) -> None:
    model = SequenceClassifier(encoder="gru", tokenizer="word", **SMALL).fit(TEXTS, LABELS)
    export_onnx(model, tmp_path / "a.onnx")
    export_onnx(model, tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
    session = runtime.InferenceSession(tmp_path / "a.onnx")
    assert [slot.name for slot in session.get_inputs()] == ["words", "lengths"]
    assert session.get_outputs()[0].name == "probabilities"


def test_what_does_not_belong_together_is_noticed(tmp_path: Path) -> None:
    model = SequenceClassifier(encoder="mlp", tokenizer="word", **SMALL).fit(TEXTS, LABELS)
    exported(model, tmp_path / "m")
    model.set_params(seed=1).fit(TEXTS, LABELS).save(tmp_path / "n")
    shutil.copytree(tmp_path / "m" / "onnx", tmp_path / "n" / "onnx")
    with pytest.raises(ArtefactError, match="another model"):
        open_predictor(tmp_path / "n")


def test_an_estimator_without_a_form_says_so(tmp_path: Path) -> None:
    assert not can_export(object())
    with pytest.raises(ParameterError, match="cannot be exported"):
        export_onnx(object(), tmp_path / "a.onnx")
