"""Measures equal scikit-learn's and SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array
from scipy.spatial import distance

from malgil.similarity import cosine, euclidean, jaccard, similarity, top_k

pairwise = pytest.importorskip("sklearn.metrics.pairwise")
neighbors = pytest.importorskip("sklearn.neighbors")

rows = st.integers(1, 8).flatmap(lambda n: st.tuples(*[st.lists(st.integers(-3, 5), min_size=n, max_size=n)] * 2))


@given(rows)
def test_cosine_of_a_pair(pair: tuple[list[int], list[int]]) -> None:
    wanted = pairwise.cosine_similarity([pair[0]], [pair[1]])[0, 0]
    assert cosine(*pair) == pytest.approx(wanted, rel=1e-12, abs=1e-15)


@given(rows)
def test_euclidean_of_a_pair(pair: tuple[list[int], list[int]]) -> None:
    assert euclidean(*pair) == pytest.approx(distance.euclidean(*pair), rel=1e-12)


@given(rows)
def test_jaccard_of_a_pair(pair: tuple[list[int], list[int]]) -> None:
    wanted = 1 - distance.jaccard(*(np.array(side) != 0 for side in pair))
    assert jaccard(*pair) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("measure", ["cosine", "euclidean"])
def test_neighbours(measure: str) -> None:
    items = csr_array(random_array((400, 60), density=0.1, rng=np.random.default_rng(0)))
    queries = items[:50]
    peer = neighbors.NearestNeighbors(n_neighbors=12, metric=measure, algorithm="brute").fit(items)
    distances, _ = peer.kneighbors(queries)
    _, values = top_k(queries, items, 12, measure)
    # the peer's distance of equal vectors is the root of what cancelling leaves
    np.testing.assert_allclose(values if measure == "euclidean" else 1 - values, distances, rtol=1e-9, atol=1e-7)


@given(rows)
def test_ruzicka_is_the_other_side_of_bray_curtis(pair: tuple[list[int], list[int]]) -> None:
    a, b = np.abs(pair)
    if a.any() or b.any():
        dice = 1 - distance.braycurtis(a, b)  # 2 m / (A + B), where Ruzicka is m / (A + B - m)
        assert similarity(a, b, "ruzicka") == pytest.approx(dice / (2 - dice), rel=1e-12, abs=1e-15)


@given(rows)
def test_dot_of_a_pair(pair: tuple[list[int], list[int]]) -> None:
    assert similarity(*pair, "dot") == np.dot(*pair)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("measure", ["cosine", "euclidean"])
def test_neighbours_of_dense_vectors(measure: str, dtype: type) -> None:
    items = np.random.default_rng(0).normal(size=(5000, 16)).astype(dtype)
    peer = neighbors.NearestNeighbors(n_neighbors=8, metric=measure, algorithm="brute").fit(items.astype(np.float64))
    distances, wanted = peer.kneighbors(items[:60].astype(np.float64))
    found, values = top_k(items[:60], items, 8, measure)
    assert np.array_equal(found, wanted)
    np.testing.assert_allclose(values if measure == "euclidean" else 1 - values, distances, rtol=1e-9, atol=1e-7)
