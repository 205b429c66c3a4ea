"""Default fields by the language of the documents."""

from __future__ import annotations

import pyarrow as pa
import pytest

from malgil.search.defaults import LOOKED_AT, default_fields
from malgil.search.fields import Field

CASES = {
    "Korean": (["영화를 봤다", "good 영화"], ["morpheme", "bigram"]),
    "English": (["a good film", "never again"], ["english", "word"]),
    "mixed": (["a very good film with a Korean name: 괴물"], ["english", "word", "bigram"]),
    "NFD": (["\u1112\u1161\u11ab\u1100\u1173\u11af"], ["morpheme", "bigram"]),
    "no letters": (["123 😀"], ["english", "word"]),
    "nothing": ([], ["english", "word"]),
}


@pytest.mark.parametrize(("texts", "names"), CASES.values(), ids=CASES)
def test_fields_suit_the_language(texts: list[str], names: list[str]) -> None:
    assert list(default_fields([pa.array(texts, pa.large_string())])) == names


def test_nulls_are_no_language() -> None:
    assert list(default_fields([pa.array([None, "영화"], pa.large_string())])) == ["morpheme", "bigram"]


def test_the_column_is_passed_on() -> None:
    fields = default_fields([pa.array(["영화"], pa.large_string())], "title")
    assert {field.column for field in fields.values()} == {"title"}
    assert isinstance(fields["bigram"], Field)


def test_the_first_documents_tell() -> None:
    first = pa.array(["film"] * LOOKED_AT, pa.large_string())
    assert list(default_fields(iter([first, pa.array(["영화를 봤다"], pa.large_string())]))) == ["english", "word"]
