"""Syllables and letters: all 11,172, composed and decomposed."""

from __future__ import annotations

import unicodedata

import pytest

from malgil import hangul
from tests.naive import hangul as naive

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]


def test_every_syllable_is_taken_apart_as_unicode_does() -> None:
    assert [hangul.decompose(char) for char in SYLLABLES] == [naive.letters(char) for char in SYLLABLES]
    assert [hangul.strokes(char) for char in SYLLABLES] == [naive.strokes(char) for char in SYLLABLES]
    assert [hangul.initials(char) for char in SYLLABLES] == [naive.letters(char)[0] for char in SYLLABLES]


def test_every_syllable_comes_back() -> None:
    assert [hangul.compose(hangul.decompose(char)) for char in SYLLABLES] == SYLLABLES
    assert [hangul.from_strokes(hangul.strokes(char)) for char in SYLLABLES] == SYLLABLES
    assert [hangul.from_keys(hangul.to_keys(char)) for char in SYLLABLES] == SYLLABLES


def test_every_syllable_in_jamo_is_the_same_syllable() -> None:
    loose = [unicodedata.normalize("NFD", char) for char in SYLLABLES]
    assert [hangul.join_conjoining(text) for text in loose] == SYLLABLES
    assert [hangul.strokes(text) for text in loose] == [hangul.strokes(char) for char in SYLLABLES]
    assert [hangul.compose(text) for text in loose] == SYLLABLES


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("값이", "ㄱㅏㅄㅇㅣ"),
        ("ㅋㅋ 좋아!", "ㅋㅋ ㅈㅗㅎㅇㅏ!"),
        ("", ""),
        ("cafe\u0301 2원", "cafe\u0301 2ㅇㅝㄴ"),
        ("\ud800가", "\ud800ㄱㅏ"),
    ],
)
def test_other_characters_stay(text: str, letters: str) -> None:
    assert hangul.decompose(text) == letters


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        ("ㅎㅏㄴㄱㅡㄹ", "한글"),
        ("ㄱㅏㅁㅏ", "가마"),
        ("ㄱㅏㅄㅏ", "값ㅏ"),
        ("ㄱㅏㄸㅏ", "가따"),
        ("ㅋㅋㅏㅋ", "ㅋ캌"),
        ("ㅗㅏ", "ㅗㅏ"),
        ("\u1112\u1161\u11abㄱㅡㄹ", "한글"),
    ],
)
def test_letters_are_joined(letters: str, text: str) -> None:
    assert hangul.compose(letters) == text


def test_a_closed_syllable_takes_no_second_final() -> None:
    assert hangul.join_conjoining("한\u11ab") == "한\u11ab"
    assert hangul.join_conjoining("하\u11ab") == "한"


@pytest.mark.parametrize(
    ("text", "answer"),
    [("ㅅㅅ", True), ("ㄳ", True), ("ㄲ", True), ("", False), ("ㅏ", False), ("ㅅ성", False), ("s", False)],
)
def test_rows_of_initials_are_recognised(text: str, answer: bool) -> None:
    assert hangul.is_initials(text) is answer
