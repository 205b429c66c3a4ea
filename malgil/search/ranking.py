"""The best of scored documents, in the one order that every part of the search gives them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def best(
    docs: NDArray[np.integer], scores: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Order the best of scored documents.

    Parameters
    ----------
    docs : ndarray of int, shape (n,)
        Different documents, in any order.
    scores : ndarray of float64, shape (n,)
        Their scores.
    k : int
        How many, >= 1.

    Returns
    -------
    docs : ndarray of int64, shape (min(n, k),)
        By falling score, equal scores by rising document number.
    scores : ndarray of float64, shape (min(n, k),)
        Their scores.
    """
    if len(scores) > k:
        limit = _kth(scores, k)
        above, tied = np.flatnonzero(scores > limit), np.flatnonzero(scores == limit)
        n_tied = k - len(above)
        if len(tied) > n_tied:
            tied = tied[np.argpartition(docs[tied], n_tied - 1)[:n_tied]]
        chosen = np.concatenate((above, tied))
        docs, scores = docs[chosen], scores[chosen]
    order = np.lexsort((docs, -scores))
    return docs[order].astype(np.int64), scores[order]


def _kth(values: NDArray[Any], k: int) -> Any:
    """Find the k-th largest of at least k values."""
    return np.partition(values, len(values) - k)[len(values) - k]
