"""Inverse document frequency: how much a word says about the documents that hold it, in each variant of BM25."""

from __future__ import annotations

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
    df = _checked(df, n_docs)
    return np.log(1.0 + (n_docs - df + 0.5) / (df + 0.5))


def idf_robertson(df: NDArray[np.int64], n_docs: int) -> Floats:
    r"""Inverse document frequency of BM25 as first published; 0 for a word of more than half of the documents.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        Weight in nats, >= 0: the published formula falls below 0 there, which would punish a document for having a
        word of the query.

    Raises
    ------
    ParameterError
        If a `df` lies outside [0, n_docs].

    Notes
    -----
    .. math:: \max(0, \ln((N - df + 0.5) / (df + 0.5)))

    References
    ----------
    .. [1] Robertson, Walker, Jones, Hancock-Beaulieu, Gatford, "Okapi at TREC-3", 1994.

    Examples
    --------
    >>> idf_robertson(np.array([1, 3]), n_docs=5).round(3)
    array([1.099, 0.   ])
    """
    df = _checked(df, n_docs)
    return np.log(np.maximum((n_docs - df + 0.5) / (df + 0.5), 1.0))


def idf_atire(df: NDArray[np.int64], n_docs: int) -> Floats:
    r"""Inverse document frequency of the textbook, which ATIRE and tf-idf use.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs; 0 is taken as 1.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        Weight in nats, >= 0; 0 for a word of every document.

    Raises
    ------
    ParameterError
        If a `df` lies outside [0, n_docs].

    Notes
    -----
    .. math:: \ln(N / df)

    References
    ----------
    .. [1] Trotman, Jia, Crane, "Towards an Efficient and Effective Search Engine", OSIR 2012.

    Examples
    --------
    >>> idf_atire(np.array([1, 2]), n_docs=2).round(3)
    array([0.693, 0.   ])
    """
    df = _checked(df, n_docs)
    return np.log(max(n_docs, 1) / np.maximum(df, 1))


def idf_bm25l(df: NDArray[np.int64], n_docs: int) -> Floats:
    r"""Inverse document frequency of BM25L.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        Weight in nats, > 0.

    Raises
    ------
    ParameterError
        If a `df` lies outside [0, n_docs].

    Notes
    -----
    .. math:: \ln((N + 1) / (df + 0.5))

    References
    ----------
    .. [1] Lv, Zhai, "When Documents Are Very Long, BM25 Fails!", SIGIR 2011.

    Examples
    --------
    >>> idf_bm25l(np.array([1, 2]), n_docs=2).round(3)
    array([0.693, 0.182])
    """
    df = _checked(df, n_docs)
    return np.log((n_docs + 1) / (df + 0.5))


def idf_bm25plus(df: NDArray[np.int64], n_docs: int) -> Floats:
    r"""Inverse document frequency of BM25+.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs; 0 is taken as 1.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        Weight in nats, > 0.

    Raises
    ------
    ParameterError
        If a `df` lies outside [0, n_docs].

    Notes
    -----
    .. math:: \ln((N + 1) / df)

    References
    ----------
    .. [1] Lv, Zhai, "Lower-Bounding Term Frequency Normalization", CIKM 2011.

    Examples
    --------
    >>> idf_bm25plus(np.array([1, 2]), n_docs=2).round(3)
    array([1.099, 0.405])
    """
    df = _checked(df, n_docs)
    return np.log((n_docs + 1) / np.maximum(df, 1))


def _checked(df: NDArray[np.int64], n_docs: int) -> NDArray[np.int64]:
    df = np.asarray(df, np.int64)
    if len(df) and not (df.min() >= 0 and df.max() <= n_docs):
        raise ParameterError("search.bad_df", low=int(df.min()), high=int(df.max()), n=n_docs)
    return df
