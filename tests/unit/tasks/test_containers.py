"""What holds inputs and labels does not matter, and words are learned only from what is learned from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from malgil import (
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
    SequenceTransducer,
    Translator,
    VectorClassifier,
    VectorRegressor,
)
from malgil.errors import ParameterError
from malgil.tokenizers import tokenizer

TEXTS = ["정말 재밌다 👍", "너무 지루하다", "꿀잼 ㅋㅋ", "노잼 ㅠㅠ"] * 6
TOKENS = [text.split() for text in TEXTS]
LABELS, NUMBERS = ["긍정", "부정"] * 12, [1.0, 2.0] * 12
HOLDERS = {
    "pandas": pd.Series,
    "polars": pl.Series,
    "arrow": pa.array,
    "numpy": lambda rows: np.array([*rows, None], dtype=object)[:-1],
    "tuple": tuple,
}
TINY: dict[str, Any] = {"hidden_size": 4, "epochs": 1, "verbose": False, "seed": 1}
SMALL: dict[str, Any] = TINY | {"embedding_size": 4, "min_count": 1, "tokenizer": "word"}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize(
    ("estimator", "X", "y"),
    [
        (SequenceClassifier, TEXTS, LABELS),
        (SequenceClassifier, TOKENS, LABELS),
        (SequenceRegressor, TEXTS, NUMBERS),
        (SequenceTagger, TOKENS, TOKENS),
        (SequenceTransducer, TOKENS, [[float(len(word)) for word in row] for row in TOKENS]),
    ],
)
def test_sequences(estimator: Any, X: list[Any], y: list[Any], holder: str) -> None:
    wanted = estimator(**SMALL).fit(X, y).predict(X)
    hold: Any = HOLDERS[holder]
    found = estimator(**SMALL).fit(hold(X), hold(y)).predict(hold(X))
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("density", [0.05, 0.5])
@pytest.mark.parametrize(("estimator", "y"), [(VectorClassifier, LABELS), (VectorRegressor, NUMBERS)])
def test_dense_and_sparse_vectors_are_the_same(estimator: Any, y: list[Any], density: float) -> None:
    X = sparse.random_array((24, 40), density=density, rng=np.random.default_rng(3), dtype=np.float32).tocsr()
    found = [
        estimator(**TINY | {"epochs": 3, "validation": 0.2}).fit(matrix, y).predict(matrix)
        for matrix in (X, X.toarray(), sparse.coo_array(X))
    ]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_words_of_the_validation_part_are_unknown() -> None:
    texts = [f"말{row} 길" for row in range(40)]
    model = SequenceClassifier(**SMALL | {"validation": 0.25}).fit(texts, LABELS[:2] * 20)
    known = set(model.reader_.terms)
    assert len(known) == 31 and "길" in known  # thirty of the forty, and what all share
    given = SequenceClassifier(**SMALL | {"validation": (["다른 말"], ["긍정"])}).fit(texts, LABELS[:2] * 20)
    assert len(given.reader_.terms) == 41


def test_a_tokenizer_can_be_a_folder(tmp_path: Path) -> None:
    learned = tokenizer("bpe", n_terms=40).fit(TEXTS)
    folder = str(tmp_path / "pieces")
    learned.save(folder)
    for given in (folder, learned):
        model = SequenceClassifier(**SMALL | {"tokenizer": given}).fit(TEXTS, LABELS)
        assert set(model.reader_.terms) <= set(learned.tokenize(TEXTS).forms.to_pylist())
    assert (
        Translator(**TINY, embedding_size=4, tokenizer=folder, source_tokenizer=folder).fit(TEXTS, TEXTS).predict(TEXTS)
    )
    with pytest.raises(ParameterError, match="tokenizer"):
        SequenceClassifier(**SMALL | {"tokenizer": str(tmp_path / "none")}).fit(TEXTS, LABELS)
