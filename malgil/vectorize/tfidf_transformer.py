"""`TfidfTransformer`: a matrix of counts -> TF-IDF weights, scikit-learn's formulas and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.params import Parametrised
from malgil.vectorize.constraints import check_parameters
from malgil.vectorize.peer import align, not_fitted

_FLOATS = (np.float64, np.float32)


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

    Attributes
    ----------
    idf_ : ndarray of float, shape (n_features,)
        Inverse document frequencies in nats, plus 1.
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
        self._weigh(X.indptr, X.indices, X.data)
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

    def _learn(self, df: NDArray[Any], n_docs: int, dtype: Any) -> Self:
        """Learn from document frequencies, in the order of operations that gives scikit-learn's bits."""
        self.n_features_in_ = len(df)
        if not self.use_idf:
            self.__dict__.pop("idf_", None)
            return self
        kind = np.dtype(dtype) if dtype in _FLOATS else np.dtype(np.float64)
        smoothed = df.astype(kind)
        smoothed += float(self.smooth_idf)
        self.idf_ = np.full(len(df), n_docs + int(self.smooth_idf), kind)
        self.idf_ /= smoothed
        np.log(self.idf_, out=self.idf_)
        self.idf_ += 1.0
        return self

    def _weigh(self, indptr: NDArray[Any], indices: NDArray[Any], data: NDArray[Any]) -> None:
        """Turn the counts of a matrix into weights, in place."""
        if self.sublinear_tf:
            np.log(data, data)
            data += 1.0
        if hasattr(self, "idf_"):
            data *= self.idf_[indices]
        if self.norm is not None:
            normalise(indptr, data, self.norm)


def normalise(indptr: NDArray[Any], data: NDArray[Any], norm: str) -> None:
    """Divide every row by its length, in place.

    Parameters
    ----------
    indptr : ndarray of int, shape (n_rows + 1,)
        Borders of the rows.
    data : ndarray of float, shape (n_entries,)
        Values.
    norm : {"l1", "l2"}
        Sum of the absolute values, or root of the sum of squares. A row of zeros stays as it is.
    """
    lengths = np.diff(indptr)
    full = np.flatnonzero(lengths)
    if not len(full):
        return
    wide = data.astype(np.float64)
    sums = np.add.reduceat(np.abs(wide) if norm == "l1" else wide * wide, indptr[full])
    sums = sums if norm == "l1" else np.sqrt(sums)
    sums[sums == 0] = 1.0
    data /= np.repeat(sums, lengths[full])
