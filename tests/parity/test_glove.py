"""Phrases beside gensim, the decomposition beside scikit-learn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from malgil.embeddings import PPMI, Phrases
from malgil.embeddings.mutual_information import ppmi_matrix
from malgil.embeddings.svd import truncated_svd

TEXTS = ["서울 시청 앞 광장", "서울 시청 역", "부산 역 앞", "서울 시청 길", "광장 앞 길", "부산 시청 앞 역 앞"] * 3


@pytest.mark.parametrize("scoring", ["word2phrase", "npmi"])
def test_scores_are_those_of_gensim(scoring: str) -> None:
    models = pytest.importorskip("gensim.models")
    name = {"word2phrase": "default", "npmi": "npmi"}[scoring]
    sentences = [text.split() for text in TEXTS]
    least = {"word2phrase": 1e-9, "npmi": -1.0}[scoring]
    theirs = models.Phrases(sentences, min_count=2, threshold=least, scoring=name, delimiter="_").export_phrases()
    ours = Phrases(scoring=scoring, min_count=2, threshold=least).fit(TEXTS)
    n_tokens = sum(map(len, sentences))
    n_terms = len({w for s in sentences for w in s}) + len({p for s in sentences for p in pairwise(s)})
    # gensim multiplies with its entries (words and pairs), word2phrase's program and malgil with the tokens
    factor = n_terms / n_tokens if scoring == "word2phrase" else 1.0
    found = {f"{phrase.first}_{phrase.second}": phrase.score * factor for phrase in ours.phrases_}
    assert found == pytest.approx(theirs, rel=1e-9)
    assert len(found) > 3


def test_singular_values_are_those_of_scikit_learn() -> None:
    extmath = pytest.importorskip("sklearn.utils.extmath")
    pairs = PPMI(dim=3, min_count=1).fit(TEXTS).cooccurrences_
    matrix = ppmi_matrix(pairs)
    theirs = extmath.randomized_svd(matrix.astype(np.float64), 3, random_state=0)[1]
    assert truncated_svd(matrix, 3)[1] == pytest.approx(theirs, rel=1e-4)
