"""GloVe: pairs laid out in blocks that share no row, and the steps of AdaGrad over one block."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Sums in any order, contraction, estimates of roots: no rounding is promised. Infinities and NaN stay what they are.
FASTMATH = {"nsz", "arcp", "contract", "afn", "reassoc"}


@njit(nogil=True, cache=True)
def count_runs(
    indptr: NDArray[np.int64],
    cols: NDArray[np.int32],
    rows: NDArray[np.int64],
    strips: NDArray[np.int32],
    most: int,
    borders: NDArray[np.int64],
) -> None:
    """Count the runs of each block of one strip of rows.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_words + 1,)
        Borders of the rows.
    cols : ndarray of int32, shape (n_pairs,)
        Columns.
    rows : ndarray of int64
        The rows of the strip.
    strips : ndarray of int32, shape (n_words,)
        Strip of each column.
    most : int
        Pairs of a run at most.
    borders : ndarray of int64, shape (n_strips + 1,)
        Output: the runs of block ``j`` are ``borders[j]`` to ``borders[j + 1]``.
    """
    n_strips = borders.size - 1
    borders[:] = 0
    sizes = np.zeros(n_strips, np.int64)
    for row in rows:
        sizes[:] = 0
        for i in range(indptr[row], indptr[row + 1]):
            sizes[strips[cols[i]]] += 1
        for j in range(n_strips):
            borders[j + 1] += (sizes[j] + most - 1) // most
    for j in range(n_strips):
        borders[j + 1] += borders[j]


@njit(nogil=True, cache=True)
def cut_runs(
    indptr: NDArray[np.int64],
    cols: NDArray[np.int32],
    rows: NDArray[np.int64],
    strips: NDArray[np.int32],
    most: int,
    borders: NDArray[np.int64],
    run_rows: NDArray[np.int32],
    run_lengths: NDArray[np.int64],
) -> None:
    """Cut the pairs of one strip of rows into runs of one row and one block each.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_words + 1,)
        Borders of the rows.
    cols : ndarray of int32, shape (n_pairs,)
        Columns.
    rows : ndarray of int64
        The rows of the strip.
    strips : ndarray of int32, shape (n_words,)
        Strip of each column.
    most : int
        Pairs of a run at most.
    borders : ndarray of int64, shape (n_strips + 1,)
        Borders of the runs of each block, from `count_runs`.
    run_rows : ndarray of int32, shape (n_runs,)
        Output: row of each run, block after block, in a block by rows.
    run_lengths : ndarray of int64, shape (n_runs,)
        Output: its pairs.
    """
    n_strips = borders.size - 1
    free = borders[:-1].copy()
    sizes = np.zeros(n_strips, np.int64)
    for row in rows:
        sizes[:] = 0
        for i in range(indptr[row], indptr[row + 1]):
            sizes[strips[cols[i]]] += 1
        for j in range(n_strips):
            while sizes[j] > 0:
                run_rows[free[j]] = row
                run_lengths[free[j]] = min(sizes[j], most)
                sizes[j] -= most
                free[j] += 1


@njit(nogil=True, cache=True)
def place_pairs(
    indptr: NDArray[np.int64],
    cols: NDArray[np.int32],
    units: NDArray[np.int64],
    rows: NDArray[np.int64],
    strips: NDArray[np.int32],
    most: int,
    borders: NDArray[np.int64],
    homes: NDArray[np.int64],
    unit: float,
    pair_cols: NDArray[np.int32],
    pair_counts: NDArray[np.float32],
) -> None:
    """Copy the pairs of one strip of rows to where their runs begin.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_words + 1,)
        Borders of the rows.
    cols : ndarray of int32, shape (n_pairs,)
        Columns.
    units : ndarray of int64, shape (n_pairs,)
        Counts in units.
    rows : ndarray of int64
        The rows of the strip.
    strips : ndarray of int32, shape (n_words,)
        Strip of each column.
    most : int
        Pairs of a run at most.
    borders : ndarray of int64, shape (n_strips + 1,)
        Borders of the runs of each block, as `cut_runs` gave them.
    homes : ndarray of int64, shape (n_runs,)
        Where the pairs of each of these runs are to begin.
    unit : float
        What a unit counts.
    pair_cols : ndarray of int32, shape (n_strip_pairs,)
        Output: columns.
    pair_counts : ndarray of float32, shape (n_strip_pairs,)
        Output: counts.
    """
    n_strips = borders.size - 1
    run = borders[:-1].copy()
    sizes = np.zeros(n_strips, np.int64)
    for row in rows:
        sizes[:] = 0
        for i in range(indptr[row], indptr[row + 1]):
            j = strips[cols[i]]
            if sizes[j] == most:
                run[j] += 1
                sizes[j] = 0
            place = homes[run[j]] + sizes[j]
            pair_cols[place] = cols[i]
            pair_counts[place] = np.float32(units[i] * unit)
            sizes[j] += 1
        for j in range(n_strips):
            if sizes[j] > 0:
                run[j] += 1


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def train_block(
    run_rows: NDArray[np.int32],
    run_starts: NDArray[np.int64],
    low: int,
    high: int,
    cols: NDArray[np.int32],
    logs: NDArray[np.float32],
    weights: NDArray[np.float32],
    words: NDArray[np.float32],
    contexts: NDArray[np.float32],
    eta: np.float32,
) -> float:
    """Take one step of AdaGrad for each pair of a block.

    Parameters
    ----------
    run_rows : ndarray of int32, shape (n_runs,)
        Word of each run of pairs.
    run_starts : ndarray of int64, shape (n_runs + 1,)
        Where the pairs of each begin.
    low, high : int
        The runs of the block.
    cols : ndarray of int32, shape (n_pairs,)
        Context word of each pair.
    logs : ndarray of float32, shape (n_pairs,)
        Logarithm of its count.
    weights : ndarray of float32, shape (n_pairs,)
        Weight of its error.
    words, contexts : ndarray of float32, shape (n_words, 2 * width)
        Parameters of every word and every context word: vector, bias and a one that stands against the other's bias,
        with the columns of these two swapped; then the sums of squared steps of each. Changed in place.
    eta : float32
        Initial length of a step.

    Returns
    -------
    float
        Sum over the pairs of half the weighted squared error, before each step.
    """
    width = words.shape[1] // 2
    half = np.float32(0.5)
    loss = 0.0
    for run in range(low, high):
        word = words[run_rows[run]]
        for p in range(run_starts[run], run_starts[run + 1]):
            context = contexts[cols[p]]
            dot = np.float32(0.0)
            for k in range(width):
                dot += word[k] * context[k]
            error = dot - logs[p]
            slope = weights[p] * error
            loss += half * slope * error
            slope *= eta
            for k in range(width):
                step, context_step = slope * context[k], slope * word[k]
                word[k] -= step / np.sqrt(word[width + k])
                context[k] -= context_step / np.sqrt(context[width + k])
                word[width + k] += step * step
                context[width + k] += context_step * context_step
    return loss
