"""The networks that `torch.nn` has too give its numbers: 1e-5 in float32, 1e-10 in float64."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from malgil.nn import GRU, LSTM, RNN, cudnn, plain
from malgil.nn.sweep import NO_NOISE, Course
from tests.property.nn.cell_table import parts

B, T, E, H = 4, 6, 5, 7
MODULES = {
    "rnn_tanh": (RNN, lambda *sizes, **options: nn.RNN(*sizes, nonlinearity="tanh", **options)),
    "rnn_relu": (RNN, lambda *sizes, **options: nn.RNN(*sizes, nonlinearity="relu", **options)),
    "lstm": (LSTM, nn.LSTM),
    "gru": (GRU, nn.GRU),
}
KINDS = pytest.mark.parametrize("kind", MODULES)
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
MAKES = pytest.mark.parametrize(
    "make",
    [
        {},
        {"num_layers": 3},
        {"bidirectional": True},
        {"num_layers": 2, "bidirectional": True},
        {"num_layers": 2, "bias": False},
    ],
    ids=str,
)


def _tolerance(dtype: torch.dtype) -> float:
    return 1e-5 if dtype == torch.float32 else 1e-10


def _assert_same(found: tuple[Tensor, ...], wanted: tuple[Tensor, ...], dtype: torch.dtype) -> None:
    for ours, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=_tolerance(dtype), atol=_tolerance(dtype))


def _state(module: nn.RNNBase, dtype: torch.dtype) -> Tensor | tuple[Tensor, Tensor]:
    n_layers = module.num_layers * (2 if module.bidirectional else 1)
    h, c = torch.randn(2, n_layers, B, H, dtype=dtype)
    return (h, c) if isinstance(module, nn.LSTM) else h


@BOTH
@KINDS
@MAKES
def test_outputs_states_and_gradients_are_those_of_torch(kind: str, dtype: torch.dtype, make: dict) -> None:
    ours, theirs = MODULES[kind]
    torch.manual_seed(0)
    module = theirs(E, H, batch_first=True, **make).to(dtype)
    cell = ours.from_torch(module)
    x, state = torch.randn(B, T, E, dtype=dtype), _state(module, dtype)
    results = []
    for network in (cell, module):
        given = x.clone().requires_grad_()
        y, last = network(given, state=state) if network is cell else network(given, state)
        (y.square().sum() + sum(part.sin().sum() for part in parts(last))).backward()
        weights = (
            cell.layer(0).w_x.grad if network is cell else module.weight_ih_l0.grad,
            cell.layer(0).w_h.grad if network is cell else module.weight_hh_l0.grad,
        )
        results.append((y.detach(), *parts(last), given.grad, *weights))
    # sums of squares over all steps: their gradients are some tens, hence the tolerance relative to them
    _assert_same(*results, dtype)


@BOTH
@KINDS
@MAKES
def test_lengths_are_packed_sequences(kind: str, dtype: torch.dtype, make: dict) -> None:
    ours, theirs = MODULES[kind]
    torch.manual_seed(0)
    module = theirs(E, H, batch_first=True, **make).to(dtype)
    x, lengths, state = torch.randn(B, T, E, dtype=dtype), torch.tensor([3, 6, 1, 5]), _state(module, dtype)
    packed, last = module(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False), state)
    wanted, _ = pad_packed_sequence(packed, batch_first=True)
    y, found = ours.from_torch(module)(x, lengths, state)
    _assert_same((y, *parts(found)), (wanted, *parts(last)), dtype)


@KINDS
@MAKES
def test_there_and_back_is_the_same_network(kind: str, make: dict) -> None:
    ours, theirs = MODULES[kind]
    torch.manual_seed(0)
    module = theirs(E, H, **make).double()
    cell = ours.from_torch(module)
    x = torch.randn(B, T, E, dtype=torch.float64)
    back = cell.to_torch()
    _assert_same((back(x)[0],), (module(x.transpose(0, 1))[0].transpose(0, 1),), torch.float64)
    assert {name: value.tolist() for name, value in ours.from_torch(back).state_dict().items()} == {
        name: value.tolist() for name, value in cell.state_dict().items()
    }


@KINDS
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("has_padding", [False, True])
def test_the_way_through_torchs_own_functions_is_the_plain_way(kind: str, reverse: bool, has_padding: bool) -> None:
    """What a graphics card would run; torch computes the same functions on a processor."""
    ours, theirs = MODULES[kind]
    torch.manual_seed(0)
    weights = ours.from_torch(theirs(E, H).double()).layer(0).weights()
    x = torch.randn(B, T, E, dtype=torch.float64)
    keep = torch.tensor([[0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]]).bool()
    state = tuple(torch.randn(2 if kind == "lstm" else 1, B, H, dtype=torch.float64))
    given = (kind, x, state, weights, Course(keep if has_padding else None, None, reverse), NO_NOISE)
    (y, last), (wanted, end) = cudnn.sweep(*given), plain.sweep(*given)
    _assert_same((y, *last), (wanted, *end), torch.float64)
    assert not cudnn.covers(kind, x, weights, Course(), NO_NOISE)  # only on a card
