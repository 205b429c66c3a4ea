"""Every kernel of the fused cells does what its twin in float64 does, in both kinds of narrow numbers."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from malgil.nn import _dropout_kernels, _gru_kernels, _lstm_kernels, _norm_kernels, _scan_kernels
from tests.naive import nn_kernels as naive

H, B, T, AT = 3, 5, 3, 1
SEEDS, BOTH = st.integers(0, 2**31), pytest.mark.parametrize("is_half", [False, True], ids=["float32", "bfloat16"])
FEW = settings(max_examples=8, deadline=None)


class Draw:
    """Arrays of a step, by one seed."""

    def __init__(self, seed: int, is_half: bool) -> None:
        self.rng, self.is_half = np.random.default_rng(seed), is_half
        self.narrow_type = np.uint16 if is_half else np.uint32
        self.columns = (self.rng.random((2, T + 1, B)) < 0.7).astype(np.float32)

    def floats(self, *shape: int) -> NDArray[np.float32]:
        return self.rng.standard_normal(shape, np.float32)

    def narrow(self, *shape: int) -> Any:
        return naive.narrow(self.floats(*shape), self.narrow_type)

    def inside(self, *shape: int) -> Any:
        """Gates between 0 and 1, not near the ends."""
        return naive.narrow(self.rng.uniform(0.1, 0.9, shape), self.narrow_type)

    def drops(self, n_states: int) -> tuple[NDArray[np.float32], ...]:
        whole = bool(self.rng.integers(2))
        mask = self.floats(H, B) if whole else np.ones((1, B), np.float32)
        zones = [(self.rng.random((T, H, B)) < 0.4).astype(np.float32), np.full((1, 1, B), 0.3, np.float32)]
        return (mask, *(zones[int(self.rng.integers(2))] for _ in range(n_states)))


def compare(
    kernels: ModuleType, name: str, is_half: bool, arguments: tuple[Any, ...], room: int | None = None, loose: int = 1
) -> None:
    """Run both on copies, and compare all that they may have written, but for the argument that is only room."""

    def copied(x: Any) -> Any:
        return tuple(map(copied, x)) if isinstance(x, tuple) else x.copy() if isinstance(x, np.ndarray) else x

    ours, theirs = copied(arguments), copied(arguments)
    run: Callable[..., None] = getattr(kernels, name)
    run(*ours)
    getattr(naive, name)(*theirs)
    # bfloat16 keeps 8 bits: a number on the border between two of them may fall either way
    tolerance = (2**-7 if is_half else 2e-5) * loose
    for i, (found, wanted) in enumerate(zip(ours, theirs, strict=True)):
        if i != room:
            assert_near(found, wanted, tolerance)


def assert_near(found: Any, wanted: Any, tolerance: float) -> None:
    if isinstance(found, tuple):
        for one, other in zip(found, wanted, strict=True):
            assert_near(one, other, tolerance)
    elif isinstance(found, np.ndarray):
        is_narrow = found.dtype in (np.uint16, np.uint32)
        pair = (naive.wide(found), naive.wide(wanted)) if is_narrow else (found, wanted)
        np.testing.assert_allclose(*pair, rtol=tolerance, atol=tolerance)


@BOTH
@given(seed=SEEDS, has_norm=st.booleans())
@FEW
def test_lstm_forward(is_half: bool, seed: int, has_norm: bool) -> None:
    d = Draw(seed, is_half)
    states, work = (d.floats(H, B), d.floats(T + 1, H, B)), d.floats(2, H, B)
    given_ = (AT, is_half, d.narrow(T, 4, H, B), d.narrow(4, H, B), d.floats(17, H), d.columns, d.drops(2), states)
    compare(
        _lstm_kernels,
        "lstm_forward",
        is_half,
        (*given_, d.narrow(T, 4, H, B), d.narrow(T + 1, H, B), work, has_norm),
        10,
    )


@BOTH
@given(seed=SEEDS, has_norm=st.booleans())
@FEW
def test_lstm_backward(is_half: bool, seed: int, has_norm: bool) -> None:
    d = Draw(seed, is_half)
    vectors = d.floats(17, H)
    if not has_norm:
        vectors[15:] = [[1], [0]]
    given_: tuple[Any, ...] = (AT, is_half, d.narrow(H, B), vectors, d.columns, d.drops(2), d.floats(T + 1, H, B))
    given_ += (d.inside(T, 4, H, B), d.floats(H, B), (d.floats(H, B), d.floats(H, B)), d.narrow(T, 4, H, B))
    ours, theirs = np.zeros((2, 2, H, B), np.float32)
    if not has_norm:
        compare(_lstm_kernels, "lstm_backward", is_half, (*given_, ours, d.floats(2, H, B), False), 12)
    elif not is_half:
        arguments = [*given_, ours, d.floats(2, H, B), True]
        others = [*(x.copy() if isinstance(x, np.ndarray) else x for x in given_), theirs, arguments[-2], True]
        others[9] = tuple(x.copy() for x in given_[9])
        _lstm_kernels.lstm_backward(*arguments)
        naive.lstm_backward(*others)
        for found, wanted in zip(arguments[9:11], others[9:11], strict=True):
            assert_near(found, wanted, 5e-4)  # the variance of three numbers may be small
        np.testing.assert_allclose(ours.sum(2), theirs.sum(2), rtol=5e-4, atol=5e-4)


@BOTH
@given(seed=SEEDS)
@FEW
def test_gru_forward(is_half: bool, seed: int) -> None:
    d = Draw(seed, is_half)
    given_ = (AT, is_half, d.narrow(T, 3, H, B), d.narrow(3, H, B), d.floats(10, H), d.columns, d.drops(1))
    written = (d.floats(T + 1, H, B), d.narrow(T, 4, H, B), d.narrow(T + 1, H, B))
    compare(_gru_kernels, "gru_forward", is_half, (*given_, *written))


@BOTH
@given(seed=SEEDS)
@FEW
def test_gru_backward(is_half: bool, seed: int) -> None:
    d = Draw(seed, is_half)
    given_ = (AT, is_half, d.narrow(H, B), d.columns, d.drops(1), d.floats(T + 1, H, B), d.inside(T, 4, H, B))
    compare(_gru_kernels, "gru_backward", is_half, (*given_, d.floats(H, B), d.floats(H, B), d.narrow(T, 4, H, B)))


@BOTH
@given(seed=SEEDS, activation=st.integers(0, 2))
@FEW
def test_rnn_forward(is_half: bool, seed: int, activation: int) -> None:
    d = Draw(seed, is_half)
    given_ = (AT, is_half, activation, d.narrow(T, 1, H, B), d.narrow(1, H, B), d.floats(3, H), d.columns, d.drops(1))
    compare(
        _gru_kernels,
        "rnn_forward",
        is_half,
        (*given_, d.floats(H, B), d.narrow(T, 1, H, B), d.narrow(T + 1, H, B)),
    )


@BOTH
@given(seed=SEEDS, activation=st.integers(0, 2))
@FEW
def test_rnn_backward(is_half: bool, seed: int, activation: int) -> None:
    d = Draw(seed, is_half)
    given_ = (AT, is_half, activation, d.narrow(H, B), d.columns, d.drops(1), d.inside(T, 1, H, B))
    compare(_gru_kernels, "rnn_backward", is_half, (*given_, d.floats(H, B), d.floats(H, B), d.narrow(T, 1, H, B)))


@BOTH
@given(seed=SEEDS)
@FEW
def test_normalise(is_half: bool, seed: int) -> None:
    d = Draw(seed, is_half)
    compare(_norm_kernels, "normalise", is_half, (is_half, d.narrow(2, 8, B), d.floats(2, B)))


@BOTH
@given(seed=SEEDS)
@FEW
def test_normalise_backward(is_half: bool, seed: int) -> None:
    d = Draw(seed, is_half)
    units, scales = d.narrow(2, 8, B), d.floats(2, B)
    naive.normalise(is_half, units, scales)
    given_ = (is_half, units, scales, d.floats(2, 8), d.narrow(2, 8, B), d.narrow(2, 8, B), d.floats(2, 2, 8))
    # the twin goes back to the products, whose units were rounded
    compare(_norm_kernels, "normalise_backward", is_half, given_, loose=8)


@given(seed=SEEDS, n_rows=st.integers(1, B))
@FEW
def test_turn(seed: int, n_rows: int) -> None:
    d = Draw(seed, False)
    compare(_norm_kernels, "turn", False, (AT, d.floats(20, B), d.columns, d.floats(n_rows, 20)))


@given(seed=SEEDS, is_reversed=st.booleans())
@FEW
def test_scans(seed: int, is_reversed: bool) -> None:
    d = Draw(seed, False)
    many, one = d.floats(5, 2, T, H), d.floats(2, 2, H)
    compare(_scan_kernels, "scan_forward", False, (many[0], many[1], one[0], is_reversed, many[2]))
    naive.scan_forward(many[0], many[1], one[0], is_reversed, many[2])
    given_ = (many[0], many[2], one[0], is_reversed, many[3], many[4], d.floats(2, T, H), one[1])
    compare(_scan_kernels, "scan_backward", False, given_)


@pytest.mark.parametrize("kernels", [_lstm_kernels, _gru_kernels])
def test_sigmoid_is_near_and_keeps_nan(kernels: ModuleType) -> None:
    x = np.concatenate([np.linspace(-100, 100, 4001), [np.inf, -np.inf, 0]]).astype(np.float32)
    found = np.array([kernels.sigmoid(one) for one in x])
    with np.errstate(over="ignore"):
        wanted = naive.sigmoid(x.astype(np.float64))
    assert np.abs(found - wanted).max() < 1e-7
    assert np.isnan(kernels.sigmoid(np.float32(np.nan)))


@given(seed=st.integers(0, 2**64 - 1), limit=st.integers(0, 2**16), n=st.integers(0, 70))
@FEW
def test_draw_mask(seed: int, limit: int, n: int) -> None:
    found, wanted = np.full((2, 4, n), 7, np.float32)
    given_ = (np.uint64(seed), np.uint64(limit), np.float32(0), np.float32(1.25))
    _dropout_kernels.draw_mask(*given_, found)
    naive.draw_mask(*given_, wanted)
    np.testing.assert_array_equal(found, wanted)


def test_the_generator_of_masks_is_splitmix64() -> None:
    mask = np.empty((4, 3), np.float32)
    # the published first outputs for the seed 1234567
    words = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    for shift, row in zip((0, 16, 32, 48), range(4), strict=True):
        for column, word in enumerate(words):
            quarter = (word >> shift) % 2**16
            for limit, value in ((quarter, 1), (quarter + 1, 0)):
                _dropout_kernels.draw_mask(np.uint64(1234567), np.uint64(limit), np.float32(0), np.float32(1), mask)
                assert mask[row, column] == value
