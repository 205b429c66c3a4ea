"""Cosines between words: products of whole blocks say who can win, and the winners are measured exactly.

The products are in float32 and depend on the library that multiplies. What is given back is measured in float64, each
pair by itself, so that the same vectors give the same neighbours and the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHORTEST = 1e-30  # a vector shorter than this has no direction: its cosine with anything is 0
EPSILON = 1e-3  # of 3CosMul, as its authors have it
_BLOCK = 16_384


class Space:
    """Vectors and their lengths.

    Parameters
    ----------
    matrix : ndarray of float32, float16 or int8, shape (n, dim)
        A row for each word; rows may be scaled, since a cosine does not see it.
    """

    def __init__(self, matrix: NDArray[Any]) -> None:
        self.matrix = matrix

    def rows(self, places: NDArray[np.int64]) -> Floats:
        """Directions of some words.

        Parameters
        ----------
        places : ndarray of int64, shape (m,)
            Their numbers.

        Returns
        -------
        ndarray of float64, shape (m, dim)
            Of length 1, or 0 for a vector without a direction.
        """
        return directions(np.asarray(self.matrix[places], np.float64))

    @cached_property
    def _inverse(self) -> NDArray[np.float32]:
        """One over the length of each vector."""
        inverse = np.zeros(len(self.matrix), np.float32)
        for low in range(0, len(self.matrix), _BLOCK):
            block = np.asarray(self.matrix[low : low + _BLOCK], np.float64)
            lengths = np.sqrt(np.einsum("ij,ij->i", block, block))
            has_direction = lengths > SHORTEST
            inverse[low : low + _BLOCK][has_direction] = 1.0 / lengths[has_direction]
        return inverse

    def cosines(self, asked: Floats) -> NDArray[np.float32]:
        """Cosine of every word with each of some directions, to about six digits.

        Parameters
        ----------
        asked : ndarray of float64, shape (m, dim)
            Of length 1 or 0.

        Returns
        -------
        ndarray of float32, shape (m, n)
            For choosing candidates.
        """
        found = np.empty((len(asked), len(self.matrix)), np.float32)
        right = np.ascontiguousarray(asked.T, np.float32)
        for low in range(0, len(self.matrix), _BLOCK):
            block = np.asarray(self.matrix[low : low + _BLOCK], np.float32)
            found[:, low : low + _BLOCK] = (block @ right).T
        found *= self._inverse
        return found

    @property
    def slack(self) -> float:
        """Largest error of `cosines`."""
        return float(4.0 * (self.matrix.shape[1] + 8) * np.finfo(np.float32).eps)

    def closest(
        self, rough: NDArray[np.float32], exact: Callable[[Floats], Floats], k: int, without: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], Floats]:
        """Choose the k words with the highest score.

        Parameters
        ----------
        rough : ndarray of float32, shape (n,)
            The score of every word, about; is changed.
        exact : callable
            Directions of candidates, shape (m, dim) -> their scores.
        k : int
            How many, >= 1.
        without : ndarray of int64
            Words to leave out.

        Returns
        -------
        places : ndarray of int64, shape (at most k,)
            By falling score, equal ones by rising number.
        scores : ndarray of float64, of the same shape
            Exact.
        """
        rough[without] = -np.inf
        n = len(rough) - len(np.unique(without))
        k = min(k, n)
        if k < 1:
            return np.zeros(0, np.int64), np.zeros(0)
        least = np.partition(rough, len(rough) - k)[len(rough) - k]
        candidates = np.flatnonzero((rough >= least - self.slack * max(1.0, abs(float(least)))) & np.isfinite(rough))
        scores = exact(self.rows(candidates))
        order = np.lexsort((candidates, -scores))[:k]
        return candidates[order], scores[order]


def directions(vectors: Floats) -> Floats:
    """Bring vectors to length 1.

    Parameters
    ----------
    vectors : ndarray of float64, shape (m, dim)
        Any.

    Returns
    -------
    ndarray of float64, shape (m, dim)
        Rows shorter than `SHORTEST` become 0.
    """
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    found: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > SHORTEST)
    return found


def dots(rows: Floats, direction: Floats) -> Floats:
    """Cosine of each row with a direction.

    Parameters
    ----------
    rows : ndarray of float64, shape (m, dim)
        Of length 1 or 0.
    direction : ndarray of float64, shape (dim,)
        Of length 1 or 0.

    Returns
    -------
    ndarray of float64, shape (m,)
        From -1 to 1.
    """
    found: Floats = (rows * direction).sum(axis=1).clip(-1.0, 1.0)
    return found


def three_cos_add(cosine_a: Any, cosine_b: Any, cosine_c: Any) -> Any:
    r"""Score a word as the answer to "a is to b as c is to what", by a sum.

    Parameters
    ----------
    cosine_a, cosine_b, cosine_c : float or ndarray of float
        Cosines of the word with a, b and c.

    Returns
    -------
    float or ndarray of float
        From -3 to 3.

    Notes
    -----
    .. math:: \cos(d, b) - \cos(d, a) + \cos(d, c)

    References
    ----------
    .. [1] Mikolov, Yih, Zweig, "Linguistic Regularities in Continuous Space Word Representations", NAACL 2013.
    .. [2] Levy, Goldberg, "Linguistic Regularities in Sparse and Explicit Word Representations", CoNLL 2014, eq. 2.
    """
    return cosine_b - cosine_a + cosine_c


def three_cos_mul(cosine_a: Any, cosine_b: Any, cosine_c: Any) -> Any:
    r"""Score a word as the answer to "a is to b as c is to what", by a product.

    Parameters
    ----------
    cosine_a, cosine_b, cosine_c : float or ndarray of float
        Cosines of the word with a, b and c.

    Returns
    -------
    float or ndarray of float
        0 or more.

    Notes
    -----
    .. math:: \frac{\cos'(d, b) \cos'(d, c)}{\cos'(d, a) + 0.001}, \quad \cos' = (1 + \cos) / 2

    References
    ----------
    .. [1] Levy, Goldberg, "Linguistic Regularities in Sparse and Explicit Word Representations", CoNLL 2014, eq. 5.
    """
    a, b, c = ((1.0 + cosine) / 2.0 for cosine in (cosine_a, cosine_b, cosine_c))
    return b * c / (a + EPSILON)


ANALOGIES: dict[str, Callable[[Any, Any, Any], Any]] = {"3cosadd": three_cos_add, "3cosmul": three_cos_mul}
"""Ways to answer an analogy, by name."""
