"""Which tokeniser suits which scripts."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.tokenizers.choice import choose_tokenizer, hangul_ratio
from tests.naive import choice as naive
from tests.strategies import corpora


def block(*texts: str) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


@given(st.lists(corpora, max_size=3))
def test_the_ratio_is_that_of_the_slow_version(blocks: list[list[str]]) -> None:
    found = hangul_ratio([block(*texts) for texts in blocks])
    assert found == naive.hangul_ratio([text for texts in blocks for text in texts])


@pytest.mark.parametrize("text", ["이 영화 ㅋㅋㅋ!", unicodedata.normalize("NFD", "재밌다"), "ㅠㅠ", "ﾡ"])
def test_hangul_in_every_form_counts(text: str) -> None:
    assert hangul_ratio([block(text)]) == 1.0


def test_without_letters_the_ratio_is_zero() -> None:
    assert hangul_ratio([]) == hangul_ratio([block("", "123 !? 😀")]) == 0.0


@pytest.mark.parametrize(
    ("text", "name"), [("가나다abcdefg", "word"), ("가나다라abcdefg", "kiwi"), ("", "word"), ("the movie", "word")]
)
def test_kiwi_needs_more_than_three_letters_in_ten(text: str, name: str) -> None:
    assert choose_tokenizer([block(text)]) == name
