"""One to one: a vector in, a number out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.tasks.regressing import Regressing
from malgil.tasks.vector_estimator import VectorEstimator


@dataclass(kw_only=True, eq=False)
class VectorRegressor(Regressing, VectorEstimator):
    r"""Predict a number from vectors, such as rows of TF-IDF, with a perceptron of several layers.

    Notes
    -----
    .. math:: \hat y = \mu + \sigma (w \cdot h_L + b), \quad h_l = \max(0, W_l h_{l-1} + b_l), \quad h_0 = x
    """

    task: ClassVar[str] = "regress_vectors"

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from vectors and their numbers.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n, F)
            Vectors.
        y : sequence of float
            Number of each.

        Returns
        -------
        VectorRegressor
            The estimator itself.

        Raises
        ------
        ParameterError
            If `X` is no matrix or not as long as `y`.
        DataError
            If a number is missing or not finite.
        """
        self._check()
        learn, apart = self._parts(X, self._learn_scale(X, y), self._standard)
        self._train(learn, apart)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict the number of each vector.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n, F)
            Vectors.

        Returns
        -------
        ndarray of float64, shape (n,)
            Numbers, in the unit of the examples.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        found: NDArray[np.float64] = self._outputs(X).reshape(-1) * self.scale_ + self.shift_
        return found

    def _build(self) -> nn.Module:
        return self._network_of(1)
