"""Counts with their TF-IDF weights: learnt from a corpus, saved, opened and explained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError, DataError, ParameterError
from malgil.explain import Explanation
from malgil.store import Writer, open_artefact
from malgil.vectorize.counts import Counts
from malgil.vectorize.tfidf import Document, Rarity, idf, open_weight, weigh
from malgil.vectorize.weighting import TFIDF

if TYPE_CHECKING:
    from scipy.sparse import csr_array

KIND = "counts"
_ARRAYS = ("indptr", "indices", "data", "n_tokens")


@dataclass(frozen=True, eq=False)
class Weights:
    """A document-term matrix with its TF-IDF weights.

    Parameters
    ----------
    counts : Counts
        The matrix of counts.
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, in the corpus that the weights were learnt from.
    idf : ndarray of float64, shape (n_terms,)
        Inverse document frequencies, in nats.
    data : ndarray of float64, shape (n_entries,)
        The weights, beside ``counts.indices``.
    variant : str
        The formula, a key of `TFIDF`.
    n_docs : int
        Documents in the corpus that the weights were learnt from.
    """

    counts: Counts
    df: NDArray[np.int64]
    idf: NDArray[np.float64]
    data: NDArray[np.float64]
    variant: str
    n_docs: int

    def to_csr(self) -> csr_array:
        """Give the weights to SciPy and scikit-learn.

        Returns
        -------
        scipy.sparse.csr_array of float64, shape (n_docs, n_terms)
            Shares the arrays where SciPy lets it.
        """
        return self.counts.to_csr(self.data)

    def transform(self, counts: Counts, n_jobs: int | None = None) -> Weights:
        """Weigh other documents by what this corpus taught.

        Parameters
        ----------
        counts : Counts
            Documents encoded with the same vocabulary.
        n_jobs : int, optional
            Number of threads, all cores by default.

        Returns
        -------
        Weights
            The same document frequencies, new weights.

        Raises
        ------
        ParameterError
            If the vocabulary is another one.
        """
        weights = weigh(counts, self.idf, self.variant, n_jobs)
        return Weights(counts, self.df, self.idf, weights, self.variant, self.n_docs)

    def row(self, doc: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Weights of one document.

        Parameters
        ----------
        doc : int
            Number of the document.

        Returns
        -------
        indices : ndarray of int32
            Its terms, rising.
        data : ndarray of float64
            Their weights.

        Raises
        ------
        ParameterError
            If there is no such document.
        """
        span = self.counts.span(doc)
        return self.counts.indices[span], self.data[span]

    def explain(self, doc: int, term_id: int, term: str = "t") -> Explanation:
        """Open the weight of a term in a document.

        Parameters
        ----------
        doc : int
            Number of the document.
        term_id : int
            Id of the term.
        term : str
            The term itself, for the labels.

        Returns
        -------
        Explanation
            A product; 0 where the document does not have the term.

        Raises
        ------
        ParameterError
            If there is no such document or term.
        """
        if not 0 <= term_id < self.counts.n_terms:
            raise ParameterError("vectorize.no_such_term", term=term_id, n=self.counts.n_terms)
        indices, data = self.counts.row(doc)
        here = np.flatnonzero(indices == term_id).tolist()
        document = Document(data, self.idf[indices], int(self.counts.n_tokens[doc]))
        rarity = Rarity(float(self.idf[term_id]), int(self.df[term_id]), self.n_docs)
        return open_weight(TFIDF[self.variant], term, here[0] if here else None, document, rarity)

    def save(self, path: str | Path, meta: dict[str, Any] | None = None) -> None:
        """Write counts and weights as an artefact.

        Parameters
        ----------
        path : str or Path
            The folder.
        meta : dict, optional
            JSON to keep beside them.
        """
        with Writer(path, KIND) as writer:
            writer.meta = {**(meta or {}), "tfidf": self.variant, "n_docs": self.n_docs, "n_terms": self.counts.n_terms}
            for name in _ARRAYS:
                writer.array(name, getattr(self.counts, name))
            writer.array("df", self.df)
            writer.array("idf", self.idf)
            writer.array("tfidf", self.data)

    @classmethod
    def open(cls, path: str | Path, *, verify: bool | None = None) -> Weights:
        """Open saved counts and weights by memory map.

        Parameters
        ----------
        path : str or Path
            The folder.
        verify : bool, optional
            As in `malgil.store.open_artefact`.

        Returns
        -------
        Weights
            Read-only.

        Raises
        ------
        ArtefactError
            If it is missing or damaged.
        """
        artefact = open_artefact(path, KIND, verify=verify)
        try:
            n_terms, n_docs, variant = (artefact.meta[name] for name in ("n_terms", "n_docs", "tfidf"))
            indptr, indices, data, n_tokens = (artefact[name] for name in _ARRAYS)
            counts = Counts(indptr, indices, data, n_tokens, n_terms)
            opened = cls(counts, artefact["df"], artefact["idf"], artefact["tfidf"], variant, n_docs)
            opened._check()
        except (DataError, KeyError, TypeError) as error:
            raise ArtefactError("vectorize.damaged", path=artefact.path, reason=error) from error
        return opened

    def _check(self) -> None:
        self.counts.check()
        fits = len(self.df) == len(self.idf) == self.counts.n_terms and len(self.data) == self.counts.n_entries
        if not fits or self.variant not in TFIDF:
            raise DataError("vectorize.parts_do_not_fit")


def tfidf(counts: Counts, variant: str = "textbook", n_jobs: int | None = None) -> Weights:
    """Learn document frequencies from a corpus and weigh it.

    Parameters
    ----------
    counts : Counts
        The corpus.
    variant : str
        A key of `TFIDF`: ``"textbook"`` (tf = count / tokens, idf = ln(N / df)), ``"sklearn"`` (smoothed, rows of
        length 1), or a SMART name such as ``"ltc"``.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    Weights
        Counts, document frequencies and weights.

    Raises
    ------
    ParameterError
        If the variant is not known.

    Examples
    --------
    >>> from malgil.ragged import Ragged
    >>> from malgil.vectorize import dtm
    >>> counts = dtm(Ragged(np.array([0, 1, 0], np.int32), np.array([0, 2, 3])), n_terms=2)
    >>> tfidf(counts).data.round(4)
    array([0.    , 0.3466, 0.    ])
    """
    df = counts.df()
    learnt = idf(df, counts.n_docs, variant)
    return Weights(counts, df, learnt, weigh(counts, learnt, variant, n_jobs), variant, counts.n_docs)
