"""The n-gram language model as an estimator: trains, scores, predicts, fills gaps, writes and explains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from malgil.errors import ParameterError
from malgil.ngram.arpa_reading import read_arpa
from malgil.ngram.arpa_writing import write_arpa
from malgil.ngram.asking import Asking
from malgil.ngram.compact import Compact
from malgil.ngram.compact_saving import save_compact
from malgil.ngram.corpus_saving import corpus_arrays, open_any, save_unbounded
from malgil.ngram.counting import count
from malgil.ngram.estimating import Pruning, estimate
from malgil.ngram.learning import Learned, index_corpus
from malgil.ngram.levels import Options
from malgil.ngram.measuring import Measuring
from malgil.ngram.model import Model
from malgil.ngram.packing import pack_table
from malgil.ngram.saving import save_model
from malgil.ngram.sequence import read_sequence, word_strings
from malgil.ngram.settings import bytes_of, check_settings
from malgil.ngram.smoothing import SMOOTHINGS
from malgil.ngram.spilling import Plan, count_in_parts
from malgil.ngram.unbounded import Unbounded
from malgil.ngram.words import Words
from malgil.tokenizers import Tokenizer


@dataclass(kw_only=True, eq=False)
class NgramLM(Measuring, Asking):
    """A statistical language model: the probability of a word after the ``order - 1`` words before it.

    Parameters
    ----------
    order : int, optional
        Longest n-gram, from 1 to 16. With None there is no limit and nothing is counted or smoothed: the longest end of
        the context that occurs in the corpus decides (see `malgil.ngram.unbounded`).
    smoothing : str
        A key of `malgil.ngram.SMOOTHINGS`.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    prune : tuple of int
        For each order, n-grams that occurred at most so often are left out; the last holds for higher orders too. The
        numbers must not fall, and the first is 0: words stay.
    prune_entropy : float
        N-grams without which the perplexity of the model rises by less than this, relatively, are left out, such as
        1e-8; 0 leaves none out.
    discount : float, optional
        Fixed discount of ``absolute_discounting`` and ``kneser_ney``, in (0, 1); estimated where it is not given.
    discount_fallback : tuple of float, optional
        Discounts of counts 1, 2, and 3 and more for ``modified_kneser_ney``, where a corpus is too small for its own;
        (0.5, 1.0, 1.5) is usual.
    add_k : float
        What ``add_k`` adds to every count, > 0: 1 is the rule of Laplace, another number that of Lidstone.
    interpolate_unigrams : bool
        Whether single words are interpolated with the uniform distribution; else what they leave goes to ``<unk>``.
    skip_symbols : bool
        Whether ``<s>``, ``</s>`` and ``<unk>`` are left out where a text to learn from holds them as words; else they
        are refused.
    keep_corpus : bool
        Whether to keep the corpus too, so that `evidence` finds its sentences: 8 bytes for a token.
    memory : int or str, optional
        About how many bytes counting may take, such as ``"2G"``, beside the distinct words and n-grams that it ends
        with. Where a corpus needs more, sorted runs of counts go to a temporary folder (that of TMPDIR) and are merged;
        the model is the same. Without it everything is counted in memory.
    n_jobs : int, optional
        Threads, all cores by default; never changes a result.

    Attributes
    ----------
    model_ : Model or Unbounded
        The words and the table of n-grams, or the corpus.
    corpus_ : Concordance or None
        The corpus, where it was kept.

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

    order: int | None = 3
    smoothing: str = "modified_kneser_ney"
    tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace"
    prune: tuple[int, ...] = ()
    prune_entropy: float = 0.0
    discount: float | None = None
    discount_fallback: tuple[float, ...] | None = None
    add_k: float = 1.0
    interpolate_unigrams: bool = True
    skip_symbols: bool = False
    keep_corpus: bool = False
    memory: int | str | None = None
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
        check_settings(self.get_params())
        self._learn_tokenizer(texts)
        return self._learn(self._read(texts))

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
        before: Learned | None = getattr(self, "_learned", None)
        if before is None and hasattr(self, "model_"):
            raise ParameterError("ngram.cannot_grow")
        if before is not None and before.order != self.order:
            raise ParameterError("ngram.other_order", value=self.order, wanted=before.order)
        if before is None:
            self._learn_tokenizer(texts)
        found = self._read(texts)
        if before is not None and (before.corpus is None) != (found.corpus is None):
            raise ParameterError("ngram.not_kept", value=self.keep_corpus)
        return self._learn(found if before is None else before.merged(found))

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
        made.model_, made.corpus_ = model, None
        return made

    def save(self, path: str | Path, meta: dict[str, Any] | None = None) -> None:
        """Write the model as an artefact that opens by memory map.

        Parameters
        ----------
        path : str or Path
            The folder.
        meta : dict, optional
            More JSON for the manifest of a model with a table.
        """
        of_the_machine = {"memory": None, "n_jobs": None}
        params = self.get_params() | {"tokenizer": dict(self._tokenizer.params)} | of_the_machine
        if isinstance(self._answering, Unbounded):
            save_unbounded(self._answering, path, params)
            return
        if isinstance(self._answering, Compact):
            save_compact(self._answering, path, params)
            return
        beside = corpus_arrays(self.corpus_.suffixes) if self.corpus_ is not None else {}
        save_model(self._fitted, path, params, meta, beside=beside)

    def compact(self, quantize: int | None = None) -> Self:
        """Pack the model into a fraction of its memory, where it answers more slowly.

        Parameters
        ----------
        quantize : int, optional
            Bits of each probability and backoff, from 2 to 16. Where it is not given, every answer stays the same to
            the bit; else compare the `perplexity` of both models on held-out texts to see what the bits cost.

        Returns
        -------
        NgramLM
            Another model with the same words and n-grams, to ask and to save. It keeps no counts: it cannot grow, its
            explanations show the chain of orders only, and it fills one gap at a time.

        Raises
        ------
        ParameterError
            If there is no table of n-grams to pack, or `quantize` is out of range.
        """
        if quantize is not None and not (isinstance(quantize, int | np.integer) and 2 <= quantize <= 16):
            raise ParameterError("ngram.bad_quantize", value=quantize)
        model = self._fitted
        made = type(self)(**self.get_params())
        made.model_, made.corpus_ = Compact(model.words, pack_table(model.table, quantize)), None
        return made

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
        model, corpus, params = open_any(path, verify=verify)
        made = cls(**params)
        made.model_, made.corpus_ = model, corpus
        return made

    def _read(self, texts: object) -> Learned:
        check_settings(self.get_params())
        if self.order is not None and self.memory is not None:
            plan = Plan(int(self.order), bytes_of(self.memory), self.skip_symbols, self.n_jobs)
            return Learned(count_in_parts(texts, self._tokenizer, plan), None)
        sequence = read_sequence(texts, self._tokenizer, skip_symbols=self.skip_symbols, n_jobs=self.n_jobs)
        counts = count(sequence, int(self.order), self.n_jobs) if self.order is not None else None
        return Learned(counts, sequence if self.keep_corpus or counts is None else None)

    def _learn(self, learned: Learned) -> Self:
        words = Words.of(word_strings(learned.run, self.n_jobs))
        corpus = index_corpus(learned.corpus, words, self.n_jobs) if learned.corpus is not None else None
        if learned.counts is not None:
            options = Options(self.discount, self.discount_fallback, self.interpolate_unigrams, self.add_k)
            pruning = Pruning(self.prune, self.prune_entropy)
            table = estimate(learned.counts, SMOOTHINGS[self.smoothing], options, pruning, self.n_jobs)
            self.model_ = Model(words, table, self.smoothing, is_closed=not self.prune_entropy)
        elif corpus is not None:
            self.model_ = Unbounded(words, corpus.suffixes)
        self.corpus_, self._learned = corpus, learned
        return self
