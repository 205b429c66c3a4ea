"""The engine gives what scoring every document gives, however the documents lie in segments and whatever is pruned."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.search.bm25 import BM25
from malgil.search.clause import Clause
from malgil.search.field_index import FieldIndex
from malgil.search.scorer import Scorer, SegmentView
from malgil.tokenizers import tokenizer
from malgil.tokens import Tokens
from tests.naive import search_engine as naive
from tests.strategies import corpora, texts

Words = list[list[str]]

WORDS = [
    "영화",
    "이",
    "참",
    "ㅋㅋ",
    "the",
    "가나다라마바사아자차",
    unicodedata.normalize("NFD", "영화"),
    "영",
    "é",
    "😀",
]
words = st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=14)
numbers = st.tuples(
    st.sampled_from([0.0, 0.3, 1.2, 1.5, 100.0]),
    st.sampled_from([0.0, 0.5, 0.75, 1.0]),
    st.sampled_from([0.0, 0.5, 1.0]),
)
variants = st.sampled_from(sorted(BM25))
clauses = st.lists(
    st.builds(Clause, st.just("body"), st.sampled_from([*WORDS, "없는말"]), st.sampled_from([0.5, 1.0, 3.0])),
    max_size=6,
)


def tokens_of(docs: Sequence[Sequence[str]]) -> Tokens:
    forms = list(dict.fromkeys(word for doc in docs for word in doc))[::-1]
    ids = np.array([forms.index(word) for doc in docs for word in doc], np.int32)
    return Tokens(pa.array(forms, pa.large_string()), ids, np.cumsum([0, *map(len, docs)], dtype=np.int64))


def index_of(docs: Sequence[Sequence[str]], n_jobs: int = 1) -> FieldIndex:
    return FieldIndex.from_tokens(tokens_of(docs), n_jobs)


def as_bytes(index: FieldIndex) -> dict[str, tuple[str, bytes]]:
    return {name: (array.dtype.str, array.tobytes()) for name, array in index.arrays().items()}


def scorer_of(docs: Words, variant: str = "lucene", k1: float = 1.5, b: float = 0.75, delta: float = 0.5) -> Scorer:
    view = SegmentView(np.arange(len(docs)), {"body": index_of(docs)}, None)
    return Scorer([view], ["body"], variant, k1, b, delta)


@st.composite
def segmented(draw: st.DrawFn, n_fields: int = 1) -> tuple[list[SegmentView], list[naive.Doc], list[int]]:
    """Draw segments with deletions, the live documents in order, and their numbers."""
    names = ["body", "title"][:n_fields]
    doc = st.fixed_dictionaries({name: st.lists(st.sampled_from(WORDS), max_size=7) for name in names})
    segments, live, at, first = [], [], [], 0
    for docs in draw(st.lists(st.lists(doc, max_size=8), max_size=4)):
        alive = np.array(draw(st.lists(st.booleans(), min_size=len(docs), max_size=len(docs))), bool)
        places = np.arange(first, first + 2 * len(docs), 2)
        first += 2 * len(docs) + draw(st.integers(0, 3))
        fields = {name: index_of([d[name] for d in docs]) for name in names}
        segments.append(SegmentView(places, fields, None if alive.all() and draw(st.booleans()) else alive))
        live += [d for d, stays in zip(docs, alive, strict=True) if stays]
        at += places[alive].tolist()
    return segments, live, at


@given(corpora, st.integers(1, 3))
def test_texts_and_their_tokens_give_one_index(docs: list[str], n_jobs: int) -> None:
    cut = tokenizer("word")
    blocks = [pa.array(docs[:3], pa.large_string()), pa.array(docs[3:], pa.large_string())]
    built = FieldIndex.build(cut, blocks, n_jobs)
    assert as_bytes(built) == as_bytes(index_of([cut.split(doc) for doc in docs]))


@given(words)
def test_an_index_holds_its_documents(docs: Words) -> None:
    index = index_of(docs)
    terms = index.terms.to_pylist()
    assert terms == sorted({word for doc in docs for word in doc}, key=str.encode)
    assert index.dl.tolist() == [len(doc) for doc in docs]
    for place, term in enumerate(terms):
        held = [d for d, doc in enumerate(docs) if term in doc]
        assert index.docs(place).tolist() == held
        assert index.pairs.tf[index.codes(place)].tolist() == [docs[d].count(term) for d in held]
        assert index.pairs.dl[index.codes(place)].tolist() == [len(docs[d]) for d in held]
        low, high = index.inverted.position_indptr[place : place + 2]
        wanted = [i for d in held for i, word in enumerate(docs[d]) if word == term]
        assert index.inverted.positions[low:high].tolist() == wanted
    used = {(doc.count(word), len(doc)) for doc in docs for word in doc}
    assert set(zip(index.pairs.tf.tolist(), index.pairs.dl.tolist(), strict=True)) == used


@given(words, st.lists(st.sampled_from([*WORDS, "없는말"]), max_size=4))
def test_a_phrase_is_found_where_it_stands(docs: Words, phrase: list[str]) -> None:
    index = index_of(docs)
    assert index.phrase(index.ids_of(phrase).tolist()).tolist() == naive.phrase(docs, phrase)


@given(words, texts)
def test_a_prefix_is_a_range(docs: Words, text: str) -> None:
    index = index_of(docs)
    for prefix in (text, text[:1], "영", ""):
        low, high = index.prefix(prefix)
        assert index.terms.to_pylist()[low:high] == [t for t in index.terms.to_pylist() if t.startswith(prefix)]


@given(words)
def test_arrays_and_back(docs: Words) -> None:
    index = index_of(docs)
    again = FieldIndex.from_arrays(index.arrays())
    assert as_bytes(again) == as_bytes(index)
    again.check()
    assert again.ids_of(WORDS).tolist() == index.ids_of(WORDS).tolist()


@given(segmented(), st.integers(1, 3))
def test_merged_is_built(case: tuple[list[SegmentView], list[naive.Doc], list[int]], n_jobs: int) -> None:
    segments, live, _ = case
    merged = FieldIndex.merge([s.fields["body"] for s in segments], [s.alive for s in segments], n_jobs)
    assert as_bytes(merged) == as_bytes(index_of([doc["body"] for doc in live]))


@given(words, variants, numbers, clauses)
def test_scores_are_those_of_every_document(
    docs: Words, variant: str, numbers: tuple[float, float, float], query: list[Clause]
) -> None:
    found, scores = scorer_of(docs, variant, *numbers).search(query, k=1000)
    wanted = naive.scores([{"body": doc} for doc in docs], [clause[:3] for clause in query], variant, *numbers)
    assert sorted(found.tolist()) == sorted(wanted)
    np.testing.assert_allclose(scores, [wanted[doc] for doc in found.tolist()], rtol=1e-11, atol=1e-12)
    assert sorted(range(len(found)), key=lambda i: (-scores[i], found[i])) == list(range(len(found)))


@given(words, variants, numbers, clauses, st.integers(1, 12))
def test_the_first_k_of_all(
    docs: Words, variant: str, numbers: tuple[float, float, float], query: list[Clause], k: int
) -> None:
    scorer = scorer_of(docs, variant, *numbers)
    found, scores = scorer.search(query, k=1000)
    few, few_scores = scorer.search(query, k)
    assert few.tolist() == found[:k].tolist()
    assert few_scores.tobytes() == scores[:k].tobytes()


@st.composite
def queries_of_fields(draw: st.DrawFn) -> list[Clause]:
    one = st.builds(
        Clause, st.sampled_from(["body", "title"]), st.sampled_from(WORDS), st.sampled_from([0.3, 1.0, 2.0])
    )
    return draw(st.lists(one, max_size=5))


@given(segmented(2), variants, numbers, queries_of_fields(), st.integers(1, 12))
def test_segments_and_deletions_change_no_bit(
    case: tuple[list[SegmentView], list[naive.Doc], list[int]],
    variant: str,
    numbers: tuple[float, float, float],
    query: list[Clause],
    k: int,
) -> None:
    segments, live, at = case
    names = ["body", "title"]
    fresh = SegmentView(np.array(at, np.int64), {n: index_of([doc[n] for doc in live]) for n in names}, None)
    in_parts, in_one = (Scorer(views, names, variant, *numbers) for views in (segments, [fresh]))
    assert [in_parts.df(*clause[:2]) for clause in query] == [in_one.df(*clause[:2]) for clause in query]
    assert [a.tobytes() for a in in_parts.search(query, k)] == [a.tobytes() for a in in_one.search(query, k)]
    docs, scores = in_parts.search_batch([query, query[:1]], k)
    found, values = in_one.search(query, k)
    assert docs[0].tolist() == [*found.tolist(), *[-1] * (k - len(found))]
    assert scores[0, : len(found)].tobytes() == values.astype(np.float32).tobytes()
    assert docs.shape == scores.shape == (2, k)


@given(segmented(2), variants, queries_of_fields())
def test_an_explanation_is_the_score(
    case: tuple[list[SegmentView], list[naive.Doc], list[int]], variant: str, query: list[Clause]
) -> None:
    segments, _, at = case
    scorer = Scorer(segments, ["body", "title"], variant)
    docs, scores = scorer.search(query, k=1000)
    score_of = dict(zip(docs.tolist(), scores.tolist(), strict=True))
    for doc in at:
        opened = scorer.explain(doc, query)
        assert opened.wrong() == []
        assert opened.value == opened.combined()
        if doc in score_of:
            assert opened.value == score_of[doc]


@given(segmented(), queries_of_fields(), st.data())
def test_a_mask_hides_documents_and_changes_no_score(
    case: tuple[list[SegmentView], list[naive.Doc], list[int]], query: list[Clause], data: st.DataObject
) -> None:
    segments, _, _ = case
    query = [clause._replace(field="body") for clause in query]
    allowed = [
        np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
        for n in (len(s.numbers) for s in segments)
    ]
    scorer = Scorer(segments, ["body"])
    docs, scores = scorer.search(query, k=1000)
    may = {int(n) for s, mask in zip(segments, allowed, strict=True) for n in s.numbers[mask]}
    kept = np.array([doc in may for doc in docs.tolist()], bool)
    found, values = scorer.search(query, 1000, allowed)
    assert found.tolist() == docs[kept].tolist()
    assert values.tobytes() == scores[kept].tobytes()


def same_bits(scorer: Scorer, queries: list[list[str]], k: int, n_jobs: int = 1) -> None:
    """Check that the kernels and NumPy give the same documents and the same bits."""
    docs, scores = scorer.search_tokens("body", tokens_of(queries), k, n_jobs)
    again = scorer.search_batch([[Clause("body", word) for word in query] for query in queries], k, n_jobs)
    assert [a.tobytes() for a in again] == [docs.tobytes(), scores.tobytes()]
    for query, found, values in zip(queries, docs.tolist(), scores, strict=True):
        one, its = scorer.search([Clause("body", word) for word in query], k)
        assert found == [*one.tolist(), *[-1] * (k - len(one))]
        assert values.tobytes() == np.pad(its.astype(np.float32), (0, k - len(one))).tobytes()


def larger_scorer(seed: int, variant: str, n_docs: int = 600, *, n_parts: int = 1, is_cut: bool = False) -> Scorer:
    draw = np.random.default_rng(seed)
    views = []
    for part in range(n_parts):
        lengths = draw.integers(0, 9, n_docs)
        ids = np.minimum(draw.geometric(0.08, lengths.sum()) - 1, 39).astype(np.int32)
        forms = pa.array([f"말{i:02}" for i in range(40)], pa.large_string())
        index = FieldIndex.from_tokens(Tokens(forms, ids, np.concatenate([[0], np.cumsum(lengths)])), 1)
        alive = draw.random(n_docs) < 0.8 if is_cut else None
        views.append(SegmentView(np.arange(n_docs) + part * n_docs, {"body": index}, alive))
    return Scorer(views, ["body"], variant)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 20), variants, st.integers(1, 3), st.booleans())
def test_pruning_loses_nothing_in_longer_lists(
    seed: int, n_words: int, k: int, variant: str, n_parts: int, is_cut: bool
) -> None:
    scorer = larger_scorer(seed, variant, n_parts=n_parts, is_cut=is_cut)
    words = [[f"말{i:02}" for i in row] for row in np.random.default_rng(seed).integers(0, 42, (4, n_words))]
    same_bits(scorer, words, k)
    query = [Clause("body", word) for word in words[0]]
    docs, scores = scorer.search(query, k=10_000)
    few, few_scores = scorer.search(query, k)
    assert few.tolist() == docs[:k].tolist()
    assert few_scores.tobytes() == scores[:k].tobytes()


@pytest.mark.parametrize("variant", BM25)
@pytest.mark.parametrize("is_cut", [False, True])
def test_pruning_loses_nothing_in_lists_of_many_blocks(variant: str, is_cut: bool) -> None:
    scorer = larger_scorer(1, variant, 60_000, is_cut=is_cut)
    draw = np.random.default_rng(2)
    queries = [[f"말{i:02}" for i in draw.integers(0, 40, n)] for n in (1, 1, 1, 2, 2, 2, 3, 3, 5, 8)]
    for k in (1, 10, 100):
        same_bits(scorer, queries, k, n_jobs=2)


@pytest.mark.parametrize("name", ["term_offsets", "term_data", "indptr", "postings", "position_indptr", "positions"])
def test_a_missing_array_is_refused(name: str) -> None:
    arrays = index_of([["영화"], ["이", "영화"]]).arrays()
    del arrays[name]
    with pytest.raises(ValueError, match=name):
        FieldIndex.from_arrays(arrays)
