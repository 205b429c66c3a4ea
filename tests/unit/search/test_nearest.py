"""Near spellings of words that nobody wrote."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import pytest

from malgil.errors import ParameterError
from malgil.search.field_index import FieldIndex
from malgil.search.live_terms import LiveTerms
from malgil.search.nearest import nearest_terms
from malgil.strings import string_array
from malgil.tokenizers import tokenizer

DOCS = [
    "재밌다 영화 영화는 연기",
    "재밌다 재미 강 방 갈",
    "재밌당 movie movies 스토리",
    "왠지 웬일 ㅋㅋ 좋아요 2014년",
    "매우재밌다",
]


def terms_of(docs: list[str], alive: list[bool] | None = None) -> LiveTerms:
    field = FieldIndex.build(tokenizer("word"), [string_array(docs)], n_jobs=1)
    return LiveTerms(field, None if alive is None else np.array(alive))


def near(word: str, k: int = 3) -> list[tuple[str, int, int]]:
    return [tuple(found) for found in nearest_terms(word, [terms_of(DOCS)], k)]


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("재밋다", [("재밌다", 1, 2), ("재밌당", 2, 1)]),
        ("재밌다", [("재밌당", 1, 1)]),
        ("애밌다", [("재밌다", 1, 2)]),
        ("영하", [("영화", 1, 1)]),
        ("ㅇㅕㅇ화", [("영화", 0, 1)]),
        ("영ㅎ화", [("영화", 1, 1)]),
        ("갉", [("갈", 1, 1)]),
        ("감", [("갈", 1, 1), ("강", 1, 1)]),
        ("moive", [("movie", 1, 1)]),
        ("mvie", [("movie", 1, 1)]),
        ("스또리", [("스토리", 1, 1)]),
        ("조아요", [("좋아요", 1, 1)]),
        ("2015년", [("2014년", 1, 1)]),
        ("아무것도", []),
        ("", []),
        ("\ud800", []),
        ("👍🏽", []),
    ],
)
def test_near_terms(word: str, wanted: list[tuple[str, int, int]]) -> None:
    assert near(word) == wanted
    assert near(unicodedata.normalize("NFD", word)) == wanted


def test_nearest_first_then_most_frequent() -> None:
    docs = ["영호", "영호", "영하", "영회", "영회", "영회"]
    found = nearest_terms("영화", [terms_of(docs)], k=2)
    assert [tuple(one) for one in found] == [("영회", 1, 3), ("영호", 1, 2)]


def test_segments_add_up_and_deleted_documents_do_not_count() -> None:
    parts = [terms_of(["재밌다 재밌당", "재밌다"], [False, True]), terms_of(["재밌다"])]
    assert [tuple(one) for one in nearest_terms("재밋다", parts)] == [("재밌다", 1, 2)]


def test_no_segments_and_no_terms() -> None:
    assert nearest_terms("영화", []) == []
    assert nearest_terms("영화", [terms_of([""])]) == []


def test_a_very_long_word() -> None:
    assert near("가" * 100_000) == []


@pytest.mark.parametrize("k", [0, -1, 1.5, True, None])
def test_a_number_that_means_nothing(k: Any) -> None:
    with pytest.raises(ParameterError, match="k="):
        nearest_terms("영화", [], k)


def test_only_text_has_a_spelling() -> None:
    with pytest.raises(ParameterError, match="bytes"):
        nearest_terms(b"a", [])  # type: ignore[arg-type]
