"""Cleaning real reviews: as the slow version does it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from malgil.clean import Cleaner
from tests.naive import clean as naive

REVIEWS = Path(os.environ.get("MALGIL_DATA", "")) / "nsmc" / "reviews.parquet"


@pytest.mark.real
@pytest.mark.skipif(not REVIEWS.is_file(), reason="MALGIL_DATA names no folder with these reviews")
def test_reviews_are_cleaned_as_by_the_slow_version() -> None:
    texts = pq.read_table(REVIEWS, columns=["review"])["review"].slice(0, 30_000).cast(pa.large_string())
    raw = texts.to_pylist()
    cleaned = Cleaner().clean_block(pa.array(raw, pa.large_string()))
    assert cleaned.texts.to_pylist() == [naive.clean(text)[0] for text in raw]
    for doc in cleaned.changed[:500].tolist():
        text, spans = naive.clean(raw[doc])
        start, end = cleaned.to_raw(doc, np.arange(len(text)), np.arange(len(text)) + 1)
        assert list(zip(start.tolist(), end.tolist(), strict=True)) == spans
