"""The Hangul toolbox beside its slow twins: one string, a whole column, every keystroke."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from string import ascii_letters

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil import hangul
from malgil.hangul import columns
from tests import strategies
from tests.naive import hangul as naive

FUNCTIONS = ["compose", "decompose", "initials", "strokes", "to_keys"]
JAMO = st.text(st.sampled_from("ㄱㄲㄳㄸㅏㅘㅣㅄㅋ가각값\u1100\u1112\u1161\u1175\u11a8\u11c2\u11a7 a"), max_size=12)
TEXTS = st.one_of(strategies.texts, JAMO)
WORDS = st.text(strategies.SYLLABLES, max_size=8)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(texts=st.lists(TEXTS, max_size=6))
def test_a_column_is_its_strings(name: str, texts: list[str]) -> None:
    one: Callable[[str], str] = getattr(hangul, name)
    column = getattr(columns, name)(pa.array(["x", *texts], pa.large_string()).slice(1))
    assert column.to_pylist() == [one(text) for text in texts]


@given(text=TEXTS)
def test_strings_are_their_characters(text: str) -> None:
    joined = hangul.join_conjoining(text)
    assert hangul.decompose(text) == "".join(map(naive.letters, joined))
    assert hangul.strokes(text) == "".join(map(naive.strokes, joined))
    assert hangul.initials(text) == "".join(naive.letters(char)[0] for char in joined)


@given(text=TEXTS)
def test_joining_changes_hangul_alone(text: str) -> None:
    joined = hangul.join_conjoining(text)
    assert unicodedata.normalize("NFC", joined) == unicodedata.normalize("NFC", text)
    assert hangul.join_conjoining(joined) == joined


@given(keys=st.text(st.sampled_from(ascii_letters), max_size=24))
def test_keys_are_typed_as_by_an_input_method(keys: str) -> None:
    assert hangul.from_keys(keys) == naive.type_keys(keys)


@given(keys=st.text(st.sampled_from("qwertyuiopasdfghjklzxcvbnmQWERTOP"), max_size=24))
def test_what_was_typed_can_be_read_off(keys: str) -> None:
    assert hangul.to_keys(hangul.from_keys(keys)) == keys


@given(text=WORDS)
def test_syllables_come_back_from_everything(text: str) -> None:
    assert hangul.compose(hangul.decompose(text)) == text
    assert hangul.from_keys(hangul.to_keys(text)) == text
    assert hangul.from_strokes(hangul.strokes(text)) == text
    assert hangul.decompose(unicodedata.normalize("NFD", text)) == hangul.decompose(text)
