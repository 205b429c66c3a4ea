"""Joining pairs of words from left to right."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def join_pairs(
    ids: NDArray[np.int32],
    indptr: NDArray[np.int64],
    starts: NDArray[np.int64],
    seconds: NDArray[np.int32],
    n_words: int,
    out: NDArray[np.int32],
    lengths: NDArray[np.int64],
) -> int:
    """Write a corpus with its phrases as words; of two that overlap, the left one.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Words.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents.
    starts : ndarray of int64, shape (n_words + 1,)
        Phrases ``starts[w]`` to ``starts[w + 1]`` begin with word ``w``.
    seconds : ndarray of int32, shape (n_phrases,)
        Their second words, rising.
    n_words : int
        Phrase ``p`` becomes the word ``n_words + p``.
    out : ndarray of int32, shape (n_tokens,)
        Output: the words of document after document.
    lengths : ndarray of int64, shape (n_docs,)
        Output: words of each document.

    Returns
    -------
    int
        Words of all documents.
    """
    n = 0
    for doc in range(lengths.size):
        begin = n
        i, end = indptr[doc], indptr[doc + 1]
        while i < end:
            word = ids[i]
            low, high = starts[word], starts[word + 1]
            if i + 1 < end:
                second, stop = ids[i + 1], high
                while low < high:
                    middle = (low + high) >> 1
                    if seconds[middle] < second:
                        low = middle + 1
                    else:
                        high = middle
                if low < stop and seconds[low] == second:
                    word = n_words + low
                    i += 1
            out[n] = word
            n += 1
            i += 1
        lengths[doc] = n - begin
    return n
