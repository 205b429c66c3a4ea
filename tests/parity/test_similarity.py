"""Measures equal scikit-learn's and SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array
from scipy.spatial import distance

from malgil.similarity import cosine, euclidean, jaccard, top_k

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
