"""Measures on dense lists, and neighbours by sorting all items."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Floats = Sequence[float] | Array


def cosine(a: Floats, b: Floats) -> float:
    """Cosine of the angle, 0 for a zero vector."""
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    lengths = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(y * y for y in b))
    return dot / lengths if lengths else 0.0


def euclidean(a: Floats, b: Floats) -> float:
    """Straight line."""
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


def jaccard(a: Floats, b: Floats) -> float:
    """Intersection over union of the columns that are not zero."""
    in_a, in_b = {i for i, x in enumerate(a) if x}, {i for i, x in enumerate(b) if x}
    return len(in_a & in_b) / len(in_a | in_b) if in_a | in_b else 1.0


MEASURES = {"cosine": cosine, "euclidean": euclidean, "jaccard": jaccard}


def squared_lengths(indptr: Array, data: Array) -> list[float]:
    """Twin of the kernel."""
    return [sum(float(x) ** 2 for x in data[low:high]) for low, high in pairwise(indptr)]


def dots_by_columns(
    query_indices: Array, query_data: Array, indptr: Array, rows: Array, data: Array, dots: Array
) -> None:
    """Twin of the kernel."""
    for column, value in zip(query_indices, query_data, strict=True):
        for i in range(indptr[column], indptr[column + 1]):
            dots[rows[i]] += value * data[i]


def dots_by_rows(query: Array, indptr: Array, indices: Array, data: Array, dots: Array) -> None:
    """Twin of the kernel."""
    for row in range(len(dots)):
        dots[row] = sum(query[indices[i]] * data[i] for i in range(indptr[row], indptr[row + 1]))


def closest(values: Floats, excluded: int, k: int) -> list[tuple[int, float]]:
    """Take the k highest values, equal ones by rising number."""
    kept = [(item, value) for item, value in enumerate(values) if item != excluded]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:k]


def _write(found: list[tuple[int, float]], items: Array, values: Array) -> int:
    for place, (item, value) in enumerate(found):
        items[place], values[place] = item, value
    return len(found)


def closest_cosine(
    dots: Array, query_squared: float, squared: Array, excluded: int, items: Array, values: Array
) -> int:
    """Twin of the kernel."""
    cosines = [dot / math.sqrt(query_squared * s) if dot else 0.0 for dot, s in zip(dots, squared, strict=True)]
    dots[:] = 0
    return _write(closest([max(-1.0, min(1.0, c)) for c in cosines], excluded, len(items)), items, values)


def closest_jaccard(dots: Array, query_size: float, sizes: Array, excluded: int, items: Array, values: Array) -> int:
    """Twin of the kernel."""
    unions = [query_size + size - both for both, size in zip(dots, sizes, strict=True)]
    ratios = [both / union if union else 1.0 for both, union in zip(dots, unions, strict=True)]
    dots[:] = 0
    return _write(closest(ratios, excluded, len(items)), items, values)


def closest_euclidean(
    dots: Array,
    query_indices: Array,
    query_data: Array,
    query_squared: float,
    indptr: Array,
    indices: Array,
    data: Array,
    squared: Array,
    excluded: int,
    items: Array,
    values: Array,
) -> int:
    """Twin of the kernel."""
    distances = []
    for low, high in pairwise(indptr):
        a, b = (
            dict(zip(query_indices, query_data, strict=True)),
            dict(zip(indices[low:high], data[low:high], strict=True)),
        )
        squares = 0.0
        for column in sorted({*a, *b}):
            squares += (a.get(column, 0.0) - b.get(column, 0.0)) ** 2
        distances.append(-math.sqrt(squares))
    dots[:] = 0
    return _write(closest(distances, excluded, len(items)), items, values)
