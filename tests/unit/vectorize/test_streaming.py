"""Matrices that are made and kept on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import malgil
from malgil.errors import ArtefactError, DataError
from malgil.vectorize import documents, open_matrix, transform_pieces, transform_to
from tests.unit.vectorize.test_vectorizers import REVIEWS, same

VECTORIZERS: list[Any] = [
    malgil.CountVectorizer(ngram_range=(1, 2)),
    malgil.TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3), dtype=np.float32),
    malgil.HashingVectorizer(n_features=64),
    make_pipeline(malgil.CountVectorizer(), malgil.TfidfTransformer()),
]


@pytest.mark.parametrize("vectorizer", VECTORIZERS, ids=lambda v: type(v).__name__)
def test_the_matrix_on_disk_is_the_one_in_memory(
    vectorizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = vectorizer.fit(REVIEWS)
    wanted = fitted.transform(REVIEWS)
    monkeypatch.setattr(documents, "BLOCK_BYTES", 100)  # several pieces
    assert len(list(transform_pieces(fitted, iter(REVIEWS)))) > 1
    for number, texts in enumerate((REVIEWS, iter(REVIEWS), malgil.read(REVIEWS))):
        found = transform_to(fitted, texts, tmp_path / str(number))
        assert isinstance(found.data, np.memmap)
        assert same(found.tocsr(), wanted)
        assert same(found[1:3], wanted[1:3])


def test_no_documents(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        transform_to(malgil.CountVectorizer().fit(REVIEWS), [], tmp_path / "m")
    with pytest.raises(ArtefactError):
        open_matrix(tmp_path / "m")


def test_one_flipped_byte(tmp_path: Path) -> None:
    transform_to(malgil.CountVectorizer().fit(REVIEWS), REVIEWS, tmp_path)
    path = next(tmp_path.glob("indices-*"))
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ArtefactError, match="checksum"):
        open_matrix(tmp_path)
    with pytest.raises(ArtefactError, match="damaged"):
        open_matrix(tmp_path, verify=False)
