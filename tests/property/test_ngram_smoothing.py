"""Additive smoothing, Jelinek-Mercer, pruning by entropy and mixing: each beside its slow version."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ngram import SMOOTHINGS, NgramLM, _interpolation_kernels
from malgil.ngram.counting import Counts, count, suffix_links
from malgil.ngram.interpolating import N_BUCKETS, bucket, leave_one_out, order_weights
from malgil.ngram.mixing import mix_weights
from malgil.ngram.predicting import distribution
from malgil.ngram.sequence import read_sequence
from malgil.strings import string_array
from malgil.tasks.mixture import mix
from malgil.tokenizers import tokenizer
from tests.naive import ngram as naive
from tests.naive import ngram_smoothing as slow

WORDS = ["이", "영화", "참", "재밌다", "ㅋㅋ", "한글", "the", "😀"]
sentences = st.lists(st.sampled_from(WORDS), max_size=6)
small = st.lists(sentences, min_size=1, max_size=7).filter(any)
amounts = st.sampled_from([0.01, 0.5, 1.0, 3.0])
FALLBACK = (0.5, 1.0, 1.5)
ARE_PROBABILITIES = [name for name, smoothing in SMOOTHINGS.items() if smoothing.sums_to_one and name != "katz"]


def _counts(docs: list[list[str]], order: int) -> Counts:
    return count(read_sequence([" ".join(doc) for doc in docs], tokenizer("whitespace")), order)


def _lm(docs: list[list[str]], order: int, smoothing: str, **options: Any) -> NgramLM:
    lm = NgramLM(order=order, smoothing=smoothing, discount_fallback=FALLBACK, **options)
    return lm.fit([" ".join(doc) for doc in docs])


def _number(lm: NgramLM, word: str) -> int:
    special = {"<unk>": 0, "<s>": 1, "</s>": 2}
    return special[word] if word in special else int(lm.model_.words.numbers(string_array([word]))[0])


def _probs(lm: NgramLM, context: tuple[str, ...]) -> Any:
    return distribution(lm.model_, np.array([_number(lm, word) for word in context], np.int32))


def _whole(counts: list[Any], order: int) -> list[tuple[str, ...]]:
    """Contexts that nothing can be put before."""
    return [c for c in naive.contexts(counts) if len(c) == order - 1 or c[:1] == (naive.BEGIN,)]


# --- additive smoothing


@given(docs=small, order=st.integers(1, 4), k=amounts)
def test_add_k_follows_the_formula(docs: list[list[str]], order: int, k: float) -> None:
    lm, counts = _lm(docs, order, "add_k", add_k=k), naive.count_grams(docs, order)
    prob = slow.additive(counts, k)
    for context in _whole(counts, order):
        probs = _probs(lm, context)
        for word in {gram[0] for gram in counts[0]} - {"<s>"} | {"<unk>"}:
            assert probs[_number(lm, word)] == pytest.approx(prob(word, context), rel=1e-5)


@given(docs=small, order=st.integers(1, 3), k=amounts, text=sentences)
def test_an_arpa_file_holds_additive_smoothing(
    tmp_path_factory: pytest.TempPathFactory, docs: list[list[str]], order: int, k: float, text: list[str]
) -> None:
    path = tmp_path_factory.mktemp("arpa") / "lm.arpa"
    lm = _lm(docs, order, "add_k", add_k=k)
    lm.write_arpa(path)
    asked = [" ".join([*text, "모름"])]
    assert NgramLM.read_arpa(path).perplexity(asked) == pytest.approx(lm.perplexity(asked), rel=1e-5)


# --- Jelinek-Mercer


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, order=st.integers(2, 4))
def test_leave_out_is_its_twin(jit: bool, docs: list[list[str]], order: int) -> None:
    counts = _counts(docs, order)
    trie, suffixes = counts.trie, suffix_links(counts.trie)
    low, high = trie.base[order - 2 : order].tolist()
    n = int(trie.first[high] - trie.first[low])
    totals = np.arange(len(trie.first), dtype=np.int64) % 5 + 1
    outputs = []
    kernel = _interpolation_kernels.leave_out
    for fill in (kernel if jit else kernel.py_func, slow.leave_out):
        shares, sizes = np.full((n, order), -1.0), np.full((n, order), -7)
        fill(trie.first, counts.counts, suffixes, totals, low, high, order, shares, sizes)
        outputs.append([shares.tolist(), sizes.tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, order=st.integers(1, 3), seed=st.integers(0, 9))
def test_expect_is_its_twin(jit: bool, docs: list[list[str]], order: int, seed: int) -> None:
    counts = _counts(docs, order)
    events = leave_one_out(counts, suffix_links(counts.trie))
    weights = np.random.default_rng(seed).uniform(0.05, 0.95, (order, N_BUCKETS))
    outputs = []
    kernel = _interpolation_kernels.expect
    for step in (kernel if jit else kernel.py_func, slow.expect):
        won, reached = np.zeros_like(weights), np.zeros_like(weights)
        outputs.append((step(*events, weights, 0.1, won, reached), won, reached))
    for one, other in zip(*outputs, strict=True):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12)


@given(docs=small, order=st.integers(1, 3), seed=st.integers(0, 9))
def test_every_word_is_left_out_once(docs: list[list[str]], order: int, seed: int) -> None:
    counts = _counts(docs, order)
    events = leave_one_out(counts, suffix_links(counts.trie))
    weights = np.random.default_rng(seed).uniform(0.05, 0.95, (order, N_BUCKETS))
    rooms = np.zeros((2, order, N_BUCKETS))
    fit = _interpolation_kernels.expect(*events, weights, 1 / (counts.trie.n_words - 1), *rooms)
    wanted = slow.left_out_fit(docs, order, lambda n, b: float(weights[n - 1, b]))
    assert fit == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@given(docs=small, order=st.integers(1, 3))
def test_no_weight_of_an_order_can_be_bettered(docs: list[list[str]], order: int) -> None:
    counts = _counts(docs, order)
    suffixes = suffix_links(counts.trie)
    found = np.array(order_weights(counts, suffixes))
    events = leave_one_out(counts, suffixes)
    used = {(k, int(b)) for k in range(order) for b in np.unique(events.buckets[:, k]) if b >= 0}
    assert ((found > 0) & (found < 1)).all()

    def fit(weights: Any) -> float:
        rooms = np.zeros((2, order, N_BUCKETS))
        likelihood = _interpolation_kernels.expect(*events, weights, 1 / (counts.trie.n_words - 1), *rooms)
        return likelihood + sum(math.log(weights[at] * (1 - weights[at])) for at in used)

    for at in used:
        for step in (-0.1, 0.1):
            other = found.copy()
            other[at] = np.clip(other[at] + step, 0.001, 0.999)
            assert fit(other) <= fit(found) + 1e-3 * int(events.times.sum())


@given(docs=small, order=st.integers(1, 4))
def test_jelinek_mercer_follows_the_formula(docs: list[list[str]], order: int) -> None:
    lm, counts = _lm(docs, order, "jelinek_mercer"), naive.count_grams(docs, order)
    ours = _counts(docs, order)
    weights = [row.tolist() for row in order_weights(ours, suffix_links(ours.trie))]
    wanted = naive.Interpolated(counts, slow.jelinek(weights))
    for context in naive.contexts(counts):
        probs = _probs(lm, context)
        for word in wanted.vocabulary():
            assert probs[_number(lm, word)] == pytest.approx(wanted.prob(word, context), rel=1e-5)


@given(totals=st.lists(st.integers(1, 2**40), max_size=9))
def test_buckets_double(totals: list[int]) -> None:
    assert bucket(np.array([0, *totals])).tolist() == [-1, *map(slow.bucket, totals)]


# --- pruning by entropy


@given(docs=small, order=st.integers(1, 3), threshold=st.sampled_from([1e-6, 0.003, 0.02, 0.1]))
def test_pruning_by_entropy_is_summing_over_everything(docs: list[list[str]], order: int, threshold: float) -> None:
    lm = _lm(docs, order, "witten_bell", prune_entropy=threshold)
    counts = naive.count_grams(docs, order)
    wanted = slow.Pruned(counts, naive.Interpolated(counts, naive.witten_bell).prob, threshold)
    sizes = [len(lm.model_.words), *np.diff(lm.model_.table.trie.base)[1:].tolist()]
    left = [sum(len(f) for c, f in wanted.followers.items() if len(c) == n - 1) for n in range(2, order + 1)]
    assert sizes == [len(wanted.words) + 1, *left]
    for context in wanted.known:
        probs = _probs(lm, context)
        for word in wanted.words:
            assert probs[_number(lm, word)] == pytest.approx(wanted(word, context), rel=1e-4)


@pytest.mark.parametrize("name", ARE_PROBABILITIES)
@pytest.mark.parametrize("prune", [(), (0, 1)])
@given(docs=small, order=st.integers(1, 4), threshold=st.sampled_from([1e-4, 0.01, 0.1]), data=st.data())
def test_a_pruned_model_sums_to_one(
    name: str, prune: tuple[int, ...], docs: list[list[str]], order: int, threshold: float, data: st.DataObject
) -> None:
    lm = _lm(docs, order, name, prune=prune[:order], prune_entropy=threshold)
    known = list(naive.contexts(naive.count_grams(docs, order)))
    for context in known[:10]:
        probs = _probs(lm, context)
        assert probs.sum() == pytest.approx(1.0, abs=2e-5)
        assert probs.min() >= 0.0
    word = data.draw(st.sampled_from([*WORDS, "</s>", "모름"]))
    assert lm.explain(" ".join(data.draw(sentences)), word).wrong() == []


# --- mixing


@given(one=small, other=small, third=small, context=sentences, data=st.data())
def test_a_mixture_is_the_sum_over_the_union(
    one: list[list[str]], other: list[list[str]], third: list[list[str]], context: list[str], data: st.DataObject
) -> None:
    lms = [_lm(docs, order, "witten_bell") for docs, order in ((one, 1), (other, 2), (third, 3))]
    mixture = mix(lms, [" ".join(doc) for doc in data.draw(small)])
    assert mixture.weights.sum() == pytest.approx(1.0)
    text = " ".join(context)
    parts = [
        (float(weight), set(lm.model_.words.strings.to_pylist()[3:]), dict(lm.next(text, 99)).__getitem__)
        for weight, lm in zip(mixture.weights, lms, strict=True)
    ]
    found = mixture.next(text, 99)
    assert sum(p for _, p in found) == pytest.approx(1.0, abs=1e-5)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    for word, p in found:
        assert p == pytest.approx(slow.mixed(parts, word), rel=1e-6)
    word = data.draw(st.sampled_from([*WORDS, "</s>", "모름"]))
    opened = mixture.explain(text, word)
    assert opened.wrong() == []
    scores = mixture.score_tokens([f"{text} {word}" if word != "</s>" else text])
    last = float(scores.log10_probs[-1 if word == "</s>" else -2])
    assert opened.value == pytest.approx(last, abs=1e-6)


@given(
    probs=st.lists(st.tuples(*[st.floats(1e-9, 1.0)] * 3), min_size=1, max_size=30),
    other=st.tuples(*[st.floats(0.01, 1.0)] * 3),
)
def test_no_weights_fit_better(probs: list[tuple[float, ...]], other: tuple[float, ...]) -> None:
    weights, steps = mix_weights(np.log10(np.array(probs)))
    assert weights.sum() == pytest.approx(1.0)
    assert all(after >= before - 1e-12 for before, after in pairwise(steps))
    best = np.log(np.array(probs) @ weights).mean()
    assert steps[-1] == pytest.approx(best, abs=1e-6)
    given_ = np.array(other) / sum(other)
    assert np.log(np.array(probs) @ given_).mean() <= best + 1e-4
