"""The closest items: order, ties, padding, what is left out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.similarity import MEASURES, euclidean, top_k


def vectors(n: int, seed: int = 0) -> NDArray[np.float64]:
    draw = np.random.default_rng(seed)
    return draw.integers(1, 4, (n, 30)) * (draw.random((n, 30)) < 0.15) * 1.0


def test_equal_values_come_by_number() -> None:
    indices, _ = top_k([[1.0, 0.0]], [[1.0, 0.0]] * 9, k=4)
    assert indices.tolist() == [[0, 1, 2, 3]]


def test_items_without_a_shared_term_fill_up() -> None:
    indices, values = top_k([[1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]], k=3)
    assert indices.tolist() == [[1, 0, 2]]
    assert values.tolist() == [[1.0, 0.0, 0.0]]


def test_distances_rise() -> None:
    indices, values = top_k([[0.0]], [[3.0], [-1.0], [2.0]], k=3, measure="euclidean")
    assert indices.tolist() == [[1, 2, 0]]
    assert values.tolist() == [[1.0, 2.0, 3.0]]


def test_missing_places_are_marked() -> None:
    indices, values = top_k([[1.0]], [[1.0]], k=3)
    assert indices.tolist() == [[0, -1, -1]]
    assert np.isnan(values[0, 1:]).all()


def test_the_document_itself_is_left_out() -> None:
    items = vectors(20)
    indices, _ = top_k(items, items, k=20, exclude=range(20))
    assert all(row not in indices[row] for row in range(20))
    assert (indices[:, -1] == -1).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_few_and_many_queries_take_different_ways_to_the_same_bits(measure: str) -> None:
    items = vectors(300)
    many = top_k(items[:40], items, 15, measure)
    few = top_k(items[:3], items, 15, measure)
    assert few[0].tolist() == many[0][:3].tolist()
    assert few[1].tobytes() == many[1][:3].tobytes()


@pytest.mark.parametrize("measure", MEASURES)
def test_workers_change_nothing(measure: str) -> None:
    items = vectors(100)
    results = [top_k(items, items, 5, measure, n_jobs=n) for n in (1, 2, 4)]
    assert len({(i.tobytes(), v.tobytes()) for i, v in results}) == 1


@pytest.mark.parametrize("k", [1, 5, 60])
def test_near_duplicates_keep_their_digits(k: int) -> None:
    # |q|^2 + |x|^2 - 2 q x is noise here: it is off by up to 1e-8, the squared distances are about 1e-14
    query = np.full((1, 8), 1e3 / 3)
    items = query + np.random.default_rng(0).normal(scale=1e-7, size=(60, 8))
    true = [euclidean(query, item) for item in items]
    indices, values = top_k(query, items, k, "euclidean")
    wanted = sorted(range(60), key=lambda item: (true[item], item))[:k]
    assert indices[0].tolist() == wanted
    assert values[0].tolist() == [true[item] for item in wanted]


def test_no_items_and_no_queries() -> None:
    assert top_k(np.zeros((2, 3)), np.zeros((0, 3)), k=2)[0].tolist() == [[-1, -1], [-1, -1]]
    assert top_k(np.zeros((0, 3)), np.zeros((2, 3)), k=2)[0].shape == (0, 2)


@pytest.mark.parametrize("k", [0, -3, 2.5, None])
def test_a_bad_k(k: object) -> None:
    with pytest.raises(ParameterError, match="1 or more"):
        top_k([[1.0]], [[1.0]], k)  # type: ignore[arg-type]


def test_other_spaces() -> None:
    with pytest.raises(ParameterError, match="1 columns, the other 2"):
        top_k([[1.0]], [[1.0, 2.0]])


def test_one_item_to_leave_out_for_each_query() -> None:
    with pytest.raises(ParameterError, match="1 items for 2 queries"):
        top_k([[1.0], [2.0]], [[1.0]], exclude=[0])
