"""What holds for every recurrent network, in float64 step by step and in float32 on the fused path."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.property.nn.cell_table import MAKERS, E, assert_same, make, parts, random_state

BOTH = pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
KINDS = pytest.mark.parametrize("kind", MAKERS)
SEEDS = st.integers(0, 2**31)
FEW = settings(max_examples=5)


def _drawn_steps(n_steps: int, n_real: int) -> Tensor:
    """Draw which steps of a row are real."""
    keep = torch.zeros(n_steps, dtype=torch.bool)
    keep[torch.randperm(n_steps)[:n_real]] = True
    return keep


@BOTH
@KINDS
@given(seed=SEEDS)
@FEW
def test_padding_and_the_other_rows_change_nothing(kind: str, dtype: torch.dtype, seed: int) -> None:
    cell = make(kind, bidirectional=True, dtype=dtype, seed=seed)
    rows = [torch.randn(n, E, dtype=dtype) for n in (3, 1, 0, 4)]
    n_steps = 4 + int(torch.randint(0, 3, ()))
    keep = torch.stack([_drawn_steps(n_steps, len(row)) for row in rows])
    x = torch.full((len(rows), n_steps, E), torch.nan, dtype=dtype)  # whatever stands on padding
    for at, row in enumerate(rows):
        x[at, keep[at]] = row
    state = random_state(cell, len(rows))
    x.requires_grad_()
    y, last = cell(x, keep, state)
    y.sum().backward()
    assert torch.isfinite(x.grad).all() and (x.grad[~keep] == 0).all()
    assert all(torch.isfinite(parameter.grad).all() for parameter in cell.parameters())
    assert (y[~keep] == 0).all()
    for at, row in enumerate(rows):
        own = tuple(part[:, at : at + 1] for part in parts(state))
        alone, end = cell(row[None], None, own[0] if isinstance(state, Tensor) else own)
        assert_same(y[at, keep[at]], alone[0], dtype)
        for found, wanted in zip(parts(last), parts(end), strict=True):
            assert_same(found[:, at], wanted[:, 0], dtype)


@KINDS
def test_lengths_are_padding_at_the_right(kind: str) -> None:
    cell = make(kind, bidirectional=True)
    x, lengths = torch.randn(3, 5, E, dtype=torch.float64), torch.tensor([5, 0, 2])
    keep = torch.arange(5) < lengths[:, None]
    for found, wanted in zip(cell(x, lengths), cell(x, keep), strict=True):
        assert_same(parts(found), parts(wanted), torch.float64)


@BOTH
@KINDS
@given(seed=SEEDS, border=st.integers(1, 5), has_padding=st.booleans())
@FEW
def test_a_reset_is_a_new_sequence(kind: str, dtype: torch.dtype, seed: int, border: int, has_padding: bool) -> None:
    cell = make(kind, bidirectional=True, dtype=dtype, seed=seed)
    x = torch.randn(1, 6, E, dtype=dtype)
    keep = torch.rand(1, 6) < 0.7 if has_padding else torch.ones(1, 6, dtype=torch.bool)
    keep[0, -1] = True
    first = border + int(keep[0, border:].to(torch.uint8).argmax())
    resets = torch.zeros(1, 6, dtype=torch.bool)
    resets[0, first] = True
    joined = torch.cat([cell(x[:, :border], keep[:, :border])[0], cell(x[:, border:], keep[:, border:])[0]], dim=1)
    y, _ = cell(x, keep, resets=resets)
    assert_same(y, joined, dtype)
    assert_same(cell(x, keep, resets=resets | ~keep)[0], joined, dtype)  # on padding a reset counts for nothing


@BOTH
@KINDS
@given(seed=SEEDS, border=st.integers(0, 6))
@FEW
def test_a_state_handed_over_is_one_long_run(kind: str, dtype: torch.dtype, seed: int, border: int) -> None:
    cell = make(kind, dtype=dtype, seed=seed)
    x, keep = torch.randn(2, 6, E, dtype=dtype), torch.rand(2, 6) < 0.8
    start = random_state(cell, 2)
    whole, end = cell(x, keep, start)
    before, middle = cell(x[:, :border], keep[:, :border], start)
    after, last = cell(x[:, border:], keep[:, border:], middle)
    assert_same(torch.cat([before, after], dim=1), whole, dtype)
    assert_same(parts(last), parts(end), dtype)


@BOTH
@KINDS
@given(seed=SEEDS)
@FEW
def test_read_backward_with_directions_swapped_gives_the_outputs_backward(
    kind: str, dtype: torch.dtype, seed: int
) -> None:
    cell = make(kind, num_layers=1, bidirectional=True, dtype=dtype, seed=seed, residual=False)
    swapped = make(kind, num_layers=1, bidirectional=True, dtype=dtype, seed=seed, residual=False)
    other = {"forward": "backward", "backward": "forward"}
    swapped.load_state_dict(
        {
            name.replace(way, other[way]): value
            for name, value in cell.state_dict().items()
            for way in other
            if f"_{way}." in name
        }
    )
    x, keep = torch.randn(2, 5, E, dtype=dtype), torch.rand(2, 5) < 0.7
    y, _ = cell(x, keep)
    back, _ = swapped(x.flip(1), keep.flip(1))
    ahead, behind = back.flip(1).chunk(2, dim=-1)
    assert_same(torch.cat([behind, ahead], dim=-1), y, dtype)
    assert (y[keep] != 0).any() or not keep.any()


@BOTH
@KINDS
@given(seed=SEEDS, changed=st.integers(0, 5))
@FEW
def test_one_direction_ignores_the_future(kind: str, dtype: torch.dtype, seed: int, changed: int) -> None:
    cell = make(kind, dtype=dtype, seed=seed)
    x = torch.randn(2, 6, E, dtype=dtype)
    other = x.clone()
    other[:, changed:] = torch.randn(2, 6 - changed, E, dtype=dtype)
    (y, _), (changed_y, _) = cell(x), cell(other)
    assert_same(changed_y[:, :changed], y[:, :changed], dtype)
    assert (changed_y[:, changed:] != y[:, changed:]).any()


@KINDS
def test_saved_is_loaded(kind: str) -> None:
    cell, fresh = make(kind, bidirectional=True, seed=1), make(kind, bidirectional=True, seed=2)
    x = torch.randn(2, 5, E, dtype=torch.float64)
    assert (cell(x)[0] != fresh(x)[0]).any()
    fresh.load_state_dict(cell.state_dict())
    assert (cell(x)[0] == fresh(x)[0]).all()


@pytest.mark.parametrize(("num_layers", "bidirectional"), [(1, False), (2, True)])
@KINDS
def test_gradients_are_those_of_small_steps(kind: str, num_layers: int, bidirectional: bool) -> None:
    cell = make(kind, num_layers, bidirectional, residual=num_layers > 1).train()
    state = random_state(cell, 2)
    x = torch.randn(2, 4, E, dtype=torch.float64)
    keep = torch.tensor([[True, False, True, True], [False, True, True, True]])
    resets = torch.tensor([[False, False, True, False], [False, False, False, True]])
    names, values = zip(*cell.named_parameters(), strict=True)
    n_states = len(parts(state))

    def outputs(x: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
        torch.manual_seed(0)  # the same masks each time
        start = rest[0] if n_states == 1 else rest[:n_states]
        given = dict(zip(names, rest[n_states:], strict=True))
        y, last = torch.func.functional_call(cell, given, (x, keep, start, resets))
        return y, *parts(last)

    inputs = [value.detach().clone().requires_grad_() for value in (x, *parts(state), *values)]
    # every number on its own for the small network; random directions for the large one
    assert torch.autograd.gradcheck(outputs, inputs, fast_mode=num_layers > 1)
