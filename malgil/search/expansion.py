"""Other ways to read a word that few or no documents have: initial consonants, the wrong keyboard state, a typo.

An expansion is looked for beside the word, never in its place. What the word becomes, how, and what that is worth is
said in the result.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.hangul import from_keys, is_initials, strokes, to_keys
from malgil.hangul.letters import FIRST, INITIALS, LAST, N_FINALS, N_VOWELS, syllable
from malgil.params import choose
from malgil.search.live_terms import LiveTerms
from malgil.search.ranking import best
from malgil.search.typos import one_stroke_away

FEWEST_STROKES = 4
"""A word of fewer strokes is one stroke away from almost everything."""
MOST_BY_INITIALS, MOST_BY_TYPO = 50, 5
"""Terms that a word becomes at most: the most frequent ones."""
TIMES_AS_FREQUENT = 20
"""A word that some documents have is read otherwise only where so many times more documents have the other reading."""
FACTORS = {"initials": 0.5, "keyboard": 1.0, "typo": 0.5}
"""What a way is worth: a keyboard in the wrong state leaves no doubt, the others guess."""

_ODD = re.compile("[A-Za-z]+|[ㄱ-ㅣ]+")
_SYLLABLES_OF_INITIAL = N_VOWELS * N_FINALS
_BYTES = 3  # of a syllable


class Expansion(NamedTuple):
    """One thing that a word may have been meant to be.

    Parameters
    ----------
    text : str
        A term of `field`; without a field, words that each field splits as it splits a query.
    way : {"initials", "keyboard", "typo"}
        How it came of the word.
    factor : float
        What the weight of its terms is multiplied with, in (0, 1].
    field : str, optional
        The field whose term it is.
    """

    text: str
    way: str
    factor: float
    field: str | None = None


class Lookup(NamedTuple):
    """What the expansions need to know of an index.

    Parameters
    ----------
    terms : mapping
        Name of a field -> how it splits a query.
    df : callable
        Field and term -> live documents that hold it.
    words : mapping
        Name of a field whose terms are words -> its terms in each segment. Where no field has words, those whose
        terms are pieces of words.
    """

    terms: Mapping[str, Callable[[str], list[str]]]
    df: Callable[[str, str], int]
    words: Mapping[str, Sequence[LiveTerms]]

    def frequency(self, text: str) -> int:
        """Count the documents of a text by its rarest term, in the field where that is most frequent.

        Parameters
        ----------
        text : str
            Part of a query.

        Returns
        -------
        int
            0 where each field lacks one of its terms, or makes none of it.
        """
        split = ((field, terms(text)) for field, terms in self.terms.items())
        return max((min(self.df(field, term) for term in terms) for field, terms in split if terms), default=0)


def expand(word: str, lookup: Lookup, ways: Sequence[str] = tuple(FACTORS)) -> list[Expansion]:
    """Find what else a word may have been meant to be.

    Parameters
    ----------
    word : str
        One word of a query.
    lookup : Lookup
        The index.
    ways : sequence of {"initials", "keyboard", "typo"}
        What to try.

    Returns
    -------
    list of Expansion
        Of the first way, in the order of `FACTORS`, that finds anything: each stands for documents. A word that is
        known is no typo, and is read in the other ways only where it is all Latin letters or all loose jamo and these
        are `TIMES_AS_FREQUENT`. So most words give an empty list, at once.

    Raises
    ------
    ParameterError
        If a way is not known.

    Notes
    -----
    A row of initial consonants becomes the most frequent terms of as many syllables with these initials. Latin letters
    become what the same keys type in Hangul, Hangul what they type in Latin. For a typo, each unknown term becomes the
    most frequent terms one stroke of the two-set keyboard away: one inserted, left out or replaced.
    """
    for way in ways:
        choose(_FINDERS, "expand", way)
    word = unicodedata.normalize("NFC", word)
    known = lookup.frequency(word)
    if known and not _ODD.fullmatch(word):
        return []
    for way, find in _FINDERS.items():
        if way not in ways or (known and way == "typo"):
            continue
        found = find(word, lookup)
        frequency = sum(_frequency(expansion, lookup) for expansion in found) if known else 1
        if found and frequency >= TIMES_AS_FREQUENT * known:
            return found
    return []


def _frequency(expansion: Expansion, lookup: Lookup) -> int:
    text, field = expansion.text, expansion.field
    return lookup.frequency(text) if field is None else lookup.df(field, text)


def _by_initials(word: str, lookup: Lookup) -> list[Expansion]:
    if not is_initials(word):
        return []
    letters, total = strokes(word), Counter[tuple[str, str]]()
    for field, parts in lookup.words.items():
        for part in parts:
            ids, df = with_initials(letters, part)
            ids, _ = best(ids, df.astype(np.float64), 2 * MOST_BY_INITIALS)
            total.update(dict.fromkeys(((field, term) for term in part.spelled(ids)), 0))
    found = [(lookup.df(field, term), term, field) for field, term in total]
    ranked = sorted((row for row in found if row[0]), key=lambda row: (-row[0], row[1], row[2]))
    return [Expansion(term, "initials", FACTORS["initials"], field) for _, term, field in ranked[:MOST_BY_INITIALS]]


def with_initials(letters: str, part: LiveTerms) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the terms that are syllables with given initial consonants.

    Parameters
    ----------
    letters : str
        At least one of `malgil.hangul.letters.INITIALS`.
    part : LiveTerms
        A field in one segment.

    Returns
    -------
    ids : ndarray of int64, shape (n,)
        Terms of exactly ``len(letters)`` syllables, rising.
    df : ndarray of int64, shape (n,)
        Documents of each, deleted ones included.
    """
    first = INITIALS.index(letters[0])
    low = part.field.prefix(syllable(first, 0))[0]
    high = part.field.prefix(syllable(first, N_VOWELS - 1, N_FINALS - 1))[1]
    offsets, data = part.field.term_list.offsets, part.field.term_list.data
    ids = np.flatnonzero(np.diff(offsets[low : high + 1]) == _BYTES * len(letters)) + low
    for place, letter in enumerate(letters):
        at = offsets[ids] + _BYTES * place
        lead, middle, last = (data[at + k].astype(np.int64) for k in range(_BYTES))
        code = (lead & 0x0F) << 12 | (middle & 0x3F) << 6 | (last & 0x3F)
        is_syllable = (lead >= 0xE0) & (code >= FIRST) & (code <= LAST)
        ids = ids[is_syllable & ((code - FIRST) // _SYLLABLES_OF_INITIAL == INITIALS.index(letter))]
    indptr = part.field.inverted.indptr
    return ids, np.asarray(indptr[ids + 1] - indptr[ids], np.int64)


def _by_keyboard(word: str, lookup: Lookup) -> list[Expansion]:
    others = dict.fromkeys(other for other in (from_keys(word), to_keys(word)) if other != word)
    return [Expansion(other, "keyboard", FACTORS["keyboard"]) for other in others if lookup.frequency(other)]


def _by_typo(word: str, lookup: Lookup) -> list[Expansion]:
    found = []
    for field, parts in lookup.words.items():
        for term in dict.fromkeys(lookup.terms[field](word)):
            if len(strokes(term)) < FEWEST_STROKES or lookup.df(field, term):
                continue
            others = one_stroke_away(term)
            df = map(sum, zip(*(part.df_of(others) for part in parts), strict=True))
            found += _most_frequent(zip(df, others, strict=False), field)
    if found or len(strokes(word)) < FEWEST_STROKES:
        return found
    # An ending may hide the term: 재밋다 is none, nor one stroke away from one. Pieces do not care.
    pieces = lookup._replace(terms={name: terms for name, terms in lookup.terms.items() if name not in lookup.words})
    return _most_frequent((pieces.frequency(other), other) for other in one_stroke_away(word.lower()))


def _most_frequent(rows: Iterable[tuple[int, str]], field: str | None = None) -> list[Expansion]:
    ranked = sorted((-df, text) for df, text in rows if df)
    return [Expansion(text, "typo", FACTORS["typo"], field) for _, text in ranked[:MOST_BY_TYPO]]


_FINDERS: dict[str, Callable[[str, Lookup], list[Expansion]]] = {
    "initials": _by_initials,
    "keyboard": _by_keyboard,
    "typo": _by_typo,
}
