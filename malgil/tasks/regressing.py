"""What regressors of one number share, whatever they read: the scale of the numbers, and how answers are judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from malgil.tasks.wanted import numbers_of
from malgil.training.metrics import number_scores

if TYPE_CHECKING:
    from malgil.tasks.learning import Learning
else:
    Learning = object  # mixed in: its defaults must not come before those of the estimator that it joins


@dataclass(kw_only=True, eq=False)
class Regressing(Learning):
    """What `SequenceRegressor` and `VectorRegressor` share.

    Attributes
    ----------
    shift_, scale_ : float
        Mean and deviation of the numbers that it learned from: the network predicts ``(y - shift_) / scale_``.
    """

    shift_: float = field(init=False, repr=False)
    scale_: float = field(init=False, repr=False)

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict the number of each input.

        Parameters
        ----------
        X : sequence or matrix
            Inputs of the kind that it has learned from.

        Returns
        -------
        ndarray of float64, shape (n,)
            Numbers, in the unit of the examples.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        raise NotImplementedError

    def score(self, X: Any, y: Any) -> float:
        """Say which share of the variance is explained.

        Parameters
        ----------
        X : sequence or matrix
            Inputs.
        y : sequence of float
            Their numbers.

        Returns
        -------
        float
            R squared, at most 1.
        """
        return float(number_scores(numbers_of(X, y), self.predict(X)).r2)

    def _learn_scale(self, X: Any, y: Any) -> NDArray[np.float32]:
        """Learn mean and deviation, and bring the numbers to 0 and 1."""
        values = numbers_of(X, y)
        self.shift_, self.scale_ = float(values.mean()), float(values.std()) or 1.0
        return self._standard(X, y)

    def _standard(self, X: Any, y: Any) -> NDArray[np.float32]:
        return ((numbers_of(X, y) - self.shift_) / self.scale_).astype(np.float32)

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
