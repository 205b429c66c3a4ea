"""From counts to a table of probabilities and backoff weights, order by order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.ngram.counting import Counts, Trie, continuation_counts, spans, suffix_links
from malgil.ngram.entropy_pruning import Smoothed, prune_by_entropy
from malgil.ngram.interpolating import order_weights
from malgil.ngram.levels import Estimate, Level, Options
from malgil.ngram.normalising import TINY, left_over, sums
from malgil.ngram.sequence import BEGIN, END, SPECIALS, UNKNOWN
from malgil.ngram.smoothing import Smoothing

LOG_ZERO = -99.0
"""What stands for the logarithm of 0, as in ARPA files."""

_COUNTED = 8  # n-grams with count 0 to 7 are counted


class Table(NamedTuple):
    """A smoothed model over a trie.

    Parameters
    ----------
    trie : Trie
        Its n-grams.
    log10_probs : ndarray of float32, shape (n_nodes,)
        Probability of each n-gram's last word after the words before it; -99 for 0.
    log10_backoffs : ndarray of float32, shape (n_inner,)
        What an n-gram multiplies the probability after its suffix with, for words that it does not prolong; -99 for 0.
    counts : ndarray of int32, shape (n_nodes,) or (0,)
        Counts that the smoothing used; empty for a model that came without.
    denominators : ndarray of float32, shape (n_inner + 1,) or (0,)
        What they were divided by: first after no context, then after each n-gram.
    discounts : list of list of float
        For each order what was taken off counts 0, 1, 2 ...
    """

    trie: Trie
    log10_probs: NDArray[np.float32]
    log10_backoffs: NDArray[np.float32]
    counts: NDArray[np.int32]
    denominators: NDArray[np.float32]
    discounts: list[list[float]]


class _Evidence(NamedTuple):
    """What every order is estimated from."""

    trie: Trie
    counts: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    suffixes: NDArray[np.int32]
    kept: NDArray[np.bool_]
    last: NDArray[np.int64]
    n_jobs: int | None


class Pruning(NamedTuple):
    """Which n-grams a model does without.

    Parameters
    ----------
    counts : tuple of int
        For each order, n-grams that occurred at most so often are left out; the last holds for higher orders too.
    entropy : float
        N-grams without which the perplexity rises by less than this, relatively, are left out; none with 0.
    """

    counts: tuple[int, ...] = ()
    entropy: float = 0.0


NO_PRUNING = Pruning()


def estimate(
    counts: Counts, smoothing: Smoothing, options: Options, pruning: Pruning = NO_PRUNING, n_jobs: int | None = None
) -> Table:
    """Smooth counts.

    Parameters
    ----------
    counts : Counts
        Of the whole corpus.
    smoothing : Smoothing
        One of the table.
    options : Options
        Choices inside it.
    pruning : Pruning
        What is left out.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Table
        The model.

    Raises
    ------
    DataError
        If there is nothing but ``<s>`` and ``</s>``, or too little for the smoothing.
    """
    if counts.n_tokens == 0:
        raise DataError("ngram.empty_corpus")
    evidence = _gather(counts, smoothing, pruning.counts, n_jobs)
    if smoothing.is_tuned:
        options = options._replace(interpolation=order_weights(counts, evidence.suffixes))
    trie = counts.trie
    probs, weights = np.empty(len(trie.labels)), np.empty(len(trie.first) - 1)
    found = [_estimate_words(evidence, smoothing, options, probs)]
    for n in range(2, trie.order + 1):
        found.append(_estimate_order(n, evidence, smoothing, options, probs, weights))
    denominators = np.concatenate([e.denominators for e in found])
    discounts = [e.discounts.tolist() for e in found]
    if pruning.entropy > 0:
        kept = evidence.kept if len(evidence.kept) else np.ones(len(probs), np.bool_)
        whole = Smoothed(trie, evidence.suffixes, probs, weights, kept)
        _, _, probs, weights, kept = prune_by_entropy(whole, pruning.entropy)
        evidence = evidence._replace(kept=kept)
    table = _to_table(evidence, probs, weights, denominators, discounts)
    if pruning.entropy > 0 and smoothing.interpolates:  # what opened a probability is no longer in the table
        return table._replace(counts=table.counts[:0], denominators=table.denominators[:0], discounts=[])
    return table


def _gather(counts: Counts, smoothing: Smoothing, prune: tuple[int, ...], n_jobs: int | None) -> _Evidence:
    trie = counts.trie
    suffixes = suffix_links(trie, n_jobs)
    if smoothing.continues:
        used, last = continuation_counts(counts, suffixes), _last_chain(counts, suffixes)
    else:
        used, last = counts.counts.copy(), np.zeros(0, np.int64)
        used[BEGIN] = 0
        if smoothing.is_flat:
            used[: trie.base[-2]][~_begins(trie)] = 0
    kept = np.zeros(0, np.bool_)
    if any(prune):
        kept = np.ones(len(trie.labels), np.bool_)
        for n in range(2, trie.order + 1):
            kept[trie.level(n)] = counts.counts[trie.level(n)] > prune[min(n, len(prune)) - 1]
    return _Evidence(trie, used, counts.counts, suffixes, kept, last, n_jobs)


def _begins(trie: Trie) -> NDArray[np.bool_]:
    """Mark the n-grams that begin a sentence, below the highest order: no context can be longer than theirs."""
    marked = np.zeros(int(trie.base[-2]), np.bool_)
    begin, end = BEGIN, BEGIN + 1
    for _ in range(1, trie.order):
        marked[begin:end] = True
        begin, end = int(trie.first[begin]), int(trie.first[end])
    return marked


def _last_chain(counts: Counts, suffixes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Find the n-gram that comes last when all are sorted from their last word backwards, and what it ends with.

    Words count by their arrival. ``lmplz`` enters the occurrences of these few n-grams, instead of their adjusted
    counts, into its counts of counts; where a vocabulary is small that moves the discounts, so it is done here too.
    """
    trie, ranks = counts.trie, counts.arrival.copy()
    ranks[: len(SPECIALS)] = (-3, -2, -1)
    chain = [int(np.argmax(ranks))]
    heads = np.arange(trie.n_words)
    for n in range(2, trie.order):
        heads = np.repeat(heads, np.diff(trie.first[trie.base[n - 2] : trie.base[n - 1] + 1]))
        longer = np.flatnonzero(suffixes[trie.level(n)] == chain[-1])
        best = int(longer[np.argmax(ranks[heads[longer]])])
        if heads[best] == BEGIN:
            break
        chain.append(int(trie.base[n - 1]) + best)
    return np.array(chain[: trie.order - 1], np.int64)


def _level(n: int, evidence: _Evidence, sums: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]) -> Level:
    here = evidence.trie.level(n)
    of_counts = np.bincount(np.minimum(evidence.counts[here], _COUNTED), minlength=_COUNTED + 1)
    last = evidence.last[(evidence.last >= here.start) & (evidence.last < here.stop)]
    for node in last.tolist():
        of_counts[min(int(evidence.counts[node]), _COUNTED)] -= 1
        of_counts[min(int(evidence.occurrences[node]), _COUNTED)] += 1
    return Level(n, *sums, of_counts[:_COUNTED], evidence.trie.n_words - 1)


def _estimate_words(
    evidence: _Evidence, smoothing: Smoothing, options: Options, probs: NDArray[np.float64]
) -> Estimate:
    """Single words, which nothing stands before: the shorter context is the uniform distribution without ``<s>``."""
    counts = evidence.counts[evidence.trie.level(1)]
    types = np.array([[(counts == 1).sum()], [(counts == 2).sum()], [(counts > 2).sum()]], np.int32)
    level = _level(1, evidence, (np.array([counts.sum()]), np.zeros(1, np.int64), types))
    found = smoothing.estimate(level, options)
    own = (counts - found.discounts[np.minimum(counts, len(found.discounts) - 1)]) / found.denominators[0]
    spared = 1.0 - own.sum()
    if not smoothing.interpolates:
        own[UNKNOWN] = max(spared, 0.0) if smoothing.sums_to_one else 0.0
    elif options.interpolate_unigrams or smoothing.is_flat:
        own += found.weights[0] / (len(counts) - 1)
    else:
        own[UNKNOWN] = found.weights[0]
    own[BEGIN] = 1.0
    probs[evidence.trie.level(1)] = own
    return found


def _estimate_order(
    n: int,
    evidence: _Evidence,
    smoothing: Smoothing,
    options: Options,
    probs: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> Estimate:
    from malgil.ngram._estimate_kernels import gather_contexts, spread

    trie, counts, kept = evidence.trie, evidence.counts, evidence.kept
    low, high = (int(border) for border in trie.base[n - 2 : n])
    totals, pruned = np.empty(high - low, np.int64), np.empty(high - low, np.int64)
    types = np.empty((3, high - low), np.int32)

    def gather(block: tuple[int, int]) -> None:
        at = slice(block[0] - low, block[1] - low)
        gather_contexts(trie.first, counts, kept, *block, totals[at], pruned[at], types[:, at])

    _run(gather, low, high, evidence.n_jobs)
    found = smoothing.estimate(_level(n, evidence, (totals, pruned, types)), options)
    used = found.weights if smoothing.interpolates else np.zeros(high - low)

    def spread_block(block: tuple[int, int]) -> None:
        at = slice(block[0] - low, block[1] - low)
        share = found.denominators[at], used[at]
        spread(trie.first, counts, evidence.suffixes, *block, found.discounts, *share, probs)

    _run(spread_block, low, high, evidence.n_jobs)
    if found.discounts.any() and not smoothing.interpolates:
        # where all followers are too frequent to be discounted nothing is left to back off with: as SRILM does, such a
        # context counts one more
        is_spent = (sums(trie, n, probs[trie.level(n)])[low:high] > 1.0 - TINY) & (totals > 0)
        found.denominators[is_spent] += 1.0
        _run(spread_block, low, high, evidence.n_jobs)
    weights[low:high] = found.weights
    if smoothing.sums_to_one and not smoothing.interpolates:
        here = trie.level(n)
        lower, stays = probs[evidence.suffixes[here]], kept[here] if len(kept) else kept
        weights[low:high] = np.where(totals > 0, left_over(trie, n, probs[here], lower, stays), 1.0)
    return found


def _run(work: Callable[[tuple[int, int]], None], low: int, high: int, n_jobs: int | None) -> None:
    for _ in map_blocks(work, spans(low, high), n_jobs):
        pass


def _to_table(
    evidence: _Evidence,
    probs: NDArray[np.float64],
    weights: NDArray[np.float64],
    denominators: NDArray[np.float64],
    discounts: list[list[float]],
) -> Table:
    """Turn into logarithms, and leave pruned n-grams out."""
    trie, counts = evidence.trie, np.minimum(evidence.counts, np.iinfo(np.int32).max).astype(np.int32)
    log10_probs, log10_backoffs = _log10(probs, evidence.n_jobs), _log10(weights, evidence.n_jobs)
    # nothing is ever asked after these two, and a file says so
    is_closed = np.isin(trie.labels[: len(weights)], (UNKNOWN, END)) | (np.diff(trie.first) == 0)
    log10_backoffs[is_closed] = 0.0
    used = denominators.astype(np.float32)
    if len(evidence.kept):
        inner = evidence.kept[: len(weights)]
        trie = _without(trie, evidence.kept)
        log10_probs, counts = log10_probs[evidence.kept], counts[evidence.kept]
        log10_backoffs, used = log10_backoffs[inner], used[np.append(True, inner)]
    return Table(trie, log10_probs, log10_backoffs, counts, used, discounts)


def _log10(values: NDArray[np.float64], n_jobs: int | None) -> NDArray[np.float32]:
    logs = np.full(len(values), LOG_ZERO, np.float32)

    def take(block: tuple[int, int]) -> None:
        at = slice(*block)
        np.log10(values[at], out=logs[at], where=values[at] > 0, casting="same_kind")
        np.minimum(logs[at], 0.0, out=logs[at], where=values[at] <= 1.0 + 1e-9)

    _run(take, 0, len(values), n_jobs)
    return logs


def _without(trie: Trie, kept: NDArray[np.bool_]) -> Trie:
    from malgil.ngram._estimate_kernels import drop_nodes

    renumbered = np.append(0, np.cumsum(kept)).astype(np.int32)
    base = renumbered[trie.base].astype(np.int64)
    labels = np.empty(int(base[-1]), np.int32)
    first = np.empty(int(base[-2]) + 1, np.int32)
    drop_nodes(trie.labels, trie.first, kept, renumbered, labels, first)
    return Trie(labels, first, base)
