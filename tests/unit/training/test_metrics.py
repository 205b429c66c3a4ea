"""Scores of predictions: worked examples and bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest

from malgil.errors import DataError, ParameterError
from malgil.training.calibration import apply_temperature, fit_temperature, reliability
from malgil.training.chunks import Chunk, chunk_scores, chunks, has_chunks
from malgil.training.metrics import accuracy, class_scores, confident_errors, number_scores
from malgil.training.text_scores import bleu, distinct

TRUTH = ["긍정", "긍정", "부정", "중립"]
GUESS = ["긍정", "부정", "부정", "부정"]


def test_class_scores_by_hand() -> None:
    scores = class_scores(TRUTH, GUESS)
    assert scores.classes == ["긍정", "부정", "중립"]
    assert scores.confusion.tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
    assert scores.precision == pytest.approx([1, 1 / 3, 0])
    assert scores.recall == pytest.approx([1 / 2, 1, 0])
    assert scores.f1 == pytest.approx([2 / 3, 1 / 2, 0])
    assert scores.accuracy == accuracy(TRUTH, GUESS) == 0.5
    assert scores.macro_f1 == pytest.approx((2 / 3 + 1 / 2) / 3)
    assert scores.weighted_f1 == pytest.approx((2 * 2 / 3 + 1 / 2) / 4)


def test_scores_keep_the_order_that_is_asked_for() -> None:
    scores = class_scores(["a"], ["b"], classes=["b", "a", "never"])
    assert scores.confusion.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert scores.macro_f1 == 0


def test_scores_are_json() -> None:
    table = json.loads(json.dumps(class_scores(TRUTH, GUESS).to_dict()))
    assert table["classes"][0] == {"label": "긍정", "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)} | {
        "support": 2
    }
    assert table["n"] == 4


@pytest.mark.parametrize("score", [class_scores, accuracy, number_scores, bleu, chunk_scores])
def test_nothing_to_score(score: object) -> None:
    with pytest.raises(DataError, match="no example"):
        score([], [])  # type: ignore[operator]


@pytest.mark.parametrize("score", [class_scores, accuracy, bleu, chunk_scores])
def test_unequal_lengths(score: object) -> None:
    with pytest.raises(ParameterError, match="2 true answers but 1"):
        score(*((["가"], ["가", "나"]) if score is bleu else (["가", "나"], ["가"])))  # type: ignore[operator]


def test_unknown_class() -> None:
    with pytest.raises(ParameterError, match="중립"):
        class_scores(TRUTH, GUESS, classes=["긍정", "부정"])


def test_confident_errors_come_surest_first() -> None:
    probabilities = np.array([[0.6, 0.4], [0.1, 0.9], [0.2, 0.8], [0.7, 0.3]])
    found = confident_errors(["부정", "긍정", "부정", "모름"], probabilities, ["긍정", "부정"], k=2)
    assert [(error.row, error.truth, error.predicted) for error in found] == [(1, "긍정", "부정"), (3, "모름", "긍정")]
    assert found[0].truth_probability == pytest.approx(0.1)
    assert found[1].truth_probability == 0


def test_numbers_by_hand() -> None:
    scores = number_scores([0, 2, 4], [1, 2, 2])
    assert scores == pytest.approx((np.sqrt(5 / 3), 1, 1 - 5 / 8))
    assert number_scores([3, 3], [3, 3]).r2 == 1
    assert number_scores([3, 3], [3, 4]).r2 == 0


def test_chunks_of_every_scheme() -> None:
    assert chunks(["B-사람", "I-사람", "O", "B-곳", "B-곳"]) == [
        Chunk(0, 2, "사람"),
        Chunk(3, 4, "곳"),
        Chunk(4, 5, "곳"),
    ]
    assert chunks(["I-A", "I-A", "I-B", "O", "E-A"]) == [Chunk(0, 2, "A"), Chunk(2, 3, "B"), Chunk(4, 5, "A")]
    assert chunks(["B-A", "E-A", "S-A", "I-A"]) == [Chunk(0, 2, "A"), Chunk(2, 3, "A"), Chunk(3, 4, "A")]
    assert chunks([]) == []


def test_chunk_kinds_may_hold_a_hyphen() -> None:
    assert chunks(["B-사람-이름", "I-사람-이름"]) == [Chunk(0, 2, "사람-이름")]


def test_chunk_scores_by_hand() -> None:
    truth = [["B-곳", "I-곳", "O"], ["B-때"]]
    scores = chunk_scores(truth, [["B-곳", "O", "O"], ["B-때"]])
    assert (scores.n_true, scores.n_predicted, scores.n_right) == (2, 2, 1)
    assert scores.f1 == 0.5
    assert scores.by_kind == {"곳": (0, 0, 0, 1), "때": (1, 1, 1, 1)}
    assert chunk_scores(truth, truth).to_dict()["by_kind"][0]["f1"] == 1


def test_a_sentence_of_unequal_length_is_named() -> None:
    with pytest.raises(ParameterError, match="Sentence 1"):
        chunk_scores([["O"], ["O", "O"]], [["O"], ["O"]])


def test_chunk_labels_are_told_from_parts_of_speech() -> None:
    assert has_chunks(["B-NP", "I-NP", "O"])
    assert not has_chunks(["O"])
    assert not has_chunks(["NOUN", "B-NP"])
    assert not has_chunks(["명사", "동사"])


def test_reliability_by_hand() -> None:
    bins = reliability(np.array([0.5, 0.51, 1.0]), [True, False, True], n_bins=2)
    assert bins.counts.tolist() == [1, 2]
    assert bins.ece == pytest.approx((0.5 + 2 * abs(0.755 - 0.5)) / 3)
    assert json.loads(json.dumps(bins.to_dict()))["accuracy"] == [1.0, 0.5]


def test_temperature_of_a_model_that_is_twice_too_sure() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2
    weights = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = (rng.random((4000, 1)) > weights.cumsum(1)).sum(1)
    assert fit_temperature(logits * 2, truth) == pytest.approx(2, rel=0.1)


def test_temperature_stays_in_its_bounds() -> None:
    logits = np.array([[2.0, 0.0], [0.0, 2.0]])
    assert fit_temperature(logits, np.array([0, 1])) == pytest.approx(0.05)
    assert fit_temperature(logits, np.array([1, 0])) == pytest.approx(20)
    assert fit_temperature(np.array([[-np.inf, 0.0], [0.0, -np.inf]]), np.array([0, 0])) == pytest.approx(20)


def test_temperature_one_changes_nothing() -> None:
    probabilities = np.array([[0.7, 0.3, 0.0]])
    assert apply_temperature(probabilities, 1.0) == pytest.approx(probabilities)
    with pytest.raises(ParameterError, match="above 0"):
        apply_temperature(probabilities, 0)


def test_bad_confidence() -> None:
    with pytest.raises(DataError, match="probabilities"):
        reliability(np.array([1.5]), [True])
    with pytest.raises(ParameterError, match="1 or more"):
        reliability(np.array([0.5]), [True], n_bins=0)
    with pytest.raises(ParameterError):
        reliability(np.array([0.5]), [True, False])
    with pytest.raises(DataError):
        fit_temperature(np.zeros((0, 2)), np.zeros(0, int))


def test_distinct() -> None:
    assert distinct([["가", "나"], ["가", "나"]], n=1) == 0.5
    assert distinct([["가"]], n=2) == 0
    with pytest.raises(ParameterError):
        distinct([], n=0)
