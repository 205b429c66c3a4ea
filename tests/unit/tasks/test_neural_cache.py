"""The neural cache: its formula step by step, what it remembers and for how long, its explanation, bad input."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from malgil.errors import DataError, NotFittedError, ParameterError  # noqa: E402
from malgil.tasks.language_model import RecurrentLM  # noqa: E402
from malgil.tasks.neural_cache import CachedLM  # noqa: E402

TEXTS = ["이 영화 재밌다", "이 영화 별로", "저 노래 재밌다", "저 노래 참 좋다 🙂"] * 8
TINY: dict[str, Any] = {"hidden_size": 12, "embedding_size": 12, "batch_size": 4, "validation": 0, "dropout": 0.0}


@pytest.fixture(scope="module", params=[False, True])
def lm(request: pytest.FixtureRequest) -> RecurrentLM:
    return RecurrentLM(**TINY, epochs=6, learning_rate=0.02, stateful=request.param).fit(TEXTS)


def _by_the_formula(lm: RecurrentLM, texts: list[str], size: int, share: float, theta: float) -> list[list[float]]:
    """Log10 of each token, place by place; what is remembered goes on from text to text."""
    network, outputs, followed, state, found = lm.network_, [], [], None, []
    for text in texts:
        numbers = [1, *(int(lm.words_.number(word)) for word in text.split()), 2]
        logs = []
        for word, after in pairwise(numbers):
            ids = torch.tensor([[word + 1]])
            with torch.no_grad():
                read, state = network.read(ids, ids != 0, state)
                own = float(network.judge(read[0, 0]).exp()[after + 1])
            o = read[0, 0].double().numpy()
            weights = [math.exp(theta * float(o @ key)) for key in outputs[-size:]]
            hits = [weight for weight, one in zip(weights, followed[-size:], strict=True) if one == after]
            logs.append(math.log10((1 - share) * own + share * sum(hits) / sum(weights) if weights else own))
            outputs.append(o)
            followed.append(after)
        found.append(logs)
    return found


@pytest.mark.parametrize("size", [1, 3, 500])
def test_scores_are_those_of_the_formula(lm: RecurrentLM, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["저 노래 재밌다", "", "이 노래 참 참 모름", "저 노래 좋다"]
    cached = CachedLM(lm, size=size, share=0.4, flatness=0.7)
    wanted = np.concatenate(_by_the_formula(lm, texts, size, 0.4, 0.7))
    np.testing.assert_allclose(cached.score_tokens(texts).log10_probs, wanted, atol=1e-5)
    monkeypatch.setattr("malgil.tasks.neural_cache._PIECE", 3)
    np.testing.assert_allclose(cached.score_tokens(texts).log10_probs, wanted, atol=1e-5)
    assert cached.perplexity(texts) == pytest.approx(10 ** -wanted.mean(), rel=1e-4)


def test_one_text_is_remembered_alone(lm: RecurrentLM) -> None:
    cached = CachedLM(lm, size=4, share=0.3, flatness=0.5)
    text = "저 노래 참 저 노래"
    [wanted] = _by_the_formula(lm, [text], 4, 0.3, 0.5)
    assert cached.log10_prob(text) == pytest.approx(sum(wanted), abs=1e-5)
    for at, word in enumerate([*text.split(), "</s>"]):
        context = " ".join(text.split()[:at])
        probs = dict(cached.next(context, k=99))
        assert math.log10(probs[word]) == pytest.approx(wanted[at], abs=1e-5)
        assert sum(probs.values()) == pytest.approx(1, abs=1e-5)
        opened = cached.explain(context, word)
        assert not opened.wrong()
        assert opened.value == pytest.approx(wanted[at], abs=1e-5)


def test_a_gap_and_a_text_of_a_cache(lm: RecurrentLM) -> None:
    cached = CachedLM(lm, share=0.3, flatness=0.5)
    found = dict(cached.blank("저 노래 저", "재밌다", k=99))
    joint = {word: 10 ** float(cached.log10_prob(f"저 노래 저 {word} 재밌다")) for word in found}
    total = sum(joint.values())
    assert found == pytest.approx({word: prob / total for word, prob in joint.items()}, rel=1e-3)
    assert cached.generate("저", seed=1) == cached.generate("저", seed=1)
    assert len(cached.surprise("저 노래").words) >= 2


def test_share_and_flatness_fit_what_was_held_out(lm: RecurrentLM) -> None:
    held_out = ["좋다 좋다 좋다 좋다", "참 참 참 참"] * 5
    cached = CachedLM(lm).fit(held_out)
    assert cached.perplexity(held_out) < lm.perplexity(held_out)
    assert cached.log_probs_[cached.flatness] == max(cached.log_probs_.values())
    assert cached.score(held_out) == pytest.approx(cached.log_probs_[cached.flatness], abs=1e-5)
    plain = CachedLM(lm, share=0)
    assert plain.perplexity(held_out) == pytest.approx(lm.perplexity(held_out), rel=1e-5)


def test_what_cannot_be_a_cache(lm: RecurrentLM) -> None:
    for wrong in ({"size": 0}, {"share": 1.0}, {"flatness": -1}, {"flatness": "big"}):
        with pytest.raises(ParameterError, match=next(iter(wrong))):
            CachedLM(lm, **wrong)  # type: ignore[arg-type]
    with pytest.raises(DataError):
        CachedLM(lm).fit([])
    with pytest.raises(NotFittedError):
        CachedLM(RecurrentLM())
    with pytest.raises(ParameterError, match="reads forward"):
        CachedLM(RecurrentLM(direction="backward"))
