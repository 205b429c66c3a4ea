"""The compiled way from texts to ids agrees with ``re``, ``str`` and plain counting on any text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ragged import Ragged
from malgil.tokenizers import CharacterTokenizer, encode, encode_blocks, merge_forms, tokenizer
from malgil.tokens import Tokens
from malgil.vocab import Vocabulary
from tests import strategies
from tests.naive import tokenizers as naive

RULES = [(rule, lowercase) for rule in ("whitespace", "word") for lowercase in (False, True)]
SIGMAS = st.text(st.sampled_from("ΣσςAaİ.'’\u0301\u00ad 1한ᄒ_\U00010400\U000e0001"), max_size=12)
TEXTS = st.one_of(strategies.texts, SIGMAS)
every_rule = pytest.mark.parametrize(("rule", "lowercase"), RULES)


def make(rule: str, lowercase: bool) -> CharacterTokenizer:
    made = tokenizer(rule, lowercase=lowercase)
    assert isinstance(made, CharacterTokenizer)
    return made


def strings(texts: list[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


def bytes_of(tokens: Tokens, vocabulary: Vocabulary) -> list[bytes]:
    """Give everything in a result as bytes, for comparing to the last one."""
    arrays = [tokens.ids, tokens.indptr, tokens.start, tokens.end, vocabulary.counts, vocabulary.df, vocabulary.order]
    parts = [np.asarray(array).tobytes() for array in arrays]
    return [*parts, *(str(strings.to_pylist()).encode() for strings in (tokens.forms, vocabulary.terms))]


@every_rule
@given(texts=st.lists(TEXTS, max_size=6))
def test_tokens_and_spans_are_those_of_python(rule: str, lowercase: bool, texts: list[str]) -> None:
    tokens = make(rule, lowercase).tokenize_block(strings(texts))
    wanted = naive.scan(texts, rule, lowercase)
    assert tokens.to_lists() == wanted.forms
    assert [tokens.spans(doc) for doc in range(len(texts))] == wanted.spans
    assert len(set(tokens.forms.to_pylist())) == len(tokens.forms)


@every_rule
@given(text=TEXTS)
def test_split_finds_the_forms_of_the_kernel(rule: str, lowercase: bool, text: str) -> None:
    cut = make(rule, lowercase)
    assert cut.split(text) == cut.tokenize_block(strings([text])).to_lists()[0]


@given(text=TEXTS)
def test_whitespace_tokens_are_the_text_in_their_spans_and_cover_it(text: str) -> None:
    tokens = make("whitespace", False).tokenize_block(strings([text]))
    spans = tokens.spans(0)
    assert [text[start:end] for start, end in spans] == tokens.to_lists()[0]
    covered = {place for start, end in spans for place in range(start, end)}
    assert covered == {place for place, char in enumerate(text) if not char.isspace()}


@every_rule
@given(texts=st.lists(TEXTS, max_size=8))
def test_a_corpus_is_learned_as_by_counting(rule: str, lowercase: bool, texts: list[str]) -> None:
    tokens, vocabulary = encode_blocks(make(rule, lowercase), [strings(texts)])
    wanted = naive.encode_blocks(naive.scan(texts, rule, lowercase).forms)
    assert vocabulary.terms.to_pylist() == tokens.forms.to_pylist() == wanted.terms
    assert (vocabulary.counts.tolist(), vocabulary.df.tolist()) == (wanted.counts, wanted.df)
    assert [doc.tolist() for doc in tokens.ragged()] == wanted.ids
    assert [wanted.terms[place] for place in vocabulary.order] == sorted(wanted.terms, key=str.encode)
    assert (vocabulary.n_docs, vocabulary.n_tokens) == (len(texts), sum(map(len, wanted.ids)))


@given(texts=st.lists(TEXTS, max_size=8), cuts=st.lists(st.integers(0, 8), max_size=4), n_jobs=st.integers(1, 3))
def test_neither_blocks_nor_workers_change_a_byte(texts: list[str], cuts: list[int], n_jobs: int) -> None:
    borders = sorted([0, *(min(cut, len(texts)) for cut in cuts), len(texts)])
    whole = strings(texts)
    blocks = [whole.slice(low, high - low) for low, high in pairwise(borders)]
    cut = make("word", True)
    wanted = bytes_of(*encode_blocks(cut, [whole], 1))
    assert bytes_of(*encode_blocks(cut, blocks, n_jobs)) == wanted
    assert bytes_of(*merge_forms([cut.tokenize_block(block) for block in blocks], n_jobs)) == wanted


@given(known=st.lists(TEXTS, max_size=5), texts=st.lists(TEXTS, max_size=5))
def test_encoding_by_a_vocabulary_finds_what_it_has(known: list[str], texts: list[str]) -> None:
    cut = make("word", True)
    _, vocabulary = encode_blocks(cut, [strings(known)])
    terms = vocabulary.terms.to_pylist()
    found: Ragged = encode(texts, vocabulary, cut)
    assert [doc.tolist() for doc in found] == [naive.find(terms, cut.split(text)) for text in texts]


@every_rule
@given(data=st.lists(st.binary(max_size=12), min_size=1, max_size=4))
def test_bytes_that_are_not_utf8_are_refused_and_all_others_taken(
    rule: str, lowercase: bool, data: list[bytes]
) -> None:
    offsets = np.cumsum([0, *map(len, data)], dtype=np.int64)
    raw = pa.LargeStringArray.from_buffers(len(data), pa.py_buffer(offsets), pa.py_buffer(b"".join(data)))
    try:
        texts = [text.decode() for text in data]
    except UnicodeDecodeError:
        with pytest.raises(ValueError, match="UTF-8"):
            make(rule, lowercase).tokenize_block(raw)
    else:
        assert make(rule, lowercase).tokenize_block(raw).to_lists() == naive.scan(texts, rule, lowercase).forms
