"""Rates and unfreezing of layers, from the bottom to the top."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from malgil.errors import ParameterError
from malgil.training.layers import Layers
from malgil.training.loop import train
from malgil.training.optimizers import OPTIMIZERS
from malgil.training.settings import Settings
from tests.toys import Classifier, Words

PLAIN = Settings(epochs=1, batch_size=7, learning_rate=0.1, precision="float32", device="cpu", weight_decay=0.0)


class Tower(nn.Module):
    """Layers of one weight each; the second one does not learn."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self.stones = nn.ParameterList(nn.Parameter(torch.ones(2, 2)) for _ in range(height))
        if height > 1:
            self.stones[1].requires_grad_(False)

    def layers(self) -> list[list[nn.Parameter]]:
        return [[stone] for stone in self.stones]


@given(st.integers(1, 5), st.sampled_from([1.0, 0.5, 1 / 2.6]))
def test_rates(height: int, decay: float) -> None:
    optimizer = OPTIMIZERS["sgd"](tower := Tower(height), replace(PLAIN, layer_decay=decay))
    found = {id(group["params"][0]): group["scale"] for group in optimizer.param_groups}
    learning = [at for at, stone in enumerate(tower.stones) if stone.requires_grad]
    assert found == {id(tower.stones[at]): pytest.approx(decay ** (height - 1 - at)) for at in learning}


@given(st.integers(1, 5), st.integers(1, 3), st.integers(0, 12))
def test_unfreezing(height: int, unfreeze: int, epoch: int) -> None:
    tower = Tower(height)
    before = [stone.requires_grad for stone in tower.stones]
    layers = Layers(tower, replace(PLAIN, unfreeze=unfreeze))
    layers.thaw(epoch)
    wanted = [was and height - 1 - at <= epoch // unfreeze for at, was in enumerate(before)]
    assert [stone.requires_grad for stone in tower.stones] == wanted
    layers.thaw_all()
    assert [stone.requires_grad for stone in tower.stones] == before


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_frozen_layers_keep_their_bits(optimizer: str) -> None:
    network = Classifier()
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    settings = replace(PLAIN, optimizer=optimizer, unfreeze=2, epochs=2)
    train(network, Words(), settings)
    assert torch.equal(network.embedding.weight, before["embedding.weight"])
    assert not torch.equal(network.head.weight, before["head.weight"])
    assert all(weight.requires_grad for weight in network.parameters())
    train(network, Words(), replace(settings, epochs=3))
    assert not torch.equal(network.embedding.weight, before["embedding.weight"])


def test_a_lower_layer_moves_less() -> None:
    ways = {}
    for decay in (1.0, 0.5):
        network = Classifier(dropout=0)
        before = network.embedding.weight.detach().clone()
        train(network, Words(7), replace(PLAIN, optimizer="sgd", layer_decay=decay, clip=None))
        ways[decay] = network.embedding.weight.detach() - before
    torch.testing.assert_close(ways[0.5], ways[1.0] / 2)


@pytest.mark.parametrize("bad", [{"layer_decay": 0}, {"layer_decay": 1.5}, {"layer_decay": True}, {"unfreeze": 0}])
def test_bad_numbers(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(bad))):
        replace(PLAIN, **bad)
