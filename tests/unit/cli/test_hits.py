from __future__ import annotations

import io
import json
import unicodedata
from typing import Any

import pytest
from rich.cells import cell_len

from malgil.cli.hits import show_hits, shown_text
from malgil.cli.shell import Shell
from malgil.explain import Explanation
from malgil.search import Hit, Hits


class Book:
    """What a hit reads: one id and one text for all documents."""

    def __init__(self, id: str, text: str, words: tuple[str, ...] = ()) -> None:
        self._id, self._text, self._words = id, text, words

    def id(self, doc: int) -> str:
        return self._id

    def text(self, doc: int) -> str:
        return self._text

    def metadata(self, doc: int) -> dict[str, Any]:
        return {}

    def highlights(self, doc: int, text: str) -> list[tuple[int, int]]:
        return [(text.index(word), text.index(word) + len(word)) for word in self._words]


def hit(doc: int, id: str, score: float, text: str, *words: str, way: str = "word") -> Hit:
    return Hit(doc, score, way, Book(id, text, words))


def shown(hits: list[Hit], lang: str = "en", **options: object) -> str:
    out = io.StringIO()
    show_hits(Shell(lang, out=out), hits, **options)  # type: ignore[arg-type]
    return out.getvalue()


def test_json_is_what_a_hit_is() -> None:
    text = shown([hit(3, "가", 1.5, "영화 \x1b[31m좋다\n끝", "영화")], as_json=True)
    row = {"doc": 3, "id": "가", "score": 1.5, "text": "영화 \x1b[31m좋다\n끝", "way": "word", "highlights": [[0, 2]]}
    assert json.loads(text) == [row]


def test_json_without_hits_is_an_empty_list() -> None:
    assert json.loads(shown([], as_json=True)) == []


def test_json_carries_explanations_when_asked() -> None:
    rows = json.loads(shown([hit(0, "a", 2.0, "t")], explanations=[Explanation("BM25", 2.0)], as_json=True))
    assert rows[0]["explanation"] == {"label": "BM25", "value": 2.0, "combine": "given"}


def test_no_hits_is_said() -> None:
    assert shown([]) == "Nothing found.\n"


def test_words_that_no_document_has_are_named_with_the_nearest() -> None:
    nearest = {"영하": ["영화", "영하다"], "\x1b[2J": []}
    lines = shown(Hits([], lambda: nearest)).splitlines()
    assert lines == ["Nothing found.", "No document has '영하'. Near it: 영화, 영하다", "No document has '[2J'."]


@pytest.mark.parametrize(("way", "said"), [("keyboard", "자판"), ("initials", "초성"), ("typo", "오타"), ("word", "")])
def test_the_way_is_said_where_a_word_was_not_found_as_typed(way: str, said: str) -> None:
    text = shown([hit(0, "a", 1.0, "영화", way=way)], lang="ko")
    assert said in text
    assert ("←" in text) == bool(said)


def test_hits_stay_within_80_cells() -> None:
    hits = [hit(i, f"id-{i}", 10.0 / (i + 1), "한국어로 적은 아주 긴 글입니다 " * 20, "긴") for i in range(12)]
    lines = shown(hits).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert len(lines) <= 3 * len(hits)


def test_a_long_id_is_shown_whole() -> None:
    name = "0b7d3c1e-9a64-4b52-8f7e-1d2c3b4a5f60"
    assert name in shown([hit(0, name, 1.0, "글")])


def test_a_document_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in shown([hit(0, "\x1b[2J", 1.0, "a\x1b[31mb\x07")])


def test_the_explanation_stands_under_its_hit() -> None:
    lines = shown([hit(0, "a", 2.0, "text")], explanations=[Explanation("BM25", 2.0)]).splitlines()
    assert lines[1] == "    BM25 = 2"


def test_the_place_that_was_found_is_shown() -> None:
    text = "앞" * 500 + " 배우 연기 " + "뒤" * 500
    line = shown_text(hit(0, "a", 1.0, text, "연기"), cells=60)
    assert line.plain.startswith("…") and line.plain.endswith("…")
    assert cell_len(line.plain) <= 60
    assert [line.plain[span.start : span.end] for span in line.spans] == ["연기"]


@pytest.mark.parametrize("text", ["짧은 글", "", "a"])
def test_a_short_text_is_shown_whole(text: str) -> None:
    assert shown_text(hit(0, "a", 1.0, text), cells=60).plain == text


def test_decomposed_hangul_is_shown_composed() -> None:
    raw = unicodedata.normalize("NFD", "배우 연기")
    line = shown_text(hit(0, "a", 1.0, raw, unicodedata.normalize("NFD", "연기")), cells=60)
    assert line.plain == "배우 연기"
    assert [line.plain[span.start : span.end] for span in line.spans] == ["연기"]
