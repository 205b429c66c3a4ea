"""What a smoothing is given of one order, and what it makes of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Options(NamedTuple):
    """Choices inside a smoothing.

    Parameters
    ----------
    discount : float, optional
        Fixed discount of absolute discounting and interpolated Kneser-Ney, in (0, 1); estimated where it is not given.
    discount_fallback : tuple of float, optional
        Discounts of counts 1, 2, and 3 and more, for an order whose own cannot be estimated.
    interpolate_unigrams : bool
        Whether single words are interpolated with the uniform distribution; else what is left goes to ``<unk>``.
    add_k : float
        What additive smoothing adds to every count, > 0.
    interpolation : tuple of ndarray of float64
        For each order the weights of Jelinek-Mercer, one for each bucket of contexts.
    """

    discount: float | None = None
    discount_fallback: tuple[float, ...] | None = None
    interpolate_unigrams: bool = True
    add_k: float = 1.0
    interpolation: tuple[Floats, ...] = ()


class Level(NamedTuple):
    """What is known of the n-grams of one order.

    Parameters
    ----------
    n : int
        The order.
    totals : ndarray of int64, shape (n_contexts,)
        Sum of the counts after each context of ``n - 1`` words.
    pruned : ndarray of int64, shape (n_contexts,)
        How much of it belongs to pruned n-grams.
    types : ndarray of int32, shape (3, n_contexts)
        Distinct words after each context with count 1, 2, and 3 or more, without pruned ones.
    of_counts : ndarray of int64, shape (>= 7,)
        How many n-grams of this order have count 0, 1, 2 ..., pruned ones too.
    n_words : int
        Words that may come next: all but ``<s>``.
    """

    n: int
    totals: NDArray[np.int64]
    pruned: NDArray[np.int64]
    types: NDArray[np.int32]
    of_counts: NDArray[np.int64]
    n_words: int

    @property
    def distinct(self) -> NDArray[np.int64]:
        """Distinct words after each context."""
        total: NDArray[np.int64] = self.types.sum(axis=0, dtype=np.int64)
        return total


class Estimate(NamedTuple):
    """What a smoothing makes of one order.

    Parameters
    ----------
    discounts : ndarray of float64
        Taken off counts 0, 1, 2 ...; the last holds for larger counts too.
    denominators : ndarray of float64, shape (n_contexts,)
        What discounted counts are divided by; > 0.
    weights : ndarray of float64, shape (n_contexts,)
        Weight of the shorter context. Not used by a smoothing that backs off and normalises.
    """

    discounts: Floats
    denominators: Floats
    weights: Floats
