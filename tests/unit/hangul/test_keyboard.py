"""The two-set keyboard in the wrong state, both ways."""

from __future__ import annotations

import pytest

from malgil import hangul

PAIRS = [
    ("dkssudgktpdy", "안녕하세요"),
    ("dudghk", "영화"),
    ("rkqtdl", "값이"),
    ("rkqtkf", "갑살"),
    ("Rhcl", "꼬치"),
    ("dhodi", "왜야"),
    ("dml", "의"),
    ("ekfrrhrl", "닭고기"),
    ("dlTek", "있다"),
    ("rkRk", "가까"),
    ("rk rk", "가 가"),
    ("ㅋㅋ2024", "ㅋㅋ2024"),
]


@pytest.mark.parametrize(("typed", "meant"), PAIRS)
def test_latin_letters_become_hangul(typed: str, meant: str) -> None:
    assert hangul.from_keys(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), [pair for pair in PAIRS if pair[0].isascii()])
def test_hangul_becomes_latin_letters(typed: str, meant: str) -> None:
    assert hangul.to_keys(meant) == typed


def test_english_typed_in_hangul_state_comes_back() -> None:
    assert hangul.to_keys("ㅗ디ㅣㅐ") == "hello"
    assert hangul.to_keys("ㅔㅛ쇄ㅜ") == "python"


@pytest.mark.parametrize(("typed", "meant"), [("hk", "ㅘ"), ("rt", "ㄱㅅ"), ("kk", "ㅏㅏ"), ("A", "ㅁ"), ("E", "ㄸ")])
def test_what_makes_no_syllable_stays_loose(typed: str, meant: str) -> None:
    assert hangul.from_keys(typed) == meant
