"""Tokenisers by name."""

from __future__ import annotations

import importlib
import inspect

from malgil.errors import ParameterError
from malgil.params import choose, did_you_mean
from malgil.tokenizers.protocol import Tokenizer

#: Name -> module and class. The module is loaded when it is asked for: Kiwi takes seconds.
TOKENIZERS: dict[str, tuple[str, str]] = {
    "whitespace": ("malgil.tokenizers.by_characters", "WhitespaceTokenizer"),
    "word": ("malgil.tokenizers.by_characters", "WordTokenizer"),
    "bigram": ("malgil.tokenizers.bigrams", "BigramTokenizer"),
    "english": ("malgil.tokenizers.stems", "EnglishTokenizer"),
    "kiwi": ("malgil.tokenizers.kiwi", "KiwiTokenizer"),
    "kiwi-fast": ("malgil.tokenizers.fast_kiwi", "FastKiwiTokenizer"),
    "char": ("malgil.tokenizers.units", "CharTokenizer"),
    "syllable": ("malgil.tokenizers.units", "SyllableTokenizer"),
    "jamo": ("malgil.tokenizers.units", "JamoTokenizer"),
    "bpe": ("malgil.tokenizers.subwords", "BPETokenizer"),
    "unigram": ("malgil.tokenizers.subwords", "UnigramTokenizer"),
}

SUBWORDS = ("bpe", "unigram")
"""Those that learn their pieces from a corpus."""


def tokenizer(name: str, **options: object) -> Tokenizer:
    """Make a tokeniser.

    Parameters
    ----------
    name : str
        A key of `TOKENIZERS`; ``"bpe"`` and ``"unigram"`` have to learn (``fit``) before they can cut.
    **options : object
        Arguments of its class, such as ``lowercase=True``.

    Returns
    -------
    Tokenizer
        ``tokenizer(**t.params)`` makes one equal to ``t``.

    Raises
    ------
    ParameterError
        If the name or an option is not known.

    Examples
    --------
    >>> tokenizer("word").split("말길을 열다, 3번!")
    ['말길을', '열다', '3번']
    """
    module, kind = choose(TOKENIZERS, "tokenizer", name)
    make = getattr(importlib.import_module(module), kind)
    known = list(inspect.signature(make).parameters)
    for option in options:
        if option not in known:
            raise ParameterError(
                "tokenizers.unknown_option",
                option=option,
                name=name,
                known=", ".join(known),
                hint=did_you_mean(option, known),
            )
    made: Tokenizer = make(**options)
    return made
