"""What an estimator says of an input depends on that input alone."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")

import malgil
from malgil.tasks.inputs import Reader
from malgil.tasks.saving import open_model

WORDS = ["좋다", "싫다", "영화", "ㅋㅋ", "Good", "😀", "값", "한"]
ROWS = st.lists(st.sampled_from([*WORDS, "처음보는말", unicodedata.normalize("NFD", "영화")]), max_size=7)


@cache
def classifier(encoder: str) -> Any:
    X = [["영화", "좋다"], ["Good", "😀", "좋다"], ["영화", "싫다"], ["ㅋㅋ", "값", "한", "싫다"]] * 4
    small = {"hidden_size": 4, "embedding_size": 4, "character_size": 6, "characters": "jamo", "min_count": 1}
    model = malgil.SequenceClassifier(encoder=encoder, epochs=2, validation=0, device="cpu", verbose=False, **small)
    return model.fit(X, ["가", "가", "나", "나"] * 4)


@pytest.mark.parametrize("encoder", ["gru", "cnn", "minlstm"])
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_other_rows_and_padding_change_nothing(encoder: str, rows: list[list[str]]) -> None:
    model = classifier(encoder)
    together = model.predict_proba(rows)
    alone = np.concatenate([model.predict_proba([row]) for row in rows])
    assert np.abs(together - alone).max() < 1e-5  # float32; sums in another order
    assert np.abs(together.sum(1) - 1).max() < 1e-9


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=4))
def test_saved_is_opened_with_equal_answers(rows: list[list[str]]) -> None:
    model = classifier("gru")
    with TemporaryDirectory() as folder:
        model.save(Path(folder) / "m")
        opened = open_model(Path(folder) / "m")
    assert opened.classes_.tolist() == model.classes_.tolist()
    assert np.array_equal(opened.predict_proba(rows), model.predict_proba(rows))


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=5), limit=st.integers(1, 4))
def test_a_reader_keeps_the_first_steps_and_says_what_it_cut(rows: list[list[str]], limit: int) -> None:
    whole, short = Reader("word", 1).fit(rows), Reader("word", 1, max_length=limit).fit(rows)
    n_cut = 0
    for place, row in enumerate(rows):
        long = whole.words[whole.indptr[place] : whole.indptr[place + 1]]  # type: ignore[index]
        kept = short.words[short.indptr[place] : short.indptr[place + 1]]  # type: ignore[index]
        assert len(long) == len(row)
        assert np.array_equal(kept, long[:limit])
        n_cut += len(row) - len(kept)
    total = sum(map(len, rows))
    assert short.cut_ratio == pytest.approx(n_cut / total if total else 0)


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_decomposed_words_are_the_same_words(rows: list[list[str]]) -> None:
    composed = [[unicodedata.normalize("NFC", word) for word in row] for row in rows]
    reader = Reader("word", 1)
    reader.fit(composed)
    again = [[unicodedata.normalize("NFD", word) for word in row] for row in rows]
    assert np.array_equal(reader.read(composed).words, reader.read(again).words)  # type: ignore[arg-type]
    texts = Reader("word", 1)
    texts.fit([" ".join(row) for row in composed])
    found = [texts.read([" ".join(row) for row in form]).words for form in (composed, again)]
    assert np.array_equal(*found)  # type: ignore[arg-type]
