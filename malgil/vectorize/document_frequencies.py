"""Inverse document frequency: what a term is worth for being rare, under each name and letter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def idf_none(df: NDArray[Any], n_docs: int) -> NDArray[Any]:
    """Make rare and common terms weigh the same: the letter ``n``.

    Parameters
    ----------
    df : ndarray, shape (n_terms,)
        Documents that contain the term.
    n_docs : int
        Not used.

    Returns
    -------
    ndarray of float, shape (n_terms,)
        Ones.
    """
    return np.ones(len(df))


def idf_textbook(df: NDArray[Any], n_docs: int) -> NDArray[Any]:
    r"""Inverse document frequency as textbooks have it: the letter ``t``.

    Parameters
    ----------
    df : ndarray, shape (n_terms,)
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
    idf: NDArray[np.float64] = np.log(np.where(df > 0, n_docs, 1) / np.maximum(df, 1))
    return idf


def idf_probabilistic(df: NDArray[Any], n_docs: int) -> NDArray[Any]:
    r"""Odds that a document does not have the term, as a logarithm that never falls below 0: the letter ``p``.

    Parameters
    ----------
    df : ndarray, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        In nats, >= 0: 0 for a term that is in half of the documents or more, and by convention for one that is in none.

    Notes
    -----
    .. math:: \max(0, \ln((N - df) / df))

    References
    ----------
    .. [1] Manning, Raghavan, Schütze, "Introduction to Information Retrieval", 2008, figure 6.15.

    Examples
    --------
    >>> idf_probabilistic(np.array([0, 1, 2, 4]), n_docs=4).round(3)
    array([0.   , 1.099, 0.   , 0.   ])
    """
    odds = (n_docs - df) / np.maximum(df, 1)
    return np.log(np.maximum(np.where(df > 0, odds, 1.0), 1.0))


def idf_smooth(df: NDArray[Any], n_docs: int) -> NDArray[Any]:
    r"""Inverse document frequency as if one more document held every term.

    Parameters
    ----------
    df : ndarray, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float, shape (n_terms,)
        In nats, >= 1: a term that is in every document keeps the weight 1. Of the type of `df`, where that is a float.

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


def idf_plain(df: NDArray[Any], n_docs: int) -> NDArray[Any]:
    r"""Inverse document frequency plus 1, so that no term vanishes.

    Parameters
    ----------
    df : ndarray, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.

    Returns
    -------
    ndarray of float, shape (n_terms,)
        In nats, >= 1; infinite, with NumPy's warning, for a term that is in no document. Of the type of `df`, where
        that is a float.

    Notes
    -----
    .. math:: idf(t) = \ln(N / df) + 1

    References
    ----------
    .. [1] scikit-learn user guide, "Tf-idf term weighting", ``smooth_idf=False``.

    Examples
    --------
    >>> idf_plain(np.array([1, 2]), n_docs=2).round(3)
    array([1.693, 1.   ])
    """
    return np.log(n_docs / df) + 1.0
