"""Memory for many arrays of unlike sizes that goes back to the system as soon as they are gone."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_BYTES = 40 << 20  # beyond what allocators keep for later


class Slabs:
    """Arrays cut out of large ones, one after the other.

    What an allocator hands out in pieces of a few megabytes it keeps when they are freed, and the system hands out in
    small pages, each of which costs time; a slab comes in large pages and is given back once the last array that was
    cut out of it is gone. Pages that nothing was written to take no memory.

    Parameters
    ----------
    dtype : dtype
        Type of the arrays.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self._dtype = np.dtype(dtype)
        self._slab: NDArray[Any] = np.empty(0, dtype)
        self._used = 0
        self._lock = Lock()

    def take(self, n: int) -> NDArray[Any]:
        """Cut an array out.

        Parameters
        ----------
        n : int
            Its length.

        Returns
        -------
        ndarray, shape (n,)
            Not initialised.
        """
        with self._lock:
            if self._used + n > len(self._slab):
                self._slab, self._used = np.empty(max(n, _BYTES // self._dtype.itemsize), self._dtype), 0
            self._used += n
            return self._slab[self._used - n : self._used]
