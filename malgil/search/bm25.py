"""BM25: the weight of a word (idf) times the impact of its occurrences in a document, by the name of the variant."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError

Floats = NDArray[np.float64]


def idf_lucene(df: NDArray[np.int64], n_docs: int) -> Floats:
    r"""Inverse document frequency of BM25, Lucene variant.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        Weight in nats, > 0, falling as `df` grows.

    Raises
    ------
    ParameterError
        If a `df` lies outside [0, n_docs].

    Notes
    -----
    .. math:: \ln(1 + (N - df + 0.5) / (df + 0.5))

    References
    ----------
    .. [1] Kamphuis, de Vries, Boytsov, Lin, "Which BM25 Do You Mean?", ECIR 2020, table 1, "Lucene (accurate)".

    Examples
    --------
    >>> idf_lucene(np.array([0, 1, 2]), n_docs=2).round(3)
    array([1.792, 0.693, 0.182])
    """
    df = np.asarray(df, np.int64)
    if len(df) and not (df.min() >= 0 and df.max() <= n_docs):
        raise ParameterError("search.bad_df", low=int(df.min()), high=int(df.max()), n=n_docs)
    return np.log(1.0 + (n_docs - df + 0.5) / (df + 0.5))


def impact_lucene(tf: NDArray[np.int32], dl: NDArray[np.int32], avgdl: float, k1: float, b: float) -> Floats:
    r"""How much occurrences count, saturating with their number and less in a long document.

    Parameters
    ----------
    tf : ndarray of int, shape (n,)
        Occurrences of the word in the document, > 0.
    dl : ndarray of int, shape (n,)
        Tokens of the document.
    avgdl : float
        Mean tokens of a document in the corpus, > 0.
    k1 : float
        Saturation, >= 0: at 0 one occurrence counts as much as many.
    b : float
        Share of the length normalisation, in [0, 1].

    Returns
    -------
    ndarray of float64, shape (n,)
        In (0, 1]; the idf is not in it.

    Notes
    -----
    .. math:: tf / (tf + k_1 (1 - b + b \cdot dl / avgdl))

    References
    ----------
    .. [1] Kamphuis, de Vries, Boytsov, Lin, "Which BM25 Do You Mean?", ECIR 2020, table 1, "Lucene (accurate)":
       no factor k1 + 1, which changes no order.

    Examples
    --------
    >>> impact_lucene(np.array([1, 2]), np.array([10, 10]), avgdl=10.0, k1=1.5, b=0.75).round(3)
    array([0.4  , 0.571])
    """
    return tf / (tf + k1 * (1.0 - b + b * dl / avgdl))


class Variant(NamedTuple):
    """One BM25: the score of a word in a document is ``idf x impact``.

    Parameters
    ----------
    idf : callable
        Document frequencies and number of documents -> weights of the words.
    impact : callable
        Occurrences, length of the document, mean length, k1 and b -> weight of the occurrences.
    idf_formula, impact_formula : str
        The same in plain signs.
    source : str
        Where they are published.
    """

    idf: Callable[[NDArray[np.int64], int], Floats]
    impact: Callable[[NDArray[np.int32], NDArray[np.int32], float, float, float], Floats]
    idf_formula: str
    impact_formula: str
    source: str


BM25: dict[str, Variant] = {
    "lucene": Variant(
        idf_lucene,
        impact_lucene,
        "ln(1 + (N - df + 0.5) / (df + 0.5))",
        "tf / (tf + k1 x (1 - b + b x dl / avgdl))",
        "Kamphuis et al., Which BM25 Do You Mean?, ECIR 2020, table 1, Lucene (accurate)",
    ),
}


def check_parameters(k1: float, b: float) -> None:
    """Refuse parameters for which the formula means nothing.

    Parameters
    ----------
    k1 : float
        Saturation, finite, >= 0.
    b : float
        Share of the length normalisation, in [0, 1].

    Raises
    ------
    ParameterError
        If one is out of range.
    """
    if not (math.isfinite(k1) and k1 >= 0):
        raise ParameterError("search.bad_k1", value=k1)
    if not 0 <= b <= 1:
        raise ParameterError("search.bad_b", value=b)
