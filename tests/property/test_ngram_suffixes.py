"""Sorted suffixes beside slices that are sorted; the model without a limit of order beside its definition."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.ngram import NgramLM, _match_kernels, _suffix_kernels, suffix_array
from malgil.ngram.evidence import Concordance
from malgil.ngram.suffix_array import SuffixArray, sort_corpus
from malgil.ragged import Ragged
from malgil.strings import string_array
from tests.naive import ngram_suffixes as naive
from tests.strategies import corpora, raggeds

N_WORDS = 7
_runs = st.lists(st.tuples(st.lists(st.integers(3, 5), min_size=1, max_size=3), st.integers(1, 9)), max_size=3)
_docs = _runs.map(lambda runs: [word for words, n in runs for word in words * n])
docs = st.lists(_docs, min_size=1, max_size=5)
asked = st.lists(st.integers(3, 6).map(lambda word: 0 if word == 6 else word), max_size=6)
# repeats longer than any depth, short sentences many times over, empty ones
LONG = [[3] * 70, [3, 4] * 40, [], [3] * 70, [3, 4] * 39 + [5], *[[4]] * 30, *[[5, 3]] * 30]
WORDS = ["이", "영화", "참", "재밌다", "ㅋㅋ", "한글", "the", "😀"]
sentences = st.lists(st.sampled_from(WORDS), max_size=6)
small = st.lists(sentences, min_size=1, max_size=7).filter(any)


def _ids(docs: list[list[int]]) -> np.ndarray[Any, np.dtype[np.int32]]:
    return np.array([word for doc in docs for word in (1, *doc, 2)], np.int32)


def _both(name: str, jit: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
    home = _match_kernels if hasattr(_match_kernels, name) else _suffix_kernels
    kernel = getattr(home, name)
    return (kernel if jit else kernel.py_func), getattr(naive, name)


def _lm(texts: list[str], **options: Any) -> NgramLM:
    return NgramLM(order=None, **options).fit(texts)


def _joined(docs: list[list[str]]) -> list[str]:
    return [" ".join(doc) for doc in docs]


# --- sorting


@pytest.mark.parametrize("depth", [2, 3, 24])
@given(docs=docs)
def test_suffixes_are_sorted_as_slices_are(depth: int, docs: list[list[int]]) -> None:
    ids = _ids(docs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suffix_array, "_DEPTH", depth)
        assert sort_corpus(ids, N_WORDS, 1).places.tolist() == naive.sorted_places(ids)


@pytest.mark.parametrize("n", [30, 3000])  # sorted by insertion, by comparison, by digits
def test_long_repeats_and_many_words_are_sorted_as_slices_are(n: int) -> None:
    random = np.random.default_rng(n)
    wide = [random.integers(3, 5000, 2).tolist() for _ in range(n)]
    ids = _ids([*LONG, *wide, *wide[: n // 2]])
    assert sort_corpus(ids, 5000).places.tolist() == naive.sorted_places(ids)


def test_a_vocabulary_above_65536_words() -> None:
    ids = _ids([[70_000, 3, 66_000], [66_000, 70_000], [66_000 + 2**22, 3]])
    assert sort_corpus(ids, 2**22 + 70_000).places.tolist() == naive.sorted_places(ids)


def test_threads_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suffix_array, "_BLOCK", 16)
    one, three = (sort_corpus(_ids(LONG), N_WORDS, n) for n in (1, 3))
    monkeypatch.undo()
    whole = sort_corpus(_ids(LONG), N_WORDS, 2)
    assert one.places.tobytes() == three.places.tobytes() == whole.places.tobytes()


@pytest.mark.parametrize("jit", [True, False])
@given(docs=docs, limit=st.integers(2, 5))
def test_sort_suffixes_is_its_twin(jit: bool, docs: list[list[int]], limit: int) -> None:
    ids = _ids(docs)
    starts = np.searchsorted(np.sort(ids), np.arange(N_WORDS + 1)).astype(np.int32)
    outputs = []
    for sort in _both("sort_suffixes", jit):
        places, is_head = np.argsort(ids, kind="stable").astype(np.int32), np.zeros(len(ids), np.bool_)
        is_head[starts[:-1][np.diff(starts) > 0]] = True
        sort(ids, starts, 0, N_WORDS, limit, places, is_head)
        outputs.append([places.tolist(), is_head.tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(n=st.integers(2, 80), size=st.integers(1, 40), data=st.data())
def test_refine_groups_is_its_twin(jit: bool, n: int, size: int, data: st.DataObject) -> None:
    size = min(size, n)
    ranks = data.draw(st.lists(st.integers(0, 9), min_size=2 * n, max_size=2 * n))
    begin = data.draw(st.integers(0, n - size))
    outputs = []
    for refine in _both("refine_groups", jit):
        places, mine = np.arange(n, dtype=np.int32), np.array(ranks, np.int32)
        out = np.zeros((2, n), np.int32)
        groups = np.array([begin], np.int32), np.array([begin + size], np.int32)
        total = refine(*groups, n, places, mine, *out)
        outputs.append([total, places.tolist(), mine.tolist(), out[:, :total].tolist()])
    assert outputs[0] == outputs[1]


# --- questions


@pytest.mark.parametrize("jit", [True, False])
@given(docs=docs, context=asked, begins=st.booleans())
def test_find_interval_and_longest_suffix_are_their_twins(
    jit: bool, docs: list[list[int]], context: list[int], begins: bool
) -> None:
    suffixes = sort_corpus(_ids(docs), N_WORDS, 1)
    for words in (context, docs[0]):
        pattern = np.array([*[1] * begins, *words], np.int32)
        find, slow = _both("longest_suffix", jit)
        assert tuple(map(int, find(*suffixes.arrays, pattern))) == slow(*suffixes.arrays, pattern)
        if len(pattern):
            begin, end = _both("find_interval", jit)[0](*suffixes.arrays, pattern)
            wanted = naive.find_interval(*suffixes.arrays, pattern)
            assert (begin == end) if wanted == (0, 0) else (begin, end) == wanted


@pytest.mark.parametrize("jit", [True, False])
@given(docs=docs, texts=st.lists(asked, max_size=3))
def test_score_matches_is_its_twin(jit: bool, docs: list[list[int]], texts: list[list[int]]) -> None:
    suffixes, ids = sort_corpus(_ids(docs), N_WORDS, 1), _ids([*texts, docs[-1]])
    outputs = []
    for score in _both("score_matches", jit):
        scores, orders = np.empty(len(ids)), np.empty(len(ids), np.int32)
        score(*suffixes.arrays, ids, scores, orders)
        outputs.append([scores.tolist(), orders.tolist()])
    assert outputs[0][0] == pytest.approx(outputs[1][0])
    assert outputs[0][1] == outputs[1][1]


@pytest.mark.parametrize("jit", [True, False])
@given(docs=docs, context=asked, right=asked, k=st.integers(1, 9))
def test_top_followers_and_fill_counts_are_their_twins(
    jit: bool, docs: list[list[int]], context: list[int], right: list[int], k: int
) -> None:
    suffixes = sort_corpus(_ids([*docs, *[[3], [4]] * 20]), N_WORDS, 1)
    length, begin, end = suffixes.longest(np.array([1, *context], np.int32))
    ids, places, _ = suffixes.arrays
    fast, slow = (top(ids, places, begin, end, length, k) for top in _both("top_followers", jit))
    at_least = min(slow[1])
    kept = [(int(w), int(n)) for w, n in zip(*fast, strict=True) if n >= at_least]
    assert kept == list(zip(*slow, strict=True))
    assert [int(w) for w in fast[0]] == sorted(int(w) for w in fast[0])
    for side in (right, [*right, 2], [2]):
        outputs = []
        for fill in _both("fill_counts", jit):
            words, counts = np.zeros((2, len(ids)), np.int32)
            n = fill(ids, places, begin, end, length, np.array(side, np.int32), words, counts)
            outputs.append([n, words[:n].tolist(), counts[:n].tolist()])
        assert outputs[0] == outputs[1]


# --- the model


@given(docs=small, context=sentences, k=st.integers(1, 12))
def test_next_follows_the_definition_and_sums_to_one(docs: list[list[str]], context: list[str], k: int) -> None:
    lm = _lm(_joined(docs))
    model, ids = lm.model_, lm.model_.suffixes.ids
    numbers = [1, *(model.words.number(word) for word in context)]
    probs = {word: naive.prob(ids, numbers, word) for word in range(2, len(model.words))}
    wanted = sorted((word for word in probs if probs[word]), key=lambda word: (-probs[word], word))
    found = lm.next(" ".join(context), k)
    assert found == [(model.words.string(word), pytest.approx(probs[word])) for word in wanted[:k]]
    assert sum(p for _, p in lm.next(" ".join(context), 10**6)) == pytest.approx(1.0)
    assert model.distribution(np.array(numbers, np.int32)).sum() == pytest.approx(1.0)


@given(docs=small, left=sentences, right=st.lists(st.sampled_from(WORDS), max_size=2), k=st.integers(1, 9))
def test_a_gap_is_filled_as_by_scoring_every_word(
    docs: list[list[str]], left: list[str], right: list[str], k: int
) -> None:
    lm = _lm(_joined(docs))
    for before, after in ((left, right), (docs[0][:1], docs[0][2:])):
        wanted = {}
        for word in lm.model_.words.strings.to_pylist()[3:]:
            scores = lm.score_tokens([" ".join([*before, word, *after])]).log10_probs
            wanted[word] = float(10.0 ** scores[len(before) :].sum())
        mass = sum(wanted.values())
        found = lm.blank(" ".join(before), " ".join(after), k)
        best = sorted((w for w in wanted if wanted[w]), key=lambda w: (-round(wanted[w], 12), w.encode()))[:k]
        assert found == [(w, pytest.approx(wanted[w] / mass)) for w in best]


@given(docs=small, context=sentences, word=st.sampled_from([*WORDS, "</s>", "모름"]))
def test_explanations_give_the_score(docs: list[list[str]], context: list[str], word: str) -> None:
    lm = _lm(_joined(docs))
    opened = lm.explain(" ".join(context), word)
    at = len(context)
    scored = lm.score_tokens([" ".join(context if word == "</s>" else [*context, word])])
    assert opened.wrong() == []
    assert opened.value == pytest.approx(scored.log10_probs[at])
    assert opened.terms[0].value == pytest.approx(10.0**opened.value)
    assert opened.terms[-1].value == lm.evidence(" ".join(context), word).n_occurrences


@given(docs=small, cut=st.integers(0, 7))
def test_growing_gives_the_same_model(docs: list[list[str]], cut: int) -> None:
    texts = _joined(docs)
    if not any(docs[:cut]):
        return
    lm, whole = NgramLM(order=None).partial_fit(texts[:cut]).partial_fit(texts[cut:]), _lm(texts)
    assert lm.model_.words.strings.equals(whole.model_.words.strings)
    for one, other in zip(lm.model_.suffixes.arrays, whole.model_.suffixes.arrays, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("tokenizer", ["whitespace", "word", "bigram"])
@given(drawn=corpora)
def test_every_text_is_found_in_its_own_corpus(tokenizer: str, drawn: list[str]) -> None:
    texts = [*drawn, "이 영화 ㅋㅋ"]
    lm = _lm(texts, tokenizer=tokenizer, skip_symbols=True, n_jobs=1)
    scores = lm.score_tokens(texts)
    assert np.isfinite(scores.log10_probs).all()
    sizes = np.diff(scores.indptr)
    assert scores.orders[scores.indptr[1:] - 1].tolist() == (sizes + 1).tolist()  # <s> and all words before </s>
    assert math.isfinite(lm.perplexity(texts))


# --- evidence


@given(docs=small, context=sentences, word=st.sampled_from([*WORDS, "", "</s>"]), k=st.integers(1, 6))
def test_evidence_is_what_a_search_of_all_sentences_finds(
    docs: list[list[str]], context: list[str], word: str, k: int
) -> None:
    lm = NgramLM(order=2, smoothing="witten_bell", keep_corpus=True).fit(_joined(docs))
    whole = [["<s>", *doc, "</s>"] for doc in docs]

    def count(row: list[str]) -> int:
        return sum(d[i : i + len(row)] == row for d in whole for i in range(len(d)))

    row = ["<s>", *context, *[word] * bool(word)]
    longest = next(row[at:] for at in range(len(row) + 1) if not row[at:] or count(row[at:]))
    if word and not count([word]):
        longest = []
    found = lm.evidence(" ".join(context), word, k)
    assert list(found.words) == longest
    assert found.n_occurrences == (count(longest) if longest else 0)
    holding = {doc for doc, words in enumerate(whole) if longest and count(longest) and _holds(words, longest)}
    assert len(found.passages) == min(k, len(holding))
    assert [p.doc for p in found.passages] == sorted({p.doc for p in found.passages} & holding)
    for passage in found.passages:
        assert list(passage.words) == docs[passage.doc]
        assert list(passage.words[passage.start : passage.end]) == [w for w in longest if w not in ("<s>", "</s>")]


def _holds(words: list[str], row: list[str]) -> bool:
    return any(words[i : i + len(row)] == row for i in range(len(words)))


@given(case=raggeds())
def test_an_encoded_corpus_is_indexed(case: tuple[Ragged, int]) -> None:
    corpus, n_terms = case
    terms = [f"말{i}" for i in range(n_terms)]
    concordance = Concordance.of(corpus, string_array(terms), 1)
    for term in range(n_terms):
        found = concordance.find(np.zeros(0, np.int32), terms[term], 99)
        assert found.n_occurrences == int((corpus.ids == term).sum())
        assert [p.doc for p in found.passages] == [doc for doc in range(corpus.n_docs) if term in corpus[doc]]
        assert all(p.text == " ".join(terms[i] for i in corpus[p.doc]) for p in found.passages)


def test_an_empty_row_of_words_is_everywhere_but_before_a_sentence() -> None:
    suffixes: SuffixArray = sort_corpus(_ids([[3], []]), 4)
    begin, end = suffixes.interval(np.zeros(0, np.int32))
    assert sorted(suffixes.places[begin:end].tolist()) == [1, 2, 4]
