"""Pair functions: worked examples, zero vectors and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array, csr_matrix

from malgil.errors import DataError, ParameterError
from malgil.ragged import Ragged
from malgil.similarity import MEASURES, as_rows, cosine, euclidean, jaccard, similarity
from malgil.vectorize import dtm, tfidf


def test_by_hand() -> None:
    a, b = [1, 2, 0], [2, 0, 2]
    assert cosine(a, b) == pytest.approx(2 / math.sqrt(5 * 8))
    assert euclidean(a, b) == 3.0
    assert jaccard(a, b) == 1 / 3


def test_sets_of_words() -> None:
    assert jaccard({"영화", "재미"}, {"영화", "음악"}) == 1 / 3
    assert jaccard(set(), set()) == 1.0
    assert jaccard(frozenset(), {"영화"}) == 0.0


def test_opposite_directions() -> None:
    assert cosine([1, -2], [-2, 4]) == -1.0


def test_a_vector_with_itself_is_exactly_one() -> None:
    x = np.random.default_rng(0).random(1000)
    assert cosine(x, x) == 1.0
    assert cosine(1e100 * x, 1e100 * x) == 1.0  # the product of the squared lengths overflows


@pytest.mark.parametrize("measure", MEASURES)
def test_empty_documents(measure: str) -> None:
    facts = MEASURES[measure]
    assert similarity([0, 0], [0, 0], measure) == facts.both_zero
    assert similarity([0, 0], [0, 3], measure) == (facts.with_zero if facts.with_zero is not None else 3.0)


@pytest.mark.parametrize("make", [csr_array, csr_matrix, coo_array])
def test_every_sparse_form(make: type) -> None:
    dense = np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 4.0]])
    rows, matrix = as_rows(make(dense)), make(dense)
    assert rows.indices.tolist() == [1, 2, 0, 2]
    assert rows.data.tolist() == [1, 2, 3, 4]
    assert rows.n_columns == matrix.shape[1]


def test_entries_out_of_order_or_twice_and_stored_zeros() -> None:
    messy = csr_array((np.array([1.0, 2.0, 3.0, 0.0]), np.array([2, 0, 2, 1]), np.array([0, 4])), shape=(1, 3))
    rows = as_rows(messy)
    assert (rows.indices.tolist(), rows.data.tolist(), rows.indptr.tolist()) == ([0, 2], [2.0, 4.0], [0, 2])
    assert messy.indices.tolist() == [2, 0, 2, 1]  # the caller's matrix stays as it was


def test_counts_and_weights_are_vectors() -> None:
    counts = dtm(Ragged(np.array([0, 0, 1, 1], np.int32), np.array([0, 3, 4])), 2)
    assert as_rows(counts).data.tolist() == [2, 1, 1]
    # a word in every document has no weight, and so is no part of the set
    assert as_rows(tfidf(counts)).indptr.tolist() == [0, 1, 1]


def test_too_small_to_square_counts_as_zero() -> None:
    assert jaccard([1e-200, 1], [0, 1]) == 1.0
    assert cosine([1e-200], [1.0]) == 0.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e150])
def test_values_that_cannot_be_compared(bad: float) -> None:
    with pytest.raises(ParameterError, match="finite"):
        cosine([1.0, bad], [1.0, 2.0])


def test_vectors_of_other_spaces() -> None:
    with pytest.raises(ParameterError, match="2 columns, the other 3"):
        cosine([1, 2], [1, 2, 3])


def test_a_matrix_is_no_vector() -> None:
    with pytest.raises(ParameterError, match="2 rows"):
        cosine([[1, 2], [3, 4]], [1, 2])


@pytest.mark.parametrize("bad", ["영화", [["영화"]], np.zeros((1, 1, 1))])
def test_what_is_no_vector(bad: object) -> None:
    with pytest.raises(ParameterError, match="cannot be read as vectors"):
        cosine(bad, [1.0])


def test_an_unknown_measure() -> None:
    with pytest.raises(ParameterError, match="cosine, euclidean, jaccard"):
        similarity([1], [1], "cosin")


@pytest.mark.parametrize(("column", "n_columns"), [(7, 3), (-1, 3), (2**32 + 1, 2**33)])
def test_a_column_out_of_range_never_reaches_a_kernel(column: int, n_columns: int) -> None:
    matrix = csr_array(([1.0], [0], [0, 1]), shape=(1, n_columns))
    matrix.indices = np.array([column])  # SciPy takes it; a column beyond 32 bits must not turn into another one
    with pytest.raises(DataError, match="Ids run from"):
        as_rows(matrix)
