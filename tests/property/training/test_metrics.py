"""Scores beside their definitions, on drawn answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.training.calibration import apply_temperature, fit_temperature, reliability
from malgil.training.chunks import chunk_scores, chunks
from malgil.training.metrics import class_scores, number_scores
from tests.naive import metrics as naive

LABELS = st.sampled_from(["긍정", "부정", "중립", "O"])
TAGS = st.sampled_from(["O", *(f"{p}-{k}" for p in "BIES" for k in ("사람", "LOC"))])
PAIRS = st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=12)


@given(PAIRS)
def test_scores_of_a_class(pairs: list[tuple[str, str]]) -> None:
    truth, predicted = zip(*pairs, strict=True)
    scores = class_scores(truth, predicted)
    for at, label in enumerate(scores.classes):
        got = scores.precision[at], scores.recall[at], scores.f1[at]
        assert got == pytest.approx(naive.f1_of(truth, predicted, label))


@given(st.lists(TAGS, max_size=12))
def test_chunks_are_those_of_conlleval(labels: list[str]) -> None:
    assert [tuple(chunk) for chunk in chunks(labels)] == naive.chunks(labels)


@given(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=12))
def test_chunk_scores_count_equal_chunks(pairs: list[tuple[str, str]]) -> None:
    truth, predicted = map(list, zip(*pairs, strict=True))
    scores = chunk_scores([truth], [predicted])
    wanted, given_ = set(naive.chunks(truth)), set(naive.chunks(predicted))
    assert (scores.n_true, scores.n_predicted, scores.n_right) == (len(wanted), len(given_), len(wanted & given_))
    assert chunk_scores([predicted], [truth]).f1 == scores.f1


@given(
    st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=20),
    st.sampled_from([1, 2, 4, 8]),
)
def test_ece(rows: list[tuple[float, bool]], n_bins: int) -> None:
    confidence, is_right = zip(*rows, strict=True)
    got = reliability(np.array(confidence), is_right, n_bins)
    assert got.ece == pytest.approx(naive.ece(confidence, is_right, n_bins), abs=1e-12)
    assert got.counts.sum() == len(rows)


@given(st.integers(0, 1000), st.integers(2, 4), st.integers(2, 12))
def test_temperature_is_best_on_its_own_set(seed: int, n_classes: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    logits, truth = rng.normal(size=(n, n_classes)) * 3, rng.integers(0, n_classes, n)
    best = fit_temperature(logits, truth)
    loss = naive.log_loss(logits, truth, best)
    assert all(
        loss <= naive.log_loss(logits, truth, t) + 1e-9
        for t in (0.05, best * 0.9, best * 1.1, 1.0, 20.0)
        if 0.05 <= t <= 20
    )
    assert apply_temperature(np.full((1, 2), 0.5), best) == pytest.approx(0.5)


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=2, max_size=9), st.integers(0, 99))
def test_numbers(truth: list[float], seed: int) -> None:
    guess = np.array(truth) + np.random.default_rng(seed).normal(size=len(truth))
    scores = number_scores(truth, guess)
    assert scores.mae <= scores.rmse * (1 + 1e-12)
    assert scores.rmse**2 == pytest.approx(sum((a - b) ** 2 for a, b in zip(truth, guess, strict=True)) / len(truth))
