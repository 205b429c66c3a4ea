"""Mixtures of language models: worked examples, both kinds together, files, bad input."""

from __future__ import annotations

import json
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil.errors import ArtefactError, DataError, NotFittedError, ParameterError
from malgil.ngram import NgramLM
from malgil.tasks.mixture import MixtureLM, mix

TEXTS = ["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다", ""]
SONGS = ["이 노래 좋다", "그 노래 참 좋다", "\u1112\u1161\u11ab글 노래 ㅋㅋ 😀"]


def _lm(texts: list[str] = TEXTS, **params: Any) -> NgramLM:
    return NgramLM(**{"order": 2, "smoothing": "witten_bell", **params}).fit(texts)


def _network(texts: list[str] = SONGS, **params: Any) -> Any:
    pytest.importorskip("torch")
    from malgil import RecurrentLM

    sizes = {"hidden_size": 8, "embedding_size": 8, "batch_size": 4, "validation": 0, "min_count": 1}
    return RecurrentLM(**{**sizes, "epochs": 3, "learning_rate": 0.02, **params}).fit(texts)


def _union_prob(lm: Any, words: set[str], context: str, word: str) -> float:
    """Probability over the words of several models: what is strange to one shares its <unk>."""
    probs = dict(lm.next(context, 99))
    n_shares = len(words - set(probs)) + 1
    return probs[word] if word in probs and word != "<unk>" else probs["<unk>"] / n_shares


@pytest.mark.parametrize("stateful", [False, True])
def test_both_kinds_together(stateful: bool, tmp_path: Path) -> None:
    counted, network = _lm(), _network(stateful=stateful)
    mixture = mix([counted, network], ["이 노래 좋다", "그 영화 재밌다"])
    words = {word for lm in (counted, network) for word, _ in lm.next("", 99)}
    found = dict(mixture.next("그 노래", 99))
    assert set(found) == words
    assert sum(found.values()) == pytest.approx(1, abs=1e-5)
    for word, prob in found.items():
        parts = [_union_prob(lm, words, "그 노래", word) for lm in (counted, network)]
        assert prob == pytest.approx(float(mixture.weights @ parts), rel=1e-4)
        opened = mixture.explain("그 노래", word)
        assert not opened.wrong() and opened.value == pytest.approx(math.log10(prob), abs=1e-5)
    texts = ["이 노래 좋다", "그 노래 참 😀", "", "모름"]
    *alone, both = mixture.perplexities(texts).tolist()
    assert both == pytest.approx(float(mixture.perplexity(texts)))
    assert both < max(alone)
    mixture.save(tmp_path)
    opened_again = MixtureLM.open(tmp_path)
    assert dict(opened_again.next("그", k=99)) == pytest.approx(dict(mixture.next("그", k=99)), rel=1e-5)
    assert opened_again.perplexities(texts).tolist() == [*alone, both]


def test_a_gap_is_weighed_by_the_mixture_itself() -> None:
    mixture = MixtureLM((_lm(), _network()), np.array([0.5, 0.5]))
    found = dict(mixture.blank("그 노래", "좋다", k=99))
    joint = {word: 10 ** float(mixture.log10_prob(f"그 노래 {word} 좋다")) for word in found if word != "<unk>"}
    total = sum(joint.values()) / (1 - found["<unk>"])
    wanted = {word: prob / total for word, prob in joint.items()} | {"<unk>": found["<unk>"]}
    assert found == pytest.approx(wanted, rel=1e-4)
    assert mixture.fill("그 노래 ___ 좋다", k=1)[0].words[0] == max(found, key=lambda word: found[word])
    assert mixture.generate("그", seed=2) == mixture.generate("그", seed=2)
    assert mixture.surprise("그 노래").words


def test_what_cannot_be_mixed_with_a_network() -> None:
    with pytest.raises(ParameterError, match="cannot be mixed again"):
        mix([mix([_lm()], ["이"]), _lm()], ["이"])
    with pytest.raises(ParameterError, match="reads forward"):
        mix([_lm(), _network(direction="backward", tied=False)], ["이"])


def test_a_word_that_one_model_knows() -> None:
    film, song = _lm(), _lm(SONGS)
    mixture = MixtureLM((film, song), np.array([0.25, 0.75]))
    probs = dict(mixture.next("이", k=99))
    # 좋다 참 그 ㅋㅋ 😀 한글 are strange to film, and <unk> is one more
    wanted = 0.25 * dict(film.next("이", 99))["<unk>"] / 7 + 0.75 * dict(song.next("이", 99))["좋다"]
    assert probs["좋다"] == pytest.approx(wanted)
    assert sum(probs.values()) == pytest.approx(1.0)
    assert "<s>" not in probs


def test_weights_go_to_the_model_that_fits() -> None:
    mixture = mix([_lm(), _lm(SONGS)], ["그 노래 좋다", "이 노래 참 좋다"])
    assert mixture.weights[1] > 0.9
    assert list(mixture.log_probs) == sorted(mixture.log_probs)
    held_out = ["그 노래 좋다", "이 노래 참 좋다"]
    assert mixture.score(held_out) == pytest.approx(mixture.log_probs[-1], abs=1e-6)
    assert math.exp(-mixture.score(held_out)) == pytest.approx(mixture.perplexity(held_out))


def test_a_mixture_of_one_is_the_model() -> None:
    lm = _lm(order=3)
    mixture = mix([lm], ["이 영화"])
    asked = ["이 영화 모름", "", "이 노래 별로"]
    assert mixture.perplexity(asked) == pytest.approx(lm.perplexity(asked))
    assert mixture.perplexity(asked).without_unknown == pytest.approx(lm.perplexity(asked).without_unknown)
    assert mixture.log10_prob("이 영화 모름") == pytest.approx(lm.log10_prob("이 영화 모름"))
    ours, theirs = mixture.score_tokens(asked), lm.score_tokens(asked)
    assert (ours.words, ours.orders.tolist()) == (theirs.words, theirs.orders.tolist())
    assert (ours.ids == 0).tolist() == (theirs.ids == 0).tolist()


def test_what_no_model_thinks_possible() -> None:
    never = mix([_lm(smoothing="maximum_likelihood"), _lm(SONGS, smoothing="maximum_likelihood")], ["이 노래"])
    assert never.log10_prob("별로 이 그") < -99
    assert np.isfinite(never.log10_prob("모름 모름 모름"))


def test_a_mixture_stays_picklable() -> None:
    mixture = mix([_lm(), _lm(SONGS)], ["이 노래"])
    mixture.next("이")
    assert pickle.loads(pickle.dumps(mixture)).next("이") == mixture.next("이")


def test_a_saved_mixture_answers_the_same(tmp_path: Path) -> None:
    mixture = mix([_lm(), _lm(SONGS)], ["이 노래", "그 영화 좋다"])
    mixture.save(tmp_path / "both")
    opened = MixtureLM.open(tmp_path / "both")
    assert opened.next("이", k=99) == mixture.next("이", k=99)
    assert (opened.weights.tolist(), opened.log_probs) == (mixture.weights.tolist(), mixture.log_probs)
    _lm(["다른 글"]).save(tmp_path / "both" / "model1")
    with pytest.raises(ArtefactError, match="model1"):
        MixtureLM.open(tmp_path / "both")
    with pytest.raises(ArtefactError):
        MixtureLM.open(tmp_path / "both" / "model0")


def test_a_damaged_mixture(tmp_path: Path) -> None:
    mix([_lm(), _lm(SONGS)], ["이 노래"]).save(tmp_path / "both")
    manifest = tmp_path / "both" / "manifest.json"
    whole = json.loads(manifest.read_text(encoding="utf-8"))
    for meta in (
        {},
        whole["meta"] | {"weights": [1.0]},
        whole["meta"] | {"weights": "이"},
        whole["meta"] | {"models": 3},
    ):
        manifest.write_text(json.dumps(whole | {"meta": meta}), encoding="utf-8")
        with pytest.raises(ArtefactError, match="damaged"):
            MixtureLM.open(tmp_path / "both")


def test_models_that_cannot_be_mixed() -> None:
    with pytest.raises(ParameterError, match="no model to mix"):
        mix([], ["이"])
    with pytest.raises(NotFittedError, match="fit"):
        mix([_lm(), NgramLM()], ["이"])
    with pytest.raises(ParameterError, match="same tokeniser"):
        mix([_lm(), _lm(tokenizer="word")], ["이"])
    with pytest.raises(DataError, match="at least one document"):
        mix([_lm()], [])
    for weights in ([0.5], [0.5, 0.6], [-0.5, 1.5], [[0.5, 0.5]]):
        with pytest.raises(ParameterError, match="sum to 1"):
            MixtureLM((_lm(), _lm(SONGS)), np.array(weights))
