"""`TfidfVectorizer`: texts -> TF-IDF weights in one step."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from malgil.errors import DataError, ParameterError
from malgil.explain import Explanation
from malgil.messages import render
from malgil.vectorize.count_vectorizer import CountVectorizer
from malgil.vectorize.peer import align, not_fitted
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

    @property
    def idf_(self) -> NDArray[Any]:
        """Inverse document frequencies of the features."""
        if not hasattr(self, "_tfidf"):
            raise not_fitted("vectorize.estimator_not_fitted", kind=type(self).__name__)
        return self._tfidf.idf_

    @idf_.setter
    def idf_(self, value: NDArray[Any]) -> None:
        """Set the inverse document frequencies."""
        if not self.use_idf:
            raise ParameterError("vectorize.idf_not_used")
        if not hasattr(self, "_tfidf"):
            self._tfidf = self._transformer()
        self._take_vocabulary()
        if hasattr(self, "vocabulary_") and len(self.vocabulary_) != len(value):
            raise ParameterError("vectorize.idf_length", found=len(value), wanted=len(self.vocabulary_))
        self._tfidf.idf_ = np.asarray(value)

    def fit(self, raw_documents: Any, y: object = None) -> Self:
        """Learn vocabulary and document frequencies of a corpus.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The corpus.
        y : object
            Not used.

        Returns
        -------
        TfidfVectorizer
            The estimator itself.
        """
        self._learn_weights(raw_documents)
        return self

    def fit_transform(self, raw_documents: Any, y: object = None) -> Any:
        """Learn vocabulary and document frequencies of a corpus and weigh it.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The corpus.
        y : object
            Not used.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Weights.
        """
        return self._weighed(self._learn_weights(raw_documents))

    def partial_fit(self, raw_documents: Any, y: object = None) -> Self:
        """Learn from more documents, as one `fit` of all of them would.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The next documents.
        y : object
            Not used.

        Returns
        -------
        TfidfVectorizer
            The estimator itself.
        """
        super().partial_fit(raw_documents)
        assert self._tally is not None
        seen, terms = self._tally.seen, sorted(self.vocabulary_, key=self.vocabulary_.__getitem__)
        df = np.array([seen.get(term, (0, 0))[1] for term in terms], np.int64)
        self._tfidf = self._transformer()
        self._tfidf._learn(df, self._tally.n_docs, self.dtype)
        return self

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
        """
        count = super().explain(doc_text, term)
        row = self._count_known([doc_text])
        tf = row.data.astype(np.float64)
        tf = 1 + np.log(tf) if self.sublinear_tf else tf
        own = (1 + math.log(count.value) if self.sublinear_tf else count.value) if count.value else 0.0
        formula = "1 + ln(count)" if self.sublinear_tf else "count"
        terms = [Explanation(f"tf({term})", own, formula, "formula", numbers={"count": int(count.value)})]
        if self.use_idf:
            formula = "ln((1 + N) / (1 + df)) + 1" if self.smooth_idf else "ln(N / df) + 1"
            idf = float(self.idf_[self.vocabulary_[term]])
            terms.append(Explanation(f"idf({term})", idf, formula, "formula"))
            tf = tf * self.idf_[row.indices]
        if self.norm is not None:
            length = float(np.abs(tf).sum() if self.norm == "l1" else np.sqrt((tf * tf).sum())) or 1.0
            formula = "1 / sum of the weights" if self.norm == "l1" else "1 / root of the sum of the squared weights"
            terms.append(Explanation("1 / length", 1 / length, formula, "formula", numbers={"length": length}))
        value = math.prod(part.value for part in terms)
        source = "scikit-learn user guide, Tf-idf term weighting"
        return Explanation(f"tf-idf({term})", value, "tf x idf / length", "product", tuple(terms), source=source)

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
        if not hasattr(self, "fixed_vocabulary_") or not hasattr(self, "_tfidf"):
            raise not_fitted("vectorize.tfidf_not_fitted")
        self._check_texts(raw_documents)
        self._check_vocabulary()
        return self._weighed(self._count_known(raw_documents))

    def _transformer(self) -> TfidfTransformer:
        return TfidfTransformer(
            norm=self.norm, use_idf=self.use_idf, smooth_idf=self.smooth_idf, sublinear_tf=self.sublinear_tf
        )

    def _learn_weights(self, raw_documents: Any) -> Any:
        if self.dtype not in _FLOATS:
            warnings.warn(render("vectorize.dtype_not_float", known=list(_FLOATS), dtype=self.dtype), stacklevel=3)
        self._tfidf = self._transformer()
        matrix = self._learn(raw_documents)
        _require_rows(matrix)
        df = np.bincount(matrix.indices, minlength=matrix.shape[1])
        self._tfidf._learn(df, matrix.shape[0], matrix.dtype.type)
        return matrix

    def _weighed(self, matrix: Any) -> Any:
        _require_rows(matrix)
        if matrix.dtype not in _FLOATS[:2]:
            matrix = matrix.astype(np.float64)
        self._tfidf._weigh(matrix.indptr, matrix.indices, matrix.data)
        return align(matrix)


def _require_rows(matrix: Any) -> None:
    if not matrix.shape[0]:
        raise DataError("vectorize.no_samples", n=matrix.shape[1])
