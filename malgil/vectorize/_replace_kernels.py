"""The kernel that puts other characters in the place of characters."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def replace_points(
    points: NDArray[np.uint32],
    borders: NDArray[np.int64],
    places: NDArray[np.int32],
    pool: NDArray[np.uint32],
    replaced: NDArray[np.uint32],
    new_borders: NDArray[np.int64],
) -> None:
    """Write texts with every code point replaced by none, one or several.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Code points, text after text.
    borders : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts.
    places : ndarray of int32, shape (n_code_points,)
        Where each code point's replacement begins in `pool`.
    pool : ndarray of uint32
        Replacements: how many code points, then these.
    replaced : ndarray of uint32
        Output: the new texts; just long enough.
    new_borders : ndarray of int64, shape (n_rows + 1,)
        Output: their borders.
    """
    n = 0
    new_borders[0] = 0
    for row in range(borders.size - 1):
        for i in range(borders[row], borders[row + 1]):
            place = places[points[i]]
            for k in range(place + 1, place + 1 + np.int64(pool[place])):
                replaced[n] = pool[k]
                n += 1
        new_borders[row + 1] = n
