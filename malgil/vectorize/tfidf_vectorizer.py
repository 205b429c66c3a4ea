"""`TfidfVectorizer`: texts -> TF-IDF weights in one step."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from malgil.errors import DataError, ParameterError
from malgil.explain import Explanation
from malgil.messages import render
from malgil.vectorize.constraints import unused_beside_weighting
from malgil.vectorize.count_vectorizer import CountVectorizer
from malgil.vectorize.counts import document_frequencies
from malgil.vectorize.growing import Growing, GrowingKnown
from malgil.vectorize.peer import align, not_fitted
from malgil.vectorize.tfidf import Document, Rarity, open_weight
from malgil.vectorize.tfidf_transformer import TfidfTransformer

_FLOATS = (np.float64, np.float32, np.float16)


@dataclass(kw_only=True, eq=False)
class TfidfVectorizer(CountVectorizer):
    """Weigh the words or n-grams of texts: scikit-learn's class of that name, on all cores.

    All parameters of `CountVectorizer` and of `TfidfTransformer`.

    Parameters
    ----------
    dtype : dtype
        Type of the matrix, a floating one.
    norm : {"l1", "l2"}, optional
        Length that every row gets.
    use_idf : bool
        Whether rare features weigh more.
    smooth_idf : bool
        Whether one more document with every feature is thought of.
    sublinear_tf : bool
        Whether 1 + ln(count) takes the place of a count.
    weighting : str, optional
        A key of `malgil.vectorize.TFIDF`, such as ``"textbook"`` or ``"ltc"``, in place of the four above. The tokens
        of a document are then those of its features.

    Examples
    --------
    >>> TfidfVectorizer().fit_transform(["영화 재밌다", "영화 별로"]).toarray().round(3)
    array([[0.   , 0.58 , 0.815],
           [0.815, 0.58 , 0.   ]])
    """

    dtype: DTypeLike = np.float64
    norm: str | None = "l2"
    use_idf: bool = True
    smooth_idf: bool = True
    sublinear_tf: bool = False
    weighting: str | None = None
    _tfidf: TfidfTransformer | None = field(default=None, init=False, repr=False)
    _df: NDArray[np.int64] | None = field(default=None, init=False, repr=False)
    _n_docs: int | None = field(default=None, init=False, repr=False)

    @property
    def idf_(self) -> NDArray[Any]:
        """Inverse document frequencies of the features."""
        self._settle()
        if self._tfidf is None:
            raise not_fitted("vectorize.estimator_not_fitted", kind=type(self).__name__)
        found: NDArray[Any] = self._tfidf.idf_
        return found

    @idf_.setter
    def idf_(self, value: NDArray[Any]) -> None:
        """Set the inverse document frequencies."""
        if not self.use_idf:
            raise ParameterError("vectorize.idf_not_used")
        if self._tfidf is None:
            self._tfidf = self._transformer()
        self._take_vocabulary()
        if hasattr(self, "vocabulary_") and len(self.vocabulary_) != len(value):
            raise ParameterError("vectorize.idf_length", found=len(value), wanted=len(self.vocabulary_))
        self._tfidf.idf_ = np.asarray(value)
        self._df = self._n_docs = None

    def explain(self, doc_text: str, term: str) -> Explanation:
        """Open the weight of a feature in a text.

        Parameters
        ----------
        doc_text : str
            Any text.
        term : str
            A feature.

        Returns
        -------
        Explanation
            A product of term frequency, idf and 1 / length; 0 where the text does not have the feature.

        Raises
        ------
        TermNotFoundError
            If it is no feature.
        """
        column = self._column_of(term)
        self._require_weights()
        assert self._tfidf is not None
        row = self._count_known([doc_text])
        idf = getattr(self._tfidf, "idf_", np.ones(row.shape[1]))
        counts = row.data.astype(np.float64)
        here = np.flatnonzero(row.indices == column).tolist()
        document = Document(counts, idf[row.indices], int(counts.sum()))
        df = None if self._df is None else int(self._df[column])
        rarity = Rarity(float(idf[column]), df, self._n_docs)
        return open_weight(self._tfidf._rule(), term, here[0] if here else None, document, rarity)

    def transform(self, raw_documents: Any) -> Any:
        """Weigh texts by what was learnt.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The texts.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Weights.
        """
        self._settle()
        self._require_weights()
        return super().transform(raw_documents)

    def _require_weights(self) -> None:
        if self._tfidf is None or not hasattr(self, "fixed_vocabulary_"):
            raise not_fitted("vectorize.tfidf_not_fitted")

    def _transformer(self) -> TfidfTransformer:
        return TfidfTransformer(
            norm=self.norm,
            use_idf=self.use_idf,
            smooth_idf=self.smooth_idf,
            sublinear_tf=self.sublinear_tf,
            weighting=self.weighting,
        )

    def _unused(self) -> Iterable[tuple[str, str]]:
        overruled = unused_beside_weighting(self) if self.weighting is not None else ()
        return chain(super()._unused(), overruled)

    def _begin(self, raw_documents: Any) -> Growing | GrowingKnown:
        if self.dtype not in _FLOATS:
            warnings.warn(render("vectorize.dtype_not_float", known=list(_FLOATS), dtype=self.dtype), stacklevel=4)
        growing = super()._begin(raw_documents)
        self._transformer()._rule()  # an unknown name should not cost a pass over the corpus
        return growing

    def _learnt_of(self, matrix: Any) -> None:
        df = document_frequencies(matrix.indices, matrix.shape[1], self.n_jobs)
        self._learnt(df, matrix.shape[0])

    def _learnt(self, df: NDArray[np.int64], n_docs: int) -> None:
        if not n_docs:
            raise DataError("vectorize.no_samples", n=0 if self._known is None else len(self._known))
        self._tfidf = self._transformer()._learn(df, n_docs, np.dtype(self.dtype))
        self._df, self._n_docs = df, n_docs

    def _finished(self, matrix: Any) -> Any:
        if not matrix.shape[0]:
            raise DataError("vectorize.no_samples", n=matrix.shape[1])
        if matrix.dtype not in _FLOATS[:2]:
            matrix = matrix.astype(np.float64)
        assert self._tfidf is not None
        self._tfidf._weigh(matrix.indptr, matrix.indices, matrix.data, self.n_jobs)
        return align(matrix)
