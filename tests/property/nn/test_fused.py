"""The fused path gives the numbers and gradients of the plain walk, whatever is switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from malgil.nn import fused, plain
from malgil.nn.sweep import Course, Noise, Norm, States, Way, Weights

GATES = {"rnn_tanh": 1, "rnn_relu": 1, "rnn_sigmoid": 1, "lstm": 4, "gru": 3, "mingru": 2, "minlstm": 3}
KINDS = pytest.mark.parametrize("kind", GATES)
OPTIONS = st.fixed_dictionaries(
    {name: st.booleans() for name in ("norm", "peepholes", "recurrent", "keep", "reset", "reverse")}
    | {"zone": st.sampled_from(["", "share", "mask"]), "seed": st.integers(0, 2**31)}
)
EVERYTHING = dict.fromkeys(("norm", "peepholes", "recurrent", "keep", "reset", "reverse"), True) | {"zone": "mask"}
E, H = 6, 4
Sweep = Callable[[str, Tensor, States, Weights, Course, Noise], tuple[Tensor, States]]


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


class Drawn(NamedTuple):
    x: Tensor
    state: States
    weights: Weights
    course: Course
    noise: Noise

    def leaves(self) -> list[Tensor]:
        norm = self.weights.norm or ()
        return [t for t in (self.x, *self.state, *self.weights[:-1], *norm) if t is not None and t.numel()]


def draw(kind: str, n_rows: int, n_steps: int, options: dict[str, Any]) -> Drawn:
    torch.manual_seed(options["seed"])
    n_gates, is_minimal, is_lstm = GATES[kind], kind.startswith("min"), kind == "lstm"

    def normal(*shape: int, mean: float = 0.0) -> Tensor:
        return (mean + 0.4 * torch.randn(shape)).requires_grad_()

    n_h = 0 if is_minimal else n_gates * H
    norm = None
    if options["norm"]:
        ends = (normal(H, mean=1.0), normal(H)) if is_lstm else (None, None)
        norm = Norm(normal(n_gates * H, mean=1.0), normal(n_h, mean=1.0), *ends)
    own = normal(H) if kind == "gru" else None, normal(3, H) if is_lstm and options["peepholes"] else None
    weights = Weights(normal(n_gates * H, E), normal(n_h, H), normal(n_gates * H), *own, norm)
    state = tuple(normal(n_rows, H) for _ in range(1 + is_lstm))
    keep = torch.rand(n_rows, n_steps) < 0.7 if options["keep"] else None
    reset = torch.rand(n_rows, n_steps) < 0.3 if options["reset"] else None
    recurrent = (torch.rand(n_rows, H) < 0.6).float() / 0.6 if options["recurrent"] else None
    zones: dict[str, Callable[[], Tensor | float | None]] = {
        "": lambda: None,
        "share": lambda: 0.3,
        "mask": lambda: (torch.rand(n_rows, n_steps, H) < 0.4).float(),
    }
    noise = Noise(recurrent, tuple(zones[options["zone"]]() for _ in state))
    return Drawn(normal(n_rows, n_steps, E), state, weights, Course(keep, reset, options["reverse"]), noise)


def numbers(sweep: Sweep, kind: str, drawn: Drawn, is_half: bool = False) -> tuple[list[Tensor], list[Tensor]]:
    """Find outputs and last states, and the gradients of a sum of them with random factors."""
    with torch.autocast("cpu", torch.bfloat16, enabled=is_half):
        y, state = sweep(kind, *drawn)
    torch.manual_seed(0)
    loss = sum(((out * torch.randn(out.shape)).sum() for out in (y, *state)), torch.zeros(()))
    gradients = torch.autograd.grad(loss, drawn.leaves(), allow_unused=True)
    return [y, *state], [torch.zeros(()) if g is None else g for g in gradients]


def assert_close(found: list[Tensor], wanted: list[Tensor], tolerance: float) -> None:
    for one, other in zip(found, (t.detach() for t in wanted), strict=True):
        assert one.dtype == other.dtype
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance * max(1.0, float(other.abs().max())))


@KINDS
@given(options=OPTIONS, n_rows=st.integers(1, 3), n_steps=st.integers(2, 5))
@settings(max_examples=15, deadline=None)
def test_fused_is_plain(kind: str, options: dict[str, Any], n_rows: int, n_steps: int) -> None:
    drawn = draw(kind, n_rows, n_steps, options)
    assert fused.covers(kind, drawn.x, drawn.weights, drawn.course, drawn.noise)
    found, wanted = numbers(fused.sweep, kind, drawn), numbers(plain.sweep, kind, drawn)
    assert_close(found[0], wanted[0], 1e-5)
    # a gate of four numbers may vary so little that its norm makes much of the last bit
    assert_close(found[1], wanted[1], 1e-3 if options["norm"] else 1e-5)
    with torch.no_grad():
        y, state = fused.sweep(kind, *drawn)
    assert_close([y, *state], wanted[0], 1e-5)


@KINDS
@pytest.mark.parametrize("has_all", [False, True], ids=["plain", "everything"])
def test_bfloat16_is_near(kind: str, has_all: bool) -> None:
    # bfloat16 keeps 8 bits, so a product is off by up to 2^-9; a few steps of sums of such let that grow to 2^-5
    options = EVERYTHING | {"norm": False, "seed": 3} if has_all else dict.fromkeys(EVERYTHING, False) | {"seed": 3}
    drawn = draw(kind, 3, 5, options | ({} if has_all else {"zone": ""}))
    (found, d_found), (wanted, d_wanted) = (
        numbers(fused.sweep, kind, drawn, is_half=True),
        numbers(plain.sweep, kind, drawn),
    )
    assert found[0].dtype == torch.float32
    assert_close(found, wanted, 2**-5)
    if kind != "rnn_relu":  # whose slope jumps where rounding takes a sum over 0
        assert_close(d_found, d_wanted, 2**-4)


@KINDS
def test_a_norm_of_bfloat16_is_near(kind: str) -> None:
    drawn = draw(kind, 3, 5, EVERYTHING | {"seed": 1})
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        y, _ = fused.sweep(kind, *drawn)
    wanted, _ = plain.sweep(kind, *drawn)
    assert (y - wanted).abs().mean() < 2**-5  # single numbers may be further off, where a gate varies little


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn_tanh"])
@pytest.mark.parametrize("has_all", [False, True], ids=["plain", "everything"])
@pytest.mark.usefixtures("two_threads")
def test_parts_on_threads_are_the_whole(kind: str, has_all: bool) -> None:
    options = dict.fromkeys(EVERYTHING, has_all) | {"zone": "mask" if has_all else "", "seed": 5}
    drawn = draw(kind, 70, 3, options)
    found, again = numbers(fused.sweep, kind, drawn), numbers(fused.sweep, kind, drawn)
    wanted = numbers(plain.sweep, kind, drawn)
    for one, other, plain_one in zip(found, again, wanted, strict=True):
        assert_close(one, plain_one, 1e-4)
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    assert torch.get_num_threads() == 2


@KINDS
def test_inference_mode_and_other_types(kind: str) -> None:
    drawn = draw(kind, 3, 4, EVERYTHING | {"seed": 7})
    with torch.inference_mode():
        y, _ = fused.sweep(kind, *drawn)
    torch.testing.assert_close(y, plain.sweep(kind, *drawn)[0].detach(), rtol=1e-5, atol=1e-5)
    rest = (drawn.weights, drawn.course, drawn.noise)
    assert not fused.covers(kind, drawn.x.double(), *rest)
    with torch.autocast("cpu", torch.float16):
        assert not fused.covers(kind, drawn.x, *rest)
    with torch.autocast("cpu", torch.bfloat16):
        assert fused.covers(kind, drawn.x.bfloat16(), *rest)


@KINDS
def test_nan_is_not_hidden(kind: str) -> None:
    drawn = draw(kind, 2, 3, dict.fromkeys(EVERYTHING, False) | {"zone": "", "seed": 1})
    x = drawn.x.detach().clone()
    x[0, 1] = torch.nan
    y, _ = fused.sweep(kind, x, *drawn[1:])
    assert y[0, 0].isfinite().all() and y[0, 1:].isnan().all() and y[1].isfinite().all()


@KINDS
def test_weights_changed_in_between_are_noticed(kind: str) -> None:
    drawn = draw(kind, 2, 3, dict.fromkeys(EVERYTHING, False) | {"zone": "", "seed": 1})
    y, _ = fused.sweep(kind, *drawn)
    with torch.no_grad():
        drawn.weights.w_x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@KINDS
@pytest.mark.parametrize("n_rows", [3, 70], ids=["one part", "parts"])
@pytest.mark.parametrize("has_all", [False, True], ids=["plain", "everything"])
@pytest.mark.usefixtures("two_threads")
def test_two_directions_at_once_are_each_by_itself(kind: str, has_all: bool, n_rows: int) -> None:
    options = dict.fromkeys(EVERYTHING, has_all) | {"zone": "mask" if has_all else ""}
    there, back = (draw(kind, n_rows, 4, options | {"seed": seed, "reverse": seed == 2}) for seed in (1, 2))
    leaves = [there.x, *there.leaves()[1:], *back.leaves()[1:]]

    def found_by(sweep: Callable[[list[Way]], list[tuple[Tensor, States]]]) -> tuple[list[Tensor], list[Tensor]]:
        found = sweep([Way(*drawn[1:]) for drawn in (there, back)])
        outputs = [out for y, state in found for out in (y, *state)]
        loss = sum(((out * (at + 1)).square().sum() for at, out in enumerate(outputs)), torch.zeros(()))
        gradients = torch.autograd.grad(loss, leaves, allow_unused=True)
        return outputs, [torch.zeros(()) if g is None else g for g in gradients]

    wanted = found_by(lambda ways: [plain.sweep(kind, there.x, *way) for way in ways])
    found, again = (found_by(lambda ways: fused.sweep_ways(kind, there.x, ways)) for _ in range(2))
    for one, other, plain_one in zip(found, again, wanted, strict=True):
        assert_close(one, plain_one, 1e-3)
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    with torch.no_grad():
        told = fused.sweep_ways(kind, there.x, [Way(*drawn[1:]) for drawn in (there, back)])
    assert_close([out for y, state in told for out in (y, *state)], wanted[0], 1e-5)


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn_tanh"])
@pytest.mark.parametrize("has_all", [False, True], ids=["plain", "everything"])
def test_gradients_may_be_asked_for_twice(kind: str, has_all: bool) -> None:
    options = dict.fromkeys(EVERYTHING, has_all) | {"zone": "mask" if has_all else "", "seed": 9}
    drawn = draw(kind, 3, 4, options)
    y, state = fused.sweep(kind, *drawn)
    loss = y.square().sum() + state[0].sum()
    leaves = [leaf for leaf in drawn.leaves() if leaf.requires_grad]
    first, second = (torch.autograd.grad(loss, leaves, retain_graph=True, allow_unused=True) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert (one is None) == (other is None)
        assert one is None or torch.equal(one, other)
