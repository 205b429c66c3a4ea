"""Which features stay: bounds on the document frequency, and the most frequent ones."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from malgil.errors import ParameterError


class Bounds(NamedTuple):
    """The parameters that prune a vocabulary.

    Parameters
    ----------
    min_df, max_df : int or float
        Document frequencies that stay; a float is a share of the documents.
    max_features : int, optional
        How many of the most frequent features stay.
    """

    min_df: Any
    max_df: Any
    max_features: int | None

    @property
    def keep_all(self) -> bool:
        """Whether every feature stays."""
        is_low = isinstance(self.min_df, Integral) and self.min_df <= 1
        return is_low and not isinstance(self.max_df, Integral) and self.max_df >= 1 and self.max_features is None


def kept_features(
    counts: NDArray[np.int64], df: NDArray[np.int64], n_docs: int, bounds: Bounds, dtype: DTypeLike
) -> NDArray[np.bool_]:
    """Choose the features that stay.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_features,)
        Occurrences, features in the order of their names.
    df : ndarray of int64, shape (n_features,)
        Documents that contain the feature.
    n_docs : int
        Documents in the corpus.
    bounds : Bounds
        What to keep.
    dtype : dtype
        Type of the matrix. Sums are ranked in the type that SciPy sums it in, so that ties fall as they do in
        scikit-learn, whose sort is not stable.

    Returns
    -------
    ndarray of bool, shape (n_features,)
        Whether each stays.

    Raises
    ------
    ParameterError
        If the bounds leave nothing.
    """
    low, high = (float(b if isinstance(b, Integral) else b * n_docs) for b in (bounds.min_df, bounds.max_df))
    if high < low:
        raise ParameterError("vectorize.df_bounds_crossed")
    kept: NDArray[np.bool_] = (df <= high) & (df >= low)
    if bounds.max_features is not None and int(kept.sum()) > bounds.max_features:
        sums = counts.astype(_type_of_sums(np.dtype(dtype)))
        places = np.flatnonzero(kept)[(-sums[kept]).argsort()[: bounds.max_features]]
        kept = np.zeros(len(df), np.bool_)
        kept[places] = True
    if not kept.any():
        raise ParameterError("vectorize.nothing_left")
    return kept


def _type_of_sums(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Type that SciPy adds up a matrix in: long integers for integers, floats as they are."""
    if dtype.kind == "u" and np.can_cast(dtype, np.uint):
        return np.dtype(np.uint)
    return np.dtype(np.int_) if np.can_cast(dtype, np.int_) else dtype
