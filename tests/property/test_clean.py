"""Cleaning agrees with the slow version on any text, loses nothing it should keep, and knows the way back."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.clean import DEFAULT_STEPS, Cleaned, Cleaner
from malgil.compose import compose_texts
from tests.naive import clean as naive
from tests.strategies import texts as plain_texts

HARD = st.sampled_from(
    (
        *(
            "\u200d",
            "\u200c",
            "\ufe0f",
            "\ufe0e",
            "\u00ad",
            "\u200b",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "\U000e0067",
            "🏴",
            "❤️\u200d🔥",
            "👁️\u200d🗨️",
        ),
        *("a\u0323\u0301", "a\u0301\u0323", "\u0344", "\u0958", "\u1100\u1161\u11a8", "가\u11a8", "각\u1161", "\u11a8"),
        *(
            "मी",
            "क्\u200dष",
            "نامه\u200cای",
            "ℹ️",
            "1️⃣",
            "\r\n",
            "\x85",
            "\x1f",
            "豈",
            "\u2126",
            "=\u0338",
            "\u3099か\u3099",
        ),
        *("  ", " ", "\t", "가", "b"),
    )
)
texts = st.lists(st.one_of(HARD, plain_texts), max_size=10).map("".join)
recipes = st.permutations(DEFAULT_STEPS).flatmap(lambda steps: st.integers(0, 3).map(lambda n: tuple(steps[:n])))


def clean(raw: list[str], steps: tuple[str, ...] = DEFAULT_STEPS) -> Cleaned:
    return Cleaner(steps).clean_block(pa.array(raw, pa.large_string()))


def single_spans(cleaned: Cleaned, doc: int, text: str) -> list[tuple[int, int]]:
    at = np.arange(len(text))
    start, end = cleaned.to_raw(np.full(len(text), doc), at, at + 1)
    return list(zip(start.tolist(), end.tolist(), strict=True))


@given(st.lists(texts, max_size=6), recipes)
def test_texts_and_spans_are_those_of_the_slow_version(raw: list[str], steps: tuple[str, ...]) -> None:
    cleaned = clean(raw, steps)
    for doc, (before, after) in enumerate(zip(raw, cleaned.texts.to_pylist(), strict=True)):
        expected, spans = naive.clean(before, steps)
        assert after == expected
        assert single_spans(cleaned, doc, after) == spans
        assert (doc in cleaned.changed) == (spans != [(i, i + 1) for i in range(len(before))] or after != before)


@given(st.lists(texts, max_size=6))
def test_counts_say_how_many_texts_each_step_changed(raw: list[str]) -> None:
    cleaned = clean(raw)
    for step in DEFAULT_STEPS:
        changed = [naive.STEPS[step](text)[0] for text in raw]
        assert cleaned.counts[step] == sum(new != old for new, old in zip(changed, raw, strict=True))
        raw = changed


@given(st.lists(texts, max_size=4))
def test_cleaning_twice_is_cleaning_once(raw: list[str]) -> None:
    once = clean(raw).texts
    again = clean(once.to_pylist())
    assert again.texts.equals(once)
    assert again.changed.tolist() == []


@given(texts, st.data())
def test_a_span_comes_from_text_that_cleans_to_it(raw: str, data: st.DataObject) -> None:
    cleaned = clean([raw])
    text = cleaned.texts[0].as_py()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = cleaned.to_raw(0, start, end)
    assert 0 <= low <= high <= len(raw)
    used = {i for first, last in single_spans(cleaned, 0, text) for i in range(first, last)}
    source = "".join(raw[i] for i in range(low, high) if i in used)
    wanted = text[start:end]
    assert wanted.strip() in " ".join(unicodedata.normalize("NFC", source).split())


@given(texts)
def test_only_what_takes_no_room_and_outer_white_space_is_lost(raw: str) -> None:
    cleaned = clean([raw])
    text = cleaned.texts[0].as_py()
    used = {i for first, last in single_spans(cleaned, 0, text) for i in range(first, last)}
    lost = [char for i, char in enumerate(raw) if i not in used]
    assert all(char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Mn") for char in lost)
    assert not any(unicodedata.combining(char) for char in lost)


@given(st.lists(texts, max_size=6))
def test_composition_is_that_of_unicodedata(raw: list[str]) -> None:
    composed = compose_texts(pa.array(raw, pa.large_string()))
    assert composed.texts.to_pylist() == [unicodedata.normalize("NFC", text) for text in raw]


@given(st.lists(texts, max_size=6), st.integers(0, 3))
def test_a_sliced_block_is_cleaned_like_a_whole_one(raw: list[str], skip: int) -> None:
    whole = pa.array(["앞\u200b", *raw, " 뒤"], pa.large_string())
    part = whole.slice(skip)
    assert Cleaner().clean_block(part).texts.equals(Cleaner().clean_block(pa.array(part.to_pylist(), part.type)).texts)


SPECIAL = [(0, 0x3300), (0xA000, 0xAC10), (0xD790, 0xD7FF), (0xF900, 0x10000), (0x1F000, 0x1FB00), (0xE0000, 0xE0200)]


@pytest.mark.parametrize("low, high", SPECIAL)
def test_every_special_code_point_between_letters(low: int, high: int) -> None:
    raw = [f"a{chr(point)}b" for point in range(low, high)]
    assert clean(raw).texts.to_pylist() == [naive.clean(text)[0] for text in raw]


def test_every_composition_of_unicode_is_found() -> None:
    chars = [chr(point) for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
    raw = [apart for char in chars if (apart := unicodedata.normalize("NFD", char)) != char]
    assert compose_texts(pa.array(raw, pa.large_string())).texts.to_pylist() == [
        unicodedata.normalize("NFC", text) for text in raw
    ]
