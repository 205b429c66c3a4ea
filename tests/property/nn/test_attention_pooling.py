"""Attention and pooling against loops over the real steps."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.errors import ParameterError
from malgil.nn.attention import ATTENTIONS, Attention, build_attention
from malgil.nn.encoded import Encoded, last_of, select_rows
from malgil.nn.masks import only, packing
from malgil.nn.pooling import POOLINGS, build_pooling
from tests.naive import nn_parts as naive

masks = st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=4)


def numpy(tensor: torch.Tensor) -> naive.Floats:
    return tensor.detach().numpy()


def score_of(name: str, module: Attention, query: naive.Floats) -> object:
    weights = {key: numpy(value) for key, value in module.named_parameters()}

    def score(step: naive.Floats) -> float:
        if name == "dot":
            return float(query @ step)
        if name == "general":
            return float(query @ (weights["project.weight"] @ step))
        layer = weights["project_query.weight"] @ query + weights["project.weight"] @ step + weights["project.bias"]
        return float(weights["v"] @ np.tanh(layer))

    return score


@given(masks, st.sampled_from(sorted(ATTENTIONS)), st.integers(0, 100))
@settings(max_examples=30)
def test_attention_is_the_weighted_mean_of_the_formula(keep: list[list[bool]], name: str, seed: int) -> None:
    torch.manual_seed(seed)
    mask = torch.tensor(keep)
    module = build_attention(name, 3, 3).double()
    query = torch.randn(len(keep), 2, 3, dtype=torch.float64)
    values = torch.randn(*mask.shape, 3, dtype=torch.float64).masked_fill(~mask.unsqueeze(-1), math.inf)
    found = module(query, module.memory(values, mask))
    for row in range(len(keep)):
        for place in range(2):
            context, weights = naive.attend(
                score_of(name, module, numpy(query[row, place])), numpy(values[row]), keep[row]
            )
            np.testing.assert_allclose(numpy(found.weights[row, place]), weights, atol=1e-12)
            np.testing.assert_allclose(numpy(found.context[row, place]), context, atol=1e-12)
            assert found.weights[row, place].sum().item() == pytest.approx(float(any(keep[row])))


def test_dot_product_needs_equal_sizes() -> None:
    with pytest.raises(ParameterError, match="3 and 4"):
        build_attention("dot", 3, 4)
    with pytest.raises(ParameterError, match="general"):
        build_attention("genral", 3, 4)


def test_general_and_additive_take_other_sizes() -> None:
    for name in ("general", "additive"):
        module = build_attention(name, 3, 5)
        found = module(torch.randn(2, 1, 3), module.memory(torch.randn(2, 4, 5), torch.ones(2, 4, dtype=bool)))
        assert found.context.shape == (2, 1, 5)


def test_a_repeated_memory_keeps_copies_together() -> None:
    module = build_attention("additive", 3, 3)
    memory = module.memory(torch.randn(2, 4, 3), torch.ones(2, 4, dtype=bool), torch.arange(8).view(2, 4), 3)
    twice = memory.repeat(2)
    assert torch.equal(twice.source[:, 0], torch.tensor([0, 0, 4, 4]))
    assert torch.equal(twice.values[1], memory.values[0])
    assert twice.n_extra == 3
    assert module.memory(memory.values, memory.keep).repeat(3).source is None


@given(masks, st.sampled_from(["last", "mean", "max"]), st.booleans(), st.integers(0, 100))
@settings(max_examples=40)
def test_pooling_is_that_of_the_real_steps(keep: list[list[bool]], form: str, two: bool, seed: int) -> None:
    torch.manual_seed(seed)
    mask = torch.tensor(keep)
    y = torch.randn(*mask.shape, 4, dtype=torch.float64)
    encoded = Encoded(y, last_of(only(y, mask), mask, two), ())
    found = build_pooling(form, 4)(encoded, mask)
    for row in range(len(keep)):
        np.testing.assert_allclose(numpy(found[row]), naive.pool(form, numpy(y[row]), keep[row], two), atol=1e-12)


@given(masks, st.integers(0, 100))
@settings(max_examples=20)
def test_attention_pooling_is_attention_to_a_learned_vector(keep: list[list[bool]], seed: int) -> None:
    torch.manual_seed(seed)
    mask = torch.tensor(keep)
    y = torch.randn(*mask.shape, 4, dtype=torch.float64)
    encoded = Encoded(y, last_of(only(y, mask), mask, False), ())
    pooling = build_pooling("attention", 4).double()
    weight, bias, v = (numpy(part) for part in (pooling.project.weight, pooling.project.bias, pooling.v))
    found, shares = pooling(encoded, mask), pooling.weights(encoded, mask)
    for row in range(len(keep)):
        context, weights = naive.attend(lambda step: float(v @ np.tanh(weight @ step + bias)), numpy(y[row]), keep[row])
        np.testing.assert_allclose(numpy(shares[row]), weights, atol=1e-12)
        np.testing.assert_allclose(numpy(found[row]), context, atol=1e-12)


def test_concat_is_last_mean_and_max() -> None:
    y, mask = torch.randn(3, 4, 2), torch.tensor([[True, True, False, False], [False, True, True, True], [False] * 4])
    encoded = Encoded(y, last_of(only(y, mask), mask, False), ())
    pooling = build_pooling("concat", 2)
    parts = [build_pooling(name, 2)(encoded, mask) for name in ("last", "mean", "max")]
    assert torch.equal(pooling(encoded, mask), torch.cat(parts, dim=1))
    assert pooling.output_size == 6
    assert not pooling(encoded, mask)[2].any()


def test_every_pooling_says_its_size() -> None:
    y, mask = torch.randn(2, 3, 4), torch.ones(2, 3, dtype=bool)
    for name in POOLINGS:
        pooling = build_pooling(name, 4)
        assert pooling(Encoded(y, y[:, -1], ()), mask).shape == (2, pooling.output_size)


@given(masks, st.integers(0, 100))
def test_what_is_packed_is_unpacked(keep: list[list[bool]], seed: int) -> None:
    torch.manual_seed(seed)
    mask = torch.tensor(keep)
    x = torch.randn(*mask.shape, 2)
    moves = packing(mask)
    lengths = mask.sum(dim=1).tolist()
    if moves is None:
        assert all(row[:n].all() and not row[n:].any() for row, n in zip(mask, lengths, strict=True))
        return
    packed = moves.pack(x)
    for row, n in enumerate(lengths):
        assert torch.equal(packed[row, :n], x[row][mask[row]])
        assert not packed[row, n:].any()
    assert torch.equal(moves.unpack(packed), only(x, mask))
    assert torch.equal(moves.unpack(packed[:, :, 0]), only(x[:, :, 0], mask))


def test_rows_of_a_nested_state() -> None:
    a, b = torch.arange(6.0).view(1, 3, 2), torch.arange(12.0).view(2, 3, 2)
    rows = torch.tensor([2, 0, 0, 1])
    found = select_rows((a, (b,)), rows)
    assert torch.equal(found[0], a[:, rows])
    assert torch.equal(found[1][0], b[:, rows])
    assert select_rows((), rows) == ()
