"""Rows of float32 as the kernels want them: padded to whole lanes, and from the beginning of a cache line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LANES = 8
"""Rows are padded to a multiple of this."""
_CACHE_LINE = 64


def aligned_rows(*shape: int) -> NDArray[np.float32]:
    """Make an array of zeros that begins at a cache line.

    Parameters
    ----------
    *shape : int
        Its lengths, the last a multiple of `LANES`.

    Returns
    -------
    ndarray of float32
        C-contiguous. What NumPy makes by itself begins 16 bytes behind a border, so that every second step over a row
        would touch two cache lines.
    """
    size = int(np.prod(shape))
    room = np.zeros(size + _CACHE_LINE // 4, np.float32)
    skipped = -room.ctypes.data % _CACHE_LINE // 4
    return room[skipped : skipped + size].reshape(shape)
