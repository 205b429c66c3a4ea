"""Small views of the local representations for people: one-hot vectors, bags of words, tables with names."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import MissingError, ParameterError
from malgil.vectorize.counts import Counts
from malgil.vectorize.limits import dense_bytes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DENSE_LIMIT = 1 << 30  # bytes
FRAME_LIMIT = 10_000_000  # cells


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


def to_frame(matrix: Any, terms: Any, ids: Any = None) -> Any:
    """Show a document-term matrix as a table with the names of its rows and columns.

    Parameters
    ----------
    matrix : Counts, Weights, sparse matrix or array, shape (n_docs, n_terms)
        Counts or weights.
    terms : array_like of str, shape (n_terms,)
        The term of each column: ``vocabulary.terms``, or ``get_feature_names_out()``.
    ids : array_like, shape (n_docs,), optional
        Names of the rows, by default their numbers.

    Returns
    -------
    pandas.DataFrame, shape (n_docs, n_terms)
        Dense, with all its zeros.

    Raises
    ------
    MissingError
        If pandas is not installed.
    ParameterError
        If it would have more than `FRAME_LIMIT` cells, or the names do not fit the matrix.
    """
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise MissingError("vectorize.no_pandas") from error
    cells = matrix.to_csr() if hasattr(matrix, "to_csr") else matrix
    n_docs, n_terms = cells.shape
    if n_docs * n_terms > FRAME_LIMIT:
        raise ParameterError("vectorize.frame_too_large", n_docs=n_docs, n_terms=n_terms, limit=FRAME_LIMIT)
    names = terms.to_pylist() if hasattr(terms, "to_pylist") else list(terms)
    rows = None if ids is None else (ids.to_pylist() if hasattr(ids, "to_pylist") else list(ids))
    for what, found, wanted in (("terms", names, n_terms), ("ids", rows, n_docs)):
        if found is not None and len(found) != wanted:
            raise ParameterError("vectorize.names_do_not_fit", what=what, found=len(found), wanted=wanted)
    dense = cells.toarray() if hasattr(cells, "toarray") else np.asarray(cells)
    return pandas.DataFrame(dense, index=rows, columns=names)


def names_in_rows(matrix: Any, names: NDArray[Any]) -> list[NDArray[np.str_]]:
    """Name the features that each row of a matrix has.

    Parameters
    ----------
    matrix : array or sparse matrix, shape (n_docs, n_features)
        Any format.
    names : ndarray of str, shape (n_features,)
        The feature of each column.

    Returns
    -------
    list of ndarray of str
        Features with an entry other than zero.
    """
    from sklearn.utils import check_array

    rows, words = check_array(matrix, accept_sparse="csr"), np.array(names.tolist())
    if isinstance(rows, np.ndarray):
        return [words[np.flatnonzero(row)] for row in rows]
    borders = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
    return [words[rows.indices[start:end][rows.data[start:end] != 0]] for start, end in borders]
