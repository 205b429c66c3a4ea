"""`CountVectorizer`: texts -> a sparse matrix of counts, a column for each feature."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from malgil.errors import DataError, ParameterError, TermNotFoundError
from malgil.explain import Explanation
from malgil.messages import render
from malgil.vectorize.analysis import Analysis
from malgil.vectorize.constraints import check_parameters
from malgil.vectorize.documents import each_document
from malgil.vectorize.fast_counts import count_known, learn
from malgil.vectorize.given_lexicon import lexicon_of
from malgil.vectorize.given_vocabulary import given_vocabulary
from malgil.vectorize.growing import Tally, grown
from malgil.vectorize.lexicon import Lexicon
from malgil.vectorize.peer import align, not_fitted
from malgil.vectorize.plan import Plan, plan_of
from malgil.vectorize.pruning import Bounds, kept_features
from malgil.vectorize.saving import open_vectorizer, save_vectorizer
from malgil.vectorize.slow_counts import Sparse, count_features, in_column_order
from malgil.vectorize.text_source import NotTexts, TextSource


@dataclass(kw_only=True, eq=False)
class CountVectorizer(Analysis):
    """Count the words or n-grams of texts: scikit-learn's class of that name, on all cores.

    Parameters, attributes, errors and results are scikit-learn's; beside them there are `n_jobs` and tokenisers by
    name.

    Parameters
    ----------
    max_df, min_df : float or int
        Largest and smallest document frequency of a feature; a float is a share of the documents.
    max_features : int, optional
        How many of the most frequent features stay.
    vocabulary : mapping or iterable, optional
        Features that are given, not learnt.
    binary : bool
        Whether every count is 1.
    dtype : dtype
        Type of the matrix.
    n_jobs : int, optional
        Threads, all cores by default; the result does not depend on it.

    Attributes
    ----------
    vocabulary_ : dict
        Feature -> column; made when it is first asked for.
    fixed_vocabulary_ : bool
        Whether the vocabulary was given.

    Examples
    --------
    >>> counter = CountVectorizer().fit(["이 영화 재밌다", "영화 재밌다 재밌다"])
    >>> counter.get_feature_names_out().tolist()
    ['영화', '재밌다']
    >>> counter.transform(["재밌다 영화 재밌다"]).toarray()
    array([[1, 2]])
    """

    max_df: float | int = 1.0
    min_df: float | int = 1
    max_features: int | None = None
    vocabulary: Any = None
    binary: bool = False
    dtype: DTypeLike = np.int64
    n_jobs: int | None = None
    _vocabulary: dict[Any, int] | None = field(default=None, init=False, repr=False)
    _lexicon: Lexicon | None = field(default=None, init=False, repr=False)
    _tally: Tally | None = field(default=None, init=False, repr=False)
    _translated: tuple[Any, tuple[str, bool], Lexicon | None] | None = field(default=None, init=False, repr=False)

    @property
    def vocabulary_(self) -> dict[Any, int]:
        """Feature -> column."""
        if self._vocabulary is None:
            if self._lexicon is None:
                raise not_fitted("vectorize.vocabulary_not_fitted")
            names = self._lexicon.names().to_pylist()
            self._vocabulary = dict(zip(names, range(len(names)), strict=True))
        return self._vocabulary

    @vocabulary_.setter
    def vocabulary_(self, vocabulary: dict[Any, int]) -> None:
        """Set the vocabulary."""
        self._vocabulary, self._lexicon, self._translated = vocabulary, None, None

    def fit(self, raw_documents: Any, y: object = None) -> Self:
        """Learn the vocabulary of a corpus.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The corpus.
        y : object
            Not used.

        Returns
        -------
        CountVectorizer
            The estimator itself.
        """
        self._learn(raw_documents)
        return self

    def fit_transform(self, raw_documents: Any, y: object = None) -> Any:
        """Learn the vocabulary of a corpus and count it.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The corpus.
        y : object
            Not used.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Counts, as scikit-learn's ``sparse_interface`` says.
        """
        return align(self._learn(raw_documents))

    def partial_fit(self, raw_documents: Any, y: object = None) -> Self:
        """Learn from more documents: what is known afterwards is what one `fit` of all of them would have learnt.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The next documents.
        y : object
            Not used.

        Returns
        -------
        CountVectorizer
            The estimator itself.
        """
        check_parameters(self)
        self._check_texts(raw_documents)
        self._tally = grown(self, self._tally, raw_documents)
        if self.vocabulary is not None:
            self._take_vocabulary()
            return self
        terms, counts, df = self._tally.in_order()
        try:
            kept = np.flatnonzero(self._keep(counts, df, self._tally.n_docs)).tolist()
        except ParameterError:
            kept = []  # more documents may bring what is frequent enough
        self.fixed_vocabulary_ = False
        self.vocabulary_ = {terms[place]: column for column, place in enumerate(kept)}
        return self

    def explain(self, doc_text: str, term: str) -> Explanation:
        """Open the number that a feature has in a text.

        Parameters
        ----------
        doc_text : str
            Any text.
        term : str
            A feature.

        Returns
        -------
        Explanation
            The count; 0 where the text does not have the feature.

        Raises
        ------
        TermNotFoundError
            If it is no feature.
        """
        self._check_vocabulary()
        if term not in self.vocabulary_:
            raise TermNotFoundError("vectorize.no_such_feature", term=term)
        value = self._count_known([doc_text])[0, self.vocabulary_[term]]
        formula = "1 where the text has it" if self.binary else "how often the text has it"
        return Explanation(f"count({term})", float(value), formula)

    def save(self, path: str | Path) -> None:
        """Write what was learnt as an artefact, without pickle.

        Parameters
        ----------
        path : str or Path
            The folder.
        """
        self._check_vocabulary()
        save_vectorizer(self, path)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a saved vectoriser by memory map.

        Parameters
        ----------
        path : str or Path
            The folder.

        Returns
        -------
        CountVectorizer
            Ready to transform.
        """
        return open_vectorizer(cls, path)

    def transform(self, raw_documents: Any) -> Any:
        """Count texts by the vocabulary that was learnt or given.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The texts.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Counts.
        """
        self._check_texts(raw_documents)
        self._check_vocabulary()
        return align(self._count_known(raw_documents))

    def inverse_transform(self, X: Any) -> list[NDArray[np.str_]]:
        """Name the features that each row of a matrix has.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_docs, n_features)
            Any format.

        Returns
        -------
        list of ndarray of str
            Features with an entry other than zero.
        """
        from sklearn.utils import check_array

        self._check_vocabulary()
        matrix = check_array(X, accept_sparse="csr")
        names = np.array(self.get_feature_names_out().tolist())
        if isinstance(matrix, np.ndarray):
            return [names[np.flatnonzero(row)] for row in matrix]
        borders = zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
        return [names[matrix.indices[start:end][matrix.data[start:end] != 0]] for start, end in borders]

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """List the features in the order of the columns.

        Parameters
        ----------
        input_features : object
            Not used.

        Returns
        -------
        ndarray of object, shape (n_features,)
            Names.
        """
        self._check_vocabulary()
        if self._vocabulary is None and self._lexicon is not None:
            listed: NDArray[np.object_] = self._lexicon.names().to_numpy(zero_copy_only=False)
            return listed
        names = np.empty(len(self.vocabulary_), object)
        names[np.fromiter(self.vocabulary_.values(), np.int64, len(names))] = list(self.vocabulary_)
        return names

    def __sklearn_is_fitted__(self) -> bool:
        return self._vocabulary is not None or self._lexicon is not None

    def _take_vocabulary(self) -> None:
        self.fixed_vocabulary_ = self.vocabulary is not None
        if self.fixed_vocabulary_:
            self.vocabulary_ = given_vocabulary(self.vocabulary)

    def _check_vocabulary(self) -> None:
        if not self.__sklearn_is_fitted__():
            self._take_vocabulary()
            if not self.fixed_vocabulary_:
                raise not_fitted("vectorize.vocabulary_not_fitted")
        if not self._n_columns():
            raise ParameterError("vectorize.no_vocabulary")

    def _n_columns(self) -> int:
        return len(self.vocabulary_ if self._lexicon is None else self._lexicon)

    def _learn(self, raw_documents: Any) -> Any:
        check_parameters(self)
        self._check_texts(raw_documents)
        self._check_ngram_range()
        self._warn_of_unused()
        self._tally = None
        self._take_vocabulary()
        if self.fixed_vocabulary_:
            if self.lowercase and any(_has_upper(term) for term in self.vocabulary):
                warnings.warn(render("vectorize.upper_case_terms"), stacklevel=3)
            return self._count_known(raw_documents)
        plan = plan_of(self)
        if plan is None:
            return self._learn_slowly(each_document(raw_documents))
        self.build_analyzer()  # warns of stop words that do not fit
        source = TextSource(raw_documents, self.decode)
        try:
            lexicon, counts = learn(plan, source.blocks(), self._keep, self.dtype, self.n_jobs)
        except NotTexts:
            return self._learn_slowly(source.documents())
        self._vocabulary, self._lexicon = None, lexicon
        return self._to_csr(counts, len(lexicon))

    def _keep(self, total: NDArray[np.int64], df: NDArray[np.int64], n_docs: int) -> NDArray[np.bool_]:
        bounds = Bounds(self.min_df, self.max_df, self.max_features)
        return kept_features(df if self.binary else total, df, n_docs, bounds, self.dtype)

    def _learn_slowly(self, documents: Iterable[Any]) -> Any:
        vocabulary: dict[Any, int] = {}
        counts = count_features(documents, self.build_analyzer(), vocabulary, is_fixed=False)
        if not vocabulary:
            raise DataError("vectorize.empty_vocabulary")
        n_docs, n_terms = len(counts.indptr) - 1, len(vocabulary)
        terms = sorted(vocabulary)
        order = np.fromiter((vocabulary[term] for term in terms), np.int64, n_terms)
        total = np.bincount(counts.indices, weights=counts.data, minlength=n_terms).astype(np.int64)
        df = np.bincount(counts.indices, minlength=n_terms)
        kept = self._keep(total[order], df[order], n_docs)
        columns = np.full(n_terms, -1, np.int64)
        columns[order[kept]] = np.arange(int(kept.sum()))
        self.vocabulary_ = {
            term: column for column, term in enumerate(t for t, k in zip(terms, kept, strict=True) if k)
        }
        return self._to_csr(in_column_order(counts, columns, len(self.vocabulary_)), len(self.vocabulary_))

    def _count_known(self, raw_documents: Any) -> Any:
        plan, documents = plan_of(self), None
        n_terms = self._n_columns()
        lexicon = self._lexicon_for(plan) if plan is not None else None
        if plan is not None and lexicon is not None:
            self.build_analyzer()  # warns of stop words that do not fit
            source = TextSource(raw_documents, self.decode)
            try:
                counts = count_known(plan, lexicon, source.blocks(), self.dtype, self.n_jobs)
                if self._lexicon is not lexicon:  # columns may stand in any order
                    counts = in_column_order(counts, np.arange(n_terms), n_terms)
                return self._to_csr(counts, n_terms)
            except NotTexts:
                documents = source.documents()
        documents = each_document(raw_documents) if documents is None else documents
        counts = count_features(documents, self.build_analyzer(), self.vocabulary_, is_fixed=True)
        return self._to_csr(in_column_order(counts, np.arange(n_terms), n_terms), n_terms)

    def _lexicon_for(self, plan: Plan) -> Lexicon | None:
        """Tables for the fast way: those that were learnt, or the vocabulary brought into tables, once."""
        if self._lexicon is not None and self._lexicon.fits(plan.unit, plan.high):
            return self._lexicon
        vocabulary, kind = self.vocabulary_, (plan.unit, plan.high > 1)
        if self._translated is None or self._translated[0] is not vocabulary or self._translated[1] != kind:
            self._translated = vocabulary, kind, lexicon_of(vocabulary, plan.unit, plan.high)
        return self._translated[2]

    def _to_csr(self, counts: Sparse, n_columns: int) -> Any:
        from scipy.sparse import csr_array

        indptr, indices, data = counts
        index_type = np.int32 if indptr[-1] <= np.iinfo(np.int32).max else np.int64
        data = np.ones(len(data), self.dtype) if self.binary else data.astype(self.dtype, copy=False)
        parts = data, indices.astype(index_type, copy=False), indptr.astype(index_type, copy=False)
        matrix = csr_array(parts, shape=(len(indptr) - 1, n_columns))
        matrix.has_canonical_format = True
        return matrix


def _has_upper(term: Any) -> bool:
    return any(map(str.isupper, term))
