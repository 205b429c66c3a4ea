"""The first limit of the document-term matrix: nearly all of it is zeros."""

from __future__ import annotations

from malgil.vectorize.counts import Counts


def density(counts: Counts) -> float:
    """Share of the matrix that is not zero.

    Parameters
    ----------
    counts : Counts
        The document-term matrix.

    Returns
    -------
    float
        In [0, 1]; 0 for a matrix without cells.
    """
    n_cells = counts.n_docs * counts.n_terms
    return counts.n_entries / n_cells if n_cells else 0.0


def dense_bytes(counts: Counts) -> int:
    """Memory that the matrix would take with all its zeros.

    Parameters
    ----------
    counts : Counts
        The document-term matrix.

    Returns
    -------
    int
        Bytes, at the four bytes a count has here.
    """
    return counts.n_docs * counts.n_terms * int(counts.data.itemsize)


def sparse_bytes(counts: Counts) -> int:
    """Memory that the matrix takes without its zeros.

    Parameters
    ----------
    counts : Counts
        The document-term matrix.

    Returns
    -------
    int
        Bytes of the borders, the columns and the counts.
    """
    return int(counts.indptr.nbytes + counts.indices.nbytes + counts.data.nbytes)
