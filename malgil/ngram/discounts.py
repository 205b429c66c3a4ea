"""Discounts from counts of counts: how much the n-grams that occurred k times are worth less than k."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError

Floats = NDArray[np.float64]
Counted = NDArray[np.int64]

KATZ_LIMIT = 5


def modified_discounts(n: int, of_counts: Counted, fallback: tuple[float, ...] | None = None) -> Floats:
    """Discounts of modified Kneser-Ney for counts 0, 1, 2, and 3 and more.

    Parameters
    ----------
    n : int
        The order, for the message of an error.
    of_counts : ndarray of int64, shape (>= 7,)
        How many n-grams have count 0, 1, 2 ...
    fallback : tuple of float, optional
        One to three discounts to take where they cannot be estimated; the last stands for those not given.

    Returns
    -------
    ndarray of float64, shape (4,)
        Of count k in [0, k].

    Raises
    ------
    DataError
        If there are no n-grams with count 1, 2 or 3, or a discount is out of range, and there is no fallback.
    """
    many = of_counts.astype(np.float64)
    discounts = np.zeros(4)
    missing = [k for k in (1, 2, 3) if many[k] == 0]
    if not missing:
        y = many[1] / (many[1] + 2 * many[2])
        discounts[1:] = [k - (k + 1) * y * many[k + 1] / many[k] for k in (1, 2, 3)]
    if not missing and all(0 <= discounts[k] <= k for k in (1, 2, 3)):
        return discounts
    if fallback is None:
        key = "ngram.no_discount" if missing else "ngram.bad_discount"
        raise DataError(key, n=n, count=missing[0] if missing else 0)
    return np.array([0.0, *(fallback[min(k, len(fallback) - 1)] for k in range(3))])


def good_turing_discounts(n: int, of_counts: Counted) -> Floats:
    """Discounts of Katz for counts 0 to k, and 0 for more; k is 5, or less where no ratio would lie in (0, 1] else.

    Parameters
    ----------
    n : int
        The order, for the message of an error.
    of_counts : ndarray of int64, shape (>= 7,)
        How many n-grams have count 0, 1, 2 ...

    Returns
    -------
    ndarray of float64, shape (k + 2,)
        What is taken off each count.

    Raises
    ------
    DataError
        If there are no n-grams with count 1, 2 or 3, or no k from 5 to 2 fits.
    """
    if (of_counts[1:4] == 0).any():
        raise DataError("ngram.no_good_turing", n=n, count=int(np.flatnonzero(of_counts[1:4] == 0)[0]) + 1)
    for limit in range(KATZ_LIMIT, 1, -1):
        r, many = np.arange(1, limit + 1), np.maximum(of_counts[: limit + 2], 1).astype(np.float64)
        common = (limit + 1) * many[limit + 1] / many[1]
        if common >= 1 or (of_counts[1 : limit + 2] == 0).any():
            continue
        ratios = ((r + 1) * many[2:] / (r * many[1:-1]) - common) / (1 - common)
        if ((ratios > 0) & (ratios <= 1)).all():
            return np.concatenate([[0.0], r * (1 - ratios), [0.0]])
    raise DataError("ngram.bad_good_turing", n=n)
