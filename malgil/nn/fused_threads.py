"""Threads that walk parts of a batch, each with products on a single thread of torch."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch

_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}
"""By process, since a pool does not live on in a forked one, and by number of threads."""


def each_on_its_thread(works: Sequence[Callable[[], None]]) -> None:
    """Do several things at once; a single one on this thread, with all threads of torch.

    Parameters
    ----------
    works : sequence of callable
        Without arguments; they share nothing that one of them writes.
    """
    if len(works) == 1:
        works[0]()
        return
    key = os.getpid(), len(works)
    is_new = key not in _pools
    pool = _pools.setdefault(key, ThreadPoolExecutor(len(works), "malgil-nn", _be_single)) if is_new else _pools[key]
    futures = [pool.submit(_without_gradients, work) for work in works]
    for future in futures:
        future.result()
    if is_new:  # what a thread sets is also what torch tells threads yet to come
        torch.set_num_threads(torch.get_num_threads())


def _without_gradients(work: Callable[[], None]) -> None:
    with torch.no_grad():
        work()


def _be_single() -> None:
    """Let this thread make its products by itself."""
    torch.get_num_threads()  # torch reads its setting once in each thread; what is set before that is lost
    torch.set_num_threads(1)
