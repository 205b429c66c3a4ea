"""The vocabulary and the counts are those of scikit-learn's ``CountVectorizer``."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from malgil.tokenizers import encode_blocks, tokenizer

text = pytest.importorskip("sklearn.feature_extraction.text")

MADE_UP = ["이 배우의 연기, 참 좋다!", "The the THE 영화_2", "", "ΟΔΟΣ İx 😀 ㅋㅋ", "e\u0301té 참"]


def compare(texts: list[str]) -> None:
    vectorizer = text.CountVectorizer(token_pattern=r"(?u)\w+", lowercase=True)
    wanted = vectorizer.fit_transform(texts)
    tokens, vocabulary = encode_blocks(tokenizer("word"), [pa.array(texts, pa.large_string())], spans=False)
    assert vectorizer.get_feature_names_out().tolist() == vocabulary.terms.take(vocabulary.order).to_pylist()
    column = np.empty(len(vocabulary), np.int64)
    column[vocabulary.order] = np.arange(len(vocabulary))
    ones = np.ones(tokens.n_tokens, np.int64)
    counts = csr_array((ones, column[tokens.ids], tokens.indptr), shape=wanted.shape)
    assert abs(counts - wanted).nnz == 0


def test_made_up_texts() -> None:
    compare(MADE_UP)


@pytest.mark.real
@pytest.mark.skipif("MALGIL_DATA" not in os.environ, reason="no real data")
def test_real_reviews() -> None:
    import pyarrow.parquet as pq

    path = Path(os.environ["MALGIL_DATA"]) / "nsmc" / "reviews.parquet"
    compare(pq.read_table(path, columns=["review"])["review"].slice(0, 100_000).to_pylist())
