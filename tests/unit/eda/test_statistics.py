"""Statistics of the raw texts, one fact a test."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

import malgil
from malgil import eda
from malgil.corpus import Corpus
from malgil.eda.statistics import NO_TIME
from malgil.errors import DataError
from tests.unit.eda.conftest import EMPTY


def corpus(texts: list[str], **columns: list[object]) -> Corpus:
    return malgil.read(pa.table({"text": pa.array(texts, pa.string()), **columns}), text="text")


def tallies(*texts: str) -> dict[str, int]:
    return eda.explore(corpus(list(texts))).tallies


def test_an_empty_corpus_has_zeros_everywhere() -> None:
    statistics = eda.explore(EMPTY)
    assert set(statistics.tallies.values()) == {0}
    assert (len(statistics.n_chars), statistics.seconds, statistics.label_names) == (0, None, ())


def test_white_space_alone_is_blank_but_not_of_zero_length() -> None:
    found = tallies("", " \t\u3000", "가")
    assert (found["check.blank"], found["check.zero"]) == (2, 1)


def test_decomposed_hangul_is_hangul_and_not_nfc() -> None:
    found = tallies("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글")
    assert (found["check.not_nfc"], found["class.hangul"], found["class.jamo"]) == (1, 8, 0)


def test_lone_jamo_are_told_from_syllables() -> None:
    found = tallies("ㅋㅋ!!", "ㅋㅋ 재밌다", "ㅠ 1")
    assert (found["check.jamo"], found["check.jamo_only"]) == (3, 2)


def test_joiners_and_skin_tones_are_no_emoji_of_their_own() -> None:
    assert tallies("👨‍👩‍👧")["class.emoji"] == 3
    assert tallies("👍🏽")["class.emoji"] == 1


def test_digits_and_signs_of_ascii_are_no_emoji() -> None:
    assert tallies("1#*©®")["class.emoji"] == 0


@pytest.mark.parametrize(
    ("text", "language"),
    [("이 영화 재밌다", "ko"), ("a movie", "en"), ("영화 movie", "mixed"), ("映画だ", "other"), ("123 !", "none")],
)
def test_the_scripts_of_its_letters_tell_the_language(text: str, language: str) -> None:
    assert tallies(text)[f"language.{language}"] == 1


def test_three_equal_characters_are_a_run_but_two_and_digits_and_blanks_are_not() -> None:
    statistics = eda.explore(corpus(["ㅋㅋㅋㅋ 하하 !!! 111   ", "ㅋㅋㅋ"]))
    assert statistics.repeated == {"ㅋ": 2, "!": 1}
    assert statistics.tallies["check.repeated"] == 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("url", "보세요 https://example.com/가나?x=1"),
        ("url", "WWW.example.com"),
        ("email", "문의는abc.def+1@example.co.kr로"),
        ("phone", "전화010-1234-5678입니다"),
        ("phone", "01012345678"),
        ("phone", "(02) 123-4567"),
        ("phone", "대표 1588-1234"),
        ("phone", "call 415-555-0132"),
        ("html_tag", "좋아요<br />네"),
        ("html_entity", "a &amp; b &#44032;"),
    ],
)
def test_noise_is_found(kind: str, text: str) -> None:
    assert tallies(text, "평범한 글")[f"noise.{kind}.docs"] == 1


@pytest.mark.parametrize("text", ["2024-01-02 12:30", "1 < 2 & 3 > 2", "a @ b", "가격 12,345,678원", "www"])
def test_what_only_looks_like_noise_is_not(text: str) -> None:
    found = tallies(text)
    assert [found[f"noise.{kind}.docs"] for kind in ("url", "email", "phone", "html_tag", "html_entity")] == [0] * 5


def test_numeric_labels_are_in_the_order_of_numbers() -> None:
    statistics = eda.explore(corpus(["a", "b", "c"], label=["10", "9", "1"]))
    assert statistics.label_names == ("1", "9", "10")
    assert statistics.label_codes.tolist() == [2, 1, 0]


def test_a_missing_label_or_time_is_marked() -> None:
    table = {"label": ["x", None], "time": pa.array([None, datetime(2024, 1, 1)], pa.timestamp("us"))}
    found = eda.explore(malgil.read(pa.table({"text": ["a", "b"], **table}), text="text", label="label", time="time"))
    assert found.label_codes.tolist() == [0, -1]
    assert found.seconds is not None
    assert found.seconds.tolist() == [NO_TIME, 1704067200]


def test_the_number_of_workers_changes_nothing() -> None:
    texts = [f"글 {number % 1000} ㅋㅋㅋ a@b.kr" for number in range(100_000)]
    whole = [eda.explore(corpus(texts), n_jobs=n_jobs) for n_jobs in (1, 2, 4)]
    assert whole[0].tallies["docs"] == 100_000
    for other in whole[1:]:
        assert other.tallies == whole[0].tallies
        assert np.array_equal(other.exact, whole[0].exact)


def test_texts_that_reach_outside_their_bytes_never_reach_the_kernel() -> None:
    offsets, data = np.array([0, 1 << 20, 2], np.int64), b"ab"
    texts = pa.LargeStringArray.from_buffers(2, pa.py_buffer(offsets), pa.py_buffer(data))
    with pytest.raises(DataError, match="row boundaries"):
        eda.partial(pa.RecordBatch.from_arrays([texts], names=["text"]))


@pytest.mark.real
def test_real_reviews_are_counted_as_their_description_says(data_dir: object) -> None:
    found = eda.explore(malgil.read(f"{data_dir}/nsmc/reviews.parquet", text="review")).tallies
    assert (found["docs"], found["check.zero"]) == (691_442, 21)
