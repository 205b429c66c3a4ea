"""The kernels of the search engine do what their slow twins do."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from malgil.ragged import Ragged
from malgil.search import _bound_kernels as bounds
from malgil.search import _invert_kernels as inverting
from malgil.search import _lookup_kernels as lookup
from malgil.search import _query_kernels as querying
from malgil.search import layout
from tests.naive import search as naive
from tests.strategies import raggeds, texts

BITS = 3
TF, DL = np.array([1, 1, 2, 1, 2, 3, 5, 1], np.int32), np.array([1, 2, 2, 3, 3, 3, 5, 6], np.int32)
postings = st.lists(
    st.dictionaries(st.integers(0, 11), st.integers(0, 7), max_size=8).map(lambda row: sorted(row.items())), max_size=5
)
types = st.sampled_from([np.uint32, np.uint64])


def packed(lists: list[list[tuple[int, int]]], kind: Any) -> tuple[NDArray[np.int64], NDArray[Any]]:
    flat = [doc << BITS | code for row in lists for doc, code in row]
    return np.cumsum([0, *map(len, lists)]), np.array(flat, kind)


def unpacked(array: NDArray[Any], bits: int = BITS) -> list[tuple[int, int]]:
    return [(int(posting) >> bits, int(posting) & ((1 << bits) - 1)) for posting in array.tolist()]


@given(raggeds(max_docs=9), types, st.sampled_from([np.int32, np.int64]))
def test_counting_and_placing_words(case: tuple[Ragged, int], kind: Any, number: Any) -> None:
    ragged, n_terms = case
    docs = [doc.tolist() for doc in ragged]
    lengths = sorted({len(doc) for doc in docs})
    ranks = np.array([lengths.index(len(doc)) for doc in docs], np.int32)
    rows, max_tf = np.zeros((n_terms, 4), number), np.zeros(len(lengths), np.int64)
    turned = np.arange(n_terms, dtype=np.int32)[::-1].copy()
    terms = np.empty(ragged.n_tokens, np.int32)
    inverting.count_words(turned[ragged.ids], turned, ragged.indptr, 0, ranks, terms, rows, max_tf)
    df, counts, most = naive.count_words(docs, n_terms)
    assert terms.tolist() == ragged.ids.tolist()
    assert (rows[:, inverting.DF].tolist(), rows[:, inverting.COUNT].tolist()) == (df, counts)
    assert {length: tf for length, tf in zip(lengths, max_tf.tolist(), strict=True) if tf} == most
    first_codes, bits = np.cumsum(max_tf) - max_tf, 8
    indptr, starts = np.cumsum([0, *df]), np.cumsum([0, *counts])
    rows[:, 0], rows[:, inverting.POSTING], rows[:, inverting.POSITION] = 0, indptr[:-1], starts[:-1]
    out, positions = np.empty(indptr[-1], kind), np.empty(starts[-1], np.uint8)
    inverting.place_words(ragged.ids, ragged.indptr, 0, ranks, first_codes, bits, rows, out, positions)
    for term, row in enumerate(naive.place_words(docs, n_terms)):
        wanted = [(d, int(first_codes[ranks[d]]) + tf - 1) for d, tf, _ in row]
        assert unpacked(out[indptr[term] : indptr[term + 1]], bits) == wanted
        assert positions[starts[term] : starts[term + 1]].tolist() == [i for *_, at in row for i in at]


def drawn(draw: np.random.Generator, n_docs: int, n: int) -> list[tuple[int, int]]:
    """Draw one list of postings."""
    docs, codes = np.sort(draw.choice(n_docs, n, replace=False)), draw.integers(0, 8, n)
    return list(zip(docs.tolist(), codes.tolist(), strict=True))


@given(postings, types, types, st.permutations(range(8)))
def test_marking_and_recoding(lists: list[list[tuple[int, int]]], kind: Any, other: Any, codes: list[int]) -> None:
    _, array = packed(lists, kind)
    rows = [posting for row in lists for posting in row]
    is_used, counts, out = np.zeros(8, bool), np.zeros(8, np.int64), np.empty(len(array), other)
    inverting.mark_codes(array, BITS, is_used)
    bounds.count_codes(array, BITS, counts)
    inverting.recode(array, BITS, np.array(codes), 5, out)
    assert is_used.tolist() == naive.mark_codes([code for _, code in rows], 8)
    assert counts.tolist() == naive.count_codes([code for _, code in rows], 8)
    assert unpacked(out, 5) == naive.recode(rows, codes)


@given(postings, types, st.lists(st.booleans(), min_size=12, max_size=12))
def test_what_stays(lists: list[list[tuple[int, int]]], kind: Any, keep: list[bool]) -> None:
    indptr, array = packed(lists, kind)
    new_docs = [sum(keep[:doc]) + 5 if stays else -1 for doc, stays in enumerate(keep)]
    df, counts, is_used = np.empty(len(lists), np.int64), np.empty(len(lists), np.int64), np.zeros(8, bool)
    inverting.count_kept(indptr, array, BITS, TF, np.array(new_docs), df, counts, is_used)
    assert list(zip(df.tolist(), counts.tolist(), strict=True)) == naive.count_kept(lists, TF.tolist(), keep)
    assert is_used.tolist() == [any(c == code and keep[d] for row in lists for d, c in row) for code in range(8)]
    at = iter(range(10_000))
    full = [[(d, code, [next(at) % 250 for _ in range(TF[code])]) for d, code in row] for row in lists]
    positions = np.array([i for row in full for *_, own in row for i in own], np.uint8)
    starts = np.cumsum([0, *(len(own) for row in full for *_, own in row)])[indptr]
    out, out_positions = np.empty(df.sum(), np.uint64), np.empty(counts.sum(), np.uint8)
    to = np.stack([np.cumsum([0, *df])[:-1], np.cumsum([0, *counts])[:-1]])
    codes = np.arange(8)[::-1].copy()
    inverting.move_postings(
        indptr, array, BITS, starts, positions, TF, np.array(new_docs), codes, 4, to, out, out_positions
    )
    wanted = [posting for row in naive.move_postings(full, new_docs, codes.tolist()) for posting in row]
    assert unpacked(out, 4) == [(doc, code) for doc, code, _ in wanted]
    assert out_positions.tolist() == [i for *_, own in wanted for i in own]


@given(st.lists(texts, max_size=60), st.lists(texts, max_size=5))
def test_finding_terms(known: list[str], others: list[str]) -> None:
    more = [f"가나다라{text}" for text in known]  # many that begin alike
    terms = sorted({text.encode() for text in [*known, *more]})
    keys = [text.encode() for text in [*known, *more, *others, *(text + "\0" for text in known)]]
    offsets, key_offsets = (np.cumsum([0, *map(len, rows)]) for rows in (terms, keys))
    data, key_data = (np.frombuffer(b"".join(rows), np.uint8) for rows in (terms, keys))
    samples = np.empty(-(-len(terms) // lookup.SAMPLED), np.uint64)
    lookup.sample_terms(offsets, data, samples)
    assert samples.tolist() == naive.sample_terms(terms, lookup.SAMPLED)
    places = np.empty(len(keys), np.int64)
    lookup.find_terms(offsets, data, samples, key_offsets, key_data, places)
    assert places.tolist() == naive.find_terms(terms, keys)


@given(raggeds(max_docs=6), st.data())
def test_planning_words(case: tuple[Ragged, int], data: st.DataObject) -> None:
    queries, n = case
    df = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    ranks = data.draw(st.permutations(range(n)))
    borders, words = np.empty(queries.n_docs + 1, np.int64), np.empty(queries.n_tokens, np.int64)
    times = np.empty(queries.n_tokens)
    lookup.plan_words(queries.ids, queries.indptr, np.array(df), np.array(ranks), borders, words, times)
    found = [list(zip(words[a:b].tolist(), times[a:b].tolist(), strict=True)) for a, b in pairwise(borders)]
    assert found == naive.plan_words([query.tolist() for query in queries], df, ranks)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 70, 200]), st.integers(1, 3), types)
def test_bounds_and_buckets(seed: int, n: int, cap: int, kind: Any) -> None:
    draw = np.random.default_rng(seed)
    lists = [drawn(draw, 1000, m) for m in (n, 150, 3)]
    indptr, array = packed(lists, kind)
    codes = [code for row in lists for _, code in row]
    blocks, highs = np.full(-(-len(codes) // 64), 99, np.int32), np.empty(len(codes), np.int64)
    n_highs = bounds.bound_blocks(array, 0, BITS, TF, cap, 6, blocks, highs)
    assert (blocks.tolist(), highs[:n_highs].tolist()) == naive.bound_blocks(codes, TF.tolist(), cap, 64)
    scales = layout._scales(np.diff(indptr), 1000)
    buckets = np.zeros((len(codes) // 14 + 1, 8), np.uint32)
    bounds.fill_buckets(indptr, array, 0, BITS, scales, (14, 224, 32), buckets)
    wanted = np.zeros_like(buckets)
    assert scales[1] > 0 == scales[2]
    for low, scale, row in zip(indptr.tolist(), scales.tolist(), lists, strict=False):
        found = naive.fill_buckets([doc for doc, _ in row], scale, 224) if scale else {}
        for bucket, (place, parts) in found.items():
            words = [sum(1 << part % 32 for part in parts if part // 32 == word) for word in range(7)]
            assert not wanted[-(-low // 14) + bucket].any()  # no two lists share a row
            wanted[-(-low // 14) + bucket] = [place, *words]
    assert buckets.tolist() == wanted.tolist()


@given(
    st.integers(0, 2**32 - 1), st.integers(1, 12), st.lists(st.integers(1, 300), min_size=1, max_size=5), st.booleans()
)
@pytest.mark.parametrize("absent", [0.0, 0.25])
def test_answering(absent: float, seed: int, k: int, sizes: list[int], has_gone: bool) -> None:
    draw = np.random.default_rng(seed)
    impacts = TF / (TF + 0.5 * DL) + absent
    sizes = sorted(sizes)
    lists = [drawn(draw, 400, m) for m in sizes]
    lengths = dict(enumerate(draw.integers(0, 8, 400).tolist()))  # words of one document share its length
    same = {code: [c for c in range(8) if DL[c] == DL[code]] for code in range(8)}
    lists = [[(d, same[lengths[d]][c % len(same[lengths[d]])]) for d, c in row] for row in lists]
    indptr, array = packed(lists, np.uint32)
    weights = np.column_stack([draw.integers(1, 4, len(lists)).astype(float), np.zeros(len(lists))])
    weights[:, 1] = weights[:, 0] * absent
    numbers = np.where(draw.random(400) < 0.8, np.arange(400) * 2, -1) if has_gone else np.arange(400) * 2
    scores, docs, found = np.empty((1, k)), np.empty((1, k), np.int64), np.zeros(1, np.int64)
    querying.answer(
        np.array([0, len(lists)]), *_segment(indptr, array, weights, impacts), numbers, has_gone, scores, docs, found
    )
    values = [{d: float(w * impacts[c]) for d, c in row} for row, w in zip(lists, weights[:, 0], strict=True)]
    wanted = naive.answer(values, weights[:, 1].tolist(), numbers.tolist(), k)
    own = zip(scores[0, : found[0]].tolist(), docs[0, : found[0]].tolist(), strict=True)
    assert sorted(own, key=lambda row: (-row[0], row[1])) == wanted


def _segment(
    indptr: NDArray[np.int64], array: NDArray[np.uint32], weights: NDArray[np.float64], impacts: NDArray[np.float64]
) -> tuple[Any, ...]:
    """Everything of one segment that `answer` reads, made by slow means."""
    cap, codes = 1, [code for _, code in unpacked(array)]
    blocks, places = naive.bound_blocks(codes, TF.tolist(), cap, 64)
    groups = [[c for c in range(8) if DL[c] == DL[code]] for code in range(8)]
    usual = [
        max(impacts[g] for g in range(8) if DL[g] >= DL[c] and TF[g] <= cap) if DL[c] <= 6 else 0 for c in range(8)
    ]
    top = [max(impacts[group]) for group in groups]
    floor = list(accumulate((min(impacts[group]) for group in groups), min))
    tables = np.array([impacts, usual, top, [max(top[c:]) for c in range(8)], floor, TF > cap], float)
    scales = layout._scales(np.diff(indptr), 400)
    buckets = np.zeros((len(array) // 14 + 1, 8), np.uint32)
    bounds.fill_buckets(indptr, array, 0, BITS, scales, (14, 224, 32), buckets)
    rows = np.zeros((len(weights), 8), np.int64)
    rows[:, querying.LOW], rows[:, querying.HIGH], rows[:, querying.BITS] = indptr[:-1], indptr[1:], BITS
    rows[:, querying.SCALE] = scales
    rows[:, querying.HIGH_LOW : querying.HIGH_HIGH + 1] = np.searchsorted(
        places, np.stack([indptr[:-1], indptr[1:]], 1)
    )
    return rows, weights, array, tables, np.array(blocks, np.int32), array[places], buckets
