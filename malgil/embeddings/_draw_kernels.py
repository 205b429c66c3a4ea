"""Kernels that prepare drawing: Walker's table of aliases."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_CERTAIN = 1 << 24


@njit(nogil=True, cache=True)
def fill_aliases(shares: NDArray[np.float64], own: NDArray[np.int32], other: NDArray[np.int32]) -> None:
    """Give every column its own word and at most one other.

    Parameters
    ----------
    shares : ndarray of float64, shape (n,)
        Chances times n; used up.
    own : ndarray of int32, shape (n,)
        Out: share of each column that is its own word's, times 2^24.
    other : ndarray of int32, shape (n,)
        Out: whose the rest is; the word itself at first.
    """
    n = shares.size
    small, large = np.empty(n, np.int64), np.empty(n, np.int64)
    n_small = n_large = 0
    for word in range(n):
        own[word] = _CERTAIN
        if shares[word] < 1:
            small[n_small] = word
            n_small += 1
        else:
            large[n_large] = word
            n_large += 1
    while n_small > 0 and n_large > 0:
        n_small -= 1
        word, giver = small[n_small], large[n_large - 1]
        own[word] = np.int32(shares[word] * _CERTAIN)
        other[word] = giver
        shares[giver] -= 1 - shares[word]
        if shares[giver] < 1:
            n_large -= 1
            small[n_small] = giver
            n_small += 1
