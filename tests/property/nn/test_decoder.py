"""The decoder: step by step is the same as all at once, copies are a mixture, padding never counts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.errors import ParameterError
from malgil.nn.attention import Memory
from malgil.nn.beam import beam_search
from malgil.nn.bridge import Bridge
from malgil.nn.copying import Copying
from malgil.nn.decoder import Decoder, DecoderConfig, DecoderState
from malgil.nn.dropouts import Dropouts
from malgil.nn.encoders import CELLS
from malgil.nn.searching import Limits
from malgil.sequences.specials import BOS, EOS, PAD, UNK
from tests.naive import nn_parts as naive

B, N, D, V, X, H = 3, 4, 4, 8, 2, 4

options = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(sorted(CELLS)),
        "memory_size": st.sampled_from([0, D]),
        "attention": st.sampled_from(["dot", "general", "additive"]),
        "input_feeding": st.booleans(),
        "feedback": st.booleans(),
        "tied": st.booleans(),
        "num_layers": st.sampled_from([1, 2]),
        "layer_norm": st.booleans(),
    }
)


def decoder(**given: object) -> Decoder:
    torch.manual_seed(2)
    made = Decoder(DecoderConfig(**{"n_terms": V, "source_size": D, "embedding_size": 3, "hidden_size": H, **given}))
    return made.double().eval()


def inputs(module: Decoder, seed: int, mask: torch.Tensor | None = None) -> tuple[DecoderState, Memory | None]:
    torch.manual_seed(seed)
    state = module.begin(torch.randn(B, D, dtype=torch.float64))
    if not module.config.memory_size:
        return state, None
    mask = torch.ones(B, N, dtype=torch.bool) if mask is None else mask
    source = torch.randint(0, V + X, (B, N)).masked_fill(~mask, 7) if module.config.copy else None
    return state, module.memory(torch.randn(B, N, D, dtype=torch.float64), mask, source, X if module.config.copy else 0)


@given(options, st.booleans(), st.integers(0, 50))
@settings(max_examples=40)
def test_step_by_step_is_all_at_once(given: dict[str, object], copy: bool, seed: int) -> None:
    module = decoder(**given, copy=copy and bool(given["memory_size"]))
    state, memory = inputs(module, seed)
    tokens = torch.randint(1, V + (X if module.config.copy else 0), (B, 4))
    tokens[:, 0] = BOS
    whole = module(tokens, state, memory)
    np.testing.assert_allclose(whole.log_probs.exp().sum(-1).detach().numpy(), 1, atol=1e-9)
    for t in range(4):
        log_probs, state, weights = module.step(tokens[:, t], state, memory)
        torch.testing.assert_close(log_probs, whole.log_probs[:, t], rtol=0, atol=1e-12)
        if memory is not None:
            torch.testing.assert_close(weights, whole.weights[:, t], rtol=0, atol=1e-12)
    torch.testing.assert_close(state.feed, whole.state.feed, rtol=0, atol=1e-12)


@given(options, st.integers(0, 50), st.integers(0, 3))
@settings(max_examples=30)
def test_padding_never_counts(given: dict[str, object], seed: int, n_before: int) -> None:
    module = decoder(**given)
    mask = torch.tensor([[True, True, False, False], [False, True, True, True], [False, True, False, True]])
    state, memory = inputs(module, seed, mask)
    tokens = torch.tensor([[BOS, 5, 6]]).expand(B, 3)
    padded = torch.nn.functional.pad(tokens, (n_before, 3 - n_before), value=PAD)
    whole = module(padded, state, memory)
    plain = module(tokens, state, memory)
    torch.testing.assert_close(whole.log_probs[:, n_before : n_before + 3], plain.log_probs, rtol=0, atol=1e-12)
    torch.testing.assert_close(whole.state.feed, plain.state.feed, rtol=0, atol=1e-12)
    if memory is not None:
        for row in range(B):
            values = memory.values[row : row + 1, mask[row]]
            real = module.memory(values, torch.ones(1, values.shape[1], dtype=torch.bool))
            one = DecoderState(_row(state.cell, row), state.feed[:, row : row + 1])
            alone = module(tokens[row : row + 1], one, real)
            torch.testing.assert_close(alone.log_probs[0], plain.log_probs[row], rtol=0, atol=1e-12)
            assert not plain.weights[row][:, ~mask[row]].any()


def _row(state: torch.Tensor | tuple[torch.Tensor, ...], row: int) -> torch.Tensor | tuple[torch.Tensor, ...]:
    if isinstance(state, tuple):
        return tuple(part[:, row : row + 1] for part in state)
    return state[:, row : row + 1]


@given(options, st.sampled_from([0.0, 0.1]), st.booleans())
@settings(max_examples=30)
def test_loss_is_that_of_the_real_targets(given: dict[str, object], smoothing: float, copy: bool) -> None:
    module = decoder(**given, copy=copy and bool(given["memory_size"]))
    state, memory = inputs(module, 0)
    tokens = torch.tensor([[BOS, 5, 6], [BOS, 4, PAD], [BOS, PAD, PAD]])
    targets = torch.tensor([[5, 6, EOS], [4, EOS, PAD], [EOS, PAD, PAD]])
    found = [
        module.loss(tokens, targets.where(torch.eye(9).bool()[at].view(3, 3), PAD), state, memory, smoothing=smoothing)
        for at in torch.nonzero(targets.flatten() != PAD).flatten()
    ]
    whole = module.loss(tokens, targets, state, memory, smoothing=smoothing)
    assert float(whole.detach()) == pytest.approx(float(sum(found).detach()))
    log_probs = module(tokens, state, memory).log_probs.detach()
    # what is smoothed is the vocabulary's own distribution, which copies have no part in
    written = module(tokens, state, None if memory is None else memory._replace(source=None)).log_probs.detach()
    wanted = [
        naive.log_loss(written[row, t].tolist(), int(targets[row, t]), smoothing)
        + (1 - smoothing) * float(written[row, t, targets[row, t]] - log_probs[row, t, targets[row, t]])
        for row in range(3)
        for t in range(3)
        if targets[row, t] != PAD
    ]
    np.testing.assert_allclose([float(one.detach()) for one in found], wanted, atol=1e-9)


def test_without_feedback_only_the_state_goes_on() -> None:
    module = decoder(kind="gru", feedback=False)
    state, _ = inputs(module, 0)
    a, b = (module(torch.tensor([[BOS, *words]] * B), state).log_probs for words in ([4, 5, 6], [7, 7, 1]))
    assert torch.equal(a, b)
    fed = decoder(kind="gru", feedback=True)
    a, b = (fed(torch.tensor([[BOS, *words]] * B), state).log_probs for words in ([4, 5, 6], [7, 7, 1]))
    assert not torch.equal(a, b)


def test_with_input_feeding_the_output_goes_back_in() -> None:
    module = decoder(kind="gru", memory_size=D)
    state, memory = inputs(module, 0)
    other = state._replace(feed=state.feed + 1)
    token = torch.full((B,), BOS)
    assert not torch.allclose(module.step(token, state, memory)[0], module.step(token, other, memory)[0])


@given(st.lists(st.booleans(), min_size=N, max_size=N), st.integers(0, 100))
@settings(max_examples=30)
def test_copying_is_the_mixture_of_the_formula(keep: list[bool], seed: int) -> None:
    torch.manual_seed(seed)
    module = Copying(H).double()
    scores, outputs = torch.randn(1, V, dtype=torch.float64), torch.randn(1, H, dtype=torch.float64)
    memory = torch.randn(N, 1, dtype=torch.float64).numpy()
    weights = torch.from_numpy(naive.attend(lambda step: float(step[0]), memory, keep)[1]).unsqueeze(0)
    source = torch.randint(0, V + X, (1, N))
    found = module(scores, outputs, weights, source, X).exp()[0].tolist()
    share = torch.sigmoid(module.share(outputs)).item() if any(keep) else 1.0
    probs = naive.softmax(scores[0].tolist())
    np.testing.assert_allclose(
        found, naive.mix(probs, share, weights[0].tolist(), source[0].tolist(), V + X), atol=1e-12
    )
    assert sum(found) == pytest.approx(1)


def test_gradients_of_copying_stay_finite_where_nothing_is_likely() -> None:
    module = Copying(H)
    scores = torch.tensor([[0.0, -1e4, 0.0]], requires_grad=True)
    weights = torch.tensor([[1.0, 0.0]], requires_grad=True)
    found = module(scores, torch.zeros(1, H), weights, torch.tensor([[0, 4]]), 2)
    found.sum().backward()
    assert found.isfinite().all()
    assert scores.grad.isfinite().all()
    assert weights.grad.isfinite().all()


def test_a_copied_word_beyond_the_vocabulary_goes_in_as_unknown() -> None:
    module = decoder(kind="gru", memory_size=D, copy=True)
    state, memory = inputs(module, 0)
    extra, unknown = (module.step(torch.full((B,), word), state, memory)[0] for word in (V + 1, UNK))
    assert torch.equal(extra, unknown)


def test_words_can_only_be_copied_from_a_memory() -> None:
    with pytest.raises(ParameterError, match="memory_size"):
        decoder(kind="gru", copy=True)
    with pytest.raises(ParameterError, match="decoder"):
        decoder(kind="cnn")


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("copy", [False, True])
def test_gradients_are_those_of_the_formula(tied: bool, copy: bool) -> None:
    module = decoder(kind="gru", memory_size=D, tied=tied, copy=copy)
    source = torch.randn(2, D, dtype=torch.float64, requires_grad=True)
    values = torch.randn(2, N, D, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True, True, True, False], [False, True, True, True]])
    words = torch.tensor([[4, 9, 5, 0], [1, 8, 4, 4]])
    tokens, targets = (
        torch.tensor([[BOS, 9, PAD], [BOS, 4, 5]]),
        torch.tensor([[9 if copy else 4, EOS, PAD], [4, 5, EOS]]),
    )

    def loss(source: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        memory = module.memory(values, mask, words if copy else None, X * copy)
        return module.loss(tokens, targets, module.begin(source), memory, smoothing=0.1)

    assert torch.autograd.gradcheck(loss, (source, values))


def test_padding_stays_the_vector_0_with_tied_words() -> None:
    module = decoder(kind="gru", tied=True, embedding_size=H)
    module.loss(
        torch.tensor([[BOS, PAD]]), torch.tensor([[5, PAD]]), module.begin(torch.ones(1, D).double())
    ).backward()
    grad = module.embedding.weight.grad
    assert not grad[PAD].any()
    assert grad[PAD + 1 :].any(dim=1).all()


@pytest.mark.parametrize("kind", sorted(CELLS))
def test_a_beam_searches_the_decoder(kind: str) -> None:
    module = decoder(kind=kind, memory_size=D, copy=True)
    state, memory = inputs(module, 3)
    first, limits = torch.full((B,), BOS), Limits(max_length=6)
    wide = memory.repeat(4)
    found = beam_search(lambda t, s: module.step(t, s, wide), first, state, limits, beam=4, penalty=0.0)
    for row, text in enumerate(found):
        words = torch.tensor([[BOS, *text[0].tokens, *([EOS] if text[0].ended else [])]])
        one = DecoderState(_row(state.cell, row), state.feed[:, row : row + 1])
        alone = Memory(*(part[row : row + 1] for part in memory[:4]), memory.n_extra)
        judged = module(words[:, :-1], one, alone)
        total = judged.log_probs[0].gather(1, words[0, 1:, None]).sum().item()
        assert text[0].log_prob == pytest.approx(total)
        assert text[0].weights is None or text[0].weights.shape == (len(text[0].tokens), N)
        if text[0].tokens:
            torch.testing.assert_close(text[0].weights, judged.weights[0, : len(text[0].tokens)])


@pytest.mark.parametrize("n_states", [1, 2])
def test_the_bridge_makes_every_state_of_every_layer(n_states: int) -> None:
    bridge, x = Bridge(D, 3, H, n_states), torch.randn(2, D)
    states = bridge(x)
    states = states if n_states == 2 else (states,)
    rows = torch.tanh(x @ bridge.project.weight.T + bridge.project.bias)
    for place, state in enumerate(states):
        for layer in range(3):
            at = (place * 3 + layer) * H
            torch.testing.assert_close(state[layer], rows[:, at : at + H])


def test_dropout_acts_in_training_only() -> None:
    module = decoder(kind="lstm", memory_size=D, dropouts=Dropouts(input=0.5, output=0.5, recurrent=0.2, weight=0.2))
    state, memory = inputs(module, 0)
    tokens = torch.tensor([[BOS, 4, 5]] * B)
    assert torch.equal(module(tokens, state, memory).log_probs, module(tokens, state, memory).log_probs)
    module.train()
    assert not torch.equal(module(tokens, state, memory).log_probs, module(tokens, state, memory).log_probs)


@given(st.booleans(), st.integers(0, 100))
@settings(max_examples=20)
def test_one_word_is_judged_as_among_all(empty: bool, seed: int) -> None:
    torch.manual_seed(seed)
    module = Copying(H).double()
    scores, outputs = torch.randn(5, V, dtype=torch.float64), torch.randn(5, H, dtype=torch.float64)
    weights = torch.softmax(torch.randn(5, N, dtype=torch.float64), dim=1) * (not empty)
    source, targets = torch.randint(0, V + X, (5, N)), torch.randint(0, V + X, (5,))
    mixed = module(scores, outputs, weights, source, X).gather(1, targets.unsqueeze(1)).squeeze(1)
    alone = module.log_prob(torch.log_softmax(scores, dim=1), outputs, weights, source, targets)
    torch.testing.assert_close(alone, mixed, rtol=0, atol=1e-12)
