"""n-gram models: kernels beside their twins, counts that merge, probabilities that sum to one, exact gaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.errors import DataError
from malgil.ngram import (
    SMOOTHINGS,
    NgramLM,
    _arpa_kernels,
    _count_kernels,
    _estimate_kernels,
    _link_kernels,
    _predict_kernels,
    _query_kernels,
)
from malgil.ngram.counting import Counts, count, merge_counts, suffix_links
from malgil.ngram.predicting import distribution
from malgil.ngram.scoring import number_side
from malgil.ngram.sequence import read_sequence, word_strings
from malgil.ngram.words import Words
from malgil.strings import string_array, string_buffers
from malgil.tokenizers import tokenizer
from tests.naive import ngram as naive
from tests.strategies import corpora, texts

HOMES = (_arpa_kernels, _count_kernels, _estimate_kernels, _link_kernels, _predict_kernels, _query_kernels)
WORDS = ["이", "영화", "참", "재밌다", "ㅋㅋ", "한글", "the", "😀"]
sentences = st.lists(st.sampled_from(WORDS), max_size=7)
small = st.lists(sentences, min_size=1, max_size=8).filter(any)
orders = st.integers(1, 4)
FALLBACK = (0.5, 1.0, 1.5)
# some word is followed by more than 16 others, so that its children stand in the hash table
MANY = [f"이 말{i % 23} 길{i % 19} 끝" for i in range(60)]


def _zipf() -> list[str]:
    """Draw sentences whose words are as unevenly frequent as real ones, so that every count of counts is there."""
    random = np.random.default_rng(3)
    weights = 1.0 / np.arange(1, 1501)
    draws = random.choice(1500, size=(220, 6), p=weights / weights.sum())
    return [" ".join(f"말{word}" for word in row) for row in draws]


ZIPF = _zipf()


def _both(name: str, jit: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
    kernel = next(getattr(home, name) for home in HOMES if hasattr(home, name))
    if jit:
        return kernel, getattr(naive, name)

    def interpreted(*args: Any) -> Any:
        with np.errstate(over="ignore"):  # hashes wrap around
            return kernel.py_func(*args)

    return interpreted, getattr(naive, name)


def _joined(docs: list[list[str]]) -> list[str]:
    return [" ".join(doc) for doc in docs]


def _counts(docs: list[list[str]], order: int) -> Counts:
    return count(read_sequence(_joined(docs), tokenizer("whitespace")), order)


def _lm(docs: list[str], order: int, smoothing: str = "witten_bell", **options: Any) -> NgramLM:
    return NgramLM(order=order, smoothing=smoothing, **options).fit(docs)


def _same(one: Counts, other: Counts) -> bool:
    pairs = zip((*one.trie, one.counts, one.arrival), (*other.trie, other.counts, other.arrival), strict=True)
    words = word_strings(one.run).equals(word_strings(other.run))
    return words and all(np.array_equal(a, b) for a, b in pairs)


# --- kernels


@pytest.mark.parametrize("jit", [True, False])
@given(ids=st.lists(st.integers(0, 5), max_size=20))
def test_sort_words_is_its_twin(jit: bool, ids: list[int]) -> None:
    outputs = []
    for sort in _both("sort_words", jit):
        starts, places = np.empty(7, np.int32), np.empty(len(ids), np.int32)
        sort(np.array(ids, np.int32), starts, places)
        outputs.append([starts.tolist(), places.tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, copies=st.sampled_from([1, 40]))
def test_split_groups_is_its_twin(jit: bool, docs: list[list[str]], copies: int) -> None:
    sequence = read_sequence(_joined(docs * copies), tokenizer("whitespace"))
    n = len(sequence.run) + 3
    starts, places = np.empty(n + 1, np.int32), np.empty(len(sequence.ids), np.int32)
    naive.sort_words(sequence.ids, starts, places)
    outputs = []
    for split in _both("split_groups", jit):
        mine, children = places.copy(), np.empty(n, np.int32)
        labels, begins = np.empty((2, len(places)), np.int32)
        groups = starts[:-1], starts[1:], np.arange(n, dtype=np.int32)
        total = split(sequence.ids, 1, *groups, mine, children, labels, begins)
        outputs.append([mine.tolist(), children.tolist(), labels[:total].tolist(), begins[:total].tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(one=small, other=small)
def test_merge_level_is_its_twin(jit: bool, one: list[list[str]], other: list[list[str]]) -> None:
    tries = [_counts(docs, 2).trie for docs in (one, other)]
    n = min(trie.n_words for trie in tries)
    parents = np.arange(n, dtype=np.int32), np.arange(n, dtype=np.int32)[::-1].copy()
    parents[0][::3] = -1
    outputs = []
    for merge in _both("merge_level", jit):
        children = np.empty(n, np.int32)
        sources = np.full((2, sum(len(trie.labels) for trie in tries)), -7, np.int32)
        firsts, labels = (t.first for t in tries), (t.labels for t in tries)
        total = merge(*parents, *firsts, *labels, children, *sources)
        outputs.append([total, children.tolist(), sources.tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small)
def test_link_suffixes_and_count_continuations_are_their_twins(jit: bool, docs: list[list[str]]) -> None:
    trie = _counts(docs, 3).trie
    outputs = []
    for link, add in zip(_both("link_suffixes", jit), _both("count_continuations", jit), strict=True):
        suffixes = np.full(len(trie.labels), -1, np.int32)
        suffixes[trie.level(2)] = trie.labels[trie.level(2)]
        link(trie.labels, trie.first, *trie.base[1:3].tolist(), suffixes)
        counts = np.zeros(len(trie.labels), np.int64)
        add(suffixes, *trie.base[2:4].tolist(), counts)
        outputs.append([suffixes.tolist(), counts.tolist()])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, limit=st.integers(0, 2))
def test_gather_contexts_spread_and_drop_nodes_are_their_twins(jit: bool, docs: list[list[str]], limit: int) -> None:
    counts = _counts(docs, 3)
    trie, suffixes = counts.trie, suffix_links(counts.trie)
    kept = counts.counts > limit
    kept[trie.level(1)] = True
    low, high = trie.base[:2].tolist()
    outputs = []
    for side in (0, 1):
        gather, spread, drop = (_both(name, jit)[side] for name in ("gather_contexts", "spread", "drop_nodes"))
        totals, pruned = np.zeros((2, high - low), np.int64)
        types = np.zeros((3, high - low), np.int32)
        gather(trie.first, counts.counts, kept, low, high, totals, pruned, types)
        probs = np.linspace(0, 1, len(trie.labels))
        share = np.array([0.0, 0.5, 0.75]), np.maximum(totals, 1) * 1.0, np.full(high - low, 0.25)
        spread(trie.first, counts.counts, suffixes, low, high, *share, probs)
        renumbered = np.append(0, np.cumsum(kept)).astype(np.int32)
        labels = np.empty(int(kept.sum()), np.int32)
        first = np.empty(int(renumbered[trie.base[2]]) + 1, np.int32)
        drop(trie.labels, trie.first, kept, renumbered, labels, first)
        outputs.append([a.tolist() for a in (totals, pruned, types, probs, labels, first)])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("jit", [True, False])
@given(known=st.sets(st.sampled_from(WORDS)), asked=corpora, seed=st.integers(0, 3))
def test_hash_words_fill_cells_find_words_and_split_words_are_their_twins(
    jit: bool, known: set[str], asked: list[str], seed: int
) -> None:
    strings = string_array(["", "", "", *sorted(known)])
    blocks = string_buffers(string_array(asked))
    outputs = []
    for side in (0, 1):
        names = ("hash_words", "fill_cells", "find_words", "split_words")
        hash_words, fill_cells, find_words, split_words = (_both(name, jit)[side] for name in names)
        hashes, cells = np.zeros(len(strings), np.uint64), np.zeros(16, np.uint64)
        hash_words(*string_buffers(strings), seed, hashes)
        fits = fill_cells(hashes, cells)
        found = np.zeros(len(strings), np.int32)
        find_words(hashes, cells, found)
        ids = np.zeros((len(blocks[1]) + 1) // 2 + 3 * len(asked), np.int32)
        n = split_words(*blocks, seed, cells, ids)
        outputs.append([hashes.tolist(), fits, cells.tolist(), found.tolist(), ids[:n].tolist()])
    assert outputs[0] == outputs[1]


def test_two_words_with_the_same_hash_are_found() -> None:
    hashes = np.array([9, 9, 9, 7, 8, 7], np.uint64)
    near = np.array([9, 9, 9, 7, 6, 5], np.uint64)  # other places, but the same high bits, and one in the other's way
    for fill in _both("fill_cells", True):
        assert not fill(hashes, np.zeros(16, np.uint64))
        assert fill(near, np.zeros(16, np.uint64))
        assert not fill(np.append(near, np.uint64(5)), np.zeros(16, np.uint64))


@given(text=texts)
def test_texts_are_cut_as_python_cuts_them(text: str) -> None:
    words = Words.of(string_array(sorted(set(text.split()))))
    ids = np.zeros(len(text.encode()) + 3, np.int32)
    n = _query_kernels.split_words(*string_buffers(string_array([text])), *words.table, ids)
    assert [words.string(i) for i in ids[1 : n - 1]] == text.split()


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, asked=st.lists(st.sampled_from([*WORDS, "모름"]), max_size=8), order=orders)
def test_score_ids_score_text_and_fill_links_are_their_twins(
    jit: bool, docs: list[list[str]], asked: list[str], order: int
) -> None:
    model = _lm(_joined(docs) + MANY, order).model_
    ids = np.array([1, *model.words.numbers(string_array(asked)), 2, 1, 2] * (40 if jit else 1), np.int32)
    trie, table = model.table.trie, model.table
    outputs = []
    for side in (0, 1):
        score_ids, score_text, fill_links = (_both(n, jit)[side] for n in ("score_ids", "score_text", "fill_links"))
        tables, above = [], np.arange(trie.n_words, dtype=np.int32)
        for n in range(2, order + 1):
            size = int(trie.base[n] - trie.base[n - 1])
            links = np.full((3 if n == order else 4) * (size + 2 * size // 5 + 1), -1, np.int32)
            below = np.zeros(size if n < order else 0, np.int32)
            logs = table.log10_probs, table.log10_backoffs
            fill_links(trie.labels, trie.first, *logs, int(trie.base[n - 2]), above, links, below)
            tables.append(links.tolist())
            above = below
        scores, found = np.zeros(len(ids)), np.zeros(len(ids), np.int8)
        score_ids(ids, model.links, scores, found)
        lines = [" ".join(asked), "", " ".join(asked * 40)]
        sums = [score_text(*model.words.table, model.links, line.encode()) for line in lines[: 3 if jit else 2]]
        outputs.append([tables, scores.tolist(), found.tolist(), sums])
    assert outputs[0][:3] == outputs[1][:3]
    assert outputs[0][3] == pytest.approx(outputs[1][3], abs=1e-9)


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, left=sentences, right=sentences, order=orders)
def test_next_scores_and_gap_scores_are_their_twins(
    jit: bool, docs: list[list[str]], left: list[str], right: list[str], order: int
) -> None:
    lm = _lm(_joined(docs), order)
    model = lm.model_
    before = number_side(model, " ".join(left), tokenizer("whitespace"), before=True)
    after = number_side(model, " ".join(right), tokenizer("whitespace"), before=False)[: order - 1]
    nodes, tail = np.full(order, -1, np.int64), before[len(before) - min(len(before), order - 1) :]
    for n in range(1, min(len(before), order - 1) + 1):
        nodes[n - 1] = model.node(before[len(before) - n :])
    outputs = []
    for side in (0, 1):
        following, filling = _both("next_scores", jit)[side], _both("gap_scores", jit)[side]
        for run in (
            lambda *out: following(model.contexts(before), *model.arrays[:2], *model.arrays[3:], *out),  # noqa: B023
            lambda *out: filling(nodes, tail, after, *model.arrays[:3], *model.before, *out),  # noqa: B023
        ):
            seen, words = np.zeros(len(model.words), np.bool_), np.zeros(len(model.words), np.int32)
            scores = np.zeros(len(model.words))
            n, rest = run(seen, words, scores)
            table = dict(zip(words[:n].tolist(), scores[:n].tolist(), strict=True))
            outputs.append((seen.tolist(), table, rest))
    for one, other in zip(outputs[:2], outputs[2:], strict=True):
        assert one[0] == other[0]
        assert one[1] == pytest.approx(other[1], abs=1e-9)
        assert one[2] == pytest.approx(other[2], abs=1e-9)


@pytest.mark.parametrize("jit", [True, False])
@given(docs=small, n=st.integers(1, 3))
def test_write_lines_read_lines_and_find_paths_are_their_twins(jit: bool, docs: list[list[str]], n: int) -> None:
    model = _lm(_joined(docs), 3).model_
    trie, table = model.table.trie, model.table
    level = trie.level(n)
    arrays = *trie, table.log10_probs, table.log10_backoffs, *string_buffers(model.words.strings)
    outputs = []
    for side in (0, 1):
        write, read, find = (_both(name, jit)[side] for name in ("write_lines", "read_lines", "find_paths"))
        room = _arpa_kernels.write_lines(level.start, level.stop, n, *arrays, np.empty(0, np.uint8))
        out = np.zeros(room, np.uint8)
        out = out[: write(level.start, level.stop, n, *arrays, out)]
        size = level.stop - level.start
        ids, values = np.zeros((size, n), np.int32), np.zeros((size, 2), np.float32)
        places = np.zeros((size, 2), np.int64)
        ended = read(out, 0, n, *model.words.table, ids, places, values)
        nodes = np.zeros(size, np.int32)
        find(ids, trie.labels, trie.first, nodes)
        parts = [tuple(map(int, ended)), ids.tolist(), places.tolist(), nodes.tolist() if n > 1 else []]
        outputs.append([bytes(out), *parts, values.tolist()])
    assert outputs[0][:-1] == outputs[1][:-1]
    assert np.allclose(outputs[0][-1], outputs[1][-1], rtol=1e-6)


_tokens = st.sampled_from(
    ["-1", "-0.5e-1", "0", "+1.5", "-inf", "inf", "nan", "x", "-", "1e", "-.", "이", "참", "<s>", "\\", ""]
)


@pytest.mark.parametrize("jit", [True, False])
@given(lines=st.lists(st.lists(_tokens, max_size=5), min_size=1, max_size=3), depth=st.integers(1, 2))
def test_read_lines_refuses_what_its_twin_refuses(jit: bool, lines: list[list[str]], depth: int) -> None:
    words = Words.of(string_array(["이", "참"]))
    data = np.frombuffer("\n".join("\t".join(line) for line in lines).encode() + b"\n", np.uint8)
    outputs = []
    for read in _both("read_lines", jit):
        ids, values = np.zeros((len(lines), depth), np.int32), np.zeros((len(lines), 2), np.float32)
        state, n, at = read(data, 0, depth, *words.table, ids, np.zeros((0, 2), np.int64), values)
        outputs.append((int(state), int(n), int(at), ids[:n].tolist(), values[:n].tolist()))
    assert outputs[0] == outputs[1]


# --- counts


@given(docs=small, order=orders)
def test_counts_are_those_of_a_dictionary(docs: list[list[str]], order: int) -> None:
    counts = _counts(docs, order)
    names = ["<unk>", "<s>", "</s>", *word_strings(counts.run).to_pylist()]
    found = {
        tuple(names[i] for i in path): int(counts.counts[node])
        for path, node in naive._grams(counts.trie.labels, counts.trie.first).items()
        if path != (0,)
    }
    assert found == {gram: n for level in naive.count_grams(docs, order) for gram, n in level.items()}


@given(parts=st.lists(small, min_size=3, max_size=3), order=orders)
def test_merging_is_associative_and_the_whole(parts: list[list[list[str]]], order: int) -> None:
    a, b, c = (_counts(part, order) for part in parts)
    left, right = merge_counts(merge_counts(a, b), c), merge_counts(a, merge_counts(b, c))
    whole = _counts([doc for part in parts for doc in part], order)
    assert _same(left, right)
    assert _same(left, whole)


@given(docs=small, order=orders, cut=st.integers(0, 8))
def test_growing_gives_the_same_model(docs: list[list[str]], order: int, cut: int) -> None:
    lm = NgramLM(order=order, discount_fallback=FALLBACK)
    whole = _lm(_joined(docs), order, "modified_kneser_ney", discount_fallback=FALLBACK)
    if not any(docs[:cut]):
        return
    lm.partial_fit(_joined(docs[:cut])).partial_fit(_joined(docs[cut:]))
    for one, other in zip(lm.model_.table[1:5], whole.model_.table[1:5], strict=True):
        assert np.array_equal(one, other)


def test_threads_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    from malgil.ngram import counting

    monkeypatch.setattr(counting, "_BLOCK", 64)
    one, two = (_lm(MANY * 3, 3, "modified_kneser_ney", discount_fallback=FALLBACK, n_jobs=n) for n in (1, 3))
    monkeypatch.undo()
    third = _lm(MANY * 3, 3, "modified_kneser_ney", discount_fallback=FALLBACK, n_jobs=1)
    for a, b, c in zip(one.model_.table[1:5], two.model_.table[1:5], third.model_.table[1:5], strict=True):
        assert a.tobytes() == b.tobytes() == c.tobytes()


# --- smoothings


def _rule(name: str, counts: list[Any], lm: NgramLM) -> Any:
    if name == "witten_bell":
        return naive.Interpolated(counts, naive.witten_bell)
    discounts = lm.model_.table.discounts
    if name == "modified_kneser_ney":
        return naive.Interpolated(naive.adjusted(counts), naive.modified(discounts))
    used = naive.adjusted(counts) if name == "kneser_ney" else counts
    return naive.Interpolated(used, naive.absolute([row[-1] for row in discounts]))


@pytest.mark.parametrize("name", ["modified_kneser_ney", "kneser_ney", "absolute_discounting", "witten_bell"])
@given(docs=small, order=st.integers(1, 3), data=st.data())
def test_probabilities_follow_the_formula(name: str, docs: list[list[str]], order: int, data: st.DataObject) -> None:
    lm = _lm(_joined(docs), order, name, discount_fallback=FALLBACK)
    counts = naive.count_grams(docs, order)
    slow = _rule(name, counts, lm)
    context = data.draw(st.sampled_from(list(naive.contexts(counts))))
    numbers = np.array([*(_number(lm, word) for word in context)], np.int32)
    probs = distribution(lm.model_, numbers)
    for word in slow.vocabulary():
        assert probs[_number(lm, word)] == pytest.approx(slow.prob(word, context), rel=1e-5)


def _number(lm: NgramLM, word: str) -> int:
    special = {"<unk>": 0, "<s>": 1, "</s>": 2}
    return special[word] if word in special else int(lm.model_.words.numbers(string_array([word]))[0])


@pytest.mark.parametrize("name", [name for name, smoothing in SMOOTHINGS.items() if smoothing.sums_to_one])
@pytest.mark.parametrize("prune", [(), (0, 1)])
@pytest.mark.parametrize("interpolate", [True, False])
@given(docs=small, order=orders)
def test_every_context_sums_to_one(
    name: str, prune: tuple[int, ...], interpolate: bool, docs: list[list[str]], order: int
) -> None:
    options = {"prune": prune[:order], "interpolate_unigrams": interpolate, "discount_fallback": FALLBACK}
    try:
        lm = _lm(_joined(docs), order, name, **options)
    except DataError:  # Good-Turing needs more than a few words; the next test has them
        assert name == "katz"
        return
    for context in naive.contexts(naive.count_grams(docs, order)):
        probs = distribution(lm.model_, np.array([_number(lm, word) for word in context], np.int32))
        assert probs.sum() == pytest.approx(1.0, abs=2e-5)
        assert probs.min() >= 0.0


@pytest.mark.parametrize("prune", [(), (0, 0, 1)])
def test_katz_sums_to_one_for_every_context(prune: tuple[int, ...]) -> None:
    lm = _lm(ZIPF, 3, "katz", prune=prune)
    for context in naive.contexts(naive.count_grams([text.split() for text in ZIPF], 3)):
        probs = distribution(lm.model_, np.array([_number(lm, word) for word in context], np.int32))
        assert probs.sum() == pytest.approx(1.0, abs=2e-5)


# --- questions


@given(docs=small, order=orders, context=sentences, k=st.integers(1, 12))
def test_next_is_the_head_of_the_whole_distribution(
    docs: list[list[str]], order: int, context: list[str], k: int
) -> None:
    lm = _lm(_joined(docs), order)
    text = " ".join(context)
    probs = distribution(lm.model_, number_side(lm.model_, text, tokenizer("whitespace"), before=True))
    words = [i for i in range(len(probs)) if i != 1]
    best = sorted(words, key=lambda i: (-probs[i], i))[:k]
    found = lm.next(text, k)
    assert [prob for _, prob in found] == pytest.approx([probs[i] for i in best], rel=1e-6)
    assert sum(prob for _, prob in lm.next(text, 10**6)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("name", ["witten_bell", "modified_kneser_ney", "maximum_likelihood"])
@given(docs=small, order=orders, left=sentences, right=sentences, k=st.integers(1, 12))
def test_a_gap_is_filled_as_by_scoring_every_word(
    name: str, docs: list[list[str]], order: int, left: list[str], right: list[str], k: int
) -> None:
    lm = _lm(_joined(docs), order, name, discount_fallback=FALLBACK)
    model = lm.model_

    def prob(word: str, context: tuple[str, ...]) -> float:
        return float(distribution(model, np.array([_number(lm, w) for w in context], np.int32))[_number(lm, word)])

    words = ["<unk>", *model.words.strings.to_pylist()[3:]]
    wanted = naive.gap(prob, left, right, words, order)
    if not wanted:  # no word at all makes a sentence that is possible
        return
    found = lm.blank(" ".join(left), " ".join(right), k)
    assert [p for _, p in found] == pytest.approx(sorted(wanted.values(), reverse=True)[:k], rel=1e-4, abs=1e-12)
    for word, p in found:
        assert p == pytest.approx(wanted[word], rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("name", SMOOTHINGS)
@given(data=st.data())
def test_explanations_hold(name: str, data: st.DataObject) -> None:
    order = data.draw(st.integers(1, 2 if name == "katz" else 4))  # Good-Turing needs n-grams that occur thrice
    lm = _lm(["이 영화 참 재밌다", "이 영화 참 좋다", "참 좋다 ㅋㅋ", *ZIPF], order, name, discount_fallback=FALLBACK)
    context = " ".join(data.draw(sentences))
    word = data.draw(st.sampled_from([*WORDS, "</s>", "말1", "모름"]))
    opened = lm.explain(context, word)
    assert opened.wrong() == []
    text = f"{context} {word}" if word != "</s>" else context
    assert opened.value == pytest.approx(float(lm.score_tokens([text]).log10_probs[-1 if word == "</s>" else -2]))
    shown = opened.terms[-1].terms[0].value
    assert shown == pytest.approx(0.0 if opened.terms[-1].value < -90 else 10 ** opened.terms[-1].value, rel=1e-5)
