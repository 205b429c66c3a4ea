"""The estimators that read behave as scikit-learn expects of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
sklearn = pytest.importorskip("sklearn")

from sklearn.base import clone, is_classifier, is_regressor  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402

import malgil  # noqa: E402
from malgil.errors import NotFittedError  # noqa: E402

TEXTS = ["정말 좋다", "아주 좋아요", "정말 싫다", "아주 싫어요 😀"] * 6
LABELS = ["긍정", "긍정", "부정", "부정"] * 6
TINY: dict[str, Any] = {
    "encoder": "mlp",
    "tokenizer": "word",
    "min_count": 1,
    "hidden_size": 8,
    "embedding_size": 8,
    "epochs": 6,
    "batch_size": 8,
    "learning_rate": 0.05,
    "validation": 0,
    "device": "cpu",
    "verbose": False,
}


def test_a_clone_has_the_same_parameters_and_nothing_learned() -> None:
    model = malgil.SequenceClassifier(**TINY).fit(TEXTS, LABELS)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "classes_")
    assert clone(malgil.SequenceRegressor(dropout=0.25)).dropout == 0.25


def test_scikit_learn_knows_what_they_are() -> None:
    assert is_classifier(malgil.SequenceClassifier()) and is_classifier(malgil.VectorClassifier())
    assert is_regressor(malgil.SequenceRegressor()) and is_regressor(malgil.VectorRegressor())


def test_a_grid_search_finds_the_setting_that_learns() -> None:
    model = malgil.SequenceClassifier(**TINY, schedule="constant")  # the few steps at its full rate
    search = GridSearchCV(model, {"learning_rate": [1e-9, 0.05]}, cv=2)
    search.fit(TEXTS, LABELS)
    assert search.best_params_ == {"learning_rate": 0.05}
    assert list(search.predict(["정말 좋다", "정말 싫다"])) == ["긍정", "부정"]


def test_a_pipeline_hands_weights_of_words_to_a_network() -> None:
    network = malgil.VectorClassifier(hidden_size=8, epochs=20, learning_rate=0.05, validation=0, verbose=False)
    model = make_pipeline(malgil.TfidfVectorizer(), network).fit(TEXTS, LABELS)
    assert model.score(TEXTS, LABELS) == 1
    assert np.allclose(model.predict_proba(TEXTS).sum(1), 1)


def test_cross_validation_of_a_regressor_beats_the_mean() -> None:
    values = [5.0 if label == "긍정" else 1.0 for label in LABELS]
    model = malgil.SequenceRegressor(**{**TINY, "epochs": 15})
    assert cross_val_score(model, TEXTS, values, cv=2).min() > 0.5


def test_one_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        settings = {**TINY, "encoder": "gru", "validation": 0.25, "characters": "jamo"}
        malgil.SequenceClassifier(**settings).fit(TEXTS, LABELS).save(tmp_path / name)
    files = [sorted(path.name for path in (tmp_path / name).iterdir()) for name in ("a", "b")]
    assert files[0] == files[1]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files[0])


@pytest.mark.parametrize(
    "name", ["SequenceClassifier", "SequenceRegressor", "SequenceTagger", "VectorClassifier", "VectorRegressor"]
)
def test_what_has_not_learned_says_so(name: str) -> None:
    X = np.ones((1, 2)) if name.startswith("Vector") else [["영화"]]
    with pytest.raises(NotFittedError, match=name):
        getattr(malgil, name)().predict(X)
