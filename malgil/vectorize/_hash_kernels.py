"""MurmurHash3, 32 bits, of many strings: Appleby's public-domain hash that scikit-learn's columns come from."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True, inline="always")
def _rotated(value: np.uint32, by: int) -> np.uint32:
    return np.uint32((np.uint32(value) << np.uint32(by)) | (np.uint32(value) >> np.uint32(32 - by)))


@njit(nogil=True, cache=True)
def murmur(offsets: NDArray[np.int64], data: NDArray[np.uint8], hashes: NDArray[np.int32]) -> None:
    """Hash strings with the seed 0.

    Parameters
    ----------
    offsets, data : ndarray of int64 and of uint8
        String ``s`` is ``data[offsets[s]:offsets[s + 1]]``.
    hashes : ndarray of int32, shape (n_strings,)
        Output.
    """
    c1, c2 = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)
    for s in range(hashes.size):
        first, last = offsets[s], offsets[s + 1]
        state = np.uint32(0)
        at = first
        while at < last:
            word = np.uint32(0)
            size = min(4, last - at)
            for k in range(size):
                word = np.uint32(word | (np.uint32(data[at + k]) << np.uint32(8 * k)))
            word = np.uint32(_rotated(np.uint32(word * c1), 15) * c2)
            state = np.uint32(state ^ word)
            if size == 4:
                state = np.uint32(_rotated(state, 13) * np.uint32(5) + np.uint32(0xE6546B64))
            at += 4
        state = np.uint32(state ^ np.uint32(last - first))
        state = np.uint32((state ^ (state >> np.uint32(16))) * np.uint32(0x85EBCA6B))
        state = np.uint32((state ^ (state >> np.uint32(13))) * np.uint32(0xC2B2AE35))
        hashes[s] = np.int32(np.uint32(state ^ (state >> np.uint32(16))))
