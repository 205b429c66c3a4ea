"""Every kernel, compiled and as plain Python, beside its slow twin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ragged import Ragged
from malgil.tokenizers import _run_kernels, _scan_kernels, _table_kernels, encode_blocks, tokenizer
from malgil.tokenizers.forms import FormTable, Packed, big_endian, pack_strings, spell_out
from tests import strategies
from tests.naive import tokenizers as naive

MODULES = (_scan_kernels, _table_kernels, _run_kernels)
FORMS = st.one_of(st.text("가나a\x00", max_size=26), st.sampled_from(["", "a", "가나다라마바사", "같은접두사가" * 4]))
DISTINCT = st.lists(FORMS, unique=True, max_size=40)
modes = pytest.mark.parametrize("is_compiled", [True, False], ids=["compiled", "plain"])


def kernels_of(module: ModuleType) -> dict[str, object]:
    return {name: kernel.py_func for name, kernel in vars(module).items() if hasattr(kernel, "py_func")}


@contextmanager
def mode(is_compiled: bool) -> Iterator[None]:
    """Run the kernels as they are, or uncompiled: hash arithmetic then overflows aloud."""
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):
        for module in () if is_compiled else MODULES:
            for name, plain in kernels_of(module).items():
                patch.setattr(module, name, plain)
        yield


def packed(forms: list[str]) -> Packed:
    return pack_strings(pa.array(forms, pa.large_string()))


def runs(forms: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    words, places, lengths = packed(forms)
    return big_endian(words), places, lengths


@modes
@pytest.mark.parametrize("rule", ["whitespace", "word"])
@given(texts=strategies.corpora)
def test_scan(is_compiled: bool, rule: str, texts: list[str]) -> None:
    with mode(is_compiled):
        tokens, _ = encode_blocks(tokenizer(rule, lowercase=True), [pa.array(texts, pa.large_string())], 1)
    wanted = naive.scan(texts, rule, lowercase=True)
    assert tokens.to_lists() == wanted.forms
    assert [tokens.spans(doc) for doc in range(len(texts))] == wanted.spans


@modes
@given(forms=st.lists(FORMS, max_size=20))
def test_pack(is_compiled: bool, forms: list[str]) -> None:
    with mode(is_compiled):
        words, places, lengths = packed(forms)
    assert (words.tobytes(), places.tolist(), lengths.tolist()) == naive.pack([form.encode() for form in forms])


@modes
@given(docs=st.lists(st.lists(FORMS, max_size=30), max_size=6))
def test_intern_and_unload(is_compiled: bool, docs: list[list[str]]) -> None:
    table = FormTable()
    with mode(is_compiled):
        ids = [table.intern(packed(doc), np.array([0, len(doc)], np.int64)).tolist() for doc in docs]
        _, counts, df = table.unload()
        forms = table.strings().to_pylist()
    assert ids == naive.intern(docs)
    assert list(zip(forms, counts.tolist(), df.tolist(), strict=True)) == naive.unload(docs)


@modes
@given(forms=DISTINCT)
def test_forms_with_one_tag_are_told_apart(is_compiled: bool, forms: list[str]) -> None:
    words, places, lengths = packed(forms)
    slots, arena, used = np.zeros(64, np.uint64), np.zeros(1 << 10, np.uint64), 0
    with mode(is_compiled):
        for form in range(len(forms)):
            span = (places[form], places[form + 1], np.int64(lengths[form]), np.uint64(7))
            slot = _table_kernels._probe(slots, arena, words, *span)
            assert slots[slot] == 0
            slots[slot] = 7 << 32 | (used + 1)
            content = words[places[form] : places[form + 1]]
            arena[used], arena[used + 3 : used + 3 + len(content)] = int(lengths[form]) << 32, content
            used += 3 + len(content)
            assert _table_kernels._probe(slots, arena, words, *span) == slot


@modes
@given(forms=DISTINCT, wanted=st.lists(FORMS, max_size=20))
def test_find(is_compiled: bool, forms: list[str], wanted: list[str]) -> None:
    with mode(is_compiled):
        found = FormTable.of(pa.array(forms, pa.large_string())).find(packed(wanted))
    assert found.tolist() == naive.find(forms, wanted)


@modes
@given(tags=st.lists(st.integers(0, 2**32 - 1), max_size=8))
def test_spread(is_compiled: bool, tags: list[int]) -> None:
    entries = [tag << 32 | (record + 1) for record, tag in enumerate(tags)] + [0] * (8 - len(tags))
    larger = np.zeros(16, np.uint64)
    with mode(is_compiled):
        _table_kernels.spread(np.array(entries, np.uint64), larger)
    assert larger.tolist() == naive.spread(entries, 16)


@modes
@given(forms=DISTINCT)
def test_order_ties(is_compiled: bool, forms: list[str]) -> None:
    words, places, lengths = runs(forms)
    keys = words[places[:-1]]
    order = np.argsort(keys)
    with mode(is_compiled):
        _run_kernels.order_ties(order, keys[order], words, places, lengths)
    assert order.tolist() == naive.order_ties([form.encode() for form in forms])


@modes
@given(one=DISTINCT, other=DISTINCT)
def test_align(is_compiled: bool, one: list[str], other: list[str]) -> None:
    one, other = sorted(one, key=str.encode), sorted(other, key=str.encode)
    to, other_to = np.zeros(len(one), np.int32), np.zeros(len(other), np.int32)
    with mode(is_compiled):
        n_terms = _run_kernels.align(*runs(one), *runs(other), to, other_to)
    wanted = naive.align([form.encode() for form in one], [form.encode() for form in other])
    assert (n_terms, to.tolist(), other_to.tolist()) == wanted


@modes
@given(forms=DISTINCT, data=st.data())
def test_gather_and_spell(is_compiled: bool, forms: list[str], data: st.DataObject) -> None:
    order = data.draw(st.lists(st.sampled_from(range(len(forms))), max_size=10) if forms else st.just([]))
    words, places, lengths = runs(forms)
    taken = np.array(order, np.int64)
    out = packed([forms[place] for place in order])
    out_words, out_places = np.empty_like(out.words), np.empty(len(order), np.int64)
    with mode(is_compiled):
        _run_kernels.gather(taken, words, places, out_words, out_places)
        spelled = spell_out(words, places, lengths, taken)
    raw = [form.encode() for form in forms]
    gathered = spell_out(out_words, out_places, out.lengths, np.arange(len(order)))
    assert [form.encode() for form in gathered.to_pylist()] == naive.gather(raw, order)
    borders, content = naive.spell(raw, order)
    assert spelled.to_pylist() == [content[low:high].decode() for low, high in pairwise(borders)]


@modes
@given(strategies.raggeds())
def test_tally(is_compiled: bool, drawn: tuple[Ragged, int]) -> None:
    ragged, n_forms = drawn
    counts, df = np.full(n_forms, 7), np.full(n_forms, 7)
    with mode(is_compiled):
        _table_kernels.tally(ragged.ids, ragged.indptr, counts, df)
    assert (counts.tolist(), df.tolist()) == naive.tally([doc.tolist() for doc in ragged], n_forms)
