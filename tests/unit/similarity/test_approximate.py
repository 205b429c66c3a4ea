"""Approximate neighbours: what is found is measured exactly."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from malgil.errors import MissingError, ParameterError
from malgil.similarity import ApproximateIndex, pairwise, top_k


@pytest.fixture
def vectors() -> np.ndarray:
    pytest.importorskip("usearch")
    return np.random.default_rng(0).normal(size=(400, 12)).astype(np.float32)


@pytest.mark.parametrize("measure", ["cosine", "euclidean", "dot"])
def test_most_true_neighbours_are_found(vectors: np.ndarray, measure: str) -> None:
    index = ApproximateIndex.build(vectors, measure)
    assert len(index) == 400
    found, values = index.top_k(vectors[:30], 5)
    wanted, _ = top_k(vectors[:30], vectors, 5, measure)
    shared = [len(set(a) & set(b)) for a, b in zip(found.tolist(), wanted.tolist(), strict=True)]
    assert sum(shared) >= 0.9 * 5 * 30
    table = pairwise(vectors[:30], vectors, measure)
    np.testing.assert_allclose(values, np.take_along_axis(table, found, 1), rtol=1e-9, atol=1e-9)
    assert (np.diff(values if measure == "euclidean" else -values, axis=1) >= 0).all()


def test_the_same_vectors_give_the_same_graph(vectors: np.ndarray) -> None:
    runs = [ApproximateIndex.build(vectors).top_k(vectors, 7, n_jobs=n) for n in (1, 2)]
    assert np.array_equal(runs[0][0], runs[1][0])


def test_missing_places_are_marked(vectors: np.ndarray) -> None:
    indices, values = ApproximateIndex.build(vectors[:2]).top_k(vectors[:1], 4)
    assert indices[0, 2:].tolist() == [-1, -1]
    assert np.isnan(values[0, 2:]).all()
    assert ApproximateIndex.build(vectors[:0]).top_k(vectors[:1], 1)[0].tolist() == [[-1]]


def test_bad_input(vectors: np.ndarray) -> None:
    index = ApproximateIndex.build(vectors)
    with pytest.raises(ParameterError, match="1 or more"):
        index.top_k(vectors, 0)
    with pytest.raises(ParameterError, match="3 columns, the other 12"):
        index.top_k(vectors[:, :3])
    with pytest.raises(ParameterError, match="cosine"):
        ApproximateIndex.build(vectors, "jaccard")
    for bad in ([[np.nan]], [[1e39]]):
        with pytest.raises(ParameterError, match="finite"):
            ApproximateIndex.build(bad)
    with pytest.raises(ParameterError, match="cannot be read"):
        ApproximateIndex.build(["영화"])


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usearch", None)
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(MissingError, match=r"malgil\[ann\]"):
        ApproximateIndex.build([[1.0]])
