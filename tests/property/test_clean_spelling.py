"""The speller beside its slow twins, and what holds of every text that it is given."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil import Speller, hangul
from malgil.clean import _spelling_kernels as kernels
from malgil.clean.corrections import corrected
from malgil.clean.spelling_candidates import KoreanWords, Place, one_slip
from malgil.clean.spelling_model import BITS, load_model, symbols_of
from malgil.clean.spelling_slips import KEYS, slip, stroke_numbers, tables
from malgil.clean.spelling_words import OwnWords
from malgil.codepoints import decode
from malgil.strings import string_array
from tests import strategies
from tests.naive import clean_spelling as naive

SYMBOLS = st.integers(1, 7)
ROWS = st.lists(st.lists(SYMBOLS, min_size=1, max_size=5).map(tuple), min_size=1, max_size=40, unique=True)
STROKES = st.text(st.sampled_from(KEYS), min_size=1, max_size=7)
WORDS = st.text(st.sampled_from("안녕하세요되는을가값있없ㅎㅏ"), min_size=1, max_size=4)
TEXTS = st.one_of(strategies.texts, st.text(st.sampled_from("안녕하새요 몇일되않할께dkssud,.ㅋ"), max_size=20))


def packed(row: tuple[int, ...]) -> int:
    key = 0
    for symbol in row:
        key = key << BITS | symbol
    return key


@given(rows=ROWS, text=st.lists(SYMBOLS, max_size=9), first=st.integers(0, 9), draw=st.data())
def test_costs_are_those_of_the_dictionary(
    rows: list[tuple[int, ...]], text: list[int], first: int, draw: st.DataObject
) -> None:
    values = draw.draw(
        st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=len(rows), max_size=len(rows))
    )
    slots, costs = np.zeros(128, np.uint64), np.zeros((128, 2), np.float32)
    keys = np.array([packed(row) for row in rows], np.uint64)
    kernels.fill_slots(keys, np.array(values, np.float32), slots, costs)
    table = naive.fill_slots(rows, values)
    symbols, first = np.array(text, np.int64), min(first, len(text))
    assert kernels.row_cost(symbols, first, len(text), slots, costs) == naive.row_cost(text, first, len(text), table)
    found = [kernels.symbol_cost(symbols, at, slots, costs) for at in range(len(text))]
    assert found == [naive.symbol_cost(text, at, table) for at in range(len(text))]


def symbol_of() -> dict[str, int]:
    return {chr(0xAC00 + at): int(symbol) for at, symbol in enumerate(load_model().known)}


SYMBOL_OF = symbol_of()


@given(strokes=STROKES)
def test_syllables_are_built_as_the_keyboard_builds_them(strokes: str) -> None:
    model, looked_up = load_model(), tables()
    out = np.zeros(len(strokes) + 1, np.int64)
    typed = np.array([KEYS.index(key) for key in strokes], np.int64)
    end = kernels.build_symbols(typed, len(typed), looked_up.roles, looked_up.pairs, model.known, out, 0)
    assert (out[:end].tolist() if end >= 0 else None) == naive.build_symbols(strokes, SYMBOL_OF)


@given(strokes=STROKES, kind=st.integers(0, 4), at=st.integers(0, 7), key=st.integers(0, len(KEYS) - 1))
def test_slips_are_undone_and_costed(strokes: str, kind: int, at: int, key: int) -> None:
    at = min(at, len(strokes) - (naive.KINDS[kind] != "missing"))
    typed, out = np.array([KEYS.index(each) for each in strokes], np.int64), np.zeros(len(strokes) + 1, np.int64)
    looked_up = tables()
    cost = kernels.slip_cost(typed, kind, at, key, looked_up.slips, looked_up.plain)
    slips = {(meant, given_): slip(meant, given_) for meant in KEYS for given_ in KEYS}
    expected = naive.slip_cost(strokes, (kind, at, key), KEYS, slips, looked_up.plain.tolist())
    assert (None if cost > 1e30 else pytest.approx(cost)) == expected
    if expected is not None:
        n = kernels.edit_strokes(typed, kind, at, key, out)
        assert "".join(KEYS[i] for i in out[:n]) == naive.edit_strokes(strokes, (kind, at, key), KEYS)


@settings(max_examples=25)
@given(word=WORDS, left=WORDS, right=WORDS)
def test_the_best_edits_are_those_of_all_edits(word: str, left: str, right: str) -> None:
    model, looked_up = load_model(), tables()
    place = Place(model.symbols(" " + left)[-4:], model.symbols(right + " ")[:4])
    typed = stroke_numbers(word)
    scores, edits = np.full(8, 1e9), np.zeros((8, 3), np.int64)
    kernels.best_edits(typed, place.left, place.right, *looked_up, model.known, model.slots, model.costs, scores, edits)

    def cost_of(strokes: str) -> float | None:
        symbols = naive.build_symbols(strokes, SYMBOL_OF)
        return None if not symbols else model.cost(place.left, np.array([*symbols, *place.right], np.int64))

    slips = {(meant, given_): slip(meant, given_) for meant in KEYS for given_ in KEYS}
    expected = naive.best_edits(hangul.strokes(word), KEYS, cost_of, slips, looked_up.plain.tolist())
    found: dict[str, float] = {}
    for cost, edit in zip(scores[scores < 1e9].tolist(), edits.tolist(), strict=False):
        text = hangul.from_strokes(naive.edit_strokes(hangul.strokes(word), tuple(edit), KEYS))
        found.setdefault(text, cost)
    costs = {text: cost for cost, text in expected}
    assert found == {text: pytest.approx(costs[text], abs=1e-3) for text in found}
    assert sorted(found.values()) == pytest.approx([cost for cost, _ in expected[: len(found)]], abs=1e-3)


@given(text=TEXTS)
def test_symbols_tell_known_syllables_apart(text: str) -> None:
    model = load_model()
    points = decode(string_array([text])).points
    symbols = symbols_of(points, model.syllables)
    assert [int(symbol) for symbol in symbols[(points >= 0xAC00) & (points <= 0xD7A3)]] == [
        SYMBOL_OF[char] for char in text if "가" <= char <= "힣"
    ]


@settings(max_examples=60)
@given(text=TEXTS)
def test_corrections_lie_in_the_text_and_touch_no_white_space(text: str) -> None:
    rows = Speller().check([text], 1)[0]
    end = 0
    for row in rows:
        assert end <= row.start < row.end <= len(text)
        assert text[row.start : row.end] == row.before != row.after
        assert not any(char.isspace() for char in row.before + row.after)
        assert row.reason.wrong(1e-9) == []
        end = row.end
    spelled = Speller().transform([text], 1)[0]
    assert spelled == corrected(text, rows)
    assert [char for char in spelled if char.isspace()] == [char for char in text if char.isspace()]


@settings(max_examples=40)
@given(text=st.text(st.sampled_from("안녕하새요 몇일되않할께부탁드립니다,."), max_size=20))
def test_decomposed_text_is_corrected_alike(text: str) -> None:
    loose = unicodedata.normalize("NFD", text)
    spelled = Speller().transform([text, loose], 1)
    assert unicodedata.normalize("NFC", spelled[1]) == spelled[0]


@settings(max_examples=40)
@given(word=WORDS)
def test_every_suggestion_adds_up(word: str) -> None:
    found = Speller().suggest(word, 4)
    assert len(found) <= 4
    assert [row.score for row in found] == sorted((row.score for row in found), reverse=True)
    for row in found:
        assert row.reason.value == row.score
        assert row.reason.wrong(1e-9) == []
        assert len({other.word for other in found}) == len(found)


@given(word=WORDS, own=st.integers(1, 5))
def test_the_cost_of_a_word_falls_with_its_count(word: str, own: int) -> None:
    model = load_model()
    assert KoreanWords(model, OwnWords({word: own})).word_cost(word) < KoreanWords(model, OwnWords({})).word_cost(word)


@given(strokes=STROKES, kind=st.integers(1, 4), at=st.integers(0, 7), key=st.integers(0, len(KEYS) - 1))
def test_one_slip_has_a_name_and_is_found_by_its_index(strokes: str, kind: int, at: int, key: int) -> None:
    at = min(at, len(strokes) - (naive.KINDS[kind] != "missing"))
    meant = naive.edit_strokes(strokes, (kind, at, key), KEYS)
    assert (len(one_slip(strokes, meant)) == 1) is (strokes != meant)
    own = OwnWords({meant: 2})
    assert own.near(strokes) == ([meant] if strokes != meant and hangul.strokes(meant) == meant else [])
