"""`HashingVectorizer`: texts -> a matrix whose columns are hashes of the features, so that nothing is learnt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError, ParameterError
from malgil.vectorize.analysis import Analysis
from malgil.vectorize.constraints import check_parameters
from malgil.vectorize.fast_way import count_fast, fast_plan
from malgil.vectorize.grams import stack
from malgil.vectorize.hashing import Folding, hash_block
from malgil.vectorize.norms import scale_rows
from malgil.vectorize.peer import align
from malgil.vectorize.plan import Plan
from malgil.vectorize.slow_counts import Sparse, count_features

_FLOATS = (np.float64, np.float32, np.float16)


@dataclass(kw_only=True, eq=False)
class HashingVectorizer(Analysis):
    """Count words or n-grams under the hash of each: scikit-learn's class of that name.

    Parameters
    ----------
    n_features : int
        Number of columns.
    binary : bool
        Whether every entry is 1.
    norm : {"l1", "l2"}, optional
        Length that every row gets.
    alternate_sign : bool
        Whether half of the features count negative, so that what shares a column evens out.
    dtype : dtype
        Type of the matrix.
    n_jobs : int, optional
        Threads, all cores by default; the result does not depend on it.

    Examples
    --------
    >>> HashingVectorizer(n_features=4, norm=None).transform(["이 영화 재밌다"]).shape
    (1, 4)
    """

    n_features: int = 1 << 20
    binary: bool = False
    norm: str | None = "l2"
    alternate_sign: bool = True
    dtype: DTypeLike = np.float64
    n_jobs: int | None = None

    def fit(self, X: Any, y: object = None) -> Self:
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : iterable of str, or Arrow strings, or Corpus
            Not used.
        y : object
            Not used.

        Returns
        -------
        HashingVectorizer
            The estimator itself.
        """
        check_parameters(self)
        self._check_texts(X)
        self._warn_of_unused()
        self._check_ngram_range()
        return self

    def partial_fit(self, X: Any, y: object = None) -> Self:
        """Do nothing: there is nothing to learn.

        Parameters
        ----------
        X : iterable of str, or Arrow strings, or Corpus
            Not used.
        y : object
            Not used.

        Returns
        -------
        HashingVectorizer
            The estimator itself.
        """
        check_parameters(self)
        return self

    def fit_transform(self, X: Any, y: object = None) -> Any:
        """Check the parameters and count texts.

        Parameters
        ----------
        X : iterable of str, or Arrow strings, or Corpus
            The texts.
        y : object
            Not used.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Signed counts.
        """
        return self.fit(X, y).transform(X)

    def transform(self, X: Any) -> Any:
        """Count texts.

        Parameters
        ----------
        X : iterable of str, or Arrow strings, or Corpus
            The texts.

        Returns
        -------
        scipy.sparse.csr_matrix or csr_array, shape (n_docs, n_features)
            Signed counts.

        Raises
        ------
        DataError
            If there is no text.
        """
        self._check_texts(X)
        self._check_ngram_range()
        counts, documents = count_fast(self, X, self._hashed, fast_plan(self))
        if counts is None:
            features: dict[Any, int] = {}
            found = count_features(documents, self.build_analyzer(), features, is_fixed=False)
            counts = self._fold(found, hashes_of([_as_bytes(feature) for feature in features]))
        return self._finish(*counts)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags

    def _hashed(self, plan: Plan, blocks: Iterable[pa.LargeStringArray]) -> Sparse:
        """Count texts the fast way, block by block."""
        folding = Folding(int(self.n_features), bool(self.alternate_sign))
        parts = map_blocks(lambda block: hash_block(plan, block, folding), blocks, self.n_jobs)
        return Sparse(*stack([rows for group in parts for rows in group], self.dtype, self.n_jobs))

    def _fold(self, counts: Sparse, hashes: NDArray[np.int32]) -> Sparse:
        """Put the counts of features into the columns of their hashes."""
        from scipy.sparse import csr_array

        wide = hashes.astype(np.int64)
        columns = np.abs(wide) % self.n_features
        sign = np.where(wide >= 0, 1, -1) if self.alternate_sign else np.ones(len(wide), np.int64)
        data = (counts.data * sign[counts.indices]).astype(self.dtype)
        matrix = csr_array((data, columns[counts.indices], counts.indptr), (len(counts.indptr) - 1, self.n_features))
        matrix.sum_duplicates()
        return Sparse(matrix.indptr, matrix.indices, matrix.data)

    def _finish(self, indptr: NDArray[Any], indices: NDArray[Any], data: NDArray[Any]) -> Any:
        if len(indptr) < 2:
            raise DataError("vectorize.no_documents")
        if self.binary:
            data.fill(1)
        if self.norm is not None:
            data = data if data.dtype in _FLOATS else data.astype(np.float64)
            scale_rows(indptr, indices, data, None, self.norm, self.n_jobs)
        return align(Sparse(indptr, indices, data).to_csr(self.n_features))


def hashes_of(strings: list[bytes]) -> NDArray[np.int32]:
    """Hash strings.

    Parameters
    ----------
    strings : list of bytes, length n
        Any.

    Returns
    -------
    ndarray of int32, shape (n,)
        MurmurHash3 with the seed 0.

    Examples
    --------
    >>> hashes_of([b"", b"hello"]).tolist()
    [0, 613153351]
    """
    from malgil.vectorize._hash_kernels import murmur

    offsets = np.array([0, *accumulate(map(len, strings))], np.int64)
    hashes = np.empty(len(strings), np.int32)
    murmur(offsets, np.frombuffer(b"".join(strings) or b"\0", np.uint8), hashes)
    return hashes


def _as_bytes(feature: Any) -> bytes:
    if isinstance(feature, str):
        return feature.encode("utf-8")
    if not isinstance(feature, bytes):
        raise ParameterError("vectorize.names_of_features")
    return feature
