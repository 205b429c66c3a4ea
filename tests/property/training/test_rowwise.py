"""Updates of touched rows against their plain twin, and against dense updates where both are the same."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from malgil.nn.embedding import Embedding
from malgil.training import loop, rowwise
from malgil.training.loop import train
from malgil.training.optimizers import OPTIMIZERS
from malgil.training.rowwise import merge_rows, numbers_of, touched_rows
from malgil.training.settings import Settings
from tests.naive import training as naive
from tests.toys import Classifier, Words

SETTINGS = Settings(epochs=2, batch_size=7, learning_rate=0.1, precision="float32", device="cpu", weight_decay=0.0)
BATCHES = st.lists(st.lists(st.integers(1, 5), max_size=6), min_size=1, max_size=8)


@pytest.fixture(autouse=True, scope="module")
def _small_tables() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rowwise, "FEWEST_ROWS", 1)
        yield


def _looked_up(table: Embedding, ids: list[int], seed: int) -> dict[int, np.ndarray]:
    """Give a batch's ids a gradient each; return what every row gets."""
    pulls = np.random.default_rng(seed).normal(size=(len(ids), 3)).astype(np.float32)
    (table(torch.tensor(ids, dtype=torch.int64)) * torch.from_numpy(pulls)).sum().backward()
    merge_rows([table.weight])
    return {row: sum(pull.astype(float) for at, pull in zip(ids, pulls, strict=True) if at == row) for row in set(ids)}


@given(BATCHES, st.sampled_from([0.0, 0.3]))
def test_adamw_of_rows(batches: list[list[int]], decay: float) -> None:
    torch.manual_seed(0)
    table = Embedding(6, 3)
    start = table.weight.detach().numpy().astype(float)
    optimizer = OPTIMIZERS["adamw"](table, replace(SETTINGS, weight_decay=decay))
    gradients = []
    with touched_rows(table, 0.0):
        for seed, ids in enumerate(batches):
            optimizer.zero_grad(set_to_none=True)
            gradients.append(_looked_up(table, ids, seed))
            assert table.weight.grad is not None and table.weight.grad.is_sparse
            assert len(numbers_of(table.weight.grad)) == len(set(ids))
            optimizer.step()
    wanted = naive.adamw_of_rows(start, gradients, SETTINGS.learning_rate, decay)
    np.testing.assert_allclose(table.weight.detach().numpy(), wanted, atol=2e-5)
    assert not table.gives_rows


@pytest.mark.parametrize("clip", [None, 0.05])
@pytest.mark.parametrize("max_tokens", [None, 12])
def test_sgd_of_rows_is_sgd(monkeypatch: pytest.MonkeyPatch, clip: float | None, max_tokens: int | None) -> None:
    settings = replace(SETTINGS, optimizer="sgd", clip=clip, max_tokens=max_tokens)
    rows, dense = Classifier(dropout=0), Classifier(dropout=0)
    norms = [row.norm for row in train(rows, Words(), settings)]
    monkeypatch.setattr(loop, "touched_rows", lambda network, momentum: touched_rows(network, 1.0))
    assert norms == pytest.approx([row.norm for row in train(dense, Words(), settings)], rel=1e-5)
    for name, weight in rows.state_dict().items():
        torch.testing.assert_close(weight, dense.state_dict()[name], rtol=0, atol=1e-6)


def test_only_touched_rows_move() -> None:
    network = Classifier(dropout=0)
    before = network.embedding.weight.detach().clone()
    words = Words()
    seen = sorted({int(word) for ids in words.ids for word in ids if word != 3})
    words.ids = [np.where(ids == 3, 4, ids) for ids in words.ids]
    train(network, words, replace(SETTINGS, weight_decay=0.5))
    moved = (network.embedding.weight.detach() != before).any(1).nonzero()[:, 0].tolist()
    assert moved == seen and 3 not in moved


def test_a_table_that_also_scores_has_a_dense_gradient() -> None:
    table = Embedding(6, 3)
    with touched_rows(table, 0.0):
        x = table(torch.tensor([1, 2, 2]))
        (x @ table.weight.T).sum().backward()
    whole = copy.deepcopy(table)
    whole.weight.grad = None
    (whole(torch.tensor([1, 2, 2])) @ whole.weight.T).sum().backward()
    assert table.weight.grad is not None and not table.weight.grad.is_sparse
    torch.testing.assert_close(table.weight.grad, whole.weight.grad)


def test_small_tables_are_walked_over_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowwise, "FEWEST_ROWS", 7)
    with touched_rows(table := Embedding(6, 3), 0.0):
        assert not table.gives_rows
    with touched_rows(table := Embedding(7, 3), 0.0):
        assert table.gives_rows
