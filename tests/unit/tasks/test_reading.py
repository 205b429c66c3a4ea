"""Estimators that read: what they refuse, in one sentence each, and what they keep."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import malgil
from malgil.errors import ArtefactError, DataError, NotFittedError, ParameterError

TEXTS = ["정말 재밌다", "너무 재밌어요 😀", "정말 지루하다", "지루해요ㅠㅠ", ""] * 4
LABELS = ["긍정", "긍정", "부정", "부정", "부정"] * 4
SMALL: dict[str, Any] = {"hidden_size": 4, "embedding_size": 4, "min_count": 1, "epochs": 2, "verbose": False}


def classifier(**more: Any) -> Any:
    return malgil.SequenceClassifier(**SMALL | {"tokenizer": "word", "encoder": "mlp"} | more)


def tagger(**more: Any) -> Any:
    return malgil.SequenceTagger(**SMALL | {"encoder": "mlp", "characters": None} | more)


@pytest.mark.parametrize(
    ("X", "y", "error", "key"),
    [
        (TEXTS, None, ParameterError, "tasks.no_labels"),
        (TEXTS, LABELS[:-1], ParameterError, "tasks.unequal_lengths"),
        (TEXTS, [*LABELS[:-1], None], DataError, "tasks.label_missing"),
        (TEXTS, [*LABELS[:-1], math.nan], DataError, "tasks.label_missing"),
        (TEXTS, ["하나"] * 20, DataError, "tasks.one_class"),
        (TEXTS, [*LABELS[:-1], 3], ParameterError, "tasks.mixed_labels"),
        ([], [], DataError, "tasks.no_inputs"),
        ("텍스트", ["가", "나", "가"], ParameterError, "tasks.one_text"),
        ([np.zeros((2, 2)), np.full((3, 2), np.nan)], ["가", "나"], DataError, "tasks.not_finite"),
        ([np.zeros((2, 2)), np.zeros((3, 5))], ["가", "나"], DataError, "tasks.bad_series"),
    ],
)
def test_examples_that_cannot_be_learned_from(X: Any, y: Any, error: type[Exception], key: str) -> None:
    with pytest.raises(error) as raised:
        classifier().fit(X, y)
    assert raised.value.key == key  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "setting",
    [
        {"encoder": "transformer"},
        {"pooling": "median"},
        {"dropout": 1.0},
        {"validation": 1.5},
        {"validation": "all"},
        {"class_weight": "equal"},
        {"class_weight": {"중립": 2.0}},
        {"characters": "stroke"},
        {"epochs": 0},
        {"learning_rate": -1.0},
        {"tokenizer": "no such"},
        {"vectors": malgil.Vectors(["정말"], np.ones((1, 7), np.float32))},
    ],
)
def test_settings_that_cannot_be_used(setting: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        classifier(**setting).fit(TEXTS, LABELS)


def test_before_fit_nothing_is_answered() -> None:
    for ask in (lambda m: m.predict(TEXTS), lambda m: m.save("nowhere"), lambda m: m.trace("가")):
        with pytest.raises(NotFittedError):
            ask(classifier())


def test_a_class_with_one_example_is_named_and_still_known() -> None:
    model = classifier(validation=0.3).fit(TEXTS, [*LABELS[:-1], "중립"])
    assert "중립" in model.classes_.tolist()
    assert [note.key for note in model.history_.notes] == ["tasks.lonely_classes"]
    assert model.history_.notes[0].fields == {"labels": "중립"}


def test_what_is_cut_is_said() -> None:
    model = classifier(max_length=1).fit(["가 나 다 라", "가"] * 5, ["한", "두"] * 5)
    assert model.cut_ratio_ == pytest.approx(3 / 5)
    assert model.history_.notes[-1].fields == {"percent": pytest.approx(60), "n": 1}


def test_labels_of_the_test_part_that_were_not_learned_are_errors() -> None:
    model = classifier().fit(TEXTS, LABELS)
    assert model.score(TEXTS[:2], ["중립", "중립"]) == 0
    assert model.report(TEXTS[:3], ["중립", *LABELS[1:3]])["unknown_labels"] == ["중립"]


def test_a_validation_part_of_ones_own() -> None:
    model = classifier(validation=(TEXTS[:4], LABELS[:4])).fit(TEXTS, LABELS)
    assert all("accuracy" in row.validation for row in model.history_.rows)
    with pytest.raises(DataError, match="중립"):
        classifier(validation=(TEXTS[:1], ["중립"])).fit(TEXTS, LABELS)


def test_other_inputs_than_learned_are_refused() -> None:
    model = classifier().fit(TEXTS, LABELS)
    with pytest.raises(ParameterError, match="numbers"):
        model.predict([np.zeros((3, 2))])
    series = classifier().fit([np.full((n, 2), n, float) for n in range(1, 9)], ["가", "나"] * 4)
    with pytest.raises(DataError):
        series.predict([np.zeros((3, 4))])


def test_a_reader_that_learns_again_forgets_its_terms() -> None:
    model = classifier(min_count=1).fit(TEXTS, LABELS)
    reader = model.reader_
    assert reader.read(["정말"]).words.tolist() == [4 + reader.terms.index("정말")]
    reader.fit(["아주 정말", "아주"])
    assert reader.read(["정말 아주"]).words.tolist() == [5, 4]


def test_unknown_words_have_their_spelling() -> None:
    model = classifier(characters="jamo", validation=0.0).fit(TEXTS, LABELS)
    one, other, same = model.predict_proba(["재밌을까", "지루할걸", "재밌을까"])[:, 0]
    assert one == same
    assert one != other
    without = classifier(validation=0.0).fit(TEXTS, LABELS).predict_proba(["재밌을까", "지루할걸"])[:, 0]
    assert without[0] == without[1]


def test_vectors_are_where_training_starts() -> None:
    vectors = malgil.Vectors(["정말"], np.full((1, 4), 0.5, np.float32))
    model = classifier(vectors=vectors, learning_rate=1e-12, weight_decay=0.0).fit(TEXTS, LABELS)
    place = 4 + model.reader_.terms.index("정말")
    assert model.network_.embedding.weight[place].tolist() == pytest.approx([0.5] * 4)


def test_every_step_needs_a_label() -> None:
    with pytest.raises(DataError) as raised:
        tagger().fit([["나", "는"], ["간다"]], [["NP", "JX"], ["VV", "EF"]])
    assert (raised.value.key, raised.value.fields["row"]) == ("tasks.unequal_steps", 1)
    with pytest.raises(ParameterError, match="tokens"):
        tagger().fit(["나는 간다"], [["NP"]])


@pytest.mark.parametrize("crf", [False, True])
def test_a_tagger_answers_for_each_token(crf: bool, tmp_path: Path) -> None:
    sentences = [["나", "는", "간다"], [], ["너", "는", "온다", "!"]] * 3
    tags = [["NP", "JX", "VV"], [], ["NP", "JX", "VV", "SF"]] * 3
    model = tagger(crf=crf, max_length=2, encoder="gru").fit(sentences, tags)
    found = model.predict(sentences)
    assert [len(row) for row in found] == [len(row) for row in sentences]
    model.save(tmp_path / "model")
    assert malgil.SequenceTagger.open(tmp_path / "model").predict(sentences) == found


def test_a_series_becomes_another(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(n, 2)) for n in (3, 5, 1, 8, 4, 6)]
    y = [np.cumsum(x[:, 0]) for x in X]
    model = malgil.SequenceTransducer(hidden_size=4, epochs=2, verbose=False).fit(X, y)
    assert [row.shape for row in model.predict(X)] == [row.shape for row in y]
    model.save(tmp_path / "model")
    again = malgil.SequenceTransducer.open(tmp_path / "model")
    assert all(np.array_equal(a, b) for a, b in zip(again.predict(X), model.predict(X), strict=True))
    with pytest.raises(DataError):
        malgil.SequenceTransducer(verbose=False).fit(X, [row[:-1] for row in y])


def test_a_given_validation_part_is_cut_like_its_series() -> None:
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(n, 2)) for n in (3, 5, 1, 8, 4, 6)]
    y = [np.cumsum(x[:, 0]) for x in X]
    short = tuple([row[:2] for row in rows] for rows in (X, y))
    options: dict[str, Any] = {"hidden_size": 4, "epochs": 2, "verbose": False, "max_length": 2}
    figures = [
        malgil.SequenceTransducer(validation=part, **options).fit(X, y).history_.rows[-1].validation["rmse"]
        for part in ((X, y), short)
    ]
    assert figures[0] == figures[1]
    with pytest.raises(DataError) as raised:
        malgil.SequenceTransducer(validation=(X, [row[1:] for row in y]), **options).fit(X, y)
    assert raised.value.key == "tasks.unequal_steps"


@pytest.mark.parametrize("labels", [["NP", math.nan], ["NP", 3]])
def test_labels_of_steps_are_there_and_of_one_type(labels: list[Any]) -> None:
    with pytest.raises((DataError, ParameterError)):
        tagger().fit([["나", "는"], ["간다", "."]], [["NP", "JX"], labels])


def test_numbers_of_numpy_are_parameters_too(tmp_path: Path) -> None:
    model = classifier(hidden_size=np.int64(4), dropout=np.float32(0.25), seed=np.int64(0)).fit(TEXTS, LABELS)
    model.save(tmp_path / "model")
    again = malgil.SequenceClassifier.open(tmp_path / "model")
    assert (again.hidden_size, again.dropout) == (4, 0.25)


@pytest.mark.parametrize("bad", [math.inf, "열", math.nan])
def test_what_is_no_number_is_refused(bad: Any) -> None:
    with pytest.raises(DataError, match="Row 2"):
        malgil.SequenceRegressor(**SMALL | {"tokenizer": "word"}).fit(TEXTS[:3], [1.0, 2.0, bad])


def test_numbers_keep_their_unit(tmp_path: Path) -> None:
    y = [1000.0 + len(text) for text in TEXTS]
    model = malgil.SequenceRegressor(**SMALL | {"tokenizer": "word"}).fit(TEXTS, y)
    assert abs(float(model.predict(TEXTS).mean()) - float(np.mean(y))) < 20
    model.save(tmp_path / "model")
    assert np.array_equal(malgil.SequenceRegressor.open(tmp_path / "model").predict(TEXTS), model.predict(TEXTS))


def test_a_damaged_or_other_folder_is_refused(tmp_path: Path) -> None:
    classifier().fit(TEXTS, LABELS).save(tmp_path / "model")
    with pytest.raises(ArtefactError):
        malgil.SequenceTagger.open(tmp_path / "model")
    for file in sorted((tmp_path / "model").iterdir()):
        whole = file.read_bytes()
        file.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
        with pytest.raises(ArtefactError):
            malgil.SequenceClassifier.open(tmp_path / "model")
        file.write_bytes(whole)
    assert malgil.SequenceClassifier.open(tmp_path / "model").predict([]).shape == (0,)


@pytest.mark.parametrize("kind", ["VectorClassifier", "VectorRegressor"])
def test_vectors_are_checked(kind: str, tmp_path: Path) -> None:
    X, y = np.eye(6), np.arange(6) % 2
    model = getattr(malgil, kind)(hidden_size=4, epochs=2, verbose=False).fit(X, y)
    for bad, error in ((np.ones(6), ParameterError), (np.ones((2, 5)), ParameterError), (X * math.nan, DataError)):
        with pytest.raises(error):
            model.predict(bad)
    assert model.predict(X[:0]).shape == (0,)
    model.save(tmp_path / "model")
    assert np.array_equal(getattr(malgil, kind).open(tmp_path / "model").predict(X), model.predict(X))


def test_without_torch_the_extra_is_named() -> None:
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "import malgil\n"
        "from malgil.errors import MissingError\n"
        "try:\n    malgil.SequenceClassifier\n"
        "except MissingError as error:\n    print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "malgil[neural]" in said
    assert said.count("\n") == 1
