"""The plain baseline of word vectors: positive pointwise mutual information, and its largest singular vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from malgil.embeddings.cooccurrence import WEIGHTINGS, check_window, count_cooccurrences
from malgil.embeddings.mutual_information import ppmi_matrix
from malgil.embeddings.number_checks import check_not_negative, check_positive, check_whole
from malgil.embeddings.preparing import prepare
from malgil.embeddings.svd import truncated_svd
from malgil.embeddings.token_source import learned_meta, tokenizer_for
from malgil.embeddings.vectors import Vectors
from malgil.engine import Progress, Silent
from malgil.errors import DataError
from malgil.params import Parametrised, choose
from malgil.tokenizers import Tokenizer


@dataclass(kw_only=True, eq=False)
class PPMI(Parametrised):
    """Word vectors without training: singular vectors of the positive mutual information of words and neighbours.

    Parameters
    ----------
    dim : int
        Length of a vector.
    window : int
        Largest distance of two neighbours, on both sides.
    weighting : {"flat", "inverse"}
        Whether a neighbour at distance d counts 1 or 1/d.
    min_count : int
        Words that occur less often are left out.
    max_vocab : int, optional
        Most words to keep, the most frequent ones.
    smoothing : float
        Power of the counts of the neighbours; 1 for none.
    shift : float
        Its logarithm is taken off the mutual information.
    power : float
        Power of the singular values that the vectors are multiplied with: 1 keeps the products of the matrix, 0
        leaves the bare singular vectors.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    memory_mb : float, optional
        Memory for the counted pairs, as in `malgil.embeddings.cooccurrence.count_cooccurrences`.
    n_jobs : int, optional
        Threads, all cores by default; never changes a bit of the result.
    seed : int
        Decides the random projection.

    Attributes
    ----------
    vectors_ : Vectors
        The words by falling count, with their vectors.
    singular_values_ : ndarray of float32, shape (dim,)
        Falling.
    cooccurrences_ : Cooccurrences
        What was counted.

    References
    ----------
    .. [1] Levy and Goldberg, "Neural Word Embedding as Implicit Matrix Factorization", NIPS 2014.
    .. [2] Levy, Goldberg and Dagan, "Improving Distributional Similarity with Lessons Learned from Word Embeddings",
       TACL 3, 2015, section 3.3 (weights of the singular values).

    Examples
    --------
    >>> model = PPMI(dim=2, min_count=1).fit(["이 영화 정말 좋다", "이 노래 정말 좋다"])
    >>> round(model.vectors_.similarity("영화", "노래"), 3)
    1.0
    """

    dim: int = 100
    window: int = 5
    weighting: str = "flat"
    min_count: int = 5
    max_vocab: int | None = None
    smoothing: float = 0.75
    shift: float = 1.0
    power: float = 0.5
    tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace"
    memory_mb: float | None = None
    n_jobs: int | None = None
    seed: int = 0

    def fit(
        self,
        texts: object,
        y: object = None,
        *,
        checkpoint: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Count and factor, and forget what was learned before.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document. The words of a `Ragged` are its numbers.
        y : object, optional
            Not used.
        checkpoint : str or Path, optional
            Not used: nothing is trained step by step.
        progress : Progress, optional
            Told when it is done.

        Returns
        -------
        PPMI
            Itself.

        Raises
        ------
        ParameterError
            If a setting cannot be used.
        DataError
            If there is no word that is frequent enough, or no two words ever meet.
        """
        self._check()
        watch = progress or Silent()
        watch.start("glove.epochs", 1)
        made, n_jobs = tokenizer_for(texts, self.tokenizer), self.n_jobs
        corpus = prepare(texts, made, min_count=self.min_count, max_vocab=self.max_vocab, n_jobs=n_jobs)
        options: dict[str, Any] = {"weighting": self.weighting, "memory_mb": self.memory_mb, "n_jobs": n_jobs}
        pairs = count_cooccurrences(corpus.ragged, len(corpus.words), window=self.window, **options)
        if not pairs.n_pairs:
            raise DataError("glove.no_pairs")
        matrix = ppmi_matrix(pairs, smoothing=self.smoothing, shift=self.shift)
        left, values, _ = truncated_svd(matrix, self.dim, seed=self.seed, n_jobs=n_jobs)
        self.singular_values_, self.cooccurrences_ = values, pairs
        weights = np.where(values > 0, values ** np.float32(self.power), np.float32(0))  # a value of 0 has no direction
        self.vectors_ = Vectors(
            corpus.words, left * weights, counts=corpus.counts, meta=self._meta() | learned_meta(made)
        )
        watch.advance(1)
        watch.done()
        return self

    def _meta(self) -> dict[str, Any]:
        names = ("dim", "window", "weighting", "min_count", "max_vocab", "smoothing", "shift", "power", "seed")
        return {"method": "ppmi", **{name: getattr(self, name) for name in names}}

    def _check(self) -> None:
        check_window(self.window)
        choose(WEIGHTINGS, "weighting", self.weighting)
        for name, least in (("dim", 1), ("min_count", 1), ("seed", 0)):
            check_whole(name, getattr(self, name), least)
        for name in ("smoothing", "shift"):
            check_positive(name, getattr(self, name))
        check_not_negative("power", self.power)
