"""Kernels that unite the n-grams of many blocks: each n-gram is one number, so that the union is a sort.

The ranks of an n-gram's symbols stand in the number one after the other, the first one highest, each plus 1; what is
missing at the end is 0. So numbers are in the order of the strings, a prefix right before what prolongs it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_ONE = np.uint64(1)


@njit(nogil=True, cache=True)
def pack_grams(
    run: NDArray[np.int32], rank: NDArray[np.int32], n_bits: int, high: int, keys: NDArray[np.uint64]
) -> None:
    """Write n-grams as numbers.

    Parameters
    ----------
    run : ndarray of int32, shape (2, n_grams)
        Depth and last symbol of each, right before those that prolong it.
    rank : ndarray of int32
        Rank of each symbol among those that occur.
    n_bits : int
        Bits of a rank plus 1.
    high : int
        Largest depth; ``n_bits * high`` is at most 64.
    keys : ndarray of uint64, shape (n_grams,)
        Output: rising.
    """
    path = np.zeros(high + 1, np.uint64)
    for g in range(keys.size):
        depth = run[0, g]
        path[depth] = path[depth - 1] | np.uint64(rank[run[1, g]] + 1) << np.uint64(n_bits * (high - depth))
        keys[g] = path[depth]


@njit(nogil=True, cache=True)
def unpack_grams(
    keys: NDArray[np.uint64], symbols: NDArray[np.int32], n_bits: int, high: int, run: NDArray[np.int32]
) -> None:
    """Read n-grams from numbers.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n_grams,)
        From `pack_grams`.
    symbols : ndarray of int32
        Symbol of each rank.
    n_bits, high : int
        As there.
    run : ndarray of int32, shape (2, n_grams)
        Output: depth and last symbol.
    """
    mask = (_ONE << np.uint64(n_bits)) - _ONE
    for g in range(keys.size):
        depth = high
        while keys[g] >> np.uint64(n_bits * (high - depth)) & mask == 0:
            depth -= 1
        run[0, g] = depth
        run[1, g] = symbols[np.int64(keys[g] >> np.uint64(n_bits * (high - depth)) & mask) - 1]


@njit(nogil=True, cache=True)
def rank_keys(
    keys: NDArray[np.uint64], order: NDArray[np.int64], ranks: NDArray[np.int32], distinct: NDArray[np.uint64]
) -> int:
    """Give keys numbers in their order, equal ones the same.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Any.
    order : ndarray of int64, shape (n,)
        What sorts them.
    ranks : ndarray of int32, shape (n,)
        Output: number of each key.
    distinct : ndarray of uint64, shape (n,)
        Output: the key of each number.

    Returns
    -------
    int
        How many numbers there are.
    """
    n = 0
    for i in range(order.size):
        key = keys[order[i]]
        if n == 0 or key != distinct[n - 1]:
            distinct[n] = key
            n += 1
        ranks[order[i]] = n - 1
    return n
