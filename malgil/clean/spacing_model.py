"""The model of Korean spacing that ships with the package: a list of words and the weights of features.

Whether a blank stands before a letter is a logistic regression over what surrounds the place: runs of one to six
letters, and the longest words of a list that end there, begin there and lie across. Features share a table of weights
by their hash, so the table has one size whatever it learnt from. Given blanks are evidence, not truth: how often a text
has them where they belong, and where not, is estimated from the text itself, by expectation maximisation.

References
----------
.. [1] Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009.
.. [2] Duchi, Hazan, Singer, "Adaptive Subgradient Methods", JMLR 12, 2011: the learning of the weights.
.. [3] Dawid, Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", 1979: the trust.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError

MODEL = Path(__file__).parent / "data" / "spacing.npz"
KINDS = ("noun", "bound word", "adverb", "stem")
"""Kinds of words; a number says the kind and, by its last two bits, how rare the word is."""
PRIOR = np.array([2.0, 2.0, 1.0, 4.0])
"""Imagined borders: blanks given and missing where one belongs, given and missing where none does."""
N_ROUNDS = 5
N_SLOTS = 1 << 26
"""So many that an unknown feature seldom meets the weight of another."""
SHIFT = np.uint64(64 - 26)
LEAN = 0.5
"""Nats in favour of a blank: F1 is largest where blanks are set somewhat below even odds (chosen on held-out text)."""


class Around(NamedTuple):
    """Words around each border.

    Parameters
    ----------
    ends, begins, covers : ndarray of uint8, shape (n_letters,)
        The longest word that ends before the border, that begins behind it (16 x letters + kind) and that lies across
        it (16 x letters + letters before the border); 0 where there is none.
    """

    ends: NDArray[np.uint8]
    begins: NDArray[np.uint8]
    covers: NDArray[np.uint8]


class WordTable:
    """The list of words, ready to be looked up.

    Parameters
    ----------
    words : list of str
        Distinct words of 2 to 8 letters.
    kinds : ndarray of uint8, shape (n_words,)
        Below 16 each.
    """

    def __init__(self, words: list[str], kinds: NDArray[np.uint8]) -> None:
        from malgil.clean._spacing_kernels import index_words

        n_rows = 1 << max(4, (2 * len(words)).bit_length())
        self.keys, self.values = np.zeros(n_rows, np.uint64), np.zeros(n_rows, np.uint8)
        letters = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
        indptr = np.cumsum([0, *map(len, words)], dtype=np.int64)
        index_words(letters, indptr, kinds, self.keys, self.values)

    def around(self, letters: NDArray[np.uint32], indptr: NDArray[np.int64]) -> Around:
        """Find the words around each border.

        Parameters
        ----------
        letters : ndarray of uint32, shape (n_letters,)
            From `to_letters`.
        indptr : ndarray of int64, shape (n_lines + 1,)
            Borders of lines.

        Returns
        -------
        Around
            A row for each letter, the border before it.
        """
        from malgil.clean._spacing_kernels import find_words

        found = Around(*(np.zeros(len(letters), np.uint8) for _ in range(3)))
        find_words(letters, indptr, self.keys, self.values, *found)
        return found


class SpacingModel:
    """Words and weights.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        ``words`` (UTF-8, a word a line), ``kinds`` (uint8), ``gaps`` (uint8) and ``weights`` (int8): each weight stands
        so many slots behind the one before it, of `N_SLOTS`; ``scale`` (nats that a weight of 1 stands for).

    Raises
    ------
    ValueError
        If an array does not fit.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        words = arrays["words"].tobytes().decode("utf-8").split("\n")
        kinds, gaps, weights = arrays["kinds"], arrays["gaps"], arrays["weights"]
        places = np.cumsum(gaps, dtype=np.int64)
        is_right = len(words) == len(kinds) and len(gaps) == len(weights) > 0 and int(places[-1]) < N_SLOTS
        is_right &= kinds.dtype == gaps.dtype == np.uint8 and weights.dtype == np.int8 and bool((kinds < 16).all())
        if not is_right or not all(1 < len(word) <= 8 for word in words):
            raise ValueError("the arrays do not fit")
        self.scale = float(arrays["scale"])
        self.weights = np.zeros(N_SLOTS, np.int8)
        self.weights[places] = weights
        self.words = WordTable(words, kinds)

    def scores(self, letters: NDArray[np.uint32], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score every border by its surroundings alone.

        Parameters
        ----------
        letters : ndarray of uint32, shape (n_letters,)
            From `to_letters`.
        indptr : ndarray of int64, shape (n_lines + 1,)
            Borders of lines.

        Returns
        -------
        ndarray of float64, shape (n_letters,)
            Log odds, in nats, of a blank before each letter, with `LEAN`; nothing is said of the first of a line.
        """
        from malgil.clean._spacing_kernels import score_borders

        totals = np.zeros(len(letters), np.int32)
        score_borders(letters, indptr, *self.words.around(letters, indptr), SHIFT, self.weights, totals)
        return np.asarray(totals * self.scale + LEAN, np.float64)

    def contributions(self, letters: NDArray[np.uint32], border: int) -> NDArray[np.int64]:
        """Give the weight of each feature of one border of a line.

        Parameters
        ----------
        letters : ndarray of uint32, shape (n_letters,)
            The line.
        border : int
            The place of the letter behind the border, above 0.

        Returns
        -------
        ndarray of int64, shape (47,)
            In units of `scale`: 33 runs of letters, then 14 features of words.
        """
        from malgil.clean._spacing_kernels import N_FEATURES, feature_slots

        slots = np.empty(N_FEATURES, np.int64)
        around = self.words.around(letters, np.array([0, len(letters)]))
        feature_slots(letters, 0, len(letters), border, *around, SHIFT, slots)
        return self.weights[slots].astype(np.int64)


def to_letters(points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Take all digits, all Latin letters, all ideographs and all pictures for one letter each.

    Parameters
    ----------
    points : ndarray of uint32, shape (n,)
        Code points, composed (NFC).

    Returns
    -------
    ndarray of uint32, shape (n,)
        As the model knows them.
    """
    letters = points.astype(np.uint32)
    lower = points | 0x20
    letters[(points >= 0x30) & (points <= 0x39)] = 0x30
    letters[(lower >= 0x61) & (lower <= 0x7A)] = 0x61
    letters[(points >= 0x4E00) & (points < 0xA000)] = 0x4E00
    letters[points >= 0x1F000] = 0x1F600
    return letters


def trust(scores: NDArray[np.float64], given: NDArray[np.uint8], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
    r"""Estimate what a given blank, and a missing one, say in each text.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_borders,)
        Log odds of a blank by the surroundings.
    given : ndarray of uint8, shape (n_borders,)
        1 where the text has a blank.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of texts.

    Returns
    -------
    ndarray of float64, shape (n_texts, 2)
        Log-likelihood ratios in nats: of a given blank, above 0 where blanks can be trusted, and of a missing one.

    Notes
    -----
    .. math:: \ln\frac{P(given | blank)}{P(given | none)}, \quad \ln\frac{1 - P(given | blank)}{1 - P(given | none)}

    The two probabilities are shares of expected borders, with those of `PRIOR` added, after `N_ROUNDS` of expectation
    maximisation.
    """
    from malgil.clean._spacing_kernels import trust_blanks

    trusts = np.zeros((len(indptr) - 1, 2))
    trust_blanks(scores, given, indptr, PRIOR, N_ROUNDS, trusts)
    return trusts


@cache
def load_model() -> SpacingModel:
    """Read the model that ships with the package, once a process.

    Returns
    -------
    SpacingModel
        Read only.

    Raises
    ------
    ArtefactError
        If the file is damaged or missing.
    """
    try:
        with MODEL.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return SpacingModel({name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ArtefactError("spacing.model_damaged", path=MODEL, reason=error) from error
