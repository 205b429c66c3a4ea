"""Scores beside scikit-learn and sacrebleu."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.training.metrics import class_scores, number_scores
from malgil.training.text_scores import bleu

RNG = np.random.default_rng(3)


def test_class_scores_are_those_of_scikit_learn() -> None:
    peer = pytest.importorskip("sklearn.metrics")
    names = np.array(["긍정", "부정", "중립", "moot"])
    truth, predicted = names[RNG.integers(0, 3, 200)], names[RNG.choice([0, 1, 3], 200)]
    scores = class_scores(truth, predicted)
    table = peer.classification_report(truth, predicted, output_dict=True, zero_division=0)
    for at, label in enumerate(scores.classes):
        row = table[label]
        got = scores.precision[at], scores.recall[at], scores.f1[at], scores.support[at]
        assert got == pytest.approx((row["precision"], row["recall"], row["f1-score"], row["support"]))
    assert scores.macro_f1 == pytest.approx(table["macro avg"]["f1-score"])
    assert scores.weighted_f1 == pytest.approx(table["weighted avg"]["f1-score"])
    assert (scores.confusion == peer.confusion_matrix(truth, predicted)).all()


def test_number_scores_are_those_of_scikit_learn() -> None:
    peer = pytest.importorskip("sklearn.metrics")
    truth, predicted = RNG.normal(size=50), RNG.normal(size=50)
    scores = number_scores(truth, predicted)
    assert scores.rmse == pytest.approx(peer.root_mean_squared_error(truth, predicted))
    assert scores.mae == pytest.approx(peer.mean_absolute_error(truth, predicted))
    assert scores.r2 == pytest.approx(peer.r2_score(truth, predicted))


def test_bleu_is_that_of_sacrebleu() -> None:
    peer = pytest.importorskip("sacrebleu")
    truth = ["A dog runs over the green grass .", "Two men are talking ."]
    guess = ["A dog runs on the green grass .", "Two people are talking ."]
    assert bleu(guess, truth) == pytest.approx(peer.BLEU(tokenize="13a").corpus_score(guess, [truth]).score)
    assert bleu(truth, truth) == pytest.approx(100)
    assert bleu(["빨간 원이 왼쪽에 있다"], ["빨간 원이 왼쪽에 있다"], tokenize="char") == pytest.approx(100)
