"""Two laws of word counts: Zipf (rank and frequency) and Heaps (growth of the vocabulary)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from malgil.ragged import Ragged

N_POINTS = 80
MIN_COUNT = 5
"""Rarer words stay out of the Zipf fit: their counts are steps, not a line."""

MIN_TOKENS = 100
"""Shorter beginnings of the corpus stay out of the Heaps fit."""


@dataclass(frozen=True)
class PowerLaw:
    """Points of a curve and the power law ``y = factor * x ** exponent`` through them.

    Parameters
    ----------
    x, y : list of int
        Points, `x` rising.
    factor, exponent : float
        Least squares on the logarithms; both 0 where there are fewer than three points to fit.
    fit_from, fit_to : int
        The `x` between which the line was fitted; both 0 without a fit.
    """

    x: list[int]
    y: list[int]
    factor: float
    exponent: float
    fit_from: int
    fit_to: int


def zipf(counts: NDArray[np.int64]) -> PowerLaw:
    """Rank-frequency curve of a vocabulary.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_terms,)
        Occurrences, falling.

    Returns
    -------
    PowerLaw
        `x` are ranks from 1, about evenly spread on a logarithmic scale, so that the many rare words do not outweigh
        the others in the fit; `exponent` is near -1 where Zipf's law holds.

    References
    ----------
    .. [1] Zipf, "Human Behavior and the Principle of Least Effort", 1949.
    """
    ranks = spread(len(counts))
    chosen = counts[ranks - 1]
    return _fitted(ranks, chosen, chosen >= MIN_COUNT)


def heaps(ragged: Ragged, n_terms: int) -> PowerLaw:
    """Growth of the vocabulary over the tokens, in document order.

    Parameters
    ----------
    ragged : Ragged
        The encoded corpus.
    n_terms : int
        Size of the vocabulary.

    Returns
    -------
    PowerLaw
        `x` are numbers of tokens read, `y` distinct words among them; `factor` is K and `exponent` is beta.

    Raises
    ------
    DataError
        If an id is out of range, or the borders of the documents do not fit the ids.

    References
    ----------
    .. [1] Heaps, "Information Retrieval: Computational and Theoretical Aspects", 1978, section 7.5.
    """
    from malgil.eda._text_kernels import count_distinct

    ragged.check(n_terms)
    n_tokens = spread(ragged.n_tokens)
    return _fitted(n_tokens, count_distinct(ragged.ids, n_tokens, n_terms), n_tokens >= MIN_TOKENS)


def spread(largest: int) -> NDArray[np.int64]:
    """Whole numbers from 1 to a largest one, evenly spread on a logarithmic scale.

    Parameters
    ----------
    largest : int
        The last number; nothing below 1 gives an empty array.

    Returns
    -------
    ndarray of int64
        Rising, at most `N_POINTS` of them.
    """
    if largest < 1:
        return np.zeros(0, np.int64)
    return np.unique(np.rint(np.geomspace(1, largest, N_POINTS)).astype(np.int64))


def _fitted(x: NDArray[np.int64], y: NDArray[np.int64], use: NDArray[np.bool_]) -> PowerLaw:
    points = x.tolist(), y.tolist()
    if np.count_nonzero(use) < 3:
        return PowerLaw(*points, 0.0, 0.0, 0, 0)
    log_x, log_y = np.log(x[use]), np.log(y[use])
    away = log_x - log_x.mean()
    exponent = float((away * log_y).sum() / (away * away).sum())
    factor = float(np.exp(log_y.mean() - exponent * log_x.mean()))
    return PowerLaw(*points, factor, exponent, int(x[use][0]), int(x[use][-1]))
