"""Compact models: kernels beside their twins, and the same answers as the model that they were made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ngram import NgramLM, _compact_kernels
from malgil.ngram.packing import pack_table
from malgil.strings import string_array
from tests.naive import ngram as naive

WORDS = ["이", "영화", "참", "재밌다", "ㅋㅋ", "\u1112\u1161\u11ab글", "the", "😀"]
sentences = st.lists(st.sampled_from(WORDS), max_size=7)
asked = st.lists(st.sampled_from([*WORDS, "모름"]), max_size=8)
small = st.lists(sentences, min_size=1, max_size=8).filter(any)
orders = st.integers(1, 4)
# more pointers than their high bits can tell, and more values than one code book saves
MANY = [f"이 말{i % 97} 길{i % 89} 끝{i % 7}" for i in range(1500)]


def _both(name: str, jit: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
    kernel = getattr(_compact_kernels, name)
    return kernel if jit else kernel.py_func, getattr(naive, name)


def _lm(docs: list[list[str]], order: int, smoothing: str = "witten_bell") -> NgramLM:
    fallback = (0.5, 1.0, 1.5)
    return NgramLM(order=order, smoothing=smoothing, discount_fallback=fallback).fit([" ".join(doc) for doc in docs])


@pytest.mark.parametrize("jit", [True, False])
@given(width=st.integers(0, 57), begin=st.integers(0, 130), data=st.data())
def test_pack_bits_and_unpack_bits_are_their_twins(jit: bool, width: int, begin: int, data: st.DataObject) -> None:
    numbers = np.array(data.draw(st.lists(st.integers(0, (1 << width) - 1), max_size=20)), np.int64)
    outputs = []
    for side in (0, 1):
        pack, unpack = _both("pack_bits", jit)[side], _both("unpack_bits", jit)[side]
        bits = np.zeros((begin + width * len(numbers)) // 64 + 2, np.uint64)
        bits[0] = 1 if begin else 0
        pack(numbers, width, begin, bits)
        found = np.empty(len(numbers), np.int64)
        unpack(bits, begin, width, found)
        outputs.append([bits.tolist(), found.tolist()])
    assert outputs[0] == outputs[1]
    assert outputs[0][1] == numbers.tolist()


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, words=asked, right=asked, order=orders)
def test_children_of_score_compact_walk_compact_and_gap_compact_are_their_twins(
    jit: bool, docs: list[list[str]], words: list[str], right: list[str], order: int
) -> None:
    model = _lm(docs, order)._fitted
    packed = pack_table(model.table)
    numbers = model.words.numbers(string_array(words))
    ids = np.array([1, *numbers, 2, 1, 2], np.int32)
    near = ids[: len(numbers) + 1][max(0, len(numbers) + 2 - order) :]
    after = model.words.numbers(string_array(right))[: order - 1]
    inside = np.arange(3, len(model.words), dtype=np.int32)
    outputs = []
    for side in (0, 1):
        names = ("children_of", "score_compact", "walk_compact", "gap_compact")
        children_of, score, walk, gap = (_both(name, jit)[side] for name in names)
        families = [
            children_of(*packed[:3], n, node) for n in range(order - 1) for node in range(int(packed.fields[n, 0]))
        ]
        scores, found = np.zeros(len(ids)), np.zeros(len(ids), np.int8)
        score(ids, *packed, scores, found)
        nodes, weights = np.zeros(order, np.int64), np.zeros(order)
        walk(near, *packed, nodes, weights)
        gaps = np.zeros(len(inside))
        rest = gap(near[-max(1, order - 1) :][: order - 1], inside, after, *packed, gaps)
        exact = [[tuple(map(int, pair)) for pair in families], scores.tolist(), found.tolist(), nodes.tolist()]
        outputs.append([exact, weights.tolist(), [*gaps.tolist(), rest]])
    assert outputs[0][:2] == outputs[1][:2]
    assert outputs[0][2] == pytest.approx(outputs[1][2], abs=1e-9)


def _answers(lm: NgramLM, words: list[str], right: list[str]) -> list[Any]:
    text = " ".join(words)
    scores = lm.score_tokens([text, "", " ".join(right)])
    asked_ = [lm.next(text, 99), lm.blank(text, " ".join(right), 99), lm.log10_prob(text)]
    numbers = lm.model_.words.numbers(string_array(words))
    spread = lm.model_.distribution(np.append(np.int32(1), numbers)).tolist()
    return [scores.log10_probs.tolist(), scores.orders.tolist(), scores.words, *asked_, spread]


@given(docs=small, words=asked, right=asked, order=orders, many=st.booleans())
def test_a_compact_model_answers_the_same_to_the_bit(
    docs: list[list[str]], words: list[str], right: list[str], order: int, many: bool
) -> None:
    lm = _lm([*docs, *(text.split() for text in MANY if many)], order, "modified_kneser_ney")
    compact = lm.compact()
    assert _answers(compact, words, right) == _answers(lm, words, right)
    for word in (*words[:1], "</s>", "모름"):
        opened = compact.explain(" ".join(right), word)
        assert opened.wrong() == []
        assert opened.value == lm.explain(" ".join(right), word).value


@given(docs=small, order=orders, bits=st.integers(2, 16))
def test_quantised_values_are_few_and_near(docs: list[list[str]], order: int, bits: int) -> None:
    table = _lm([*docs, *(text.split() for text in MANY)], order)._fitted.table
    packed = pack_table(table, bits)
    for n, field in enumerate(packed.fields.tolist()):
        kinds = [(7, table.log10_probs), *([(11, table.log10_backoffs)] if n < order - 1 else [])]
        for kind, logs in kinds:
            whole = logs[table.trie.level(n + 1)]
            assert n == 0 or field[kind + 3] <= 1 << bits
            codes = np.empty(len(whole), np.int64)
            _compact_kernels.unpack_bits(packed.bits, field[kind], field[kind + 1], codes)
            first = field[kind + 2]
            found = packed.values[first + codes] if first >= 0 else codes.astype(np.uint32).view(np.float32)
            if n == 0 or len(np.unique(whole)) <= 1 << bits:
                assert found.tobytes() == whole.tobytes()
            assert found.mean(dtype=np.float64) == pytest.approx(whole.mean(dtype=np.float64), abs=1e-5)
            in_order = np.argsort(whole, kind="stable")
            kept = np.isin(found, whole)  # but for values with a bin of their own, a larger value stays larger
            assert (np.diff(found[in_order][~kept[in_order]]) >= 0).all()
