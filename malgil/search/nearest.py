"""Near spellings of a word that no document has.

Distances count keystrokes: letters of the two-set keyboard for Hangul (재밋다 is one stroke from 재밌다), characters
for everything else. Two neighbours swapped count once.

Not every term is measured. A term is a candidate where its length in bytes is about the word's, and it begins with the
same initial consonant and vowel (the same initial consonant for a word of one character) or ends in the same two
characters (in the same one for a word of two). A word with one wrong stroke shares one of these with what was meant;
with wrong strokes at both of its ends, what was meant may be missed, and so may terms with loose letters. Distances
and numbers of documents are exact.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints
from malgil.errors import ParameterError
from malgil.hangul import compose, strokes
from malgil.hangul.letters import FIRST, LAST
from malgil.search.half_typed import stretches
from malgil.search.live_terms import LiveTerms
from malgil.search.suggest import check_number

_BYTES_A_STROKE = 3  # of a syllable: what one stroke can add or take away
_MOST_DISTANT = 3
_STROKES_FOR_ONE = 3  # a word of so many strokes may have one wrong, of twice as many two


class NearTerm(NamedTuple):
    """A term that may have been meant.

    Parameters
    ----------
    term : str
        The term.
    distance : int
        Strokes to insert, delete, replace or swap; 0 where the word is only composed otherwise (ㅇㅕㅇ화).
    df : int
        Live documents that hold it, > 0.
    """

    term: str
    distance: int
    df: int


def nearest_terms(word: str, parts: Sequence[LiveTerms], k: int = 3) -> list[NearTerm]:
    """Find the terms that are spelled most like a word.

    Parameters
    ----------
    word : str
        A token, such as the tokeniser of the field gives it.
    parts : sequence of LiveTerms
        The field in each segment.
    k : int
        How many terms at most, >= 1.

    Returns
    -------
    list of NearTerm
        By rising distance, then falling number of documents, then code points; the word itself is not among them. The
        largest distance is one stroke in three, at least 1 and at most 3.

    Raises
    ------
    ParameterError
        If `word` is not text or `k` not a whole number of 1 or more.
    """
    if not isinstance(word, str):
        raise ParameterError("query.prefix_not_text", type=type(word).__name__)
    k = check_number(k)
    word = unicodedata.normalize("NFC", word)
    spelled = strokes(word)
    if not spelled:
        return []
    most = min(max(1, len(spelled) // _STROKES_FOR_ONE), _MOST_DISTANT)
    distances: dict[str, int] = {}
    for part in parts:
        distances.update(_near(word, spelled, part, most))
    distances.pop(word, None)
    terms = sorted(distances)
    df = [sum(counts) for counts in zip(*(part.df_of(terms) for part in parts), strict=True)]
    found = [NearTerm(term, distances[term], n) for term, n in zip(terms, df, strict=True) if n]
    return sorted(found, key=lambda near: (near.distance, -near.df, near.term))[:k]


def _near(word: str, spelled: str, part: LiveTerms, most: int) -> dict[str, int]:
    """Measure the candidates of one segment."""
    from rapidfuzz.distance import OSA

    from malgil.hangul.columns import stroke_points

    ids = _candidates(word, spelled, part, most)
    if not len(ids):
        return {}
    points = stroke_points(part.take(ids))
    close = np.flatnonzero(_least_distance(spelled, points) <= most)
    found = {}
    for row, term in zip(close.tolist(), part.spelled(ids[close]), strict=True):
        distance = OSA.distance(spelled, points.text(row), score_cutoff=most)
        if distance <= most:
            found[term] = distance
    return found


def _candidates(word: str, spelled: str, part: LiveTerms, most: int) -> NDArray[np.int64]:
    """Find terms of about the word's length that begin or end like it."""
    offsets, data = part.field.term_list.offsets, part.field.term_list.data
    n_bytes, length, room = np.diff(offsets), len(_encoded(word)), _BYTES_A_STROKE * most
    loose = sum(_is_loose(char) for char in word) * _BYTES_A_STROKE  # they may all belong into syllables
    is_like = (n_bytes >= length - loose - room) & (n_bytes <= length + room)
    is_candidate = np.zeros(len(n_bytes), np.bool_)
    if tail := _encoded(_tail(word)):
        ids = np.flatnonzero(is_like & (n_bytes >= len(tail)))
        for place, byte in enumerate(reversed(tail), start=1):
            ids = ids[data[offsets[ids + 1] - place] == byte]
        is_candidate[ids] = True
    for first, last in _heads(word, spelled):
        low, high = part.field.prefix(first)[0], part.field.prefix(last)[1]
        is_candidate[low:high] |= is_like[low:high]
    return np.flatnonzero(is_candidate)


def _tail(word: str) -> str:
    """Last two characters behind the first one; a loose letter before the last is what a wrong stroke makes."""
    tail = word[1:][-2:]
    return tail[1:] if len(tail) == 2 and _is_loose(tail[0]) else tail


def _is_loose(char: str) -> bool:
    return "ㄱ" <= char <= "ㅣ"


def _heads(word: str, spelled: str) -> list[tuple[str, str]]:
    """Stretches of the alphabet with the same first two strokes; with the same first stroke for a single character."""
    if not FIRST <= ord(word[0]) <= LAST:
        return stretches(word[0])
    return stretches(spelled[0] if len(word) == 1 else compose(spelled[:2]))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _least_distance(spelled: str, points: CodePoints) -> NDArray[np.int64]:
    """Bound distances from below: strokes that one of the two has and the other has not, whatever their order."""
    n_common = np.zeros(points.n_rows, np.int64)
    starts = points.indptr[:-1]
    for stroke in sorted(set(spelled)):
        n_there = np.add.reduceat(points.points == ord(stroke), starts, dtype=np.int64)
        n_common += np.minimum(n_there, spelled.count(stroke))
    longest: NDArray[np.int64] = np.maximum(np.diff(points.indptr), len(spelled))
    return longest - n_common
