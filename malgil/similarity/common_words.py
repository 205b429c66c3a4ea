"""The second limit of the document-term matrix: words that are everywhere make documents look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.similarity.measures import cosine
from malgil.similarity.rows import Rows, as_rows
from malgil.vectorize import Counts, Weights

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_MOST_DOCS = 2000
_MOST_ENTRIES = 200_000
_ROUND = 9  # decimals that choose the pair: last bits of a matrix product are not the same everywhere


class AlikePair(NamedTuple):
    """Two documents that share only common words.

    Parameters
    ----------
    doc_a, doc_b : int
        Their numbers, the lower first.
    counts_cosine : float
        How alike their counts are.
    tfidf_cosine : float
        How alike their TF-IDF weights are.
    shared : tuple of int
        Terms that both have, those that add most to the cosine of the counts first.
    """

    doc_a: int
    doc_b: int
    counts_cosine: float
    tfidf_cosine: float
    shared: tuple[int, ...]


def alike_by_common_words(
    weights: Weights, n_docs: int = _MOST_DOCS, *, n_words: tuple[int, int] = (5, 60)
) -> AlikePair | None:
    """Find the pair of documents whose counts are most alike while their TF-IDF weights are not.

    Parameters
    ----------
    weights : Weights
        Counts with TF-IDF weights.
    n_docs : int
        Documents to compare, all with all, taken at equal steps through the corpus.
    n_words : (int, int)
        Least and most different terms of a document to look at, so that the pair can be read.

    Returns
    -------
    AlikePair or None
        The pair with the largest fall from one cosine to the other, the first of equals; ``None`` where no two of the
        documents fall.
    """
    docs = _sample(weights.counts, n_docs, n_words)
    if len(docs) < 2:
        return None
    counts, tfidf = as_rows(weights.counts).take(docs.tolist()), as_rows(weights).take(docs.tolist())
    fall = np.triu(_cosines(counts) - _cosines(tfidf), 1).round(_ROUND)
    place = int(np.argmax(fall))
    if fall.flat[place] <= 0.0:
        return None
    a, b = divmod(place, len(docs))
    return _pair(int(docs[a]), int(docs[b]), counts.take([a, b]), tfidf.take([a, b]))


def _sample(counts: Counts, n_docs: int, n_words: tuple[int, int]) -> NDArray[np.int64]:
    """Documents at equal steps among those of a readable size, few enough for all pairs."""
    lengths = np.diff(counts.indptr)
    docs = np.flatnonzero((lengths >= n_words[0]) & (lengths <= n_words[1]))
    wanted = min(n_docs, _MOST_ENTRIES // max(n_words[1], 1), len(docs))
    return docs[np.arange(wanted) * len(docs) // max(wanted, 1)]


def _cosines(rows: Rows) -> NDArray[np.float64]:
    from scipy.sparse import csr_array

    squared = np.bincount(np.repeat(np.arange(rows.n_rows), np.diff(rows.indptr)), rows.data**2, rows.n_rows)
    scaled = rows.data / np.sqrt(np.repeat(squared, np.diff(rows.indptr)))
    matrix: csr_array = csr_array((scaled, rows.indices, rows.indptr), shape=(rows.n_rows, rows.n_columns))
    cosines: NDArray[np.float64] = (matrix @ matrix.T).toarray()
    return cosines


def _pair(doc_a: int, doc_b: int, counts: Rows, tfidf: Rows) -> AlikePair:
    a, b = counts.vector(0), counts.vector(1)
    shared, in_a, in_b = np.intersect1d(a.indices, b.indices, assume_unique=True, return_indices=True)
    order = np.lexsort((shared, -(a.data[in_a] * b.data[in_b])))
    by_counts, by_tfidf = cosine(a, b), cosine(tfidf.vector(0), tfidf.vector(1))
    return AlikePair(doc_a, doc_b, by_counts, by_tfidf, tuple(shared[order].tolist()))
