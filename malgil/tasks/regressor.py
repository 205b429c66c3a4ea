"""Many to one: a sequence in, a number out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.tasks.kinds import rows_of
from malgil.tasks.reading_examples import ReadExamples
from malgil.tasks.reading_network import ReadingConfig
from malgil.tasks.regressing import Regressing
from malgil.tasks.sequence_estimator import SequenceEstimator
from malgil.tasks.wanted import numbers_of
from malgil.training.predicting import in_batches


@dataclass(kw_only=True, eq=False)
class SequenceRegressor(Regressing, SequenceEstimator):
    r"""Predict a number from texts, lists of tokens or series of numbers with a network.

    Parameters
    ----------
    pooling : {"last", "mean", "max", "attention", "concat"}
        From the outputs of all steps to one vector.

    Notes
    -----
    .. math:: \hat y = \mu + \sigma (w \cdot \mathrm{pool}(h) + b), \qquad \text{loss} = \tfrac12
       \left(\frac{\hat y - y}{\sigma}\right)^2
    """

    task: ClassVar[str] = "regress"

    pooling: str = "concat"

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
        self._check()
        X = rows_of(X)
        targets = self._learn_scale(X, y)
        parts = self._divided(len(X))
        learn, apart = self._examples(self._read(X, parts[0]), targets, parts, by_step=False)
        if (given := self._given_validation()) is not None:
            apart = ReadExamples(self.reader_.read(given[0]), self._standard(*given))
        self._train(learn, apart, self._measure)
        self._say_cut()
        return self

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
