"""Particles after Hangul, numbers, Latin words, signs, quotes and brackets."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest

from malgil import hangul
from malgil.errors import ParameterError
from malgil.hangul import columns
from malgil.hangul.numerals import last_syllable_of_number
from malgil.hangul.particles import PAIRS, read_pair

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]


def has_final(char: str) -> bool:
    return len(unicodedata.normalize("NFD", char)) == 3


@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_every_syllable_takes_the_particle_of_its_final(pair: tuple[str, str]) -> None:
    closed, opened = pair
    is_ro = opened.startswith("로")
    expected = [
        closed if has_final(char) and not (is_ro and unicodedata.normalize("NFD", char)[2] == "\u11af") else opened
        for char in SYLLABLES
    ]
    asked = "/".join(pair)
    assert [hangul.particle(char, asked) for char in SYLLABLES] == expected
    assert columns.particle(pa.array(SYLLABLES, pa.large_string()), asked).to_pylist() == expected
    assert [hangul.particle(unicodedata.normalize("NFD", char), asked) for char in SYLLABLES] == expected


@pytest.mark.parametrize(
    ("text", "topic", "way"),
    [
        *(("삼성", "은", "으로"), ("카카오", "는", "로"), ("서울", "은", "로"), ("말", "은", "로")),
        *(("3", "은", "으로"), ("10", "은", "으로"), ("2", "는", "로"), ("1", "은", "로"), ("0", "은", "으로")),
        *(
            ("2.5", "는", "로"),
            ("1,000", "은", "으로"),
            ("10000", "은", "으로"),
            ("1.30", "은", "으로"),
            ("7", "은", "로"),
        ),
        *(("LG", "는", "로"), ("KBS", "는", "로"), ("URL", "은", "로"), ("CNN", "은", "으로"), ("R", "은", "로")),
        *(("iPhone", "은", "으로"), ("Google", "은", "로"), ("Netflix", "는", "로"), ("facebook", "은", "으로")),
        *(("'사과'", "는", "로"), ("“감”", "은", "으로"), ("『토지』", "는", "로"), ("서울(수도)", "은", "로")),
        *(("(주)", "는", "로"), ("끝.", "은", "으로"), ("50%", "는", "로"), ("5km", "는", "로"), ("3kg", "은", "으로")),
        *(
            ("ㄱ", "은", "으로"),
            ("ㄹ", "은", "로"),
            ("ㅏ", "는", "로"),
            ("", "은(는)", "으로(로)"),
            ("😀", "은(는)", "으로(로)"),
        ),
    ],
)
def test_particles_follow_the_sound(text: str, topic: str, way: str) -> None:
    assert (hangul.particle(text, "은/는"), hangul.particle(text, "으로/로")) == (topic, way)
    column = pa.array(["앞", text, "뒤"], pa.large_string())
    assert columns.particle(column, "은/는").to_pylist() == ["은", topic, "는"]


@pytest.mark.parametrize("written", ["을/를", "를/을", "을(를)", "를(을)", "을", "를", " 을 / 를 "])
def test_a_pair_may_be_written_in_many_ways(written: str) -> None:
    assert read_pair(written) == ("을", "를")


@pytest.mark.parametrize(
    ("written", "pair"), [("(으)로", ("으로", "로")), ("(이)라고", ("이라고", "라고")), ("와", ("과", "와"))]
)
def test_a_syllable_in_brackets_may_go(written: str, pair: tuple[str, str]) -> None:
    assert read_pair(written) == pair


@pytest.mark.parametrize("written", ["", "은/를", "도", "the", "/"])
def test_an_unknown_pair_is_refused(written: str) -> None:
    with pytest.raises(ParameterError, match="은/는"):
        hangul.particle("말", written)


@pytest.mark.parametrize(
    ("number", "last"),
    [
        *(("1", "일"), ("20", "십"), ("300", "백"), ("4000", "천"), ("50000", "만"), ("1000000", "만")),
        *(("100000000", "억"), ("1,000,000,000,000", "조"), ("0", "영"), ("00", "영"), ("010", "영"), ("0.7", "칠")),
        *(("3.14", "사"), ("105", "오"), ("1" + "0" * 60, "영")),
    ],
)
def test_numbers_are_read(number: str, last: str) -> None:
    assert last_syllable_of_number(number) == last


def test_text_and_particle_come_together() -> None:
    assert hangul.with_particle("말길", "을/를") == "말길을"
