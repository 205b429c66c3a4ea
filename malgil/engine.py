"""Blocks of work on threads, in an order that does not depend on how many there are.

Whatever is learned from a corpus is ``partial(block)``, ``merge(a, b)`` (associative) and ``finish``. Blocks have a
fixed size and are merged in block order, so one thread and eight give the same bytes. The kernels release the GIL.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import Protocol, TypeVar

from malgil.errors import ParameterError

B = TypeVar("B")
R = TypeVar("R")


class Progress(Protocol):
    """What long work tells about itself; the command line draws it."""

    def start(self, stage: str, total: int | None) -> None:
        """Begin a stage.

        Parameters
        ----------
        stage : str
            Its name, a key of the message catalogue.
        total : int, optional
            Units of work, where known.
        """

    def advance(self, n: int) -> None:
        """Report units of work as done.

        Parameters
        ----------
        n : int
            How many.
        """

    def done(self) -> None:
        """End the stage."""


class Silent:
    """A `Progress` that tells nothing."""

    def start(self, stage: str, total: int | None) -> None:
        """Do nothing.

        Parameters
        ----------
        stage : str
            Not used.
        total : int, optional
            Not used.
        """

    def advance(self, n: int) -> None:
        """Do nothing.

        Parameters
        ----------
        n : int
            Not used.
        """

    def done(self) -> None:
        """Do nothing."""


def n_workers(n_jobs: int | None) -> int:
    """Threads to use.

    Parameters
    ----------
    n_jobs : int, optional
        What the caller asked for; ``None`` means all cores that this process may use.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ParameterError
        If `n_jobs` is below 1.
    """
    if n_jobs is None:
        has_affinity = hasattr(os, "sched_getaffinity")
        return len(os.sched_getaffinity(0)) if has_affinity else (os.cpu_count() or 1)
    if n_jobs < 1:
        raise ParameterError("house.bad_workers", value=n_jobs)
    return n_jobs


def map_blocks(function: Callable[[B], R], blocks: Iterable[B], n_jobs: int | None = None) -> Iterator[R]:
    """Apply a function to every block, on threads.

    Parameters
    ----------
    function : callable
        Block -> result; runs on several threads at once.
    blocks : iterable
        Read as it is needed: at most two blocks a worker wait in memory.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Yields
    ------
    object
        The results, in the order of the blocks.
    """
    workers = n_workers(n_jobs)
    if workers == 1:
        yield from map(function, blocks)
        return
    rest = iter(blocks)
    first = list(islice(rest, 2))
    if len(first) < 2:  # threads take longer to start than a small block to finish
        yield from map(function, first)
        return
    blocks = chain(first, rest)
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for block in blocks:
                waiting.append(pool.submit(function, block))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def fold(
    partial: Callable[[B], R], merge: Callable[[R, R], R], blocks: Iterable[B], n_jobs: int | None = None
) -> R | None:
    """Learn from every block and merge what was learned, in block order.

    Parameters
    ----------
    partial : callable
        Block -> partial result; runs on several threads at once.
    merge : callable
        Two neighbouring partial results -> one. Must be associative.
    blocks : iterable
        The corpus.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    object or None
        The partial result of the whole; ``None`` where there is no block.
    """
    whole: R | None = None
    for part in map_blocks(partial, blocks, n_jobs):
        whole = part if whole is None else merge(whole, part)
    return whole
