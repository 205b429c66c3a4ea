"""What Word2Vec and FastText share: settings, the passes over a corpus, growing, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.embeddings.aligned import LANES, aligned_rows
from malgil.embeddings.blocks import cut_blocks, pull
from malgil.embeddings.checkpoints import Checkpoint
from malgil.embeddings.huffman import huffman_tree
from malgil.embeddings.number_checks import check_not_negative, check_positive, check_whole
from malgil.embeddings.preparing import Prepared, prepare
from malgil.embeddings.sampling import alias_table, chances_to_stay, negative_chances
from malgil.embeddings.token_source import learned_meta, tokenizer_for
from malgil.embeddings.training import Settings, State, Task, train, train_freely
from malgil.embeddings.vectors import Vectors
from malgil.engine import Progress, Silent
from malgil.errors import DataError, ParameterError
from malgil.params import Parametrised, choose
from malgil.tokenizers import Tokenizer

MODELS = {"skipgram": False, "cbow": True}
"""What predicts what: a word those around it, or those around it the word. Name -> whether the second."""

_SHARED = 16  # negative words of a chunk of 16 words, each weighed as if drawn for every pair
_ROWS = ("hs", "units", "min_n", "max_n", "buckets")  # settings that decide what rows stand for

_FEW = 8  # the same where a word is the target of one pair only
Weights = tuple[NDArray[np.float32], NDArray[np.float32]]


class Bags(NamedTuple):
    """Input rows of words.

    Parameters
    ----------
    rows : ndarray of int32
        Rows of each word, word after word.
    borders : ndarray of int64, shape (n_words + 1,)
        Borders of the words in `rows`.
    n_rows : int
        How many rows there are; those of whole words are the last.
    old : ndarray of int64
        New places of the rows that there were before, in order.
    used : ndarray of int32
        Buckets that the other rows stand for.
    """

    rows: NDArray[np.int32]
    borders: NDArray[np.int64]
    n_rows: int
    old: NDArray[np.int64]
    used: NDArray[np.int32]


class Learned(NamedTuple):
    """What training goes on from.

    Parameters
    ----------
    words : pa.LargeStringArray
        Words so far.
    counts : ndarray of int64, shape (n_words,)
        Occurrences so far.
    weights : (ndarray of float32, ndarray of float32)
        Input and output rows.
    bags : Bags
        Input rows of the words.
    """

    words: pa.LargeStringArray
    counts: NDArray[np.int64]
    weights: Weights
    bags: Bags


@dataclass(kw_only=True, eq=False)
class Predictive(Parametrised):
    """Base of `Word2Vec` and `FastText`.

    Parameters
    ----------
    dim : int
        Length of a vector.
    window : int
        Furthest that a word looks to either side; how far it does is drawn anew each time, from 1 to this.
    min_count : int
        Words that occur less often are left out.
    max_vocab : int, optional
        Most words to keep, the most frequent ones.
    model : {"skipgram", "cbow"}
        A key of `malgil.embeddings.MODELS`: a word predicts each of those around it, or their mean predicts the word.
    negative : int
        Negative words for each pair.
    hs : bool
        Whether to learn by hierarchical softmax instead, along the way to each word in a Huffman tree. It takes one
        core, unless it may run freely.
    sample : float
        Share of the corpus above which frequent words are thinned out; 0 keeps all.
    alpha, min_alpha : float
        Learning rate at the beginning and at the end; it falls in a straight line.
    epochs : int
        Passes over the corpus.
    initial : Vectors, optional
        Vectors to begin with, for the words that it has.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    deterministic : bool
        Whether the same seed gives the same bits for any number of threads. Else threads change the rows without
        waiting for each other, which is somewhat faster.
    n_jobs : int, optional
        Threads, all cores by default.
    seed : int
        Decides all that is drawn.
    """

    dim: int = 100
    window: int = 5
    min_count: int = 5
    max_vocab: int | None = None
    model: Literal["skipgram", "cbow"] = "skipgram"
    negative: int = 5
    hs: bool = False
    sample: float = 1e-3
    alpha: float = 0.025
    min_alpha: float = 1e-4
    epochs: int = 5
    initial: Vectors | None = None
    tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace"
    deterministic: bool = True
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
            One sentence a document: no window crosses its border. The words of a `Ragged` are its numbers.
        y : object, optional
            Not used.
        checkpoint : str or Path, optional
            A folder where the state is kept several times an epoch. Where it holds a state of the same texts and
            settings, training goes on from there, to the same bits as without a break.
        progress : Progress, optional
            Told of every round, in words of the corpus.

        Returns
        -------
        object
            Itself.

        Raises
        ------
        ParameterError
            If a setting cannot be used, or the checkpoint is of other texts or settings.
        DataError
            If there is no word that is frequent enough, no two of them ever meet, or the numbers overflow.
        """
        self._check()
        corpus = self._prepare(texts, None)
        return self._learn(corpus, corpus.counts, None, checkpoint, progress)

    def partial_fit(
        self,
        texts: object,
        y: object = None,
        *,
        checkpoint: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Learn on from more texts: known words go on from their vectors, new ones are added.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            The next sentences. A new word needs to occur `min_count` times in them.
        y : object, optional
            Not used.
        checkpoint : str or Path, optional
            As for `fit`.
        progress : Progress, optional
            As for `fit`.

        Returns
        -------
        object
            Itself.

        Raises
        ------
        ParameterError
            If a setting cannot be used, or one that decides what the rows stand for was changed in between.
        DataError
            As for `fit`.
        """
        before: Learned | None = getattr(self, "_learned", None)
        if before is None:
            return self.fit(texts, checkpoint=checkpoint, progress=progress)
        self._check()
        if self.vectors_.dim != self.dim:
            raise ParameterError("embeddings.other_dim", value=self.dim)
        for name in sorted({*_ROWS} & {*self._marks()}):
            if getattr(self, name) != self.vectors_.meta[name]:
                raise ParameterError("embeddings.other_setting", name=name, value=getattr(self, name))
        corpus = self._prepare(texts, before.words)
        counts = corpus.counts.copy()
        counts[: len(before.counts)] += before.counts
        return self._learn(corpus, counts, before, checkpoint, progress)

    def _prepare(self, texts: object, known: pa.LargeStringArray | None) -> Prepared:
        options: dict[str, Any] = {"min_count": self.min_count, "max_vocab": self.max_vocab, "n_jobs": self.n_jobs}
        if known is None or not hasattr(self, "tokenizer_"):
            self.tokenizer_ = tokenizer_for(texts, self.tokenizer)
        corpus = prepare(texts, self.tokenizer_, known=known, **options)
        if len(corpus.indptr) < 2 or int(np.diff(corpus.indptr).max()) < 2:
            raise DataError("embeddings.no_neighbours", min_count=self.min_count)
        return corpus

    def _learn(
        self,
        corpus: Prepared,
        counts: NDArray[np.int64],
        before: Learned | None,
        checkpoint: str | Path | None,
        progress: Progress | None,
    ) -> Self:
        if checkpoint is not None and not self.deterministic:
            raise ParameterError("embeddings.free_checkpoint")
        progress = progress or Silent()
        bags = self._bags(corpus.words, None if before is None else before.bags)
        keep = chances_to_stay(counts, self.sample)
        weights = self._start(corpus.words, bags, before)
        state = State(weights, losses=np.zeros((self.epochs, 2)))
        task = self._task(corpus, keep, counts, bags)
        kept = Checkpoint(checkpoint, self._marks(), corpus, weights) if checkpoint is not None else None
        if kept is not None:
            kept.load(state)
        progress.start("embeddings.words", self.epochs * len(corpus.ids))
        progress.advance(state.epoch * len(corpus.ids) + int(task.blocks.cuts[state.round * task.blocks.per_round]))
        if self.deterministic:
            train(task, state, self.n_jobs, progress, kept.save if kept is not None else _go_on)
        else:
            train_freely(task, state, self.n_jobs, progress)
        progress.done()
        if not all(bool(np.isfinite(part).all()) for part in weights):
            raise DataError("embeddings.diverged", alpha=self.alpha)
        self.losses_ = [total / max(n, 1.0) for total, n in state.losses.tolist()]
        self.vectors_ = self._finish(corpus.words, counts, weights, bags)
        self._learned = Learned(corpus.words, counts, weights, bags)
        return self

    def _task(self, corpus: Prepared, keep: NDArray[np.int32], counts: NDArray[np.int64], bags: Bags) -> Task:
        from malgil.embeddings._tree_kernels import learn_tree
        from malgil.embeddings._word2vec_kernels import add, learn, learn_rounds

        shared = _FEW if MODELS[self.model] and self.negative <= _FEW else _SHARED
        numbers = int(self.window), int(self.negative), shared, MODELS[self.model]
        settings = Settings(*numbers, int(self.epochs), float(self.alpha), float(self.min_alpha), int(self.seed))
        parts, rows = (corpus.ids, corpus.indptr), (bags.rows, bags.borders)
        if self.hs:  # every pair meets the root, so that rounds would be too short to share
            blocks = cut_blocks(corpus.indptr, 1e-9)._replace(per_round=1)
            return Task(settings, parts, (keep, *huffman_tree(counts), *rows), blocks, learn_tree, _is_added)
        expected, chances = np.bincount(corpus.ids, minlength=len(counts)) * keep, negative_chances(counts)
        most = float(expected.max() / max(1, expected.sum())), float(chances.max())
        pulled = self.alpha * pull(most, self.negative, self.window, corpus.indptr)
        blocks = cut_blocks(corpus.indptr, pulled)
        rates = self.alpha * blocks.brake, self.min_alpha * blocks.brake
        return Task(
            settings._replace(alpha=rates[0], min_alpha=rates[1]),
            parts,
            (keep, *alias_table(chances), *rows),
            blocks,
            learn,
            add,
            learn_rounds,
        )

    @property
    def _columns(self) -> int:
        return -(-int(self.dim) // LANES) * LANES

    def _start(self, words: pa.LargeStringArray, bags: Bags, before: Learned | None) -> Weights:
        """Input rows at small random numbers, output rows at 0; those that were learned before as they were."""
        inputs, outputs = (aligned_rows(n, self._columns) for n in (bags.n_rows, len(words)))
        drawing = np.random.default_rng([int(self.seed), len(bags.old)])
        random = drawing.random((bags.n_rows, int(self.dim)), np.float32) - np.float32(0.5)
        inputs[:, : self.dim] = random / np.float32(self.dim)
        if before is not None:
            inputs[bags.old] = before.weights[0]
            outputs[: len(before.words)] = before.weights[1]
        elif self.initial is not None:
            self._take_over(words, inputs)
        return inputs, outputs

    def _take_over(self, words: pa.LargeStringArray, inputs: NDArray[np.float32]) -> None:
        """Begin with the vectors of another set, where it has them."""
        assert self.initial is not None
        if self.initial.dim != self.dim:
            raise ParameterError("embeddings.initial_dim", found=self.initial.dim, wanted=self.dim)
        first = len(inputs) - len(words)
        for place, word in enumerate(words.to_pylist()):
            if word in self.initial.keys:
                vector = self.initial[word]
                if not np.isfinite(vector).all():
                    raise DataError("embeddings.initial_not_finite", word=word)
                inputs[first + place, : self.dim] = vector

    def _bags(self, words: pa.LargeStringArray, known: Bags | None) -> Bags:
        """Input rows of each word: its own."""
        n, n_old = len(words), 0 if known is None else known.n_rows
        return Bags(np.arange(n, dtype=np.int32), np.arange(n + 1), n, np.arange(n_old), np.zeros(0, np.int32))

    def _finish(self, words: pa.LargeStringArray, counts: NDArray[np.int64], weights: Weights, bags: Bags) -> Vectors:
        return Vectors(words, weights[0][:, : self.dim].copy(), counts=counts, meta=self._meta())

    def _marks(self) -> dict[str, Any]:
        """List the settings that decide every bit of the state between two rounds."""
        names = ("dim", "window", "model", "negative", "hs", "sample", "alpha", "min_alpha", "epochs", "seed")
        return {name: getattr(self, name) for name in names} | {"class": type(self).__name__}

    def _meta(self) -> dict[str, Any]:
        kept = {"min_count": self.min_count, "max_vocab": self.max_vocab, "losses": self.losses_}
        return {"method": type(self).__name__.lower(), **self._marks(), **kept, **learned_meta(self.tokenizer_)}

    def _check(self) -> None:
        choose(MODELS, "model", self.model)
        whole = (
            ("dim", 1),
            ("window", 1),
            ("min_count", 1),
            ("negative", 0 if self.hs else 1),
            ("epochs", 1),
            ("seed", 0),
        )
        for name, least in whole:
            check_whole(name, getattr(self, name), least)
        if self.max_vocab is not None:
            check_whole("max_vocab", self.max_vocab, 1)
        check_not_negative("sample", self.sample)
        check_positive("alpha", self.alpha)
        check_not_negative("min_alpha", self.min_alpha)
        if not math.isfinite(self.alpha) or self.min_alpha > self.alpha:
            raise ParameterError("embeddings.bad_rates", alpha=self.alpha, min_alpha=self.min_alpha)


def _go_on(state: State) -> None:
    """Keep nothing."""


def _is_added(*_: object) -> None:
    """Leave the rows: they were changed at once."""
