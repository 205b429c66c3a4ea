"""What a word that no document has is read as."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from malgil.errors import ParameterError
from malgil.search.expansion import FACTORS, Expansion, Lookup, expand
from malgil.search.field_index import FieldIndex
from malgil.search.live_terms import LiveTerms
from malgil.tokenizers import tokenizer

DOCS = ["삼성 영화 재밌다", "영화 hello 소설", "삼성 영화관", "삼성 dudghk", "ㅋㅋ 쿠키"]


def lookup(*segments: Sequence[str], names: Sequence[str] = ("word",)) -> Lookup:
    """Make the lookup of an index of segments, one field a tokeniser."""
    fields: dict[str, list[FieldIndex]] = {
        name: [FieldIndex.build(tokenizer(name), [pa.array(list(texts), pa.large_string())]) for texts in segments]
        for name in names
    }

    def df(field: str, term: str) -> int:
        return sum(count for part in fields[field] for count in LiveTerms(part).df_of([term]))

    terms = {name: getattr(tokenizer(name), "pairs", tokenizer(name).split) for name in names}
    words = {name: [LiveTerms(part) for part in fields[name]] for name in names if name != "bigram"}
    return Lookup(terms, df, words)


def texts(found: list[Expansion]) -> list[tuple[str, str]]:
    return [(expansion.text, expansion.way) for expansion in found]


def test_initials_become_words_the_most_frequent_first() -> None:
    assert texts(expand("ㅅㅅ", lookup(DOCS))) == [("삼성", "initials"), ("소설", "initials")]
    assert texts(expand("ㄳ", lookup(["가슴", "감사"]))) == [("가슴", "initials"), ("감사", "initials")]


def test_initials_must_be_all_of_the_word() -> None:
    assert texts(expand("ㅇㅎㄱ", lookup(DOCS))) == [("영화관", "initials")]
    assert expand("ㅅㅅㅅ", lookup(DOCS)) == []


@pytest.mark.parametrize(("typed", "meant"), [("tkatjd", "삼성"), ("ㅗ디ㅣㅐ", "hello"), ("Qkrdl", "빡이")])
def test_the_keyboard_may_be_in_the_wrong_state(typed: str, meant: str) -> None:
    found = expand(typed, lookup([*DOCS, "빡이"]))
    assert found == [Expansion(meant, "keyboard", FACTORS["keyboard"])]


@pytest.mark.parametrize("typed", ["재밋다", "재밌따", "재밌디", "재미ㅆ다", "재밌다ㅏ", "제밌다"])
def test_one_stroke_may_be_wrong(typed: str) -> None:
    assert texts(expand(typed, lookup(DOCS))) == [("재밌다", "typo")]


def test_two_wrong_strokes_are_too_many() -> None:
    assert expand("제밋다", lookup(DOCS)) == []


def test_short_words_are_no_typos() -> None:
    assert expand("강", lookup(["간 감 가"])) == []


def test_a_typo_is_seen_through_the_ending_by_its_pieces() -> None:
    found = expand("재밋다", lookup(["재밌다 영화", "참 좋다"], names=("bigram",)))
    assert found[0] == Expansion("재밌다", "typo", FACTORS["typo"])


def test_a_known_word_stays_what_it_is() -> None:
    assert expand("영화", lookup(DOCS)) == []
    assert expand("dudghk", lookup(DOCS)) == []
    assert expand("ㅋㅋ", lookup(DOCS)) == []
    assert expand("소설", lookup(["소설 소살"] * 100)) == []


def test_a_known_row_of_keys_is_read_otherwise_beside_where_that_is_far_more_frequent() -> None:
    docs = ["영화"] * 40 + ["dudghk", "ㅇㅎ"]
    assert texts(expand("dudghk", lookup(docs))) == [("영화", "keyboard")]
    assert texts(expand("ㅇㅎ", lookup(docs))) == [("영화", "initials")]


def test_segments_count_together() -> None:
    found = expand("ㅅㅅ", lookup(["소설", "시사"], ["소설"], ["시사", "시사", "시사"]))
    assert [expansion.text for expansion in found] == ["시사", "소설"]


def test_each_way_can_be_switched_off() -> None:
    index = lookup(DOCS)
    assert expand("ㅅㅅ", index, ["keyboard", "typo"]) == []
    assert expand("tkatjd", index, ["initials", "typo"]) == []
    assert expand("재밋다", index, ["initials", "keyboard"]) == []
    assert expand("재밋다", index, []) == []
    with pytest.raises(ParameterError, match="guess"):
        expand("재밋다", index, ["guess"])


@pytest.mark.parametrize("word", ["", " ", "!!", "😀", "\ud800", "\u1112\u1161\u11ab"])
def test_odd_words_become_nothing(word: str) -> None:
    assert expand(word, lookup(DOCS)) == []
    assert expand(word, lookup([])) == []
