"""Small views of the local representations: one-hot vectors and bags of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import ParameterError
from malgil.vectorize.counts import Counts
from malgil.vectorize.limits import dense_bytes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DENSE_LIMIT = 1 << 30  # bytes


def one_hot(ids: ArrayLike, n_terms: int) -> csr_array:
    """One-hot vectors of tokens: a row for each, with a single 1 in the column of its term.

    Parameters
    ----------
    ids : array_like of int, shape (n_tokens,)
        Term ids in [0, n_terms).
    n_terms : int
        Size of the vocabulary.

    Returns
    -------
    scipy.sparse.csr_array of int32, shape (n_tokens, n_terms)
        In the order of `ids`; ``.toarray()`` shows the zeros too.

    Raises
    ------
    ParameterError
        If an id is out of range.
    """
    from scipy.sparse import csr_array

    columns = np.atleast_1d(np.asarray(ids, np.int64))
    for term in columns[(columns < 0) | (columns >= n_terms)][:1].tolist():
        raise ParameterError("vectorize.no_such_term", term=term, n=n_terms)
    indptr = np.arange(len(columns) + 1)
    return csr_array((np.ones(len(columns), np.int32), columns, indptr), shape=(len(columns), n_terms))


def bag_of_words(counts: Counts, doc: int) -> NDArray[np.int32]:
    """Bag of words of one document as a dense vector.

    Parameters
    ----------
    counts : Counts
        The document-term matrix.
    doc : int
        Number of the document.

    Returns
    -------
    ndarray of int32, shape (n_terms,)
        How often the document has each term; the order of its words is lost.

    Raises
    ------
    ParameterError
        If there is no such document.
    """
    vector = np.zeros(counts.n_terms, np.int32)
    indices, data = counts.row(doc)
    vector[indices] = data
    return vector


def to_dense(counts: Counts) -> NDArray[np.int32]:
    """Write out the document-term matrix with all its zeros.

    Parameters
    ----------
    counts : Counts
        The document-term matrix.

    Returns
    -------
    ndarray of int32, shape (n_docs, n_terms)
        A row for each document.

    Raises
    ------
    ParameterError
        If it would take more than `DENSE_LIMIT` bytes.
    """
    if (n_bytes := dense_bytes(counts)) > DENSE_LIMIT:
        raise ParameterError("vectorize.too_large", n_docs=counts.n_docs, n_terms=counts.n_terms, n_bytes=n_bytes)
    matrix = np.zeros(counts.shape, np.int32)
    matrix[np.repeat(np.arange(counts.n_docs), np.diff(counts.indptr)), counts.indices] = counts.data
    return matrix
