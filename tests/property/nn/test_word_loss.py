"""The loss over many words against its plain twin, whatever the size of its parts, the precision and the threads."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from malgil.nn import word_loss as module
from malgil.nn._softmax_kernels import add_narrow, softmax_rows
from malgil.nn.word_loss import word_loss
from tests.naive import nn_word_loss as naive

TYPES = {torch.float64: 1e-10, torch.float32: 2e-5}


def _drawn(n: int, n_words: int, seed: int) -> tuple[torch.Tensor, ...]:
    rng = np.random.default_rng(seed)
    x, weight, bias = rng.normal(size=(n, 8)), rng.normal(size=(n_words, 8)), rng.normal(size=n_words)
    bias[[0, 2]] = -np.inf  # what never comes
    targets = rng.integers(3, n_words, n)
    return torch.tensor(x), torch.tensor(weight), torch.tensor(bias), torch.tensor(targets)


@given(st.integers(1, 9), st.integers(4, 90), st.sampled_from(list(TYPES)), st.integers(1, 400), st.integers(0, 99))
def test_loss_and_gradients(n: int, n_words: int, dtype: torch.dtype, cells: int, seed: int) -> None:
    *drawn, targets = _drawn(n, n_words, seed)
    total, *wanted = naive.word_loss(*(part.numpy() for part in drawn), targets.tolist())
    given_ = [part.to(dtype).requires_grad_() for part in drawn]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CELLS", cells)
        patch.setattr(module, "_FEWEST", 1)
        loss = word_loss(*given_, targets)
        gradients = torch.autograd.grad(loss * 0.5, given_, retain_graph=True)
        again = torch.autograd.grad(loss * 0.5, given_)
        assert all(map(torch.equal, gradients, again))
        with torch.no_grad():
            assert float(word_loss(*given_, targets)) == float(loss.detach())
    assert loss.dtype == dtype and float(loss.detach()) == pytest.approx(total, rel=TYPES[dtype])
    for found, right in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(found.numpy(), right * 0.5, atol=TYPES[dtype] * 10)
    assert not gradients[1][[0, 2]].any() and not gradients[2][[0, 2]].any()


@pytest.mark.parametrize("target", [-1, 20, 25])
@pytest.mark.parametrize("learns", [False, True])
def test_a_target_that_is_no_word(target: int, learns: bool) -> None:
    x, weight, bias, targets = (part.float() if part.is_floating_point() else part for part in _drawn(3, 20, 0))
    targets[1] = target
    with torch.set_grad_enabled(learns), pytest.raises(IndexError, match="20"):
        word_loss(x, weight.requires_grad_(), bias, targets)


@given(st.integers(1, 9), st.integers(4, 90), st.sampled_from(list(TYPES)), st.floats(0.01, 0.99), st.integers(0, 99))
def test_smoothing(n: int, n_words: int, dtype: torch.dtype, smoothing: float, seed: int) -> None:
    x, weight, bias, targets = _drawn(n, n_words, seed)
    drawn = x, weight, bias.nan_to_num(neginf=-1.5)
    total, *wanted = naive.word_loss(*(part.numpy() for part in drawn), targets.tolist(), smoothing)
    given_ = [part.to(dtype).requires_grad_() for part in drawn]
    loss = word_loss(*given_, targets, smoothing=smoothing)
    assert loss.dtype == dtype and float(loss.detach()) == pytest.approx(total, rel=TYPES[dtype], abs=TYPES[dtype])
    for found, right in zip(torch.autograd.grad(loss, given_), wanted, strict=True):
        np.testing.assert_allclose(found.numpy(), right, atol=TYPES[dtype] * 10)


def test_bfloat16_is_that_of_autocast() -> None:
    x, weight, bias, targets = _drawn(300, 500, 1)
    given_ = [part.float().requires_grad_() for part in (x, weight, bias)]
    with torch.autocast("cpu", torch.bfloat16):
        loss = word_loss(*given_, targets)
        plain = nn.functional.linear(given_[0], given_[1]).float() + given_[2]
        wanted = nn.functional.cross_entropy(plain, targets, reduction="sum")
    assert loss.dtype == torch.float32 and float(loss.detach()) == pytest.approx(float(wanted.detach()), rel=1e-4)
    pairs = zip(torch.autograd.grad(loss, given_), torch.autograd.grad(wanted, given_), strict=True)
    for found, right in pairs:
        assert found.dtype == torch.float32
        np.testing.assert_allclose(found, right, atol=0.01 * float(right.abs().max()))


@given(st.integers(1, 3), st.integers(1, 200), st.booleans(), st.integers(0, 99))
def test_kernels(n: int, n_words: int, is_half: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    bits = rng.normal(0, 9, (n, n_words)).astype(np.float32).view(np.uint32)
    scores = (bits >> 16).astype(np.uint16) if is_half else bits.copy()
    other, targets, bias = scores.copy(), rng.integers(0, n_words, n), rng.normal(size=n_words).astype(np.float32)
    sums, losses, sums2, losses2 = (np.zeros(n, np.float32) for _ in range(4))
    softmax_rows(scores, is_half, bias, targets, sums, losses)
    naive.softmax_rows(other, is_half, bias, targets, sums2, losses2)
    step = 2.0**-7 if is_half else 1e-5
    np.testing.assert_allclose(naive.wide(scores, is_half), naive.wide(other, is_half), rtol=step, atol=1e-30)
    np.testing.assert_allclose(sums, sums2, rtol=step)
    np.testing.assert_allclose(losses, losses2, rtol=step, atol=step)
    total = rng.normal(size=(n, n_words)).astype(np.float32)
    wanted = total.copy()
    add_narrow(total, scores, is_half)
    naive.add_narrow(wanted, scores, is_half)
    np.testing.assert_array_equal(total, wanted)


def test_a_score_that_is_no_number_shows() -> None:
    x, weight, bias, targets = (part.float() if part.is_floating_point() else part for part in _drawn(2, 80, 0))
    x[1, 3] = torch.nan
    assert word_loss(x, weight, bias, targets).isnan()
