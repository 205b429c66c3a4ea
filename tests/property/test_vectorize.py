"""Counts and weights agree with the slow versions on any encoded corpus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ragged import Ragged
from malgil.vectorize import TFIDF, Weights, bag_of_words, dtm, tfidf, to_dense, transpose
from malgil.vectorize import counts as counts_module
from malgil.vectorize._counts_kernels import count_rows
from malgil.vectorize._transpose_kernels import scatter_columns
from tests.naive import vectorize as naive
from tests.strategies import raggeds


def lists(ragged: Ragged) -> list[list[int]]:
    return [doc.tolist() for doc in ragged]


@given(raggeds(max_docs=12))
def test_dtm_counts(case: tuple[Ragged, int]) -> None:
    ragged, n_terms = case
    counts = dtm(ragged, n_terms)
    assert to_dense(counts).tolist() == naive.dtm(lists(ragged), n_terms)
    assert counts.n_tokens.tolist() == [len(doc) for doc in ragged]
    assert counts.df().tolist() == [sum(term in doc for doc in lists(ragged)) for term in range(n_terms)]


@pytest.mark.parametrize("kernel", [count_rows, count_rows.py_func])
@given(case=raggeds())
def test_count_rows_is_its_twin(kernel: object, case: tuple[Ragged, int]) -> None:
    ragged, _ = case
    outputs = []
    for function in (kernel, naive.count_rows):
        lengths = np.zeros(ragged.n_docs, np.int64)
        indices, data = np.zeros(ragged.n_tokens, np.int32), np.zeros(ragged.n_tokens, np.int32)
        n = function(ragged.ids, ragged.indptr, lengths, indices, data)  # type: ignore[operator]
        outputs.append((n, lengths.tolist(), indices[:n].tolist(), data[:n].tolist()))
    assert outputs[0] == outputs[1]


@given(st.lists(st.integers(0, 40), min_size=65, max_size=200))
def test_a_long_document_is_sorted_too(doc: list[int]) -> None:
    counts = dtm(Ragged(np.array(doc, np.int32), np.array([0, len(doc)])), 41)
    indices, data = counts.row(0)
    assert dict(zip(indices.tolist(), data.tolist(), strict=True)) == naive.bags([doc])[0]
    assert indices.tolist() == sorted(set(doc))


@pytest.mark.parametrize("kernel", [scatter_columns, scatter_columns.py_func])
@given(case=raggeds())
def test_scatter_columns_is_its_twin(kernel: object, case: tuple[Ragged, int]) -> None:
    counts = dtm(*case)
    outputs = []
    for function in (kernel, naive.scatter_columns):
        borders = np.zeros(counts.n_terms + 1, np.int64)
        rows, values = np.zeros(counts.n_entries, np.int32), np.zeros(counts.n_entries, np.int32)
        function(counts.indptr, counts.indices, counts.data, borders, rows, values)  # type: ignore[operator]
        outputs.append((borders.tolist(), rows.tolist(), values.tolist()))
    assert outputs[0] == outputs[1]


@given(raggeds())
def test_transposing_twice_changes_nothing(case: tuple[Ragged, int]) -> None:
    counts = dtm(*case)
    back = transpose(*counts.columns(), counts.n_docs)
    assert back.indptr.tolist() == counts.indptr.tolist()
    assert back.rows.tolist() == counts.indices.tolist()
    assert back.data.tolist() == counts.data.tolist()


@given(raggeds(max_docs=30), st.integers(1, 7))
def test_neither_blocks_nor_workers_change_a_byte(case: tuple[Ragged, int], block: int) -> None:
    whole = tfidf(dtm(*case, n_jobs=1), "sklearn", n_jobs=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts_module, "_BLOCK_SIZE", block)
        cut = tfidf(dtm(*case, n_jobs=3), "sklearn", n_jobs=3)
    for name in ("indptr", "indices", "data", "n_tokens"):
        assert getattr(whole.counts, name).tobytes() == getattr(cut.counts, name).tobytes()
    assert whole.data.tobytes() == cut.data.tobytes()


@pytest.mark.parametrize("variant", TFIDF)
@given(case=raggeds())
def test_weights(variant: str, case: tuple[Ragged, int]) -> None:
    ragged, n_terms = case
    weights = tfidf(dtm(ragged, n_terms), variant)
    wanted = np.array(naive.tfidf(lists(ragged), n_terms, variant)).reshape(weights.counts.shape)
    np.testing.assert_allclose(weights.to_csr().toarray(), wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("variant", TFIDF)
@given(case=raggeds(), data=st.data())
def test_every_weight_opens(variant: str, case: tuple[Ragged, int], data: st.DataObject) -> None:
    ragged, n_terms = case
    weights = tfidf(dtm(ragged, n_terms), variant)
    doc = data.draw(st.integers(0, ragged.n_docs - 1)) if ragged.n_docs else None
    if doc is None:
        return
    dense = weights.to_csr().toarray()[doc]
    for term in range(n_terms):
        opened = weights.explain(doc, term, "말")
        assert opened.value == dense[term]
        assert opened.wrong() == []


@given(raggeds(), st.sampled_from(sorted(TFIDF)))
def test_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, case: tuple[Ragged, int], variant: str) -> None:
    weights = tfidf(dtm(*case), variant)
    path: Path = tmp_path_factory.mktemp("counts")
    weights.save(path)
    opened = Weights.open(path)
    assert (opened.variant, opened.n_docs, opened.counts.shape) == (variant, weights.n_docs, weights.counts.shape)
    for name in ("df", "idf", "data"):
        assert getattr(opened, name).tobytes() == getattr(weights, name).tobytes()
    assert [bag_of_words(opened.counts, d).tolist() for d in range(opened.n_docs)] == to_dense(weights.counts).tolist()
