"""Pairs of syllables: the kernel, compiled and plain, beside a slow twin."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.tokenizers import _bigram_kernels, encode_blocks, tokenizer
from malgil.tokenizers.bigrams import BigramTokenizer
from tests import strategies
from tests.naive import tokenizers as naive

JAMO = st.text(
    st.sampled_from("가각한ㄱㅏ\u1100\u1112\u1113\u1161\u1175\u1176\u11a7\u11a8\u11c2\u11c3a1_ 힣\ud7a4가"), max_size=14
)
TEXTS = st.one_of(strategies.texts, JAMO)
modes = pytest.mark.parametrize("is_compiled", [True, False], ids=["compiled", "plain"])


@contextmanager
def mode(is_compiled: bool) -> Iterator[None]:
    """Run the kernels as they are, or uncompiled."""
    with pytest.MonkeyPatch.context() as patch:
        for name, kernel in list(vars(_bigram_kernels).items()):
            if hasattr(kernel, "py_func") and not is_compiled:
                patch.setattr(_bigram_kernels, name, kernel.py_func)
        yield


def strings(texts: list[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


@modes
@given(texts=st.lists(TEXTS, max_size=5))
def test_bigrams(is_compiled: bool, texts: list[str]) -> None:
    wanted = naive.bigrams(texts)
    with mode(is_compiled):
        tokens = BigramTokenizer().tokenize_block(strings(texts))
    assert tokens.to_lists() == wanted.forms
    assert [tokens.spans(doc) for doc in range(len(texts))] == wanted.spans


@given(text=TEXTS)
def test_split_finds_the_forms_of_the_kernel(text: str) -> None:
    cut = BigramTokenizer()
    assert cut.split(text) == cut.tokenize_block(strings([text])).to_lists()[0]


@given(text=TEXTS)
def test_a_query_looks_for_forms_that_documents_have_and_loses_no_syllable(text: str) -> None:
    cut = BigramTokenizer()
    forms, pairs = cut.split(text), cut.pairs(text)
    assert set(pairs) <= set(forms)
    assert {char for form in pairs for char in form} == {char for form in forms for char in form}


@given(text=TEXTS)
def test_composed_and_decomposed_hangul_have_the_same_forms(text: str) -> None:
    words = "".join(char for char in text if "가" <= char <= "힣" or char == " ")
    assert BigramTokenizer().split(unicodedata.normalize("NFD", words)) == BigramTokenizer().split(words)


@given(texts=st.lists(TEXTS, max_size=8), cuts=st.lists(st.integers(0, 8), max_size=3), n_jobs=st.integers(1, 3))
def test_neither_blocks_nor_workers_change_the_result(texts: list[str], cuts: list[int], n_jobs: int) -> None:
    borders = sorted([0, *(min(cut, len(texts)) for cut in cuts), len(texts)])
    whole = strings(texts)
    one, vocabulary = encode_blocks(BigramTokenizer(), [whole], 1)
    blocks = [whole.slice(low, high - low) for low, high in pairwise(borders)]
    other, same = encode_blocks(BigramTokenizer(), blocks, n_jobs)
    assert vocabulary.terms.to_pylist() == same.terms.to_pylist()
    assert (one.ids.tolist(), one.indptr.tolist()) == (other.ids.tolist(), other.indptr.tolist())
    assert [one.spans(doc) for doc in range(len(texts))] == [other.spans(doc) for doc in range(len(texts))]


def test_parameters_make_an_equal_one() -> None:
    cut = tokenizer("bigram", lowercase=False)
    assert tokenizer(**cut.params) == cut
    assert cut.split("iOS를") == ["iOS", "를"]
    assert tokenizer("bigram") != cut
