"""Typos, initials and morphemes of a query beside trying everything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from malgil.hangul.letters import FIRST, N_SYLLABLES
from malgil.search.expansion import with_initials
from malgil.search.field_index import FieldIndex
from malgil.search.live_terms import LiveTerms
from malgil.search.morpheme_table import CONTEXTS, LONGEST_UNIT, NOUN, MorphemeTable
from malgil.search.morphemes import analyse_query, query_morphemes
from malgil.search.typos import one_stroke_away
from malgil.tokenizers import tokenizer
from tests import strategies
from tests.naive import search_korean as naive

FEW = st.text(st.sampled_from("가각까나낙갸고과a"), min_size=1, max_size=3)
TAGS = ("NNG", NOUN, "JX")


@given(word=FEW, texts=st.lists(FEW, max_size=8))
def test_one_stroke_away_is_distance_one(word: str, texts: list[str]) -> None:
    found = one_stroke_away(word)
    wanted = naive.one_stroke_away(word, texts)
    scripts = {char.isascii() for char in word}
    fair = {text for text in wanted if {char.isascii() for char in text} <= scripts}
    assert fair == set(found) & set(texts)
    assert all(naive.distance(naive.spelled(word), naive.spelled(text)) == 1 for text in found)
    assert found == sorted(set(found))


@given(
    initials=st.text(st.sampled_from("ㄱㄲㄴㅎ"), min_size=1, max_size=3),
    terms=st.lists(st.text(st.sampled_from("가각까나힣하a1ㄱ영"), min_size=1, max_size=4), max_size=12),
)
def test_initials_find_the_terms_that_have_them(initials: str, terms: list[str]) -> None:
    index = FieldIndex.build(tokenizer("word"), [pa.array(terms, pa.large_string())])
    ids, df = with_initials(initials, LiveTerms(index))
    found = index.terms.take(pa.array(ids)).to_pylist()
    assert found == naive.with_initials(initials, index.terms.to_pylist())
    assert df.tolist() == [terms.count(term) for term in found]


def lines(texts: Sequence[str]) -> np.ndarray:
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


@given(
    run=st.text(st.sampled_from("가나다"), min_size=1, max_size=6),
    units=st.dictionaries(st.text(st.sampled_from("가나다"), min_size=1, max_size=3), st.integers(0, 99), max_size=6),
    steps=st.lists(st.integers(0, 99), min_size=24, max_size=24),
    chars=st.lists(st.integers(0, 99), min_size=6, max_size=6),
)
def test_the_path_is_the_cheapest(run: str, units: dict[str, int], steps: list[int], chars: list[int]) -> None:
    """Each unit has two morphemes, NNG and JX, of its own form."""
    names = sorted(units)
    transitions = np.array(steps, np.uint16).reshape(len(TAGS) + len(CONTEXTS), len(TAGS) + 1)
    syllables = np.zeros((2, N_SYLLABLES), np.uint16)
    for place, char in enumerate("가나다"):
        syllables[:, ord(char) - FIRST] = chars[2 * place : 2 * place + 2]
    arrays = {
        "tags": lines(TAGS),
        "forms": lines([form for name in names for form in (name, name)]),
        "form_tags": np.array([0, 2] * len(names), np.uint8),
        "analyses": np.arange(2 * len(names), dtype=np.uint16),
        "ends": 2 * np.arange(1, len(names) + 1, dtype=np.uint32),
        "words": lines([]),
        "word_analyses": np.zeros(0, np.uint32),
        "units": lines(names),
        "unit_counts": np.ones(len(names), np.uint8),
        "unit_costs": np.array([units[name] for name in names], np.uint16),
        "unit_analyses": np.arange(len(names), dtype=np.uint32),
        "transitions": transitions,
        "syllables": syllables,
    }
    table = MorphemeTable(arrays)

    def readings(part: str) -> list[tuple[int, str, str]]:
        if part in units:
            return [(units[part], "NNG", "JX")]
        inner, last = syllables[:, [ord(char) - FIRST for char in part]]
        return [(int(last[-1]) + int(inner[:-1].sum()), NOUN, NOUN)]

    def step(before: str, after: str) -> int:
        row = len(TAGS) if before == "^" else TAGS.index(before)
        return int(transitions[row, len(TAGS) if after == "$" else TAGS.index(after)])

    found, cost, before, rest = list(table.decode(run)), 0, "^", run
    while found:
        form, tag = found[0]
        n_morphemes = 1 if tag == NOUN else 2
        [(own, first, last)] = [row for row in readings(form) if row[1] == tag]
        assert rest.startswith(form)
        cost, before, rest, found = cost + step(before, first) + own, last, rest[len(form) :], found[n_morphemes:]
    assert rest == ""
    assert cost + step(before, "$") == naive.cheapest(run, LONGEST_UNIT, readings, step)


@given(text=strategies.texts)
def test_every_query_has_an_answer_and_no_visible_character_is_lost(text: str) -> None:
    found = analyse_query(text)
    assert all(form and tag for form, tag in found)
    assert bool(found) == bool(text.split())
    assert query_morphemes(text) == [form for form, _ in found]
