"""Spelling as steps of a cleaning recipe, with the way back to the raw text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from malgil import Cleaner
from malgil.clean.spans import rewrite
from malgil.clean.spelling_steps import Keyboard, Spelling
from malgil.codepoints import CodePoints, decode, encode
from malgil.errors import ParameterError

TEXTS = ["안녕하새요 dkssud", "그대로", "", "ㅗ디ㅣㅐ 😀", "몇일"]


def points(texts: list[str]) -> CodePoints:
    return decode(pa.array(texts, pa.large_string()))


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (["keyboard"], ["안녕하새요 안녕", "그대로", "", "hello 😀", "몇일"]),
        (["spelling"], ["안녕하세요 안녕", "그대로", "", "hello 😀", "며칠"]),
        (["nfc", "keyboard", "spelling"], ["안녕하세요 안녕", "그대로", "", "hello 😀", "며칠"]),
    ],
)
def test_steps_clean_texts(recipe: list[str], expected: list[str]) -> None:
    assert Cleaner(recipe).transform(TEXTS) == expected


def test_corrections_map_back_to_the_raw_text() -> None:
    cleaned = Cleaner(["nfc", "keyboard"]).clean_block(pa.array(["가 dkssud 나"], pa.large_string()))
    assert cleaned.texts.to_pylist() == ["가 안녕 나"]
    starts, ends = cleaned.to_raw(0, [0, 2, 3, 5], [1, 3, 4, 6])
    assert (starts.tolist(), ends.tolist()) == ([0, 2, 2, 9], [1, 8, 8, 10])


def test_texts_in_need_are_marked() -> None:
    texts = pa.array(["가나", "dkssud", "ㅋ", "1 !", ""], pa.large_string())
    assert Keyboard().needs(texts).tolist() == [False, True, True, False, False]
    assert Spelling().needs(texts).tolist() == [True, True, True, False, False]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ParameterError, match="ko, en"):
        Spelling(language="fr")


def test_spans_are_replaced() -> None:
    before = points(["abcd", "", "x", "abab"])
    edit = rewrite(before, lambda text: [(at, at + 2, "XYZ") for at in (0, 2) if text[at : at + 2] == "ab"])
    assert edit is not None
    assert encode(edit.after).to_pylist() == ["XYZcd", "", "x", "XYZXYZ"]
    assert edit.first.tolist() == [0, 0, 0, 2, 3, 4, 5, 5, 5, 7, 7, 7]
    assert edit.last.tolist() == [1, 1, 1, 2, 3, 4, 6, 6, 6, 8, 8, 8]
    assert np.flatnonzero(edit.changed).tolist() == [0, 3]
    assert rewrite(before, lambda text: []) is None
