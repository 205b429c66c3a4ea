"""Corpora larger than memory: matrices piece by piece, on disk, and opened by memory map."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from malgil.errors import ArtefactError, DataError
from malgil.store import Writer, open_artefact
from malgil.vectorize.counts import check_entries
from malgil.vectorize.documents import in_pieces

if TYPE_CHECKING:
    from scipy.sparse import csr_array

KIND = "matrix"


def transform_pieces(vectorizer: Any, raw_documents: Any) -> Iterator[Any]:
    """Transform a corpus some thousands of documents at a time.

    Parameters
    ----------
    vectorizer : estimator
        Fitted; anything with ``transform``, a pipeline too.
    raw_documents : iterable of str, or Arrow strings, or Corpus
        The corpus; an iterator is used up as it is needed.

    Yields
    ------
    sparse matrix, shape (n_docs_of_the_piece, n_features)
        What ``transform`` gives for the next documents; at most 32,768 of them.

    Examples
    --------
    >>> from malgil.vectorize import HashingVectorizer
    >>> [piece.shape for piece in transform_pieces(HashingVectorizer(n_features=8), ["바다", "바람"])]
    [(2, 8)]
    """
    for piece in in_pieces(raw_documents):
        yield vectorizer.transform(piece)


def transform_to(vectorizer: Any, raw_documents: Any, path: str | Path) -> csr_array:
    """Transform a corpus into a matrix on disk, in memory for no more than one piece of it.

    Parameters
    ----------
    vectorizer : estimator
        Fitted; its ``transform`` gives sparse matrices.
    raw_documents : iterable of str, or Arrow strings, or Corpus
        The corpus.
    path : str or Path
        The folder to write.

    Returns
    -------
    scipy.sparse.csr_array, shape (n_docs, n_features)
        As `open_matrix` opens it.

    Raises
    ------
    DataError
        If there is no document.
    """
    pieces = transform_pieces(vectorizer, raw_documents)
    first = next(pieces, None)
    if first is None:
        raise DataError("vectorize.no_documents")
    n_entries = 0
    with Writer(path, KIND) as writer:
        writer.meta = {"n_columns": int(first.shape[1])}
        with (
            writer.stream("indptr", np.int64) as borders,
            writer.stream("indices", np.int32) as indices,
            writer.stream("data", first.dtype) as data,
        ):
            borders.append(np.zeros(1, np.int64))
            for piece in chain([first], pieces):
                borders.append(piece.indptr[1:].astype(np.int64) + n_entries)
                indices.append(piece.indices.astype(np.int32, copy=False))
                data.append(piece.data)
                n_entries += int(piece.indptr[-1])
    return open_matrix(path)


def open_matrix(path: str | Path, *, verify: bool | None = None) -> csr_array:
    """Open a matrix on disk by memory map.

    Parameters
    ----------
    path : str or Path
        The folder that `transform_to` wrote.
    verify : bool, optional
        As in `malgil.store.open_artefact`.

    Returns
    -------
    scipy.sparse.csr_array, shape (n_docs, n_features)
        Read-only; rows come into memory when they are used. Beyond 2,147,483,647 entries SciPy wants wider column
        numbers, and these alone are read into memory.

    Raises
    ------
    ArtefactError
        If it is missing or damaged.
    """
    from scipy.sparse import csr_array

    artefact = open_artefact(path, KIND, verify=verify)
    try:
        indptr, indices, data = (artefact[name] for name in ("indptr", "indices", "data"))
        n_columns = int(artefact.meta["n_columns"])
        check_entries(indptr, indices, len(data), n_columns)
    except (DataError, KeyError, TypeError) as error:
        raise ArtefactError("vectorize.damaged", path=artefact.path, reason=error) from error
    index_type = np.int32 if len(indices) <= np.iinfo(np.int32).max else np.int64  # one type for both, or SciPy copies
    matrix = csr_array((len(indptr) - 1, n_columns), dtype=data.dtype)
    matrix.indptr, matrix.data = indptr.astype(index_type), data
    matrix.indices = indices.astype(index_type, copy=False)
    return matrix
