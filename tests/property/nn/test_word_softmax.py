"""The softmax with classes of rare words: its plain twin, its loss and gradients, its borders, its explanation."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from malgil.ngram.words import Words
from malgil.nn.encoders import EncoderConfig
from malgil.nn.word_softmax import AdaptiveSoftmax, FullSoftmax, cheapest_borders
from malgil.strings import string_array
from malgil.tasks.language_answers import RecurrentAnswers
from malgil.tasks.language_network import LanguageNetwork
from tests.naive import nn_word_loss as naive


def _drawn(n: int, n_words: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    x, weight, bias = rng.normal(size=(n, 5)), rng.normal(size=(n_words, 5)), rng.normal(size=n_words)
    return *(torch.tensor(part) for part in (x, weight, bias)), torch.tensor(rng.integers(0, n_words, n))  # type: ignore[return-value]


def _borders(n_words: int, seed: int) -> tuple[int, ...]:
    rng = np.random.default_rng([seed, 1])
    return tuple(np.sort(rng.choice(np.arange(1, n_words), rng.integers(1, min(4, n_words)), replace=False)).tolist())


@given(st.integers(0, 9), st.integers(2, 30), st.integers(0, 99))
def test_probabilities_are_those_of_the_formula(n: int, n_words: int, seed: int) -> None:
    x, weight, bias, targets = _drawn(n, n_words, seed)
    softmax = AdaptiveSoftmax(_borders(n_words, seed), 5).double()
    classes = tuple(part.detach().numpy() for part in softmax.classes.parameters())
    wanted = naive.adaptive_log_probs(x.numpy(), weight.numpy(), bias.numpy(), classes, softmax.borders)  # type: ignore[arg-type]
    log_probs = softmax.log_probs(x, weight, bias)
    np.testing.assert_allclose(log_probs.detach().numpy(), np.array(wanted).reshape(n, n_words), atol=1e-9)
    np.testing.assert_allclose(log_probs.exp().sum(dim=1).detach().numpy(), 1)
    loss = softmax.loss(x, weight, bias, targets)
    assert float(loss.detach()) == pytest.approx(-sum(row[word] for row, word in zip(wanted, targets, strict=True)))
    for row, word in zip(x, targets.tolist(), strict=True):
        found = softmax.choices(row, weight, bias, word)
        assert sum(one.score - one.whole for one in found) == pytest.approx(
            naive.adaptive_log_probs(row[None].numpy(), weight.numpy(), bias.numpy(), classes, softmax.borders)[0][word]  # type: ignore[arg-type]
        )
        assert [one.name for one in found][-1] == ""


@given(st.integers(1, 9), st.integers(2, 30), st.integers(0, 99))
def test_gradients_of_the_loss_are_those_of_the_probabilities(n: int, n_words: int, seed: int) -> None:
    x, weight, bias, targets = _drawn(n, n_words, seed)
    softmax = AdaptiveSoftmax(_borders(n_words, seed), 5).double()
    learned = [x.requires_grad_(), weight.requires_grad_(), bias.requires_grad_(), *softmax.parameters()]
    found = torch.autograd.grad(softmax.loss(x, weight, bias, targets), learned)
    log_probs = softmax.log_probs(x, weight, bias).gather(1, targets[:, None])
    for one, wanted in zip(found, torch.autograd.grad(-log_probs.sum(), learned), strict=True):
        np.testing.assert_allclose(one.numpy(), wanted.numpy(), atol=1e-9)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=3000), st.integers(1, 4))
def test_borders_rise_and_leave_room(counts: list[int], factor: int) -> None:
    many = np.sort(np.repeat(counts, factor))[::-1]
    borders = cheapest_borders(many)
    assert list(borders) == sorted(set(borders))
    assert all(64 <= border < len(many) for border in borders)


def test_borders_are_the_cheapest() -> None:
    counts = 10**9 // np.arange(1, 20_001)

    def cost(borders: tuple[int, ...]) -> float:
        shares = [
            counts[low:high].sum() / counts.sum() for low, high in zip(borders, (*borders[1:], 20_000), strict=True)
        ]
        sizes = np.diff([*borders, 20_000])
        return borders[0] + 1000 * len(borders) + sum(share * size for share, size in zip(shares, sizes, strict=True))

    places = np.geomspace(100, 19_999, 25).astype(int).tolist()
    least = min(cost(borders) for n in (1, 2, 3) for borders in combinations(places, n))
    assert cost(cheapest_borders(counts)) < least * 1.02
    assert least < 20_000 / 3


def test_a_model_with_classes_answers_and_explains() -> None:
    config = EncoderConfig("lstm", 6, 8, bidirectional=False, causal=True)
    torch.manual_seed(0)
    network = LanguageNetwork(10, config, borders=(6, 8)).eval()
    assert isinstance(network.softmax, AdaptiveSoftmax)
    assert isinstance(LanguageNetwork(10, config).softmax, FullSoftmax)
    forms = ["말", "길", "이", "영화", "참", "🙂"]
    answers = RecurrentAnswers(Words.of(string_array(forms)), network)
    context = np.array([1, 3, 5], np.int32)
    probs = answers.distribution(context)
    assert probs.sum() == pytest.approx(1) and probs[1] == 0
    for number, form in enumerate(forms, 3):
        explained = answers.explain(context, form)
        assert not explained.wrong()
        assert explained.value == pytest.approx(math.log10(probs[number]), abs=1e-6)
        assert len(explained.terms) == (2 if number + 1 < 6 else 4)
    assert answers.explain(context, "🙂").terms[0].label == "score(class 2)"
