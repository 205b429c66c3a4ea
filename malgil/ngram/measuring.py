"""How well a model fits texts: tokens, sentences, whole corpora."""

from __future__ import annotations

import numpy as np

from malgil.ngram.fitted import Fitted
from malgil.ngram.scoring import Perplexity, TokenScores, score_tokens, sentence_log10, total

_LN10 = float(np.log(10.0))


class Measuring(Fitted):
    """The part of `NgramLM` that scores."""

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
        return score_tokens(self._fitted, texts, self._tokenizer, self.n_jobs)

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
        sums = total(self._fitted, texts, self._tokenizer, self.n_jobs)
        sums.perplexity()  # nothing to score is an error here too
        return sums.log10_prob / sums.n_tokens * _LN10

    def log10_prob(self, text: str) -> float:
        """Probability of one sentence, as quickly as a single call can.

        Parameters
        ----------
        text : str
            The sentence.

        Returns
        -------
        float
            Sum of log10 of the probabilities of its words and of ``</s>``.
        """
        return sentence_log10(self._fitted, text, self._tokenizer)

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
        return total(self._fitted, texts, self._tokenizer, self.n_jobs).perplexity()

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
