"""Input feeding on the fast path against the readable walk: numbers and gradients, whatever cell and threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from malgil.errors import ParameterError
from malgil.nn import dropouts, fused_feeding, fused_walk
from malgil.nn.decoder import Decoder, DecoderConfig
from malgil.nn.dropouts import Dropouts
from malgil.sequences.specials import BOS, PAD

V, D, E, H, N = 9, 5, 3, 6, 4
KINDS = ["gru", "lstm", "rnn"]


@contextmanager
def walked(slowly: bool, n_threads: int = 1) -> Iterator[list[int]]:
    """Forbid the fast path, or list the parts of each walk on it."""
    before, walk, taken = torch.get_num_threads(), fused_feeding._walk, list[int]()

    def counted(*given: Any) -> Any:
        found = walk(*given)
        taken.append(len(found[0].parts))
        return found

    torch.set_num_threads(n_threads)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fused_walk, "_PART", 2)
            patch.setattr(fused_feeding, "_walk", counted)
            if slowly:
                patch.setattr(fused_feeding, "covers", lambda *_: False)
            yield taken
    finally:
        torch.set_num_threads(before)


def made(kind: str, attention: str, size: int = D, **given: Any) -> Decoder:
    torch.manual_seed(1)
    return Decoder(DecoderConfig(kind, V, size, size, E, H, attention=attention, **given))  # type: ignore[arg-type]


def everything(module: Decoder, n_rows: int, holes: Tensor, size: int = D, low: bool = False) -> list[Tensor]:
    """Give outputs, attention, last states and all gradients of a loss that reads all of them."""
    torch.manual_seed(2)
    tokens = torch.randint(4, V, (n_rows, 5))
    tokens[:, 0] = BOS
    tokens[holes[:n_rows]] = PAD
    keep = torch.rand(n_rows, N) > 0.3
    values, source = (torch.randn(*shape, size, requires_grad=True) for shape in ((n_rows, N), (n_rows,)))
    module.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=low):
        state = module.begin(source)
        state = state._replace(feed=state.feed + source.sum(1)[:, None] / 9)
        outputs, weights, last = module._read(tokens, state, module.memory(values, keep))
    cells = last.cell if isinstance(last.cell, tuple) else (last.cell,)
    seen = [outputs.float(), weights, last.feed, *cells]
    loss = sum(((at + 1) * part.float().sin()).sum() for at, part in enumerate(seen))
    loss.backward()  # type: ignore[union-attr]
    gradients = [part.grad for part in (values, source, *module.parameters())]
    return [part.detach() for part in (*seen, *(g for g in gradients if g is not None))]  # type: ignore[attr-defined]


holes = st.tuples(st.sampled_from([0.0, 0.3, 0.8]), st.integers(0, 99)).map(
    lambda drawn: torch.rand(40, 5, generator=torch.Generator().manual_seed(drawn[1])) < drawn[0]
)


@given(st.sampled_from(KINDS), st.sampled_from(["general", "additive"]), st.integers(1, 40), holes, st.booleans())
@settings(max_examples=40)
def test_it_is_the_walk_step_by_step(kind: str, attention: str, n_rows: int, holes: Tensor, two: bool) -> None:
    module = made(kind, attention)
    with walked(slowly=False, n_threads=1 + two) as taken:
        found = everything(module, n_rows, holes)
    assert taken == [2 if two and n_rows > 16 else 1]
    with walked(slowly=True) as taken:
        wanted = everything(module, n_rows, holes)
    assert taken == [] and len(found) == len(wanted)
    for one, right in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, right, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_products_as_scores(kind: str) -> None:
    none, module = torch.zeros(7, 5, dtype=torch.bool), made(kind, "dot", H)
    with walked(slowly=False):
        found = everything(module, 7, none, H)
    with walked(slowly=True):
        wanted = everything(module, 7, none, H)
    for one, right in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, right, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("attention", ["general", "additive"])
@pytest.mark.parametrize("kind", KINDS)
def test_bfloat16_is_close(kind: str, attention: str) -> None:
    none, module = torch.zeros(8, 5, dtype=torch.bool), made(kind, attention)
    with walked(slowly=False) as taken:
        found = everything(module, 8, none, low=True)
    assert taken == [1]
    with walked(slowly=True):
        wanted = everything(module, 8, none)
    for one, right in zip(found, wanted, strict=True):
        assert one.dtype == torch.float32
        torch.testing.assert_close(one, right, rtol=0.05, atol=0.03 * max(1.0, float(right.abs().max())))


def test_dropout_falls_on_the_same_places(monkeypatch: pytest.MonkeyPatch) -> None:
    masks, calls, draw = list[Tensor](), count(), dropouts.kept

    def drawn(like: Tensor, chance: float) -> Tensor:
        masks.append(draw(like, chance))
        return masks[-1]

    def again(like: Tensor, chance: float) -> Tensor:
        step, which = divmod(next(calls), 2)
        return masks[which][:, step : step + 1]

    monkeypatch.setattr(fused_feeding, "kept", drawn)
    monkeypatch.setattr(dropouts, "kept", again)
    none, module = torch.zeros(20, 5, dtype=torch.bool), made("gru", "general", dropouts=Dropouts(0.3, 0.4))
    with walked(slowly=False, n_threads=2) as taken:
        found = everything(module, 20, none)
    assert taken == [2] and len(masks) == 2
    with walked(slowly=True):
        wanted = everything(module, 20, none)
    assert next(calls) == 10
    for one, right in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, right, rtol=1e-4, atol=2e-5)


def test_dropout_is_drawn_for_every_step() -> None:
    module = made("gru", "general", dropouts=Dropouts(0.5))
    torch.manual_seed(0)
    feeding, states = fused_feeding._masks(module.cell, torch.zeros(40, 5, E))
    assert states is None and feeding is not None and feeding.shape == (40, 5, E + H)
    assert set(feeding.unique().tolist()) == {0.0, 2.0}
    assert not torch.equal(feeding[:, 0], feeding[:, 1])
    assert fused_feeding._masks(module.eval().cell, torch.zeros(2, 5, E)) == [None, None]


def test_without_gradients_the_numbers_are_the_same() -> None:
    module, tokens = made("lstm", "additive"), torch.tensor([[BOS, 4, 5, 6]] * 3)
    memory = module.memory(torch.randn(3, N, D), torch.ones(3, N, dtype=torch.bool))
    source = torch.randn(3, D)
    with walked(slowly=False) as taken:
        learning = module._read(tokens, module.begin(source), memory)
        with torch.no_grad():
            reading = module._read(tokens, module.begin(source), memory)
    assert taken == [1, 1] and not reading[0].requires_grad
    assert all(map(torch.equal, learning[:2], reading[:2]))
    assert all(map(torch.equal, learning[2].cell, reading[2].cell))


def test_a_graph_can_be_gone_back_through_twice() -> None:
    module, source = made("lstm", "general"), torch.randn(3, D, requires_grad=True)
    memory = module.memory(torch.randn(3, N, D), torch.ones(3, N, dtype=torch.bool))
    tokens = torch.tensor([[BOS, 4, 5]] * 3)
    with walked(slowly=False) as taken:
        loss = module._read(tokens, module.begin(source), memory)[0].sum()
        first, again = (torch.autograd.grad(loss, source, retain_graph=True)[0] for _ in range(2))
    assert taken == [1, 1] and torch.equal(first, again) and first.any()


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "mingru"},
        {"num_layers": 2},
        {"layer_norm": True},
        {"dropouts": Dropouts(recurrent=0.1)},
        {"dropouts": Dropouts(weight=0.1)},
        {"dropouts": Dropouts(zoneout=0.1)},
    ],
)
def test_what_is_not_covered_is_walked_step_by_step(given: dict[str, Any]) -> None:
    module = made(**{"kind": "gru", "attention": "general"} | given)
    none = torch.zeros(3, 5, dtype=torch.bool)
    with walked(slowly=False) as taken:
        everything(module, 3, none)
    assert taken == []


def test_zoneout_is_the_same_all_at_once_and_step_by_step() -> None:
    module = made("gru", "general", dropouts=Dropouts(zoneout=0.3)).eval()
    memory, state = (
        module.memory(torch.randn(3, N, D), torch.ones(3, N, dtype=torch.bool)),
        module.begin(torch.randn(3, D)),
    )
    tokens = torch.tensor([[BOS, 4, 5]] * 3)
    whole = module(tokens, state, memory).log_probs
    for t in range(3):
        found, state, _ = module.step(tokens[:, t], state, memory)
        torch.testing.assert_close(found, whole[:, t])


def test_threads_may_write_in_inference_mode() -> None:
    module = made("lstm", "general")
    memory, source = module.memory(torch.randn(20, N, D), torch.ones(20, N, dtype=torch.bool)), torch.randn(20, D)
    tokens = torch.tensor([[BOS, 4, 5]] * 20)
    with walked(slowly=False, n_threads=2) as taken:
        with torch.inference_mode():
            found = module._read(tokens, module.begin(source), memory)[0]
        wanted = module._read(tokens, module.begin(source), memory)[0]
        wanted.sum().backward()
    assert taken == [2, 2] and torch.equal(found, wanted)


def test_what_does_not_fit_together_is_left_to_the_walk_that_says_so() -> None:
    module, tokens = made("gru", "general"), torch.tensor([[BOS, 4, 5]] * 3)
    long, memory = (module.memory(torch.randn(n, N, D), torch.ones(n, N, dtype=torch.bool)) for n in (5, 3))
    with walked(slowly=False) as taken:
        with pytest.raises(RuntimeError):
            module._read(tokens, module.begin(torch.randn(3, D)), long)
        with pytest.raises((RuntimeError, ParameterError)):
            module._read(tokens, module.begin(torch.randn(1, D)), memory)
    assert taken == []
