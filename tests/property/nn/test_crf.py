"""The chain over labels against every path there is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.nn.crf import LinearChainCRF
from tests.naive import nn_parts as naive

masks = st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=4)


def chain(seed: int, n_tags: int = 3) -> LinearChainCRF:
    crf = LinearChainCRF(n_tags).double()
    generator = torch.Generator().manual_seed(seed)
    for parameter in crf.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return crf


def parts(crf: LinearChainCRF) -> tuple[naive.Floats, naive.Floats, naive.Floats]:
    return crf.transitions.detach().numpy(), crf.start.detach().numpy(), crf.end.detach().numpy()


def drawn(keep: list[list[bool]], seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    mask = torch.tensor(keep)
    emissions = torch.randn(*mask.shape, 3, generator=generator, dtype=torch.float64)
    tags = torch.randint(0, 3, mask.shape, generator=generator)
    # what stands on padding must not count, whatever it is
    return emissions.masked_fill(~mask.unsqueeze(-1), torch.nan), tags.masked_fill(~mask, 99), mask


@given(masks, st.integers(0, 1000))
@settings(max_examples=30)
def test_loss_is_minus_the_log_of_the_paths_share(keep: list[list[bool]], seed: int) -> None:
    crf = chain(seed)
    emissions, tags, mask = drawn(keep, seed)
    found = crf.loss(emissions, tags, mask)
    for row in range(len(keep)):
        real = emissions[row][mask[row]].numpy()
        path = tuple(tags[row][mask[row]].tolist())
        wanted = -np.log(naive.path_probs(real, parts(crf))[path]) if path else 0.0
        assert found[row].item() == pytest.approx(wanted, abs=1e-9)


@given(masks, st.integers(0, 1000))
@settings(max_examples=30)
def test_best_path_is_the_best_of_all(keep: list[list[bool]], seed: int) -> None:
    crf = chain(seed)
    emissions, _, mask = drawn(keep, seed)
    found = crf.decode(emissions, mask)
    for row in range(len(keep)):
        real = emissions[row][mask[row]].numpy()
        path = tuple(found.tags[row][mask[row]].tolist())
        assert not found.tags[row][~mask[row]].any()
        if path:
            probs = naive.path_probs(real, parts(crf))
            assert probs[path] == max(probs.values())
            assert found.scores[row].item() == pytest.approx(naive.path_score(real, path, parts(crf)), abs=1e-9)
        else:
            assert found.scores[row] == 0


@given(masks, st.integers(0, 1000))
@settings(max_examples=30)
def test_marginals_are_sums_over_paths(keep: list[list[bool]], seed: int) -> None:
    crf = chain(seed)
    emissions, _, mask = drawn(keep, seed)
    found = crf.marginals(emissions, mask).detach()
    for row in range(len(keep)):
        real = emissions[row][mask[row]].numpy()
        assert not found[row][~mask[row]].any()
        if len(real):
            np.testing.assert_allclose(found[row][mask[row]].numpy(), naive.tag_probs(real, parts(crf)), atol=1e-9)


def test_gradients_are_those_of_the_formula() -> None:
    crf = chain(0)
    mask = torch.tensor([[True, True, True], [False, True, True], [False, False, False]])
    emissions = torch.randn(3, 3, 3, dtype=torch.float64, requires_grad=True)
    tags = torch.tensor([[0, 2, 1], [0, 1, 1], [0, 0, 0]])
    weights = [parameter.detach().requires_grad_() for parameter in crf.parameters()]

    def loss(emissions: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        names = dict(zip((name for name, _ in crf.named_parameters()), weights, strict=True))
        return torch.func.functional_call(
            _Loss(crf), {f"crf.{k}": v for k, v in names.items()}, (emissions, tags, mask)
        )

    assert torch.autograd.gradcheck(loss, (emissions, *weights))


class _Loss(torch.nn.Module):
    def __init__(self, crf: LinearChainCRF) -> None:
        super().__init__()
        self.crf = crf

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self.crf.loss(*inputs)


def test_of_equal_paths_the_lower_labels_win() -> None:
    found = LinearChainCRF(3).decode(torch.zeros(2, 4, 3), torch.tensor([[True] * 4, [False, True, False, True]]))
    assert not found.tags.any()


def test_bfloat16_emissions_are_summed_in_float32() -> None:
    found = LinearChainCRF(3).loss(
        torch.randn(2, 3, 3, dtype=torch.bfloat16), torch.zeros(2, 3, dtype=torch.int64), torch.ones(2, 3, dtype=bool)
    )
    assert found.dtype == torch.float32
