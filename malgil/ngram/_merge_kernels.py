"""Merging many sorted runs of counted keys into one, the smallest of all fronts first."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def merge_runs(
    keys: NDArray[np.int64],
    counts: NDArray[np.int32],
    borders: NDArray[np.int64],
    merged: NDArray[np.int64],
    sums: NDArray[np.int64],
    to: NDArray[np.int32],
) -> int:
    """Merge sorted runs; counts of a key that several runs have add up.

    Parameters
    ----------
    keys : ndarray of int64, shape (n,)
        The runs end to end; inside a run keys rise.
    counts : ndarray of int32, shape (n,)
        Count of each key.
    borders : ndarray of int64, shape (n_runs + 1,)
        Run ``r`` is ``keys[borders[r]:borders[r + 1]]``, perhaps empty.
    merged : ndarray of int64, shape (>= n_merged,)
        Output: the distinct keys, rising.
    sums : ndarray of int64, shape (>= n_merged,)
        Output: their counts.
    to : ndarray of int32, shape (n,)
        Output: place in `merged` of each key.

    Returns
    -------
    int
        Distinct keys.

    References
    ----------
    .. [1] Knuth, "The Art of Computer Programming", volume 3, section 5.4.1: multiway merging by a heap of fronts.
    """
    at = borders[:-1].copy()
    fronts, runs = np.empty(at.size, np.int64), np.empty(at.size, np.int64)  # a heap: the smallest front is the first
    size = 0
    for run in range(at.size):
        if at[run] == borders[run + 1]:
            continue
        key, hole = keys[at[run]], size
        while hole > 0 and fronts[(hole - 1) >> 1] > key:
            fronts[hole], runs[hole] = fronts[(hole - 1) >> 1], runs[(hole - 1) >> 1]
            hole = (hole - 1) >> 1
        fronts[hole], runs[hole] = key, run
        size += 1
    n = 0
    while size > 0:
        run = runs[0]
        key, i = fronts[0], at[run]
        if n == 0 or merged[n - 1] != key:
            merged[n], sums[n] = key, 0
            n += 1
        sums[n - 1] += counts[i]
        to[i] = n - 1
        at[run] = i + 1
        if i + 1 < borders[run + 1]:
            key = keys[i + 1]
        else:
            size -= 1
            key, run = fronts[size], runs[size]
        hole = 0
        while 2 * hole + 1 < size:
            child = 2 * hole + 1
            if child + 1 < size and fronts[child + 1] < fronts[child]:
                child += 1
            if fronts[child] >= key:
                break
            fronts[hole], runs[hole] = fronts[child], runs[child]
            hole = child
        fronts[hole], runs[hole] = key, run
    return n
