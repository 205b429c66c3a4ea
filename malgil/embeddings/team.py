"""Threads that do one thing together; where they wait for each other is the kernels' business."""

from __future__ import annotations

import threading
from collections.abc import Callable


class _Stopped(Exception):
    """Another worker failed."""


def march(work: Callable[[int, Callable[[], None]], None], n_workers: int) -> None:
    """Run one function on several threads.

    Parameters
    ----------
    work : callable
        Number of the worker, function to call now and then, which ends a worker when another one failed -> nothing.
    n_workers : int
        Threads; number 0 is the caller's own, which alone may be interrupted.

    Raises
    ------
    BaseException
        What a worker raised.
    """
    failed: list[BaseException] = []

    def check() -> None:
        if failed:
            raise _Stopped

    def run(worker: int) -> None:
        try:
            work(worker, check)
        except _Stopped:
            pass
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in range(1, n_workers)]
    try:
        for thread in threads:
            thread.start()
    except BaseException as error:  # no more threads to be had, or interrupted: those that run already stop
        failed.append(error)
        raise
    run(0)
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
