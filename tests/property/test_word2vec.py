"""Training by prediction: kernels beside their twins, gradients beside differences, the same bits for any threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.embeddings import (
    Word2Vec,
    _draw_kernels,
    _prepare_kernels,
    _sigmoid_code,
    _stream_code,
    _tree_kernels,
    _word2vec_kernels,
)
from malgil.embeddings.blocks import FARTHEST, cut_blocks
from malgil.embeddings.huffman import huffman_tree
from malgil.embeddings.sampling import CERTAIN, alias_table, chances_to_stay, negative_chances
from malgil.embeddings.training import work_space
from malgil.ragged import Ragged
from tests.naive import embeddings_word2vec as naive
from tests.strategies import raggeds

SHARED, DIM = 16, 8
seeds = st.integers(0, 2**63 - 1)


def _drawn(corpus: Ragged, n_words: int, seed: int, *, has_ngrams: bool, is_cbow: bool) -> Any:
    """Random weights and tables for a corpus."""
    drawing = np.random.default_rng(seed)
    n_rows = n_words + (5 if has_ngrams else 0)
    sizes = drawing.integers(0, 4, n_words) if has_ngrams else np.zeros(n_words, np.int64)
    bags = [np.append(n_rows - n_words + w, drawing.integers(0, 5, size)) for w, size in enumerate(sizes)]
    borders = np.cumsum([0, *map(len, bags)])
    weights = tuple(drawing.normal(0, 0.5, (n, DIM)).astype(np.float32) for n in (n_rows, n_words))
    keep = drawing.integers(CERTAIN // 2, CERTAIN + 1, n_words).astype(np.int32)
    aliases = alias_table(negative_chances(drawing.integers(1, 50, n_words)))
    tables = (keep, *aliases, np.concatenate(bags).astype(np.int32), borders)
    return weights, (corpus.ids, corpus.indptr), tables, (int(drawing.integers(1, 6)), 5, SHARED, is_cbow)


def _learned(weights: Any, corpus: Any, tables: Any, options: Any, alpha: float, seed: int, parts: int = 1) -> Any:
    n = len(corpus[0])
    space = work_space(1, n + 1, DIM, SHARED)
    plan = np.array([seed], np.uint64), np.array([0, n])
    _word2vec_kernels.learn(weights, corpus, tables, options, np.float32(alpha), plan, space, 0, 1)
    changed = tuple(part.copy() for part in weights)
    for part in range(parts):
        _word2vec_kernels.add(changed, tables, 1, SHARED, space, part, parts)
    return changed, space


@settings(deadline=None, max_examples=60)
@given(raggeds(), seeds, st.booleans(), st.booleans())
def test_a_block_is_learned_as_by_the_twin(drawn: Any, seed: int, has_ngrams: bool, is_cbow: bool) -> None:
    corpus, n_words = drawn
    case: Any = _drawn(corpus, n_words, seed, has_ngrams=has_ngrams, is_cbow=is_cbow)
    steps = naive.learn(case[0], case[1], case[2], case[3], 0.05, seed, 0, len(corpus.ids))
    wanted = [np.asarray(part, np.float64).copy() for part in case[0]]
    naive.add(wanted, steps, 0, 1)
    changed, _ = _learned(case[0], case[1], case[2], case[3], 0.05, seed)
    for found, expected in zip(changed, wanted, strict=True):
        assert np.abs(found - expected).max(initial=0) < 2e-4  # a sigmoid off by 0.0001, some dozen times


@settings(deadline=None, max_examples=20)
@given(raggeds(), seeds, st.booleans())
def test_the_loss_is_minus_the_objective(drawn: Any, seed: int, is_cbow: bool) -> None:
    corpus, n_words = drawn
    corpus = Ragged(corpus.ids[: naive.CHUNK], np.minimum(corpus.indptr, naive.CHUNK))  # it looks at the first chunk
    weights, parts, tables, options = _drawn(corpus, n_words, seed, has_ngrams=True, is_cbow=is_cbow)
    pairs = naive.draw_pairs(parts, tables, options, seed, 0, len(corpus.ids))
    total, n = _learned(weights, parts, tables, options, 0.05, seed)[1][7][0]
    assert n == len(pairs)
    inputs, outputs = (np.asarray(part, np.float64) for part in weights)
    wanted = -naive.objective(pairs, inputs, outputs, 5 / SHARED)
    assert total == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@settings(deadline=None, max_examples=10)
@given(raggeds(), seeds)
def test_steps_of_the_twin_are_gradients(drawn: Any, seed: int) -> None:
    corpus, n_words = drawn
    weights, parts, tables, options = _drawn(corpus, n_words, seed, has_ngrams=False, is_cbow=False)
    rows: Any = [np.asarray(part, np.float64) for part in weights]
    pairs = naive.draw_pairs(parts, tables, options, seed, 0, len(corpus.ids))
    steps = naive.learn(rows, parts, tables, options, 1.0, seed, 0, len(corpus.ids))
    for side in (0, 1):
        for place in np.ndindex(*rows[side].shape):
            if place[1] not in (0, DIM - 1):
                continue
            here, width, values = rows[side][place], 1e-5, []
            for moved in (here + width, here - width):
                rows[side][place] = moved
                values.append(naive.objective(pairs, rows[0], rows[1], 5 / SHARED))
            rows[side][place] = here
            assert steps[side][place] == pytest.approx((values[0] - values[1]) / (2 * width), rel=1e-4, abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(raggeds(), seeds, st.integers(2, 5))
def test_parts_of_the_rows_make_the_whole(drawn: Any, seed: int, parts: int) -> None:
    case = _drawn(drawn[0], drawn[1], seed, has_ngrams=True, is_cbow=False)
    weights, given, tables, options = case
    whole, split = (_learned(weights, given, tables, options, 0.05, seed, n)[0] for n in (1, parts))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(whole, split, strict=True))


@settings(deadline=None)
@given(raggeds(), seeds, st.data())
def test_the_stream_is_that_of_the_twin(drawn: Any, seed: int, data: st.DataObject) -> None:
    corpus, n_words = drawn
    keep = np.random.default_rng(seed).integers(0, CERTAIN + 1, n_words).astype(np.int32)
    first = data.draw(st.integers(0, len(corpus.ids)))
    last = data.draw(st.integers(first, len(corpus.ids)))
    found, wanted = (tuple(np.zeros(len(corpus.ids) + 1, np.int32) for _ in range(3)) for _ in range(2))
    parts = corpus.ids, corpus.indptr
    if first == last:
        return
    n, state = _stream_code.stream(parts, keep, first, last, np.uint64(seed), found)
    assert (n, int(state)) == naive.draw_stream(parts, keep, first, last, seed, wanted)
    assert all((a[:n] == b[:n]).all() for a, b in zip(found, wanted, strict=True))


@given(st.floats(-50, 50))
def test_the_sigmoid_is_near(x: float) -> None:
    assert float(_sigmoid_code.sigmoid(np.float32(x))) == pytest.approx(naive.sigmoid(x), abs=1.1e-4)


@given(raggeds(), seeds)
def test_known_words_are_kept_as_by_the_twin(drawn: Any, seed: int) -> None:
    corpus, n_words = drawn
    places = np.random.default_rng(seed).integers(-1, 4, n_words).astype(np.int32)
    found, wanted = ([np.zeros(len(corpus.ids), np.int32), np.zeros(corpus.n_docs, np.int64)] for _ in range(2))
    n = _prepare_kernels.keep_known(corpus.ids, corpus.indptr, places, *found)
    assert n == naive.keep_known(corpus.ids, corpus.indptr, places, *wanted)
    assert (found[0][:n] == wanted[0][:n]).all() and (found[1] == wanted[1]).all()


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_the_table_of_aliases_holds_the_chances(counts: list[int]) -> None:
    chances = negative_chances(np.array(counts))
    own, other = alias_table(chances)
    drawn = np.bincount(other, CERTAIN - own.astype(np.float64), len(own)) + own
    assert drawn / CERTAIN / len(own) == pytest.approx(chances, abs=1e-6)
    wanted = np.empty_like(own), np.arange(len(own), dtype=np.int32)
    naive.fill_aliases(chances * len(own), *wanted)
    found = np.empty_like(own), np.arange(len(own), dtype=np.int32)
    _draw_kernels.fill_aliases(chances * len(own), *found)
    assert all((a == b).all() for a, b in zip(found, wanted, strict=True))


@given(st.lists(st.integers(0, 3000), max_size=20), st.floats(1e-4, 100))
def test_blocks_cover_the_corpus(lengths: list[int], pulled: float) -> None:
    indptr = np.cumsum([0, *lengths])
    blocks = cut_blocks(indptr, pulled)
    assert blocks.cuts[-1] == indptr[-1] and (np.diff(blocks.cuts) > 0).all()
    assert not indptr[-1] or blocks.cuts[0] == 0
    assert blocks.most <= 2 * 1024
    assert blocks.per_round in (1, 2, 4)
    assert blocks.brake == pytest.approx(min(1, FARTHEST / pulled / 16))
    assert 0 < blocks.brake <= 1


@settings(deadline=None, max_examples=15)
@given(raggeds(), seeds, st.booleans())
def test_rounds_are_learned_as_by_the_twin(drawn: Any, seed: int, is_cbow: bool) -> None:
    corpus, n_words = drawn
    n, per_round = len(corpus.ids), 2
    cuts = np.unique(np.append(corpus.indptr[::2], [0, n]))
    if n < 2 or len(cuts) < 3:
        return
    weights, parts, tables, options = _drawn(corpus, n_words, seed, has_ngrams=False, is_cbow=is_cbow)
    n_blocks = len(cuts) - 1
    plan = np.arange(seed % 1000, seed % 1000 + n_blocks).astype(np.uint64), cuts
    alphas = np.linspace(0.05, 0.01, -(-n_blocks // per_round)).astype(np.float32)
    wanted = [np.asarray(part, np.float64).copy() for part in weights]
    naive.learn_rounds(wanted, parts, tables, options, alphas, plan, per_round)
    totals, done, turns = np.zeros(3), np.zeros(1, np.int64), np.zeros(1, np.int64)
    space = work_space(per_round, n + 1, DIM, SHARED)
    given_ = weights, parts, tables, options, alphas, plan, space, totals, done, turns, 0, 0
    assert _word2vec_kernels.learn_rounds(*given_)
    assert done[0] == turns[0] == 2 * len(alphas)
    assert _word2vec_kernels.learn_rounds(*given_)  # all of it is done: nothing happens again
    for found, expected in zip(weights, wanted, strict=True):
        assert np.abs(found - expected).max(initial=0) < 5e-4
    late = weights, parts, tables, options, alphas, plan, space, totals, done, np.zeros(2, np.int64)
    assert not _word2vec_kernels.learn_rounds(*late, done[0], 0)  # the other worker does not come


@settings(deadline=None, max_examples=15)
@given(seeds, st.booleans(), st.booleans())
def test_any_number_of_threads_gives_the_same_bytes(seed: int, is_cbow: bool, is_even: bool) -> None:
    drawing = np.random.default_rng(seed)
    ids = drawing.integers(0, 700, 9000, np.int32)  # with even counts a round has four blocks, with uneven ones one
    if not is_even:
        ids = np.minimum(drawing.zipf(1.2, 9000), 700).astype(np.int32) - 1
    corpus = Ragged(ids, np.append(np.arange(0, 9000, 9), 9000))
    fields: dict[str, Any] = {"dim": 12, "min_count": 1, "epochs": 2, "seed": seed % 1000}
    made = [Word2Vec(model="cbow" if is_cbow else "skipgram", n_jobs=n, **fields).fit(corpus) for n in (1, 2, 4)]
    assert len({one.vectors_.matrix.tobytes() for one in made}) == 1
    assert len({tuple(one.losses_) for one in made}) == 1


def test_thinning_out_follows_the_formula() -> None:
    counts = np.array([9000, 900, 100])
    shares = counts / 10000
    wanted = [min(1.0, (0.01 / share) ** 0.5 + 0.01 / share) for share in shares]
    assert chances_to_stay(counts, 0.01) / CERTAIN == pytest.approx(wanted, abs=1e-6)
    assert (chances_to_stay(counts, 0) == CERTAIN).all()


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=30))
def test_the_tree_is_the_shortest_code(counts: list[int]) -> None:
    counts = sorted(counts, reverse=True)
    tree = huffman_tree(np.array(counts))
    lengths = np.diff(tree.borders)
    assert int(lengths @ counts) == naive.huffman_length(counts)
    codes = {tree.turns[a:b].tobytes() for a, b in zip(tree.borders[:-1], tree.borders[1:], strict=True)}
    assert not any(one != other and other.startswith(one) for one in codes for other in codes)
    assert len(codes) == len(counts)
    assert set(tree.nodes.tolist()) == set(range(len(counts) - 1))
    assert len(set(tree.nodes[tree.borders[:-1]].tolist())) == 1  # all begin at the root


@settings(deadline=None, max_examples=40)
@given(raggeds(), seeds, st.booleans(), st.booleans())
def test_a_tree_is_learned_as_by_the_twin(drawn: Any, seed: int, has_ngrams: bool, is_cbow: bool) -> None:
    corpus, n_words = drawn
    weights, parts, tables, options = _drawn(corpus, n_words, seed, has_ngrams=has_ngrams, is_cbow=is_cbow)
    tables = (tables[0], *huffman_tree(np.arange(n_words, 0, -1)), *tables[3:])
    wanted = [np.asarray(part, np.float64).copy() for part in weights]
    n, space = len(corpus.ids), work_space(1, len(corpus.ids) + 1, DIM, SHARED)
    plan = np.array([seed], np.uint64), np.array([0, n])
    loss = naive.learn_tree(wanted, parts, tables, options, 0.05, seed, n)
    _tree_kernels.learn_tree(weights, parts, tables, options, np.float32(0.05), plan, space, 0, 1)
    assert space[7][0, 0] == pytest.approx(loss, rel=1e-4, abs=1e-5)
    for found, expected in zip(weights, wanted, strict=True):
        assert np.abs(found - expected).max(initial=0) < 1e-4
