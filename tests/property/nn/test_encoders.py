"""Every encoder: padding and batch mates never count, a causal one never sees the future."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.errors import ParameterError
from malgil.nn.convolution import CausalConvolution, Convolution
from malgil.nn.dropouts import Dropouts
from malgil.nn.encoders import ENCODERS, EncoderConfig, build_encoder
from tests.naive import nn_parts as naive

B, T, E, H = 3, 5, 3, 4
kinds = st.sampled_from(sorted(ENCODERS))
masks = st.lists(st.lists(st.booleans(), min_size=T, max_size=T), min_size=B, max_size=B)


def encoder(kind: str, **options: object) -> torch.nn.Module:
    torch.manual_seed(1)
    made = build_encoder(EncoderConfig(kind, E, H, **{"num_layers": 2, "widths": (2, 3), **options}))
    return made.double().eval()


@given(kinds, masks, st.booleans(), st.booleans(), st.integers(0, 50))
@settings(max_examples=40)
def test_a_row_is_what_it_is_alone_without_padding(
    kind: str, keep: list[list[bool]], causal: bool, extras: bool, seed: int
) -> None:
    module = encoder(kind, causal=causal, residual=extras, layer_norm=extras)
    torch.manual_seed(seed)
    mask = torch.tensor(keep)
    x = torch.randn(B, T, E, dtype=torch.float64)
    found = module(x, mask)
    assert found.y.shape == (B, T, module.output_size)
    assert not found.y[~mask].any()
    for row in range(B):
        real = x[row : row + 1, mask[row]]
        if not real.shape[1]:
            assert not found.last[row].any()
            continue
        alone = module(real, torch.ones(1, real.shape[1], dtype=torch.bool))
        torch.testing.assert_close(found.y[row, mask[row]], alone.y[0], rtol=0, atol=1e-12)
        torch.testing.assert_close(found.last[row], alone.last[0], rtol=0, atol=1e-12)


@given(kinds, st.integers(0, T - 1), st.booleans())
@settings(max_examples=30)
def test_a_causal_encoder_ignores_the_future(kind: str, at: int, extras: bool) -> None:
    module = encoder(kind, causal=True, residual=extras, layer_norm=extras)
    x, keep = torch.randn(B, T, E, dtype=torch.float64), torch.ones(B, T, dtype=torch.bool)
    other = x.clone()
    other[:, at:] += 1
    before, after = module(x, keep).y, module(other, keep).y
    torch.testing.assert_close(before[:, :at], after[:, :at], rtol=0, atol=0)
    assert not torch.allclose(before[:, at], after[:, at])


@given(kinds, masks, masks)
@settings(max_examples=30)
def test_two_parts_with_the_state_handed_over_are_one(
    kind: str, left: list[list[bool]], right: list[list[bool]]
) -> None:
    module = encoder(kind, causal=True)
    x, keep = (
        torch.randn(B, 2 * T, E, dtype=torch.float64),
        torch.tensor([a + b for a, b in zip(left, right, strict=True)]),
    )
    whole = module(x, keep)
    first = module(x[:, :T], keep[:, :T])
    second = module(x[:, T:], keep[:, T:], first.state or None if isinstance(first.state, tuple) else first.state)
    torch.testing.assert_close(torch.cat([first.y, second.y], dim=1), whole.y, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_dropout_acts_in_training_only(kind: str) -> None:
    module = encoder(kind, dropouts=Dropouts(input=0.5, output=0.5))
    x, keep = torch.randn(B, T, E, dtype=torch.float64), torch.ones(B, T, dtype=torch.bool)
    assert torch.equal(module(x, keep).y, module(x, keep).y)
    module.train()
    assert not torch.equal(module(x, keep).y, module(x, keep).y)
    locked = module(x, keep).y == 0
    assert locked.all(dim=1).any()  # one mask over all steps


@pytest.mark.parametrize("kind", sorted(ENCODERS))
@pytest.mark.parametrize("causal", [False, True])
def test_gradients_are_those_of_the_formula(kind: str, causal: bool) -> None:
    module = encoder(kind, causal=causal, layer_norm=True, residual=True)
    mask = torch.tensor([[True, True, False], [False, True, True]])
    x = torch.randn(2, 3, E, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: module(x, mask)[:2], (x,))


def test_an_unknown_encoder_is_named() -> None:
    with pytest.raises(ParameterError, match="gru"):
        build_encoder(EncoderConfig("grue", E))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=3), st.integers(1, 6), st.integers(0, 50))
@settings(max_examples=30)
def test_windows_are_those_of_the_formula(widths: list[int], n_steps: int, seed: int) -> None:
    torch.manual_seed(seed)
    size = len(widths) + 1  # one width has one number more than the others
    module = Convolution(E, size, tuple(widths)).double()
    x = torch.randn(1, n_steps, E, dtype=torch.float64)
    found = module(x, torch.ones(1, n_steps, dtype=torch.bool))[0].detach().numpy()
    wanted = [
        naive.convolve(
            x[0].numpy(),
            window.weight.detach().numpy(),
            window.bias.detach().numpy(),
            range(-((w - 1) // 2), w // 2 + 1),
        )
        for w, window in zip(widths, module.windows, strict=True)
    ]
    np.testing.assert_allclose(found, np.concatenate(wanted, axis=1), atol=1e-12)
    assert found.shape[1] == size


@given(st.integers(1, 3), st.sampled_from([1, 2, 4]), st.integers(1, 7))
@settings(max_examples=30)
def test_causal_windows_are_those_of_the_formula(width: int, dilation: int, n_steps: int) -> None:
    torch.manual_seed(0)
    module = CausalConvolution(E, width, dilation).double()
    x = torch.randn(1, n_steps, E, dtype=torch.float64)
    found, _ = module(x, torch.ones(1, n_steps, dtype=torch.bool), None)
    offsets = [-(width - 1 - k) * dilation for k in range(width)]
    weight, bias = module.window.weight.detach().numpy(), module.window.bias.detach().numpy()
    np.testing.assert_allclose(
        found[0].detach().numpy(), naive.convolve(x[0].numpy(), weight, bias, offsets), atol=1e-12
    )
