"""`CountVectorizer`: texts -> a sparse matrix of counts, a column for each feature."""

from __future__ import annotations

import warnings
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
from malgil.vectorize.fast_counts import Learnt, count_known, learn
from malgil.vectorize.fast_way import count_fast, fast_plan
from malgil.vectorize.given_vocabulary import given_vocabulary
from malgil.vectorize.growing import Features, Growing, GrowingKnown
from malgil.vectorize.known import Known
from malgil.vectorize.peer import align, not_fitted
from malgil.vectorize.plan import Plan
from malgil.vectorize.pruning import Bounds, kept_features
from malgil.vectorize.saving import open_vectorizer, save_vectorizer
from malgil.vectorize.slow_counts import Sparse, count_features, in_column_order, learn_slowly

#: Errors that more documents may mend.
_NOT_YET = ("vectorize.empty_vocabulary", "vectorize.nothing_left", "vectorize.df_bounds_crossed")


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
    _known: Known | None = field(default=None, init=False, repr=False)
    _growing: Growing | GrowingKnown | None = field(default=None, init=False, repr=False)
    _has_grown: bool = field(default=False, init=False, repr=False)

    @property
    def vocabulary_(self) -> dict[Any, int]:
        """Feature -> column."""
        self._settle()
        if self._known is None:
            raise not_fitted("vectorize.vocabulary_not_fitted")
        return self._known.vocabulary

    @vocabulary_.setter
    def vocabulary_(self, vocabulary: dict[Any, int]) -> None:
        """Set the vocabulary."""
        self._known = Known(vocabulary)

    def fit(self, raw_documents: Any, y: object = None) -> Self:
        """Learn the features of a corpus, in memory that grows with their number and not with the texts.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The corpus; an iterator is used up piece by piece.
        y : object
            Not used.

        Returns
        -------
        CountVectorizer
            The estimator itself.
        """
        growing = self._begin(raw_documents)
        growing.add(self, raw_documents)
        self._take(growing.features())
        return self

    def fit_transform(self, raw_documents: Any, y: object = None) -> Any:
        """Learn the features of a corpus and count them.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The corpus.
        y : object
            Not used.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Counts, or what a subclass makes of them, as scikit-learn's ``sparse_interface`` says.
        """
        self._begin(raw_documents)
        matrix = self._count_known(raw_documents) if self.fixed_vocabulary_ else self._learn(raw_documents)
        self._learnt_of(matrix)
        return self._finished(matrix)

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

        Raises
        ------
        ParameterError
            If the first documents were not learnt by `partial_fit` too.
        """
        if self._growing is None:
            if self.vocabulary is None and self.__sklearn_is_fitted__():
                raise ParameterError("vectorize.cannot_go_on", kind=type(self).__name__)
            self._growing = self._begin(raw_documents)
        else:
            check_parameters(self)
            self._check_texts(raw_documents)
        self._growing.add(self, raw_documents)
        self._has_grown = True
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
        value = self._count_known([doc_text])[0, self._column_of(term)]
        formula = "1 where the text has it" if self.binary else "how often the text has it"
        return Explanation(f"count({term})", float(value), formula)

    def to_frame(self, raw_documents: Any, ids: Any = None) -> Any:
        """Show what `transform` gives as a table for people.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            A few texts.
        ids : array_like, optional
            Names of the rows, by default their numbers.

        Returns
        -------
        pandas.DataFrame, shape (n_docs, n_features)
            Features as the names of the columns.

        Raises
        ------
        MissingError
            If pandas is not installed.
        ParameterError
            If the table would be too large.
        """
        from malgil.vectorize.views import to_frame

        return to_frame(self.transform(raw_documents), self.get_feature_names_out(), ids)

    def save(self, path: str | Path) -> None:
        """Write what was learnt as an artefact, without pickle.

        Parameters
        ----------
        path : str or Path
            The folder.
        """
        save_vectorizer(self, self._checked(), path)

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
        """Count texts by the features that were learnt or given.

        Parameters
        ----------
        raw_documents : iterable of str, or Arrow strings, or Corpus
            The texts.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Counts, or what a subclass makes of them.
        """
        self._check_texts(raw_documents)
        return self._finished(self._count_known(raw_documents))

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
        from malgil.vectorize.views import names_in_rows

        return names_in_rows(X, self.get_feature_names_out())

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
        return self._checked().names()

    def __sklearn_is_fitted__(self) -> bool:
        return self._known is not None or self._has_grown

    def _begin(self, raw_documents: Any) -> Growing | GrowingKnown:
        """Check everything, and start to learn anew."""
        check_parameters(self)
        self._check_texts(raw_documents)
        self._check_ngram_range()
        self._warn_of_unused()
        self._growing, self._has_grown = None, False
        self._take_vocabulary()
        if self.fixed_vocabulary_ and self.lowercase and any(c.isupper() for term in self.vocabulary for c in term):
            warnings.warn(render("vectorize.upper_case_terms"), stacklevel=4)
        return GrowingKnown() if self.fixed_vocabulary_ else Growing()

    def _learnt_of(self, matrix: Any) -> None:
        """Take note of what the counts of a corpus teach beside its features."""

    def _learnt(self, df: NDArray[np.int64], n_docs: int) -> None:
        """Take note of the document frequencies of the features."""

    def _finished(self, matrix: Any) -> Any:
        """Make the result of counts."""
        return align(matrix)

    def _settle(self) -> None:
        """Bring what grew into its final form, when it is first asked for."""
        if self._has_grown and self._growing is not None:
            self._has_grown = False
            try:
                self._take(self._growing.features())
            except (DataError, ParameterError) as error:
                if error.key not in _NOT_YET:
                    raise
                self.vocabulary_ = {}

    def _take(self, features: Features) -> None:
        """Choose among all features that were seen, and make tables of those that stay."""
        if self.fixed_vocabulary_:
            self._learnt(features.df, features.n_docs)
            return
        if not len(features.df):
            raise DataError("vectorize.empty_vocabulary")
        kept = self._keep(features.counts, features.df, features.n_docs)
        lexicon = features.lexicon(kept)
        if lexicon is not None:
            self._known = Known(lexicon)
        elif features.terms is not None:
            stay = (features.terms[place] for place in np.flatnonzero(kept).tolist())
            self.vocabulary_ = {term: column for column, term in enumerate(stay)}
        self._learnt(features.df[kept], features.n_docs)

    def _keep(self, total: NDArray[np.int64], df: NDArray[np.int64], n_docs: int) -> NDArray[np.bool_]:
        return kept_features(df if self.binary else total, df, n_docs, self._bounds(), self.dtype)

    def _bounds(self) -> Bounds:
        return Bounds(self.min_df, self.max_df, self.max_features)

    def _take_vocabulary(self) -> None:
        self.fixed_vocabulary_ = self.vocabulary is not None
        if self.fixed_vocabulary_:
            self.vocabulary_ = given_vocabulary(self.vocabulary)

    def _checked(self) -> Known:
        """Give the features, or say why there are none."""
        self._settle()
        if self._known is None:
            self._take_vocabulary()
        if self._known is None:
            raise not_fitted("vectorize.vocabulary_not_fitted")
        if not len(self._known):
            raise ParameterError("vectorize.no_vocabulary")
        return self._known

    def _column_of(self, term: str) -> int:
        vocabulary = self._checked().vocabulary
        if term not in vocabulary:
            raise TermNotFoundError("vectorize.no_such_feature", term=term)
        return vocabulary[term]

    def _learn(self, raw_documents: Any) -> Any:
        def count(plan: Plan, texts: Any) -> Learnt:
            keep = None if self._bounds().keep_all else self._keep
            return learn(plan, texts, keep, self.dtype, self.n_jobs)

        learnt, documents = count_fast(self, raw_documents, count, fast_plan(self), as_units=True)
        if learnt is not None:
            self._known = Known(learnt.lexicon)
            return self._to_csr(learnt.counts, len(learnt.lexicon))
        self.vocabulary_, counts = learn_slowly(documents, self.build_analyzer(), self._keep)
        return self._to_csr(counts, len(self.vocabulary_))

    def _count_known(self, raw_documents: Any) -> Any:
        known, fast = self._checked(), fast_plan(self)
        lexicon = known.tables(fast[0]) if fast is not None else None

        def count(plan: Plan, texts: Any) -> Sparse:
            assert lexicon is not None
            return count_known(plan, lexicon, texts, self.dtype, self.n_jobs)

        counts, documents = count_fast(self, raw_documents, count, fast if lexicon is not None else None)
        is_slow = counts is None
        if counts is None:
            counts = count_features(documents, self.build_analyzer(), known.vocabulary, is_fixed=True)
        if is_slow or known.lexicon is not lexicon:  # columns may stand in any order
            counts = in_column_order(counts, np.arange(len(known)), len(known))
        return self._to_csr(counts, len(known))

    def _to_csr(self, counts: Sparse, n_columns: int) -> Any:
        data = np.ones(len(counts.data), self.dtype) if self.binary else counts.data.astype(self.dtype, copy=False)
        return counts._replace(data=data).to_csr(n_columns)
