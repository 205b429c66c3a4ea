"""Vectors of character n-grams, hashed into buckets as fastText does, from which any word gets a vector.

References
----------
.. [1] Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 5, 2017.
.. [2] Park et al., "Subword-level Word Vector Representations for Korean", ACL 2018: n-grams of letters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.params import choose

_OFFSET, _PRIME, _MASK = 2166136261, 16777619, 0xFFFFFFFF
EMPTY_FINAL = "∅"  # stands where a syllable has no final consonant, so that each has three letters
SENTENCE_END = "</s>"  # fastText's own word, which has no n-grams


def spell_jamo(word: str) -> str:
    """Spell a word letter by letter, each syllable in three.

    Parameters
    ----------
    word : str
        In composed form (NFC).

    Returns
    -------
    str
        나무 becomes ㄴㅏ∅ㅁㅜ∅; all else stays as it is.
    """
    from malgil.hangul.letters import FIRST, LAST, letters_of

    return "".join((letters_of(ord(char)) + EMPTY_FINAL)[:3] if FIRST <= ord(char) <= LAST else char for char in word)


UNITS: dict[str, Callable[[str], str]] = {"char": str, "jamo": spell_jamo}
"""What the n-grams are made of: the characters of the word, or the letters of its syllables."""


@dataclass(frozen=True, eq=False)
class Subwords:
    """A table of n-gram vectors.

    Parameters
    ----------
    buckets : ndarray of float32, shape (n_buckets, dim)
        A vector for each bucket.
    min_n, max_n : int
        Shortest and longest n-gram, 1 <= min_n <= max_n.
    units : {"char", "jamo"}
        A key of `UNITS`.
    """

    buckets: NDArray[np.float32]
    min_n: int = 3
    max_n: int = 6
    units: str = "char"

    def __post_init__(self) -> None:
        choose(UNITS, "units", self.units)
        if self.buckets.ndim != 2 or not 1 <= self.min_n <= self.max_n:
            raise ParameterError("vectors.bad_ngrams", low=self.min_n, high=self.max_n)

    @property
    def settings(self) -> dict[str, Any]:
        """All but the vectors, as JSON."""
        return {"min_n": self.min_n, "max_n": self.max_n, "units": self.units}

    def ids(self, word: str) -> NDArray[np.int64]:
        """Buckets of a word's n-grams.

        Parameters
        ----------
        word : str
            The word.

        Returns
        -------
        ndarray of int64
            In the order of fastText; empty where it has no n-gram.
        """
        if word == SENTENCE_END or not len(self.buckets):
            return np.zeros(0, np.int64)
        hashes = [fasttext_hash(gram) for gram in ngrams(UNITS[self.units](word), self.min_n, self.max_n)]
        return np.array(hashes, np.int64) % len(self.buckets)

    def vector(self, word: str) -> NDArray[np.float32] | None:
        """Mean of the vectors of a word's n-grams.

        Parameters
        ----------
        word : str
            A word that has no vector of its own.

        Returns
        -------
        ndarray of float32, shape (dim,), or None
            ``None`` where it has no n-gram.
        """
        ids = self.ids(word)
        return self.buckets[ids].mean(axis=0, dtype=np.float64).astype(np.float32) if len(ids) else None


def ngrams(spelled: str, min_n: int, max_n: int) -> list[str]:
    """N-grams of a word between angle brackets.

    Parameters
    ----------
    spelled : str
        The word.
    min_n, max_n : int
        Shortest and longest, in characters.

    Returns
    -------
    list of str
        By first character, then by length; a bracket alone is none.

    Examples
    --------
    >>> ngrams("감동", 2, 3)
    ['<감', '<감동', '감동', '감동>', '동>']
    """
    whole = f"<{spelled}>"
    size = len(whole)
    return [
        whole[first : first + n]
        for first in range(size)
        for n in range(min_n, min(max_n, size - first) + 1)
        if not (n == 1 and first in (0, size - 1))
    ]


def fasttext_hash(text: str) -> int:
    """Hash a text as fastText does: FNV-1a of 32 bits over bytes with a sign.

    Parameters
    ----------
    text : str
        Any; a lone surrogate counts as a question mark.

    Returns
    -------
    int
        From 0 to 2^32 - 1.

    Notes
    -----
    fastText widens each byte as a signed one, so that those of Hangul flip the upper bits too.
    """
    value = _OFFSET
    for byte in text.encode("utf-8", "replace"):
        value = ((value ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * _PRIME) & _MASK
    return value
