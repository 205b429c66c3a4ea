"""Memory that runs out: how it shows, and work that goes on with smaller parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from malgil.errors import DataError

R = TypeVar("R")
# What torch's allocators say; only CUDA's has an exception of its own.
_SIGNS = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc", "bad allocation")


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there is no memory left.

    Parameters
    ----------
    error : BaseException
        What was raised.

    Returns
    -------
    bool
        True for a ``MemoryError``, and for the errors of torch's allocators.
    """
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


def half(n_rows: int, may_split: bool = True) -> int:
    """Rows to try after too many.

    Parameters
    ----------
    n_rows : int
        What did not fit.
    may_split : bool
        False where the rows belong together.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    DataError
        If there is nothing smaller.
    """
    if n_rows <= 1 or not may_split:
        raise DataError("training.no_memory", n=n_rows)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return (n_rows + 1) // 2


def fitting(
    rows: NDArray[np.int64], compute: Callable[[NDArray[np.int64]], R], may_split: bool = True
) -> list[tuple[NDArray[np.int64], R]]:
    """Compute something of rows, in halves where the memory does not hold them together.

    Parameters
    ----------
    rows : ndarray of int64
        Numbers of examples.
    compute : callable
        Rows -> result; without gradients, so that it can be tried again.
    may_split : bool
        False where the rows belong together.

    Returns
    -------
    list of (ndarray of int64, object)
        Rows and their result, in order.

    Raises
    ------
    DataError
        If one row is too large.
    """
    waiting, results = [rows], []
    while waiting:
        part = waiting.pop()
        try:
            results.append((part, compute(part)))
            continue
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
        most = half(len(part), may_split)
        waiting += [part[most:], part[:most]]
    return results
