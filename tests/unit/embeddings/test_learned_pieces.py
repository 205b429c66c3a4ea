"""Word vectors of learned pieces keep what the pieces were cut with."""

from __future__ import annotations

from pathlib import Path

import pytest

from malgil import GloVe, Vectors, Word2Vec
from malgil.embeddings.ppmi import PPMI
from malgil.tokenizers import tokenizer
from tests.property.tokenizer_table import CORPUS


@pytest.mark.parametrize("kind", [Word2Vec, GloVe, PPMI])
@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_the_pieces_travel_with_the_vectors(kind: type, name: str, tmp_path: Path) -> None:
    options = {"dim": 2, "min_count": 1, "tokenizer": {"name": name, "n_terms": 100}}
    vectors = kind(**options).fit(CORPUS * 3).vectors_
    vectors.save(tmp_path / "v")
    cut = tokenizer(**Vectors.open(tmp_path / "v").meta["tokenizer"])
    forms = cut.split(CORPUS[0])
    assert forms[0].startswith("▁영")
    assert set(forms) <= set(vectors.keys.strings.to_pylist())


def test_growing_keeps_the_pieces() -> None:
    model = Word2Vec(dim=2, min_count=1, tokenizer="bpe").fit(CORPUS * 3)
    before = model.vectors_.meta["tokenizer"]
    assert model.partial_fit(["배우가 배우를 봤다"] * 3).vectors_.meta["tokenizer"] == before


def test_a_tokeniser_that_its_name_tells_is_not_kept() -> None:
    assert "tokenizer" not in Word2Vec(dim=2, min_count=1, tokenizer="word").fit(CORPUS * 3).vectors_.meta
