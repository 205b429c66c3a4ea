"""Exact neighbours among sparse rows: candidates from the columns, then the exact values of those that can win."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.similarity.measures import MEASURES
from malgil.similarity.rows import Rows
from malgil.vectorize import Columns, transpose

_FEW_QUERIES = 8  # up to this many, reading all rows is quicker than turning them into columns first
_BLOCK_QUERIES = 16

Floats = NDArray[np.float64]
Candidates = tuple[NDArray[np.int32], Floats]


class Room(NamedTuple):
    """Working memory of one thread, handed on from block to block.

    Parameters
    ----------
    query : ndarray of float64, shape (n_columns,)
        Zeros: room for a query with its zeros.
    seen : ndarray of bool, shape (n_items,)
        False.
    sums : ndarray of float64, shape (n_items,)
        Zeros.
    candidates : ndarray of int32, shape (n_items,)
        Anything.
    bounds : ndarray of float64, shape (n_items,)
        Anything.
    """

    query: Floats
    seen: NDArray[np.bool_]
    sums: Floats
    candidates: NDArray[np.int32]
    bounds: Floats


class Rooms:
    """Working memory of as many threads as there turn out to be.

    Parameters
    ----------
    n_columns, n_items : int
        Sizes of the arrays.
    """

    def __init__(self, n_columns: int, n_items: int) -> None:
        self._shape = n_columns, n_items
        self._spare: list[Room] = []

    @contextmanager
    def take(self) -> Iterator[Room]:
        """Take a room nobody is in, for a block.

        Yields
        ------
        Room
            To be left as it was found.
        """
        try:
            room = self._spare.pop()
        except IndexError:
            n_columns, n = self._shape
            numbers = np.empty(n, np.int32), np.empty(n)
            room = Room(np.zeros(n_columns), np.zeros(n, np.bool_), np.zeros(n), *numbers)
        yield room
        self._spare.append(room)


class Pair(NamedTuple):
    """Queries and items of one space, and what a measure needs of them.

    Parameters
    ----------
    measure : str
        A key of `MEASURES`.
    asked, offered : Rows
        Queries and items; for a measure of sets every value is 1.
    asked_sizes, sizes : ndarray of float64, shape (n_queries,) and (n_items,)
        Sums of the values or of their squares, as the measure needs them.
    """

    measure: str
    asked: Rows
    offered: Rows
    asked_sizes: Floats
    sizes: Floats

    @property
    def n_queries(self) -> int:
        """Number of queries."""
        return self.asked.n_rows

    @classmethod
    def of(cls, asked: Rows, offered: Rows, measure: str) -> Pair:
        """Prepare two sides.

        Parameters
        ----------
        asked, offered : Rows
            Queries and items.
        measure : str
            A key of `MEASURES`.

        Returns
        -------
        Pair
            With sizes.
        """
        from malgil.similarity._neighbour_kernels import row_sizes

        if MEASURES[measure].uses_sets:
            asked, offered = (rows._replace(data=np.ones(len(rows.data))) for rows in (asked, offered))
        code = kernel_code(measure)
        sizes = (row_sizes(code, rows.indptr, rows.data) for rows in (asked, offered))
        return cls(measure, asked, offered, *sizes)

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
        """
        from malgil.similarity._neighbour_kernels import rescore

        _, asked, offered, asked_sizes, sizes = self
        code, arrays = kernel_code(self.measure), (offered.indptr, offered.indices, offered.data, sizes)
        rooms = Rooms(offered.n_columns, offered.n_rows)
        find = _finder(self, indices.shape[1] + 1)

        def answer(block: range) -> None:
            with rooms.take() as room:
                for row in block:
                    query = asked.vector(row)
                    candidates = find(row, room)
                    room.query[query.indices] = query.data
                    given = code, *candidates, room.query, *query, asked_sizes[row], *arrays, left_out[row]
                    rescore(*given, indices[row], values[row])
                    room.query[query.indices] = 0.0

        step = 1 if asked.n_rows <= _FEW_QUERIES else _BLOCK_QUERIES
        blocks = (range(low, min(low + step, asked.n_rows)) for low in range(0, asked.n_rows, step))
        for _ in map_blocks(answer, blocks, n_jobs):
            pass


def kernel_code(measure: str) -> int:
    """Tell the number that the kernels know a measure by.

    Parameters
    ----------
    measure : str
        A key of `MEASURES`.

    Returns
    -------
    int
        A constant of the kernels.
    """
    from malgil.similarity import _neighbour_kernels

    code: int = getattr(_neighbour_kernels, measure.upper())
    return code


def _finder(pair: Pair, k: int) -> Callable[[int, Room], Candidates]:
    """Choose the way to a query's candidates."""
    everything = np.arange(pair.offered.n_rows, dtype=np.int32)
    if pair.asked.n_rows <= _FEW_QUERIES:
        return lambda row, room: (everything, np.empty(0))
    if pair.measure == "euclidean":
        return _by_distance(pair, everything)
    gathered = _by_overlap(pair, k)

    def find(row: int, room: Room) -> Candidates:
        if pair.asked.indptr[row] == pair.asked.indptr[row + 1]:  # shares nothing with anything
            return everything, np.empty(0)
        return gathered(row, room)

    return find


def _by_distance(pair: Pair, everything: NDArray[np.int32]) -> Callable[[int, Room], Candidates]:
    from malgil.similarity._candidate_kernels import distance_bounds

    columns = transpose(*pair.offered)

    def find(row: int, room: Room) -> Candidates:
        given: list[Any] = [*pair.asked.vector(row), pair.asked_sizes[row], *columns, pair.sizes, room.bounds]
        distance_bounds(*given)
        return everything, room.bounds

    return find


def _by_overlap(pair: Pair, k: int) -> Callable[[int, Room], Candidates]:
    from malgil.similarity._candidate_kernels import gather

    measure, asked, offered, asked_sizes, sizes = pair
    if measure == "cosine":
        asked, offered = _of_length_one(asked, asked_sizes), _of_length_one(offered, sizes)
        measure, asked_sizes, sizes = "dot", np.ones(len(asked_sizes)), np.ones(len(sizes))
    columns = transpose(*offered)
    n_rows, code, most_of = np.diff(columns.indptr), kernel_code(measure), _rests(pair, columns)

    def find(row: int, room: Room) -> Candidates:
        indices, data = asked.vector(row)
        order = np.argsort(n_rows[indices], kind="stable")
        factors, lists = data[order], indices[order]
        given = lists, factors, most_of(factors, lists), *columns, asked_sizes[row], sizes
        n = gather(code, *given, min(k, offered.n_rows), *room[1:])
        return _most_promising_first(room.candidates[:n], room.bounds[:n], 2 * k)

    return find


def _most_promising_first(candidates: NDArray[np.int32], bounds: Floats, n: int) -> Candidates:
    """Put the `n` with the highest bounds in front, so that most others need not be looked at."""
    if len(bounds) <= n:
        return candidates, bounds
    order = np.argpartition(-bounds, n)
    return candidates[order], bounds[order]


def _of_length_one(rows: Rows, squared: Floats) -> Rows:
    return rows._replace(data=rows.data / np.repeat(np.sqrt(squared), np.diff(rows.indptr)))


def _rests(pair: Pair, columns: Columns) -> Callable[[Floats, NDArray[np.int32]], Floats]:
    """Choose the bound of what the lists from each one on can add: Cauchy-Schwarz, or the sum of the largest."""
    is_signed = any(len(rows.data) and rows.data.min() < 0.0 for rows in (pair.asked, pair.offered))
    if is_signed:  # then a list can also take away
        return lambda factors, lists: np.append(np.full(len(lists), np.inf), 0.0)
    if pair.measure == "cosine":
        return lambda factors, lists: np.sqrt(_sums_to_the_end(factors * factors))
    if pair.measure != "dot":
        return lambda factors, lists: _sums_to_the_end(factors)
    is_used = np.diff(columns.indptr) > 0
    largest = np.zeros(len(is_used))
    if is_used.any():
        largest[is_used] = np.maximum.reduceat(columns.data, columns.indptr[:-1][is_used])
    return lambda factors, lists: _sums_to_the_end(factors * largest[lists])


def _sums_to_the_end(values: Floats) -> Floats:
    sums = np.zeros(len(values) + 1)
    sums[:-1] = np.cumsum(values[::-1])[::-1]
    return sums
