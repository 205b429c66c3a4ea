"""English words and their stems."""

from __future__ import annotations

import pyarrow as pa

from malgil.tokenizers import encode_blocks, tokenizer

TEXTS = ["She was running; he runs.", "Running's fun — 영화를 봤다 😀", "", "cafe\u0301 naïve U.S. generously"]


def test_inflected_forms_are_one_term_and_other_scripts_stay() -> None:
    cut = tokenizer("english")
    forms = [cut.split(text) for text in TEXTS]
    assert forms[0] == ["she", "was", "run", "he", "run"]
    assert forms[1] == ["run", "s", "fun", "영화를", "봤다"]
    assert forms[3] == ["cafe", "naïve", "u", "s", "generous"]
    assert cut.tokenize_block(pa.array(TEXTS, pa.large_string())).to_lists() == forms


def test_spans_are_those_of_the_words() -> None:
    tokens = tokenizer("english").tokenize(TEXTS)
    words = tokenizer("word").tokenize(TEXTS)
    assert [tokens.spans(doc) for doc in range(4)] == [words.spans(doc) for doc in range(4)]


def test_blocks_and_workers_change_nothing() -> None:
    cut, whole = tokenizer("english"), pa.array(TEXTS, pa.large_string())
    one, vocabulary = encode_blocks(cut, [whole], 1)
    other, same = encode_blocks(cut, [whole.slice(0, 1), whole.slice(1)], 2)
    assert vocabulary.terms.to_pylist() == same.terms.to_pylist()
    assert one.ids.tolist() == other.ids.tolist()
    assert vocabulary.terms.to_pylist().count("run") == 1


def test_parameters_make_an_equal_one() -> None:
    cut = tokenizer("english")
    assert tokenizer(**cut.params) == cut
    assert not cut.covers_all and cut.normalises
