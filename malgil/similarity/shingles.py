"""Texts as sets of shingles: short runs of letters, as long in Korean as in English.

Letters are what is left of a text without white space and punctuation, composed (NFC) and in lower case, so that
neither a missing space nor another way to write the same syllable makes a difference. A Hangul syllable, a Chinese
character or kana counts for two letters, since it says about as much.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.codepoints import Traits, decode, is_space
from malgil.compose import compose_texts

N_LETTERS = 4
_KEPT = frozenset("LNM")  # letters, digits, marks; and "So": emoji and other pictures
_TWICE = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x10000, 0x10FFFF))


def _weigh(char: str) -> int:
    category = unicodedata.category(char)
    if category[0] not in _KEPT and category != "So":
        return 0
    return 2 if any(low <= ord(char) <= high for low, high in _TWICE) else 1


WEIGHTS = Traits(_weigh)
"""Code point -> for how many letters it counts, 0 for what is left out."""


class Letters(NamedTuple):
    """The letters of many texts.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Code points, text after text.
    weights : ndarray of uint8, shape (n_points,)
        For how many letters each counts.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of the texts.
    """

    points: NDArray[np.uint32]
    weights: NDArray[np.uint8]
    indptr: NDArray[np.int64]


def letters_of(texts: pa.LargeStringArray) -> Letters:
    """Leave of texts what near-duplicates are found by.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Any texts.

    Returns
    -------
    Letters
        Of a text without any letter all that is not white space; nothing of a blank text.
    """
    rows = decode(pc.utf8_lower(compose_texts(texts).texts))
    weights = WEIGHTS(rows.points)
    n_kept = np.append(0, np.cumsum(weights > 0))[rows.indptr]
    bare = np.flatnonzero((np.diff(n_kept) == 0) & (np.diff(rows.indptr) > 0))
    for row in bare.tolist():
        span = slice(int(rows.indptr[row]), int(rows.indptr[row + 1]))
        weights[span] = ~is_space(rows.points[span])
    kept = weights > 0
    return Letters(rows.points[kept], weights[kept], np.append(0, np.cumsum(kept))[rows.indptr])


def shingles(text: str, n_letters: int = N_LETTERS) -> set[str]:
    """Cut a text into its shingles.

    Parameters
    ----------
    text : str
        Any text.
    n_letters : int
        Letters of a shingle, at least; a Hangul syllable counts for two.

    Returns
    -------
    set of str
        From each letter on as few letters as are enough. The whole of a shorter text; nothing of a blank one.

    Examples
    --------
    >>> sorted(shingles("정말 좋아요!"))
    ['말좋', '아요', '정말', '좋아']
    >>> sorted(shingles("Good 영화"))
    ['d영화', 'good', 'od영', 'ood영', '영화']
    """
    points, weights, _ = letters_of(pa.array([text], pa.large_string()))
    letters, weighed = list(map(chr, points.tolist())), weights.tolist()
    found = set()
    for first in range(len(letters)):
        end, weight = first, 0
        while end < len(letters) and weight < n_letters:
            weight += weighed[end]
            end += 1
        if weight < n_letters and first > 0:
            break
        found.add("".join(letters[first:end]))
    return found
