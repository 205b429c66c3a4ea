"""Kiwi on real reviews: nothing that bare Kiwi finds is lost or changed."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from malgil.tokenizers.kiwi import KiwiTokenizer
from malgil.tokenizers.morphemes import load

REVIEWS = Path(os.environ.get("MALGIL_DATA", "")) / "nsmc" / "reviews.parquet"


@pytest.mark.real
@pytest.mark.skipif(not REVIEWS.is_file(), reason="MALGIL_DATA names no folder with these reviews")
def test_morphemes_of_reviews_are_kiwis_own() -> None:
    column = pq.read_table(REVIEWS, columns=["review"])["review"].cast(pa.large_string())
    raw = column.to_pylist()[::500]
    found = KiwiTokenizer().tokenize_block(pa.array(raw, pa.large_string()))
    own = load().tokenize([unicodedata.normalize("NFC", text) for text in raw])
    assert found.tags is not None
    tags = [found.tag_names[tag] for tag in found.tags]
    place = 0
    for doc, (forms, morphemes) in enumerate(zip(found.to_lists(), own, strict=True)):
        assert forms == [m.form for m in morphemes]
        assert tags[place : place + len(forms)] == [m.tag for m in morphemes]
        place += len(forms)
        spans = found.spans(doc)
        # Only an empty span of Kiwi's moves, and what Kiwi starts before the one in front.
        moved = [span for span, m in zip(spans, morphemes, strict=True) if m.len and span != m.span]
        if raw[doc] == unicodedata.normalize("NFC", raw[doc]) and all(m.len for m in morphemes):
            assert moved == []
