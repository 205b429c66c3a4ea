"""Document vectors: means of word vectors, plain, weighted by rarity, or smoothed and without what all share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.number_checks import check_positive
from malgil.embeddings.token_source import as_tokens
from malgil.embeddings.vectors import Vectors
from malgil.engine import map_blocks
from malgil.errors import NotFittedError, ParameterError
from malgil.ngram.settings import make_tokenizer
from malgil.params import Parametrised, choose
from malgil.ragged import Ragged
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.forms import FormTable, pack_strings
from malgil.tokens import Tokens

_ROWS = 1 << 13


class Known(NamedTuple):
    """What was met of the words that have vectors.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_words,)
        Occurrences of each.
    df : ndarray of int64, shape (n_words,)
        Documents with each.
    n_docs : int
        Documents.
    a : float
        Smoothing of SIF.
    """

    counts: NDArray[np.int64]
    df: NDArray[np.int64]
    n_docs: int
    a: float


def weigh_alike(known: Known) -> NDArray[np.float64]:
    """Weight of 1 for every word.

    Parameters
    ----------
    known : Known
        What was met.

    Returns
    -------
    ndarray of float64, shape (n_words,)
        Ones.
    """
    return np.ones(len(known.counts))


def weigh_by_idf(known: Known) -> NDArray[np.float64]:
    """Inverse document frequency, as scikit-learn smooths it.

    Parameters
    ----------
    known : Known
        What was met.

    Returns
    -------
    ndarray of float64, shape (n_words,)
        ``ln((1 + n_docs) / (1 + df)) + 1``.
    """
    return np.log((1 + known.n_docs) / (1 + known.df)) + 1


def weigh_by_sif(known: Known) -> NDArray[np.float64]:
    """Smooth inverse frequency.

    Parameters
    ----------
    known : Known
        What was met.

    Returns
    -------
    ndarray of float64, shape (n_words,)
        ``a / (a + p(word))``, p its share of all tokens whose word has a vector.

    References
    ----------
    .. [1] Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017, algorithm 1.
    """
    return known.a / (known.a + known.counts / max(1, int(known.counts.sum())))


class Method(NamedTuple):
    """A way to make one vector of many.

    Parameters
    ----------
    weigh : callable
        Weights of the words.
    divides_by_weights : bool
        Whether the sum is divided by the weights of its words, or by their number.
    is_centred : bool
        Whether the direction that all documents share is taken away.
    """

    weigh: Callable[[Known], NDArray[np.float64]]
    divides_by_weights: bool
    is_centred: bool


METHODS = {
    "mean": Method(weigh_alike, False, False),
    "tfidf": Method(weigh_by_idf, True, False),
    "sif": Method(weigh_by_sif, False, True),
}


@dataclass(kw_only=True, eq=False)
class DocumentVectors(Parametrised):
    """Vectors of documents, out of the vectors of their words: a transformer for scikit-learn's pipelines.

    Parameters
    ----------
    vectors : Vectors, str or Path
        Word vectors, or the folder where they are saved.
    method : {"mean", "tfidf", "sif"}
        Mean of the vectors; mean weighted by inverse document frequency; or smooth inverse frequency.
    a : float
        Smoothing of ``sif``: the smaller, the less frequent words count.
    tokenizer : str, dict or Tokenizer
        How to cut texts, as those were cut that the vectors come from.
    n_jobs : int, optional
        Threads, all cores by default; never changes a result.

    Attributes
    ----------
    weights_ : ndarray of float32, shape (n_words,)
        Weight of each word that has a vector.
    common_ : ndarray of float32, shape (dim,)
        Direction that ``sif`` takes away: the first right singular vector of the documents it was fitted on; 0 else.
    n_unknown_ : int
        Tokens of the documents it was fitted on that have no vector.

    Notes
    -----
    A document without any known word has a vector of zeros. Vectors with parts of words answer for unknown words too;
    these weigh like a word that was never met.

    References
    ----------
    .. [1] Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017.

    Examples
    --------
    >>> vectors = Vectors(["좋다", "나쁘다"], [[1.0, 0.0], [0.0, 1.0]])
    >>> DocumentVectors(vectors=vectors).fit_transform(["좋다 좋다", "좋다 나쁘다", "모름"])
    array([[1. , 0. ],
           [0.5, 0.5],
           [0. , 0. ]], dtype=float32)
    """

    vectors: Vectors | str | Path
    method: str = "mean"
    a: float = 1e-3
    tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace"
    n_jobs: int | None = None

    def __sklearn_clone__(self) -> Self:
        # scikit-learn would copy the whole matrix for each clone; nobody changes it
        return type(self)(**self.get_params())

    def fit(self, texts: object, y: object = None) -> Self:
        """Learn the weights of the words, and the direction that documents share.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            Documents. The words of a `Ragged` are its numbers.
        y : object, optional
            Not used.

        Returns
        -------
        DocumentVectors
            Itself.

        Raises
        ------
        ParameterError
            If a setting cannot be used.
        """
        self._learn(self._tokens(texts))
        return self

    def fit_transform(self, texts: object, y: object = None) -> NDArray[np.float32]:
        """Learn from documents and give their vectors.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            Cut once.
        y : object, optional
            Not used.

        Returns
        -------
        ndarray of float32, shape (n_docs, dim)
            As `transform` gives them.
        """
        return self._centred(self._learn(self._tokens(texts)))

    def transform(self, texts: object) -> NDArray[np.float32]:
        """Give the vectors of documents.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            Documents.

        Returns
        -------
        ndarray of float32, shape (n_docs, dim)
            0 for a document without known words.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        """
        if not hasattr(self, "weights_"):
            raise NotFittedError("glove.not_fitted")
        corpus, more = self._encode(self._tokens(texts))
        return self._centred(self._sums(corpus, more))

    def _check(self) -> Vectors:
        choose(METHODS, "method", self.method)
        check_positive("a", self.a)
        if not isinstance(self.vectors, Vectors | str | Path):
            raise ParameterError("glove.no_vectors", type=type(self.vectors).__name__)
        if isinstance(self.vectors, Vectors):
            return self.vectors
        before: tuple[str | Path, Vectors] | None = getattr(self, "_opened", None)
        if before is None or before[0] != self.vectors:
            before = self._opened = self.vectors, Vectors.open(self.vectors)
        return before[1]

    def _tokens(self, texts: object) -> Tokens:
        return as_tokens(texts, make_tokenizer(self.tokenizer), self.n_jobs)

    def _encode(self, tokens: Tokens) -> tuple[Ragged, NDArray[np.float32]]:
        """Turn words into rows of the vectors, and behind these the unknown ones that get a vector too."""
        vectors = self._check()
        places = FormTable.of(vectors.keys.strings).find(pack_strings(tokens.forms)).astype(np.int32)
        more = np.zeros((0, vectors.dim), np.float32)
        if vectors.subwords is not None:
            unknown = np.flatnonzero(places < 0)
            words = [str(tokens.forms[at].as_py()) for at in unknown.tolist()]
            made = [(at, vectors.subwords.vector(word)) for at, word in zip(unknown.tolist(), words, strict=True)]
            found = [(at, vector) for at, vector in made if vector is not None]
            places[[at for at, _ in found]] = len(vectors) + np.arange(len(found), dtype=np.int32)
            more = np.array([vector for _, vector in found], np.float32).reshape(-1, vectors.dim)
        return Ragged(np.append(places, np.int32(-1))[tokens.ids], np.asarray(tokens.indptr, np.int64)), more

    def _learn(self, tokens: Tokens) -> NDArray[np.float32]:
        """Learn from documents; gives their weighted means."""
        vectors, method = self._check(), METHODS[choose({name: name for name in METHODS}, "method", self.method)]
        corpus, more = self._encode(tokens)
        n, is_known = len(vectors), corpus.ids >= 0
        self.n_unknown_ = int((~is_known).sum())
        doc = np.repeat(np.arange(corpus.n_docs), np.diff(corpus.indptr))
        inside = is_known & (corpus.ids < n)
        ids = corpus.ids[inside].astype(np.int64)
        once = np.unique(doc[inside] * n + ids) % n if n else ids
        counts, df = (np.bincount(part, minlength=n) for part in (ids, once))
        self.weights_ = method.weigh(Known(counts, df, corpus.n_docs, float(self.a))).astype(np.float32)
        never = Known(np.zeros(1, np.int64), np.zeros(1, np.int64), corpus.n_docs, float(self.a))
        self._unmet = float(method.weigh(never)[0])
        means = self._sums(corpus, more)
        self.common_ = _first_direction(means) if method.is_centred else np.zeros(vectors.dim, np.float32)
        return means

    def _sums(self, corpus: Ragged, more: NDArray[np.float32]) -> NDArray[np.float32]:
        from malgil.embeddings._document_kernels import mean_rows

        vectors = self._check()
        matrix = np.ascontiguousarray(vectors.rows(slice(None)), np.float32)
        matrix = np.concatenate([matrix, more]) if len(more) else matrix
        weights = np.append(self.weights_, np.full(len(more), self._unmet, np.float32))
        shares = weights if METHODS[self.method].divides_by_weights else np.ones_like(weights)
        out = np.empty((corpus.n_docs, vectors.dim), np.float32)

        def mean(low: int) -> None:
            mean_rows(corpus.ids, corpus.indptr, low, min(low + _ROWS, len(out)), weights, shares, matrix, out)

        for _ in map_blocks(mean, range(0, len(out), _ROWS), self.n_jobs):
            pass
        return out

    def _centred(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        return means - np.outer(means @ self.common_, self.common_) if self.common_.any() else means


def _first_direction(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """First right singular vector, its largest number positive; 0 where all rows are 0."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        wide = rows.astype(np.float64)
        values, directions = np.linalg.eigh(wide.T @ wide)
    first = directions[:, -1]
    is_there = len(values) > 0 and values[-1] > 0
    return (first * np.sign(first[np.abs(first).argmax()]) if is_there else np.zeros_like(first)).astype(np.float32)
