"""Reports of small corpora, made the whole way from a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import malgil
from malgil.corpus import Corpus
from malgil.eda import explore
from malgil.eda.data import ReportData
from malgil.eda.gather import Words, gather
from malgil.tokenizers import encode_blocks, tokenizer
from malgil.vectorize import dtm, tfidf

MakeData = Callable[..., ReportData]
EMPTY = Corpus(lambda: [], pa.schema([("id", pa.large_string()), ("text", pa.large_string())]), 0, {})


@pytest.fixture(scope="session")
def make_data() -> MakeData:
    """Give the function that makes the data of a report."""

    def make(
        texts: Sequence[str],
        labels: Sequence[str | None] | None = None,
        times: Sequence[datetime | None] | None = None,
        n_jobs: int | None = None,
        split: str = "word",
    ) -> ReportData:
        columns: dict[str, Any] = {"text": pa.array(texts, pa.string())}
        if labels is not None:
            columns["label"] = pa.array(labels, pa.string())
        if times is not None:
            columns["time"] = pa.array(times, pa.timestamp("us"))
        corpus = malgil.read(pa.table(columns), text="text") if texts else EMPTY
        tokens, vocabulary = encode_blocks(tokenizer(split), corpus.texts(), n_jobs)
        weights = tfidf(dtm(tokens.ragged(), len(vocabulary), n_jobs), n_jobs=n_jobs)
        words = Words(tokens.ragged(), vocabulary, weights)
        return gather(explore(corpus, n_jobs=n_jobs), words, corpus, n_jobs=n_jobs)

    return make


@pytest.fixture(scope="session")
def lively(make_data: MakeData) -> ReportData:
    """Make the data of a corpus that has a bit of everything."""
    texts = [
        f"{'배송이 빠르고 좋아요' if day % 3 else 'slow delivery but fine quality'} {word}"
        for day in range(120)
        for word in ("ㅋㅋㅋㅋ", "가나다 is the best", "포장이 별로예요 😀", "가 나", f"번호 {day}")
    ]
    labels = ["good" if number % 4 else "bad" for number in range(len(texts))]
    begin = datetime(2024, 2, 1)
    times = [begin + timedelta(hours=5 * number) for number in range(len(texts))]
    return make_data(texts, labels, times)
