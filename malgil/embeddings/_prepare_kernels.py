"""Kernels that turn the numbers of words as they were met into the numbers of a vocabulary."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def keep_known(
    ids: NDArray[np.int32],
    borders: NDArray[np.int64],
    places: NDArray[np.int32],
    out: NDArray[np.int32],
    lengths: NDArray[np.int64],
) -> int:
    """Renumber the words of some documents and close up over those that have no number.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Words of the block.
    borders : ndarray of int64, shape (n_docs + 1,)
        Borders of its documents.
    places : ndarray of int32
        New number of each word, below 0 where it is left out.
    out : ndarray of int32, shape (n_tokens,)
        Out: new numbers of the words that stay.
    lengths : ndarray of int64, shape (n_docs,)
        Out: how many words of each document stay.

    Returns
    -------
    int
        How many words of the block stay.
    """
    n = 0
    for doc in range(lengths.size):
        first = n
        for i in range(borders[doc], borders[doc + 1]):
            place = places[ids[i]]
            if place >= 0:
                out[n] = place
                n += 1
        lengths[doc] = n - first
    return n
