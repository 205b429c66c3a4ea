"""From counts to probabilities: what each context's followers add up to, and the interpolation of orders."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def gather_contexts(
    first: NDArray[np.int32],
    counts: NDArray[np.int64],
    kept: NDArray[np.bool_],
    low: int,
    high: int,
    totals: NDArray[np.int64],
    pruned: NDArray[np.int64],
    types: NDArray[np.int32],
) -> None:
    """Add up what follows each of some contexts.

    Parameters
    ----------
    first : ndarray of int32, shape (n_inner + 1,)
        First child of each node.
    counts : ndarray of int64, shape (n_nodes,)
        Counts of the n-grams.
    kept : ndarray of bool, shape (n_nodes,) or (0,)
        Which n-grams are not pruned; all where it is empty.
    low, high : int
        The contexts' nodes.
    totals : ndarray of int64, shape (high - low,)
        Output: sum of the counts.
    pruned : ndarray of int64, shape (high - low,)
        Output: sum of the counts that are pruned.
    types : ndarray of int32, shape (3, high - low)
        Output: kept n-grams with count 1, 2, and 3 or more.
    """
    for node in range(low, high):
        total = lost = np.int64(0)
        ones = twos = more = 0
        for child in range(first[node], first[node + 1]):
            count = counts[child]
            total += count
            if kept.size > 0 and not kept[child]:
                lost += count
            elif count == 1:
                ones += 1
            elif count == 2:
                twos += 1
            elif count > 2:
                more += 1
        at = node - low
        totals[at], pruned[at] = total, lost
        types[0, at], types[1, at], types[2, at] = ones, twos, more


@njit(nogil=True, cache=True)
def spread(
    first: NDArray[np.int32],
    counts: NDArray[np.int64],
    suffixes: NDArray[np.int32],
    low: int,
    high: int,
    discounts: NDArray[np.float64],
    denominators: NDArray[np.float64],
    weights: NDArray[np.float64],
    probs: NDArray[np.float64],
) -> None:
    """Probability of every n-gram that begins with some contexts.

    Parameters
    ----------
    first : ndarray of int32, shape (n_inner + 1,)
        First child of each node.
    counts : ndarray of int64, shape (n_nodes,)
        Counts of the n-grams.
    suffixes : ndarray of int32, shape (n_nodes,)
        Node without the first word.
    low, high : int
        The contexts' nodes.
    discounts : ndarray of float64, shape (largest + 1,)
        What is taken off a count; the last one holds for larger counts too.
    denominators : ndarray of float64, shape (high - low,)
        What the rest is divided by, for each context.
    weights : ndarray of float64, shape (high - low,)
        Weight of the shorter context's probability.
    probs : ndarray of float64, shape (n_nodes,)
        Probabilities: read for the level above the children, filled in for the children.
    """
    last = discounts.size - 1
    for node in range(low, high):
        weight, denominator = weights[node - low], denominators[node - low]
        for child in range(first[node], first[node + 1]):
            count = counts[child]
            own = (count - discounts[min(count, last)]) / denominator
            probs[child] = own + weight * probs[suffixes[child]]


@njit(nogil=True, cache=True)
def drop_nodes(
    labels: NDArray[np.int32],
    first: NDArray[np.int32],
    kept: NDArray[np.bool_],
    renumbered: NDArray[np.int32],
    kept_labels: NDArray[np.int32],
    kept_first: NDArray[np.int32],
) -> None:
    """Write a trie without some of its n-grams.

    Parameters
    ----------
    labels : ndarray of int32, shape (n_nodes,)
        Last word of each node.
    first : ndarray of int32, shape (n_inner + 1,)
        First child of each node.
    kept : ndarray of bool, shape (n_nodes,)
        Which stay. Where an n-gram stays, what it begins with stays too.
    renumbered : ndarray of int32, shape (n_nodes + 1,)
        Nodes that stay before each node.
    kept_labels : ndarray of int32, shape (n_kept,)
        Output.
    kept_first : ndarray of int32, shape (n_kept_inner + 1,)
        Output.
    """
    for node in range(labels.size):
        if kept[node]:
            kept_labels[renumbered[node]] = labels[node]
    n_inner = first.size - 1
    for node in range(n_inner):
        if kept[node]:
            kept_first[renumbered[node]] = renumbered[first[node]]
    kept_first[kept_first.size - 1] = kept_labels.size
