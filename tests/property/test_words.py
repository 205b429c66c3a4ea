"""Words of a corpus the fast way: every kernel beside its twin, compiled and plain, and the whole beside ``re``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.errors import DataError
from malgil.tokenizers import _unit_kernels, _word_kernels, _word_sort_kernels, tokenizer, word_order, word_table
from malgil.tokenizers.by_characters import CharacterTokenizer
from malgil.tokenizers.letters import CodeUnits, Texts, blocks_of_list, units_of_strings
from malgil.tokenizers.word_order import sort_tables
from malgil.tokenizers.word_table import WordTable
from malgil.tokenizers.words import sorted_words
from tests import strategies
from tests.naive import tokenizers as naive

MODULES = (_unit_kernels, _word_kernels, _word_sort_kernels)
WORDS = st.one_of(
    st.text("가나a\ue000\uffff𐐀𠀀", min_size=1, max_size=14),
    st.sampled_from(["가나다라", "가나다라마", "같은머리를가진낱말" * 2]),
)
modes = pytest.mark.parametrize("is_compiled", [True, False], ids=["compiled", "plain"])
rules = pytest.mark.parametrize("rule", ["whitespace", "word"])


@contextmanager
def mode(is_compiled: bool) -> Iterator[None]:
    """Run the kernels as they are, or uncompiled: hash arithmetic then overflows aloud."""
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):
        for module in () if is_compiled else MODULES:
            for name, kernel in [*vars(module).items()]:
                if hasattr(kernel, "py_func"):
                    patch.setattr(module, name, kernel.py_func)
        yield


def cutter(rule: str, lowercase: bool = True) -> CharacterTokenizer:
    found = tokenizer(rule, lowercase=lowercase)
    assert isinstance(found, CharacterTokenizer)
    return found


def in_one_block(texts: list[str]) -> CodeUnits:
    return next(blocks_of_list(texts), CodeUnits(np.zeros(0, np.uint16), np.zeros(1, np.int64)))


@modes
@given(texts=strategies.corpora)
def test_place_borders_and_widen(is_compiled: bool, texts: list[str]) -> None:
    with mode(is_compiled):
        of_list, of_strings = in_one_block(texts), units_of_strings(pa.array(texts, pa.large_string()))
    codes, borders = naive.widen(texts)
    assert (of_list.codes.tolist(), of_strings.codes.tolist()) == (codes, codes)
    assert of_list.borders.tolist() == of_strings.borders.tolist() == borders == naive.place_borders(texts)


@modes
def test_bytes_that_are_not_utf8_are_named(is_compiled: bool) -> None:
    broken = pa.Array.from_buffers(
        pa.large_string(),
        2,
        [None, pa.py_buffer(np.array([0, 3, 5], np.int64)), pa.py_buffer("가".encode() + b"\xea\xb0")],
    )
    with mode(is_compiled), pytest.raises(DataError) as caught:
        units_of_strings(broken, first_doc=7)
    assert caught.value.fields["row"] == 8


@modes
@rules
@pytest.mark.parametrize("lowercase", [True, False])
@given(texts=strategies.corpora, shortest=st.sampled_from([1, 2]))
def test_fold_and_cut(is_compiled: bool, rule: str, lowercase: bool, texts: list[str], shortest: int) -> None:
    table, (codes, borders) = WordTable(cutter(rule, lowercase), shortest), in_one_block(texts)
    letters, ends, keys, starts, sizes = word_table._Scratch.of(len(codes))
    indptr, ends = np.zeros(len(texts) + 1, np.int64), ends[: len(texts)]
    with mode(is_compiled):
        _word_kernels.fold(codes, borders, table._usual, *table._characters[:3], letters, ends)
        n = _word_kernels.cut(letters, ends, shortest, keys, starts, sizes, indptr)
    wanted = naive.fold(texts, rule, lowercase)
    begins = [0, *(end + 1 for end in ends.tolist())]
    assert [letters[a : b - 1].tolist() for a, b in pairwise(begins)] == wanted
    found = [letters[a : a + size].tolist() for a, size in zip(starts[:n].tolist(), sizes[:n].tolist(), strict=True)]
    words = naive.cut(texts, rule, lowercase, shortest)
    assert [found[a:b] for a, b in pairwise(indptr.tolist())] == [
        [naive.letters(word) for word in doc] for doc in words
    ]
    assert len(set(keys[:n].tolist())) == len({tuple(word) for word in found})  # no two of so few share a hash


@modes
@given(docs=st.lists(st.lists(WORDS, max_size=30), max_size=6))
def test_number_and_move_slots(is_compiled: bool, docs: list[list[str]]) -> None:
    with mode(is_compiled), pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_table, "_SLOTS", 4)
        patch.setattr(word_table, "_NUMBERS", 2)
        table = WordTable(cutter("whitespace", False), 1)
        ids = [table.number(in_one_block([" ".join(doc)]))[0].tolist() for doc in docs]
        keys = table._slots[table._slots[:, 0] > 0]
        larger = np.zeros((2 * len(table._slots), 2), np.uint64)
        _word_kernels.move_slots(table._slots, larger, word_table._shift(larger))
    assert ids == naive.number(docs)
    held = larger[larger[:, 0] > 0]
    assert sorted(held.tolist()) == sorted(keys.tolist())
    assert len(held) == len(naive.move_slots(sorted({word for doc in docs for word in doc})))


@modes
def test_long_words_with_one_hash_are_told_apart(is_compiled: bool) -> None:
    table = WordTable(cutter("whitespace", False), 1)
    words = ["가나다라마", "가나다라마바", "가나다라마바사아자", "가나다라", "바나다라마"]
    with mode(is_compiled):
        for word in (*words, *words):
            letters = np.array([*naive.letters(word), 0, 0, 0, 0], np.uint16)
            found = table._intern(
                np.array([7 << 32], np.uint64), np.zeros(1, np.int32), np.array([max(5, len(word))], np.int32), letters
            )
            assert found.tolist() == [words.index(word)]


def lists(docs: list[list[str]]) -> list[word_table.WordList]:
    tables = [WordTable(cutter("whitespace", False), 1) for _ in docs]
    for table, doc in zip(tables, docs, strict=True):
        table.number(in_one_block([" ".join(doc)]))
    return [table.unload() for table in tables]


@modes
@given(words=st.lists(WORDS, unique=True, max_size=20), n_heaps=st.integers(1, 3))
def test_first_letters_and_deal(is_compiled: bool, words: list[str], n_heaps: int) -> None:
    ((numbers, first),) = lists([words])
    counts, n = np.zeros(1 << 16, np.int64), len(words)
    heap_of = (np.arange(1 << 16) % n_heaps).astype(np.int32)
    keys, further, refs = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.int32)
    with mode(is_compiled):
        _word_sort_kernels.first_letters(numbers, first, counts)
        heaps = naive.deal(words, heap_of.tolist(), n_heaps)
        free = np.cumsum([0, *map(len, heaps)])[:-1]
        _word_sort_kernels.deal(numbers, first, 5, heap_of, free, keys, further, refs)
    assert {letter: times for letter, times in enumerate(counts.tolist()) if times} == naive.first_letters(words)
    dealt = [word for heap in heaps for word in heap]
    assert refs.tolist() == [5 + words.index(word) for word in dealt]
    packed = [(naive.letters(word) + [0] * 8)[:8] for word in dealt]
    assert keys.tolist() == [sum(a << 48 - 16 * k for k, a in enumerate(word[:4])) for word in packed]
    assert further.tolist() == [sum(a << 48 - 16 * k for k, a in enumerate(word[4:])) for word in packed]


@modes
@given(docs=st.lists(st.lists(WORDS, unique=True, max_size=40), min_size=1, max_size=3))
def test_settle_and_spell_words(is_compiled: bool, docs: list[list[str]]) -> None:
    words = [word for doc in docs for word in doc]
    numbers, first = word_order._together(lists(docs), 1)
    n = len(words)
    keys, further, refs = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.int32)
    heap_of, is_new, sizes = np.zeros(1 << 16, np.int32), np.empty(n, np.uint8), np.zeros(2, np.int64)
    _word_sort_kernels.deal(numbers, first, 0, heap_of, np.zeros(1, np.int64), keys, further, refs)
    order, ranks = np.argsort(keys), np.empty(n, np.int32)
    with mode(is_compiled):
        _word_sort_kernels.settle(order, keys, further, refs, numbers, first, is_new, sizes)
        lengths, data = np.empty(int(sizes[0]), np.int64), np.empty(12 * int(sizes[1]), np.uint8)
        used = _word_sort_kernels.spell_words(
            order, is_new, keys, further, refs, numbers, first, 3, ranks, lengths, data
        )
    assert [(words[refs[i]], bool(new)) for i, new in zip(order, is_new, strict=True)] == naive.settle(words)
    distinct, wanted = naive.spell_words(words)
    assert (ranks - 3).tolist() == wanted
    assert lengths.tolist() == [len(word.encode()) for word in distinct]
    assert data[:used].tobytes() == "".join(distinct).encode()


@pytest.mark.parametrize("form", ["list", "strings", "later"])
@given(texts=strategies.corpora, n_jobs=st.integers(1, 3), shortest=st.sampled_from([1, 2]), size=st.integers(1, 3))
def test_sorted_words(form: str, texts: list[str], n_jobs: int, shortest: int, size: int) -> None:
    pieces = [texts[at : at + size] for at in range(0, len(texts), size)]
    blocks: list[Texts] = [in_one_block(piece) for piece in pieces]
    if form == "strings":
        blocks = [pa.array(piece, pa.large_string()) for piece in pieces]
    elif form == "later":
        blocks = [partial(blocks_of_list, piece) for piece in pieces]
    forms, ids, ranks, borders = sorted_words(cutter("word"), blocks, n_jobs, shortest)
    wanted = naive.cut(texts, "word", True, shortest)
    assert forms.to_pylist() == sorted({word for doc in wanted for word in doc})
    docs = [
        forms.take(pa.array(place[block[a:b]])).to_pylist()
        for block, place, border in zip(ids, ranks, borders, strict=True)
        for a, b in pairwise(border.tolist())
    ]
    assert docs == wanted


def test_many_words_with_one_head_are_sorted() -> None:
    words = [f"같은머리를가진{number}" for number in range(1000)]
    forms, ranks = sort_tables(lists([words, words[::-1], words[:500]]), 2)
    assert forms.to_pylist() == sorted(words)
    assert ranks[0].tolist() == ranks[1][::-1].tolist() == [sorted(words).index(word) for word in words]


def test_no_tables_hold_no_words() -> None:
    forms, ranks = sort_tables([], 1)
    assert (len(forms), ranks) == (0, [])


def test_a_text_too_long_for_int32_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_table, "_LONGEST", 3)
    monkeypatch.setattr(word_table, "_STRETCH", 3)
    with pytest.raises(DataError):
        WordTable(cutter("word"), 1).number(in_one_block(["가", "나다라"]))


def test_half_of_a_pair_is_no_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        in_one_block(["가\ud800"])
