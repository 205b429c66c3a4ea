"""Additive smoothing, Jelinek-Mercer, pruning by entropy and features: worked examples and bad input."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil import NgramLM
from malgil.errors import ParameterError

TEXTS = ["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다", ""]
SONGS = ["이 노래 좋다", "그 노래 참 좋다", "\u1112\u1161\u11ab글 노래 ㅋㅋ 😀"]


def _lm(texts: list[str] = TEXTS, **params: Any) -> NgramLM:
    return NgramLM(**{"order": 2, "smoothing": "witten_bell", **params}).fit(texts)


# --- additive smoothing and Jelinek-Mercer


def test_laplace_by_hand() -> None:
    probs = dict(_lm(smoothing="add_k").next("이", k=99))
    # 이 occurs three times; 7 words may follow: 이 영화 노래 재밌다 별로 </s> <unk>
    assert probs["영화"] == pytest.approx((2 + 1) / (3 + 7))
    assert probs["별로"] == probs["<unk>"] == pytest.approx(1 / (3 + 7))


def test_a_context_that_never_occurred_says_nothing() -> None:
    assert {round(p, 6) for _, p in _lm(smoothing="add_k", add_k=0.5).next("모름", k=99)} == {round(1 / 7, 6)}


def test_the_shorter_context_counts_nothing_in_additive_smoothing() -> None:
    lm = _lm(smoothing="add_k", order=3)
    assert dict(lm.next("이 별로", k=99))["재밌다"] == pytest.approx(1 / 7)  # 이 별로 never occurred
    assert dict(lm.next("", k=99))["이"] == pytest.approx((3 + 1) / (4 + 7))  # nothing stands before <s>


def test_jelinek_mercer_leans_on_what_predicts() -> None:
    # after 가 always comes 나, at other places anything: the pair is worth more than the single word
    texts = [f"말{i % 7} 가 나 말{i % 5}" for i in range(40)]
    lm = _lm(texts, smoothing="jelinek_mercer")
    assert dict(lm.next("가"))["나"] > 0.95
    opened = lm.explain("가", "나").to_text()
    assert "weight(가)" in opened
    for word in ("나", "말1", "모름", "</s>"):
        assert lm.explain("가", word).wrong() == []


def test_katz_leaves_something_where_all_is_frequent() -> None:
    random = np.random.default_rng(3)
    weights = 1.0 / np.arange(1, 1501)
    draws = random.choice(1500, size=(220, 6), p=weights / weights.sum())
    texts = [" ".join(f"말{word}" for word in row) for row in draws] + ["가 나 다"] * 9
    lm = _lm(texts, smoothing="katz", order=3)
    probs = dict(lm.next("가", k=10**6))
    assert probs["나"] == pytest.approx(9 / 10)  # 나 follows nine times, and one is added
    assert min(probs.values()) > 0
    assert sum(probs.values()) == pytest.approx(1.0, abs=1e-5)
    assert lm.explain("가", "나").wrong() == [] and lm.explain("가", "말1").wrong() == []


def test_growing_finds_the_same_weights(tmp_path: Path) -> None:
    one = NgramLM(order=3, smoothing="jelinek_mercer").fit([*TEXTS, *SONGS])
    two = NgramLM(order=3, smoothing="jelinek_mercer", n_jobs=1).partial_fit(TEXTS).partial_fit(SONGS)
    for name, lm in (("one", one), ("two", two)):
        lm.write_arpa(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("smoothing", ["add_k", "jelinek_mercer"])
def test_a_saved_model_opens_its_numbers_alike(tmp_path: Path, smoothing: str) -> None:
    lm = _lm(smoothing=smoothing, order=3, add_k=0.25)
    lm.save(tmp_path / "lm")
    opened = NgramLM.open(tmp_path / "lm")
    assert opened.add_k == 0.25
    assert opened.explain("이", "노래") == lm.explain("이", "노래")
    assert opened.next("이 영화", k=99) == lm.next("이 영화", k=99)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"smoothing": "add_k", "add_k": 0}, "add_k=0"),
        ({"smoothing": "add_k", "add_k": -1.0}, "above 0"),
        ({"smoothing": "add_k", "add_k": math.nan}, "add_k=nan"),
        ({"smoothing": "add_k", "add_k": True}, "add_k=True"),
        ({"prune_entropy": -1e-8}, "prune_entropy=-1e-08"),
        ({"prune_entropy": math.inf}, "0 or more"),
        ({"prune_entropy": "small"}, "prune_entropy='small'"),
        ({"smoothing": "stupid_backoff", "prune_entropy": 1e-8}, "do not sum to one"),
    ],
)
def test_a_hyper_parameter_that_cannot_be(params: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        _lm(**params)


def test_grid_search_chooses_what_to_add() -> None:
    from sklearn.model_selection import GridSearchCV

    search = GridSearchCV(NgramLM(order=1, smoothing="add_k"), {"add_k": [0.1, 1000.0]}, cv=2)
    assert search.fit(np.array(TEXTS * 4, object)).best_params_["add_k"] == 0.1


# --- pruning by entropy


def test_pruning_takes_what_the_shorter_context_knows() -> None:
    # 나 follows everything alike; 다 follows 가 only
    texts = ["가 다", "가 나", "라 나", "마 나"] * 5
    pruned = _lm(texts, prune_entropy=0.1)
    orders = pruned.score_tokens(["가 다", "가 나", "마 나"]).orders.tolist()
    assert (orders[1], orders[4], orders[7]) == (2, 1, 1)
    assert sum(p for _, p in pruned.next("가", k=99)) == pytest.approx(1.0)


def test_a_higher_threshold_prunes_more_and_predicts_worse() -> None:
    texts = [f"말{i % 7} 가 나 말{i % 5} 다" for i in range(60)]
    sizes, fits = [], []
    for threshold in (0.0, 1e-3, 1e-2, 1.0):
        lm = _lm(texts, order=3, prune_entropy=threshold)
        sizes.append(len(lm.model_.table.trie.labels))
        fits.append(float(lm.perplexity(texts)))
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) > 2
    assert fits == sorted(fits)


def test_a_pruned_model_is_saved_written_and_read(tmp_path: Path) -> None:
    texts = [f"말{i % 7} 가 나 말{i % 5} 다" for i in range(60)]
    lm = _lm(texts, order=3, prune_entropy=1e-3, prune=(0, 0, 1))
    lm.save(tmp_path / "lm")
    lm.write_arpa(tmp_path / "lm.arpa")
    asked = ["말1 가 나 말3 다", "다 나 가 모름"]
    assert NgramLM.open(tmp_path / "lm").perplexity(asked) == lm.perplexity(asked)
    assert NgramLM.read_arpa(tmp_path / "lm.arpa").perplexity(asked) == pytest.approx(lm.perplexity(asked), rel=1e-6)
    assert lm.explain("말1 가", "나").wrong() == []


# --- features


def test_a_feature_is_the_entropy_of_one_text() -> None:
    lm = _lm()
    asked = [*TEXTS, *SONGS] * 700  # more than one block
    found = lm.transform(asked)
    assert found.shape == (4900, 1) and found.dtype == np.float64
    assert found[:7, 0] == pytest.approx([lm.entropy_bits([text]) for text in asked[:7]])
    assert (found.reshape(700, 7) == found[:7, 0]).all()
    assert lm.transform([]).shape == (0, 1)
    assert lm.get_feature_names_out().tolist() == ["entropy_bits"]


def test_a_pipeline_tells_domains_apart() -> None:
    from sklearn.base import clone
    from sklearn.frozen import FrozenEstimator
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion, make_pipeline

    korean, english = ["이 영화 참 재밌다", "그 노래 좋다"], ["the film is good", "the song is bad"]
    parts = [(name, FrozenEstimator(_lm(texts, tokenizer="word"))) for name, texts in (("ko", korean), ("en", english))]
    union = FeatureUnion(parts)
    pipeline = clone(make_pipeline(union, LogisticRegression())).fit([*korean, *english], ["ko", "ko", "en", "en"])
    assert pipeline.predict(["영화 좋다", "the good film"]).tolist() == ["ko", "en"]
    names = pipeline[0].get_feature_names_out().tolist()
    assert names == ["ko__entropy_bits", "en__entropy_bits"]


def test_a_pipeline_may_train_the_model_itself() -> None:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(NgramLM(order=2, smoothing="witten_bell"), StandardScaler())
    found = pipeline.fit(TEXTS).transform(["재밌다 이 이 이", *TEXTS])
    assert found.shape == (5, 1) and found[0, 0] == found.max()
