"""A model without a limit of order: the longest end of the context that occurs in the corpus decides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from malgil.explain import Explanation
from malgil.ngram.sequence import frame
from malgil.ngram.suffix_array import SuffixArray
from malgil.ngram.words import Words
from malgil.strings import string_array

Numbers = NDArray[np.int32]

SOURCE = "Liu et al., Infini-gram, COLM 2024"
_SHOWN = 8  # contexts of an explanation, and words of one of them


@dataclass(frozen=True, eq=False)
class Unbounded:
    r"""The corpus as a language model.

    Parameters
    ----------
    words : Words
        What it knows.
    suffixes : SuffixArray
        The corpus and its sorted suffixes.

    Notes
    -----
    .. math:: P(w \mid h) = c(h' w) / c(h'), \quad h' = \text{the longest end of } h \text{ that occurs}

    Nothing is smoothed: a word that never followed the longest end has the probability 0. After the empty end it is the
    relative frequency. The sum over all words and ``</s>`` is 1.

    References
    ----------
    .. [1] Liu, Min, Zettlemoyer, Choi, Hajishirzi, "Infini-gram: Scaling Unbounded n-gram Language Models to a Trillion
       Tokens", COLM 2024, section 2 (without interpolation).
    """

    words: Words
    suffixes: SuffixArray

    @cached_property
    def order(self) -> int:
        """Words of the longest n-gram: the longest sentence with its marks."""
        return int(np.diff(self.suffixes.begins, append=len(self.suffixes)).max())

    def score(self, ids: Numbers) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Score numbered sentences.

        Parameters
        ----------
        ids : ndarray of int32, shape (n,)
            Sentences between 1 and 2.

        Returns
        -------
        log10_probs : ndarray of float64, shape (n,)
            Probability of each word, minus infinity for a word that never followed; 0 for ``<s>``.
        orders : ndarray of int32, shape (n,)
            Words of the context that occur, and one; 0 for ``<s>``.
        """
        from malgil.ngram._match_kernels import score_matches

        scores, orders = np.empty(len(ids)), np.empty(len(ids), np.int32)
        score_matches(*self.suffixes.arrays, ids, scores, orders)  # type: ignore[call-arg]
        return scores, orders

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
        numbers = self.words.numbers(string_array(text.decode().split()))
        return float(self.score(frame(numbers, np.array([0, len(numbers)])))[0].sum())

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
            Words that followed the longest end of the context, and their probabilities, falling; equal ones by number.
            Fewer than `k` where no more did.
        """
        from malgil.ngram._match_kernels import top_followers

        length, begin, end = self.suffixes.longest(context)
        ids, places, _ = self.suffixes.arrays
        words, counts = top_followers(ids, places, begin, end, length, min(k, end - begin))
        return _ranked(words, counts, end - begin, k)

    def gap_words(self, left: Numbers, right: Numbers, k: int) -> list[tuple[int, float]]:
        r"""Find the likeliest words of a gap.

        Parameters
        ----------
        left, right : ndarray of int32
            Words on either side.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (int, float)
            Words and probabilities, falling; equal ones by number. Empty where the right side never stood, up to its
            end, one word behind the longest end of the left one: then no word is possible.

        Notes
        -----
        The probabilities of the right side's words, each after all before it, are fractions whose terms cancel:

        .. math:: P(w, right \mid left) = c(h' w\, right) / c(h')
        """
        from malgil.ngram._match_kernels import fill_counts

        length, begin, end = self.suffixes.longest(left)
        ids, places, _ = self.suffixes.arrays
        words, counts = np.empty((2, min(end - begin, len(self.words))), np.int32)
        n = fill_counts(ids, places, begin, end, length, right, words, counts)
        return _ranked(words[:n], counts[:n], int(counts[:n].sum(dtype=np.int64)), k)

    def distribution(self, context: Numbers) -> NDArray[np.float64]:
        """Give the probability of every word after a context.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.

        Returns
        -------
        ndarray of float64, shape (n_words,)
            Relative frequencies.
        """
        from malgil.ngram._match_kernels import top_followers

        length, begin, end = self.suffixes.longest(context)
        ids, places, _ = self.suffixes.arrays
        words, counts = top_followers(ids, places, begin, end, length, end - begin)
        probs = np.zeros(len(self.words))
        probs[words] = counts / (end - begin)
        return probs

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
            Log10 of the probability; under it the counts after the longest end of the context that occurs, which
            decides, and after shorter ones, which do not.
        """
        word = self.words.number(name)
        length, _, _ = self.suffixes.longest(context)
        near = context[len(context) - length :]
        lengths = range(length, max(-1, length - _SHOWN), -1)
        terms = tuple(self._share(near[length - n :], word, name, is_used=n == length) for n in lengths)
        prob = terms[0].value
        value = math.log10(prob) if prob else -math.inf
        label = f"log10 P({name} | {self.spell(near)})"
        return Explanation(label, value, "log10(p)", "formula", terms, source=SOURCE)

    def spell(self, numbers: Numbers) -> str:
        """Write numbered words.

        Parameters
        ----------
        numbers : ndarray of int32, shape (n,)
            The words.

        Returns
        -------
        str
            A blank between them; of a long row the last ones only.
        """
        last = [self.words.string(number) for number in numbers[-_SHOWN:].tolist()]
        return " ".join(["..."] * (len(numbers) > _SHOWN) + last)

    def _share(self, context: Numbers, word: int, name: str, *, is_used: bool) -> Explanation:
        begin, end = self.suffixes.interval(context)
        low, high = self.suffixes.interval(np.append(context, np.int32(word)))
        label = f"p({name} | {self.spell(context)})" if len(context) else f"p({name})"
        what = "the longest end of the context that occurs" if is_used else "not used"
        numbers: dict[str, float | int | str] = {"count": high - low, "N": end - begin}
        return Explanation(label, (high - low) / (end - begin), f"count / N, {what}", "formula", (), numbers)


def _ranked(words: Numbers, counts: Numbers, total: int, k: int) -> list[tuple[int, float]]:
    best = np.lexsort((words, -counts))[:k]
    return list(zip(words[best].tolist(), (counts[best] / max(total, 1)).tolist(), strict=True))
