"""The index gives the documents and scores that scoring every document gives, whatever is pruned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ragged import Ragged
from malgil.search import Index, best, postings
from malgil.vectorize import dtm
from tests.naive import search as naive
from tests.strategies import raggeds

parameters = st.tuples(st.sampled_from([0.0, 0.3, 1.2, 1.5, 100.0]), st.sampled_from([0.0, 0.5, 0.75, 1.0]))
corpora = raggeds(max_docs=60, max_terms=8)


def index_of(case: tuple[Ragged, int], k1: float = 1.5, b: float = 0.75) -> Index:
    return Index.build(dtm(*case), k1=k1, b=b)


def queries(n_terms: int) -> st.SearchStrategy[list[int | None]]:
    return st.lists(st.one_of(st.none(), st.integers(0, n_terms - 1)), max_size=6)


@given(corpora, parameters, st.data())
def test_scores_are_those_of_every_document(
    case: tuple[Ragged, int], parameters: tuple[float, float], data: st.DataObject
) -> None:
    query = data.draw(queries(case[1]))
    docs, scores = index_of(case, *parameters).search(query, k=1000)
    wanted = naive.scores([doc.tolist() for doc in case[0]], query, *parameters)
    assert sorted(docs.tolist()) == [doc for doc, score in enumerate(wanted) if score > 0]
    np.testing.assert_allclose(scores, [wanted[doc] for doc in docs], rtol=1e-12)


@given(corpora, parameters, st.integers(1, 12), st.data())
def test_the_first_k_of_all(
    case: tuple[Ragged, int], parameters: tuple[float, float], k: int, data: st.DataObject
) -> None:
    index, query = index_of(case, *parameters), data.draw(queries(case[1]))
    docs, scores = index.search(query, k=1000)
    few_docs, few_scores = index.search(query, k)
    assert few_docs.tolist() == docs[:k].tolist()
    assert few_scores.tobytes() == scores[:k].tobytes()
    order = sorted(range(len(docs)), key=lambda i: (-scores[i], docs[i]))
    assert order == list(range(len(docs)))


def larger_index(seed: int) -> Index:
    draw = np.random.default_rng(seed)
    lengths = draw.integers(0, 9, 400)
    ids = np.minimum(draw.geometric(0.08, lengths.sum()) - 1, 39).astype(np.int32)
    return index_of((Ragged(ids, np.concatenate(([0], np.cumsum(lengths)))), 40))


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 20))
def test_pruning_loses_nothing_in_longer_lists(seed: int, n_words: int, k: int) -> None:
    index, query = larger_index(seed), np.random.default_rng(seed).integers(0, 40, n_words).tolist()
    docs, scores = index.search(query, k=1000)
    few_docs, few_scores = index.search(query, k)
    assert few_docs.tolist() == docs[:k].tolist()
    assert few_scores.tobytes() == scores[:k].tobytes()


@given(st.integers(0, 2**32 - 1), st.permutations(range(8)))
def test_sums_do_not_depend_on_the_order_of_the_words(seed: int, query: list[int]) -> None:
    index = larger_index(seed)
    assert [a.tobytes() for a in index.search(query)] == [a.tobytes() for a in index.search(range(8))]


@given(corpora, st.data())
def test_the_order_of_the_words_does_not_matter(case: tuple[Ragged, int], data: st.DataObject) -> None:
    query = data.draw(queries(case[1]))
    turned = data.draw(st.permutations(query))
    index = index_of(case)
    assert [a.tobytes() for a in index.search(query)] == [a.tobytes() for a in index.search(turned)]


@given(corpora, st.data())
def test_an_explanation_is_the_score(case: tuple[Ragged, int], data: st.DataObject) -> None:
    index, query = index_of(case), data.draw(queries(case[1]))
    docs, scores = index.search(query, k=1000)
    score_of = dict(zip(docs.tolist(), scores.tolist(), strict=True))
    for doc in range(index.n_docs):
        opened = index.explain(doc, query, [f"말{term}" for term in query])
        assert opened.value == score_of.get(doc, 0.0)
        assert opened.wrong() == []


@given(corpora)
def test_saved_is_built(tmp_path_factory: pytest.TempPathFactory, case: tuple[Ragged, int]) -> None:
    index, path = index_of(case), tmp_path_factory.mktemp("index")
    index.save(path)
    opened = Index.open(path)
    query = list(range(case[1]))
    assert [a.tobytes() for a in opened.search(query)] == [a.tobytes() for a in index.search(query)]


@given(corpora)
def test_pairs_are_the_same_by_table_and_by_sort(case: tuple[Ragged, int]) -> None:
    by_table = index_of(case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_TABLE_CELLS", 0)
        by_sort = index_of(case)
    assert [a.tobytes() for a in by_table.postings] == [a.tobytes() for a in by_sort.postings]
    assert [a.tobytes() for a in by_table.pairs] == [a.tobytes() for a in by_sort.pairs]


@given(st.lists(st.sampled_from([0.5, 1.0, 2.0]), max_size=30), st.integers(1, 10), st.randoms())
def test_best_breaks_ties_by_document(scores: list[float], k: int, random: object) -> None:
    docs = list(range(len(scores)))
    random.shuffle(docs)  # type: ignore[attr-defined]
    found, _ = best(np.array(docs, np.int32), np.array(scores), k)
    wanted = sorted(zip(docs, scores, strict=True), key=lambda pair: (-pair[1], pair[0]))[:k]
    assert found.tolist() == [doc for doc, _ in wanted]
