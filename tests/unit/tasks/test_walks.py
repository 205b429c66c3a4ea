"""Walks are what the modules did: the same states, gates that follow from the weights, shares that sum to one."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from malgil.drawing import explain_unit  # noqa: E402
from malgil.nn.decoder import Decoder, DecoderConfig  # noqa: E402
from malgil.nn.encoded import Encoded  # noqa: E402
from malgil.nn.encoders import ENCODERS, EncoderConfig, build_encoder  # noqa: E402
from malgil.nn.layer import CellConfig  # noqa: E402
from malgil.nn.pooling import POOLINGS, build_pooling  # noqa: E402
from malgil.nn.stack import Recurrent  # noqa: E402
from malgil.nn.sweep import KINDS  # noqa: E402
from malgil.tasks.walks import decoder_walks, pooling_shares, recurrent_walks, walks_of  # noqa: E402

T, E, H = 5, 3, 4


def sequence(n_steps: int = T) -> torch.Tensor:
    return torch.randn(n_steps, E, generator=torch.Generator().manual_seed(1))


def all_kept(x: torch.Tensor) -> torch.Tensor:
    return torch.ones(1, len(x), dtype=torch.bool)


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("causal", [False, True])
def test_the_last_layer_is_what_the_encoder_gives(kind: str, causal: bool) -> None:
    torch.manual_seed(0)
    config = EncoderConfig(kind, E, H, num_layers=2, causal=causal, layer_norm=True)  # type: ignore[arg-type]
    encoder = build_encoder(config).eval()
    x = sequence()
    walks = walks_of(encoder, x)
    top = [walk for walk in walks if walk.layer == 1]
    with torch.no_grad():
        y = encoder(x[None], all_kept(x)).y[0].numpy()
    if kind == "cnn" and causal:  # each window is added to its input
        assert [walk.h.shape for walk in walks] == [(T, H), (T, H)]
    else:
        assert np.allclose(np.concatenate([walk.h for walk in top], axis=1), y, atol=1e-5)
    assert {walk.layer for walk in walks} == {0, 1}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_two_way", [False, True])
def test_every_state_of_a_cell_can_be_opened(kind: str, is_two_way: bool) -> None:
    torch.manual_seed(0)
    cell = Recurrent(CellConfig(kind, E, H, 2, is_two_way, peepholes=kind == "lstm")).eval()
    states = torch.randn(2 * (1 + is_two_way), 1, H)
    start = (states, states * 0.5) if kind == "lstm" else states
    for walk in recurrent_walks(cell, sequence(), start):
        opened = np.array([[explain_unit(walk, t, k).value for k in range(H)] for t in range(T)])
        assert np.allclose(opened, walk.h, atol=1e-5)
        assert all(gate.shape == (T, H) for gate in walk.gates.values())


def test_a_normalised_cell_says_that_its_sums_are_not_plain() -> None:
    cell = Recurrent(CellConfig("gru", E, H, layer_norm=True))
    (walk,) = recurrent_walks(cell, sequence())
    assert walk.weights is not None and not walk.weights.is_plain


@pytest.mark.parametrize("kind", KINDS)
def test_no_steps_give_empty_walks(kind: str) -> None:
    (walk,) = recurrent_walks(Recurrent(CellConfig(kind, E, H)), sequence(0))
    assert walk.h.shape == (0, H)


@pytest.mark.parametrize("name", POOLINGS)
@pytest.mark.parametrize("n_steps", [0, 1, T])
def test_shares_of_a_pooling_sum_to_one(name: str, n_steps: int) -> None:
    encoder = build_encoder(EncoderConfig("gru", E, H)).eval()
    pooling = build_pooling(name, 2 * H)
    x = sequence(n_steps)
    with torch.no_grad():
        nothing = Encoded(torch.zeros(1, 0, 2 * H), torch.zeros(1, 2 * H), ())
        encoded = encoder(x[None], all_kept(x)) if n_steps else nothing
        shares = pooling_shares(pooling, encoded, is_two_way=True)
    assert shares.shape == (n_steps,)
    assert shares.sum() == pytest.approx(1.0 if n_steps else 0.0)
    if name == "last" and n_steps == T:
        assert shares.tolist() == [0.5, 0, 0, 0, 0.5]


@pytest.mark.parametrize("input_feeding", [False, True])
@pytest.mark.parametrize("kind", ["gru", "lstm", "mingru"])
def test_a_decoder_is_walked_as_it_writes(kind: str, input_feeding: bool) -> None:
    torch.manual_seed(0)
    config = DecoderConfig(kind, 9, H, memory_size=E, embedding_size=3, hidden_size=H, input_feeding=input_feeding)  # type: ignore[arg-type]
    decoder = Decoder(config).eval()
    source = sequence()
    with torch.no_grad():
        state, memory = decoder.begin(torch.ones(1, H)), decoder.memory(source[None], all_kept(source))
        tokens, targets = torch.tensor([2, 5, 6]), torch.tensor([5, 6, 3])
        wanted = decoder(tokens[None], state, memory)
    found = decoder_walks(decoder, tokens, targets, state, memory)
    assert np.allclose(found.probabilities, wanted.log_probs[0].exp()[range(3), targets].numpy())
    assert found.attention is not None and np.allclose(found.attention.sum(axis=1), 1.0, atol=1e-6)
    last = wanted.state.cell[0] if kind == "lstm" else wanted.state.cell
    assert np.allclose(found.walks[0].h[-1], last[0, 0].numpy(), atol=1e-5)
    first = state.cell[0] if kind == "lstm" else state.cell
    assert np.allclose(found.walks[0].start, first[0, 0].numpy())
