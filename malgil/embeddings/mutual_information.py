"""How much more often two words stand near each other than chance would have it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from malgil.embeddings.cooccurrence import Cooccurrences


def pmi(pairs: Cooccurrences, smoothing: float = 0.75) -> NDArray[np.float64]:
    r"""Pointwise mutual information of every pair that occurs.

    Parameters
    ----------
    pairs : Cooccurrences
        What was counted.
    smoothing : float
        Power of the counts of the neighbours: 1 for none; below 1, rare neighbours weigh less.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        In nats.

    Notes
    -----
    With the count x of word w beside neighbour c, the sum of all counts of w, and the sum N_c of those of c,

    .. math:: pmi(w, c) = \ln \frac{x_{wc}}{x_{w \cdot}} - \ln \frac{N_c^s}{\sum_{c'} N_{c'}^s}

    References
    ----------
    .. [1] Church and Hanks, "Word Association Norms, Mutual Information, and Lexicography", Computational Linguistics
       16, 1990.
    .. [2] Levy, Goldberg and Dagan, "Improving Distributional Similarity with Lessons Learned from Word Embeddings",
       TACL 3, 2015, section 3.2 (context distribution smoothing).
    """
    if not pairs.n_pairs:
        return np.zeros(0)
    log_rows, log_columns = log_marginals(pairs, smoothing)
    of_row = np.repeat(log_rows, np.diff(pairs.indptr))
    return np.log(pairs.counts()) - of_row - log_columns[pairs.cols]


def log_marginals(pairs: Cooccurrences, smoothing: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum the counts of every word and of every neighbour, as logarithms.

    Parameters
    ----------
    pairs : Cooccurrences
        What was counted; at least one pair.
    smoothing : float
        Power of the counts of the neighbours.

    Returns
    -------
    rows : ndarray of float64, shape (n_words,)
        Logarithm of the sum of each word's counts; -inf where it has no neighbour.
    columns : ndarray of float64, shape (n_words,)
        Logarithm of the smoothed share of each neighbour.
    """
    columns = np.zeros(pairs.n_words, np.int64)
    np.add.at(columns, pairs.cols, pairs.units)
    smoothed = (columns / float(pairs.scale)) ** smoothing
    with np.errstate(divide="ignore"):
        return np.log(pairs.totals()), np.log(smoothed / smoothed.sum())


def ppmi_matrix(pairs: Cooccurrences, *, smoothing: float = 0.75, shift: float = 1.0) -> csr_array:
    """Keep what of the mutual information is positive, as a sparse matrix.

    Parameters
    ----------
    pairs : Cooccurrences
        What was counted.
    smoothing : float
        As in `pmi`.
    shift : float
        Its logarithm is taken off first; plays the part of word2vec's number of negative words.

    Returns
    -------
    csr_array of float32, shape (n_words, n_words)
        ``max(pmi - ln(shift), 0)``; only what is above 0 is stored.

    References
    ----------
    .. [1] Levy and Goldberg, "Neural Word Embedding as Implicit Matrix Factorization", NIPS 2014, section 4.1.
    """
    values = (pmi(pairs, smoothing) - math.log(shift)).astype(np.float32)
    kept = values > 0
    indptr = np.append(np.zeros(1, np.int64), np.cumsum(kept))[pairs.indptr]
    shape = pairs.n_words, pairs.n_words
    return csr_array((values[kept], np.asarray(pairs.cols)[kept], indptr), shape=shape)
