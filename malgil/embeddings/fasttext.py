"""FastText: Word2Vec whose words share the vectors of their n-grams, so that unknown words get vectors too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.embeddings.number_checks import check_whole
from malgil.embeddings.predictive import Bags, Predictive, Weights
from malgil.embeddings.subwords import SENTENCE_END, UNITS, Subwords
from malgil.embeddings.vectors import Vectors
from malgil.errors import ParameterError
from malgil.params import choose
from malgil.strings import string_array, string_buffers


@dataclass(kw_only=True, eq=False)
class FastText(Predictive):
    r"""Skip-gram and continuous bag of words over n-grams of characters or of Korean letters.

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
        A key of `malgil.embeddings.MODELS`.
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
        Vectors to begin the rows of whole words with, for the words that it has.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    deterministic : bool
        Whether the same seed gives the same bits for any number of threads.
    n_jobs : int, optional
        Threads, all cores by default.
    seed : int
        Decides all that is drawn.
    units : {"char", "jamo"}
        What n-grams are made of: characters, or the letters of syllables, three for each: 나무 is ㄴㅏ∅ㅁㅜ∅ [2]_.
    min_n, max_n : int
        Shortest and longest n-gram of the word between angle brackets, in such units.
    buckets : int
        Vectors that the n-grams share, by their hash.

    Attributes
    ----------
    vectors_ : Vectors
        The words by falling count, with their vectors; it answers unknown words by the n-grams that they share.
    losses_ : list of float
        Mean loss of a pair in each epoch, in nats.

    Notes
    -----
    The vector of a word is the mean of its own row and of those of its n-grams. The buckets are those of fastText's own
    program. An n-gram that no word of the corpus has stays at 0.

    References
    ----------
    .. [1] Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 5, 2017.
    .. [2] Park et al., "Subword-level Word Vector Representations for Korean", ACL 2018.

    Examples
    --------
    >>> texts = ["이 영화 정말 좋다", "이 노래 정말 좋다"] * 20
    >>> model = FastText(dim=8, min_count=1, epochs=2, units="jamo", buckets=1000).fit(texts)
    >>> model.vectors_["노래들"].shape
    (8,)
    """

    units: Literal["char", "jamo"] = "char"
    min_n: int = 3
    max_n: int = 6
    buckets: int = 2_000_000

    def _bags(self, words: pa.LargeStringArray, known: Bags | None) -> Bags:
        """Rows of each word: those of its n-grams, and behind all of these its own."""
        hashed, ends = self._hashed(words)
        used = np.unique(hashed)
        n_words, old = len(words), np.zeros(0, np.int64)
        if known is not None:
            used = np.union1d(used, known.used)
            whole = np.arange(known.n_rows - len(known.used)) + len(used)
            old = np.concatenate([np.searchsorted(used, known.used), whole])
        rows = np.insert(np.searchsorted(used, hashed), ends[:-1], len(used) + np.arange(n_words))
        return Bags(rows.astype(np.int32), ends + np.arange(n_words + 1), len(used) + n_words, old, used)

    def _hashed(self, words: pa.LargeStringArray) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Buckets of the n-grams of each word, and their borders."""
        from malgil.embeddings._subword_kernels import bucket_ngrams

        spell = UNITS[self.units]
        spelled = ["" if word == SENTENCE_END else f"<{spell(word)}>" for word in words.to_pylist()]
        offsets, data = string_buffers(string_array(spelled))
        borders, sizes = np.empty(len(words) + 1, np.int64), (int(self.min_n), int(self.max_n))
        bucket_ngrams(offsets, data, sizes, int(self.buckets), borders, np.empty(0, np.int32))
        hashed = np.empty(int(borders[-1]), np.int32)
        bucket_ngrams(offsets, data, sizes, int(self.buckets), borders, hashed)
        return hashed, borders

    def _finish(self, words: pa.LargeStringArray, counts: NDArray[np.int64], weights: Weights, bags: Bags) -> Vectors:
        from malgil.embeddings._subword_kernels import mean_rows

        matrix = np.empty((len(words), int(self.dim)), np.float32)
        mean_rows(weights[0], bags.rows, bags.borders, matrix)
        table = np.zeros((int(self.buckets), int(self.dim)), np.float32)
        table[bags.used] = weights[0][: len(bags.used), : self.dim]
        subwords = Subwords(table, int(self.min_n), int(self.max_n), self.units)
        return Vectors(words, matrix, counts=counts, subwords=subwords, meta=self._meta())

    def _marks(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("units", "min_n", "max_n", "buckets")}
        return super()._marks() | own

    def _check(self) -> None:
        super()._check()
        choose(UNITS, "units", self.units)
        for name in ("min_n", "max_n", "buckets"):
            check_whole(name, getattr(self, name), 1)
        if self.min_n > self.max_n:
            raise ParameterError("vectors.bad_ngrams", low=self.min_n, high=self.max_n)
