"""Kernels of padding and packing: copy runs of items, choose what a row keeps, find rows with room."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def copy_runs(
    source: NDArray[Any], begin: NDArray[np.int64], n: NDArray[np.int64], to: NDArray[np.int64], target: NDArray[Any]
) -> None:
    """Copy runs of `source` to places in `target`.

    Parameters
    ----------
    source : ndarray, shape (n_source,)
        Items.
    begin, n, to : ndarray of int64, shape (n_runs,)
        ``target[to:to + n] = source[begin:begin + n]`` for each run.
    target : ndarray, shape (n_target,)
        Output.
    """
    for run in range(len(n)):
        at, goal = begin[run], to[run]
        for i in range(n[run]):
            target[goal + i] = source[at + i]


@njit(nogil=True, cache=True)
def keep_rarest(
    ids: NDArray[np.int32], indptr: NDArray[np.int64], df: NDArray[np.int64], length: int, keep: NDArray[np.bool_]
) -> None:
    """Mark the `length` tokens of each row that are in the fewest documents, among equals the first.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Tokens.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.
    df : ndarray of int64, shape (n_terms,)
        Documents with each term.
    length : int
        Most tokens of a row.
    keep : ndarray of bool, shape (n_tokens,)
        Output.
    """
    for row in range(len(indptr) - 1):
        low, high = indptr[row], indptr[row + 1]
        if high - low <= length:
            keep[low:high] = True
            continue
        ranks = np.empty(high - low, np.int64)
        for i in range(high - low):
            ranks[i] = df[ids[low + i]]
        order = np.argsort(ranks, kind="mergesort")
        for i in range(length):
            keep[low + order[i]] = True


@njit(nogil=True, cache=True)
def place_pieces(lengths: NDArray[np.int64], capacity: int, row: NDArray[np.int64], column: NDArray[np.int64]) -> int:
    """Best fit: put each piece into the row with the least room that is enough, the latest of equals.

    Parameters
    ----------
    lengths : ndarray of int64, shape (n_pieces,)
        Items of each piece, 1 to `capacity`, in the order in which they are placed.
    capacity : int
        Items of a row.
    row, column : ndarray of int64, shape (n_pieces,)
        Output: where each piece begins.

    Returns
    -------
    int
        Rows that were needed.
    """
    first = np.full(capacity + 1, -1, np.int64)  # room -> the latest row with that much room
    behind = np.empty(len(lengths), np.int64)  # row -> the one before it with equal room
    n_rows = 0
    for piece in range(len(lengths)):
        n = lengths[piece]
        room = n
        while room < capacity and first[room] < 0:
            room += 1
        if room == capacity:
            at = n_rows
            n_rows += 1
        else:
            at = first[room]
            first[room] = behind[at]
        row[piece], column[piece] = at, capacity - room
        behind[at] = first[room - n]
        first[room - n] = at
    return n_rows


@njit(nogil=True, cache=True)
def lay_segments(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    n: NDArray[np.int64],
    segments: NDArray[np.int32],
    positions: NDArray[np.int32],
) -> None:
    """Write for each cell which segment of its row it belongs to, from 1, and its place in the segment.

    Parameters
    ----------
    row, column, n : ndarray of int64, shape (n_pieces,)
        Where each piece begins and how many items it has; within a row the columns rise.
    segments, positions : ndarray of int32, shape (n_rows, length)
        Output, zeros before.
    """
    count = np.zeros(len(segments), np.int32)
    for piece in range(len(n)):
        at = row[piece]
        count[at] += 1
        for i in range(n[piece]):
            segments[at, column[piece] + i] = count[at]
            positions[at, column[piece] + i] = i
