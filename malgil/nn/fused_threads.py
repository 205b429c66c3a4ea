"""Threads that walk parts of a batch or directions, each with products on a single thread of torch."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import torch

_T = TypeVar("_T")
_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}
"""By process, since a pool does not live on in a forked one, and by number of threads."""


def each_on_its_thread(works: Sequence[Callable[[], _T]]) -> list[_T]:
    """Do several things at once; a single one on this thread, with all threads of torch.

    Parameters
    ----------
    works : sequence of callable
        Without arguments; they share nothing that one of them writes.

    Returns
    -------
    list
        What they return, in their order.
    """
    if len(works) == 1:
        return [works[0]()]
    key = os.getpid(), len(works)
    is_new = key not in _pools
    pool = _pools.setdefault(key, ThreadPoolExecutor(len(works), "malgil-nn", _be_single)) if is_new else _pools[key]
    futures = [pool.submit(_without_gradients, work) for work in works]
    found = [future.result() for future in futures]
    if is_new:  # what a thread sets is also what torch tells threads yet to come
        torch.set_num_threads(torch.get_num_threads())
    return found


def share_rows(n_rows: int, n_threads: int, work: Callable[[slice], None]) -> None:
    """Give every thread a run of rows.

    Parameters
    ----------
    n_rows : int
        How many there are.
    n_threads : int
        Runs at most.
    work : callable
        Does one run.
    """
    size = -(-n_rows // n_threads)
    each_on_its_thread([partial(work, slice(at, min(at + size, n_rows))) for at in range(0, n_rows, size)])


def _without_gradients(work: Callable[[], _T]) -> _T:
    with torch.no_grad():
        return work()


def _be_single() -> None:
    """Let this thread make its products by itself."""
    torch.get_num_threads()  # torch reads its setting once in each thread; what is set before that is lost
    torch.set_num_threads(1)
