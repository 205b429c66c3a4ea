"""Kernels of n-grams beside their twins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ragged import Ragged
from malgil.strings import string_buffers
from malgil.vectorize import _gram_kernels as kernels
from malgil.vectorize import layouts
from malgil.vectorize._counts_kernels import count_mapped
from malgil.vectorize.grams import Grams, Layout, Range, count_grams, merge_all, merge_grams
from malgil.vectorize.lexicon import Lexicon
from tests.naive import vectorize as naive
from tests.strategies import corpora, raggeds


@st.composite
def blocks(draw: st.DrawFn) -> Layout:
    """Draw documents of segments of symbols."""
    docs = draw(st.lists(st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=3), max_size=4))
    segments = [segment for doc in docs for segment in doc]
    starts = np.cumsum([0, *(sum(map(len, doc)) for doc in docs)], dtype=np.int64)
    symbols = np.array([symbol for segment in segments for symbol in segment], np.int32)
    left = np.array([n for segment in segments for n in range(len(segment), 0, -1)], np.int32)
    return Layout(symbols, left, starts)


RANGES = st.tuples(st.integers(1, 3), st.integers(0, 2), st.booleans()).map(lambda r: Range(r[0], r[0] + r[1], r[2]))


def _both(name: str, jit: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
    kernel = getattr(kernels, name)
    return (kernel if jit else kernel.py_func), getattr(naive, name)


def _sorted(sort_grams: Callable[..., Any], block: Layout, high: int) -> tuple[np.ndarray, ...]:
    n = len(block.symbols)
    symbols, sizes = block.symbols.copy(), np.zeros(high, np.int64)
    order, tree = np.full((high, n), -1, np.int32), np.full((3, high, n + 1), -1, np.int32)
    sort_grams(symbols, block.left, 4, order, tree, sizes)
    return order, tree, sizes, symbols


@pytest.mark.parametrize("jit", [True, False])
@given(block=blocks(), high=st.integers(1, 4))
def test_sort_grams_is_its_twin(jit: bool, block: Layout, high: int) -> None:
    found, wanted = (_sorted(sort, block, high) for sort in _both("sort_grams", jit))
    for one, other in zip(found, wanted, strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize("jit", [True, False])
@given(block=blocks(), wanted=RANGES)
def test_list_grams_and_row_lengths_are_their_twins(jit: bool, block: Layout, wanted: Range) -> None:
    order, tree, sizes, _ = _sorted(naive.sort_grams, block, wanted.high)
    docs = np.repeat(np.arange(len(block.starts) - 1, dtype=np.int32), np.diff(block.starts))
    outputs = []
    for measure, write in zip(_both("row_lengths", jit), _both("list_grams", jit), strict=True):
        lengths = np.zeros(len(block.starts) - 1, np.int64)
        measure(order, tree, sizes, block.left, docs, wanted.low, wanted.is_padded, lengths)
        ends, n = np.cumsum(lengths), int(sizes.sum())
        parts = np.zeros((2, n), np.int32), np.zeros((2, n), np.int64), np.zeros(lengths.sum(), np.int32)
        data, free = np.zeros(lengths.sum(), np.int32), ends - lengths
        write(order, tree, sizes, block.left, docs, wanted.low, wanted.is_padded, free, *parts, data)
        outputs.append([lengths.tolist(), free.tolist(), *(part.tolist() for part in parts), data.tolist()])
    assert outputs[0] == outputs[1]


def _grams(block: Layout, wanted: Range) -> Grams:
    return count_grams(Layout(block.symbols.copy(), block.left, block.starts), wanted)[0]


@pytest.mark.parametrize("jit", [True, False])
@given(one=blocks(), other=blocks(), wanted=RANGES)
def test_join_grams_is_its_twin(jit: bool, one: Layout, other: Layout, wanted: Range) -> None:
    parts = [_grams(one, wanted), _grams(other, wanted)]
    sizes = [part.run.shape[1] for part in parts]
    outputs = []
    for join in _both("join_grams", jit):
        run, tally = np.zeros((2, sum(sizes)), np.int32), np.zeros((2, sum(sizes)), np.int64)
        places = [np.zeros(size, np.int32) for size in sizes]
        n = join(*parts[0], *parts[1], run, tally, *places)
        outputs.append([n, run[:, :n].tolist(), tally[:, :n].tolist(), *(place.tolist() for place in places)])
    assert outputs[0] == outputs[1]


@given(block=st.lists(blocks(), min_size=3, max_size=3), wanted=RANGES)
def test_merging_is_associative(block: list[Layout], wanted: Range) -> None:
    a, b, c = (_grams(part, wanted) for part in block)
    left = merge_grams(merge_grams(a, b)[0], c)[0]
    right = merge_grams(a, merge_grams(b, c)[0])[0]
    whole, places = merge_all([a, b, c], 2)
    for one, other, third in zip(left, right, whole, strict=True):
        assert one.tolist() == other.tolist() == third.tolist()
    for part, place in zip((a, b, c), places, strict=True):
        assert [naive.paths(whole.run)[i] for i in place] == naive.paths(part.run)


@pytest.mark.parametrize("jit", [True, False])
@given(known=blocks(), asked=blocks(), wanted=RANGES)
def test_find_grams_is_its_twin(jit: bool, known: Layout, asked: Layout, wanted: Range) -> None:
    run = _grams(known, wanted).run
    columns = np.arange(run.shape[1], dtype=np.int32)
    lexicon = Lexicon("word", pa.array(["가", "나", "다", "라"], pa.large_string()), run, columns)
    symbols, first, _ = lexicon._levels()
    questions = _grams(asked, wanted).run
    outputs = []
    for find in _both("find_grams", jit):
        found = np.zeros(questions.shape[1], np.int64)
        find(questions, symbols, first, found)
        outputs.append(found.tolist())
    assert outputs[0] == outputs[1]
    here = {path: place for place, path in enumerate(naive.paths(run))}
    assert lexicon.find_grams(questions).tolist() == [here.get(path, -1) for path in naive.paths(questions)]


@pytest.mark.parametrize("jit", [True, False])
@given(texts=corpora, is_padded=st.booleans())
def test_lay_out_is_its_twin(jit: bool, texts: list[str], is_padded: bool) -> None:
    points = np.array([ord(char) for text in texts for char in text], np.uint32)
    borders = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    outputs = []
    for lay_out in _both("lay_out", jit):
        symbols, left = np.zeros((2, 2 * len(points) + len(texts)), np.int32)
        starts = np.zeros(len(borders), np.int64)
        lay_out(points, borders, layouts._spaces(), is_padded, symbols, left, starts)
        n = starts[-1]
        outputs.append([symbols[:n].tolist(), left[:n].tolist(), starts.tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(block=blocks(), wanted=RANGES, gap=st.sampled_from([0, 1]), data=st.data())
def test_spell_grams_is_its_twin(jit: bool, block: Layout, wanted: Range, gap: int, data: st.DataObject) -> None:
    run = _grams(block, wanted).run
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=run.shape[1], max_size=run.shape[1])), np.bool_)
    borders, content = string_buffers(pa.array(["가", "", "bc", "라마"], pa.large_string()))
    outputs = []
    for spell in _both("spell_grams", jit):
        offsets = np.zeros(int(kept.sum()) + 1, np.int64)
        spell(run, kept, borders, content, gap, offsets, np.empty(0, np.uint8))
        text = np.zeros(int(offsets[-1]), np.uint8)
        if len(text):
            spell(run, kept, borders, content, gap, offsets, text)
        outputs.append([offsets.tolist(), text.tobytes()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(case=raggeds(), shift=st.integers(0, 2), extra=st.sampled_from([0, 254, 255, 300]))
def test_count_mapped_is_its_twin(jit: bool, case: tuple[Ragged, int], shift: int, extra: int) -> None:
    ragged, n_terms = case
    ids = np.append(ragged.ids, np.zeros(extra, np.int32))
    indptr = np.append(ragged.indptr, len(ids))
    columns = np.arange(n_terms, dtype=np.int32)[::-1] - np.int32(shift)
    outputs = []
    for count in (count_mapped if jit else count_mapped.py_func, naive.count_mapped):
        lengths, indices = np.zeros(len(indptr) - 1, np.int64), np.zeros(len(ids), np.int32)
        data = np.zeros(len(ids), np.uint8)
        n = count(ids, indptr, columns, lengths, indices, data)
        outputs.append([n, lengths.tolist(), indices.tolist(), data.tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(
    docs=st.lists(st.lists(st.integers(0, 4999), min_size=60, max_size=120), min_size=1, max_size=3),
    n_columns=st.sampled_from([300, 5000]),
)
def test_long_documents_are_counted_as_their_twin_does(jit: bool, docs: list[list[int]], n_columns: int) -> None:
    ids, indptr = np.concatenate(docs).astype(np.int32), np.cumsum([0, *map(len, docs)])
    columns = (np.arange(5000) * 7 % (n_columns + 50) - 50).astype(np.int32)
    outputs = []
    for count in (count_mapped if jit else count_mapped.py_func, naive.count_mapped):
        lengths, indices = np.zeros(len(docs), np.int64), np.zeros(len(ids), np.int32)
        data = np.zeros(len(ids), np.uint8)
        n = count(ids, indptr, columns, lengths, indices, data)
        outputs.append([n, lengths.tolist(), indices[: abs(n)].tolist(), data[: abs(n)].tolist()])
    assert outputs[0] == outputs[1]
