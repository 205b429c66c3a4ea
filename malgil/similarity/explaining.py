"""Why two vectors are alike: the measure's value, opened by the terms they share or differ in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.explain import Explanation
from malgil.similarity.formulas import differences, length_product, shared, total
from malgil.similarity.measures import MEASURES, check_signs, facts_of, two_vectors
from malgil.similarity.rows import Vector
from malgil.similarity.string_measures import STRING_MEASURES, explain_strings

Names = Callable[[int], str]
Terms = Names | Sequence[str]


def explain_similarity(measure: str, a: Any, b: Any, terms: Terms | None = None) -> Explanation:
    """Open the similarity of two vectors.

    Parameters
    ----------
    measure : str
        A key of `MEASURES` or `STRING_MEASURES`.
    a, b : Vector, array_like of shape (n_columns,), one sparse row, or str
        The vectors; strings for a measure of strings.
    terms : callable or sequence of str, optional
        The term of a column, for the labels.

    Returns
    -------
    Explanation
        Cosine and dot: a sum of one product for each shared term. Euclidean: the root of a sum of squared differences.
        Jaccard: the sizes of intersection and union, term by term. Ruzicka: the sums of the smaller and of the larger
        values. Of strings: the edits, one by one. Equal contributions stand in the order of the columns.

    Raises
    ------
    ParameterError
        If the measure is not known or these are not two vectors of one space.
    """
    if measure in STRING_MEASURES:
        return explain_strings(measure, a, b)
    facts_of(measure)
    vectors = two_vectors(a, b)
    for vector in vectors:
        check_signs(vector, measure)
    return _EXPLAIN[measure](*vectors, _names(terms))


def _names(terms: Terms | None) -> Names:
    if terms is None:
        return lambda column: f"term {column}"
    return terms if callable(terms) else terms.__getitem__


def _largest_first(parts: list[Explanation]) -> tuple[Explanation, ...]:
    return tuple(sorted(parts, key=lambda part: -abs(part.value)))


def _cosine(a: Vector, b: Vector, name: Names) -> Explanation:
    lengths = total(a.data * a.data), total(b.data * b.data)
    product = length_product(*lengths) or 1.0
    parts = [
        Explanation(name(column), x * y / product, "a x b / (|a| x |b|)", "formula", numbers={"a": x, "b": y})
        for column, x, y in zip(*(array.tolist() for array in shared(a, b)), strict=True)
    ]
    return Explanation(
        "cosine",
        MEASURES["cosine"].pair(a, b),
        MEASURES["cosine"].formula,
        "sum",
        _largest_first(parts),
        {"|a|": lengths[0] ** 0.5, "|b|": lengths[1] ** 0.5},
        MEASURES["cosine"].source,
    )


def _dot(a: Vector, b: Vector, name: Names) -> Explanation:
    parts = [
        Explanation(name(column), x * y, "a x b", "formula", numbers={"a": x, "b": y})
        for column, x, y in zip(*(array.tolist() for array in shared(a, b)), strict=True)
    ]
    facts = MEASURES["dot"]
    return Explanation("dot", facts.pair(a, b), facts.formula, "sum", _largest_first(parts), source=facts.source)


def _euclidean(a: Vector, b: Vector, name: Names) -> Explanation:
    columns, data = differences(a, b)
    in_a, in_b = (dict(zip(v.indices.tolist(), v.data.tolist(), strict=True)) for v in (a, b))
    parts = [
        Explanation(
            name(column),
            difference * difference,
            "(a - b)^2",
            "formula",
            numbers={"a": in_a.get(column, 0.0), "b": in_b.get(column, 0.0)},
        )
        for column, difference in zip(columns.tolist(), data.tolist(), strict=True)
    ]
    squares = Explanation("squared distance", total(data * data), "sum((a - b)^2)", "sum", _largest_first(parts))
    facts = MEASURES["euclidean"]
    return Explanation(
        "euclidean distance", facts.pair(a, b), "sqrt(squared distance)", "formula", (squares,), source=facts.source
    )


def _jaccard(a: Vector, b: Vector, name: Names) -> Explanation:
    facts = MEASURES["jaccard"]
    both = np.intersect1d(a.indices, b.indices, assume_unique=True)
    groups = [
        ("in both", both),
        ("only in a", np.setdiff1d(a.indices, both)),
        ("only in b", np.setdiff1d(b.indices, both)),
    ]
    parts = [
        Explanation(label, float(len(columns)), "number of terms", "sum", _ones(columns, name))
        for label, columns in groups
    ]
    union = Explanation("union", sum(part.value for part in parts), "number of terms", "sum", tuple(parts))
    numbers: dict[str, float | int | str] = {"A and B": len(both), "A or B": int(union.value)}
    formula = facts.formula if union.value else "1: both sets are empty"
    return Explanation("jaccard", facts.pair(a, b), formula, "formula", (union,), numbers, facts.source)


def _ones(columns: NDArray[np.int32], name: Names) -> tuple[Explanation, ...]:
    return tuple(Explanation(name(column), 1.0) for column in columns.tolist())


def _ruzicka(a: Vector, b: Vector, name: Names) -> Explanation:
    columns = np.union1d(a.indices, b.indices)
    in_a, in_b = np.zeros(len(columns)), np.zeros(len(columns))
    in_a[np.searchsorted(columns, a.indices)], in_b[np.searchsorted(columns, b.indices)] = a.data, b.data
    numbers: list[dict[str, float | int | str]] = [
        {"a": x, "b": y} for x, y in zip(in_a.tolist(), in_b.tolist(), strict=True)
    ]
    sums = []
    for label, choice, values in (
        ("smaller", "min(a, b)", np.minimum(in_a, in_b)),
        ("larger", "max(a, b)", np.maximum(in_a, in_b)),
    ):
        parts = [
            Explanation(name(column), value, choice, "formula", numbers=number)
            for column, value, number in zip(columns.tolist(), values.tolist(), numbers, strict=True)
            if value
        ]
        sums.append(Explanation(label, total(values), f"sum({choice})", "sum", _largest_first(parts)))
    facts = MEASURES["ruzicka"]
    formula = facts.formula if len(columns) else "1: both vectors are zero"
    return Explanation("ruzicka", facts.pair(a, b), formula, "formula", tuple(sums), source=facts.source)


_EXPLAIN: dict[str, Callable[[Vector, Vector, Names], Explanation]] = {
    "cosine": _cosine,
    "euclidean": _euclidean,
    "jaccard": _jaccard,
    "ruzicka": _ruzicka,
    "dot": _dot,
}
