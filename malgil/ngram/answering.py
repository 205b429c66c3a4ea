"""What a model must answer, whatever it keeps: a table of n-grams up to an order, or the corpus itself."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from malgil.explain import Explanation
from malgil.ngram.sequence import BEGIN, frame
from malgil.ngram.words import Words
from malgil.strings import string_array

Numbers = NDArray[np.int32]


class LanguageModel(Protocol):
    """A model behind `NgramLM`: `Model` or `Unbounded`. Words are numbers here."""

    @property
    def words(self) -> Words:
        """What it knows."""

    @property
    def order(self) -> int:
        """Words of the longest n-gram."""

    def score(self, ids: Numbers) -> tuple[NDArray[np.float64], NDArray[np.signedinteger]]:
        """Score numbered sentences.

        Parameters
        ----------
        ids : ndarray of int32, shape (n,)
            Sentences between 1 and 2.

        Returns
        -------
        log10_probs : ndarray of float64, shape (n,)
            Probability of each word; 0 for ``<s>``.
        orders : ndarray of int, shape (n,)
            Length of the n-gram that answered; 0 for ``<s>``.
        """

    def score_bytes(self, text: bytes) -> float:
        """Score one sentence that is split at white space.

        Parameters
        ----------
        text : bytes
            UTF-8.

        Returns
        -------
        float
            Sum of log10 of the probabilities, that of ``</s>`` included.
        """

    def next_words(self, context: Numbers, k: int) -> list[tuple[int, float]]:
        """Find the likeliest next words.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (int, float)
            Words and probabilities, falling; equal ones by number.
        """

    def gap_words(self, left: Numbers, right: Numbers, k: int) -> list[tuple[int, float]]:
        """Find the likeliest words of a gap.

        Parameters
        ----------
        left, right : ndarray of int32
            Words on either side.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (int, float)
            Words and probabilities, falling; equal ones by number.
        """

    def distribution(self, context: Numbers) -> NDArray[np.float64]:
        """Give the probability of every word after a context.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.

        Returns
        -------
        ndarray of float64, shape (n_words,)
            0 for ``<s>``.
        """

    def explain(self, context: Numbers, name: str) -> Explanation:
        """Open the probability of a word after a context.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.
        name : str
            The word, or ``</s>``.

        Returns
        -------
        Explanation
            Log10 of the probability, and what it comes from.
        """


def score_split(model: LanguageModel, text: bytes) -> float:
    """Score one sentence that is split at white space, as `LanguageModel.score_bytes` is asked to.

    Parameters
    ----------
    model : LanguageModel
        Any.
    text : bytes
        UTF-8.

    Returns
    -------
    float
        Sum of log10 of the probabilities, that of ``</s>`` included.
    """
    words = model.words.numbers(string_array(text.decode("utf-8", "replace").split()))
    return float(model.score(frame(words, np.array([0, len(words)])))[0].sum())


def likeliest(probs: NDArray[np.float64], k: int) -> list[tuple[int, float]]:
    """Rank the words of a distribution, as `LanguageModel.next_words` gives them.

    Parameters
    ----------
    probs : ndarray of float64, shape (n_words,)
        Probability of every word.
    k : int
        How many, >= 1.

    Returns
    -------
    list of (int, float)
        Words and probabilities, falling; equal ones by number; without ``<s>``.
    """
    best = np.argsort(-probs, kind="stable")
    return [(int(word), float(probs[word])) for word in best[best != BEGIN][:k]]
