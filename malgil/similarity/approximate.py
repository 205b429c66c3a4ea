"""Approximate neighbours among dense vectors: a graph (HNSW) that answers one query in well under a millisecond.

Making the graph takes long, and it may miss a neighbour; see the page on similarity for the number of queries from
which on it pays. The library usearch does the work; it comes with the extra ``ann``.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.engine import n_workers
from malgil.errors import MissingError, ParameterError
from malgil.params import choose
from malgil.similarity.measures import MEASURES
from malgil.similarity.rows import LARGEST

_METRICS = {"cosine": "cos", "euclidean": "l2sq", "dot": "ip"}


class ApproximateIndex:
    """Dense vectors in a graph of neighbours.

    Parameters
    ----------
    index : usearch.index.Index
        The graph.
    items : ndarray of float32, shape (n_items, n_columns)
        The vectors, for exact values of what was found.
    measure : {"cosine", "euclidean", "dot"}
        The measure.

    References
    ----------
    .. [1] Malkov, Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
       Small World graphs", IEEE TPAMI 42(4), 2020.
    """

    def __init__(self, index: Any, items: NDArray[np.float32], measure: str) -> None:
        self._index, self._items, self.measure = index, items, measure

    @classmethod
    def build(
        cls,
        items: ArrayLike,
        measure: str = "cosine",
        *,
        connectivity: int = 16,
        expansion: int = 128,
        n_jobs: int | None = 1,
    ) -> Self:
        """Make the graph.

        Parameters
        ----------
        items : array_like of shape (n_items, n_columns)
            Vectors; kept as float32.
        measure : {"cosine", "euclidean", "dot"}
            The measure.
        connectivity : int
            Neighbours of a vector in the graph.
        expansion : int
            Candidates looked at when a vector is added.
        n_jobs : int, optional
            Number of threads. With one, the default, the same vectors give the same graph; several take turns by chance
            and each run gives a graph of its own.

        Returns
        -------
        ApproximateIndex
            Ready for queries.

        Raises
        ------
        ParameterError
            If the measure is another, or the vectors are not an array of finite numbers.
        MissingError
            If usearch is not installed.
        """
        choose(_METRICS, "measure", measure)
        vectors = _as_float32(items)
        index = _usearch().Index(
            ndim=vectors.shape[1],
            metric=_METRICS[measure],
            dtype="f32",
            connectivity=connectivity,
            expansion_add=expansion,
        )
        if len(vectors):
            index.add(np.arange(len(vectors), dtype=np.uint64), vectors, threads=n_workers(n_jobs))
        return cls(index, vectors, measure)

    def __len__(self) -> int:
        return len(self._items)

    def top_k(
        self, queries: ArrayLike, k: int = 10, *, expansion: int = 128, n_jobs: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Find close items for every query.

        Parameters
        ----------
        queries : array_like of shape (n_queries, n_columns)
            Vectors of the same space.
        k : int
            How many, >= 1.
        expansion : int
            Candidates looked at, at least `k`: more find more of the true neighbours and take longer.
        n_jobs : int, optional
            Number of threads, all cores by default; the result does not depend on it.

        Returns
        -------
        indices : ndarray of int64, shape (n_queries, k)
            Items, the closest first, equal values by rising number; -1 where there are fewer than `k`.
        values : ndarray of float64, shape (n_queries, k)
            Their similarities or distances, measured exactly; NaN beside -1.

        Raises
        ------
        ParameterError
            If `k` is below 1 or the vectors are of another space.
        """
        if not (isinstance(k, int | np.integer) and k >= 1):
            raise ParameterError("similarity.bad_k", value=k)
        asked = _as_float32(queries)
        if asked.shape[1] != self._items.shape[1]:
            raise ParameterError("similarity.other_space", found=asked.shape[1], wanted=self._items.shape[1])
        indices, values = np.full((len(asked), k), -1, np.int64), np.full((len(asked), k), np.nan)
        n = min(k, len(self))
        if not n or not len(asked):
            return indices, values
        self._index.expansion_search = max(expansion, n)
        keys = self._index.search(asked, n, threads=n_workers(n_jobs)).keys.reshape(len(asked), n).astype(np.int64)
        measured = self._measure(asked, keys)
        closeness = measured if MEASURES[self.measure].higher_is_closer else -measured
        order = np.lexsort((keys, -closeness), axis=-1)
        indices[:, :n], values[:, :n] = np.take_along_axis(keys, order, 1), np.take_along_axis(measured, order, 1)
        return indices, values

    def _measure(self, asked: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float64]:
        a, b = asked.astype(np.float64)[:, None, :], self._items[keys].astype(np.float64)
        if self.measure == "euclidean":
            distances: NDArray[np.float64] = np.sqrt(((a - b) ** 2).sum(axis=2))
            return distances
        dots: NDArray[np.float64] = (a * b).sum(axis=2)
        if self.measure == "dot":
            return dots
        lengths = np.sqrt((a * a).sum(axis=2) * (b * b).sum(axis=2))
        cosines: NDArray[np.float64] = np.divide(dots, lengths, out=np.zeros_like(dots), where=lengths > 0.0)
        return cosines.clip(-1.0, 1.0)


def _usearch() -> Any:
    try:
        import usearch.index
    except ImportError as error:
        raise MissingError("similarity.no_usearch") from error
    return usearch.index


def _as_float32(vectors: ArrayLike) -> NDArray[np.float32]:
    try:
        array = np.atleast_2d(np.asarray(vectors))
        if array.ndim != 2 or array.dtype.kind not in "fiub":
            raise ValueError(f"{array.ndim} dimensions of {array.dtype}")
    except (TypeError, ValueError) as error:
        raise ParameterError("similarity.not_vectors", reason=error) from error
    if array.size and not np.abs(array).max() < min(LARGEST, float(np.finfo(np.float32).max)):
        raise ParameterError("similarity.bad_values")
    return np.ascontiguousarray(array, np.float32)
