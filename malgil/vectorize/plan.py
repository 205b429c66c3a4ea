"""Whether the parameters of a vectoriser allow the fast way, and what they ask for there."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from malgil.tokenizers.by_characters import CharacterTokenizer, WhitespaceTokenizer, WordTokenizer
from malgil.tokenizers.factory import TOKENIZERS
from malgil.tokenizers.protocol import Tokenizer
from malgil.vectorize.analysis import Analysis, named_tokenizer

Unit = Literal["word", "char", "char_wb"]

#: Token patterns whose matches are runs of one kind of character -> the tokeniser, and the shortest run that counts.
_PATTERNS: dict[str, tuple[str, int]] = {
    r"\b\w\w+\b": ("word", 2),
    r"\w\w+": ("word", 2),
    r"\b\w+\b": ("word", 1),
    r"\w+": ("word", 1),
    r"\S+": ("whitespace", 1),
}
_STEPS = ("build_analyzer", "build_preprocessor", "build_tokenizer", "get_stop_words", "decode")
_LONGEST = 64


class Plan(NamedTuple):
    """What the fast way is to do.

    Parameters
    ----------
    unit : {"word", "char", "char_wb"}
        What n-grams are made of.
    tokenizer : Tokenizer, optional
        Cuts words; none for characters.
    shortest : int
        Code points of the shortest word that counts.
    lowercase : bool
        Whether texts must be brought into lower case first.
    accents : {"ascii", "unicode"}, optional
        How accents go.
    stop_words : frozenset of str
        Words to leave out.
    low, high : int
        Smallest and largest n.
    """

    unit: Unit
    tokenizer: Tokenizer | None
    shortest: int
    lowercase: bool
    accents: str | None
    stop_words: frozenset[str]
    low: int
    high: int

    @property
    def reads_units(self) -> bool:
        """Whether texts can be read as UTF-16 code units."""
        return self.tokenizer is None or isinstance(self.tokenizer, CharacterTokenizer)


def plan_of(vectorizer: Analysis) -> Plan | None:
    """Look for the fast way.

    Parameters
    ----------
    vectorizer : Analysis
        Its parameters are valid.

    Returns
    -------
    Plan or None
        ``None`` where a callable, another pattern or an overridden method calls for the slow way.
    """
    kind = type(vectorizer)
    is_plain = all(getattr(kind, step) is getattr(Analysis, step) and step not in vars(vectorizer) for step in _STEPS)
    if not is_plain or vectorizer.preprocessor is not None or callable(vectorizer.strip_accents):
        return None
    low, high = vectorizer.ngram_range
    if not all(isinstance(n, int | np.integer) for n in (low, high)) or not 1 <= low <= high <= _LONGEST:
        return None
    unit, accents, lowercase = vectorizer.analyzer, vectorizer.strip_accents or None, bool(vectorizer.lowercase)
    if unit in ("char", "char_wb"):
        return Plan(unit, None, 1, lowercase, accents, frozenset(), int(low), int(high))
    words = vectorizer.get_stop_words() or frozenset()
    chosen = _tokenizer(vectorizer, lowercase and accents is None)
    if unit != "word" or chosen is None or not all(isinstance(word, str) for word in words):
        return None
    tokenizer, shortest = chosen
    lowercase = lowercase and not getattr(tokenizer, "lowercase", False)
    return Plan("word", tokenizer, shortest, lowercase, accents, words, int(low), int(high))


def _tokenizer(vectorizer: Any, lowercase: bool) -> tuple[Any, int] | None:
    """Choose the tokeniser, one that brings texts into lower case itself where it may, and the shortest word."""
    name, shortest = vectorizer.tokenizer, 1
    if name is None:
        pattern = (vectorizer.token_pattern or "").removeprefix("(?u)")
        name, shortest = _PATTERNS.get(pattern, (None, 1))
    if name == "word":
        return WordTokenizer(lowercase=lowercase), shortest
    if name == "whitespace":
        return WhitespaceTokenizer(lowercase=lowercase), shortest
    return (named_tokenizer(name), shortest) if isinstance(name, str) and name in TOKENIZERS else None
