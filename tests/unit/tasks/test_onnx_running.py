"""Rows of any length through a session: the order stays, padding changes nothing, the best path is the best."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.errors import ArtefactError
from malgil.tasks.onnx_running import BATCH, batches_of, best_tags, open_session, padded, run_rows


class Output:
    def __init__(self, *shape: object) -> None:
        self.shape = shape


class Sums:
    """A session that gives the sum of each row, and each step doubled."""

    def get_outputs(self) -> list[Output]:
        return [Output("B", 1), Output("B", "T", 1)]

    def run(self, _: None, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        x = feed["ids"]
        assert x.shape[0] <= BATCH and x.shape[0] == len(feed["lengths"])
        return [x.sum(1, keepdims=True).astype(np.float32), 2.0 * x[:, :, None]]


@given(st.lists(st.lists(st.integers(1, 9), max_size=7), min_size=1, max_size=300))
def test_outputs_come_in_the_order_of_the_rows(rows: list[list[int]]) -> None:
    found = run_rows(Sums(), {"ids": [np.array(row, np.int64) for row in rows]})
    assert [int(row[0][0]) for row in found] == [sum(row) for row in rows]
    assert [row[1][:, 0].tolist() for row in found] == [[2.0 * n for n in row] for row in rows]


@given(st.lists(st.integers(0, 40_000), max_size=400))
def test_every_row_runs_once(lengths: list[int]) -> None:
    batches = batches_of(np.array(lengths, np.int64))
    assert sorted(np.concatenate([*batches, []]).tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= 1 << 16


def test_padding() -> None:
    assert padded([np.array([1, 2]), np.array([], np.int64)], 3).tolist() == [[1, 2, 0], [0, 0, 0]]
    spelled = padded([np.array([[1], [2]]), np.array([[3, 4]])], 2)
    assert spelled.tolist() == [[[1, 0], [2, 0]], [[3, 4], [0, 0]]]
    assert padded([np.ones((1, 2))], 2).dtype == np.float32


@given(st.integers(0, 99), st.integers(1, 4), st.integers(1, 3))
def test_the_best_path_of_all(seed: int, n_steps: int, n_tags: int) -> None:
    rng = np.random.default_rng(seed)
    e, a = rng.normal(size=(n_steps, n_tags)), rng.normal(size=(n_tags, n_tags))
    b, c = rng.normal(size=n_tags), rng.normal(size=n_tags)

    def score(path: tuple[int, ...]) -> float:
        moves = sum(a[i, j] for i, j in pairwise(path))
        return float(b[path[0]] + sum(e[t, k] for t, k in enumerate(path)) + moves + c[path[-1]])

    assert tuple(best_tags(e, a, b, c)) == max(product(range(n_tags), repeat=n_steps), key=score)


def test_no_steps_no_tags() -> None:
    assert best_tags(np.zeros((0, 2)), np.zeros((2, 2)), np.zeros(2), np.zeros(2)).shape == (0,)


def test_a_damaged_network_is_one_sentence() -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(ArtefactError, match="cannot load"):
        open_session(b"no network")
