"""BM25 scores equal those of bm25s, given the same token ids."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.ragged import Ragged
from malgil.search import Index
from malgil.vectorize import dtm

bm25s = pytest.importorskip("bm25s")


def corpus(seed: int, n_docs: int = 300, n_terms: int = 50) -> list[list[int]]:
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, 15, n_docs)
    docs = [np.minimum(draw.geometric(0.07, n) - 1, n_terms - 1).tolist() for n in lengths]
    return [*docs, list(range(n_terms))]  # every word occurs


@pytest.mark.parametrize(("k1", "b"), [(1.5, 0.75), (0.9, 0.4), (2.0, 1.0), (1.2, 0.0)])
def test_every_score(k1: float, b: float) -> None:
    docs = corpus(seed=int(10 * k1 + b))
    ids = np.array([term for doc in docs for term in doc], np.int32)
    index = Index.build(dtm(Ragged(ids, np.cumsum([0, *map(len, docs)], dtype=np.int64)), 50), k1=k1, b=b)
    peer = bm25s.BM25(method="lucene", k1=k1, b=b)
    words = [[f"말{term}" for term in doc] for doc in docs]
    peer.index(words, show_progress=False)
    draw = np.random.default_rng(7)
    for query in draw.integers(0, 50, (40, 3)).tolist():
        found, scores = index.search(query, k=len(docs))
        wanted = peer.get_scores([f"말{term}" for term in query])
        ours = np.zeros(len(docs))
        ours[found] = scores
        np.testing.assert_allclose(ours, wanted, rtol=2e-6, atol=1e-6)  # bm25s keeps float32


def test_okapi_of_rank_bm25_has_the_same_impact() -> None:
    # its idf may be negative and it multiplies with k1 + 1; apart from that the same part of the formula
    rank_bm25 = pytest.importorskip("rank_bm25")
    docs = corpus(seed=3)
    ids = np.array([term for doc in docs for term in doc], np.int32)
    index = Index.build(dtm(Ragged(ids, np.cumsum([0, *map(len, docs)], dtype=np.int64)), 50))
    peer = rank_bm25.BM25Okapi(docs, k1=1.5, b=0.75)
    for term in range(50):
        found, scores = index.search([term], k=len(docs))
        idf = index.explain(int(found[0]), [term]).terms[0].terms[0].value
        wanted = peer.get_scores([term])[found] / (peer.idf[term] * 2.5)
        np.testing.assert_allclose(scores / idf, wanted, rtol=1e-12)
