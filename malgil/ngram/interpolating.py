"""Weights of Jelinek-Mercer: how much each order is worth, found by EM with one word left out at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.counting import Counts
from malgil.ngram.sequence import BEGIN

Floats = NDArray[np.float64]

N_BUCKETS = 32
_MOST_STEPS = 100
_ENOUGH = 1e-6  # gain of a step, in nats for an event, that is not worth another


class Events(NamedTuple):
    """What happened in a corpus, as each order saw it coming.

    Parameters
    ----------
    shares : ndarray of float64, shape (n_events, order)
        Relative frequency of the word after its context of 0, 1, 2 ... words.
    buckets : ndarray of int8, shape (n_events, order)
        Bucket of the context; -1 where nothing else followed it.
    times : ndarray of int64, shape (n_events,)
        How often it happened.
    """

    shares: Floats
    buckets: NDArray[np.int8]
    times: NDArray[np.int64]


def bucket(totals: NDArray[np.int64]) -> NDArray[np.int8]:
    """Find the bucket of a context: contexts of about the same frequency share a weight.

    Parameters
    ----------
    totals : ndarray of int64
        What followed each context.

    Returns
    -------
    ndarray of int8
        0 for 1, 1 for 2 and 3, 2 for 4 to 7 and so on; -1 for 0.
    """
    return (np.frexp(totals.astype(np.float64))[1] - 1).astype(np.int8)


def order_weights(counts: Counts, suffixes: NDArray[np.int32]) -> tuple[Floats, ...]:
    r"""Find the weights of all orders and buckets.

    Parameters
    ----------
    counts : Counts
        Occurrences in the corpus.
    suffixes : ndarray of int32, shape (n_nodes,)
        From `malgil.ngram.counting.suffix_links`.

    Returns
    -------
    tuple of ndarray of float64, shape (N_BUCKETS,)
        For each order, in (0, 1).

    Notes
    -----
    Every word of the corpus is held out once: the others make the counts with which it is predicted, so that each
    relative frequency is :math:`(c - 1) / (c(h) - 1)`. One event is thought of on either side of every weight (the
    largest value of a Beta(2, 2) posterior), so that no weight is 0 or 1. A bucket without events takes the weight of
    the next one below that has some, else above, else 1/2. Steps of EM follow until one gains less than 1e-6 nats a
    word, 100 at most.

    References
    ----------
    .. [1] Jelinek, Mercer, "Interpolated estimation of Markov source parameters from sparse data", Pattern Recognition
       in Practice, 1980: EM, and weights by buckets.
    .. [2] Ney, Essen, Kneser, Computer Speech and Language, 1994: leaving one out as held-out estimation.
    """
    from malgil.ngram._interpolation_kernels import expect

    events = leave_one_out(counts, suffixes)
    uniform = 1.0 / (counts.trie.n_words - 1)
    weights = np.full((counts.trie.order, N_BUCKETS), 0.5)
    before, n_events = -np.inf, int(events.times.sum())
    for _ in range(_MOST_STEPS):
        won, reached = np.zeros_like(weights), np.zeros_like(weights)
        fit = expect(*events, weights, uniform, won, reached) + float(np.log(weights * (1 - weights)).sum())
        if fit - before < _ENOUGH * n_events:
            break
        before = fit
        weights = (won + 1.0) / (reached + 2.0)
    return tuple(_without_gaps(row, has) for row, has in zip(weights, reached > 0, strict=True))


def leave_one_out(counts: Counts, suffixes: NDArray[np.int32]) -> Events:
    """See every word of a corpus coming from all others.

    Parameters
    ----------
    counts : Counts
        Occurrences.
    suffixes : ndarray of int32, shape (n_nodes,)
        From `malgil.ngram.counting.suffix_links`.

    Returns
    -------
    Events
        One for each n-gram of the highest order, and for each shorter one that begins a sentence.
    """
    from malgil.ngram._interpolation_kernels import leave_out

    trie, order = counts.trie, counts.trie.order
    used = counts.counts.copy()
    used[BEGIN] = 0  # it is never predicted
    totals = _totals(counts, used)
    if order == 1:
        times = used[used > 0]
        size = int(totals[0]) - 1
        return Events((times[:, None] - 1) / max(size, 1), bucket(np.full((len(times), 1), size)), times)
    parts = []
    for n, low, high in _whole_contexts(counts):
        children = slice(int(trie.first[low]), int(trie.first[high]))
        shares = np.zeros((children.stop - children.start, order))
        sizes = np.zeros(shares.shape, np.int64)
        leave_out(trie.first, used, suffixes, totals, low, high, n, shares, sizes)
        parts.append(Events(shares, bucket(sizes), used[children]))
    return Events(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _without_gaps(weights: Floats, has: NDArray[np.bool_]) -> Floats:
    if not has.any():
        return weights
    below = np.maximum.accumulate(np.where(has, np.arange(N_BUCKETS), -1))
    return weights[np.where(below >= 0, below, np.argmax(has))]


def _whole_contexts(counts: Counts) -> list[tuple[int, int, int]]:
    """Contexts that nothing can be put before, as nodes, with the order of what follows them."""
    trie = counts.trie
    found, begin, end = [], BEGIN, BEGIN + 1
    for n in range(2, trie.order):
        found.append((n, begin, end))
        begin, end = int(trie.first[begin]), int(trie.first[end])
    return [*found, (trie.order, int(trie.base[trie.order - 2]), int(trie.base[trie.order - 1]))]


def _totals(counts: Counts, used: NDArray[np.int64]) -> NDArray[np.int64]:
    """Occurrences after no context, then after every node."""
    sums = np.append(0, np.cumsum(used))
    first = counts.trie.first.astype(np.int64)
    after = sums[first[1:]] - sums[first[:-1]]
    return np.append(sums[counts.trie.n_words], after)
