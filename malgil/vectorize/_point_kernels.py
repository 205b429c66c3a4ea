"""Kernel that reads code units as code points in lower case."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def read_points(
    codes: NDArray[np.uint16],
    borders: NDArray[np.int64],
    lower: NDArray[np.uint32],
    is_odd: NDArray[np.bool_],
    points: NDArray[np.uint32],
    indptr: NDArray[np.int64],
) -> bool:
    """Read texts as code points, one character at a time brought into lower case.

    Parameters
    ----------
    codes : ndarray of uint16
        UTF-16 with surrogates in pairs, a line end after each text.
    borders : ndarray of int64, shape (n_docs + 1,)
        First code unit of each text; the last one ends the last line end.
    lower : ndarray of uint32
        What each code point becomes; those beyond stay as they are.
    is_odd : ndarray of bool, like `lower`
        Whose lower case is longer or depends on what stands around them.
    points : ndarray of uint32, shape (>= n_codes,)
        Output: code points.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Output: borders of the texts among them.

    Returns
    -------
    bool
        Whether no code point was odd.
    """
    n = 0
    was_odd = False
    indptr[0] = 0
    for doc in range(borders.size - 1):
        i, stop = borders[doc], borders[doc + 1] - 1
        while i < stop:
            point = np.uint32(codes[i])
            if 0xD800 <= point < 0xDC00:
                i += 1
                point = np.uint32(0x10000 + ((point - 0xD800) << 10) + (np.uint32(codes[i]) - 0xDC00))
            if point < lower.size:
                was_odd |= is_odd[point]
                point = lower[point]
            points[n] = point
            n += 1
            i += 1
        indptr[doc + 1] = n
    return not was_odd
