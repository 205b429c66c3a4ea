"""Word and character n-grams of one text, in the order that scikit-learn lists them."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

_WHITE_SPACE = re.compile(r"\s\s+")


def word_ngrams(tokens: Sequence[str], ngram_range: tuple[int, int], stop_words: Container[str] | None) -> list[str]:
    """Join neighbouring tokens with a blank, after the stop words have gone.

    Parameters
    ----------
    tokens : sequence of str
        Tokens of one document.
    ngram_range : tuple of (int, int)
        Smallest and largest length.
    stop_words : container of str, optional
        Tokens to leave out first: what stood around one becomes neighbours.

    Returns
    -------
    list of str
        All n-grams, the shorter ones first.

    Examples
    --------
    >>> word_ngrams(["참", "그", "영화"], (1, 2), {"그"})
    ['참', '영화', '참 영화']
    """
    kept = [token for token in tokens if token not in stop_words] if stop_words is not None else list(tokens)
    low, high = ngram_range
    if high == 1:
        return kept
    grams = kept.copy() if low == 1 else []  # a token need not be a string to be counted alone
    for n in range(max(low, 2) if low >= 1 else low, min(high, len(kept)) + 1):
        grams += [" ".join(kept[begin : begin + n]) for begin in range(len(kept) - n + 1)]
    return grams


def char_ngrams(text: str, ngram_range: tuple[int, int]) -> list[str]:
    """Cut a text into overlapping pieces of n code points; runs of white space count as one blank.

    Parameters
    ----------
    text : str
        One document.
    ngram_range : tuple of (int, int)
        Smallest and largest length.

    Returns
    -------
    list of str
        All n-grams, the shorter ones first.

    Examples
    --------
    >>> char_ngrams("말길  에", (2, 2))
    ['말길', '길 ', ' 에']
    """
    text = _WHITE_SPACE.sub(" ", text)
    low, high = ngram_range
    grams: list[str] = []
    for n in range(low, min(high, len(text)) + 1):
        grams += [text[begin : begin + n] for begin in range(len(text) - n + 1)]
    return grams


def char_wb_ngrams(text: str, ngram_range: tuple[int, int]) -> list[str]:
    """Cut each word, with a blank on both sides, into overlapping pieces of n code points.

    Parameters
    ----------
    text : str
        One document.
    ngram_range : tuple of (int, int)
        Smallest and largest length.

    Returns
    -------
    list of str
        All n-grams, word after word. A word that is shorter than n with its blanks is counted whole, once.

    Examples
    --------
    >>> char_wb_ngrams("말길 에", (3, 5))
    [' 말길', '말길 ', ' 말길 ', ' 에 ']
    """
    low, high = ngram_range
    grams: list[str] = []
    for word in text.split():
        padded = f" {word} "
        for n in range(low, high + 1):
            grams += [padded[begin : begin + n] for begin in range(max(1, len(padded) - n + 1))]
            if n >= len(padded):
                break
    return grams
