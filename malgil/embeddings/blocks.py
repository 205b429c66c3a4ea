"""The order of training: blocks of words, rounds of blocks, and a learning rate that falls from round to round.

A round learns its blocks from the same weights and then adds what they found, block by block. How long it is depends on
the corpus alone, so the number of threads leaves no trace.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST = 4096  # words of a round
N_BLOCKS = 4  # of a round: threads beyond that would have nothing to do
SMALLEST = 128  # words of a block, where a round has several
CHUNK = 16  # as in _word2vec_kernels.py
FARTHEST = 1.5  # what words that are much alike may pull at one row together; more overshoots
VARIED = 64  # words from which on a round holds so different ones that they pull to many sides


class Blocks(NamedTuple):
    """A corpus cut for training.

    Parameters
    ----------
    cuts : ndarray of int64, shape (n_blocks + 1,)
        Borders of the blocks in the ids: at the beginning of a sentence, or within one that is longer than a block.
    per_round : int
        Blocks of a round.
    brake : float
        What to multiply learning rates by, below 1 where even a chunk of words would pull too far at one row.
    """

    cuts: NDArray[np.int64]
    per_round: int
    brake: float = 1.0

    @property
    def n_rounds(self) -> int:
        """Rounds of an epoch."""
        return -(-(len(self.cuts) - 1) // self.per_round)

    @property
    def most(self) -> int:
        """Words of the longest block."""
        return int(np.diff(self.cuts).max(initial=0))


def pull(chances: tuple[float, float], negative: int, window: int, indptr: NDArray[np.int64]) -> float:
    r"""How far one word of a corpus pulls at the row that is pulled at most, at a learning rate of 1.

    Parameters
    ----------
    chances : (float, float)
        Shares of the most frequent word in the corpus as it is thinned out, and among negative words.
    negative, window : int
        Of the model.
    indptr : ndarray of int64, shape (n_sentences + 1,)
        Borders of the sentences.

    Returns
    -------
    float
        Expected sum of the factors of its gradients, were they all 1.

    Notes
    -----
    .. math:: m (f + k q)

    with the mean number m of neighbours, min(window + 1, length - 1).
    """
    lengths = np.diff(indptr)
    neighbours = float((lengths * np.minimum(window + 1, np.maximum(lengths - 1, 0))).sum() / max(1, lengths.sum()))
    return max(1.0, neighbours) * (chances[0] + negative * chances[1])


def cut_blocks(indptr: NDArray[np.int64], pulled: float) -> Blocks:
    """Cut a corpus into blocks.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_sentences + 1,)
        Borders of the sentences.
    pulled : float
        How far a word pulls at most, `pull` times the learning rate; above 0.

    Returns
    -------
    Blocks
        The same for any number of threads.
    """
    alike = FARTHEST / pulled
    words = max(CHUNK, int(min(MOST, alike * (1 + alike / VARIED))))
    per_round = min(N_BLOCKS, 1 << max(1, words // SMALLEST).bit_length() - 1)  # a power of 2, as are most machines
    size = words // per_round
    n = int(indptr[-1])
    targets = np.arange(0, n, size)
    snapped = indptr[np.searchsorted(indptr, targets, side="right") - 1]
    cuts = np.where(snapped > targets - size, snapped, targets)
    return Blocks(np.append(np.unique(cuts), n), per_round, min(1.0, alike / CHUNK))


def rates(n_rounds: int, epochs: int, alpha: float, min_alpha: float) -> NDArray[np.float32]:
    """Learning rate of each round: falls in a straight line.

    Parameters
    ----------
    n_rounds : int
        Rounds of an epoch.
    epochs : int
        Passes over the corpus.
    alpha, min_alpha : float
        Where it begins and ends.

    Returns
    -------
    ndarray of float32, shape (epochs, n_rounds)
        Of each round of each epoch.
    """
    done = np.arange(epochs * n_rounds) / max(1, epochs * n_rounds)
    return (alpha - (alpha - min_alpha) * done).astype(np.float32).reshape(epochs, n_rounds)


def block_seeds(seed: int, epoch: int, blocks: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Seeds of blocks' random numbers: far from those of all others.

    Parameters
    ----------
    seed : int
        The user's.
    epoch : int
        Which.
    blocks : ndarray of int64, shape (n,)
        Which.

    Returns
    -------
    ndarray of uint64, shape (n,)
        SplitMix64 of the three.

    References
    ----------
    .. [1] Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
    """
    state = np.full(len(blocks), seed & _MASK, np.uint64)
    for numbers in (np.uint64(epoch), blocks.astype(np.uint64)):
        state = state * _MIX[0] + numbers + _MIX[0]
        state = (state ^ (state >> np.uint64(30))) * _MIX[1]
        state = (state ^ (state >> np.uint64(27))) * _MIX[2]
        state ^= state >> np.uint64(31)
    return state


_MASK = (1 << 64) - 1
_MIX = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)))
