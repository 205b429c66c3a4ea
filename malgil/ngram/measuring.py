"""How well a model fits texts: tokens, sentences, whole corpora."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.ngram.answering import LanguageModel
from malgil.ngram.fitted import Fitted
from malgil.ngram.scoring import (
    Perplexity,
    TokenScores,
    as_tokens,
    is_plain,
    score_tokens,
    sentence_log10,
    sentences_log10,
    total,
)
from malgil.ngram.sequence import frame

_LN10, _LOG2_10 = float(np.log(10.0)), float(np.log2(10.0))
_ROWS = 1 << 12  # documents that one worker takes at a time


class Measuring(Fitted):
    """The part of `NgramLM` that scores."""

    @property
    def _scoring(self) -> LanguageModel:
        """The model that scores the texts of one question, block by block."""
        return self._answering

    def score_tokens(self, texts: object) -> TokenScores:
        """Score every token, and say which order answered.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.

        Returns
        -------
        TokenScores
            For each token and sentence end.
        """
        return score_tokens(self._scoring, texts, self._tokenizer, self.n_jobs)

    def score(self, texts: object, y: object = None) -> float:
        """Mean log-probability of a token, sentence ends included: the higher, the better the model fits.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.
        y : object, optional
            Not used.

        Returns
        -------
        float
            Natural logarithm, <= 0.
        """
        sums = total(self._scoring, texts, self._tokenizer, self.n_jobs)
        sums.perplexity()  # nothing to score is an error here too
        return sums.log10_prob / sums.n_tokens * _LN10

    def log10_prob(self, texts: object) -> Any:
        """Probability of a sentence, as quickly as a single call can, or of each of many.

        Parameters
        ----------
        texts : str, or list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence, or one a document.

        Returns
        -------
        float or ndarray of float64, shape (n_docs,)
            Sum of log10 of the probabilities of the words of a sentence and of ``</s>``.
        """
        if isinstance(texts, str):
            own = self.__dict__  # a property takes as long as scoring two words does
            if own.get("_plain") is self.tokenizer and "model_" in own:
                try:
                    return own["model_"].score_bytes(texts.encode())
                except UnicodeEncodeError:  # a lone surrogate, which becomes a question mark
                    pass
            self._plain = self.tokenizer if is_plain(self._tokenizer) else None
            return sentence_log10(self._answering, texts, self._tokenizer)
        return sentences_log10(self._scoring, texts, self._tokenizer, self.n_jobs)

    def perplexity(self, texts: object) -> Perplexity:
        """Perplexity of texts: unknown words and sentence ends count.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.

        Returns
        -------
        Perplexity
            A float, with the perplexity ``without_unknown`` words beside it.
        """
        return total(self._scoring, texts, self._tokenizer, self.n_jobs).perplexity()

    def entropy_bits(self, texts: object) -> float:
        """Mean bits that a token costs: the binary logarithm of the perplexity.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.

        Returns
        -------
        float
            >= 0.
        """
        return self.perplexity(texts).entropy_bits

    def transform(self, texts: object) -> NDArray[np.float64]:
        """Measure every text by itself, as a feature for other models.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.

        Returns
        -------
        ndarray of float64, shape (n_docs, 1)
            `entropy_bits` of each: the binary logarithm of its perplexity. An empty text has that of its end.
        """
        model = self._answering
        tokens = as_tokens(texts, self._tokenizer, self.n_jobs)
        numbers = model.words.numbers(tokens.forms)

        def measure(at: int) -> NDArray[np.float64]:
            indptr = tokens.indptr[at : at + _ROWS + 1]
            ids = frame(numbers[tokens.ids[indptr[0] : indptr[-1]]], indptr - indptr[0])
            sizes = np.diff(indptr) + 1  # words and </s>; <s> is scored 0
            begins = np.append(0, np.cumsum(sizes[:-1] + 1))
            bits: NDArray[np.float64] = -np.add.reduceat(model.score(ids)[0], begins) * _LOG2_10 / sizes
            return bits

        parts = list(map_blocks(measure, range(0, tokens.n_docs, _ROWS), self.n_jobs))
        return np.concatenate([*parts, np.zeros(0)])[:, None]

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Name the columns of `transform`.

        Parameters
        ----------
        input_features : object, optional
            Not used.

        Returns
        -------
        ndarray of object, shape (1,)
            ``entropy_bits``.
        """
        return np.array(["entropy_bits"], object)
