"""Matching by initials, scripts, distances on the keyboard, words of the wrong keyboard state."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from malgil import hangul
from malgil.errors import ArtefactError
from malgil.hangul import columns, layout
from malgil.hangul.letters import INITIALS

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]


@pytest.mark.parametrize("initial", INITIALS)
def test_an_initial_stands_for_its_syllables_and_itself(initial: str) -> None:
    expected = [unicodedata.normalize("NFD", char)[0] == chr(0x1100 + INITIALS.index(initial)) for char in SYLLABLES]
    assert [hangul.match_initials(initial, char) for char in SYLLABLES] == expected
    assert columns.match_initials(pa.array(SYLLABLES, pa.large_string()), initial).tolist() == expected
    assert hangul.match_initials(initial, initial)


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        ("ㅅㅅ전자", "삼성전자와 상수전자", [(0, 4), (6, 10)]),
        ("ㅎㄱ", "한국의 학교", [(0, 2), (4, 6)]),
        ("ㄳ", "감사", [(0, 2)]),
        ("삼ㅅ", "삼성", [(0, 2)]),
        ("ㅅ.", "사.", [(0, 2)]),
        ("", "아무것", []),
        ("ㅅㅅ", "삼전", []),
        ("tv", "TV tv", [(3, 5)]),
    ],
)
def test_stretches_are_found(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert hangul.find_initials(pattern, text) == spans
    assert hangul.match_initials(pattern, text) is (bool(spans) or not pattern)
    assert hangul.match_initials(pattern, unicodedata.normalize("NFD", text)) is (bool(spans) or not pattern)


def test_a_column_is_matched_in_nfd_too() -> None:
    texts = ["삼성전자", unicodedata.normalize("NFD", "삼성전자"), "", "삼전"]
    assert columns.match_initials(pa.array(texts, pa.large_string()), "ㅅㅅㅈ").tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("한글 abc 漢字かな", ["hangul", "space", "latin", "space", "han", "kana"]),
        ("ㅋㅋ😀12", ["hangul", "other", "digit"]),
        ("", []),
        ("e\u0301te\u0301", ["latin"]),
        (unicodedata.normalize("NFD", "한글"), ["hangul"]),
        ("привет, γεια", ["cyrillic", "other", "space", "greek"]),
        ("ﾊﾝｸﾞﾙ Ｗ１", ["kana", "space", "latin", "digit"]),
    ],
)
def test_scripts_are_told_apart(text: str, runs: list[str]) -> None:
    found = hangul.scripts(text)
    assert [run.script for run in found] == runs
    assert "".join(run.text for run in found) == text
    assert all(text[run.start : run.end] == run.text for run in found)


def test_every_syllable_is_hangul() -> None:
    assert all(hangul.is_hangul(char, loose=loose) for char in SYLLABLES for loose in (True, False))
    assert columns.is_hangul(pa.array(SYLLABLES, pa.large_string())).all()


@pytest.mark.parametrize(
    ("text", "any_letter", "syllables"),
    [
        *(("한글", True, True), (unicodedata.normalize("NFD", "한글"), True, True), ("ㅋㅋ", True, False)),
        *(
            ("", False, False),
            ("한 글", False, False),
            ("한a", False, False),
            ("\u1112", True, False),
            ("\n", False, False),
        ),
    ],
)
def test_what_is_hangul(text: str, any_letter: bool, syllables: bool) -> None:
    column = pa.array([text], pa.large_string())
    for loose, expected in ((True, any_letter), (False, syllables)):
        assert hangul.is_hangul(text, loose=loose) is expected
        assert columns.is_hangul(column, loose=loose).tolist() == [expected]


@pytest.mark.parametrize(
    ("one", "other", "jamo", "keys"),
    [
        *(("한글", "한글", 0, 0.0), ("", "말", 3, 3.0), ("값", "갑", 1, 1.0), ("나라", "너라", 1, 0.5)),
        *(
            ("빵", "방", 1, 0.5),
            ("가나", "가너", 1, 0.5),
            ("다시", "디사", 2, 1.0),
            ("ㅏㅎ", "ㅎㅏ", 2, 1.0),
            ("바", "마", 1, 0.5),
        ),
    ],
)
def test_distances(one: str, other: str, jamo: int, keys: float) -> None:
    loose = unicodedata.normalize("NFD", one)
    assert hangul.jamo_distance(one, other) == hangul.jamo_distance(loose, other) == jamo
    assert hangul.keyboard_distance(one, other) == hangul.keyboard_distance(other, loose) == keys


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dkssudgktpdy", "안녕하세요"),
        ("ㅗ디ㅣㅐ", "hello"),
        ("ㅔㅛ쇄ㅜ ㅖㅛ쇄ㅜ", "python Python"),
        ("wjdakf 재밌다, good", "정말 재밌다, good"),
        (unicodedata.normalize("NFD", "ㅗ디ㅣㅐ"), "hello"),
    ],
)
def test_words_turn_back(typed: str, meant: str) -> None:
    assert hangul.fix_layout(typed) == meant
    assert columns.fix_layout(pa.array(["", typed, "그대로"], pa.large_string())).to_pylist() == ["", meant, "그대로"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "hello the movie",
            "ㅋㅋㅋ ㅎㅎ ㅠㅠ ㅇㅇ ㄷㄷ ㅇㅅㅇ",
            "SNS KBS FBI",
            "dkssud@example.com",
            "http://a.kr/dkssud",
            "x_dkssud",
        ),
        *("안녕ㅋㅋ 웃겨ㅎㅎㅎ", "", "한글만 있다", "tv", "iPhone15", "ㄱㄴㄷㄹ", "wow good"),
    ],
)
def test_what_is_not_sure_stays(text: str) -> None:
    assert hangul.fix_layout(text) == text


def test_damaged_tables_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "layout.npz"
    np.savez(path, korean=np.zeros((2, 2, 2), np.uint8), english=np.zeros((2, 2, 2), np.uint8))
    monkeypatch.setattr(layout, "TABLES", path)
    with pytest.raises(ArtefactError, match=r"layout\.npz"):
        layout._tables.__wrapped__()
