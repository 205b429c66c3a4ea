"""The n-gram language model as an estimator: trains, scores, predicts, fills gaps, writes and explains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from malgil.errors import ParameterError
from malgil.ngram.arpa_reading import read_arpa
from malgil.ngram.arpa_writing import write_arpa
from malgil.ngram.asking import Asking
from malgil.ngram.counting import Counts, count, merge_counts
from malgil.ngram.estimating import estimate
from malgil.ngram.measuring import Measuring
from malgil.ngram.model import Model
from malgil.ngram.saving import open_model, save_model
from malgil.ngram.sequence import read_sequence, word_strings
from malgil.ngram.settings import check_settings
from malgil.ngram.smoothing import SMOOTHINGS, Options
from malgil.ngram.words import Words
from malgil.tokenizers import Tokenizer


@dataclass(kw_only=True, eq=False)
class NgramLM(Measuring, Asking):
    """A statistical language model: the probability of a word after the ``order - 1`` words before it.

    Parameters
    ----------
    order : int
        Longest n-gram, from 1 to 16.
    smoothing : str
        A key of `malgil.ngram.SMOOTHINGS`.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    prune : tuple of int
        For each order, n-grams that occurred at most so often are left out; the last holds for higher orders too. The
        numbers must not fall, and the first is 0: words stay.
    discount : float, optional
        Fixed discount of ``absolute_discounting`` and ``kneser_ney``, in (0, 1); estimated where it is not given.
    discount_fallback : tuple of float, optional
        Discounts of counts 1, 2, and 3 and more for ``modified_kneser_ney``, where a corpus is too small for its own;
        (0.5, 1.0, 1.5) is usual.
    interpolate_unigrams : bool
        Whether single words are interpolated with the uniform distribution; else what they leave goes to ``<unk>``.
    skip_symbols : bool
        Whether ``<s>``, ``</s>`` and ``<unk>`` are left out where a text to learn from holds them as words; else they
        are refused.
    n_jobs : int, optional
        Threads, all cores by default; never changes a result.

    Attributes
    ----------
    model_ : Model
        The words and the table of n-grams.

    Notes
    -----
    Every document is one sentence, between ``<s>`` and ``</s>``; an empty one too. An unknown word is ``<unk>``.

    Examples
    --------
    >>> lm = NgramLM(order=2, smoothing="witten_bell").fit(["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다"])
    >>> [word for word, _ in lm.next("이", k=2)]
    ['영화', '노래']
    >>> [word for word, _ in lm.blank("이", "재밌다", k=2)]
    ['영화', '노래']
    """

    order: int = 3
    smoothing: str = "modified_kneser_ney"
    tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace"
    prune: tuple[int, ...] = ()
    discount: float | None = None
    discount_fallback: tuple[float, ...] | None = None
    interpolate_unigrams: bool = True
    skip_symbols: bool = False
    n_jobs: int | None = None

    def fit(self, texts: object, y: object = None) -> Self:
        """Learn from texts, and forget what was learned before.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document. The words of a `Ragged` are its numbers.
        y : object, optional
            Not used.

        Returns
        -------
        NgramLM
            Itself.
        """
        return self._learn(self._count(texts))

    def partial_fit(self, texts: object, y: object = None) -> Self:
        """Learn from more texts: as if all had been given at once.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            The next sentences.
        y : object, optional
            Not used.

        Returns
        -------
        NgramLM
            Itself.

        Raises
        ------
        ParameterError
            If the model came from a file, which holds no counts that could grow, or its order was changed.
        """
        before: Counts | None = getattr(self, "_counts", None)
        if before is None and hasattr(self, "model_"):
            raise ParameterError("ngram.cannot_grow")
        if before is not None and before.trie.order != self.order:
            raise ParameterError("ngram.other_order", value=self.order, wanted=before.trie.order)
        counts = self._count(texts)
        return self._learn(counts if before is None else merge_counts(before, counts))

    def write_arpa(self, path: str | Path) -> None:
        """Write the model as an ARPA file, which KenLM and SRILM read.

        Parameters
        ----------
        path : str or Path
            The file; compressed where the name ends in ``.gz``.
        """
        write_arpa(self._fitted, path, self.n_jobs)

    @classmethod
    def read_arpa(cls, path: str | Path, *, tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace") -> Self:
        """Read a model that another tool wrote.

        Parameters
        ----------
        path : str or Path
            An ARPA file, plain or compressed by gzip.
        tokenizer : str, dict or Tokenizer
            How to cut texts as the texts were cut that it learned from.

        Returns
        -------
        NgramLM
            Ready to answer; without counts, so its explanations show the chain of orders only.
        """
        model = read_arpa(path)
        made = cls(order=model.order, tokenizer=tokenizer)
        made.model_ = model
        return made

    def save(self, path: str | Path) -> None:
        """Write the model as an artefact that opens by memory map.

        Parameters
        ----------
        path : str or Path
            The folder.
        """
        model = self._fitted
        save_model(model, path, self.get_params() | {"tokenizer": dict(self._tokenizer.params), "n_jobs": None})

    @classmethod
    def open(cls, path: str | Path, *, verify: bool | None = None) -> Self:
        """Open a saved model.

        Parameters
        ----------
        path : str or Path
            The folder.
        verify : bool, optional
            Compare checksums, as in `malgil.store.open_artefact`. Whether the arrays fit together is always checked.

        Returns
        -------
        NgramLM
            Ready to answer; it cannot learn more.

        """
        model, params = open_model(path, verify=verify)
        made = cls(**params)
        made.model_ = model
        return made

    def _count(self, texts: object) -> Counts:
        check_settings(self.get_params())
        sequence = read_sequence(texts, self._tokenizer, skip_symbols=self.skip_symbols, n_jobs=self.n_jobs)
        return count(sequence, int(self.order), self.n_jobs)

    def _learn(self, counts: Counts) -> Self:
        options = Options(self.discount, self.discount_fallback, self.interpolate_unigrams)
        table = estimate(counts, SMOOTHINGS[self.smoothing], options, self.prune, self.n_jobs)
        self.model_ = Model(Words.of(word_strings(counts.run, self.n_jobs)), table, self.smoothing)
        self._counts = counts
        return self
