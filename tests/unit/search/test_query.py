"""The query language, and where its errors point."""

from __future__ import annotations

import unicodedata

import pytest

from malgil.errors import ParameterError
from malgil.search.caret import point_out, shorten
from malgil.search.query import Query, parse

NAMES = ["제목", "body"]


def read(text: str) -> list[tuple[str, str, bool, str | None]]:
    return [atom[:4] for atom in parse(text, NAMES).atoms]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("재밌는 영화", [("재밌는", "should", False, None), ("영화", "should", False, None)]),
        (
            "+감독 -속편 수",
            [("감독", "must", False, None), ("속편", "not", False, None), ("수", "should", False, None)],
        ),
        ("＋감독\u3000수", [("감독", "must", False, None), ("수", "should", False, None)]),
        ('"이 영화"를', [("이 영화", "must", True, None), ("를", "should", False, None)]),
        ("“이 영화„ 「기생충」", [("이 영화", "must", True, None), ("기생충", "must", True, None)]),
        ('영화 -"이 영화"', [("영화", "should", False, None), ("이 영화", "not", True, None)]),
        ('제목:속편 -body："긴 말"', [("속편", "should", False, "제목"), ("긴 말", "not", True, "body")]),
        (
            "3:30 http://가.kr A-B C++",
            [(word, "should", False, None) for word in ("3:30", "http://가.kr", "A-B", "C++")],
        ),
        ('"이"-속편', [("이", "must", True, None), ("-속편", "should", False, None)]),
        ('"이"제목:속편', [("이", "must", True, None), ("제목:속편", "should", False, None)]),
        ("없는이름:속편", [("없는이름:속편", "should", False, None)]),
        (r"\-5 \"수 제목\:속편", [(word, "should", False, None) for word in ("-5", '"수', "제목:속편")]),
        (r"이\ 영화 C:\work", [("이 영화", "should", False, None), (r"C:\work", "should", False, None)]),
        (r'"이 \"영화\" \\"', [('이 "영화" \\', "must", True, None)]),
        ("영화」 don't ㅋㅋ 👍🏽", [(word, "should", False, None) for word in ("영화」", "don't", "ㅋㅋ", "👍🏽")]),
        ("!!! ... (", [(word, "should", False, None) for word in ("!!!", "...", "(")]),
        ("영화 - 속편 +", [(word, "should", False, None) for word in ("영화", "-", "속편", "+")]),
        ("\ud800영화", [("\ufffd영화", "should", False, None)]),
    ],
)
def test_what_is_typed(text: str, wanted: list[tuple[str, str, bool, str | None]]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize("text", ["", "  \t\n\u3000"])
def test_nothing_typed(text: str) -> None:
    assert parse(text) == Query(())


def test_places_hold_signs_and_quotes() -> None:
    text = '+제목:"이 영화"를 -a'
    assert [text[atom.start : atom.end] for atom in parse(text, NAMES).atoms] == ['+제목:"이 영화"', "를", "-a"]


def test_names_are_compared_in_nfc() -> None:
    other = unicodedata.normalize("NFD", "제목")
    assert [atom.field for atom in parse(f"{other}:영화 제목:영화", [other]).atoms] == [other, other]


@pytest.mark.parametrize(
    ("text", "key", "start", "end"),
    [
        ('영화 "재미', "unclosed_quote", 3, 4),
        ("영화”", "unclosed_quote", 2, 3),
        ("「영화", "unclosed_quote", 0, 1),
        (r'"영화\"', "unclosed_quote", 0, 1),
        ("영화 제목: 속편", "lone_field", 3, 6),
        ("+body:", "lone_field", 1, 6),
        ("제목:-속편 영화", "sign_behind_field", 3, 4),
        ('영화 ""', "empty_phrase", 3, 5),
        ("영화 “ ”", "empty_phrase", 3, 6),
        ('-속편 -"이 영화"', "only_negatives", 0, 3),
    ],
)
def test_an_error_points_at_the_place(text: str, key: str, start: int, end: int) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(text, NAMES)
    assert (caught.value.key, caught.value.fields["start"], caught.value.fields["end"]) == (f"query.{key}", start, end)
    assert f"haracter {start + 1} " in str(caught.value) and f"{start + 1}번째" in caught.value.sentence("ko")


def test_only_text_is_a_query() -> None:
    with pytest.raises(ParameterError, match="not list"):
        parse(["영화"])  # type: ignore[arg-type]


def test_a_very_long_query() -> None:
    assert len(parse("가 " * 50_000).atoms) == 50_000
    with pytest.raises(ParameterError) as caught:
        parse("가" * 100_000 + '"')
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "start", "end", "line", "carets"),
    [
        ('a "', 2, 3, 'a "', "  ^"),
        ('영화 "재미', 3, 4, '영화 "재미', "     ^"),
        ("영화 재미", 3, 5, "영화 재미", "     ^^^^"),
        (unicodedata.normalize("NFD", "한글") + "!", 6, 7, unicodedata.normalize("NFD", "한글") + "!", "    ^"),
        ("e\u0301 \u200b!", 4, 5, "e\u0301 \ufffd!", "   ^"),
        ("가\n\t나", 3, 4, "가  나", "    ^^"),
        ("👍\ud800!", 2, 3, "👍\ufffd!", "   ^"),
        ("가나", 2, 2, "가나", "    ^"),
        ("가" * 50 + "!" + "나" * 50, 50, 51, "..." + "가" * 18 + "!" + "나" * 17 + "...", " " * 39 + "^"),
    ],
)
def test_carets_stand_under_the_place(text: str, start: int, end: int, line: str, carets: str) -> None:
    assert point_out(text, start, end) == f"\n  {line}\n  {carets}"


def test_words_in_sentences_are_short() -> None:
    assert shorten("가\n" * 50) == "가 " * 20 + "..."
    assert shorten("영화") == "영화"
