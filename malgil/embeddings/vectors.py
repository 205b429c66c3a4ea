"""A set of word vectors: look words up, find what is near, answer analogies, save and open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from malgil.embeddings.keeping import Kept
from malgil.embeddings.keys import Keys
from malgil.embeddings.quantizing import to_int8
from malgil.embeddings.shared_contexts import Tracing
from malgil.embeddings.space import ANALOGIES, Space, directions, dots
from malgil.embeddings.spelling import near_spellings
from malgil.embeddings.subwords import Subwords
from malgil.errors import DataError, ParameterError, TermNotFoundError
from malgil.messages import Message
from malgil.params import choose


class Near(NamedTuple):
    """A word that answers a question.

    Parameters
    ----------
    word : str
        The word.
    score : float
        Its cosine, or the score of the analogy.
    """

    word: str
    score: float


class Vectors(Tracing, Kept):
    """Words and a vector for each.

    Parameters
    ----------
    keys : Keys, list of str, or string array of Arrow
        Distinct words; those of a trained model stand by falling count.
    matrix : array_like of float, shape (n, dim)
        A finite vector for each; float32 and float16 stay as they are, other numbers become float32.
    counts : array_like of int, shape (n,), optional
        Occurrences of each word in the corpus.
    scales : ndarray of float32, shape (n,), optional
        For a `matrix` of int8: what each row is to be multiplied with.
    subwords : Subwords, optional
        Vectors of character n-grams, from which unknown words get theirs.
    meta : dict, optional
        JSON about where they come from, kept by `save`.

    Raises
    ------
    ParameterError
        If `keys` are not text, or `matrix` is no array of numbers with a row for each.
    DataError
        If a word is there twice or a vector is not finite.

    Examples
    --------
    >>> vectors = Vectors(["왕", "여왕", "책"], [[1.0, 0.1], [1.0, 0.3], [0.0, 1.0]])
    >>> vectors.nearest("왕", 1)
    [Near(word='여왕', score=0.981...)]
    """

    def __init__(
        self,
        keys: Iterable[str] | pa.Array,
        matrix: ArrayLike,
        *,
        counts: ArrayLike | None = None,
        scales: NDArray[np.float32] | None = None,
        subwords: Subwords | None = None,
        meta: dict[str, Any] | None = None,
    ) -> None:
        self._keys = keys if isinstance(keys, Keys) else Keys.of(keys)
        self.matrix = _as_matrix(matrix, scales)
        self.scales = scales
        self.counts = None if counts is None else np.ascontiguousarray(counts, np.int64)
        self.subwords = subwords
        self.meta = dict(meta or {})
        n = len(self._keys)
        for part in (self.matrix, self.counts, self.scales):
            if part is not None and len(part) != n:
                raise ParameterError("vectors.bad_rows", found=len(part), wanted=n)
        if subwords is not None and subwords.buckets.shape[1:] != self.matrix.shape[1:]:
            raise ParameterError("vectors.bad_dim", found=subwords.buckets.shape[1], wanted=self.dim)
        if (at := _first_not_finite(self.matrix)) is not None:
            raise DataError("vectors.not_finite", word=self._keys[at], row=at)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, word: object) -> bool:
        return word in self._keys

    def __repr__(self) -> str:
        return f"Vectors(n={len(self)}, dim={self.dim}, dtype={self.matrix.dtype})"

    @property
    def keys(self) -> Keys:
        """The words, in the order of the rows."""
        return self._keys

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        return int(self.matrix.shape[1])

    @cached_property
    def space(self) -> Space:
        """The vectors as `malgil.embeddings.space` measures them."""
        return Space(self.matrix)

    def __getitem__(self, words: str | Sequence[str]) -> NDArray[np.float32]:
        if isinstance(words, str):
            return self._vector(words)
        if not isinstance(words, Iterable):
            raise ParameterError("vectors.bad_word", type=type(words).__name__)
        found = [self._vector(word) for word in words]
        return np.array(found, np.float32).reshape(len(found), self.dim)

    def rows(self, places: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors by number, whatever they are stored as.

        Parameters
        ----------
        places : slice or ndarray of int64, shape (m,)
            Which.

        Returns
        -------
        ndarray of float32, shape (m, dim)
            A copy, where they are not stored so.
        """
        found = np.asarray(self.matrix[places], np.float32)
        return found if self.scales is None else found * self.scales[places][:, None]

    def _vector(self, word: str) -> NDArray[np.float32]:
        if not isinstance(word, str):
            raise ParameterError("vectors.bad_word", type=type(word).__name__)
        at = self._keys.place(word)
        if at is not None:
            return np.array(self.rows(slice(at, at + 1))[0])
        found = None if self.subwords is None else self.subwords.vector(word)
        if found is None:
            raise self.unknown(word)
        return found

    def unknown(self, word: str) -> TermNotFoundError:
        """Say that a word has no vector, and which it may have been.

        Parameters
        ----------
        word : str
            The word.

        Returns
        -------
        TermNotFoundError
            To be raised.
        """
        near = near_spellings(word, self._keys)
        hint = Message("vectors.near", {"near": ", ".join(near)}) if near else ""
        return TermNotFoundError("vectors.unknown_word", word=word, n=len(self), hint=hint)

    def _direction(self, asked: str | ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Direction of a word or a vector, and the number of the word, which is no answer to itself."""
        if isinstance(asked, str):
            at = self._keys.place(asked)
            vector = self._vector(asked) if at is None else self.rows(slice(at, at + 1))[0]
            own = [] if at is None else [at]
        else:
            vector, own = np.asarray(asked), []
            if vector.shape != (self.dim,) or vector.dtype.kind not in "fiu" or not np.isfinite(vector).all():
                raise ParameterError("vectors.bad_vector", dim=self.dim)
        return directions(np.asarray(vector, np.float64)[None])[0], np.array(own, np.int64)

    @cached_property
    def _graph(self) -> Any:
        from malgil.similarity import ApproximateIndex

        return ApproximateIndex.build(self.rows(slice(None)))

    def nearest(self, asked: str | ArrayLike, k: int = 10, *, approximate: bool = False) -> list[Near]:
        """Find the words whose vectors point most nearly the same way.

        Parameters
        ----------
        asked : str, or array_like of float, shape (dim,)
            A word, which is not among the answers, or any vector.
        k : int
            How many, >= 1.
        approximate : bool
            Ask a graph of usearch, made at the first such question, which may miss a word: worth it for a million words
            and more and thousands of questions, see `malgil.similarity.ApproximateIndex`.

        Returns
        -------
        list of Near
            By falling cosine, equal ones by place; exact, and the same for any number of threads.

        Raises
        ------
        ParameterError
            If `k` is below 1 or the vector is not one of this space.
        TermNotFoundError
            If the word has no vector; names words of near spelling.
        MissingError
            If `approximate`, and usearch is not installed.
        """
        direction, own = self._direction(asked)
        check_k(k)
        if approximate:
            places, scores = (found[0] for found in self._graph.top_k(direction[None], k + len(own)))
            pairs = [(at, score) for at, score in zip(places.tolist(), scores.tolist(), strict=True) if at not in own]
            return [Near(self._keys[at], score) for at, score in pairs[:k] if at >= 0]
        rough = self.space.cosines(direction[None])[0]
        return self._answers(rough, lambda rows: dots(rows, direction), k, own)

    def similarity(self, a: str, b: str) -> float:
        """Cosine of two words.

        Parameters
        ----------
        a, b : str
            Words.

        Returns
        -------
        float
            From -1 to 1; 0 where a vector has no length.

        Raises
        ------
        TermNotFoundError
            If one of them has no vector.
        """
        return float(dots(self._direction(a)[0][None], self._direction(b)[0])[0])

    def analogy(
        self, a: str, b: str, c: str, k: int = 10, *, method: Literal["3cosadd", "3cosmul"] = "3cosadd"
    ) -> list[Near]:
        """Find what is to `c` as `b` is to `a`.

        Parameters
        ----------
        a, b, c : str
            Words; none of them is an answer.
        k : int
            How many, >= 1.
        method : {"3cosadd", "3cosmul"}
            A sum of cosines or a product, see `three_cos_add` and `three_cos_mul`.

        Returns
        -------
        list of Near
            By falling score.

        Raises
        ------
        ParameterError
            If `k` is below 1 or there is no such method.
        TermNotFoundError
            If one of the words has no vector.
        """
        score = choose(ANALOGIES, "method", method)
        sides = [self._direction(word) for word in (a, b, c)]
        asked, own = np.array([side[0] for side in sides]), np.concatenate([side[1] for side in sides])
        rough = score(*self.space.cosines(asked))
        return self._answers(rough, lambda rows: score(*(dots(rows, side) for side in asked)), k, own)

    def odd_one_out(self, words: Sequence[str]) -> str:
        """Find the word that belongs least to the others.

        Parameters
        ----------
        words : sequence of str
            Three or more.

        Returns
        -------
        str
            The one whose cosine with the mean direction of all is lowest, the first of equal ones.

        Raises
        ------
        ParameterError
            If there are fewer than three.
        TermNotFoundError
            If one of them has no vector.
        """
        if isinstance(words, str) or len(words) < 3:
            raise ParameterError("vectors.too_few_words")
        sides = np.array([self._direction(word)[0] for word in words])
        return words[int(dots(sides, directions(sides.mean(axis=0)[None])[0]).argmin())]

    def _answers(self, rough: NDArray[np.float32], exact: Any, k: int, own: NDArray[np.int64]) -> list[Near]:
        check_k(k)
        places, scores = self.space.closest(rough, exact, int(k), own)
        return [Near(self._keys[at], score) for at, score in zip(places.tolist(), scores.tolist(), strict=True)]

    def _with(self, matrix: NDArray[Any], scales: NDArray[np.float32] | None = None) -> Vectors:
        made = Vectors(self._keys, matrix, counts=self.counts, scales=scales, subwords=self.subwords, meta=self.meta)
        made.contexts = self.contexts
        return made

    def normalized(self) -> Vectors:
        """Copy the vectors with length 1, so that a dot product is a cosine.

        Returns
        -------
        Vectors
            Of float32; vectors of length 0 stay 0. Vectors of n-grams are left as they are.
        """
        whole = np.empty(self.matrix.shape, np.float32)
        for low in range(0, len(self), 16_384):
            whole[low : low + 16_384] = directions(self.rows(slice(low, low + 16_384)).astype(np.float64))
        return self._with(whole)

    def to_float16(self) -> Vectors:
        """Copy the vectors into two bytes a number, each rounded to about three digits.

        Returns
        -------
        Vectors
            Numbers above 65504 become infinite, which is refused; see `measure_loss` for what else is lost.

        Raises
        ------
        DataError
            If a number is too large.
        """
        with np.errstate(over="ignore"):
            return self._with(self.rows(slice(None)).astype(np.float16))

    def to_int8(self) -> Vectors:
        """Copy the vectors into one byte a number and a scale for each word.

        Returns
        -------
        Vectors
            See `measure_loss` for what is lost.
        """
        return self._with(*to_int8(self.rows(slice(None))))


def check_k(k: object) -> None:
    """Refuse a number of answers that is none.

    Parameters
    ----------
    k : object
        What was asked for.

    Raises
    ------
    ParameterError
        If it is not a whole number of 1 or more.
    """
    if not (isinstance(k, int | np.integer) and k >= 1):
        raise ParameterError("vectors.bad_k", value=k)


def _as_matrix(matrix: ArrayLike, scales: NDArray[np.float32] | None) -> NDArray[Any]:
    try:
        array = np.asarray(matrix)
        if array.ndim != 2 or array.dtype.kind not in "fiub":
            raise ValueError(f"{array.ndim} dimensions of {array.dtype}")
    except (TypeError, ValueError) as error:
        raise ParameterError("vectors.bad_matrix", reason=error) from error
    if array.shape[1] == 0:
        raise ParameterError("vectors.bad_matrix", reason="0 columns")
    keeps = array.dtype in (np.float32, np.float16) or (array.dtype == np.int8 and scales is not None)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, None if keeps else np.float32)


def _first_not_finite(matrix: NDArray[Any]) -> int | None:
    if matrix.dtype == np.int8:
        return None
    for low in range(0, len(matrix), 16_384):
        is_fine = np.isfinite(matrix[low : low + 16_384]).all(axis=1)
        if not is_fine.all():
            return low + int(is_fine.argmin())
    return None
