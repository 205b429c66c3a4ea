"""The formula of BM25 and its parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from malgil.errors import ParameterError
from malgil.ragged import Ragged
from malgil.search import BM25, Index, idf_lucene, impact_lucene
from malgil.vectorize import dtm

COUNTS = dtm(Ragged(np.array([0, 1, 1], np.int32), np.array([0, 2, 3])), 2)


def test_idf_by_hand() -> None:
    assert idf_lucene(np.array([2]), 10).tolist() == [math.log(1 + 8.5 / 2.5)]


def test_idf_is_positive_even_for_a_word_in_every_document() -> None:
    assert idf_lucene(np.array([7]), 7)[0] > 0


@pytest.mark.parametrize("df", [-1, 3])
def test_an_impossible_document_frequency(df: int) -> None:
    with pytest.raises(ParameterError, match="between 0 and"):
        idf_lucene(np.array([df]), 2)


def test_impact_by_hand() -> None:
    # tf 2 in a document of twice the mean length: 2 / (2 + 1.5 (0.25 + 0.75 x 2))
    found = impact_lucene(np.array([2]), np.array([20]), 10.0, 1.5, 0.75)
    assert found.tolist() == pytest.approx([2 / (2 + 1.5 * 1.75)])


@pytest.mark.parametrize("variant", BM25)
def test_impact_grows_with_occurrences_and_falls_with_length(variant: str) -> None:
    impact = BM25[variant].impact
    tf, dl = np.arange(1, 9, dtype=np.int32), np.full(8, 10, np.int32)
    assert (np.diff(impact(tf, dl, 10.0, 1.5, 0.75)) > 0).all()
    assert (np.diff(impact(dl, tf, 4.0, 1.5, 0.75)) < 0).all()


@pytest.mark.parametrize("k1", [-0.1, math.nan, math.inf])
def test_a_bad_k1(k1: float) -> None:
    with pytest.raises(ParameterError, match="saturation"):
        Index.build(COUNTS, k1=k1)


@pytest.mark.parametrize("b", [-0.1, 1.1, math.nan])
def test_a_bad_b(b: float) -> None:
    with pytest.raises(ParameterError, match="length normalisation"):
        Index.build(COUNTS, b=b)


def test_an_unknown_variant() -> None:
    with pytest.raises(ParameterError, match="lucene"):
        Index.build(COUNTS, variant="lucine")
