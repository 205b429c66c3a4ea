"""A text with gaps in it: where they are, and the text with words put in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from malgil.errors import ParameterError
from malgil.ngram.joining import JOINS, UNITS, join_words, unmarked
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.factory import SUBWORDS

GAP = re.compile("_{3,}")
_WITH_GAPS = re.compile(r"\S*_{3,}\S*(?:\s+\S*_{3,}\S*)*")


class Filling(NamedTuple):
    """Words for the gaps of a text.

    Parameters
    ----------
    words : tuple of str
        One for each gap, from left to right.
    prob : float
        Probability of all of them together, what is given being given.
    text : str
        The text with the words in it.
    """

    words: tuple[str, ...]
    prob: float
    text: str


def given_parts(text: str) -> list[str]:
    """Cut a text at its gaps.

    Parameters
    ----------
    text : str
        Three or more ``_`` in a row are a gap.

    Returns
    -------
    list of str
        What stands before, between and behind the gaps.

    Raises
    ------
    ParameterError
        If there is no gap.
    """
    parts = GAP.split(text)
    if len(parts) == 1:
        raise ParameterError("ngram.no_gap", text=text)
    return parts


def filled_text(text: str, words: Sequence[str], tokenizer: Tokenizer) -> str:
    """Put words into the gaps of a text.

    Parameters
    ----------
    text : str
        With a gap for each word.
    words : sequence of str
        The words.
    tokenizer : Tokenizer
        What cut the words of the model: where it cuts words into pieces, a piece is joined to what stands at its gap
        without a blank, and to the next gap, as `join_words` does it.

    Returns
    -------
    str
        All else as it was, the user's blanks among it.
    """
    waiting = iter(words)
    if tokenizer.name in (*UNITS, *SUBWORDS):
        filled = _filled_units(text, words)
        return unicodedata.normalize("NFC", filled) if tokenizer.name == "jamo" else filled
    if tokenizer.name in JOINS:
        return _WITH_GAPS.sub(lambda found: _joined(found.group(), waiting, tokenizer), text)
    first, *others = GAP.split(text)
    for part, word in zip(others, waiting, strict=True):
        first = _put(_put(first, word), part)
    return first


def _filled_units(text: str, words: Sequence[str]) -> str:
    """Write every unit where its gap is; the user's blank before it is its own."""
    first, *others = GAP.split(text)
    for part, word in zip(others, map(unmarked, words), strict=True):
        first += (word.lstrip() if not first or first[-1].isspace() else word) + part
    return first


def _joined(piece: str, waiting: Iterator[str], tokenizer: Tokenizer) -> str:
    """Fill the gaps of neighbouring pieces between blanks; a gap between two blanks keeps them."""
    given = GAP.split(piece)
    words = [next(waiting) for _ in given[1:]]
    if len(words) == 1 and not any(given):
        return words[0]
    forms = tokenizer.split(given[0])
    for word, part in zip(words, given[1:], strict=True):
        forms += [word, *tokenizer.split(part)]
    return join_words(tokenizer, forms).text


def _put(text: str, more: str) -> str:
    """Write one behind the other, with a blank where two words would touch."""
    return f"{text} {more}" if text[-1:].isalnum() and more[:1].isalnum() else text + more
