"""Weights of interpolated orders: what the counts say of each n-gram, and one step of EM."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def leave_out(
    first: NDArray[np.int32],
    counts: NDArray[np.int64],
    suffixes: NDArray[np.int32],
    totals: NDArray[np.int64],
    low: int,
    high: int,
    n: int,
    shares: NDArray[np.float64],
    sizes: NDArray[np.int64],
) -> None:
    """Relative frequencies of the n-grams after some contexts and of their ends, one occurrence left out.

    Parameters
    ----------
    first : ndarray of int32, shape (n_inner + 1,)
        First child of each node.
    counts : ndarray of int64, shape (n_nodes,)
        Occurrences.
    suffixes : ndarray of int32, shape (n_nodes,)
        Node without the first word.
    totals : ndarray of int64, shape (n_inner + 1,)
        Occurrences after no context, then after each node.
    low, high : int
        The contexts' nodes.
    n : int
        Order of the n-grams, >= 2.
    shares : ndarray of float64, shape (n_children, order)
        Output: in column ``k - 1`` the share of the last word after the ``k - 1`` words before it.
    sizes : ndarray of int64, shape (n_children, order)
        Output: occurrences after those words; 0 where none is left, and for orders above `n`.
    """
    row = 0
    for context in range(low, high):
        for child in range(first[context], first[context + 1]):
            sizes[row, :] = 0
            node, before = np.int64(child), np.int64(context)
            for k in range(n, 0, -1):
                size = totals[before + 1] - 1
                sizes[row, k - 1] = size
                shares[row, k - 1] = (counts[node] - 1) / size if size > 0 else 0.0
                if k > 1:
                    node = np.int64(suffixes[node])
                    before = np.int64(suffixes[before]) if k > 2 else np.int64(-1)
            row += 1


@njit(nogil=True, cache=True)
def expect(
    shares: NDArray[np.float64],
    buckets: NDArray[np.int8],
    times: NDArray[np.int64],
    weights: NDArray[np.float64],
    uniform: float,
    won: NDArray[np.float64],
    reached: NDArray[np.float64],
) -> float:
    """Share every n-gram out among the orders that may have made it.

    Parameters
    ----------
    shares : ndarray of float64, shape (n_events, order)
        Relative frequency of each event in each order.
    buckets : ndarray of int8, shape (n_events, order)
        Bucket of its context; -1 where nothing followed the context, so that the shorter one decides.
    times : ndarray of int64, shape (n_events,)
        How often it happened.
    weights : ndarray of float64, shape (order, n_buckets)
        Weight of each order's own share.
    uniform : float
        Probability of every word before anything is counted.
    won : ndarray of float64, shape (order, n_buckets)
        Zero on entry; output: expected events that an order made.
    reached : ndarray of float64, shape (order, n_buckets)
        Zero on entry; output: expected events that it or a lower one made.

    Returns
    -------
    float
        Natural logarithm of the probability of all events.
    """
    total = 0.0
    order = shares.shape[1]
    probs = np.empty(order + 1)
    probs[0] = uniform
    for i in range(shares.shape[0]):
        for k in range(order):
            bucket = buckets[i, k]
            weight = weights[k, bucket] if bucket >= 0 else 0.0
            probs[k + 1] = weight * shares[i, k] + (1.0 - weight) * probs[k]
        total += times[i] * math.log(probs[order])
        left = np.float64(times[i])  # what no higher order has claimed
        for k in range(order - 1, -1, -1):
            bucket = buckets[i, k]
            if bucket >= 0:
                weight = weights[k, bucket]
                won[k, bucket] += left * weight * shares[i, k] / probs[k + 1]
                reached[k, bucket] += left
                left *= (1.0 - weight) * probs[k] / probs[k + 1]
    return total
