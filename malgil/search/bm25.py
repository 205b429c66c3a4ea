"""BM25 and its relatives by name: the weight of a word (idf) times the impact of its occurrences in a document."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.search.idf import idf_atire, idf_bm25l, idf_bm25plus, idf_lucene, idf_robertson
from malgil.search.impact import (
    absent_bm25l,
    absent_bm25plus,
    absent_nothing,
    impact_atire,
    impact_bm25l,
    impact_bm25plus,
    impact_count,
    impact_lucene,
)

Floats = NDArray[np.float64]

_KAMPHUIS = "Kamphuis et al., Which BM25 Do You Mean?, ECIR 2020, table 1"
_SATURATED = "tf / (tf + k1 x (1 - b + b x dl / avgdl))"


class Variant(NamedTuple):
    """One formula: the score of a word in a document is ``idf x impact``.

    Parameters
    ----------
    idf : callable
        Document frequencies and number of documents -> weights of the words.
    impact : callable
        Occurrences, length of the document, mean length, k1, b and delta -> weight of the occurrences.
    idf_formula, impact_formula : str
        The same in plain signs.
    source : str
        Where they are published.
    absent : callable
        k1 and delta -> what a word that the document lacks counts instead of its impact, >= 0 and never more than any
        impact.
    absent_formula : str
        The same in plain signs.
    is_cosine : bool
        Whether the score is divided by the lengths of the query's and the document's vectors.
    """

    idf: Callable[[NDArray[np.int64], int], Floats]
    impact: Callable[..., Floats]
    idf_formula: str
    impact_formula: str
    source: str
    absent: Callable[[float, float], float] = absent_nothing
    absent_formula: str = "0: the document does not have this word"
    is_cosine: bool = False


BM25: dict[str, Variant] = {
    "lucene": Variant(
        idf_lucene,
        impact_lucene,
        "ln(1 + (N - df + 0.5) / (df + 0.5))",
        _SATURATED,
        f"{_KAMPHUIS}, Lucene (accurate)",
    ),
    "robertson": Variant(
        idf_robertson,
        impact_lucene,
        "max(0, ln((N - df + 0.5) / (df + 0.5)))",
        _SATURATED,
        f"{_KAMPHUIS}, Robertson et al.",
    ),
    "atire": Variant(idf_atire, impact_atire, "ln(N / df)", f"(k1 + 1) x {_SATURATED}", f"{_KAMPHUIS}, ATIRE"),
    "bm25l": Variant(
        idf_bm25l,
        impact_bm25l,
        "ln((N + 1) / (df + 0.5))",
        "(k1 + 1) x (c + delta) / (k1 + c + delta), c = tf / (1 - b + b x dl / avgdl)",
        f"{_KAMPHUIS}, BM25L",
        absent_bm25l,
        "idf x (k1 + 1) x delta / (k1 + delta): the document does not have this word",
    ),
    "bm25plus": Variant(
        idf_bm25plus,
        impact_bm25plus,
        "ln((N + 1) / df)",
        f"(k1 + 1) x {_SATURATED} + delta",
        f"{_KAMPHUIS}, BM25+",
        absent_bm25plus,
        "idf x delta: the document does not have this word",
    ),
    "tfidf": Variant(
        idf_atire,
        impact_count,
        "ln(N / df)",
        "tf",
        "Salton, Buckley, Term-weighting approaches in automatic text retrieval, 1988: cosine of tf x idf vectors",
        is_cosine=True,
    ),
}


def check_parameters(k1: float, b: float, delta: float = 0.0) -> None:
    """Refuse parameters for which the formula means nothing.

    Parameters
    ----------
    k1 : float
        Saturation, finite, >= 0.
    b : float
        Share of the length normalisation, in [0, 1].
    delta : float
        What an occurrence counts in any document, finite, >= 0.

    Raises
    ------
    ParameterError
        If one is out of range.
    """
    if not (math.isfinite(k1) and k1 >= 0):
        raise ParameterError("search.bad_k1", value=k1)
    if not 0 <= b <= 1:
        raise ParameterError("search.bad_b", value=b)
    if not (math.isfinite(delta) and delta >= 0):
        raise ParameterError("search.bad_delta", value=delta)
