"""Measures keep their promises, neighbours are those of sorting everything, near-duplicates those of comparing all."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from malgil.similarity import (
    MEASURES,
    as_rows,
    explain_similarity,
    near_duplicates,
    pairwise,
    shingles,
    similarity,
    sparse,
    top_k,
)
from malgil.similarity import _candidate_kernels as candidate_kernels
from malgil.similarity import _neighbour_kernels as neighbour_kernels
from malgil.similarity import _shingle_kernels as shingle_kernels
from malgil.vectorize import transpose
from tests.naive import similarity as naive
from tests.strategies import texts

Matrix = NDArray[np.float64]
values = st.one_of(
    st.sampled_from([0.0, 0.0, 0.0, 1.0, 2.0, -1.0, 0.5, 1e-3, 1e6, 1 / 3]),
    st.floats(-1e6, 1e6).map(lambda x: x if abs(x) > 1e-100 else 0.0),
)  # what is smaller than 1e-140 counts as zero, as the unit tests show


def matrices(n_rows: int, n_columns: int) -> st.SearchStrategy[Matrix]:
    return arrays.arrays(np.float64, (n_rows, n_columns), elements=values)


pairs = st.integers(1, 6).flatmap(lambda n: matrices(2, n))
collections = st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 5)).flatmap(
    lambda n: st.tuples(matrices(n[0], n[2]), matrices(n[1], n[2]))
)
positive = collections.map(lambda case: (np.abs(case[0]), np.abs(case[1])))


def fit(measure: str, x: Any) -> Any:
    """Make values that a measure takes."""
    return x if MEASURES[measure].takes_negative else np.abs(x)


@pytest.mark.parametrize("measure", MEASURES)
@given(pair=pairs)
def test_the_pair_function_is_the_formula(measure: str, pair: Matrix) -> None:
    pair = fit(measure, pair)
    wanted = naive.MEASURES[measure](*pair.tolist())
    assert math.isclose(similarity(*pair, measure), wanted, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
@given(pair=pairs)
def test_the_facts_of_the_table(measure: str, pair: Matrix) -> None:
    facts, (a, b), zero = MEASURES[measure], fit(measure, pair), np.zeros(pair.shape[1])
    value = similarity(a, b, measure)
    assert facts.low <= value <= facts.high
    assert facts.is_symmetric == (similarity(b, a, measure) == value)
    assert similarity(zero, zero, measure) == facts.both_zero
    for x in (x for x in (a, b) if x.any()):
        assert facts.of_itself is None or similarity(x, x, measure) == facts.of_itself
        assert facts.with_zero is None or similarity(x, zero, measure) == facts.with_zero


@pytest.mark.parametrize("measure", MEASURES)
@given(pair=pairs)
def test_a_value_opens(measure: str, pair: Matrix) -> None:
    pair = fit(measure, pair)
    opened = explain_similarity(measure, *pair, lambda column: f"말{column}")
    assert opened.value == similarity(*pair, measure)
    # values of opposite sign cancel, so that what is left of a sum has fewer exact digits than its terms
    scale = max((abs(term.value) for term in opened.terms), default=1.0)
    assert math.isclose(opened.combined(), opened.value, rel_tol=1e-9, abs_tol=1e-9 * scale)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("way", ["rows", "columns", "dense"])
@given(case=collections, k=st.integers(1, 14), data=st.data())
def test_neighbours_are_the_best_pairs(
    measure: str, way: str, case: tuple[Matrix, Matrix], k: int, data: st.DataObject
) -> None:
    queries, items = (fit(measure, side) for side in case)
    excluded = data.draw(st.lists(st.integers(-1, len(items) - 1), min_size=len(queries), max_size=len(queries)))
    given = (queries, items) if way == "dense" else (as_rows(queries), as_rows(items))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse, "_FEW_QUERIES", 16 if way == "rows" else 0)
        patch.setattr("malgil.similarity.dense._LEAST_DENSITY", 0.0)
        patch.setattr("malgil.similarity.dense._BLOCK_ITEMS", 3)
        indices, found = top_k(*given, k, measure, exclude=excluded, n_jobs=2)
    sign = 1 if MEASURES[measure].higher_is_closer else -1
    all_values = pairwise(queries, items, measure)
    for q, query in enumerate(queries):
        measured = [similarity(query, item, measure) for item in items]
        assert all_values[q].tolist() == measured
        wanted = naive.closest([sign * value for value in measured], excluded[q], k)
        n = len(wanted)
        assert indices[q].tolist() == [item for item, _ in wanted] + [-1] * (k - n)
        assert found[q, :n].tolist() == [sign * value for _, value in wanted]
        assert np.isnan(found[q, n:]).all()


class Plain:
    """Kernels as plain Python."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return getattr(self._module, name).py_func


class Case:
    """One query and some items as the kernels take them, of whole numbers: any order of adding gives the same sums."""

    def __init__(self, case: tuple[Matrix, Matrix], measure: int) -> None:
        sides = [np.clip(np.rint(side), -9, 9) for side in case]
        if measure in (naive.JACCARD, naive.RUZICKA):
            sides = [np.abs(side) if measure == naive.RUZICKA else (side != 0) * 1.0 for side in sides]
        query, self.items = map(as_rows, sides)
        self.dense, self.vectors = sides[0][0].copy(), sides[1]
        self.query = query.vector(0)
        size, self.sizes = (np.array(naive.row_sizes(measure, s.indptr, s.data), float) for s in (query, self.items))
        self.size = size[0]

    @property
    def arguments(self) -> tuple[Any, ...]:
        return self.dense, *self.query, self.size, *self.items[:3], self.sizes


ways = pytest.mark.parametrize("is_plain", [False, True], ids=["compiled", "plain"])
codes = pytest.mark.parametrize("measure", range(5), ids=["cosine", "dot", "jaccard", "ruzicka", "euclidean"])


def close(found: Any, wanted: Any) -> bool:
    return bool(np.allclose(np.asarray(found, float), np.asarray(wanted, float), rtol=1e-12, atol=1e-12))


@settings(max_examples=40)
@ways
@codes
@given(case=collections, excluded=st.integers(-1, 3), k=st.integers(1, 5))
def test_value_kernels_are_their_twins(
    is_plain: bool, measure: int, case: tuple[Matrix, Matrix], excluded: int, k: int
) -> None:
    home, given = Plain(neighbour_kernels) if is_plain else neighbour_kernels, Case(case, measure)
    n = given.items.n_rows
    assert home.row_sizes(measure, given.items.indptr, given.items.data).tolist() == given.sizes.tolist()
    found, wanted = np.zeros((2, n))
    home.measure_rows(measure, *given.arguments, found)
    naive.measure_rows(measure, *given.arguments, wanted)
    assert close(found, wanted)
    candidates, bounds = np.arange(0, n, 2, dtype=np.int32), wanted[::2] + 1e-9
    for known in (bounds, np.empty(0)):
        best, score = np.full((2, k), -1, np.int64), np.zeros((2, k))
        arguments = measure, candidates, known, *given.arguments, excluded
        n_found = [module.rescore(*arguments, best[i], score[i]) for i, module in enumerate((home, naive))]
        assert n_found[0] == n_found[1]
        assert close(score[0, : n_found[0]], score[1, : n_found[0]])


@settings(max_examples=40)
@ways
@pytest.mark.parametrize("measure", [naive.COSINE, naive.DOT, naive.EUCLIDEAN])
@given(case=collections, k=st.integers(1, 5))
def test_the_dense_kernel_is_its_twin(is_plain: bool, measure: int, case: tuple[Matrix, Matrix], k: int) -> None:
    home, given = Plain(neighbour_kernels) if is_plain else neighbour_kernels, Case(case, measure)
    query, n = given.dense[None], len(given.vectors)
    by_value = [naive.BY_CODE[measure](given.dense.tolist(), vector) for vector in given.vectors.tolist()]
    products = np.array([[-value * value if measure == naive.EUCLIDEAN else value for value in by_value]])
    best, score, found = np.full((2, 1, k), -1, np.int64), np.zeros((2, 1, k)), np.zeros((2, 1), np.int64)
    for i, module in enumerate((home, naive)):
        for low in range(0, n, 2):
            span = slice(low, low + 2)
            sides = query, np.array([given.size]), given.vectors[span], given.sizes[span], np.array([1])
            module.rescore_dense(measure, products[:, span], low, 1e-9, *sides, found[i], best[i], score[i])
        module.order_best(best[i, 0], score[i, 0], int(found[i, 0]))
    assert found[0] == found[1]
    assert close(score[0], score[1])


@settings(max_examples=40)
@ways
@pytest.mark.parametrize("measure", [naive.DOT, naive.JACCARD, naive.RUZICKA])
@given(case=positive, k=st.integers(1, 5))
def test_candidates_hold_the_best_and_bounds_hold(
    is_plain: bool, measure: int, case: tuple[Matrix, Matrix], k: int
) -> None:
    home, given = Plain(candidate_kernels) if is_plain else candidate_kernels, Case(case, measure)
    n, (indices, data) = given.items.n_rows, given.query
    if not len(indices):
        return
    columns = transpose(*given.items)
    largest = np.array([max([0.0, *columns.data[columns.indptr[c] : columns.indptr[c + 1]]]) for c in indices])
    each = data * largest if measure == naive.DOT else data
    rests = np.append(np.cumsum(each[::-1])[::-1], 0.0)
    k = min(k, n)
    seen, sums, found, bounds = np.zeros(n, bool), np.zeros(n), np.zeros(n, np.int32), np.zeros(n)
    arguments = measure, indices, data, rests, *columns, given.size, given.sizes, k
    n_found = home.gather(*arguments, seen, sums, found, bounds)
    everything, exact = np.zeros(n, np.int32), np.zeros(n)
    naive.gather(*arguments, seen.copy(), sums.copy(), everything, exact)
    assert not seen.any() and not sums.any()
    assert len(set(found[:n_found].tolist())) == n_found
    assert {item for item, _ in naive.closest(exact, -1, k)} <= set(found[:n_found].tolist())
    assert (bounds[:n_found] >= exact[found[:n_found]] * (1 - 1e-15)).all()


@settings(max_examples=40)
@ways
@given(case=collections)
def test_distance_bounds_hold(is_plain: bool, case: tuple[Matrix, Matrix]) -> None:
    home, given = Plain(candidate_kernels) if is_plain else candidate_kernels, Case(case, naive.EUCLIDEAN)
    bounds, exact = np.ones((2, given.items.n_rows))
    arguments = *given.query, given.size, *transpose(*given.items), given.sizes
    home.distance_bounds(*arguments, bounds)
    naive.distance_bounds(*arguments, exact)
    assert (bounds >= exact).all()
    assert np.allclose(bounds, exact, atol=1e-4)


letters = st.lists(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2)), max_size=30), max_size=6)


@settings(max_examples=40)
@ways
@given(case=letters, n_letters=st.integers(1, 5))
def test_shingle_kernels_are_their_twins(is_plain: bool, case: list[list[tuple[int, int]]], n_letters: int) -> None:
    home = Plain(shingle_kernels) if is_plain else shingle_kernels
    flat = [letter for text in case for letter in text]
    points = np.array([point for point, _ in flat], np.uint32)
    weights = np.array([weight for _, weight in flat], np.uint8)
    indptr = np.cumsum([0, *map(len, case)], dtype=np.int64)
    lengths, hashes = np.zeros((2, len(case)), np.int64), np.zeros((2, len(flat)), np.uint64)
    factors, offsets = np.array([[3, 5, 7, 0xFFFFFFFF], [0, 1, 9, 0xFFFFFFFF]], np.uint32)
    with np.errstate(over="ignore"):  # plain NumPy warns of the overflow that hashing lives by
        assert list(home.hash_texts(points, indptr)) == naive.hash_texts(points, indptr)
        n = [
            module.hash_shingles(points, weights, indptr, n_letters, lengths[i], hashes[i])
            for i, module in enumerate((home, naive))
        ]
        assert n[0] == n[1]
        assert lengths[0].tolist() == lengths[1].tolist()
        assert hashes[0, : n[0]].tolist() == hashes[1, : n[0]].tolist()
        filled = lengths[0] > 0
        borders = np.append(0, np.cumsum(lengths[0][filled]))
        keys = np.zeros((2, int(filled.sum()), 2), np.uint32)
        for i, module in enumerate((home, naive)):
            module.band_keys(hashes[0], borders, factors, offsets, keys[i])
    assert keys[0].tolist() == keys[1].tolist()


sets = st.lists(st.sets(st.integers(0, 9), min_size=1), max_size=12)


@settings(max_examples=40)
@ways
@given(case=sets, window=st.integers(1, 4), threshold=st.sampled_from([0.1, 0.5, 0.8, 1.0]), data=st.data())
def test_pairs_of_a_band_are_the_twins(
    is_plain: bool, case: list[set[int]], window: int, threshold: float, data: st.DataObject
) -> None:
    home = Plain(shingle_kernels) if is_plain else shingle_kernels
    keys = data.draw(arrays.arrays(np.uint32, (len(case), 2), elements=st.integers(0, 2)))
    hashes = np.array([shingle for one in case for shingle in sorted(one)], np.uint64)
    indptr = np.cumsum([0, *map(len, case)], dtype=np.int64)
    for band in range(2):
        ranked = np.sort(keys[:, band].astype(np.uint64) << np.uint64(32) | np.arange(len(case), dtype=np.uint64))
        wanted, numbers = np.zeros((66, 2), np.int64), np.zeros(66)
        n, _ = naive.pairs_of_band(band, ranked, keys, window, hashes, indptr, threshold, 0, wanted, numbers)
        start, found = 0, []
        while start < len(case):
            part, value = np.zeros((window, 2), np.int64), np.zeros(window)
            m, start = home.pairs_of_band(band, ranked, keys, window, hashes, indptr, threshold, start, part, value)
            found += [(*pair, x) for pair, x in zip(part[:m].tolist(), value[:m].tolist(), strict=True)]
        assert found == [(*pair, x) for pair, x in zip(wanted[:n].tolist(), numbers[:n].tolist(), strict=True)]


@given(collection=st.lists(texts, max_size=8), data=st.data(), n_letters=st.integers(1, 5))
def test_near_duplicates_are_those_of_comparing_all(collection: list[str], data: st.DataObject, n_letters: int) -> None:
    repeated = data.draw(st.lists(st.sampled_from(collection), max_size=4)) if collection else []
    collection = [*collection, *(f"{text} !" for text in repeated), *repeated]
    found = near_duplicates(collection, 0.5, n_letters=n_letters, miss_ratio=1e-9, n_jobs=2)
    wanted = naive.near_duplicates([shingles(text, n_letters) for text in collection], 0.5)
    firsts = found.copy_of
    for (a, b), value in zip(found.pairs.tolist(), found.jaccard.tolist(), strict=True):
        assert wanted[a, b] == value
    measured = {tuple(pair) for pair in found.pairs.tolist()}
    for a, b in wanted:
        pair = tuple(sorted({int(firsts[a]), int(firsts[b])}))
        assert len(pair) == 1 or pair in measured
        assert found.group[a] == found.group[b]
    groups = found.groups()
    assert sorted([*found.representatives().tolist(), *found.extras().tolist()]) == list(range(len(collection)))
    assert all(group == sorted(group) and (found.group[group] == group[0]).all() for group in groups)


@given(text=texts, n_letters=st.integers(1, 5))
def test_shingles_cover_the_letters(text: str, n_letters: int) -> None:
    cut = shingles(text, n_letters)
    assert bool(cut) == bool(text.strip())
    assert not any(char.isspace() for shingle in cut for char in shingle)
    assert cut == shingles(f" {text}\u3000", n_letters)
