"""Many to many, aligned: one series of numbers into another."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import DataError
from malgil.tasks.inputs import Reader
from malgil.tasks.kinds import rows_of
from malgil.tasks.numeric_series import borders_of
from malgil.tasks.read import Read
from malgil.tasks.reading_examples import ReadExamples
from malgil.tasks.reading_network import ReadingConfig
from malgil.tasks.sequence_estimator import SequenceEstimator
from malgil.tasks.wanted import labels_of
from malgil.training.predicting import in_batches


@dataclass(kw_only=True, eq=False)
class SequenceTransducer(SequenceEstimator):
    r"""Turn a sequence into a series of numbers, step by step; for labels there is `SequenceTagger`.

    Parameters
    ----------
    bidirectional : bool
        Whether a recurrent encoder also reads from the end: False answers before the end is known.
    min_count : int
        Rarer words are unknown.

    Attributes
    ----------
    shift_, scale_ : ndarray of float32, shape (K,)
        Mean and deviation of the numbers that it learned from.
    is_flat_ : bool
        Whether a series is an array (T,) instead of (T, K).

    Notes
    -----
    .. math:: \hat y_t = \mu + \sigma (W h_t + b)
    """

    task: ClassVar[str] = "transduce"

    bidirectional: bool = False
    min_count: int = 1
    shift_: NDArray[np.float32] = field(init=False, repr=False)
    scale_: NDArray[np.float32] = field(init=False, repr=False)
    is_flat_: bool = field(init=False, repr=False)

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from sequences and the series that belong to them.

        Parameters
        ----------
        X : sequence
            Arrays (T, C) or (T,) of unequal length, or lists of tokens.
        y : sequence of ndarray
            For each an array (T,) or (T, K).

        Returns
        -------
        SequenceTransducer
            The estimator itself.

        Raises
        ------
        ParameterError
            If `X` and `y` are not equally long, or an option cannot be used.
        DataError
            If a series has not as many steps as its input, or holds what is no number.
        """
        self._check()
        X = rows_of(X)
        rows = labels_of(X, y)
        self.is_flat_ = np.ndim(rows[0]) == 1
        series = Reader()
        parts = self._divided(len(X))
        wanted = series.fit(rows, parts[0])
        if series.kind != "numbers" or series.frame is not None:
            raise DataError("tasks.no_series")
        self.shift_, self.scale_ = series.shift, series.scale
        _check_steps(X, wanted)
        read = self._read(X, parts[0])
        learn, apart = self._examples(read, self._cut(wanted), parts, by_step=True)
        if (given := self._given_validation()) is not None:
            others = series.read(labels_of(*given))
            _check_steps(given[0], others)
            apart = ReadExamples(self.reader_.read(given[0]), self._cut(others), by_step=True)
        self._train(learn, apart, self._measure)
        self._say_cut()
        return self

    def _cut(self, series: Read) -> NDArray[Any]:
        """Cut the numbers of series where their inputs are cut."""
        return self.reader_.cut_steps(series.indptr, np.asarray(series.numbers))

    def predict(self, X: Any) -> list[NDArray[np.float64]]:
        """Predict the series of each input.

        Parameters
        ----------
        X : sequence
            Inputs of the kind that it has learned from.

        Returns
        -------
        list of ndarray of float64
            (T,) or (T, K), as in the examples.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        network = self._trained
        read = self.reader_.without_limit().read(X)
        rows = in_batches(network, ReadExamples(read), network.scores)
        found = [
            row[:n].astype(np.float64) * self.scale_ + self.shift_ for row, n in zip(rows, read.lengths, strict=True)
        ]
        return [row[:, 0] if self.is_flat_ else row for row in found]

    def score(self, X: Any, y: Any) -> float:
        """Say which share of the variance of all numbers is explained.

        Parameters
        ----------
        X : sequence
            Inputs.
        y : sequence of ndarray
            Their series.

        Returns
        -------
        float
            R squared, at most 1.
        """
        from malgil.training.metrics import number_scores

        wanted = np.concatenate([np.asarray(row, np.float64).reshape(-1) for row in labels_of(X, y)])
        return float(number_scores(wanted, np.concatenate([row.reshape(-1) for row in self.predict(X)])).r2)

    def _measure(self, network: nn.Module, examples: Any) -> dict[str, float]:
        asked: Any = network
        rows = in_batches(network, examples, asked.scores)
        borders, total, n = examples.read.indptr, 0.0, 0
        for row, found in zip(examples.rows.tolist(), rows, strict=True):
            wanted = examples.targets[borders[row] : borders[row + 1]]
            total += float(((found[: len(wanted)] - wanted) ** 2).sum())
            n += wanted.size
        return {"rmse": (total / max(n, 1)) ** 0.5}

    def _config(self) -> ReadingConfig:
        return self._sized(pooling=None, n_outputs=len(self.shift_), wanted="values")

    def _kept(self) -> dict[str, Any]:
        more = {"shift": self.shift_.tolist(), "scale": self.scale_.tolist(), "is_flat": self.is_flat_}
        return super()._kept() | more

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        self.shift_, self.scale_ = (np.array(kept[name], np.float32) for name in ("shift", "scale"))
        self.is_flat_ = bool(kept["is_flat"])


def _check_steps(X: Any, series: Read) -> None:
    """Refuse a series that has not as many steps as its input."""
    lengths = np.diff(borders_of(X))
    uneven = np.flatnonzero(lengths != series.lengths)
    if len(uneven):
        row = int(uneven[0])
        raise DataError("tasks.unequal_steps", row=row, n=int(lengths[row]), m=int(series.lengths[row]))
