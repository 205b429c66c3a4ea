"""Counting features one document at a time, whatever they are: the way that works for everything."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: Entries that 32-bit pointers can count.
MOST_NARROW = np.iinfo(np.int32).max


class Sparse(NamedTuple):
    """Parts of a matrix of counts.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the rows.
    indices : ndarray of int32 or int64, shape (n_entries,)
        Columns.
    data : ndarray of an integer type, shape (n_entries,)
        Counts.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[Any]
    data: NDArray[Any]

    def to_csr(self, n_columns: int) -> csr_array:
        """Give the matrix to SciPy.

        Parameters
        ----------
        n_columns : int
            Number of columns.

        Returns
        -------
        scipy.sparse.csr_array, shape (n_docs, n_columns)
            With 32-bit numbers where they suffice, as scikit-learn has it; columns of a row are taken to rise.
        """
        from scipy.sparse import csr_array

        index_type = np.int32 if self.indptr[-1] <= MOST_NARROW else np.int64
        parts = self.data, self.indices.astype(index_type, copy=False), self.indptr.astype(index_type, copy=False)
        matrix = csr_array(parts, shape=(len(self.indptr) - 1, n_columns))
        matrix.has_canonical_format = True
        return matrix


def count_features(
    documents: Iterable[Any],
    analyze: Callable[[Any], Iterable[Any]],
    vocabulary: dict[Any, int],
    *,
    is_fixed: bool,
) -> Sparse:
    """Count the features of each document.

    Parameters
    ----------
    documents : iterable
        Passed over once.
    analyze : callable
        Document -> features.
    vocabulary : dict
        Feature -> column; grows in order of first appearance unless it is fixed.
    is_fixed : bool
        Whether other features are left out.

    Returns
    -------
    Sparse
        Columns of a row in order of first appearance.
    """
    indices, data, lengths = array("q"), array("q"), array("q", [0])
    for document in documents:
        counts = Counter(analyze(document))
        if is_fixed:
            known = {vocabulary[term]: count for term, count in counts.items() if term in vocabulary}
        else:
            known = {vocabulary.setdefault(term, len(vocabulary)): count for term, count in counts.items()}
        indices.extend(known.keys())
        data.extend(known.values())
        lengths.append(len(known))
    parts = (np.frombuffer(part, np.int64) for part in (lengths, indices, data))
    return Sparse(np.cumsum(next(parts)), next(parts), next(parts))


def in_column_order(counts: Sparse, columns: NDArray[np.int64], n_columns: int) -> Sparse:
    """Renumber columns, drop those without a number, and sort every row.

    Parameters
    ----------
    counts : Sparse
        Any.
    columns : ndarray of int64, shape (n_old_columns,)
        New number of each column, -1 where it goes.
    n_columns : int
        How many there will be.

    Returns
    -------
    Sparse
        Columns of a row rise.
    """
    n_docs = len(counts.indptr) - 1
    new = columns[counts.indices] if len(counts.indices) else counts.indices.astype(np.int64)
    rows = np.repeat(np.arange(n_docs), np.diff(counts.indptr))
    kept = new >= 0
    rows, new, data = rows[kept], new[kept], counts.data[kept]
    order = np.lexsort((new, rows))
    indptr = np.zeros(n_docs + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=n_docs), out=indptr[1:])
    return Sparse(indptr, new[order], data[order])


def learn_slowly(
    documents: Iterable[Any],
    analyze: Callable[[Any], Iterable[Any]],
    keep: Callable[[NDArray[np.int64], NDArray[np.int64], int], NDArray[np.bool_]],
) -> tuple[dict[Any, int], Sparse]:
    """Learn the features of a corpus and count them.

    Parameters
    ----------
    documents : iterable
        Passed over once.
    analyze : callable
        Document -> features.
    keep : callable
        Occurrences and document frequencies of the features in order, number of documents -> which features stay.

    Returns
    -------
    vocabulary : dict
        Feature -> column, in order.
    counts : Sparse
        Columns of a row rise.

    Raises
    ------
    DataError
        If there is no feature at all.
    """
    seen: dict[Any, int] = {}
    counts = count_features(documents, analyze, seen, is_fixed=False)
    if not seen:
        raise DataError("vectorize.empty_vocabulary")
    terms = sorted(seen)
    order = np.fromiter((seen[term] for term in terms), np.int64, len(terms))
    total = np.bincount(counts.indices, weights=counts.data, minlength=len(terms)).astype(np.int64)
    df = np.bincount(counts.indices, minlength=len(terms))
    kept = np.flatnonzero(keep(total[order], df[order], len(counts.indptr) - 1))
    columns = np.full(len(terms), -1, np.int64)
    columns[order[kept]] = np.arange(len(kept))
    vocabulary = {terms[place]: column for column, place in enumerate(kept.tolist())}
    return vocabulary, in_column_order(counts, columns, len(vocabulary))
