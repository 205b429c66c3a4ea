"""How alike two vectors are: the measures, with what is known about each, in one table."""

from __future__ import annotations

import math
from collections.abc import Callable, Set
from typing import Any, NamedTuple

from malgil.errors import ParameterError
from malgil.params import choose
from malgil.similarity import formulas
from malgil.similarity.rows import Rows, Vector, as_rows
from malgil.similarity.string_measures import STRING_MEASURES, StringMeasure, string_similarity


class Measure(NamedTuple):
    """A measure with what is known about it.

    Parameters
    ----------
    pair : callable
        Two vectors -> the value.
    low, high : float
        The range of its values.
    higher_is_closer : bool
        False for a distance.
    of_itself : float or None
        Value of a vector with itself, unless it is zero; ``None`` where it depends on the vector.
    with_zero : float or None
        Value of a zero vector (an empty document) and one that is not; ``None`` where it depends on the other.
    both_zero : float
        Value of two zero vectors.
    formula : str
        The measure in plain signs.
    source : str
        Where it is published.
    is_symmetric : bool
        Whether the order of the two does not matter.
    uses_sets : bool
        Whether only the places of the values count, not the values.
    takes_negative : bool
        Whether values below 0 have a meaning.
    """

    pair: Callable[[Vector, Vector], float]
    low: float
    high: float
    higher_is_closer: bool
    of_itself: float | None
    with_zero: float | None
    both_zero: float
    formula: str
    source: str
    is_symmetric: bool = True
    uses_sets: bool = False
    takes_negative: bool = True

    @property
    def is_distance(self) -> bool:
        """Whether 0 is the closest and larger is farther."""
        return not self.higher_is_closer


_IIR = "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008"
MEASURES: dict[str, Measure] = {
    "cosine": Measure(
        formulas.cosine,
        -1.0,
        1.0,
        higher_is_closer=True,
        of_itself=1.0,
        with_zero=0.0,
        both_zero=0.0,
        formula="sum(a x b) / (|a| x |b|)",
        source=f"{_IIR}, equation 6.10",
    ),
    "euclidean": Measure(
        formulas.euclidean,
        0.0,
        math.inf,
        higher_is_closer=False,
        of_itself=0.0,
        with_zero=None,
        both_zero=0.0,
        formula="sqrt(sum((a - b)^2))",
        source="Manning, Schütze, Foundations of Statistical Natural Language Processing, 1999, section 8.5.1",
    ),
    "jaccard": Measure(
        formulas.jaccard,
        0.0,
        1.0,
        higher_is_closer=True,
        of_itself=1.0,
        with_zero=0.0,
        both_zero=1.0,
        formula="|A and B| / |A or B|",
        source=f"{_IIR}, section 3.3.4",
        uses_sets=True,
    ),
    "ruzicka": Measure(
        formulas.ruzicka,
        0.0,
        1.0,
        higher_is_closer=True,
        of_itself=1.0,
        with_zero=0.0,
        both_zero=1.0,
        formula="sum(min(a, b)) / sum(max(a, b))",
        source="Ioffe, Improved Consistent Sampling, Weighted Minhash and L1 Sketching, ICDM 2010, section 1",
        takes_negative=False,
    ),
    "dot": Measure(
        formulas.dot,
        -math.inf,
        math.inf,
        higher_is_closer=True,
        of_itself=None,
        with_zero=0.0,
        both_zero=0.0,
        formula="sum(a x b)",
        source=f"{_IIR}, section 6.3.1",
    ),
}


def facts_of(measure: str) -> Measure | StringMeasure:
    """Look a measure up, be it of vectors or of strings.

    Parameters
    ----------
    measure : str
        A key of `MEASURES` or `STRING_MEASURES`.

    Returns
    -------
    Measure or StringMeasure
        What is known about it.

    Raises
    ------
    ParameterError
        If it is not known.
    """
    measures: dict[str, Measure | StringMeasure] = {**MEASURES, **STRING_MEASURES}
    return choose(measures, "measure", measure)


def similarity(a: Any, b: Any, measure: str = "cosine") -> float:
    """Compare two vectors, or two strings, by the name of the measure.

    Parameters
    ----------
    a, b : array_like of shape (n_columns,), one sparse row, or str
        The vectors; strings for a measure of strings.
    measure : str
        A key of `MEASURES` or `STRING_MEASURES`.

    Returns
    -------
    float
        The measure's value; what is near 1 for cosine and Jaccard is near 0 for the Euclidean distance.

    Raises
    ------
    ParameterError
        If the measure is not known, these are not two vectors of one space, or a value is below 0 where the measure
        gives it no meaning.
    """
    facts = facts_of(measure)
    if isinstance(facts, StringMeasure):
        return string_similarity(a, b, measure)
    vectors = two_vectors(a, b)
    for vector in vectors:
        check_signs(vector, measure)
    return facts.pair(*vectors)


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


def check_signs(vectors: Vector | Rows, measure: str) -> None:
    """Make sure that a measure gives all values a meaning.

    Parameters
    ----------
    vectors : Vector or Rows
        What is to be compared.
    measure : str
        A key of `MEASURES`.

    Raises
    ------
    ParameterError
        If a value is negative and the measure takes none.
    """
    if not MEASURES[measure].takes_negative and len(vectors.data) and vectors.data.min() < 0.0:
        raise ParameterError("similarity.negative", measure=measure)
