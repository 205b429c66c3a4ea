"""The formulas of BM25 and their parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from malgil.errors import ParameterError
from malgil.search.bm25 import BM25, check_parameters, idf_lucene, impact_lucene
from malgil.search.idf import idf_robertson


def test_idf_by_hand() -> None:
    assert idf_lucene(np.array([2]), 10).tolist() == [math.log(1 + 8.5 / 2.5)]


def test_idf_is_positive_even_for_a_word_in_every_document() -> None:
    assert idf_lucene(np.array([7]), 7)[0] > 0


def test_the_first_formula_never_punishes_a_document_for_a_word() -> None:
    assert idf_robertson(np.array([5, 6, 10]), 10).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("variant", BM25)
@pytest.mark.parametrize("df", [-1, 3])
def test_an_impossible_document_frequency(variant: str, df: int) -> None:
    with pytest.raises(ParameterError, match="between 0 and"):
        BM25[variant].idf(np.array([df]), 2)


@pytest.mark.parametrize("variant", BM25)
def test_a_rarer_word_weighs_more(variant: str) -> None:
    weights = BM25[variant].idf(np.arange(1, 100), 200)
    assert (np.diff(weights) <= 0).all()
    assert (weights >= 0).all()


def test_impact_by_hand() -> None:
    # tf 2 in a document of twice the mean length: 2 / (2 + 1.5 (0.25 + 0.75 x 2))
    found = impact_lucene(np.array([2]), np.array([20]), 10.0, 1.5, 0.75)
    assert found.tolist() == pytest.approx([2 / (2 + 1.5 * 1.75)])


@pytest.mark.parametrize("variant", [name for name in BM25 if not BM25[name].is_cosine])
def test_impact_grows_with_occurrences_and_falls_with_length(variant: str) -> None:
    impact = BM25[variant].impact
    tf, dl = np.arange(1, 9, dtype=np.int32), np.full(8, 10, np.int32)
    assert (np.diff(impact(tf, dl, 10.0, 1.5, 0.75, 0.5)) > 0).all()
    assert (np.diff(impact(dl, tf, 4.0, 1.5, 0.75, 0.5)) < 0).all()


@pytest.mark.parametrize("variant", BM25)
@pytest.mark.parametrize("k1", [0.0, 1.5, 100.0])
@pytest.mark.parametrize("delta", [0.0, 0.5, 2.0])
def test_an_absent_word_never_counts_more_than_one_that_is_there(variant: str, k1: float, delta: float) -> None:
    tf, dl = np.array([1, 1, 3], np.int32), np.array([1, 10_000, 10], np.int32)
    absent = BM25[variant].absent(k1, delta)
    assert 0 <= absent <= BM25[variant].impact(tf, dl, 5.0, k1, 0.75, delta).min() + 1e-12


@pytest.mark.parametrize("variant", ["bm25l", "bm25plus"])
def test_an_absent_word_is_the_formula_without_occurrences(variant: str) -> None:
    wanted = BM25[variant].impact(np.zeros(1, np.int32), np.array([7], np.int32), 5.0, 1.2, 0.6, 0.7)
    assert BM25[variant].absent(1.2, 0.7) == pytest.approx(wanted[0])


@pytest.mark.parametrize("k1", [-0.1, math.nan, math.inf])
def test_a_bad_k1(k1: float) -> None:
    with pytest.raises(ParameterError, match="saturation"):
        check_parameters(k1, 0.75)


@pytest.mark.parametrize("b", [-0.1, 1.1, math.nan])
def test_a_bad_b(b: float) -> None:
    with pytest.raises(ParameterError, match="length normalisation"):
        check_parameters(1.5, b)


@pytest.mark.parametrize("delta", [-0.1, math.nan, math.inf])
def test_a_bad_delta(delta: float) -> None:
    with pytest.raises(ParameterError, match="delta"):
        check_parameters(1.5, 0.75, delta)
