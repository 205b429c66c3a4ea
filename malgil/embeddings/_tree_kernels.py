"""Kernels that learn word vectors by hierarchical softmax: pair by pair, at once, along the path to each word."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from malgil.embeddings._stream_code import stream

FASTMATH = {"nsz", "arcp", "contract", "afn", "reassoc"}
_CHUNK = 16
_FACTOR, _STEP = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth, MMIX
_33, _40 = np.uint64(33), np.uint64(40)
_ONE = np.float32(1)

Row = NDArray[np.float32]


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _gather(x: Row, w: Any, word: int, tables: Any) -> Any:
    """Add the rows of a word to a vector; how many they are."""
    bags, borders = tables[4], tables[5]
    for b in range(borders[word], borders[word + 1]):
        for d in range(x.size):
            x[d] += w[bags[b], d]
    return borders[word + 1] - borders[word]


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _scatter(w: Any, word: int, tables: Any, step: Row) -> None:
    bags, borders = tables[4], tables[5]
    for b in range(borders[word], borders[word + 1]):
        for d in range(step.size):
            w[bags[b], d] += step[d]


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _descend(x: Row, step: Row, w: Any, word: int, tables: Any, alpha: Any) -> float:
    """Learn to answer the questions on the way to a word; what the answers so far cost, in nats."""
    nodes, turns, borders = tables[1], tables[2], tables[3]
    loss = 0.0
    for b in range(borders[word], borders[word + 1]):
        node, score = nodes[b], np.float32(0)
        for d in range(x.size):
            score += x[d] * w[node, d]
        sign = _ONE - np.float32(2) * turns[b]
        loss += np.log1p(np.exp(-np.float64(min(max(sign * score, -30), 30))))
        g = alpha * (_ONE - turns[b] - _ONE / (_ONE + np.exp(-score)))
        for d in range(x.size):
            step[d] += g * w[node, d]
            w[node, d] += g * x[d]
    return loss


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _learn_block(
    weights: Any,
    corpus: Any,
    tables: Any,
    settings: tuple[int, int, int, bool],
    alpha: Any,
    seed: np.uint64,
    first: int,
    last: int,
    work: Any,
) -> Any:
    """Learn a block, its place in the ids being `first` to `last`; how many of its words stayed."""
    window, is_cbow = settings[0], settings[3]
    n, seed = stream(corpus, tables[0], first, last, seed, work)
    words, begin, end, stats = work[0], work[1], work[2], work[3]
    x, step = np.empty(weights[0].shape[1], np.float32), np.empty(weights[0].shape[1], np.float32)
    stats[:] = 0
    for i in range(n):
        seed = seed * _FACTOR + _STEP
        reach = 1 + np.int64((seed >> _33) % np.uint64(window))
        low, high = max(begin[i], i - reach), min(end[i], i + reach + 1)
        for target in range(i, i + 1) if is_cbow else range(low, high):
            if not is_cbow and target == i:
                continue
            x[:] = 0
            step[:] = 0
            size = 0
            for j in range(low if is_cbow else i, high if is_cbow else i + 1):
                size += _gather(x, weights[0], words[j], tables) if not is_cbow or j != i else 0
            x *= _ONE / np.float32(size)
            loss = _descend(x, step, weights[1], words[target], tables, alpha)
            if i < _CHUNK:
                stats[0], stats[1] = stats[0] + loss, stats[1] + 1
            for j in range(low if is_cbow else i, high if is_cbow else i + 1):
                if not is_cbow or j != i:
                    _scatter(weights[0], words[j], tables, step)
    return n


@njit(nogil=True, cache=True)
def learn_tree(
    weights: Any,
    corpus: Any,
    tables: Any,
    settings: tuple[int, int, int, bool],
    alpha: Any,
    plan: tuple[NDArray[np.uint64], NDArray[np.int64]],
    space: Any,
    worker: int,
    workers: int,
) -> None:
    """Learn blocks, pair after pair, and change the rows at once.

    Parameters
    ----------
    weights : (ndarray of float32, ndarray of float32), shapes (n_rows, d) and (n_words, d)
        Input rows and inner nodes of the tree, changed in place.
    corpus : (ndarray of int32, ndarray of int64)
        Ids, and borders of the sentences.
    tables : tuple of ndarray
        Chances to stay; nodes, turns and borders of the tree; rows of each word and their borders.
    settings : (int, int, int, bool)
        Window, two that are not used, whether words are predicted from the mean of those around them.
    alpha : float32
        Learning rate.
    plan : (ndarray of uint64, shape (n_blocks,), ndarray of int64, shape (n_blocks + 1,))
        States of the random numbers of each block, and borders of the blocks in the ids.
    space : tuple of ndarray
        Scratch of each block; the last two, out: loss and its number of pairs, of the first words, and how many words
        of the block stayed.
    worker, workers : int
        Which blocks: those whose number leaves `worker` when divided by `workers`.
    """
    seeds, cuts = plan
    for b in range(worker, seeds.size, workers):
        work = (space[0][b], space[1][b], space[2][b], space[7][b])
        space[8][b] = _learn_block(weights, corpus, tables, settings, alpha, seeds[b], cuts[b], cuts[b + 1], work)
