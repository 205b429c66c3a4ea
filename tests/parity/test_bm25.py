"""Scores equal those of bm25s, rank_bm25 and scikit-learn, given the same words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from malgil.search.clause import Clause
from malgil.search.field_index import FieldIndex
from malgil.search.scorer import Scorer, SegmentView
from malgil.tokens import Tokens

N_TERMS = 50
QUERIES = np.random.default_rng(7).integers(0, N_TERMS, (40, 3)).tolist()
bm25s = pytest.importorskip("bm25s")


def corpus(seed: int, n_docs: int = 300) -> list[list[str]]:
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, 15, n_docs)
    docs = [np.minimum(draw.geometric(0.07, n) - 1, N_TERMS - 1).tolist() for n in lengths]
    return [[f"말{term}" for term in doc] for doc in [*docs, list(range(N_TERMS))]]  # every word occurs


def scorer(docs: list[list[str]], variant: str, k1: float = 1.5, b: float = 0.75, delta: float = 0.5) -> Scorer:
    forms = sorted({word for doc in docs for word in doc})
    ids = np.array([forms.index(word) for doc in docs for word in doc], np.int32)
    tokens = Tokens(pa.array(forms, pa.large_string()), ids, np.cumsum([0, *map(len, docs)], dtype=np.int64))
    index = FieldIndex.from_tokens(tokens, 1)
    return Scorer([SegmentView(np.arange(len(docs)), {"body": index}, None)], ["body"], variant, k1, b, delta)


def every_score(index: Scorer, query: list[str], absent: float = 0.0) -> NDArray[np.float64]:
    """Score all documents; those without any word of the query are not found, and get `absent`."""
    n_docs = len(index.segments[0].numbers)
    docs, scores = index.search([Clause("body", word) for word in query], n_docs)
    found = np.full(n_docs, absent)
    found[docs] = scores
    return found


@pytest.mark.parametrize("variant", ["robertson", "lucene", "atire", "bm25l", "bm25plus"])
@pytest.mark.parametrize(("k1", "b", "delta"), [(1.5, 0.75, 0.5), (0.9, 0.4, 1.0), (2.0, 1.0, 0.1), (1.2, 0.0, 0.5)])
def test_every_score_of_bm25s(variant: str, k1: float, b: float, delta: float) -> None:
    docs = corpus(seed=int(10 * k1 + b))
    index = scorer(docs, variant, k1, b, delta)
    peer = bm25s.BM25(method=variant.replace("plus", "+"), k1=k1, b=b, delta=delta)
    peer.index(docs, show_progress=False)
    for row in QUERIES:
        query = [f"말{term}" for term in row]
        wanted = peer.get_scores(query)
        ours = every_score(index, query, absent=float(wanted.min()))
        np.testing.assert_allclose(ours, wanted, rtol=5e-6, atol=5e-6)  # bm25s keeps float32


@pytest.mark.parametrize("delta", [0.5, 1.0])
def test_every_score_of_rank_bm25_plus(delta: float) -> None:
    rank_bm25 = pytest.importorskip("rank_bm25")
    docs = corpus(seed=3)
    index, peer = scorer(docs, "bm25plus", delta=delta), rank_bm25.BM25Plus(docs, k1=1.5, b=0.75, delta=delta)
    for row in QUERIES:
        query = [f"말{term}" for term in row]
        wanted = peer.get_scores(query)
        ours = every_score(index, query, absent=float(wanted.min()))
        np.testing.assert_allclose(ours, wanted, rtol=1e-12)


def test_okapi_of_rank_bm25_has_the_same_impact() -> None:
    # its idf may be negative, where a share of the mean idf takes its place; apart from that the formula of ATIRE
    rank_bm25 = pytest.importorskip("rank_bm25")
    docs = corpus(seed=3)
    index, peer = scorer(docs, "atire"), rank_bm25.BM25Okapi(docs, k1=1.5, b=0.75)
    for word in sorted({word for doc in docs for word in doc}):
        found, scores = index.search([Clause("body", word)], len(docs))
        idf = index.explain(int(found[0]), [Clause("body", word)]).terms[0].terms[0].value
        np.testing.assert_allclose(scores / idf, peer.get_scores([word])[found] / peer.idf[word], rtol=1e-12)


def test_every_cosine_of_scikit_learn() -> None:
    pytest.importorskip("sklearn")
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    docs = corpus(seed=5)
    index = scorer(docs, "tfidf")
    vectorizer = CountVectorizer(analyzer=list)
    counts = vectorizer.fit_transform(docs).toarray().astype(float)
    idf = np.log(len(docs) / (counts > 0).sum(axis=0))
    vectors = counts / counts.sum(axis=1, keepdims=True) * idf
    for row in QUERIES:
        query = [f"말{term}" for term in row]
        wanted = cosine_similarity(vectorizer.transform([query]).toarray() * idf, vectors)[0]
        np.testing.assert_allclose(every_score(index, query), wanted, rtol=1e-11, atol=1e-12)
