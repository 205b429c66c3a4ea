"""Many to one: a sequence in, a number out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import DataError
from malgil.tasks.reading_examples import ReadExamples
from malgil.tasks.reading_network import ReadingConfig
from malgil.tasks.sequence_estimator import SequenceEstimator, labels_of
from malgil.training.metrics import number_scores
from malgil.training.predicting import in_batches


@dataclass(kw_only=True, eq=False)
class SequenceRegressor(SequenceEstimator):
    r"""Predict a number from texts, lists of tokens or series of numbers with a network.

    Parameters
    ----------
    pooling : {"last", "mean", "max", "attention", "concat"}
        From the outputs of all steps to one vector.

    Attributes
    ----------
    shift_, scale_ : float
        Mean and deviation of the numbers that it learned from: the network predicts ``(y - shift_) / scale_``.

    Notes
    -----
    .. math:: \hat y = \mu + \sigma (w \cdot \mathrm{pool}(h) + b), \qquad \text{loss} = \tfrac12
       \left(\frac{\hat y - y}{\sigma}\right)^2
    """

    task: ClassVar[str] = "regress"

    pooling: str = "concat"
    shift_: float = field(init=False, repr=False)
    scale_: float = field(init=False, repr=False)

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from sequences and their numbers.

        Parameters
        ----------
        X : sequence
            Texts, lists of tokens, or arrays (T, C) of unequal length.
        y : sequence of float
            Number of each.

        Returns
        -------
        SequenceRegressor
            The estimator itself.

        Raises
        ------
        ParameterError
            If `X` and `y` are not equally long, or an option cannot be used.
        DataError
            If a number is missing or none.
        """
        values = numbers_of(X, y)
        self.shift_, self.scale_ = float(values.mean()), float(values.std()) or 1.0
        read = self._read(X)
        given = self._given_validation()
        if given is None:
            learn, apart = self._examples(read, self._standard(values), by_step=False)
        else:
            learn = ReadExamples(read, self._standard(values))
            apart = ReadExamples(self.reader_.read(given[0]), self._standard(numbers_of(*given)))
        self._train(learn, apart, self._measure)
        self._say_cut()
        return self

    def _standard(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        return ((values - self.shift_) / self.scale_).astype(np.float32)

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict the number of each input.

        Parameters
        ----------
        X : sequence
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
        network = self._trained
        rows = in_batches(network, ReadExamples(self.reader_.read(X)), network.scores)
        return np.array(rows, np.float64).reshape(len(rows)) * self.scale_ + self.shift_

    def score(self, X: Any, y: Any) -> float:
        r"""Say which share of the variance is explained.

        Parameters
        ----------
        X : sequence
            Inputs.
        y : sequence of float
            Their numbers.

        Returns
        -------
        float
            R squared, at most 1.
        """
        return float(number_scores(numbers_of(X, y), self.predict(X)).r2)

    def report(self, X: Any, y: Any) -> dict[str, Any]:
        """Report on inputs and their numbers.

        Parameters
        ----------
        X : sequence
            Inputs.
        y : sequence of float
            Their numbers.

        Returns
        -------
        dict
            JSON, as `malgil.tasks.reports.report_numbers` gives it.
        """
        from malgil.tasks.reports import report_numbers

        return report_numbers(numbers_of(X, y), self.predict(X))

    def _measure(self, network: nn.Module, examples: Any) -> dict[str, float]:
        asked: Any = network
        rows = np.array(in_batches(network, examples, asked.scores), np.float64).reshape(len(examples))
        errors = rows - examples.targets[examples.rows]
        return {"rmse": float(np.sqrt((errors * errors).mean()) * self.scale_)}

    def _config(self) -> ReadingConfig:
        return self._sized(pooling=self.pooling, n_outputs=1, wanted="values")

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


def numbers_of(X: Any, y: Any) -> NDArray[np.float64]:
    """Bring numbers into an array, one for each input.

    Parameters
    ----------
    X : sequence
        Inputs.
    y : sequence of float
        Numbers.

    Returns
    -------
    ndarray of float64, shape (n,)
        Finite.

    Raises
    ------
    ParameterError
        If there are not as many numbers as inputs.
    DataError
        If one is missing, or no finite number; names the row.
    """
    labels = labels_of(X, y)
    values = np.empty(len(labels), np.float64)
    for row, label in enumerate(labels):
        try:
            values[row] = float(label)
        except (TypeError, ValueError) as error:
            raise DataError("tasks.no_number", row=row, value=label) from error
        if not np.isfinite(values[row]):
            raise DataError("tasks.no_number", row=row, value=label)
    return values
