"""The cleaner on small texts: what goes, what stays, where it came from."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from sklearn.base import clone

import malgil.errors
from malgil.clean import Cleaned, Cleaner


def clean(*raw: str, recipe: object = None) -> Cleaned:
    return Cleaner(recipe).clean_block(pa.array(raw, pa.large_string()))


def only(step: str, raw: str) -> str:
    return str(clean(raw, recipe=[step]).texts[0])


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("\ufeff영화", "영화"),
        ("재\u200b밌\u00ad다", "재밌다"),
        ("좋아\x00요", "좋아요"),
        ("a\x1b[0m\x7f\x9f", "a[0m"),
        ("\u202eabc\u202c", "abc"),
        ("\ufeff\u200b\x00", ""),
    ],
)
def test_control_takes_away_what_takes_no_room(raw: str, cleaned: str) -> None:
    assert only("control", raw) == cleaned


@pytest.mark.parametrize("kept", ["\n", "\t", "\r\n", "\x0b", "\x1c", "\x85", "\u2028", "\u3000"])
def test_control_leaves_white_space_to_its_own_step(kept: str) -> None:
    assert only("control", f"가{kept}나") == f"가{kept}나"


EMOJI = ["👨‍👩‍👧‍👦", "🏳️‍🌈", "❤️‍🔥", "👍🏽", "👩🏿‍🚀", "🇰🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "ℹ️", "©️", "🙂‍↔️", "👁️‍🗨️", "☺️", "🏴‍☠️"]


@pytest.mark.parametrize("emoji", EMOJI)
def test_emoji_sequences_stay_whole(emoji: str) -> None:
    raw = f"좋아{emoji}요 {emoji}{emoji}"
    assert str(clean(raw).texts[0]) == raw


@pytest.mark.parametrize("word", ["می\u200cخواهم", "क्\u200dष", "ක්\u200dර"])
def test_words_that_are_written_with_joiners_keep_them(word: str) -> None:
    assert str(clean(word).texts[0]) == word


@pytest.mark.parametrize(
    "raw", ["가\u200d나", "\u200d", "😀\u200d", "\u200d😀", "가\ufe0f", "\ufe0f", " \ufe0f", "a\u200c"]
)
def test_loose_joiners_and_selectors_go(raw: str) -> None:
    assert set(only("control", raw)) <= set("가나a😀 ")


def test_loose_tags_go_however_many() -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "hidden" * 1000)
    assert only("control", f"가{hidden}나") == "가나"


def test_composition_makes_syllables_of_jamo() -> None:
    assert only("nfc", unicodedata.normalize("NFD", "했다 좋은 영화 é")) == "했다 좋은 영화 é"


@pytest.mark.parametrize("jamo", ["ㅋㅋㅋ", "ㅠㅠ", "ᄀ", "ᅡ", "ᆨ", "ᄒ\u1160ᆫ", "각ᆨ"])
def test_jamo_that_compose_with_nothing_stay(jamo: str) -> None:
    assert only("nfc", jamo) == jamo


def test_white_space_becomes_one_blank_and_none_at_the_ends() -> None:
    assert only("whitespace", " \t가\r\n\n나\u3000\u00a0다\x1f라 \n") == "가 나 다 라"
    assert only("whitespace", " \n ") == ""


def test_texts_do_not_touch_each_other() -> None:
    cleaned = clean("가 ", " 나", "\u1112", "\u1161", "ㅎ ", "", "  ", "a", "\u0301", "😀\u200d", "😀")
    assert cleaned.texts.to_pylist() == ["가", "나", "\u1112", "\u1161", "ㅎ", "", "", "a", "\u0301", "😀", "😀"]


def test_a_clean_block_comes_back_uncopied() -> None:
    block = pa.array(["이 영화 ㅋㅋㅋ", "ok", ""], pa.large_string())
    cleaned = Cleaner().clean_block(block)
    assert cleaned.texts is block
    assert cleaned.changed.tolist() == []
    assert cleaned.offsets.start.nbytes == 0


def test_an_empty_block_is_fine() -> None:
    assert clean().texts.to_pylist() == []


def test_counts_name_the_step_that_changed_a_text() -> None:
    cleaned = clean("가\u200b", "나  다", "\u200b라 ", "마")
    assert cleaned.counts == {"control": 2, "nfc": 0, "whitespace": 2}
    assert cleaned.changed.tolist() == [0, 1, 2]


def test_spans_lead_back_through_all_steps() -> None:
    apart = unicodedata.normalize("NFD", "했다")
    raw = "\ufeff  " + apart + "\u200b \n 좋아\u00ad요"
    cleaned = clean("그대로", raw)
    text = str(cleaned.texts[1])
    assert text == "했다 좋아요"
    start, end = cleaned.to_raw([1, 1, 1, 1, 0], [0, 1, 2, 3, 1], [1, 2, 3, 6, 3])
    assert [raw[low:high] for low, high in zip(start[:3], end[:3], strict=True)] == [apart[:3], apart[3:], " \n "]
    assert raw[start[3] : end[3]] == "좋아\u00ad요"
    assert (start[4], end[4]) == (1, 3)


def test_spans_of_marks_that_changed_places_cover_their_whole_cluster() -> None:
    cleaned = clean("xq\u0301\u0323y")
    assert str(cleaned.texts[0]) == "xq\u0323\u0301y"
    start, end = cleaned.to_raw(0, [0, 1, 2, 3, 4], [1, 2, 3, 4, 5])
    assert list(zip(start.tolist(), end.tolist(), strict=True)) == [(0, 1), (1, 4), (1, 4), (1, 4), (4, 5)]


def test_empty_spans_stay_empty() -> None:
    start, end = clean("  가  나  ", "\u200b").to_raw([0, 0, 0, 1], [0, 2, 3, 0], [0, 2, 3, 0])
    assert start.tolist() == end.tolist() == [2, 5, 6, 0]


@pytest.mark.parametrize(("doc", "start", "end"), [(1, 0, 1), (-1, 0, 0), (0, 2, 1), (0, -1, 1), (0, 0, 3)])
def test_spans_outside_are_refused(doc: int, start: int, end: int) -> None:
    with pytest.raises(malgil.errors.ParameterError):
        clean("가  ", recipe=None).to_raw(doc, start, end)


def test_scalar_spans_give_scalars() -> None:
    start, end = clean(" 가").to_raw(0, 0, 1)
    assert np.shape(start) == () and (int(start), int(end)) == (1, 2)


def test_steps_can_be_switched_off_and_ordered() -> None:
    raw = "  가\u200b  "
    assert Cleaner({"whitespace": False}).transform([raw]) == ["  가  "]
    assert Cleaner({"control": False}).transform([raw]) == ["가\u200b"]
    assert Cleaner([]).transform([raw]) == [raw]
    assert list(clean(raw, recipe=["whitespace", "control"]).counts) == ["whitespace", "control"]


@pytest.mark.parametrize("recipe", [["contrl"], {"nfd": True}, "control", ["nfc", "nfc"]])
def test_a_wrong_recipe_is_refused_with_a_hint(recipe: object) -> None:
    with pytest.raises(malgil.errors.ParameterError) as caught:
        Cleaner(recipe).fit()
    assert caught.value.sentence("ko") != caught.value.sentence("en")
    if recipe == ["contrl"]:
        assert "control" in str(caught.value)


def test_the_cleaner_is_an_estimator() -> None:
    cleaner = clone(Cleaner(["nfc"]))
    assert cleaner.get_params() == {"recipe": ["nfc"]}
    assert cleaner.fit_transform(["\u1112\u1161"]) == ["하"]


def test_a_long_text_is_cleaned_in_one_piece() -> None:
    raw = "가 \u200b 나\n" * 300_000
    cleaned = clean(raw)
    assert str(cleaned.texts[0]) == ("가 나 " * 300_000).strip()
