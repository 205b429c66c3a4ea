"""Neighbours, GloVe, phrases, document vectors: kernels beside their twins, the same bytes however it is done."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.embeddings import _cooccurrence_kernels, _document_kernels, _glove_kernels, _phrase_kernels
from malgil.embeddings.cooccurrence import Cooccurrences, count_cooccurrences, inverse_shares, merge_cooccurrences
from malgil.embeddings.documents import METHODS, DocumentVectors
from malgil.embeddings.glove import GloVe
from malgil.embeddings.glove_training import start_tables, train_epoch
from malgil.embeddings.mutual_information import pmi
from malgil.embeddings.pair_blocks import N_STRIPS, Rule, lay_out, strips_of
from malgil.embeddings.phrases import SCORINGS, Phrases
from malgil.embeddings.vectors import Vectors
from malgil.ragged import Ragged
from tests.naive import embeddings_glove as naive
from tests.strategies import raggeds

WORDS = ["이", "영화", "참", "재밌다", "ㅋㅋ", "한글", "the", "😀"]
docs = st.lists(st.lists(st.sampled_from(WORDS), max_size=7), min_size=1, max_size=8).filter(any)
windows = st.integers(1, 6)
many = st.integers(0, 2**32 - 1).map(lambda seed: _zipf(seed))


def _zipf(seed: int) -> tuple[Ragged, int]:
    """Draw a corpus in which some words are frequent and most are rare, with words enough for all levels of bits."""
    drawing = np.random.default_rng(seed)
    n_words = int(drawing.choice([3, 70, 5000, 300_000]))
    ids = np.minimum(drawing.zipf(1.3, 400), n_words).astype(np.int32) - 1
    cuts = np.sort(drawing.integers(0, 401, 12))
    return Ragged(ids, np.concatenate([[0], cuts, [400]]).astype(np.int64)), n_words


def _entries(pairs: Cooccurrences) -> dict[tuple[int, int], Fraction]:
    rows = np.repeat(np.arange(pairs.n_words), np.diff(pairs.indptr))
    units = [Fraction(int(n), pairs.scale) for n in pairs.units]
    return dict(zip(zip(rows.tolist(), pairs.cols.tolist(), strict=True), units, strict=True))


def _lists(corpus: Ragged) -> list[list[int]]:
    return [doc.tolist() for doc in corpus]


def _same(one: Cooccurrences, other: Cooccurrences) -> bool:
    arrays = ("indptr", "cols", "units")
    return all(getattr(one, a).tobytes() == getattr(other, a).tobytes() for a in arrays) and one.scale == other.scale


@given(raggeds(), windows, st.booleans())
def test_counts_are_those_of_the_twin(drawn: tuple[Ragged, int], window: int, symmetric: bool) -> None:
    corpus, n_words = drawn
    pairs = count_cooccurrences(corpus, n_words, window=window, symmetric=symmetric)
    assert _entries(pairs) == naive.cooccurrences(_lists(corpus), window, symmetric)
    assert all((np.diff(pairs.row(word)[0]) > 0).all() for word in range(n_words))


@given(raggeds(), windows, st.booleans())
def test_count_rows_equals_its_twin(drawn: tuple[Ragged, int], window: int, symmetric: bool) -> None:
    corpus, n_words = drawn
    ids = [-1]
    for doc in _lists(corpus):
        ids += [*doc, -1]
    flat = np.array(ids, np.int32)
    starts, places = np.empty(n_words + 1, np.int64), np.empty(corpus.n_tokens, np.int32)
    _cooccurrence_kernels.sort_places(flat, starts, places)
    found = [places[low:high].tolist() for low, high in pairwise(starts)]
    assert found == naive.sort_places(ids, n_words)
    shares, room = inverse_shares(window)[0], 2 * window * corpus.n_tokens
    lengths, cols, units = np.zeros(n_words, np.int64), np.empty(room, np.int32), np.empty(room, np.int64)
    n = _cooccurrence_kernels.count_rows(flat, places, starts, 0, n_words, shares, symmetric, lengths, cols, units)
    rows = [naive.count_rows(ids, word, shares.tolist(), symmetric) for word in range(n_words)]
    assert cols[:n].tolist() == [col for row in rows for col in row]
    assert units[:n].tolist() == [u for row in rows for u in row.values()]
    assert lengths.tolist() == [len(row) for row in rows]


@settings(max_examples=25, deadline=None)
@given(many, windows, st.sampled_from([0.001, 0.01, 0.1]), st.sampled_from([1, 2, 4]))
def test_counts_are_the_same_bytes_for_any_memory_and_workers(
    drawn: tuple[Ragged, int], window: int, memory_mb: float, n_jobs: int
) -> None:
    corpus, n_words = drawn
    whole = count_cooccurrences(corpus, n_words, window=window, n_jobs=1)
    assert _entries(whole) == naive.cooccurrences(_lists(corpus), window, True)
    assert _same(whole, count_cooccurrences(corpus, n_words, window=window, memory_mb=memory_mb, n_jobs=n_jobs))


@settings(deadline=None)
@given(raggeds(), windows, st.data())
def test_counts_of_two_parts_add_up(drawn: tuple[Ragged, int], window: int, data: st.DataObject) -> None:
    corpus, n_words = drawn
    cut = data.draw(st.integers(0, corpus.n_docs))
    at = int(corpus.indptr[cut])
    parts = Ragged(corpus.ids[:at], corpus.indptr[: cut + 1]), Ragged(corpus.ids[at:], corpus.indptr[cut:] - at)
    counted = [count_cooccurrences(part, n_words, window=window) for part in parts]
    assert _same(merge_cooccurrences(*counted), count_cooccurrences(corpus, n_words, window=window))


@given(st.lists(st.lists(st.dictionaries(st.integers(0, 99), st.integers(1, 9)), min_size=3, max_size=3), min_size=1))
def test_add_rows_equals_its_twin(parts: list[list[dict[int, int]]]) -> None:
    entries = [entry for part in parts for row in part for entry in row.items()]
    cols, units = np.array([e[0] for e in entries], np.int32), np.array([e[1] for e in entries], np.int64)
    ends = np.cumsum([0] + [len(row) for part in parts for row in part])
    indptrs = np.array([ends[3 * p : 3 * p + 4] for p in range(len(parts))])
    lengths, out = np.zeros(3, np.int64), (np.empty(len(cols), np.int32), np.empty(len(cols), np.int64))
    n = _cooccurrence_kernels.add_rows(indptrs, cols, units, 100, lengths, *out)
    wanted = naive.add_rows(parts)
    assert list(zip(out[0][:n].tolist(), out[1][:n].tolist(), strict=True)) == [e for r in wanted for e in r.items()]
    assert lengths.tolist() == [len(row) for row in wanted]


@pytest.mark.parametrize("window", [1, 2, 5, 10, 15, 22])
def test_shares_are_exact(window: int) -> None:
    shares, scale = inverse_shares(window)
    assert [Fraction(int(n), scale) for n in shares] == [Fraction(1, d) for d in range(1, window + 1)]


@given(raggeds(max_terms=40), st.integers(1, 3))
def test_runs_are_those_of_the_twin(drawn: tuple[Ragged, int], most: int) -> None:
    corpus, n_words = drawn
    pairs, strips = count_cooccurrences(corpus, n_words, window=3), strips_of(n_words)
    for number in range(N_STRIPS):
        rows = np.flatnonzero(strips == number)
        lists = {int(row): pairs.row(row)[0].tolist() for row in rows}
        borders = np.empty(N_STRIPS + 1, np.int64)
        where = pairs.indptr, pairs.cols, rows, strips, most, borders
        _glove_kernels.count_runs(*where)
        wanted = naive.count_runs(list(lists.values()), strips.tolist(), most, N_STRIPS)
        assert np.diff(borders).tolist() == wanted
        run_rows, lengths = np.empty(borders[-1], np.int32), np.empty(borders[-1], np.int64)
        _glove_kernels.cut_runs(*where, run_rows, lengths)
        runs = naive.cut_runs(lists, strips.tolist(), most, N_STRIPS)
        assert run_rows.tolist() == [row for row, _ in runs]
        assert lengths.tolist() == [len(cols) for _, cols in runs]
        homes = np.cumsum(lengths[::-1])[::-1] - lengths  # from the end to the beginning
        cols, counts = np.empty(lengths.sum(), np.int32), np.empty(lengths.sum(), np.float32)
        _glove_kernels.place_pairs(
            *(pairs.indptr, pairs.cols, pairs.units, rows, strips, most, borders, homes, 1 / pairs.scale, cols, counts)
        )
        assert cols.tolist() == naive.place_pairs(runs, homes.tolist())


@given(st.integers(1, 200))
def test_strips_are_dealt_evenly(n_words: int) -> None:
    sizes = np.bincount(strips_of(n_words), minlength=N_STRIPS)
    assert sizes.max() - sizes.min() <= 2


@given(raggeds(max_terms=30), st.integers(0, 9))
def test_every_pair_lies_in_its_block_once_with_its_count(drawn: tuple[Ragged, int], seed: int) -> None:
    corpus, n_words = drawn
    pairs, strips = count_cooccurrences(corpus, n_words, window=3), strips_of(n_words)
    rule, found = Rule(4.0, 0.75), {}
    for number, strip in enumerate(lay_out(pairs, rule, seed, 2)):
        for j in range(N_STRIPS):
            for run in range(strip.borders[j], strip.borders[j + 1]):
                row = int(strip.run_rows[run])
                assert strips[row] == number
                for p in range(strip.run_starts[run], strip.run_starts[run + 1]):
                    assert strips[strip.cols[p]] == j
                    found[row, int(strip.cols[p])] = float(strip.logs[p]), float(strip.weights[p])
    entries = {pair: float(x) for pair, x in _entries(pairs).items()}
    assert found.keys() == entries.keys()
    for pair, x in entries.items():
        assert found[pair] == pytest.approx((np.log(x), min(1, x / 4) ** 0.75), rel=1e-5, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(raggeds(max_docs=6, max_terms=20).filter(lambda drawn: drawn[0].n_tokens > 5), st.sampled_from([1, 3, 16, 33]))
def test_training_takes_the_steps_of_the_twin(drawn: tuple[Ragged, int], dim: int) -> None:
    corpus, n_words = drawn
    pairs = count_cooccurrences(corpus, n_words, window=4)
    strips, tables = lay_out(pairs, Rule(3.0, 0.75), 1, 1), start_tables(n_words, dim, 7)
    w, c = (table[:, :dim].astype(np.float64) for table in tables[:2])
    b, d = tables.words[:, dim].astype(np.float64), tables.contexts[:, dim + 1].astype(np.float64)
    squares = {"w": np.ones_like(w), "c": np.ones_like(c), "b": np.ones(n_words), "d": np.ones(n_words)}
    counts = {pair: float(x) for pair, x in _entries(pairs).items()}
    for _ in range(3):
        order = []
        for shift in range(N_STRIPS):
            for number, strip in enumerate(strips):
                j = (number + shift) % N_STRIPS
                for run in range(strip.borders[j], strip.borders[j + 1]):
                    row = int(strip.run_rows[run])
                    order += [(row, int(col)) for col in strip.cols[strip.run_starts[run] : strip.run_starts[run + 1]]]
        triples = [(i, j, counts[i, j]) for i, j in order]
        wanted = naive.train_block(triples, w, c, b, d, squares, 0.05, 3.0, 0.75)
        assert train_epoch(strips, tables, 0.05, 2) == pytest.approx(wanted / max(1, len(order)), rel=1e-4, abs=1e-7)
    assert tables.words[:, :dim] == pytest.approx(w, rel=1e-3, abs=1e-5)
    assert tables.contexts[:, :dim] == pytest.approx(c, rel=1e-3, abs=1e-5)
    assert tables.words[:, dim] == pytest.approx(b, rel=1e-3, abs=1e-5)
    assert tables.contexts[:, dim + 1] == pytest.approx(d, rel=1e-3, abs=1e-5)
    assert (tables.words[:, dim + 1] == 1).all() and (tables.contexts[:, dim] == 1).all()


def test_the_step_follows_the_numerical_gradient() -> None:
    drawing = np.random.default_rng(3)
    w, c, b, d, x = drawing.normal(size=4), drawing.normal(size=4), 0.3, -0.2, 2.5
    tables = start_tables(1, 4, 0)
    tables.words[0, :5], tables.contexts[0, :4], tables.contexts[0, 5] = [*w, b], c, d
    before = [table.copy() for table in tables[:2]]
    eta, weight = 1e-3, (x / 10) ** 0.75
    runs = np.zeros(1, np.int32), np.array([0, 1])
    pair = np.zeros(1, np.int32), np.array([np.log(x)], np.float32), np.array([weight], np.float32)
    loss = _glove_kernels.train_block(*runs, 0, 1, *pair, *tables[:2], np.float32(eta))
    assert loss == pytest.approx(naive.glove_loss(w, c, b, d, x, 10, 0.75), rel=1e-5)
    h = 1e-6
    for k in range(5):
        for side, at in ((0, k), (1, k if k < 4 else 5)):
            numbers = [w.copy(), c.copy(), b, d]
            slopes = []
            for sign in (1, -1):
                moved = [w.copy(), c.copy(), b, d]
                if k < 4:
                    moved[side][k] += sign * h
                else:
                    moved[2 + side] = numbers[2 + side] + sign * h
                slopes.append(naive.glove_loss(*moved, x, 10, 0.75))
            slope = (slopes[0] - slopes[1]) / (2 * h)
            step = float(before[side][0, at] - tables[side][0, at])
            assert step == pytest.approx(eta * slope, rel=2e-3, abs=1e-7)


@settings(max_examples=10, deadline=None)
@given(many, st.integers(0, 99))
def test_vectors_are_the_same_bits_for_any_workers_and_memory(drawn: tuple[Ragged, int], seed: int) -> None:
    corpus, _ = drawn
    made = []
    for n_jobs, memory_mb in ((1, None), (2, None), (4, 0.002), (16, 0.01)):
        glove = GloVe(dim=7, min_count=1, epochs=2, seed=seed, n_jobs=n_jobs, memory_mb=memory_mb).fit(corpus)
        made.append((glove.vectors_.matrix.tobytes(), glove.losses_))
    assert all(other == made[0] for other in made[1:])


@given(docs, st.sampled_from([0.75, 1.0]))
def test_mutual_information_is_that_of_the_twin(words: list[list[str]], smoothing: float) -> None:
    ids = [[WORDS.index(word) for word in doc] for doc in words]
    corpus = Ragged(np.array([i for doc in ids for i in doc], np.int32), np.cumsum([0, *map(len, ids)]))
    pairs = count_cooccurrences(corpus, len(WORDS), window=2)
    entries = {pair: float(x) for pair, x in _entries(pairs).items()}
    wanted = [naive.pmi(entries, *pair, smoothing) for pair in entries]
    assert pmi(pairs, smoothing) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@given(docs, st.sampled_from(sorted(SCORINGS)), st.integers(1, 2), st.sampled_from([-5.0, 0.0, 0.4, 2.0]))
def test_phrases_are_those_of_the_twin(words: list[list[str]], scoring: str, min_count: int, limit: float) -> None:
    phrases = Phrases(scoring=scoring, min_count=min_count, threshold=limit)
    texts = [" ".join(doc) for doc in words]
    joined = phrases.fit_transform(texts).to_lists()
    kept = set()
    for doc in words:
        for a, b in pairwise(doc):
            score = naive.phrase_score(words, a, b, scoring, min_count)
            n_ab = sum(pair == (a, b) for other in words for pair in pairwise(other))
            opened = phrases.explain(a, b)
            assert opened.value == pytest.approx(score, rel=1e-9, abs=1e-12)
            assert (opened.numbers["n_ab"], opened.wrong()) == (n_ab, [])
            if n_ab >= min_count and opened.value > limit:
                kept.add((a, b))
    assert {phrase[:2] for phrase in phrases.phrases_} == kept
    assert joined == [naive.join_pairs(doc, kept) for doc in words]
    assert joined == phrases.transform(texts).to_lists()


@given(raggeds(), st.data())
def test_join_pairs_equals_its_twin(drawn: tuple[Ragged, int], data: st.DataObject) -> None:
    corpus, n_words = drawn
    words = st.integers(0, n_words - 1)
    pairs = sorted(data.draw(st.sets(st.tuples(words, words), max_size=6)))
    starts = np.searchsorted([a for a, _ in pairs], np.arange(n_words + 1)).astype(np.int64)
    seconds = np.array([b for _, b in pairs], np.int32)
    out, lengths = np.empty(corpus.n_tokens, np.int32), np.empty(corpus.n_docs, np.int64)
    n = _phrase_kernels.join_pairs(corpus.ids, corpus.indptr, starts, seconds, n_words, out, lengths)
    names = [str(w) for w in range(n_words)] + [f"{a}_{b}" for a, b in pairs]
    found = [[names[i] for i in part] for part in np.split(out[:n], np.cumsum(lengths))[:-1]]
    phrases = {(str(a), str(b)) for a, b in pairs}
    assert found == [naive.join_pairs([str(i) for i in doc], phrases) for doc in _lists(corpus)]


@given(docs, st.sampled_from(sorted(METHODS)), st.integers(1, 3))
def test_document_vectors_are_those_of_the_twin(words: list[list[str]], method: str, dim: int) -> None:
    known = {word: [float(len(word) + k * i) for k in range(dim)] for i, word in enumerate(WORDS[:5])}
    vectors = Vectors(list(known), list(known.values()))
    model = DocumentVectors(vectors=vectors, method=method, a=0.01)
    texts = [" ".join(doc) for doc in words]
    found = model.fit_transform(texts)
    assert found == pytest.approx(naive.document_vectors(words, known, method, 0.01), rel=1e-3, abs=1e-3)
    assert model.transform(texts).tobytes() == found.tobytes()
    assert model.n_unknown_ == sum(word not in known for doc in words for word in doc)


@given(raggeds(), st.integers(1, 40))
def test_mean_rows_equals_its_twin(drawn: tuple[Ragged, int], dim: int) -> None:
    corpus, n_words = drawn
    ids = corpus.ids - 1  # the first word is unknown
    drawing = np.random.default_rng(dim)
    matrix = drawing.normal(size=(n_words, dim)).astype(np.float32)
    weights, shares = (drawing.random(n_words).astype(np.float32) for _ in range(2))
    out = np.full((corpus.n_docs, dim), np.nan, np.float32)
    _document_kernels.mean_rows(ids, corpus.indptr, 0, corpus.n_docs, weights, shares, matrix, out)
    lists = [ids[low:high].tolist() for low, high in pairwise(corpus.indptr)]
    wanted = [naive.mean_rows(doc, weights.tolist(), shares.tolist(), matrix.tolist()) for doc in lists]
    assert out == pytest.approx(np.array(wanted).reshape(out.shape), rel=1e-3, abs=1e-4)
