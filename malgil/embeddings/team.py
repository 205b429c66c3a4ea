"""Threads that work in step: all learn, all wait, all add, all wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

_LOOKS = 500  # about half a millisecond


class _Stopped(Exception):
    """Another worker failed."""


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
    meeting = _Meeting(n_workers)
    failed: list[BaseException] = []

    def run(worker: int) -> None:
        try:
            work(worker, lambda: meeting.wait(worker))
        except _Stopped:
            pass
        except BaseException as error:
            failed.append(error)
            meeting.stop()

    threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in range(1, n_workers)]
    try:
        for thread in threads:
            thread.start()
    except BaseException:  # no more threads to be had, or interrupted: those that run already wait for nobody
        meeting.stop()
        raise
    run(0)
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


class _Meeting:
    """Where workers wait for each other, thousands of times a second: two bare locks for each worker but the first.

    `threading.Barrier` builds and queues a new lock at every wait; with it a training took a
    twentieth longer.
    """

    def __init__(self, n_workers: int) -> None:
        self._is_stopped = False
        self._arrived = [threading.Lock() for _ in range(1, n_workers)]
        self._may_go = [threading.Lock() for _ in range(1, n_workers)]
        for lock in self._arrived + self._may_go:
            lock.acquire()

    def wait(self, worker: int) -> None:
        """Return when all workers have come."""
        self._go_on()
        if worker == 0:
            for lock in self._arrived:
                _take(lock)
            self._go_on()
            for lock in self._may_go:
                _open(lock)
        else:
            _open(self._arrived[worker - 1])
            _take(self._may_go[worker - 1])
            self._go_on()

    def _go_on(self) -> None:
        if self._is_stopped:
            raise _Stopped

    def stop(self) -> None:
        """Send everybody home, those who wait and those who will."""
        self._is_stopped = True
        for lock in self._arrived + self._may_go:
            _open(lock)


def _take(lock: threading.Lock) -> None:
    """Take a lock: look for it a while before falling asleep, since to be woken takes longer than most waits."""
    for _ in range(_LOOKS):
        if lock.acquire(blocking=False):
            return
        time.sleep(0)  # lets the others have the interpreter
    lock.acquire()


def _open(lock: threading.Lock) -> None:
    with suppress(RuntimeError):  # it is open
        lock.release()
