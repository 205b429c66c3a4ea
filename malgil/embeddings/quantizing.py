"""Vectors in two bytes or one a number, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors

_LEVELS = 127
_SAMPLE, _NEIGHBOURS = 1000, 10


def to_int8(matrix: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Write each row as whole numbers from -127 to 127 times a scale of its own.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, dim)
        Finite.

    Returns
    -------
    codes : ndarray of int8, shape (n, dim)
        The nearest whole numbers.
    scales : ndarray of float32, shape (n,)
        ``codes * scales[:, None]`` is about `matrix`: no number is off by more than half a scale.
    """
    largest = np.abs(matrix).max(axis=1, initial=0.0).astype(np.float32)
    scales = largest / np.float32(_LEVELS)
    safe = np.where(scales > 0, scales, np.float32(1))
    codes = np.rint(np.asarray(matrix, np.float32) / safe[:, None]).clip(-_LEVELS, _LEVELS).astype(np.int8)
    return codes, scales


class Loss(NamedTuple):
    """What a smaller copy of vectors lost.

    Parameters
    ----------
    cosine_error : float
        Mean absolute difference of the cosines of random pairs of words.
    largest_cosine_error : float
        The largest of these.
    kept_ratio : float
        Share of the ten nearest neighbours that are among the ten nearest in the copy too, from 0 to 1.
    """

    cosine_error: float
    largest_cosine_error: float
    kept_ratio: float


def measure_loss(vectors: Vectors, copy: Vectors, seed: int = 0) -> Loss:
    """Compare a smaller copy with the vectors that it was made of, on 1,000 random words.

    Parameters
    ----------
    vectors, copy : Vectors
        Of the same words in the same order.
    seed : int
        Of the choice of words.

    Returns
    -------
    Loss
        Zero errors and a share of 1 where nothing is lost, or there are no two words.
    """
    n = len(vectors)
    if n < 2:
        return Loss(0.0, 0.0, 1.0)
    random = np.random.default_rng(seed)
    chosen = np.sort(random.choice(n, min(n, _SAMPLE), replace=False))
    others = (chosen + random.integers(1, n, len(chosen))) % n
    k = min(_NEIGHBOURS, n - 1)
    cosines, near = [], []
    for space in (vectors.space, copy.space):
        cosines.append((space.rows(chosen) * space.rows(others)).sum(axis=1))
        near.append(_neighbours(space, chosen, k))
    errors = np.abs(cosines[0] - cosines[1])
    kept = [len(set(a) & set(b)) for a, b in zip(*near, strict=True)]
    return Loss(float(errors.mean()), float(errors.max()), float(np.mean(kept)) / k)


def _neighbours(space: Any, chosen: NDArray[np.int64], k: int) -> list[list[int]]:
    found: list[list[int]] = []
    for low in range(0, len(chosen), 100):
        block = chosen[low : low + 100]
        cosines = space.cosines(space.rows(block))
        cosines[np.arange(len(block)), block] = -2.0
        found += np.argpartition(-cosines, k - 1, axis=1)[:, :k].tolist()
    return found
