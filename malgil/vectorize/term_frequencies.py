"""Term frequency: what a count is worth within its document, a function for each letter of the SMART system.

All of them take the counts of whole documents, entry by entry. A term that a document lacks has no entry, and so weighs
nothing under any of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Borders = NDArray[np.int64]


def tf_relative(counts: NDArray[Any], n_tokens: NDArray[Any], indptr: Borders | None = None) -> Floats:
    """Term frequency as a share of the document.

    Parameters
    ----------
    counts : ndarray, shape (n_entries,)
        Occurrences of the term in the document.
    n_tokens : ndarray, shape (n_entries,)
        Tokens of that document, > 0.
    indptr : ndarray of int64, optional
        Not used.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        In [0, 1].

    Notes
    -----
    .. math:: tf(t, d) = count(t, d) / |d|
    """
    tf: Floats = counts / n_tokens
    return tf


def tf_count(counts: NDArray[Any], n_tokens: NDArray[Any], indptr: Borders | None = None) -> Floats:
    """Term frequency as the plain count: the letter ``n``.

    Parameters
    ----------
    counts : ndarray, shape (n_entries,)
        Occurrences of the term in the document.
    n_tokens : ndarray, shape (n_entries,)
        Not used.
    indptr : ndarray of int64, optional
        Not used.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        The counts.
    """
    return counts.astype(np.float64)


def tf_log(counts: NDArray[Any], n_tokens: NDArray[Any], indptr: Borders | None = None) -> Floats:
    r"""Term frequency that grows ever more slowly: the letter ``l``, scikit-learn's ``sublinear_tf``.

    Parameters
    ----------
    counts : ndarray, shape (n_entries,)
        Occurrences of the term in the document, > 0.
    n_tokens : ndarray, shape (n_entries,)
        Not used.
    indptr : ndarray of int64, optional
        Not used.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        At least 1.

    Notes
    -----
    .. math:: 1 + \ln count(t, d)
    """
    tf: Floats = np.log(counts) + 1.0
    return tf


def tf_augmented(counts: NDArray[Any], n_tokens: NDArray[Any], indptr: Borders | None = None) -> Floats:
    r"""Term frequency beside the most frequent term of the document: the letter ``a``.

    Parameters
    ----------
    counts : ndarray, shape (n_entries,)
        Occurrences of the term in the document, > 0.
    n_tokens : ndarray, shape (n_entries,)
        Not used.
    indptr : ndarray of int64, shape (n_docs + 1,), optional
        Borders of the documents; by default all counts are of one.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        In (0.5, 1].

    Notes
    -----
    .. math:: 0.5 + 0.5 \, count(t, d) / \max_s count(s, d)
    """
    tf: Floats = 0.5 + 0.5 * counts / over_document(np.maximum, counts, indptr)
    return tf


def tf_boolean(counts: NDArray[Any], n_tokens: NDArray[Any], indptr: Borders | None = None) -> Floats:
    """Whether the document has the term: the letter ``b``.

    Parameters
    ----------
    counts : ndarray, shape (n_entries,)
        Occurrences of the term in the document.
    n_tokens : ndarray, shape (n_entries,)
        Not used.
    indptr : ndarray of int64, optional
        Not used.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        1 where the count is not 0.
    """
    tf: Floats = (counts != 0).astype(np.float64)
    return tf


def tf_log_average(counts: NDArray[Any], n_tokens: NDArray[Any], indptr: Borders | None = None) -> Floats:
    r"""Term frequency beside the average term of the document: the letter ``L``.

    Parameters
    ----------
    counts : ndarray, shape (n_entries,)
        Occurrences of the term in the document, > 0.
    n_tokens : ndarray, shape (n_entries,)
        Not used.
    indptr : ndarray of int64, shape (n_docs + 1,), optional
        Borders of the documents; by default all counts are of one.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        At most ``1 + ln(count)``; 1 for a term that is as frequent as the average.

    Notes
    -----
    The average is over the distinct terms of the document.

    .. math:: (1 + \ln count(t, d)) / (1 + \ln \mathrm{ave}_s \, count(s, d))
    """
    average = over_document(np.add, counts, indptr) / over_document(np.add, np.ones(len(counts)), indptr)
    tf: Floats = (np.log(counts) + 1.0) / (np.log(average) + 1.0)
    return tf


def over_document(reduce: np.ufunc, values: NDArray[Any], indptr: Borders | None) -> NDArray[Any]:
    """Reduce the values of each document, and say the result beside every one of them.

    Parameters
    ----------
    reduce : ufunc
        Of two arguments, such as ``np.maximum``.
    values : ndarray, shape (n_entries,)
        Document after document.
    indptr : ndarray of int64, shape (n_docs + 1,), optional
        Borders of the documents, from 0; by default all values are of one.

    Returns
    -------
    ndarray, shape (n_entries,)
        The same number for all entries of a document.
    """
    borders = np.array([0, len(values)]) if indptr is None else indptr
    lengths = np.diff(borders)
    full = lengths > 0
    if not full.any():
        return values
    reduced: NDArray[Any] = np.repeat(reduce.reduceat(values, borders[:-1][full]), lengths[full])
    return reduced
