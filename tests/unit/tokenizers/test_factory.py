"""Tokenisers by name."""

from __future__ import annotations

import pytest

from malgil.errors import ParameterError
from malgil.tokenizers import WhitespaceTokenizer, WordTokenizer, tokenizer


def test_names() -> None:
    assert tokenizer("word") == WordTokenizer(lowercase=True)
    assert tokenizer("whitespace") == WhitespaceTokenizer(lowercase=False)


def test_an_unknown_name_lists_the_known_ones_and_proposes_one() -> None:
    with pytest.raises(
        ParameterError, match=r"whitespace, word, bigram, english, kiwi, kiwi-fast, char, syllable, jamo.*'word'"
    ):
        tokenizer("wrod")


def test_an_unknown_option_lists_the_known_ones_and_proposes_one() -> None:
    with pytest.raises(ParameterError, match=r"'lower_case'.*Did you mean 'lowercase'"):
        tokenizer("word", lower_case=True)
