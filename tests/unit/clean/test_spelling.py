"""Suggestions and corrections, Korean and English, with their reasons."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from malgil import Speller
from malgil.clean import spelling_model
from malgil.clean.spelling_english import explain_slips
from malgil.clean.spelling_rules import RULES, rule_hits
from malgil.errors import ArtefactError, MissingError, ParameterError

SLIPS = [
    ("안녕하새요", "안녕하세요"),
    ("하지반", "하지만"),
    ("대한민구", "대한민국"),
    ("감사합ㅂ니다", "감사합니다"),
    ("학ㄱ교에서", "학교에서"),
    ("새악합니다", "생각합니다"),
    ("도ㅣㅂ니다", "됩니다"),
    ("이써요", "있어요"),
]


@pytest.mark.parametrize(("typed", "meant"), SLIPS)
def test_a_slip_is_found_among_the_first(typed: str, meant: str) -> None:
    assert meant in [row.word for row in Speller().suggest(typed, 3)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("안녕하새요, 부탁드립ㅂ니다.", "안녕하세요, 부탁드립니다."),
        ("dkssudgktpdy ㅗ디ㅣㅐ", "안녕하세요 hello"),
        ("몇일이면 되요? 않되면 할께요", "며칠이면 돼요? 안되면 할게요"),
        ("", ""),
        ("ㅋㅋㅋ ㅠㅠ ㅇㅇ ㄱㅅ 😀 👨‍👩‍👧", "ㅋㅋㅋ ㅠㅠ ㅇㅇ ㄱㅅ 😀 👨‍👩‍👧"),
        (
            "삼성전자는 2.5% 올랐다. iPhone https://example.com/dkssud",
            "삼성전자는 2.5% 올랐다. iPhone https://example.com/dkssud",
        ),
        ("아버지가 방에 들어가신다", "아버지가 방에 들어가신다"),
    ],
)
def test_texts_are_corrected(typed: str, meant: str) -> None:
    assert Speller().transform([typed]) == [meant]


def test_the_word_itself_has_its_place() -> None:
    assert [row.word for row in Speller().suggest("학교", 1)] == ["학교"]


def test_neighbours_count() -> None:
    alone, placed = Speller().suggest("가치", 5), Speller().suggest("가치", 5, left="우리 모두 ", right=" 가자")
    assert {row.word: row.score for row in alone} != {row.word: row.score for row in placed}


def test_spans_are_those_of_the_text_as_given() -> None:
    text = unicodedata.normalize("NFD", "네, 안녕하새요") + " 되요"
    rows = Speller().check([text])[0]
    assert [(unicodedata.normalize("NFC", text[row.start : row.end]), row.after) for row in rows] == [
        ("안녕하새요", "안녕하세요"),
        ("되", "돼"),
    ]


def test_own_words_are_known_and_stay() -> None:
    texts = ["도커쿠버와 함께", "우리 도커쿠버와"]
    speller = Speller().fit(texts)
    assert speller.own_["도커쿠버와"] == 2
    assert speller.transform(["도커쿠버와"]) == ["도커쿠버와"]
    assert speller.suggest("도커쿠비와", 1)[0].word == "도커쿠버와"


def test_more_care_changes_less() -> None:
    text = ["안녕하새요, 부탁드립ㅂ니다."]
    assert Speller(min_gain=1000.0).transform(text) == text


def test_workers_change_nothing() -> None:
    texts = ["안녕하새요", "하지반", ""] * 400
    assert Speller().transform(texts, 1) == Speller().transform(texts, 2)


def test_a_reason_adds_up() -> None:
    (row,) = Speller().check(["안녕하새요"])[0]
    assert row.reason.label == "안녕하새요 > 안녕하세요"
    assert row.reason.terms[0].label == "slip ㅔ > ㅐ"
    assert row.reason.wrong() == []


def test_a_rule_names_its_article() -> None:
    (row,) = Speller().check(["몇일"])[0]
    assert "제27항" in row.reason.source


@pytest.mark.parametrize("word", ["", "두 낱말", "日本", "12"])
def test_what_is_no_word_is_refused(word: str) -> None:
    with pytest.raises(ParameterError, match="not one word"):
        Speller().suggest(word)


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(ParameterError, match="1 or more"):
        Speller().suggest("말", 0)
    with pytest.raises(ParameterError, match="ko, en"):
        Speller("fr").transform(["bonjour"])


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("안되요", "안돼요"),
        ("됬다", "됐다"),
        ("말이 되서", "말이 돼서"),
        ("되야 한다", "돼야 한다"),
        ("돼고", "되고"),
        ("하지 안았다", "하지 않았다"),
        ("먹지 안고", "먹지 않고"),
        ("않 해", "안 해"),
        ("갈께요", "갈게요"),
        ("왠일", "웬일"),
        ("웬지", "왠지"),
        ("어떻해?", "어떡해?"),
        ("저보다 낳은 사람", "저보다 나은 사람"),
        ("국민으로써", "국민으로서"),
        ("함으로서", "함으로써"),
        ("있읍니다", "있습니다"),
        ("없슴", "없음"),
        ("깨끗히", "깨끗이"),
        ("금새", "금세"),
        ("오랫만에", "오랜만에"),
        ("역활", "역할"),
        ("희안한", "희한한"),
        ("어의없다", "어이없다"),
        ("뵈요", "봬요"),
    ],
)
def test_rules_settle_confusions(wrong: str, right: str) -> None:
    assert Speller().transform([wrong]) == [right]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "되고 되면 되도록 되라고",
            "돼지고기",
            "돼요 됐다",
            "왠지",
            "아이를 안고 있다",
            "않는다",
            "선생님께 아들께 가을께",
        ),
        *(
            "아이를 낳은 엄마",
            "칼로써",
            "학생으로서",
            "철새 금새우난초",
            "무릎이 아프다",
            "택지 안을",
            "웬 떡",
            "하지 않고",
        ),
    ],
)
def test_what_is_right_no_rule_touches(text: str) -> None:
    assert list(rule_hits(text)) == []


def test_every_rule_has_a_source() -> None:
    assert all(rule.source and rule.name for rule in RULES)


def test_a_damaged_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "spelling_ko.npz"
    with np.load(spelling_model.MODEL, allow_pickle=False) as arrays:
        np.savez(path, **{name: arrays[name] for name in arrays.files if name != "cost3"})
    monkeypatch.setattr(spelling_model, "MODEL", path)
    with pytest.raises(ArtefactError, match=r"spelling_ko\.npz"):
        spelling_model.load_model.__wrapped__()
    path.write_bytes(b"nothing")
    with pytest.raises(ArtefactError, match="install the package again"):
        spelling_model.load_model.__wrapped__()


def test_levels_that_do_not_fit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "spelling_ko.npz"
    with np.load(spelling_model.MODEL, allow_pickle=False) as arrays:
        changed = {name: arrays[name] for name in arrays.files}
    changed["children1"] = changed["children1"] + np.uint16(1)
    np.savez(path, **changed)
    monkeypatch.setattr(spelling_model, "MODEL", path)
    with pytest.raises(ArtefactError, match="order 2"):
        spelling_model.load_model.__wrapped__()


def test_kiwi_is_a_source_for_those_who_ask() -> None:
    first = [Speller(kiwi=kiwi).suggest("제밌다", 1)[0] for kiwi in (False, True)]
    assert [row.word for row in first] == ["재밌다", "재밌다"]
    assert [row.reason.terms[0].label for row in first] == ["slip ㅐ > ㅔ", "slip Kiwi"]


@pytest.mark.parametrize(
    ("typed", "meant", "slips"),
    [
        ("recieve", "receive", ["ei > ie"]),
        ("adress", "address", ["- d"]),
        ("tommorow", "tomorrow", ["- r", "+ m"]),
        ("cat", "cat", []),
        ("", "a", ["- a"]),
    ],
)
def test_english_slips_are_named(typed: str, meant: str, slips: list[str]) -> None:
    assert [label for label, _ in explain_slips(typed, meant)] == slips


def test_english_words_are_suggested_and_corrected() -> None:
    pytest.importorskip("symspellpy")
    speller = Speller("en")
    assert speller.suggest("recieve", 1)[0].word == "receive"
    assert [row.word for row in speller.suggest("Adress", 1)] == ["Address"]
    assert all(row.reason.wrong() == [] for row in speller.suggest("definately"))
    text = "I recieve teh adress, and the API of Kim Minjung at http://recieve.example"
    assert speller.transform([text]) == [text.replace("recieve t", "receive t").replace("adress", "address")]
    assert speller.fit(["zorbly one", "a zorbly"]).transform(["zorbly"]) == ["zorbly"]
    with pytest.raises(ParameterError, match="not one word"):
        speller.suggest("한글")


def test_english_without_symspellpy_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from malgil.clean import spelling_english

    monkeypatch.setitem(sys.modules, "symspellpy", None)
    monkeypatch.setattr(spelling_english, "_symspell", spelling_english._symspell.__wrapped__)
    with pytest.raises(MissingError, match=r"malgil\[text\]"):
        Speller("en").suggest("recieve")
