"""Measures keep their promises, and neighbours are those of sorting everything."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from malgil.similarity import MEASURES, Rows, Vector, as_rows, explain_similarity, neighbours, similarity, top_k
from malgil.similarity import _neighbour_kernels as kernels
from malgil.vectorize import transpose
from tests.naive import similarity as naive

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


@pytest.mark.parametrize("measure", MEASURES)
@given(pair=pairs)
def test_the_pair_function_is_the_formula(measure: str, pair: Matrix) -> None:
    a, b = pair.tolist()
    wanted = naive.MEASURES[measure](a, b)
    assert math.isclose(similarity(*pair, measure), wanted, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
@given(pair=pairs)
def test_the_facts_of_the_table(measure: str, pair: Matrix) -> None:
    facts, (a, b), zero = MEASURES[measure], pair, np.zeros(pair.shape[1])
    value = similarity(a, b, measure)
    assert facts.low <= value <= facts.high
    assert facts.is_symmetric == (similarity(b, a, measure) == value)
    assert similarity(zero, zero, measure) == facts.both_zero
    for x in pair[pair.any(axis=1)]:
        assert similarity(x, x, measure) == facts.of_itself
        assert facts.with_zero is None or similarity(x, zero, measure) == facts.with_zero


@pytest.mark.parametrize("measure", MEASURES)
@given(pair=pairs)
def test_a_value_opens(measure: str, pair: Matrix) -> None:
    opened = explain_similarity(measure, *pair, lambda column: f"말{column}")
    assert opened.value == similarity(*pair, measure)
    # values of opposite sign cancel, so that what is left of a sum has fewer exact digits than its terms
    assert opened.wrong(1e-9) == []


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("n_few", [0, 16])
@given(case=collections, k=st.integers(1, 14), data=st.data())
def test_neighbours_are_the_best_pairs(
    measure: str, n_few: int, case: tuple[Matrix, Matrix], k: int, data: st.DataObject
) -> None:
    queries, items = case
    excluded = data.draw(st.lists(st.integers(-1, len(items) - 1), min_size=len(queries), max_size=len(queries)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_FEW_QUERIES", n_few)
        indices, found = top_k(queries, items, k, measure, exclude=excluded, n_jobs=2)
    sign = 1 if MEASURES[measure].higher_is_closer else -1
    for q, query in enumerate(queries):
        wanted = naive.closest([sign * similarity(query, item, measure) for item in items], excluded[q], k)
        n = len(wanted)
        assert indices[q].tolist() == [item for item, _ in wanted] + [-1] * (k - n)
        assert found[q, :n].tolist() == [sign * value for _, value in wanted]
        assert np.isnan(found[q, n:]).all()


class Plain:
    """The kernels as plain Python."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return getattr(kernels, name).py_func


def _run(home: Any, query: Vector, items: Rows, excluded: int, k: int) -> list[object]:
    """Run every kernel on one query and return all that it wrote."""
    columns = transpose(items.indptr, items.indices, items.data, items.n_columns)
    dense = np.zeros(items.n_columns)
    dense[query.indices] = query.data
    lengths = home.squared_lengths(items.indptr, items.data)
    by_columns, by_rows = np.zeros(items.n_rows), np.full(items.n_rows, 7.0)
    home.dots_by_columns(query.indices, query.data, columns.indptr, columns.rows, columns.data, by_columns)
    home.dots_by_rows(dense, items.indptr, items.indices, items.data, by_rows)
    found: list[object] = [list(lengths), by_columns.tolist(), by_rows.tolist()]
    own, length = float((query.data**2).sum()), np.array(lengths, np.float64)
    sizes = np.diff(items.indptr).astype(np.float64)
    both = np.array(
        [len(np.intersect1d(query.indices, items.vector(row).indices)) for row in range(items.n_rows)], float
    )
    for kernel, dots, before in (
        (home.closest_cosine, by_rows, (own, length)),
        (home.closest_jaccard, both, (float(len(query.indices)), sizes)),
        (home.closest_euclidean, by_columns, (*query, own, items.indptr, items.indices, items.data, length)),
    ):
        best, score = np.full(k, -1, np.int64), np.zeros(k)
        n = kernel(dots, *before, excluded, best, score)
        found.append((n, best[:n].tolist(), score[:n].tolist(), dots.tolist()))
    return found


@pytest.mark.parametrize("home", [kernels, Plain()], ids=["compiled", "plain"])
@given(case=collections, excluded=st.integers(-1, 3), k=st.integers(1, 5))
def test_kernels_are_their_twins(home: Any, case: tuple[Matrix, Matrix], excluded: int, k: int) -> None:
    # whole numbers, so that another order of adding gives the same sums
    query, items = (as_rows(np.clip(np.rint(side), -9, 9)) for side in case)
    given = query.vector(0), items, excluded, k
    assert _run(home, *given) == _run(naive, *given)
