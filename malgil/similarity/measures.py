"""How alike two vectors are: cosine, Euclidean distance, Jaccard, in one table."""

from __future__ import annotations

import math
from collections.abc import Callable, Set
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.params import choose
from malgil.similarity.rows import Vector, as_rows


def total(values: NDArray[np.float64]) -> float:
    """Sum from left to right, as the kernels do: NumPy's own sum takes another order and gives other last bits.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        What to add.

    Returns
    -------
    float
        0 for nothing.
    """
    return float(np.cumsum(values)[-1]) if len(values) else 0.0


def length_product(a_squared: float, b_squared: float) -> float:
    """Product of two lengths, from their squares.

    Parameters
    ----------
    a_squared, b_squared : float
        Sums of squares.

    Returns
    -------
    float
        Exact for equal vectors, so that the cosine of a vector with itself is 1 to the last bit.
    """
    product = a_squared * b_squared
    is_in_range = 0.0 < product < math.inf
    return math.sqrt(product) if is_in_range else math.sqrt(a_squared) * math.sqrt(b_squared)


def _cosine(a: Vector, b: Vector) -> float:
    _, in_a, in_b = np.intersect1d(a.indices, b.indices, assume_unique=True, return_indices=True)
    dot = total(a.data[in_a] * b.data[in_b])
    if dot == 0.0:
        return 0.0
    return max(-1.0, min(1.0, dot / length_product(total(a.data * a.data), total(b.data * b.data))))


def differences(a: Vector, b: Vector) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Subtract one vector from another.

    Parameters
    ----------
    a, b : Vector
        Of the same space.

    Returns
    -------
    indices : ndarray of int32
        Columns that `a` or `b` has, rising.
    data : ndarray of float64
        ``a - b`` there.
    """
    indices = np.union1d(a.indices, b.indices)
    data = np.zeros(len(indices))
    data[np.searchsorted(indices, a.indices)] = a.data
    data[np.searchsorted(indices, b.indices)] -= b.data
    return indices, data


def _euclidean(a: Vector, b: Vector) -> float:
    _, data = differences(a, b)
    return math.sqrt(total(data * data))


def _jaccard(a: Vector, b: Vector) -> float:
    n_both = len(np.intersect1d(a.indices, b.indices, assume_unique=True))
    n_either = len(a.indices) + len(b.indices) - n_both
    return n_both / n_either if n_either else 1.0


class Measure(NamedTuple):
    """A measure with what is known about it.

    Parameters
    ----------
    pair : callable
        Two vectors -> the value.
    low, high : float
        The range of its values.
    is_symmetric : bool
        Whether the order of the two does not matter.
    higher_is_closer : bool
        False for a distance.
    of_itself : float
        Value of a vector with itself, unless it is zero.
    with_zero : float or None
        Value of a zero vector (an empty document) and one that is not; ``None`` where it depends on the other.
    both_zero : float
        Value of two zero vectors.
    uses_sets : bool
        Whether only the places of the values count, not the values.
    formula : str
        The measure in plain signs.
    source : str
        Where it is published.
    """

    pair: Callable[[Vector, Vector], float]
    low: float
    high: float
    is_symmetric: bool
    higher_is_closer: bool
    of_itself: float
    with_zero: float | None
    both_zero: float
    uses_sets: bool
    formula: str
    source: str


MEASURES: dict[str, Measure] = {
    "cosine": Measure(
        _cosine,
        -1.0,
        1.0,
        is_symmetric=True,
        higher_is_closer=True,
        of_itself=1.0,
        with_zero=0.0,
        both_zero=0.0,
        uses_sets=False,
        formula="sum(a x b) / (|a| x |b|)",
        source="Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, equation 6.10",
    ),
    "euclidean": Measure(
        _euclidean,
        0.0,
        math.inf,
        is_symmetric=True,
        higher_is_closer=False,
        of_itself=0.0,
        with_zero=None,
        both_zero=0.0,
        uses_sets=False,
        formula="sqrt(sum((a - b)^2))",
        source="Manning, Schütze, Foundations of Statistical Natural Language Processing, 1999, section 8.5.1",
    ),
    "jaccard": Measure(
        _jaccard,
        0.0,
        1.0,
        is_symmetric=True,
        higher_is_closer=True,
        of_itself=1.0,
        with_zero=0.0,
        both_zero=1.0,
        uses_sets=True,
        formula="|A and B| / |A or B|",
        source="Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, section 3.3.4",
    ),
}


def similarity(a: Any, b: Any, measure: str = "cosine") -> float:
    """Compare two vectors by the name of the measure.

    Parameters
    ----------
    a, b : array_like, shape (n_columns,), or one sparse row
        The vectors.
    measure : str
        A key of `MEASURES`.

    Returns
    -------
    float
        The measure's value; what is near 1 for cosine and Jaccard is near 0 for the Euclidean distance.

    Raises
    ------
    ParameterError
        If the measure is not known or these are not two vectors of one space.
    """
    return choose(MEASURES, "measure", measure).pair(*two_vectors(a, b))


def cosine(a: Any, b: Any) -> float:
    r"""Cosine of the angle between two vectors.

    Parameters
    ----------
    a, b : array_like, shape (n_columns,), or one sparse row
        The vectors.

    Returns
    -------
    float
        In [-1, 1], 1 for the same direction; 0 where one of them is all zeros.

    Notes
    -----
    .. math:: \frac{\sum_t a_t b_t}{\sqrt{\sum_t a_t^2} \sqrt{\sum_t b_t^2}}

    Examples
    --------
    >>> cosine([1, 1, 0], [1, 0, 0])
    0.7071067811865475
    """
    return similarity(a, b, "cosine")


def euclidean(a: Any, b: Any) -> float:
    r"""Straight line between two vectors.

    Parameters
    ----------
    a, b : array_like, shape (n_columns,), or one sparse row
        The vectors.

    Returns
    -------
    float
        At least 0, and 0 for equal vectors.

    Notes
    -----
    .. math:: \sqrt{\sum_t (a_t - b_t)^2}

    Examples
    --------
    >>> euclidean([1, 2], [4, 6])
    5.0
    """
    return similarity(a, b, "euclidean")


def jaccard(a: Any, b: Any) -> float:
    r"""Intersection over union of two sets.

    Parameters
    ----------
    a, b : set, or array_like of shape (n_columns,), or one sparse row
        The sets; of a vector, the columns that are not zero.

    Returns
    -------
    float
        In [0, 1]; 1 for two empty sets, which are equal.

    Notes
    -----
    .. math:: |A \cap B| / |A \cup B|

    Examples
    --------
    >>> jaccard({"배우", "연기"}, {"배우", "음악", "연출"})
    0.25
    """
    if isinstance(a, Set) and isinstance(b, Set):
        return len(a & b) / len(a | b) if a or b else 1.0
    return similarity(a, b, "jaccard")


def two_vectors(a: Any, b: Any) -> tuple[Vector, Vector]:
    """Read two vectors of one space.

    Parameters
    ----------
    a, b : Vector, array_like of shape (n_columns,), or one sparse row
        The vectors.

    Returns
    -------
    Vector, Vector
        Both sparse.

    Raises
    ------
    ParameterError
        If one is not a single vector, or they have different numbers of columns.
    """
    if isinstance(a, Vector) and isinstance(b, Vector):
        return a, b
    rows = as_rows(a), as_rows(b)
    if rows[0].n_columns != rows[1].n_columns:
        raise ParameterError("similarity.other_space", found=rows[0].n_columns, wanted=rows[1].n_columns)
    for found in rows:
        if found.n_rows != 1:
            raise ParameterError("similarity.one_vector", found=found.n_rows)
    return rows[0].vector(0), rows[1].vector(0)
