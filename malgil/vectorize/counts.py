"""The document-term matrix (DTM): rows are documents, columns are terms, entries are counts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks, n_workers
from malgil.errors import DataError, ParameterError
from malgil.ragged import Ragged, check_indptr

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_BLOCK_SIZE = 1 << 18  # documents and tokens of a block, together


class Columns(NamedTuple):
    """A sparse matrix column by column.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_columns + 1,)
        Column ``c`` has the entries ``indptr[c]`` to ``indptr[c + 1]``.
    rows : ndarray of int32, shape (n_entries,)
        Rows, rising within a column.
    data : ndarray, shape (n_entries,)
        Values.
    """

    indptr: NDArray[np.int64]
    rows: NDArray[np.int32]
    data: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Counts:
    """Bags of words of a corpus, as one sparse matrix.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_docs + 1,)
        Document ``d`` has the entries ``indptr[d]`` to ``indptr[d + 1]``.
    indices : ndarray of int32, shape (n_entries,)
        Term ids, rising within a document.
    data : ndarray of int32, shape (n_entries,)
        How often the document has the term, > 0.
    n_tokens : ndarray of int64, shape (n_docs,)
        Tokens of each document.
    n_terms : int
        Size of the vocabulary.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[np.int32]
    n_tokens: NDArray[np.int64]
    n_terms: int

    @property
    def n_docs(self) -> int:
        """Number of documents."""
        return len(self.indptr) - 1

    @property
    def n_entries(self) -> int:
        """Number of counts that are not zero."""
        return len(self.indices)

    @property
    def shape(self) -> tuple[int, int]:
        """Documents and terms."""
        return self.n_docs, self.n_terms

    def __len__(self) -> int:
        return self.n_docs

    def row(self, doc: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Bag of words of one document.

        Parameters
        ----------
        doc : int
            Number of the document.

        Returns
        -------
        indices : ndarray of int32
            Its terms, rising.
        data : ndarray of int32
            Their counts.

        Raises
        ------
        ParameterError
            If there is no such document.
        """
        span = self.span(doc)
        return self.indices[span], self.data[span]

    def span(self, doc: int) -> slice:
        """Place of one document in `indices` and `data`.

        Parameters
        ----------
        doc : int
            Number of the document.

        Returns
        -------
        slice
            Its entries.

        Raises
        ------
        ParameterError
            If there is no such document.
        """
        if not 0 <= doc < self.n_docs:
            raise ParameterError("vectorize.no_such_doc", doc=doc, n=self.n_docs)
        return slice(int(self.indptr[doc]), int(self.indptr[doc + 1]))

    def count(self, doc: int, term_id: int) -> int:
        """How often a document has a term.

        Parameters
        ----------
        doc : int
            Number of the document.
        term_id : int
            Id of the term.

        Returns
        -------
        int
            0 where the document does not have it.
        """
        indices, data = self.row(doc)
        place = int(np.searchsorted(indices, term_id))
        return int(data[place]) if place < len(indices) and indices[place] == term_id else 0

    def df(self) -> NDArray[np.int64]:
        """Document frequency of each term.

        Returns
        -------
        ndarray of int64, shape (n_terms,)
            Documents that contain the term.
        """
        return np.bincount(self.indices, minlength=self.n_terms).astype(np.int64, copy=False)

    def columns(self, data: NDArray[Any] | None = None) -> Columns:
        """Turn rows into columns: for each term, the documents that contain it.

        Parameters
        ----------
        data : ndarray, shape (n_entries,), optional
            What to carry beside the documents, by default the counts.

        Returns
        -------
        Columns
            The rows of each column rise.
        """
        return transpose(self.indptr, self.indices, self.data if data is None else data, self.n_terms)

    def to_csr(self, data: NDArray[Any] | None = None) -> csr_array:
        """Give the matrix to SciPy and scikit-learn.

        Parameters
        ----------
        data : ndarray, shape (n_entries,), optional
            Values in place of the counts, such as TF-IDF weights.

        Returns
        -------
        scipy.sparse.csr_array, shape (n_docs, n_terms)
            Shares the arrays where SciPy lets it.
        """
        from scipy.sparse import csr_array

        return csr_array((self.data if data is None else data, self.indices, self.indptr), shape=self.shape)

    def check(self) -> None:
        """Make sure that no kernel can read outside its arrays.

        Raises
        ------
        DataError
            If the parts do not fit one another.
        """
        check_entries(self.indptr, self.indices, len(self.data), self.n_terms)
        if len(self.n_tokens) != self.n_docs:
            raise DataError("vectorize.parts_do_not_fit")


def dtm(ragged: Ragged, n_terms: int, n_jobs: int | None = None) -> Counts:
    """Count the terms of every document.

    Parameters
    ----------
    ragged : Ragged
        Encoded corpus. An empty document gives an empty row.
    n_terms : int
        Size of the vocabulary; every id lies in [0, n_terms).
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    Counts
        The document-term matrix.

    Raises
    ------
    DataError
        If an id is out of range, or the borders of the documents do not fit the ids.

    Examples
    --------
    >>> counts = dtm(Ragged(np.array([1, 0, 1], np.int32), np.array([0, 3, 3])), n_terms=2)
    >>> counts.row(0)
    (array([0, 1], dtype=int32), array([1, 2], dtype=int32))
    """
    from malgil.vectorize._counts_kernels import count_rows

    ragged.check(n_terms)

    def count(block: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        start, stop = block
        n_tokens = int(ragged.indptr[stop] - ragged.indptr[start])
        lengths, indices, data = (
            np.empty(stop - start, np.int64),
            np.empty(n_tokens, np.int32),
            np.empty(n_tokens, np.int32),
        )
        n = count_rows(ragged.ids, ragged.indptr[start : stop + 1], lengths, indices, data)
        return lengths, indices[:n].copy(), data[:n].copy()

    parts = list(map_blocks(count, row_blocks(ragged.indptr), n_jobs))
    indptr = np.zeros(ragged.n_docs + 1, np.int64)
    if not parts:
        return Counts(indptr, np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64), n_terms)
    lengths, indices, data = (np.concatenate(part) for part in zip(*parts, strict=True))
    np.cumsum(lengths, out=indptr[1:])
    return Counts(indptr, indices, data, np.diff(ragged.indptr), n_terms)


def document_frequencies(indices: NDArray[Any], n_columns: int, n_jobs: int | None = None) -> NDArray[np.int64]:
    """Count the rows that have an entry in each column.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (n_entries,)
        Columns of a CSR matrix, each at most once a row.
    n_columns : int
        Number of columns.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    ndarray of int64, shape (n_columns,)
        Document frequencies.
    """
    from malgil.vectorize._counts_kernels import count_columns

    def count(part: NDArray[Any]) -> NDArray[np.int32]:
        df = np.zeros(n_columns, np.int32)  # no column has more entries than int32 can count rows
        count_columns(part, df)
        return df

    n_parts = min(n_workers(n_jobs), 1 + len(indices) // _BLOCK_SIZE)
    borders = np.linspace(0, len(indices), n_parts + 1).astype(np.int64).tolist()
    parts = map_blocks(count, (indices[i:j] for i, j in pairwise(borders)), n_jobs)
    df = np.zeros(n_columns, np.int64)
    for part in parts:
        df += part
    return df


def row_blocks(indptr: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut rows into blocks of about the same work.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.

    Returns
    -------
    list of (int, int)
        Half-open ranges of rows; a block closes after the row that fills it.
    """
    n_rows = len(indptr) - 1
    work = indptr + np.arange(n_rows + 1)
    wanted = np.arange(_BLOCK_SIZE, int(work[-1]) + _BLOCK_SIZE, _BLOCK_SIZE)
    borders = np.unique(np.minimum(np.concatenate(([0], np.searchsorted(work, wanted))), n_rows)).tolist()
    return list(pairwise(borders))


def check_entries(indptr: NDArray[np.int64], indices: NDArray[np.integer], n_data: int, n_columns: int) -> None:
    """Make sure that the parts of a sparse matrix fit, so that no kernel can read or write outside its arrays.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.
    indices : ndarray of int, shape (n_entries,)
        Columns.
    n_data : int
        Number of values.
    n_columns : int
        Number of columns.

    Raises
    ------
    DataError
        If there is not one value for each column, the borders do not fit, or a column lies outside [0, n_columns).
    """
    check_indptr(indptr, len(indices))
    if n_data != len(indices):
        raise DataError("vectorize.parts_do_not_fit")
    low, high = (int(indices.min()), int(indices.max())) if len(indices) else (0, -1)
    if low < 0 or high >= n_columns:
        raise DataError("house.ids_out_of_range", low=low, high=high, n=n_columns)


def transpose(indptr: NDArray[np.int64], indices: NDArray[np.int32], data: NDArray[Any], n_columns: int) -> Columns:
    """Turn the rows of a sparse matrix into columns.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.
    indices : ndarray of int32, shape (n_entries,)
        Columns, in [0, n_columns).
    data : ndarray, shape (n_entries,)
        Values.
    n_columns : int
        Number of columns.

    Returns
    -------
    Columns
        The rows of each column rise.

    Raises
    ------
    DataError
        If the parts do not fit one another.
    """
    from malgil.vectorize._transpose_kernels import scatter_columns

    check_entries(indptr, indices, len(data), n_columns)
    column_indptr = np.empty(n_columns + 1, np.int64)
    rows, values = np.empty(len(indices), np.int32), np.empty(len(indices), data.dtype)
    scatter_columns(indptr, indices, data, column_indptr, rows, values)
    return Columns(column_indptr, rows, values)
