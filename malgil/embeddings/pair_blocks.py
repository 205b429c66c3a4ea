"""The pairs of a corpus in a grid of blocks, so that blocks which are learned from at once have no word in common.

Words are dealt into strips. The pairs of strip i with strip j are one block. Blocks (0, r), (1, 1 + r), (2, 2 + r) ...
touch other rows and other columns each: they may be learned from on any number of threads, in any order, and leave the
same bits [1]_. Frequent words are dealt evenly, so that blocks are of about the same size.

Inside a block, short runs of pairs that share their word stand in an order that only the seed decides: nearly as good
as no order at all, and a word's row stays in the nearest cache for the length of a run.

References
----------
.. [1] Gemulla, Nijkamp, Haas and Sismanis, "Large-Scale Matrix Factorization with Distributed Stochastic Gradient
   Descent", KDD 2011, section 3 (strata).
"""

from __future__ import annotations

import tempfile
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from malgil.embeddings.cooccurrence import Cooccurrences
from malgil.engine import map_blocks

N_STRIPS = 16  # of words, and of context words: so many threads can work at once
_RUN = 8  # pairs


class Strip(NamedTuple):
    """The pairs of some words, block after block.

    Parameters
    ----------
    run_rows : ndarray of int32, shape (n_runs,)
        Word of each run.
    run_starts : ndarray of int64, shape (n_runs + 1,)
        Where its pairs begin.
    borders : ndarray of int64, shape (n_strips + 1,)
        The runs of block ``j`` are ``borders[j]`` to ``borders[j + 1]``.
    cols : ndarray of int32, shape (n_pairs,)
        Context word of each pair.
    logs, weights : ndarray of float32, shape (n_pairs,)
        Logarithm of its count, and weight of its error.
    """

    run_rows: NDArray[np.int32]
    run_starts: NDArray[np.int64]
    borders: NDArray[np.int64]
    cols: NDArray[np.int32]
    logs: NDArray[np.float32]
    weights: NDArray[np.float32]


class Rule(NamedTuple):
    """How much the error of a pair weighs.

    Parameters
    ----------
    x_max : float
        Pairs that occur so often weigh 1.
    alpha : float
        Power of rarer ones.
    """

    x_max: float
    alpha: float

    def weights(self, counts: NDArray[np.float32]) -> NDArray[np.float32]:
        r"""Weigh pairs by their counts.

        Parameters
        ----------
        counts : ndarray of float32
            How often each occurs, > 0.

        Returns
        -------
        ndarray of float32
            In (0, 1].

        Notes
        -----
        .. math:: f(x) = \min(1, x / x_{max})^{\alpha}

        References
        ----------
        .. [1] Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", EMNLP 2014, equation 9.
        """
        powers: NDArray[np.float32] = np.minimum(counts * np.float32(1 / self.x_max), np.float32(1.0))
        return np.power(powers, np.float32(self.alpha), out=powers)


def strips_of(n_words: int) -> NDArray[np.int32]:
    """Deal words into strips, there and back: 0, 1, ..., 15, 15, ..., 1, 0, 0, ...

    Parameters
    ----------
    n_words : int
        By falling count.

    Returns
    -------
    ndarray of int32, shape (n_words,)
        Strip of each.
    """
    turn = np.arange(n_words, dtype=np.int32) % (2 * N_STRIPS)
    return np.minimum(turn, 2 * N_STRIPS - 1 - turn)


def lay_out(pairs: Cooccurrences, rule: Rule, seed: int, n_jobs: int | None, *, on_disk: bool = False) -> list[Strip]:
    """Lay pairs out for training.

    Parameters
    ----------
    pairs : Cooccurrences
        What was counted.
    rule : Rule
        How much each weighs.
    seed : int
        Decides the order of the runs.
    n_jobs : int, optional
        Threads, all cores by default; changes nothing.
    on_disk : bool
        Whether the pairs are to lie in temporary files rather than in memory.

    Returns
    -------
    list of Strip
        One for each strip of words.
    """
    from malgil.embeddings._glove_kernels import count_runs, cut_runs, place_pairs

    strips = strips_of(pairs.n_words)
    indptr, cols, units = np.asarray(pairs.indptr), np.asarray(pairs.cols), np.asarray(pairs.units)

    def lay(number: int) -> Strip:
        rows = np.flatnonzero(strips == number)
        n_pairs = int((indptr[rows + 1] - indptr[rows]).sum())
        borders = np.empty(N_STRIPS + 1, np.int64)
        count_runs(indptr, cols, rows, strips, _RUN, borders)
        run_rows, lengths = np.empty(int(borders[-1]), np.int32), np.empty(int(borders[-1]), np.int64)
        cut_runs(indptr, cols, rows, strips, _RUN, borders, run_rows, lengths)
        order = _shuffled(borders, seed, number)
        run_starts = np.append(np.zeros(1, np.int64), np.cumsum(lengths[order]))
        homes = np.empty(len(order), np.int64)
        homes[order] = run_starts[:-1]
        own_cols, counts = _room(n_pairs, np.int32, on_disk), np.empty(n_pairs, np.float32)
        place_pairs(indptr, cols, units, rows, strips, _RUN, borders, homes, 1 / pairs.scale, own_cols, counts)
        logs, weights = _room(n_pairs, np.float32, on_disk), _room(n_pairs, np.float32, on_disk)
        weights[:] = rule.weights(counts)
        np.log(counts, out=logs)
        return Strip(run_rows[order], run_starts, borders, own_cols, logs, weights)

    return list(map_blocks(lay, range(N_STRIPS), n_jobs))


def _shuffled(borders: NDArray[np.int64], seed: int, number: int) -> NDArray[np.int64]:
    """Order the runs of each block by chance."""
    drawing = np.random.default_rng([seed, number])
    blocks = [low + drawing.permutation(high - low) for low, high in pairwise(borders.tolist())]
    return np.concatenate(blocks)


def _room(n: int, dtype: DTypeLike, on_disk: bool) -> NDArray[Any]:
    """Make an array, or one in a file without a name that goes with it."""
    if not on_disk or not n:
        return np.empty(n, dtype)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype, "w+", shape=n)
