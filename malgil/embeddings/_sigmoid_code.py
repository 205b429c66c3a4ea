"""The logistic function, as quick as a few products and a division."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

FASTMATH = {"nsz", "arcp", "contract", "afn", "reassoc"}
_HALF, _END = np.float32(0.5), np.float32(4.95)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def sigmoid(x: Any) -> Any:
    """Logistic function without ``exp``, at most 0.0001 off, by Lambert's fraction of the hyperbolic tangent.

    Parameters
    ----------
    x : float32
        Any finite number.

    Returns
    -------
    float32
        1 / (1 + e^-x).
    """
    t = min(max(x * _HALF, -_END), _END)
    q = t * t
    above = t * (np.float32(135135) + q * (np.float32(17325) + q * (np.float32(378) + q)))
    below = np.float32(135135) + q * (np.float32(62370) + q * (np.float32(3150) + q * np.float32(28)))
    return _HALF + _HALF * above / below


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def slopes(scores: NDArray[np.float32], aim: Any) -> None:
    """Turn scores into what is missing to an aim.

    Parameters
    ----------
    scores : ndarray of float32, shape (n,)
        Changed in place, to the aim less the logistic function of each.
    aim : float32
        1 for words that are near, 0 for negative words.
    """
    for i in range(scores.size):
        scores[i] = aim - sigmoid(scores[i])
