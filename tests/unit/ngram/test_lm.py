"""NgramLM: worked examples, the scikit-learn contract, texts of every kind, saved models."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from malgil import NgramLM, Ragged, tokenizer
from malgil.errors import NotFittedError
from malgil.ngram import SMOOTHINGS

TEXTS = ["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다", ""]
FALLBACK = (0.5, 1.0, 1.5)


def _lm(texts: object = TEXTS, **params: object) -> NgramLM:
    return NgramLM(**{"order": 2, "smoothing": "witten_bell", **params}).fit(texts)  # type: ignore[arg-type]


def test_witten_bell_by_hand() -> None:
    lm = _lm()
    # After 이: 영화 twice, 노래 once, so 2 new words in 3 + 2. Single words: 9 words and 4 ends, 6 of them distinct.
    single = 1 / (13 + 6) + 6 / (13 + 6) / 7
    assert dict(lm.next("이"))["노래"] == pytest.approx(1 / 5 + 2 / 5 * single, rel=1e-6)
    assert dict(lm.next("이"))["<unk>"] == pytest.approx(2 / 5 * 6 / 19 / 7, rel=1e-6)


def test_kneser_ney_counts_words_before_and_not_occurrences() -> None:
    # 프란시스코 is as frequent as 좋다, but stands only after 샌
    texts = ["샌 프란시스코", "샌 프란시스코", "참 좋다", "정말 좋다"]
    raw, kneser = (dict(_lm(texts, smoothing=name).next("모름")) for name in ("absolute_discounting", "kneser_ney"))
    assert raw["프란시스코"] == pytest.approx(raw["좋다"])
    assert kneser["좋다"] > kneser["프란시스코"]


def test_stupid_backoff_multiplies_by_0_4() -> None:
    lm = _lm(smoothing="stupid_backoff")
    scores = lm.score_tokens(["이 재밌다"])
    assert 10 ** scores.log10_probs[1] == pytest.approx(0.4 * 2 / 13, rel=1e-6)
    assert not SMOOTHINGS["stupid_backoff"].sums_to_one


def test_maximum_likelihood_knows_nothing_unseen() -> None:
    lm = _lm(smoothing="maximum_likelihood")
    assert dict(lm.next("이"))["영화"] == pytest.approx(2 / 3, rel=1e-6)
    assert dict(lm.next("이", k=99))["별로"] < 1e-90


def test_a_token_says_which_order_answered() -> None:
    scores = _lm(order=3).score_tokens(["이 영화 재밌다", "모름 영화", ""])
    assert scores.words == (["이", "영화", "재밌다", "</s>"], ["모름", "영화", "</s>"], ["</s>"])
    assert scores.orders.tolist() == [2, 3, 3, 3, 1, 1, 1, 2]
    assert scores.ids[4] == 0
    assert scores.indptr.tolist() == [0, 4, 7, 8]


def test_perplexity_counts_ends_and_unknown_words() -> None:
    lm = _lm()
    scores = lm.score_tokens(["이 영화 모름"])
    found = lm.perplexity(["이 영화 모름"])
    assert found == pytest.approx(10 ** -scores.log10_probs.mean())
    assert found.without_unknown == pytest.approx(10 ** -scores.log10_probs[[0, 1, 3]].mean())
    assert (found.n_tokens, found.n_unknown) == (4, 1)
    assert lm.entropy_bits(["이 영화 모름"]) == pytest.approx(math.log2(found))
    assert lm.score(["이 영화 모름"]) == pytest.approx(-math.log(found))
    assert lm.log10_prob("이 영화 모름") == pytest.approx(scores.log10_probs.sum())
    assert pickle.loads(pickle.dumps(found)).n_unknown == 1


@pytest.mark.parametrize("name", ["whitespace", "word"])
def test_every_way_of_scoring_is_the_same(name: str) -> None:
    lm = _lm(tokenizer=name, order=3)
    texts = ["이 영화, 재밌다", "별로\u3000이 노래", "\u1112\u1161\u11ab글 ㅋㅋ 😀", "", "the Movie"]
    cut = tokenizer(name).tokenize(texts)
    assert lm.perplexity(texts) == pytest.approx(lm.perplexity(cut), rel=1e-12)
    assert lm.perplexity(np.array(texts)) == lm.perplexity(texts)
    singly = sum(lm.log10_prob(text) for text in texts)
    assert singly == pytest.approx(lm.score_tokens(texts).log10_probs.sum())


def test_the_words_of_numbers_are_the_numbers() -> None:
    lm = _lm(Ragged(np.array([7, 100, 7, 7, 100], np.int32), np.array([0, 2, 5])))
    assert {word for word, _ in lm.next("7", k=99)} == {"100", "7", "</s>", "<unk>"}
    assert lm.perplexity(Ragged(np.array([7, 5], np.int32), np.array([0, 2]))).n_unknown == 1


def test_tokens_learn_like_texts() -> None:
    one, other = _lm(), _lm(tokenizer("whitespace").tokenize(TEXTS))
    assert one.next("이") == other.next("이")
    assert one.model_.words.strings.equals(other.model_.words.strings)


def test_generating_is_repeatable_and_stops() -> None:
    lm = _lm(order=3)
    assert lm.generate(seed=4) == lm.generate(seed=4)
    assert lm.generate("이 영화", temperature=0) in ("재밌다", "별로")
    assert lm.generate(max_tokens=0) == ""
    assert len(lm.generate("이", max_tokens=1, seed=3).split()) <= 1
    assert lm.generate(top_k=1, seed=5) == lm.generate(top_k=1, seed=6)
    assert lm.generate(top_p=1e-9, seed=5) == lm.generate(temperature=0)
    drawn = " ".join(lm.generate(seed=seed, temperature=3.0) for seed in range(40))
    assert "<unk>" not in drawn and "<s>" not in drawn and "노래" in drawn


def test_a_gap_is_filled_from_both_sides() -> None:
    lm = _lm(["나는 밥을 먹었다", "나는 물을 마셨다", "너는 밥을 먹었다", "너는 물을 마셨다"])
    assert lm.blank("나는", "먹었다", k=1)[0][0] == "밥을"
    assert lm.blank("나는", "마셨다", k=1)[0][0] == "물을"
    assert sum(prob for _, prob in lm.blank("나는", "먹었다", k=99)) == pytest.approx(1.0)
    assert not {"<s>", "</s>"} & {word for word, _ in lm.blank("", "", k=99)}


def test_k_may_exceed_the_vocabulary() -> None:
    assert len(_lm().next("이", k=10**6)) == 7  # 이 영화 노래 재밌다 별로 </s> <unk>


def test_an_explanation_shows_the_chain() -> None:
    opened = _lm(order=3).explain("이 노래", "별로")
    assert opened.wrong() == []
    text = opened.to_text()
    for part in ("backoff(이 노래)", "backoff(노래)", "count = 1", "weight after no context", "Witten"):
        assert part in text
    assert "(<unk>)" in _lm().explain("이", "모름").to_text()


def test_scikit_learn_contract() -> None:
    lm = NgramLM(order=4, smoothing="kneser_ney", prune=(0, 0, 1))
    assert clone(lm).get_params() == lm.get_params()
    assert "order=4" in repr(lm)
    with pytest.raises(NotFittedError, match="fit"):
        lm.next("이")
    assert pickle.loads(pickle.dumps(_lm())).next("이") == _lm().next("이")


def test_grid_search_chooses_by_score() -> None:
    from sklearn.model_selection import GridSearchCV

    search = GridSearchCV(NgramLM(smoothing="witten_bell"), {"order": [1, 2]}, cv=2)
    assert search.fit(np.array(TEXTS * 4, object)).best_params_["order"] == 2


def test_fitting_again_forgets_and_growing_does_not() -> None:
    lm = _lm().fit(["참 좋다"])
    assert "이" not in dict(lm.next("", k=99))
    lm.partial_fit(["이 영화"])
    assert {"이", "참"} <= set(dict(lm.next("", k=99)))


def test_pruning_leaves_rare_n_grams_out() -> None:
    lm = _lm(order=3, prune=(0, 0, 1))
    assert lm.score_tokens(["이 영화 별로"]).orders.tolist() == [2, 3, 2, 2]


@pytest.mark.parametrize("smoothing", ["modified_kneser_ney", "stupid_backoff"])
def test_a_saved_model_answers_the_same(tmp_path: Path, smoothing: str) -> None:
    lm = _lm(order=3, smoothing=smoothing, discount_fallback=FALLBACK, prune=(0, 0, 1), tokenizer="word")
    lm.save(tmp_path / "lm")
    opened = NgramLM.open(tmp_path / "lm")
    assert opened.get_params() | {"tokenizer": "word"} == lm.get_params()
    assert opened.next("이 영화", k=99) == lm.next("이 영화", k=99)
    assert opened.blank("이", "재밌다", k=99) == lm.blank("이", "재밌다", k=99)
    assert opened.perplexity(TEXTS) == lm.perplexity(TEXTS)
    assert opened.explain("이", "영화") == lm.explain("이", "영화")


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, n_jobs in (("a", 1), ("b", 2)):
        _lm(n_jobs=n_jobs).save(tmp_path / name)
        _lm(n_jobs=n_jobs).write_arpa(tmp_path / f"{name}.gz")
    assert (tmp_path / "a" / "manifest.json").read_bytes() == (tmp_path / "b" / "manifest.json").read_bytes()
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


@pytest.mark.parametrize("name", ["lm.arpa", "lm.arpa.gz"])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_an_arpa_file_is_the_model(tmp_path: Path, name: str, order: int) -> None:
    lm = _lm(order=order)
    lm.write_arpa(tmp_path / name)
    read = NgramLM.read_arpa(tmp_path / name)
    one, other = lm.model_.table, read.model_.table
    assert all(np.array_equal(a, b) for a, b in zip(one.trie, other.trie, strict=True))
    assert np.allclose(one.log10_probs, other.log10_probs, atol=1e-7)
    assert np.allclose(one.log10_backoffs, other.log10_backoffs, atol=1e-7)
    assert read.explain("이 영화", "재밌다").wrong() == []
    read.save(tmp_path / "again")
    assert NgramLM.open(tmp_path / "again").next("이") == read.next("이")


def test_a_model_of_kiwi_learns_morphemes() -> None:
    lm = _lm(["영화가 재밌었다", "영화는 별로였다"], tokenizer="kiwi")
    assert lm.next("영화", k=1)[0][0] in {"가", "는", "이"}


@pytest.mark.parametrize("name", ["whitespace", "word"])
def test_many_sentences_in_one_call(name: str) -> None:
    lm = _lm(tokenizer=name, order=3)
    texts = ["이 영화, 재밌다", "", "별로\u3000이 노래", "\u1112\u1161\u11ab글 ㅋㅋ 😀", "모름"] * 1500
    singly = [lm.log10_prob(text) for text in texts[:5]] * 1500
    assert lm.log10_prob(texts) == pytest.approx(singly, abs=1e-12)
    assert lm.set_params(n_jobs=1).log10_prob(texts).tobytes() == lm.set_params(n_jobs=3).log10_prob(texts).tobytes()
    assert lm.log10_prob(np.array(texts[:3])).tolist() == lm.log10_prob(texts[:3]).tolist()
    assert lm.log10_prob([]).shape == (0,)
    assert lm.log10_prob("이 \ud800") == lm.log10_prob("이 ?")
