"""Pairs that only common words make alike."""

from __future__ import annotations

import numpy as np

from malgil.ragged import Ragged
from malgil.similarity import AlikePair, alike_by_common_words
from malgil.vectorize import Weights, dtm, tfidf


def weights_of(*docs: str) -> tuple[Weights, list[str]]:
    words = sorted({word for doc in docs for word in doc.split()})
    rows = [[words.index(word) for word in doc.split()] for doc in docs]
    ids = np.array([term for row in rows for term in row], np.int32)
    return tfidf(dtm(Ragged(ids, np.cumsum([0, *map(len, rows)], dtype=np.int64)), len(words))), words


def find(weights: Weights) -> AlikePair | None:
    return alike_by_common_words(weights, n_words=(2, 60))


def test_the_pair_shares_only_the_word_that_is_everywhere() -> None:
    weights, words = weights_of(
        "배우 는 는 는 최고", "결말 는 는 는 별로", "음악 좋다 는", "음악 좋다 는 정말", "는 그냥"
    )
    pair = find(weights)
    assert pair is not None
    assert (pair.doc_a, pair.doc_b) == (0, 1)
    assert [words[term] for term in pair.shared] == ["는"]
    assert pair.counts_cosine > 0.8
    assert pair.tfidf_cosine == 0.0


def test_documents_that_share_nothing() -> None:
    weights, _ = weights_of("배우 최고", "결말 별로")
    assert find(weights) is None


def test_too_few_documents() -> None:
    assert find(weights_of("배우 최고")[0]) is None
    assert alike_by_common_words(weights_of("배우 는", "결말 는")[0]) is None  # too short to look at


def test_a_sample_is_the_same_every_time() -> None:
    draw = np.random.default_rng(1)
    ids = np.minimum(draw.geometric(0.05, 9000) - 1, 200).astype(np.int32)
    weights = tfidf(dtm(Ragged(ids, np.arange(0, 9001, 9)), 201))
    first = alike_by_common_words(weights, 100)
    assert first is not None
    assert first == alike_by_common_words(weights, 100)
