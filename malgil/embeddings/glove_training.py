"""GloVe's parameters and the passes over the pairs that change them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.aligned import aligned_rows
from malgil.embeddings.pair_blocks import N_STRIPS, Strip
from malgil.engine import map_blocks

_LANES = 16  # float32 numbers of a cache line
_STILL = np.float32(1e30)  # sum of squares of what must not move: a step divided by its root is lost in rounding


class Tables(NamedTuple):
    """What GloVe learns.

    Parameters
    ----------
    words, contexts : ndarray of float32, shape (n_words, 2 * width)
        As in `malgil.embeddings._glove_kernels.train_block`: ``[vector, bias, 1, 0 ...]`` of each word and
        ``[vector, 1, bias, 0 ...]`` of each context word, then the sums of squares of each of these numbers.
    dim : int
        Length of a vector.
    """

    words: NDArray[np.float32]
    contexts: NDArray[np.float32]
    dim: int

    def vectors(self, combine: str) -> NDArray[np.float32]:
        """Read the vectors out.

        Parameters
        ----------
        combine : str
            ``"sum"`` of the vector as a word and as a context word, or of the ``"word"`` alone.

        Returns
        -------
        ndarray of float32, shape (n_words, dim)
            A copy.
        """
        words, contexts = self.words[:, : self.dim], self.contexts[:, : self.dim]
        return words + contexts if combine == "sum" else words.copy()


def start_tables(n_words: int, dim: int, seed: int) -> Tables:
    """Draw what training begins with: vectors and biases between -0.5 / dim and 0.5 / dim, sums of squares of 1.

    Parameters
    ----------
    n_words : int
        Size of the vocabulary.
    dim : int
        Length of a vector.
    seed : int
        Decides them.

    Returns
    -------
    Tables
        To be trained.
    """
    width = -(-(dim + 2) // _LANES) * _LANES
    drawing = np.random.default_rng([seed, N_STRIPS])  # the strips take 0 to N_STRIPS - 1
    tables = Tables(aligned_rows(n_words, 2 * width), aligned_rows(n_words, 2 * width), dim)
    for table, bias, one in ((tables.words, dim, dim + 1), (tables.contexts, dim + 1, dim)):
        drawn = (drawing.random((n_words, dim + 1), np.float32) - np.float32(0.5)) / np.float32(dim)
        table[:, :dim], table[:, bias], table[:, one] = drawn[:, :dim], drawn[:, dim], 1.0
        table[:, dim + 2 : width], table[:, width:], table[:, width + one] = 0.0, 1.0, _STILL
    return tables


def train_epoch(strips: list[Strip], tables: Tables, eta: float, n_jobs: int | None) -> float:
    """Take a step for every pair.

    Parameters
    ----------
    strips : list of Strip
        The pairs.
    tables : Tables
        Changed in place, to the same bits for any number of threads.
    eta : float
        Initial length of a step.
    n_jobs : int, optional
        Threads, all cores by default; at most 16 find work.

    Returns
    -------
    float
        Mean over the pairs of half the weighted squared error before the step, as GloVe's own program shows it.
    """
    from malgil.embeddings._glove_kernels import train_block

    def train(block: tuple[int, int]) -> float:
        strip = strips[block[0]]
        low, high = int(strip.borders[block[1]]), int(strip.borders[block[1] + 1])
        if low == high:
            return 0.0
        pairs = strip.run_rows, strip.run_starts, low, high, strip.cols, strip.logs, strip.weights
        return float(train_block(*pairs, tables.words, tables.contexts, np.float32(eta)))

    loss = 0.0
    for shift in range(N_STRIPS):
        blocks = [(number, (number + shift) % N_STRIPS) for number in range(N_STRIPS)]
        for part in map_blocks(train, blocks, n_jobs):
            loss += part
    return loss / max(1, sum(len(strip.cols) for strip in strips))
