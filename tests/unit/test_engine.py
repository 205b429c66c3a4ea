"""Blocks on threads: the order of the results never depends on the number of threads."""

from __future__ import annotations

import threading
import time

import pytest

from malgil.engine import fold, map_blocks, n_workers
from malgil.errors import ParameterError


@pytest.mark.parametrize("n_jobs", [1, 2, 4])
def test_results_come_in_block_order(n_jobs: int) -> None:
    def slow_first(block: int) -> int:
        time.sleep(0.02 if block == 0 else 0)
        return block * block

    assert list(map_blocks(slow_first, range(20), n_jobs)) == [n * n for n in range(20)]


@pytest.mark.parametrize("n_jobs", [1, 2, 4])
def test_fold_merges_neighbours_in_order(n_jobs: int) -> None:
    assert fold(str, lambda left, right: left + right, range(10), n_jobs) == "0123456789"


def test_fold_of_nothing() -> None:
    assert fold(str, lambda left, right: left + right, []) is None


def test_blocks_are_not_read_far_ahead() -> None:
    taken: list[int] = []

    def blocks() -> object:
        for number in range(100):
            taken.append(number)
            yield number

    results = map_blocks(lambda block: block, blocks(), 2)  # type: ignore[arg-type, return-value]
    next(results)
    assert len(taken) <= 6


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_error_in_a_block_is_raised(n_jobs: int) -> None:
    def fail(block: int) -> int:
        if block == 3:
            raise ZeroDivisionError
        return block

    with pytest.raises(ZeroDivisionError):
        list(map_blocks(fail, range(10), n_jobs))


def test_one_block_is_done_where_it_is_asked_for() -> None:
    assert list(map_blocks(lambda _: threading.get_ident(), ["말"], 4)) == [threading.get_ident()]
    assert list(map_blocks(str, [], 4)) == []


def test_two_threads_work_at_once() -> None:
    both_here = threading.Barrier(2, timeout=10)
    list(map_blocks(lambda _: both_here.wait(), range(2), 2))


@pytest.mark.parametrize("wrong", [0, -1])
def test_a_wrong_number_of_workers_is_refused(wrong: int) -> None:
    with pytest.raises(ParameterError, match="1 or more"):
        n_workers(wrong)


def test_all_cores_by_default() -> None:
    assert n_workers(None) >= 1
