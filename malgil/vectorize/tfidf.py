"""TF-IDF: how much a term says about a document, by the name of the formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.params import choose
from malgil.vectorize.counts import Counts, row_blocks

Floats = NDArray[np.float64]


def tf_relative(counts: NDArray[np.int32], n_tokens: NDArray[np.int64]) -> Floats:
    """Term frequency as a share of the document.

    Parameters
    ----------
    counts : ndarray of int32, shape (n_entries,)
        Occurrences of the term in the document.
    n_tokens : ndarray of int64, shape (n_entries,)
        Tokens of that document, > 0.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        In [0, 1].

    Notes
    -----
    .. math:: tf(t, d) = count(t, d) / |d|
    """
    return counts / n_tokens


def tf_count(counts: NDArray[np.int32], n_tokens: NDArray[np.int64]) -> Floats:
    """Term frequency as the plain count.

    Parameters
    ----------
    counts : ndarray of int32, shape (n_entries,)
        Occurrences of the term in the document.
    n_tokens : ndarray of int64, shape (n_entries,)
        Not used.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        The counts.
    """
    return counts.astype(np.float64)


def idf_textbook(df: NDArray[np.int64], n_docs: int) -> Floats:
    r"""Inverse document frequency as textbooks have it.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        In nats, >= 0: 0 for a term that is in every document, and by convention for one that is in none.

    Notes
    -----
    .. math:: idf(t) = \ln(N / df)

    References
    ----------
    .. [1] Manning, Raghavan, Schütze, "Introduction to Information Retrieval", 2008, equation 6.7.

    Examples
    --------
    >>> idf_textbook(np.array([0, 1, 2, 4]), n_docs=4).round(3)
    array([0.   , 1.386, 0.693, 0.   ])
    """
    return np.log(np.where(df > 0, n_docs, 1) / np.maximum(df, 1))


def idf_smooth(df: NDArray[np.int64], n_docs: int) -> Floats:
    r"""Inverse document frequency as if one more document held every term.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        In nats, >= 1: a term that is in every document keeps the weight 1.

    Notes
    -----
    .. math:: idf(t) = \ln((1 + N) / (1 + df)) + 1

    References
    ----------
    .. [1] scikit-learn user guide, "Tf-idf term weighting", ``smooth_idf=True``.

    Examples
    --------
    >>> idf_smooth(np.array([0, 1, 3]), n_docs=3).round(3)
    array([2.386, 1.693, 1.   ])
    """
    return np.log((1 + n_docs) / (1 + df)) + 1.0


def norm_none(weights: Floats, indptr: NDArray[np.int64]) -> Floats:
    """Leave the rows as they are.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_entries,)
        Entries of the rows.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        1 for every row.
    """
    return np.ones(len(indptr) - 1)


def norm_l2(weights: Floats, indptr: NDArray[np.int64]) -> Floats:
    r"""Length of every row.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_entries,)
        Entries of the rows.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        What the row is divided by; 1 for a row of zeros.

    Notes
    -----
    .. math:: \sqrt{\sum_t w(t, d)^2}
    """
    norms = np.zeros(len(indptr) - 1)
    filled = np.diff(indptr) > 0
    if filled.any():
        norms[filled] = np.sqrt(np.add.reduceat(np.square(weights), indptr[:-1][filled]))
    norms[norms == 0.0] = 1.0
    return norms


class Weighting(NamedTuple):
    """One way to weigh: the weight is ``tf x idf / norm``.

    Parameters
    ----------
    tf : callable
        Counts and tokens of their documents -> term frequencies.
    idf : callable
        Document frequencies and number of documents -> weights of the terms.
    norm : callable
        Weights and borders of the rows -> what each row is divided by.
    formula, tf_formula, idf_formula, norm_formula : str
        The same in plain signs; `norm_formula` is empty where there is no norm.
    source : str
        Where they are published.
    """

    tf: Callable[[NDArray[np.int32], NDArray[np.int64]], Floats]
    idf: Callable[[NDArray[np.int64], int], Floats]
    norm: Callable[[Floats, NDArray[np.int64]], Floats]
    formula: str
    tf_formula: str
    idf_formula: str
    norm_formula: str
    source: str


TFIDF: dict[str, Weighting] = {
    "textbook": Weighting(
        tf_relative,
        idf_textbook,
        norm_none,
        "tf x idf",
        "count / n_tokens",
        "ln(N / df)",
        "",
        "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, section 6.2",
    ),
    "sklearn": Weighting(
        tf_count,
        idf_smooth,
        norm_l2,
        "tf x idf / length",
        "count",
        "ln((1 + N) / (1 + df)) + 1",
        "length = sqrt(sum of (tf x idf)^2 over the document)",
        "scikit-learn user guide, Tf-idf term weighting: smooth_idf=True, norm='l2'",
    ),
}


def idf(df: NDArray[np.int64], n_docs: int, variant: str = "textbook") -> Floats:
    """Inverse document frequency of every term, by the name of the formula.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.
    variant : str
        A key of `TFIDF`.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        In nats.

    Raises
    ------
    ParameterError
        If the variant is not known or a `df` lies outside [0, n_docs].
    """
    weighting = choose(TFIDF, "tfidf", variant)
    if len(df) and not (df.min() >= 0 and df.max() <= n_docs):
        raise ParameterError("vectorize.bad_df", low=int(df.min()), high=int(df.max()), n=n_docs)
    return weighting.idf(df, n_docs)


def weigh(counts: Counts, idf: Floats, variant: str = "textbook", n_jobs: int | None = None) -> Floats:
    """TF-IDF weight of every entry of the document-term matrix.

    Parameters
    ----------
    counts : Counts
        Documents to weigh; not necessarily those that `idf` was learnt from.
    idf : ndarray of float64, shape (n_terms,)
        Inverse document frequencies.
    variant : str
        A key of `TFIDF`.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        Weights beside ``counts.indices``. An empty document has none.

    Raises
    ------
    ParameterError
        If the variant is not known or `idf` is of another vocabulary.
    """
    weighting = choose(TFIDF, "tfidf", variant)
    if len(idf) != counts.n_terms:
        raise ParameterError("vectorize.other_terms", found=counts.n_terms, wanted=len(idf))
    weights = np.empty(counts.n_entries)

    def weigh_block(block: tuple[int, int]) -> None:
        start, stop = block
        indptr = counts.indptr[start : stop + 1]
        span, lengths = slice(int(indptr[0]), int(indptr[-1])), np.diff(indptr)
        tf = weighting.tf(counts.data[span], np.repeat(counts.n_tokens[start:stop], lengths))
        raw = tf * idf[counts.indices[span]]
        weights[span] = raw / np.repeat(weighting.norm(raw, indptr - indptr[0]), lengths)

    for _ in map_blocks(weigh_block, row_blocks(counts.indptr), n_jobs):
        pass
    return weights
