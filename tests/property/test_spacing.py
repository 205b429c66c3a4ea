"""Spacing: the kernels do what their twins do, and nothing but blanks ever changes."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil import Spacer
from malgil.clean import _spacing_kernels as kernels
from malgil.clean.cleaner import Cleaner
from malgil.clean.log import log_edits, undo
from malgil.clean.spacing_model import WordTable, to_letters
from tests.naive import clean_spacing as naive
from tests.strategies import corpora

BITS = 10
LINES = st.lists(st.text("가나다ab1", max_size=9), min_size=1, max_size=4)
WORDS = st.dictionaries(st.text("가나다", min_size=2, max_size=4), st.integers(0, 15), max_size=8)


def _letters(lines: list[str]) -> tuple[np.ndarray, np.ndarray]:
    points = np.frombuffer("".join(lines).encode("utf-32-le"), np.uint32)
    return points, np.cumsum([0, *map(len, lines)], dtype=np.int64)


def _twins(lines: list[str], words: dict[str, int]) -> tuple[list[list[int]], list[naive.Around]]:
    table = naive.index_words(list(words), list(words.values()))
    return [[ord(char) for char in line] for line in lines], [naive.find_words([line], table) for line in lines]


def _table(words: dict[str, int]) -> WordTable:
    return WordTable(list(words), np.array(list(words.values()), np.uint8))


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))
def test_mix_is_its_twin(state: int, value: int) -> None:
    assert int(kernels.mix(np.uint64(state), np.uint64(value))) == naive.mix(state, value)


@given(LINES, WORDS)
def test_words_are_found_as_the_twin_finds_them(lines: list[str], words: dict[str, int]) -> None:
    """index_words and find_words."""
    found = _table(words).around(*_letters(lines))
    assert [row.tolist() for row in found] == list(
        naive.find_words(lines, naive.index_words([*words], [*words.values()]))
    )


@given(LINES, WORDS, st.integers(0, 2**32 - 1))
def test_score_borders_is_its_twin(lines: list[str], words: dict[str, int], seed: int) -> None:
    """feature_slots is under it."""
    weights = np.random.default_rng(seed).integers(-127, 128, 1 << BITS).astype(np.int8)
    letters, indptr = _letters(lines)
    scores = np.zeros(len(letters), np.int32)
    kernels.score_borders(
        letters, indptr, *_table(words).around(letters, indptr), np.uint64(64 - BITS), weights, scores
    )
    assert scores.tolist() == naive.score_borders(*_twins(lines, words), BITS, weights.tolist())


@given(LINES, WORDS, st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_learn_weights_is_its_twin(lines: list[str], words: dict[str, int], rarest: int, seed: int) -> None:
    """count_features comes before it."""
    letters, indptr = _letters(lines)
    around, shift = _table(words).around(letters, indptr), np.uint64(64 - BITS)
    counts, weights, squares = np.zeros(1 << BITS, np.uint8), np.zeros(1 << BITS), np.zeros(1 << BITS)
    kernels.count_features(letters, indptr, *around, shift, counts)
    twins = _twins(lines, words)
    assert counts.tolist() == naive.count_features(*twins, BITS)
    truth = np.random.default_rng(seed).integers(0, 2, len(letters)).astype(np.int8)
    order = np.arange(len(lines))
    kernels.learn_weights(letters, indptr, order, *around, shift, truth, counts, weights, squares, 0.1, rarest)
    rows = [truth[low:high].tolist() for low, high in pairwise(indptr.tolist())]
    assert weights == pytest.approx(naive.learn_weights(*twins, rows, counts.tolist(), 0.1, rarest), abs=1e-9)


@given(st.lists(st.tuples(st.floats(-20, 20), st.integers(0, 1)), max_size=12))
def test_trust_blanks_is_its_twin(borders: list[tuple[float, int]]) -> None:
    scores, present = np.array([s for s, _ in borders]), np.array([g for _, g in borders], np.uint8)
    prior, trusts = np.array([2.0, 2.0, 1.0, 4.0]), np.zeros((1, 2))
    kernels.trust_blanks(scores, present, np.array([0, len(borders)]), prior, 5, trusts)
    assert trusts[0] == pytest.approx(naive.trust_blanks(scores.tolist(), present.tolist(), prior.tolist(), 5))


@given(corpora)
@settings(max_examples=200)
def test_only_blanks_change(texts: list[str]) -> None:
    spaced = Spacer().transform(texts)
    assert [text.replace(" ", "") for text in spaced] == [text.replace(" ", "") for text in texts]


@given(corpora)
def test_every_letter_maps_to_itself(texts: list[str]) -> None:
    edited = Spacer().space_block(pa.array(texts, pa.large_string()))
    for doc, (raw, text) in enumerate(zip(texts, edited.texts.to_pylist(), strict=True)):
        for place, char in enumerate(text):
            low, high = edited.offsets.to_raw(doc, place, place + 1)
            assert char == " " or raw[low:high] == char


@given(corpora)
def test_a_recipe_with_spacing_can_be_undone(texts: list[str]) -> None:
    raw = pa.array(texts, pa.large_string())
    cleaned = Cleaner(["spacing"]).clean_block(raw)
    assert cleaned.texts.to_pylist() == Spacer().transform(texts)
    assert undo(cleaned.texts, log_edits(raw, cleaned)).to_pylist() == texts


@given(st.text(st.sampled_from("가방에나는학교. \n1a"), max_size=20))
def test_decomposed_text_gets_the_same_blanks(text: str) -> None:
    plain, decomposed = Spacer().transform([text, unicodedata.normalize("NFD", text)])
    assert unicodedata.normalize("NFC", decomposed) == plain


@given(st.text(st.sampled_from("가방에나는학교. \n1a😀"), max_size=20))
def test_explanations_sum_up_and_decide(text: str) -> None:
    spaced = Spacer().transform([text])[0]
    reasons = Spacer().explain(text)
    assert not [label for reason in reasons for label in reason.wrong()]
    assert sum(reason.value > 0 for reason in reasons) == _n_open_blanks(spaced)


def _n_open_blanks(text: str) -> int:
    """Count runs of blanks between two letters of a line of which one is a syllable."""
    from re import findall

    return len(findall(r"(?:(?<=[가-힣]) +(?=\S))|(?:(?<=[^\s가-힣]) +(?=[가-힣]))", text))


@given(st.text())
def test_letters_are_code_points_or_classes(text: str) -> None:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    expected = [
        0x30 if "0" <= char <= "9" else 0x61 if char.isascii() and char.isalpha()
        else 0x4E00 if "\u4e00" <= char <= "\u9fff" else 0x1F600 if char >= "\U0001f000" else ord(char)
        for char in text
    ]  # fmt: skip
    assert to_letters(points).tolist() == expected
