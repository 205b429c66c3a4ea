"""Corpora larger than memory: sorted runs on the disk and their merge give what counting at once gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ngram import _merge_kernels
from malgil.ngram.counting import Counts, count
from malgil.ngram.merging import merge_sorted_runs
from malgil.ngram.parts import read_parts
from malgil.ngram.runs import SortedRun
from malgil.ngram.sequence import read_sequence, word_strings
from malgil.ngram.spilling import Plan, count_in_parts
from malgil.ragged import Ragged
from malgil.tokenizers import tokenizer
from malgil.tokens import Tokens
from tests.naive import ngram as naive
from tests.strategies import corpora

WORDS = ["이", "영화", "참", "재밌다", "ㅋㅋ", "한글", "the", "😀", "<b>", "가나다라마바사아자차카타파하"]
docs = st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=14)
orders = st.integers(1, 4)
SPACES = tokenizer("whitespace")


def _same(one: Counts, other: Counts) -> bool:
    arrays: list[list[Any]] = [[*part.trie, part.counts, part.arrival] for part in (one, other)]
    facts = (one.n_sentences, one.n_tokens) == (other.n_sentences, other.n_tokens)
    words = word_strings(one.run).equals(word_strings(other.run)) and np.array_equal(one.run.counts, other.run.counts)
    return facts and words and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(*arrays, strict=True))


@pytest.mark.parametrize("jit", [True, False])
@given(runs=st.lists(st.sets(st.integers(-3, 2**40) | st.integers(0, 9)), max_size=6), data=st.data())
def test_merge_runs_is_its_twin(jit: bool, runs: list[set[int]], data: st.DataObject) -> None:
    keys = np.array([key for run in runs for key in sorted(run)], np.int64)
    borders = np.cumsum([0, *map(len, runs)])
    counts = np.array(data.draw(st.lists(st.integers(1, 2**31 - 1), min_size=len(keys), max_size=len(keys))), np.int32)
    outputs = []
    for merge in (_merge_kernels.merge_runs if jit else _merge_kernels.merge_runs.py_func, naive.merge_runs):
        merged, sums, to = np.empty_like(keys), np.empty_like(keys), np.empty(len(keys), np.int32)
        n = merge(keys, counts, borders, merged, sums, to)
        outputs.append([merged[:n].tolist(), sums[:n].tolist(), to.tolist()])
    assert outputs[0] == outputs[1]


@given(texts=docs, order=orders, memory=st.integers(1, 6000), n_jobs=st.sampled_from([1, 2, 4]))
def test_counting_in_parts_is_counting_at_once(texts: list[str], order: int, memory: int, n_jobs: int) -> None:
    parts = count_in_parts(texts, SPACES, Plan(order, memory, n_jobs=n_jobs))
    assert _same(parts, count(read_sequence(texts, SPACES), order))


@pytest.mark.parametrize("name", ["word", "bigram"])
@given(texts=corpora, memory=st.integers(1, 20_000))
def test_any_tokenizer_counts_in_parts(name: str, texts: list[str], memory: int) -> None:
    plan = Plan(3, memory, skip_symbols=True)
    whole = count(read_sequence(texts, tokenizer(name), skip_symbols=True), 3)
    assert _same(count_in_parts(texts, tokenizer(name), plan), whole)


@given(rows=st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=9), order=orders, memory=st.integers(1, 3000))
def test_numbers_and_tokens_count_in_parts(rows: list[list[int]], order: int, memory: int) -> None:
    ids = np.array([i for row in rows for i in row], np.int32)
    indptr = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    forms = pa.array([*WORDS, "하나", "둘", "셋"], pa.large_string())
    for texts in (Ragged(ids, indptr), Tokens(forms, ids, indptr)):
        whole = count(read_sequence(texts, SPACES), order)
        assert _same(count_in_parts(texts, SPACES, Plan(order, memory)), whole)


@given(texts=docs, n_tokens=st.integers(1, 40))
def test_parts_are_the_corpus_and_no_larger_than_asked(texts: list[str], n_tokens: int) -> None:
    parts = list(read_parts(texts, SPACES, n_tokens))
    assert [part.is_last for part in parts] == [False] * (len(parts) - 1) + [True]
    said = [word for part, _ in parts for word in _spelled(part)]
    assert said == _spelled(read_sequence(texts, SPACES))
    for part, _ in parts[:1]:  # nothing is estimated yet: no text has more tokens than bytes
        assert part.n_sentences <= 1 or len(part.ids) <= n_tokens


def _spelled(sequence: Any) -> list[str]:
    words = ["<unk>", "<s>", "</s>", *word_strings(sequence.run).to_pylist()]
    return [words[i] for i in sequence.ids]


@given(texts=docs, n_nodes=st.integers(1, 30), order=st.integers(2, 4))
def test_ranges_of_any_size_merge_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], n_nodes: int, order: int
) -> None:
    texts = [*texts, "끝"]
    whole = count(read_sequence(texts, SPACES), order)
    for n_jobs in (1, 4):
        folder: Path = tmp_path_factory.mktemp("runs")
        runs = [
            SortedRun(folder / str(at), count(read_sequence(texts[at : at + 3], SPACES), order))
            for at in range(0, len(texts), 3)
        ]
        assert _same(merge_sorted_runs(whole.run, runs, folder, n_nodes=n_nodes, n_jobs=n_jobs), whole)
