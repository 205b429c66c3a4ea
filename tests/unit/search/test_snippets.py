"""Which part of a document is shown, and what is highlighted."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from malgil.errors import ParameterError
from malgil.search.snippets import snippet

TEXT = "처음에는 지루했다. 그러나 배우들의 연기가 좋았고 음악도 좋았다. 결말은 아쉬웠지만 다시 보고 싶은 영화다."


def spans_of(text: str, *words: str) -> list[tuple[int, int]]:
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def test_a_short_text_is_shown_whole() -> None:
    found = snippet(" 이 영화 ", [(3, 5)])
    assert found == (" 이 영화 ", 0, 6, ((3, 5),))


def test_the_beginning_where_nothing_was_found() -> None:
    assert snippet(TEXT, [], 12).text == "처음에는 지루했다."
    assert snippet("  \n" + TEXT, [], 12).text == "처음에는 지루했다."


def test_different_words_count_more_than_repeated_ones() -> None:
    text = "영화 영화 영화 " + "그런데 " * 10 + "연기 음악 " + "그리고 " * 10
    spans = [(0, 2), (3, 5), (6, 8), *spans_of(text, "연기", "음악")]
    found = snippet(text, spans, 20)
    assert [text[low:high] for low, high in found.highlights] == ["연기", "음악"]


def test_the_first_of_equal_parts() -> None:
    text = "영화 " + "가나 " * 30 + "영화"
    assert snippet(text, [(0, 2), (len(text) - 2, len(text))], 20).start == 0


def test_context_on_both_sides_without_torn_words() -> None:
    found = snippet(TEXT, spans_of(TEXT, "음악"), 24)
    assert found.text == "연기가 좋았고 음악도 좋았다. 결말은"
    assert TEXT[slice(*found.highlights[0])] == "음악"


def test_without_blanks_near_by_the_cut_is_between_syllables() -> None:
    text = "가" * 50 + "영화" + "나" * 50
    assert snippet(text, [(50, 52)], 10).text == "가가가가영화나나나나"


def test_overlapping_highlights_are_joined_and_neighbours_are_not() -> None:
    assert snippet("영화관에서", [(0, 2), (1, 3), (3, 5), (0, 2)]).highlights == ((0, 3), (3, 5))


def test_highlights_outside_of_the_text_are_clipped() -> None:
    assert snippet("영화", [(-5, 1), (1, 99), (3, 2), (7, 9)]).highlights == ((0, 1), (1, 2))
    assert snippet("", [(0, 3)]) == ("", 0, 0, ())


def test_a_word_longer_than_the_snippet() -> None:
    found = snippet("가 " + "나" * 30 + " 다", [(2, 32)], 8)
    assert found == ("나" * 8, 2, 10, ((2, 10),))


@pytest.mark.parametrize("sign", [unicodedata.normalize("NFD", "한"), "👍🏽", "🇰🇷", "👨‍👩‍👧", "e\u0301\u0323", "\r\n"])
@pytest.mark.parametrize("length", range(1, 12))
def test_signs_of_several_code_points_are_whole(sign: str, length: int) -> None:
    text = sign * 9
    found = snippet(text, [(3 * len(sign), 4 * len(sign))], length)
    assert found.start % len(sign) == found.end % len(sign) == 0
    assert found.text and len(found.text) <= max(length, len(sign))


def test_pieces() -> None:
    found = snippet("이 영화 최고", [(2, 4), (5, 7)])
    assert list(found.pieces()) == [("이 ", False), ("영화", True), (" ", False), ("최고", True)]
    assert list(snippet("영화", [(0, 2)]).pieces()) == [("영화", True)]
    assert list(snippet("", []).pieces()) == []


def test_a_very_long_text() -> None:
    text = "가나 " * 30_000 + "👍🏽" * 20_000 + " 영화 " + "다라" * 30_000
    found = snippet(text, spans_of(text, "영화"), 40)
    assert "영화" in found.text and len(found.text) <= 40
    assert snippet(text, [(i, i + 2) for i in range(0, 90_000, 3)], 40).text.startswith("가나 가나")


@pytest.mark.parametrize("length", [0, -1, 1.5, True, None])
def test_a_length_that_means_nothing(length: Any) -> None:
    with pytest.raises(ParameterError, match="length"):
        snippet("영화", [], length)
