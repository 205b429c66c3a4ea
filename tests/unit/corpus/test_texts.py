"""Texts for estimators, out of whatever holds them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import malgil
from malgil.corpus import as_texts, text_blocks
from malgil.errors import DataError, ParameterError


@pytest.mark.parametrize(
    "source",
    [
        ["가", "나"],
        ("가", "나"),
        np.array(["가", "나"]),
        pa.array(["가", "나"]),
        pa.chunked_array([["가"], ["나"]]),
        pa.table({"text": ["가", "나"]}),
        pa.table({"n": [1, 2], "본문": ["가", "나"]}),
        malgil.read(["가", "나"]),
    ],
    ids=lambda source: type(source).__name__,
)
def test_texts_of_anything(source: object) -> None:
    texts = as_texts(source)
    assert isinstance(texts, pa.LargeStringArray)
    assert texts.to_pylist() == ["가", "나"]


def test_an_array_that_is_right_is_not_copied() -> None:
    texts = pa.array(["가"], pa.large_string())
    assert as_texts(texts) is texts


def test_missing_texts_are_empty() -> None:
    assert as_texts(pa.array(["가", None], pa.large_string())).to_pylist() == ["가", ""]


def test_no_texts() -> None:
    assert as_texts([]).equals(pa.array([], pa.large_string()))
    assert list(text_blocks([])) == []


def test_a_single_string_is_not_documents() -> None:
    with pytest.raises(ParameterError, match=r"Put it in a list: \[text\]"):
        as_texts("가나다")


def test_numbers_are_not_texts() -> None:
    with pytest.raises(DataError, match="row 1: int, not str"):
        as_texts([1, 2])
    with pytest.raises(DataError, match="'text' holds int64, not text"):
        as_texts(pa.array([1, 2]))


def test_the_column_must_be_clear() -> None:
    with pytest.raises(DataError, match="more than one column could be the text"):
        as_texts(pa.table({"본문": ["가"], "댓글": ["나"]}))
