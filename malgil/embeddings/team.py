"""Threads that work in step: all learn, all wait, all add, all wait."""

from __future__ import annotations

import threading
from collections.abc import Callable


def march(work: Callable[[int, Callable[[], None]], None], n_workers: int) -> None:
    """Run one function on several threads that wait for each other.

    Parameters
    ----------
    work : callable
        Number of the worker, function that waits until all workers have called it -> nothing.
    n_workers : int
        Threads; number 0 is the caller's own, which alone may be interrupted.

    Raises
    ------
    BaseException
        What a worker raised; the others stop where they wait next.
    """
    barrier = threading.Barrier(n_workers)
    wait: Callable[[], object] = barrier.wait if n_workers > 1 else _at_once
    failed: list[BaseException] = []

    def run(worker: int) -> None:
        try:
            work(worker, wait)  # type: ignore[arg-type]
        except threading.BrokenBarrierError:
            pass
        except BaseException as error:
            failed.append(error)
            barrier.abort()

    threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in range(1, n_workers)]
    try:
        for thread in threads:
            thread.start()
    except BaseException:  # no more threads to be had, or interrupted: those that run already wait for nobody
        barrier.abort()
        raise
    run(0)
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _at_once() -> None:
    """Wait for nobody."""
