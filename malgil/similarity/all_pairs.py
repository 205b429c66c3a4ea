"""All values between two collections, whole or in blocks of rows that fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.similarity.measures import facts_of
from malgil.similarity.neighbours import sparse_pair
from malgil.similarity.sparse import Pair, kernel_code
from malgil.similarity.string_measures import STRING_MEASURES, as_strings, string_values

_BLOCK_PAIRS = 1 << 22  # 32 MB


class Block(NamedTuple):
    """Some rows of the matrix of all pairs.

    Parameters
    ----------
    first : int
        Number of the first row.
    values : ndarray of float64, shape (n_rows, n_b)
        Similarities or distances.
    """

    first: int
    values: NDArray[np.float64]


def pairwise(a: Any, b: Any = None, measure: str = "cosine", *, n_jobs: int | None = None) -> NDArray[np.float64]:
    """Compare all of one collection with all of another.

    Parameters
    ----------
    a, b : as for `malgil.similarity.top_k`
        Vectors of one space, or strings; without `b`, `a` with itself.
    measure : str
        A key of `MEASURES` or `STRING_MEASURES`.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    ndarray of float64, shape (n_a, n_b)
        The same bits that the pair functions give.

    Raises
    ------
    ParameterError
        If the measure is not known or the two do not fit.

    Examples
    --------
    >>> pairwise([[1, 0], [3, 4]], [[1, 0]])
    array([[1. ],
           [0.6]])
    """
    blocks = [block.values for block in pairwise_blocks(a, b, measure, n_jobs=n_jobs)]
    return np.concatenate(blocks)


def pairwise_blocks(
    a: Any, b: Any = None, measure: str = "cosine", *, n_rows: int | None = None, n_jobs: int | None = None
) -> Iterator[Block]:
    """Compare all of one collection with all of another, some rows at a time.

    Parameters
    ----------
    a, b : as for `malgil.similarity.top_k`
        Vectors of one space, or strings; without `b`, `a` with itself.
    measure : str
        A key of `MEASURES` or `STRING_MEASURES`.
    n_rows : int, optional
        Rows of a block; by default as many as take 32 MB.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    iterator of Block
        In the order of the rows; one without rows where `a` is empty.

    Raises
    ------
    ParameterError
        If the measure is not known or the two do not fit.
    """
    facts = facts_of(measure)
    b = a if b is None else b
    if measure in STRING_MEASURES:
        texts, others = as_strings(a, measure), as_strings(b, measure)
        return _blocks(
            lambda rows: string_values(texts[rows], others, measure), len(texts), len(others), n_rows, n_jobs
        )
    pair = sparse_pair(a, b, measure)
    sign = 1.0 if facts.higher_is_closer else -1.0
    return _blocks(lambda rows: sign * _vector_values(pair, rows), pair.n_queries, pair.offered.n_rows, n_rows, n_jobs)


def _blocks(
    measured: Callable[[slice], NDArray[np.float64]], n_a: int, n_b: int, n_rows: int | None, n_jobs: int | None
) -> Iterator[Block]:
    step = n_rows or max(1, _BLOCK_PAIRS // max(1, n_b))
    slices = (slice(low, min(low + step, n_a)) for low in range(0, max(n_a, 1), step))
    return map_blocks(lambda rows: Block(rows.start, measured(rows)), slices, n_jobs)


def _vector_values(pair: Pair, rows: slice) -> NDArray[np.float64]:
    from malgil.similarity._neighbour_kernels import measure_rows

    _, asked, offered, asked_sizes, sizes = pair
    arrays = offered.indptr, offered.indices, offered.data, sizes
    values = np.empty((rows.stop - rows.start, offered.n_rows))
    query = np.zeros(offered.n_columns)
    for row, out in zip(range(rows.start, rows.stop), values, strict=True):
        vector = asked.vector(row)
        query[vector.indices] = vector.data
        given: list[Any] = [kernel_code(pair.measure), query, *vector, asked_sizes[row], *arrays, out]
        measure_rows(*given)
        query[vector.indices] = 0.0
    return values
