"""`TfidfTransformer`: a matrix of counts -> TF-IDF weights, scikit-learn's formulas and parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.params import Parametrised, choose
from malgil.vectorize.constraints import check_parameters, unused_beside_weighting, warn_of_unused
from malgil.vectorize.document_frequencies import idf_none
from malgil.vectorize.norms import norm_l1, norm_l2, norm_none, scale_rows
from malgil.vectorize.peer import align, not_fitted
from malgil.vectorize.term_frequencies import over_document, tf_count, tf_relative
from malgil.vectorize.weighting import TFIDF, Weighting, by_parameters

_FLOATS = (np.float64, np.float32)
_NORMS: dict[Callable[..., Any], str | None] = {norm_none: None, norm_l1: "l1", norm_l2: "l2"}


@dataclass(kw_only=True, eq=False)
class TfidfTransformer(Parametrised):
    r"""Weigh counts by how rare each feature is: scikit-learn's class of that name.

    Parameters
    ----------
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
        of a document are then the sum of its row.

    Attributes
    ----------
    idf_ : ndarray of float, shape (n_features,)
        Inverse document frequencies in nats; plus 1 where scikit-learn's parameters decide.
    n_features_in_ : int
        Columns of the matrix that was learnt from.

    Notes
    -----
    .. math:: idf = \ln((1 + N) / (1 + df)) + 1

    and without smoothing :math:`\ln(N / df) + 1`.

    References
    ----------
    .. [1] scikit-learn user guide, "Tf-idf term weighting".

    Examples
    --------
    >>> TfidfTransformer(norm=None).fit_transform([[1, 1], [1, 0]]).toarray().round(4)
    array([[1.    , 1.4055],
           [1.    , 0.    ]])
    """

    norm: str | None = "l2"
    use_idf: bool = True
    smooth_idf: bool = True
    sublinear_tf: bool = False
    weighting: str | None = None

    def fit(self, X: Any, y: object = None) -> Self:
        """Learn the document frequencies of a corpus.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_docs, n_features)
            Counts.
        y : object
            Not used.

        Returns
        -------
        TfidfTransformer
            The estimator itself.
        """
        from scipy.sparse import issparse
        from sklearn.utils.validation import validate_data

        check_parameters(self)
        self._warn_of_unused()
        X = validate_data(self, X, accept_sparse=("csr", "csc"))
        if not issparse(X):
            df = np.count_nonzero(X, axis=0)
        else:
            df = np.bincount(X.indices, minlength=X.shape[1]) if X.format == "csr" else np.diff(X.indptr)
        return self._learn(df, X.shape[0], X.dtype)

    def fit_transform(self, X: Any, y: object = None) -> Any:
        """Learn the document frequencies of a corpus and weigh it.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_docs, n_features)
            Counts.
        y : object
            Not used.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Weights.
        """
        return self.fit(X, y).transform(X)

    def transform(self, X: Any, copy: bool = True) -> Any:
        """Weigh counts by what was learnt.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_docs, n_features)
            Counts.
        copy : bool
            Whether `X` is left as it is; without, a matrix of floats is weighed in place.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Weights.
        """
        from scipy.sparse import csr_array, issparse
        from sklearn.utils.validation import validate_data

        if not self.__sklearn_is_fitted__():
            raise not_fitted("vectorize.estimator_not_fitted", kind=type(self).__name__)
        X = validate_data(self, X, accept_sparse="csr", dtype=list(_FLOATS), copy=copy, reset=False)
        if not issparse(X):
            X = csr_array(X, dtype=X.dtype)
        self._weigh(X.indptr, X.indices, X.data, None)
        return align(X)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Name the columns, which are those of the input.

        Parameters
        ----------
        input_features : array_like of str, optional
            Their names.

        Returns
        -------
        ndarray of object, shape (n_features,)
            The names; ``x0``, ``x1`` ... where there are none.

        Raises
        ------
        ParameterError
            If there are as many names as features.
        """
        if not hasattr(self, "n_features_in_"):
            raise not_fitted("vectorize.estimator_not_fitted", kind=type(self).__name__)
        known = getattr(self, "feature_names_in_", None)
        if input_features is None:
            return known if known is not None else np.array([f"x{i}" for i in range(self.n_features_in_)], object)
        names = np.asarray(input_features, object)
        if known is not None and not np.array_equal(known, names):
            raise ParameterError("vectorize.other_names")
        if len(names) != self.n_features_in_:
            raise ParameterError("vectorize.number_of_names", found=len(names), wanted=self.n_features_in_)
        return names

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_") or hasattr(self, "idf_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        from sklearn.utils import TransformerTags

        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.sparse = False, True, True
        tags.transformer_tags = TransformerTags(preserves_dtype=["float64", "float32"])
        return tags

    def _warn_of_unused(self) -> None:
        if self.weighting is not None:
            warn_of_unused(unused_beside_weighting(self))

    def _rule(self) -> Weighting:
        """Find the formula in effect."""
        if self.weighting is not None:
            return choose(TFIDF, "weighting", self.weighting)
        return by_parameters(self.norm, self.use_idf, self.smooth_idf, self.sublinear_tf)

    def _learn(self, df: NDArray[Any], n_docs: int, dtype: Any) -> Self:
        """Learn from document frequencies, in the order of operations that gives scikit-learn's bits."""
        rule = self._rule()
        self.n_features_in_ = len(df)
        self.__dict__.pop("idf_", None)
        if rule.idf is not idf_none:
            kind = np.dtype(dtype) if dtype in _FLOATS else np.dtype(np.float64)
            self.idf_ = rule.idf(df.astype(kind), n_docs).astype(kind, copy=False)
        return self

    def _weigh(self, indptr: NDArray[Any], indices: NDArray[Any], data: NDArray[Any], n_jobs: int | None) -> None:
        """Turn the counts of a matrix into weights, in place."""
        rule = self._rule()
        if rule.tf is not tf_count:
            n_tokens = over_document(np.add, data, indptr) if rule.tf is tf_relative else data
            data[:] = rule.tf(data, np.where(n_tokens == 0, 1, n_tokens), indptr)  # a row may hold nothing but zeros
        scale_rows(indptr, indices, data, getattr(self, "idf_", None), _NORMS[rule.norm], n_jobs)
