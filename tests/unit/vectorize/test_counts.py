"""The document-term matrix."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.errors import DataError, ParameterError
from malgil.ragged import Ragged
from malgil.vectorize import Counts, dense_bytes, density, dtm, sparse_bytes, to_dense, transpose


def ragged(*docs: list[int]) -> Ragged:
    indptr = np.cumsum([0, *map(len, docs)], dtype=np.int64)
    return Ragged(np.array([term for doc in docs for term in doc], np.int32), indptr)


def test_a_worked_example() -> None:
    # 0 영화  1 는  2 좋다:  "영화 는 영화 좋다", "", "는"
    counts = dtm(ragged([0, 1, 0, 2], [], [1]), 3)
    assert to_dense(counts).tolist() == [[2, 1, 1], [0, 0, 0], [0, 1, 0]]
    assert counts.n_tokens.tolist() == [4, 0, 1]
    assert counts.df().tolist() == [1, 2, 1]


def test_types() -> None:
    counts = dtm(ragged([0, 1, 0]), 2)
    assert [a.dtype for a in (counts.indptr, counts.indices, counts.data)] == [np.int64, np.int32, np.int32]


def test_csr_is_the_matrix() -> None:
    counts = dtm(ragged([2, 0, 2], [1]), 4)
    matrix = counts.to_csr()
    assert matrix.has_canonical_format
    assert matrix.toarray().tolist() == [[1, 0, 2, 0], [0, 1, 0, 0]]


@pytest.mark.parametrize("docs", [[], [[]], [[], []]])
def test_nothing_to_count(docs: list[list[int]]) -> None:
    counts = dtm(ragged(*docs), 3)
    assert counts.shape == (len(docs), 3)
    assert counts.n_entries == 0
    assert counts.to_csr().shape == (len(docs), 3)
    assert counts.columns().indptr.tolist() == [0, 0, 0, 0]


def test_no_terms_at_all() -> None:
    counts = dtm(ragged([], []), 0)
    assert counts.shape == (2, 0)
    assert (density(counts), dense_bytes(counts)) == (0.0, 0)


@pytest.mark.parametrize("bad", [-1, 3])
def test_an_id_out_of_range_never_reaches_a_kernel(bad: int) -> None:
    with pytest.raises(DataError, match="Ids run from"):
        dtm(ragged([0, bad]), 3)


def test_count_of_a_word_that_the_document_lacks() -> None:
    counts = dtm(ragged([0, 2, 2], [1]), 4)
    assert [counts.count(0, term) for term in range(4)] == [1, 0, 2, 0]


@pytest.mark.parametrize("doc", [-1, 1])
def test_no_such_document(doc: int) -> None:
    with pytest.raises(ParameterError, match="no document number"):
        dtm(ragged([0]), 1).row(doc)


def test_sizes_of_the_matrix() -> None:
    counts = dtm(ragged([0, 1, 0], [1]), 5)
    assert density(counts) == 3 / 10
    assert dense_bytes(counts) == 2 * 5 * 4
    assert sparse_bytes(counts) == 3 * 8 + 3 * 4 + 3 * 4


def test_a_matrix_too_large_to_write_out() -> None:
    nothing = np.zeros(0, np.int32)
    counts = Counts(np.zeros(100_001, np.int64), nothing, nothing, np.zeros(100_000, np.int64), 1_000_000)
    with pytest.raises(ParameterError, match="400000000000 bytes"):
        to_dense(counts)


@pytest.mark.parametrize("name", ["indices", "data", "n_tokens"])
def test_parts_of_different_lengths(name: str) -> None:
    counts = dtm(ragged([0, 1], [1]), 2)
    parts = {part: getattr(counts, part) for part in ("indptr", "indices", "data", "n_tokens")}
    parts[name] = parts[name][:-1]
    with pytest.raises(DataError):
        Counts(**parts, n_terms=2).check()


def test_a_column_out_of_range_is_found() -> None:
    counts = dtm(ragged([0, 1]), 2)
    with pytest.raises(DataError, match="Ids run from 0 to 1"):
        Counts(counts.indptr, counts.indices, counts.data, counts.n_tokens, 1).check()


@pytest.mark.parametrize(
    ("indptr", "indices", "n_data"),
    [([0, 2], [0, 2], 2), ([0, 2], [-1, 0], 2), ([0, 3], [0, 1], 2), ([0, 2, 1, 2], [0, 1], 2), ([0, 2], [0, 1], 1)],
)
def test_only_sound_rows_are_turned_into_columns(indptr: list[int], indices: list[int], n_data: int) -> None:
    with pytest.raises(DataError):
        transpose(np.array(indptr, np.int64), np.array(indices, np.int32), np.ones(n_data), 2)
