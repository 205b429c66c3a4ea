"""Training against its plain twin: schedules, triggers, averages, AdamW, parts of batches, what is carried."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from malgil.training.batches import in_order, parts, plan
from malgil.training.carry import joined, split
from malgil.training.optimizers import Average, adamw, has_stalled
from malgil.training.schedules import SCHEDULES, learning_rate
from malgil.training.settings import Settings
from tests.naive import training as naive


@given(st.sampled_from(sorted(SCHEDULES)), st.integers(2, 60), st.sampled_from([0.0, 0.05, 0.3, 0.9]))
def test_schedules_at_every_step(name: str, n_steps: int, warmup: float) -> None:
    if name == "warmup" and not warmup:
        return  # a rise of no length has no root to fall with
    wanted = naive.learning_rates(name, n_steps, warmup)
    found = [learning_rate(name, 0.2, warmup, (step + 0.5) / n_steps) for step in range(n_steps)]
    np.testing.assert_allclose(found, np.array(wanted) * 0.2, rtol=1e-9, atol=1e-12)
    assert min(found) > 0


def test_one_cycle_is_that_of_torch() -> None:
    weight = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    n = 2000  # torch counts n - 1 steps, the first at the very beginning: as the steps grow finer, the two meet
    peer = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=n, pct_start=0.3, cycle_momentum=False)
    wanted = []
    for _ in range(n):
        wanted.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(wanted) < n:
            peer.step()
    found = [learning_rate("one_cycle", 1.0, 0.3, (step + 0.5) / n) for step in range(n)]
    np.testing.assert_allclose(found, wanted, atol=3e-3)
    np.testing.assert_allclose(found[-1], 4e-6, atol=2e-6)


@given(st.lists(st.integers(0, 6).map(float), min_size=1, max_size=20), st.integers(1, 6))
def test_the_trigger_of_averaging(losses: list[float], n: int) -> None:
    calls = [has_stalled(losses[: at + 1], n) for at in range(len(losses))]
    wanted = naive.trigger(losses, n)
    assert (calls.index(True) if any(calls) else None) == wanted


@given(st.integers(1, 9), st.integers(0, 99))
def test_the_mean_of_weights(n: int, seed: int) -> None:
    course = np.random.default_rng(seed).normal(size=(n, 4))
    weight = nn.Parameter(torch.zeros(4, dtype=torch.float64))
    average = Average([weight])
    average.update()  # before it has begun, nothing happens
    average.begin()
    for values in course:
        with torch.no_grad():
            weight.copy_(torch.tensor(values))
        average.update()
    with average.in_place():
        np.testing.assert_allclose(weight.detach().numpy(), naive.average(list(course)), atol=1e-12)
    assert np.array_equal(weight.detach().numpy(), course[-1])


@given(st.integers(1, 5), st.sampled_from([0.0, 0.1]), st.integers(0, 99))
def test_adamw_is_that_of_the_paper(n: int, decay: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    start, gradients, rates = rng.normal(size=(2, 3)), rng.normal(size=(n, 2, 3)), rng.uniform(0.01, 0.1, n)
    network = nn.Linear(3, 2, bias=True, dtype=torch.float64)
    with torch.no_grad():
        network.weight.copy_(torch.tensor(start))
    optimizer = adamw(network, Settings(weight_decay=decay))
    for gradient, rate in zip(gradients, rates, strict=True):
        network.weight.grad = torch.tensor(gradient)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
    wanted = naive.adamw(start, list(gradients), rates.tolist(), decay)
    np.testing.assert_allclose(network.weight.detach().numpy(), wanted, rtol=1e-6)


def test_vectors_do_not_decay() -> None:
    groups = adamw(nn.Linear(3, 2), Settings(weight_decay=0.3)).param_groups
    assert [(group["weight_decay"], group["params"][0].dim()) for group in groups] == [(0.3, 2), (0.0, 1)]


LIMITS = st.none() | st.integers(1, 9)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), LIMITS, st.none() | st.integers(1, 30))
def test_parts_of_a_batch(lengths: list[int], most_rows: int | None, most_cells: int | None) -> None:
    found = parts(np.arange(len(lengths)), np.array(lengths), most_rows, most_cells)
    if most_rows is None and most_cells is None:
        assert [part.tolist() for part in found] == [list(range(len(lengths)))]
    else:
        assert [part.tolist() for part in found] == naive.parts(lengths, most_rows, most_cells)


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 8), st.integers(0, 5))
def test_every_row_stands_in_one_batch(lengths: list[int], batch_size: int, epoch: int) -> None:
    examples: Any = SimpleNamespace(lengths=np.array(lengths, np.int64))
    for batches in (plan(examples, batch_size, 0, epoch), in_order(examples, batch_size)):
        assert sorted(row for rows in batches for row in rows.tolist()) == list(range(len(lengths)))
        assert all(len(rows) <= batch_size for rows in batches)


PLACES = st.recursive(
    st.none() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.just(torch.arange(3.0)) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["tensor", "tuple", "상태"]), inner, max_size=2)
    ),
    max_leaves=8,
)


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return ("tensor", tuple(value.tolist()))
    if isinstance(value, tuple | list):
        return (type(value), [_plain(part) for part in value])
    return {name: _plain(part) for name, part in value.items()} if isinstance(value, dict) else value


@settings(max_examples=50)
@given(PLACES)
def test_what_is_carried_comes_back(carry: Any) -> None:
    import json

    written, tensors = split(carry)
    assert _plain(joined(json.loads(json.dumps(written)), tensors)) == _plain(carry)


def test_a_warm_up_of_no_length_is_no_rise() -> None:
    assert learning_rate("warmup", 1.0, 0.0, 0.5) == pytest.approx(1.0)
