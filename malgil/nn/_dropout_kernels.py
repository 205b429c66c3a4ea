"""Kernel of dropout: a mask from 16 random bits a number."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_A, _MIX_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _1 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(1)
_BITS, _LOW = np.uint64(16), np.uint64(0xFFFF)


@njit(nogil=True, cache=True)
def draw_mask(seed: int, limit: int, below: float, above: float, mask: NDArray[np.float32]) -> None:
    """Fill a mask with one of two numbers by chance.

    Parameters
    ----------
    seed : uint64
        Of the generator, any.
    limit : uint64
        How many of the 65,536 values of 16 bits give `below`.
    below : float32
        Written with a chance of limit / 65,536.
    above : float32
        Written elsewhere.
    mask : ndarray of float32, shape (4, n)
        Written: column i from the four quarters of the word i, the lowest bits first.

    Notes
    -----
    Word i is the output of SplitMix64 (Steele, Lea, Flood 2014, figure 17) after i + 1 steps.

    References
    ----------
    .. [1] Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
    """
    for i in range(mask.shape[1]):
        word = seed + (np.uint64(i) + _1) * _STEP
        word = (word ^ (word >> _30)) * _MIX_A
        word = (word ^ (word >> _27)) * _MIX_B
        word ^= word >> _31
        mask[0, i] = below if (word & _LOW) < limit else above
        mask[1, i] = below if ((word >> _BITS) & _LOW) < limit else above
        mask[2, i] = below if ((word >> (_BITS + _BITS)) & _LOW) < limit else above
        mask[3, i] = below if (word >> (_BITS + _BITS + _BITS)) < limit else above
