"""GloVe: vectors whose products tell how often two words stand near each other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from malgil.embeddings.cooccurrence import Cooccurrences, check_window, count_cooccurrences
from malgil.embeddings.glove_checkpoint import load_checkpoint, save_checkpoint, stamp
from malgil.embeddings.glove_training import Tables, start_tables, train_epoch
from malgil.embeddings.number_checks import check_positive, check_whole
from malgil.embeddings.pair_blocks import Rule, Strip, lay_out
from malgil.embeddings.preparing import Prepared, prepare
from malgil.embeddings.token_source import learned_meta, tokenizer_for
from malgil.embeddings.vectors import Vectors
from malgil.engine import Progress, Silent
from malgil.errors import DataError, ParameterError
from malgil.params import Parametrised, choose
from malgil.tokenizers import Tokenizer

_COMBINE = {"sum": "w + c", "word": "w"}


@dataclass(kw_only=True, eq=False)
class GloVe(Parametrised):
    r"""Global vectors: learned from the counts of all pairs of neighbours rather than from the running text.

    Parameters
    ----------
    dim : int
        Length of a vector.
    window : int
        Largest distance of two neighbours; one at distance d counts 1/d.
    symmetric : bool
        Whether words on both sides are neighbours, or those to the left alone.
    min_count : int
        Words that occur less often are left out.
    max_vocab : int, optional
        Most words to keep, the most frequent ones.
    x_max : float
        Pairs that occur this often have the full weight of 1. Small corpora do well with 10.
    alpha : float
        Power that weighs rarer pairs.
    eta : float
        Initial length of a step of AdaGrad.
    epochs : int
        Passes over all pairs.
    combine : {"sum", "word"}
        Whether a vector is the sum of what a word learned as a word and as a neighbour, or the first alone.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    memory_mb : float, optional
        Memory for the pairs; beyond it they lie in temporary files. Changes nothing else. No limit by default.
    n_jobs : int, optional
        Threads, all cores by default; never changes a bit of the result.
    seed : int
        Decides the vectors at the start and the order of the pairs.

    Attributes
    ----------
    vectors_ : Vectors
        The words by falling count, with their vectors.
    losses_ : list of float
        Mean loss of each epoch.
    cooccurrences_ : Cooccurrences
        What was counted.

    Notes
    -----
    Minimises, over all pairs of a word i and a neighbour j that occur, with their count x,

    .. math:: J = \tfrac12 \sum_{ij} f(x_{ij}) (w_i \cdot c_j + b_i + d_j - \ln x_{ij})^2,
              \quad f(x) = \min(1, x / x_{max})^{\alpha}

    by AdaGrad in the form of the authors' program: each step is eta times the slope, divided by the root of 1 plus the
    squares of the steps so far (before they were divided).

    References
    ----------
    .. [1] Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", EMNLP 2014.
    .. [2] Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization",
       JMLR 12, 2011.

    Examples
    --------
    >>> glove = GloVe(dim=8, min_count=1, epochs=5).fit(["이 영화 정말 좋다", "이 노래 정말 좋다"] * 5)
    >>> glove.vectors_.matrix.shape
    (5, 8)
    >>> glove.losses_[-1] < glove.losses_[0]
    True
    """

    dim: int = 100
    window: int = 5
    symmetric: bool = True
    min_count: int = 5
    max_vocab: int | None = None
    x_max: float = 100.0
    alpha: float = 0.75
    eta: float = 0.05
    epochs: int = 25
    combine: Literal["sum", "word"] = "sum"
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
        """Learn vectors from texts, and forget what was learned before.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document: no pair crosses its border. The words of a `Ragged` are its numbers.
        y : object, optional
            Not used.
        checkpoint : str or Path, optional
            A folder where the state is kept after every epoch. Where it holds a state of the same texts and settings,
            training goes on from there, to the same bits as without a break.
        progress : Progress, optional
            Told of every epoch.

        Returns
        -------
        GloVe
            Itself.

        Raises
        ------
        ParameterError
            If a setting cannot be used, or the checkpoint is of other texts or settings.
        DataError
            If there is no word that is frequent enough, no two words ever meet, or the steps are so long that the
            numbers overflow.
        """
        self._check()
        made, n_jobs = tokenizer_for(texts, self.tokenizer), self.n_jobs
        corpus = prepare(texts, made, min_count=self.min_count, max_vocab=self.max_vocab, n_jobs=n_jobs)
        options: dict[str, Any] = {"window": self.window, "symmetric": self.symmetric, "memory_mb": self.memory_mb}
        pairs = count_cooccurrences(corpus.ragged, len(corpus.words), **options, n_jobs=n_jobs)
        if not pairs.n_pairs:
            raise DataError("glove.no_pairs")
        tables, losses = self._train(corpus, pairs, checkpoint, progress or Silent())
        matrix = tables.vectors(self.combine)
        self.vectors_ = Vectors(
            corpus.words, matrix, counts=corpus.counts, meta=self._meta(losses) | learned_meta(made)
        )
        self.losses_, self.cooccurrences_ = losses, pairs
        return self

    def _train(
        self, corpus: Prepared, pairs: Cooccurrences, checkpoint: str | Path | None, progress: Progress
    ) -> tuple[Tables, list[float]]:
        """Go on from the checkpoint, or begin, and take what is left of the epochs."""
        tables, losses = start_tables(len(corpus.words), self.dim, self.seed), [0.0] * 0
        mark = stamp(self._settings(), corpus.words, pairs) if checkpoint is not None else ""
        if checkpoint is not None:
            losses = load_checkpoint(checkpoint, mark, tables)
        if len(losses) > self.epochs:
            raise ParameterError("glove.trained_longer", path=checkpoint, n=len(losses), epochs=self.epochs)
        strips = self._strips(pairs) if len(losses) < self.epochs else []
        progress.start("glove.epochs", self.epochs)
        progress.advance(len(losses))
        while len(losses) < self.epochs:
            losses.append(train_epoch(strips, tables, self.eta, self.n_jobs))
            if not math.isfinite(losses[-1]):
                raise DataError("glove.diverged", eta=self.eta, epoch=len(losses))
            if checkpoint is not None:
                save_checkpoint(checkpoint, mark, tables, losses)
            progress.advance(1)
        progress.done()
        return tables, losses

    def _strips(self, pairs: Cooccurrences) -> list[Strip]:
        rule = Rule(float(self.x_max), float(self.alpha))
        on_disk = self.memory_mb is not None and pairs.n_pairs * 24 > self.memory_mb * 1e6
        return lay_out(pairs, rule, self.seed, self.n_jobs, on_disk=on_disk)

    def _settings(self) -> dict[str, Any]:
        """Gather the settings that decide every bit of the state after an epoch."""
        names = ("dim", "window", "symmetric", "x_max", "alpha", "eta", "seed")
        return {name: getattr(self, name) for name in names}

    def _meta(self, losses: list[float]) -> dict[str, Any]:
        kept = {name: getattr(self, name) for name in ("min_count", "max_vocab", "epochs", "combine")}
        return {"method": "glove", **self._settings(), **kept, "losses": losses}

    def _check(self) -> None:
        check_window(self.window)
        choose(_COMBINE, "combine", self.combine)
        for name, least in (("dim", 1), ("epochs", 1), ("min_count", 1), ("seed", 0)):
            check_whole(name, getattr(self, name), least)
        if self.max_vocab is not None:
            check_whole("max_vocab", self.max_vocab, 1)
        for name in ("x_max", "alpha", "eta"):
            check_positive(name, getattr(self, name))
