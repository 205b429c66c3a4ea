"""What each cleaning step does to texts that people write."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from malgil import Cleaner
from malgil.clean.personal import find_personal
from malgil.clean.steps import Learning, make_step
from malgil.codepoints import decode, encode
from malgil.errors import DataError, ParameterError


def clean(name: str, text: str, **options: Any) -> str:
    step = make_step(name, options)
    assert not isinstance(step, Learning)
    edit = step.apply(decode(pa.array([text], pa.large_string())))
    return text if edit is None else encode(edit.after)[0].as_py()


@pytest.mark.parametrize(
    ("name", "options", "raw", "cleaned"),
    [
        ("html", {}, "<p>영화 <b>최고</b>&amp;&#44032;</p>", "\n영화 최고&가\n"),
        ("html", {}, "a < b, <기생충> <Inception> I <3 U &copy", "a < b, <기생충> <Inception> I <3 U &copy"),
        ("html", {}, "앞<script>if(a<b){'<p>x'}</script><!-- 주석 -->뒤<style>p{}</style>", "앞뒤"),
        ("html", {}, "앞<template>숨은 글</template><br>뒤", "앞\n\n\n뒤"),
        ("urls", {}, "https://a.kr/x?q=1에서 봤고 (http://b.com/y(z)).", "<URL>에서 봤고 (<URL>)."),
        ("urls", {"mode": "drop"}, "www.daum.net을 보고 3.14", "을 보고 3.14"),
        ("emails", {}, "kim@naver.com으로 @감독", "<EMAIL>으로 @감독"),
        ("mojibake", {}, "ì•ˆë…• ¾È³ç café “네”", "안녕 안녕 café “네”"),
        ("emoji", {"mode": "drop"}, "가👨‍👩‍👧🇰🇷👍🏽1️⃣❤️ 12★", "가 12★"),
        ("emoji", {"mode": "name"}, "👍🇰🇷", ":thumbs up sign::flag kr:"),
        ("emoji", {}, "👍", "👍"),
        ("repeats", {}, "ㅋㅋㅋㅋㅋ 와아아아 !!!! 10000 www.a.kr VIII", "ㅋㅋ 와아아 !! 10000 www.a.kr VIII"),
        ("repeats", {"length": 1}, "ㅠㅠㅠ  1122", "ㅠ  1122"),
        ("width", {}, "ＡＢ１　ﾡ ｶﾞ ㈜", "AB1 ㄱ ガ ㈜"),
        ("quotes", {}, "“가” ‘나’ 1–2 「다」", "\"가\" '나' 1-2 「다」"),
        ("numbers", {}, "1,234,567원 12,34 1,2,3", "1234567원 12,34 1,2,3"),
        ("jamo", {}, "ㅎㅏㄴㄱㅡㄹㅋㅋ ㅇㅏㄴㄴㅕㅇ ㅋㅋ ㅠㅠ ㅋㅠ", "한글ㅋㅋ 안녕 ㅋㅋ ㅠㅠ ㅋㅠ"),
    ],
)
def test_a_step_does_what_it_says(name: str, options: dict[str, Any], raw: str, cleaned: str) -> None:
    assert clean(name, raw, **options) == cleaned


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("연락은 010-1234-5678로", "연락은 <PHONE>로"),
        ("+82 (0)10 1234 5678, 02)123-4567, 1588-1234", "<PHONE>, <PHONE>, <PHONE>"),
        ("공일공-일이삼사-오육칠팔", "<PHONE>"),
        ("900101-1234567 맞나요", "<RESIDENT> 맞나요"),
        ("카드 4111 1111 1111 1111", "카드 <CARD>"),
        ("국민은행 123456-12-123456 입금", "국민은행 <ACCOUNT> 입금"),
        ("kim(at)naver.com, lee@a.co.kr입니다", "<EMAIL>, <EMAIL>입니다"),
        ("서버 192.0.2.17, 2001:db8::1에서", "서버 <IP>, <IP>에서"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert clean("personal", text) == masked
    assert clean("personal", text, mode="report") == text


@pytest.mark.parametrize(
    "text",
    ["주문번호 20240102345678", "1,234,567원", "2024-01-02 10:20:30", "버전 1.2.3.4", "ISBN 978-89-1234-567-8",
     "사업자등록번호 123-45-67890", "901301-1234567", "4111 1111 1111 1112", "송장 1234-5678-9012", "1588년"],
)  # fmt: skip
def test_look_alikes_stay(text: str) -> None:
    assert find_personal(text) == []


def test_a_right_check_digit_raises_confidence() -> None:
    right, wrong = find_personal("900101-1234568")[0], find_personal("900101-1234567")[0]
    assert right.kind == wrong.kind == "resident"
    assert right.confidence > wrong.confidence >= 0.5


def test_personal_data_is_counted_but_not_shown() -> None:
    step: Any = make_step("personal", {"mode": "report"})
    counts = step.count(decode(pa.array(["010-1234-5678 a@b.kr", "010-1111-2222"], pa.large_string())))
    assert counts == {"phone": 2, "email": 1}


def test_steps_run_in_a_recipe() -> None:
    recipe = ["html", {"name": "repeats", "length": 2}, "personal", "whitespace"]
    assert Cleaner(recipe).transform(["<p>ㅋㅋㅋㅋ  010-1234-5678</p>"]) == ["ㅋㅋ <PHONE>"]


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ({"name": "n", "pattern": "가(나"}, "pattern_compile"),
        ({"name": "n", "pattern": "가", "match": ["나"]}, "pattern_match"),
        ({"name": "n", "pattern": "가", "no_match": ["가나"]}, "pattern_no_match"),
        ({"name": "n", "pattern": "가", "replacement": r"\3", "match": ["가"]}, "pattern_replacement"),
        ({"name": "n"}, "pattern_fields"),
        ({"name": "n", "pattern": "가", "match": "가"}, "pattern_fields"),
        ({"name": "n", "pattern": "(가|가가)+$", "match": ["가" * 60 + "나"]}, "pattern_timeout"),
    ],
)
def test_a_pattern_is_tried_when_the_recipe_loads(pattern: dict[str, Any], key: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make_step("patterns", {"patterns": [pattern], "timeout": 0.2})
    assert caught.value.key == f"clean_steps.{key}"
    assert caught.value.sentence("ko") != str(caught.value)


def test_a_pattern_that_runs_away_is_stopped_and_named() -> None:
    with pytest.raises(DataError, match="'runaway'"):
        clean("patterns", "가" * 60 + "나", patterns=[{"name": "runaway", "pattern": "(가|가가)+$"}], timeout=0.2)


@pytest.mark.parametrize(
    ("name", "options"),
    [("repeats", {"length": 0}), ("personal", {"min_confidence": 2.0}), ("personal", {"kinds": ["이름"]}),
     ("boilerplate", {"min_share": 0.0}), ("boilerplate", {"min_docs": 1}), ("emoji", {"mode": "이모지"}),
     ("numbers", {"mode": "x"}), ("urls", {"mode": "x"}), ("patterns", {"timeout": 0.0})],
)  # fmt: skip
def test_a_bad_option_is_named(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        make_step(name, options)
