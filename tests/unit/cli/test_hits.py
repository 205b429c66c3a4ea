from __future__ import annotations

import io
import json
import unicodedata
from typing import NamedTuple

import pytest
from rich.cells import cell_len

from malgil.cli.hits import show_hits, snippet, word_pattern
from malgil.cli.shell import Shell
from malgil.explain import Explanation


class Hit(NamedTuple):
    doc: int
    id: str
    score: float
    text: str


def shown(hits: list[Hit], **options: object) -> str:
    out = io.StringIO()
    show_hits(Shell("en", out=out), hits, **options)  # type: ignore[arg-type]
    return out.getvalue()


def test_json_has_exactly_the_four_fields() -> None:
    text = shown([Hit(3, "가", 1.5, "영화 \x1b[31m좋다\n끝")], as_json=True)
    assert json.loads(text) == [{"doc": 3, "id": "가", "score": 1.5, "text": "영화 \x1b[31m좋다\n끝"}]


def test_json_without_hits_is_an_empty_list() -> None:
    assert json.loads(shown([], as_json=True)) == []


def test_json_carries_explanations_when_asked() -> None:
    rows = json.loads(shown([Hit(0, "a", 2.0, "t")], explanations=[Explanation("BM25", 2.0)], as_json=True))
    assert rows[0]["explanation"] == {"label": "BM25", "value": 2.0, "combine": "given"}


def test_no_hits_is_said() -> None:
    assert shown([]) == "Nothing found.\n"


def test_hits_stay_within_80_cells() -> None:
    hits = [Hit(i, f"id-{i}", 10.0 / (i + 1), "한국어로 적은 아주 긴 글입니다 " * 20) for i in range(12)]
    lines = shown(hits, words=["긴 글"]).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert len(lines) <= 3 * len(hits)


def test_a_long_id_is_shown_whole() -> None:
    name = "0b7d3c1e-9a64-4b52-8f7e-1d2c3b4a5f60"
    assert name in shown([Hit(0, name, 1.0, "글")])


def test_a_document_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in shown([Hit(0, "\x1b[2J", 1.0, "a\x1b[31mb\x07")])


def test_the_explanation_stands_under_its_hit() -> None:
    lines = shown([Hit(0, "a", 2.0, "text")], explanations=[Explanation("BM25", 2.0)]).splitlines()
    assert lines[1] == "    BM25 = 2"


def test_a_snippet_shows_the_place_that_was_found() -> None:
    text = "앞" * 500 + " 배우 연기 " + "뒤" * 500
    line = snippet(text, word_pattern(["연기"]), cells=60)
    assert "연기" in line.plain
    assert line.plain.startswith("…") and line.plain.endswith("…")
    assert cell_len(line.plain) <= 60
    assert [line.plain[span.start : span.end] for span in line.spans] == ["연기"]


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("짧은 글", None, cells=60).plain == "짧은 글"


def test_decomposed_hangul_is_found_and_shown_composed() -> None:
    line = snippet(unicodedata.normalize("NFD", "배우 연기"), word_pattern(["연기"]), cells=60)
    assert line.plain == "배우 연기"
    assert len(line.spans) == 1


def test_words_are_found_in_any_case_and_one_letter_only_where_a_word_begins() -> None:
    pattern = word_pattern(["이", "Movie"])
    assert pattern is not None
    assert pattern.findall("이 movie 같이 MOVIE 이다") == ["이", "movie", "MOVIE", "이"]


@pytest.mark.parametrize("query", ["", "  ", "!?"])
def test_a_query_without_words_highlights_nothing(query: str) -> None:
    assert word_pattern([query]) is None
