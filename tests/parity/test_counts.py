"""Counts and weights equal scikit-learn's, given the same tokens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from malgil.ragged import Ragged
from malgil.vectorize import dtm, tfidf
from tests.strategies import raggeds

text = pytest.importorskip("sklearn.feature_extraction.text")

REVIEWS = ["배우 연기 는 최고", "", "결말 은 별로 별로", "배우 는 좋고 결말 은 그냥", "ㅋㅋㅋ 👍 the movie The"]


def encode(reviews: list[str]) -> tuple[Ragged, list[str]]:
    words = sorted({word for review in reviews for word in review.split()})
    rows = [[words.index(word) for word in review.split()] for review in reviews]
    ids = np.array([term for row in rows for term in row], np.int32)
    return Ragged(ids, np.cumsum([0, *map(len, rows)], dtype=np.int64)), words


def test_counts_of_words() -> None:
    ragged, words = encode(REVIEWS)
    peer = text.CountVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False).fit(REVIEWS)
    assert peer.get_feature_names_out().tolist() == words
    assert (dtm(ragged, len(words)).to_csr() != peer.transform(REVIEWS)).nnz == 0


@given(raggeds(max_docs=20, max_terms=12))
def test_sklearn_weights(case: tuple[Ragged, int]) -> None:
    counts = dtm(*case)
    if not counts.n_docs:
        return
    weights = tfidf(counts, "sklearn")
    peer = text.TfidfTransformer().fit(counts.to_csr())
    # the same formula in another order of multiplying and adding
    np.testing.assert_allclose(weights.idf, peer.idf_, rtol=1e-12)
    np.testing.assert_allclose(
        weights.to_csr().toarray(), peer.transform(counts.to_csr()).toarray(), rtol=1e-12, atol=1e-15
    )
