"""Weighted means of the vectors of a document's words."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def mean_rows(
    ids: NDArray[np.int32],
    indptr: NDArray[np.int64],
    low: int,
    high: int,
    weights: NDArray[np.float32],
    shares: NDArray[np.float32],
    matrix: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Add the weighted vectors of the words of some documents and divide by their shares.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Rows of `matrix`; negative ones are words without a vector.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents.
    low, high : int
        The documents.
    weights : ndarray of float32, shape (n_words,)
        What each word's vector is multiplied with.
    shares : ndarray of float32, shape (n_words,)
        What each word adds to the divisor.
    matrix : ndarray of float32, shape (n_words, dim)
        Vectors.
    out : ndarray of float32, shape (n_docs, dim)
        Output: the rows of these documents; 0 where no word has a vector.
    """
    for doc in range(low, high):
        row = out[doc]
        row[:] = 0
        total = np.float32(0)
        for i in range(indptr[doc], indptr[doc + 1]):
            word = ids[i]
            if word >= 0:
                total += shares[word]
                weight, vector = weights[word], matrix[word]
                for k in range(row.size):
                    row[k] += weight * vector[k]
        if total > 0:
            for k in range(row.size):
                row[k] /= total
