"""Measures on dense lists, neighbours by sorting all items, near-duplicates by comparing all texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Floats = Sequence[float] | Array

COSINE, DOT, JACCARD, RUZICKA, EUCLIDEAN = range(5)
MASK = (1 << 64) - 1


def dot(a: Floats, b: Floats) -> float:
    """Sum of products."""
    return sum(x * y for x, y in zip(a, b, strict=True))


def cosine(a: Floats, b: Floats) -> float:
    """Cosine of the angle, 0 for a zero vector."""
    lengths = math.sqrt(dot(a, a)) * math.sqrt(dot(b, b))
    return dot(a, b) / lengths if lengths else 0.0


def euclidean(a: Floats, b: Floats) -> float:
    """Straight line."""
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


def jaccard(a: Floats, b: Floats) -> float:
    """Intersection over union of the columns that are not zero."""
    in_a, in_b = {i for i, x in enumerate(a) if x}, {i for i, x in enumerate(b) if x}
    return len(in_a & in_b) / len(in_a | in_b) if in_a | in_b else 1.0


def ruzicka(a: Floats, b: Floats) -> float:
    """Smaller values over larger ones."""
    larger = sum(map(max, a, b))
    return sum(map(min, a, b)) / larger if larger else 1.0


MEASURES = {"cosine": cosine, "euclidean": euclidean, "jaccard": jaccard, "ruzicka": ruzicka, "dot": dot}
BY_CODE = {COSINE: cosine, DOT: dot, JACCARD: jaccard, RUZICKA: ruzicka, EUCLIDEAN: lambda a, b: -euclidean(a, b)}


def row_sizes(measure: int, indptr: Array, data: Array) -> list[float]:
    """Twin of the kernel."""
    power = 1 if measure in (JACCARD, RUZICKA) else 2
    return [sum(float(x) ** power for x in data[low:high]) for low, high in pairwise(indptr)]


def _dense(n_columns: int, indices: Array, data: Array) -> list[float]:
    row = [0.0] * n_columns
    for column, value in zip(indices, data, strict=True):
        row[column] = float(value)
    return row


def measure_rows(
    measure: int,
    query: Array,
    query_indices: Array,
    query_data: Array,
    query_size: float,
    indptr: Array,
    indices: Array,
    data: Array,
    sizes: Array,
    values: Array,
) -> None:
    """Twin of the kernel."""
    for item, (low, high) in enumerate(pairwise(indptr)):
        values[item] = BY_CODE[measure](query, _dense(len(query), indices[low:high], data[low:high]))


def closest(values: Floats, excluded: int, k: int) -> list[tuple[int, float]]:
    """Take the k highest values, equal ones by rising number."""
    kept = [(item, value) for item, value in enumerate(values) if item != excluded]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:k]


def order_best(items: Array, values: Array, size: int) -> None:
    """Twin of the kernel, for any list."""
    ranked = sorted(zip(items[:size], values[:size], strict=True), key=lambda pair: (-pair[1], pair[0]))
    for place, (item, value) in enumerate(ranked):
        items[place], values[place] = item, value


def rescore(
    measure: int,
    candidates: Array,
    bounds: Array,
    query: Array,
    query_indices: Array,
    query_data: Array,
    query_size: float,
    indptr: Array,
    indices: Array,
    data: Array,
    sizes: Array,
    excluded: int,
    items: Array,
    values: Array,
) -> int:
    """Twin of the kernel."""
    all_values = [0.0] * (len(indptr) - 1)
    measure_rows(measure, query, query_indices, query_data, query_size, indptr, indices, data, sizes, all_values)  # type: ignore[arg-type]
    best = [pair for pair in closest(all_values, excluded, len(all_values)) if pair[0] in set(candidates)][: len(items)]
    for place, (item, value) in enumerate(best):
        items[place], values[place] = item, value
    return len(best)


def rescore_dense(
    measure: int,
    products: Array,
    first: int,
    slack: float,
    queries: Array,
    query_sizes: Array,
    vectors: Array,
    sizes: Array,
    excluded: Array,
    found: Array,
    items: Array,
    values: Array,
) -> None:
    """Twin of the kernel; its heaps are sorted."""
    for query, row in enumerate(queries):
        held = list(zip(items[query, : found[query]], values[query, : found[query]], strict=True))
        held += [
            (first + place, BY_CODE[measure](row.tolist(), vector.tolist()))
            for place, vector in enumerate(vectors)
            if first + place != excluded[query]
        ]
        best = sorted(held, key=lambda pair: (-pair[1], pair[0]))[: items.shape[1]]
        found[query] = len(best)
        for place, (item, value) in enumerate(best):
            items[query, place], values[query, place] = item, value


def gather(
    measure: int,
    columns: Array,
    factors: Array,
    rests: Array,
    indptr: Array,
    rows: Array,
    weights: Array,
    query_size: float,
    sizes: Array,
    k: int,
    seen: Array,
    sums: Array,
    candidates: Array,
    bounds: Array,
) -> int:
    """Twin of the kernel that keeps everything, with the values themselves as bounds."""
    for item in range(len(sizes)):
        overlap = 0.0
        for column, factor in zip(columns, factors, strict=True):
            span = slice(indptr[column], indptr[column + 1])
            for row, weight in zip(rows[span], weights[span], strict=True):
                if row == item:
                    overlap += min(factor, weight) if measure == RUZICKA else factor * weight
        either = query_size + sizes[item] - overlap
        candidates[item], bounds[item] = item, overlap if measure == DOT else overlap / either
    return len(sizes)


def distance_bounds(
    query_indices: Array,
    query_data: Array,
    query_size: float,
    indptr: Array,
    rows: Array,
    weights: Array,
    sizes: Array,
    bounds: Array,
) -> None:
    """Twin of the kernel that gives the distances themselves."""
    query = dict(zip(query_indices.tolist(), query_data.tolist(), strict=True))
    for item in range(len(sizes)):
        row = {
            column: float(weights[place])
            for column, (low, high) in enumerate(pairwise(indptr))
            for place in range(low, high)
            if rows[place] == item
        }
        bounds[item] = -math.sqrt(sum((query.get(c, 0.0) - row.get(c, 0.0)) ** 2 for c in {*query, *row}))


def _mix(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def _hash(points: Sequence[int]) -> int:
    state = len(points)
    for point in points:
        state = _mix(state + point * 0x9E3779B97F4A7C15 & MASK)
    return state


def hash_texts(points: Array, indptr: Array) -> list[int]:
    """Twin of the kernel."""
    return [_hash(points[low:high].tolist()) if low < high else 0 for low, high in pairwise(indptr)]


def cut(letters: Sequence[int], weights: Sequence[int], n_letters: int) -> set[tuple[int, ...]]:
    """All shortest runs that weigh enough; the whole where nothing does."""
    runs = [
        tuple(letters[low:high])
        for low, high in combinations(range(len(letters) + 1), 2)
        if sum(weights[low:high]) >= n_letters > sum(weights[low : high - 1])
    ]
    return set(runs) or ({tuple(letters)} if letters else set())


def hash_shingles(points: Array, weights: Array, indptr: Array, n_letters: int, lengths: Array, hashes: Array) -> int:
    """Twin of the kernel."""
    free = 0
    for text, (low, high) in enumerate(pairwise(indptr)):
        found = sorted(map(_hash, cut(points[low:high].tolist(), weights[low:high].tolist(), n_letters)))
        hashes[free : free + len(found)] = found
        lengths[text], free = len(found), free + len(found)
    return free


def band_keys(hashes: Array, indptr: Array, factors: Array, offsets: Array, keys: Array) -> None:
    """Twin of the kernel."""
    n_rows = len(factors) // keys.shape[1]
    for text, (low, high) in enumerate(pairwise(indptr)):
        firsts = [
            min((factor * (shingle >> 32) + offset) & 0xFFFFFFFF for shingle in hashes[low:high].tolist())
            for factor, offset in zip(factors.tolist(), offsets.tolist(), strict=True)
        ]
        for band in range(keys.shape[1]):
            keys[text, band] = _hash(firsts[band * n_rows : (band + 1) * n_rows]) >> 32


def pairs_of_band(
    band: int,
    ranked: Array,
    keys: Array,
    window: int,
    hashes: Array,
    indptr: Array,
    threshold: float,
    start: int,
    pairs: Array,
    values: Array,
) -> tuple[int, int]:
    """Twin of the kernel for all at once."""
    sets = [set(hashes[low:high].tolist()) for low, high in pairwise(indptr)]
    order = [(key >> 32, key & 0xFFFFFFFF) for key in ranked.tolist()]
    found = []
    for (place, (key, a)), (other, (other_key, b)) in combinations(enumerate(order), 2):
        is_first = key == other_key and (keys[a, :band] != keys[b, :band]).all()
        value = len(sets[a] & sets[b]) / len(sets[a] | sets[b])
        if is_first and other - place <= window and value >= threshold:
            found.append((a, b, value))
    for place, (a, b, value) in enumerate(found):
        pairs[place], values[place] = (a, b), value
    return len(found), len(ranked)


def near_duplicates(sets: Sequence[set[Any]], threshold: float) -> dict[tuple[int, int], float]:
    """All pairs of sets that are not empty, by their Jaccard similarity."""
    found = {}
    for a, b in combinations(range(len(sets)), 2):
        if sets[a] and sets[b]:
            value = len(sets[a] & sets[b]) / len(sets[a] | sets[b])
            if value >= threshold:
                found[a, b] = value
    return found
