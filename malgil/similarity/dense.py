"""Exact neighbours among dense vectors: products of whole blocks, then the exact values of those that can win."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.similarity.rows import LARGEST, SMALLEST
from malgil.similarity.sparse import kernel_code

_MEASURES = ("cosine", "dot", "euclidean")
_LEAST_DENSITY = 0.25  # share of values that are not zero, from which on products of blocks are quicker
_BLOCK_QUERIES, _BLOCK_ITEMS = 500, 4096  # their products fit a core's cache

Floats = NDArray[np.float64]


class DensePair(NamedTuple):
    """Queries and items of one space, as arrays.

    Parameters
    ----------
    measure : {"cosine", "dot", "euclidean"}
        The measure.
    asked, offered : ndarray of float32 or float64, shape (n, n_columns)
        Queries and items.
    """

    measure: str
    asked: NDArray[Any]
    offered: NDArray[Any]

    @property
    def n_queries(self) -> int:
        """Number of queries."""
        return len(self.asked)

    def fill_closest(
        self, left_out: NDArray[np.int64], indices: NDArray[np.int64], values: Floats, n_jobs: int | None
    ) -> None:
        """Find the closest items for every query.

        Parameters
        ----------
        left_out : ndarray of int64, shape (n_queries,)
            For each query an item to leave out, -1 for none.
        indices : ndarray of int64, shape (n_queries, k)
            Out: the items; stays as it is where there are fewer.
        values : ndarray of float64, shape (n_queries, k)
            Out: their values, of a distance with the sign turned.
        n_jobs : int, optional
            Number of threads, all cores by default.

        Notes
        -----
        The products (in float32 where they fit) only say which items can be among the k; those are measured in float64,
        term by term, so that the result depends neither on the blocks nor on the library that multiplies them.
        """
        from threadpoolctl import threadpool_limits

        from malgil.similarity._neighbour_kernels import order_best, rescore_dense

        measure, asked, offered = self
        sizes, asked_sizes = _squared(offered), _squared(asked)
        dtype = _product_type(measure, sizes, asked_sizes)
        code, slack = kernel_code(measure), 2.0 * (asked.shape[1] + 8) * float(np.finfo(dtype).eps)

        def answer(block: slice) -> None:
            queries, own = asked[block], asked_sizes[block]
            left, found = _left(measure, queries, own, dtype), np.zeros(len(queries), np.int64)
            for first in range(0, len(offered), _BLOCK_ITEMS):
                items, theirs = offered[first : first + _BLOCK_ITEMS], sizes[first : first + _BLOCK_ITEMS]
                products = left @ _right(measure, items, theirs, dtype).T
                given = code, products, first, slack, queries, own, items, theirs, left_out[block]
                rescore_dense(*given, found, indices[block], values[block])
            for query, n in enumerate(found.tolist()):
                order_best(indices[block][query], values[block][query], n)

        blocks = (slice(low, low + _BLOCK_QUERIES) for low in range(0, len(asked), _BLOCK_QUERIES))
        with threadpool_limits(1, user_api="blas"):  # the threads are ours: those of the library would be in their way
            for _ in map_blocks(answer, blocks, n_jobs):
                pass


def dense_pair(queries: Any, items: Any, measure: str) -> DensePair | None:
    """Take two sides as dense where that is what they are.

    Parameters
    ----------
    queries, items : object
        As `malgil.similarity.top_k` takes them.
    measure : str
        A key of `MEASURES`.

    Returns
    -------
    DensePair or None
        ``None`` where a side is sparse, holds mostly zeros, is no proper array of vectors, or the measure is another.

    Raises
    ------
    ParameterError
        If the values are not finite numbers below 1e140.
    """
    if measure not in _MEASURES or not all(isinstance(side, np.ndarray) for side in (queries, items)):
        return None
    if queries.ndim != 2 or items.ndim != 2 or queries.shape[1] != items.shape[1] or not items.size:
        return None
    asked, offered = (_floats(side) for side in (queries, items))
    if asked is None or offered is None:
        return None
    return DensePair(measure, asked, offered)


def _floats(side: NDArray[Any]) -> NDArray[Any] | None:
    """Values as floats, those too small to square as zeros; ``None`` where most are zeros or they are no numbers."""
    if (
        side.dtype.kind not in "fiub"
        or np.count_nonzero(side[:_BLOCK_ITEMS]) < _LEAST_DENSITY * side[:_BLOCK_ITEMS].size
    ):
        return None
    floats = np.ascontiguousarray(side, np.float32 if side.dtype == np.float32 else np.float64)
    if floats.size and not max(-float(floats.min()), float(floats.max())) < LARGEST:
        raise ParameterError("similarity.bad_values")
    tiny = np.abs(floats) < SMALLEST
    return np.where(tiny, 0, floats) if floats.dtype == np.float64 and floats[tiny].any() else floats


def _squared(vectors: NDArray[Any]) -> Floats:
    """Add the squares in the order of the columns, as the kernels do."""
    squared = np.zeros(len(vectors))
    for low in range(0, len(vectors), _BLOCK_ITEMS):
        block = vectors[low : low + _BLOCK_ITEMS].T.astype(np.float64, order="C")
        for column in block:
            squared[low : low + _BLOCK_ITEMS] += column * column
    return squared


def _product_type(measure: str, *squared: Floats) -> Any:
    """Choose float32 where no product can overflow or vanish in it."""
    if measure == "cosine":
        return np.float32
    lengths = np.concatenate([np.sqrt(part[part > 0.0]) for part in squared])
    return np.float32 if len(lengths) and 1e-8 < lengths.min() <= lengths.max() < 1e8 else np.float64


def _left(measure: str, queries: NDArray[Any], squared: Floats, dtype: Any) -> NDArray[Any]:
    """Make the left factors: for a distance ``(2 q, -|q|^2, -1)``, so that its products are negative squares."""
    if measure != "euclidean":
        return _right(measure, queries, squared, dtype)
    return np.column_stack([2.0 * queries.astype(dtype), -squared, -np.ones(len(queries))]).astype(dtype)


def _right(measure: str, vectors: NDArray[Any], squared: Floats, dtype: Any) -> NDArray[Any]:
    """Make the right factors: directions for the cosine, ``(x, 1, |x|^2)`` for a distance."""
    if measure == "cosine":
        inverse = 1.0 / np.sqrt(np.where(squared > 0.0, squared, 1.0))
        if vectors.dtype == np.float32 and inverse.max() < 1e30:
            return vectors * inverse.astype(np.float32)[:, None]
        return (vectors * inverse[:, None]).astype(np.float32)
    if measure == "dot":
        return vectors.astype(dtype, copy=False)
    factors = np.empty((len(vectors), vectors.shape[1] + 2), dtype)
    factors[:, :-2], factors[:, -2], factors[:, -1] = vectors, 1.0, squared
    return factors
