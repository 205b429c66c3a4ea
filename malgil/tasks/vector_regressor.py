"""One to one: a vector in, a number out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.tasks.regressor import numbers_of
from malgil.tasks.vector_estimator import VectorEstimator
from malgil.training.metrics import number_scores


@dataclass(kw_only=True, eq=False)
class VectorRegressor(VectorEstimator):
    r"""Predict a number from vectors, such as rows of TF-IDF, with a perceptron of several layers.

    Attributes
    ----------
    shift_, scale_ : float
        Mean and deviation of the numbers that it learned from.

    Notes
    -----
    .. math:: \hat y = \mu + \sigma (w \cdot h_L + b), \quad h_l = \max(0, W_l h_{l-1} + b_l), \quad h_0 = x
    """

    task: ClassVar[str] = "regress_vectors"

    shift_: float = field(init=False, repr=False)
    scale_: float = field(init=False, repr=False)

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
        values = numbers_of(X, y)
        self.shift_, self.scale_ = float(values.mean()), float(values.std()) or 1.0
        learn, apart = self._parts(
            X, self._standard(values), lambda X, y: self._standard(numbers_of(X, y)), np.zeros(0, np.int64)
        )
        self._train(learn, apart)
        return self

    def _standard(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        return ((values - self.shift_) / self.scale_).astype(np.float32)

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

    def score(self, X: Any, y: Any) -> float:
        """Say which share of the variance is explained.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n, F)
            Vectors.
        y : sequence of float
            Their numbers.

        Returns
        -------
        float
            R squared, at most 1.
        """
        return float(number_scores(numbers_of(X, y), self.predict(X)).r2)

    def _build(self) -> nn.Module:
        return self._network_of(1)

    def _kept(self) -> dict[str, Any]:
        return super()._kept() | {"shift": self.shift_, "scale": self.scale_}

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        self.shift_, self.scale_ = float(kept["shift"]), float(kept["scale"])

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import RegressorTags

        tags = super().__sklearn_tags__()
        tags.estimator_type, tags.regressor_tags, tags.target_tags.required = "regressor", RegressorTags(), True
        return tags
