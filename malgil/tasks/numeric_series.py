"""Series of numbers of unequal length: joined into one array, and brought to mean 0 and deviation 1. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError


def borders_of(X: Iterable[Any]) -> NDArray[np.int64]:
    """Say where each sequence begins and ends once they stand one after another.

    Parameters
    ----------
    X : iterable of sequences, n of them
        Anything with a length.

    Returns
    -------
    ndarray of int64, shape (n + 1,)
        Rising from 0.
    """
    return np.concatenate([[0], np.cumsum([len(row) for row in X])]).astype(np.int64)


def joined(X: Iterable[Any], n_features: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Join series; a series of plain numbers has one a step.

    Parameters
    ----------
    X : iterable of array_like, shape (T,) or (T, C)
        At least one.
    n_features : int, optional
        What C must be; by default that of the first.

    Returns
    -------
    tuple of ndarray of int64, shape (n + 1,), and ndarray of float32, shape (n_steps, C)
        Borders and steps.

    Raises
    ------
    DataError
        If a series has another shape, holds what is no number, or a value that is not finite; names its row.
    """
    rows = []
    for place, given in enumerate(X):
        try:
            row = np.asarray(given, np.float32)
        except (TypeError, ValueError) as error:  # words among the numbers, or steps of unequal size
            raise DataError("tasks.no_series_of_numbers", row=place) from error
        row = row.reshape(-1, 1) if row.ndim == 1 else row
        n_features = row.shape[-1] if n_features is None else n_features
        if row.ndim != 2 or (row.shape[1] != n_features and row.size):
            raise DataError("tasks.bad_series", row=place, shape=np.shape(given), n=n_features)
        if not np.isfinite(row).all():
            raise DataError("tasks.not_finite", row=place)
        rows.append(row.reshape(-1, n_features))
    return borders_of(rows), np.concatenate(rows)


def standard(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Measure mean and deviation of each number.

    Parameters
    ----------
    values : ndarray of float32, shape (n_steps, C)
        Steps.

    Returns
    -------
    tuple of ndarray of float32, shape (C,)
        Mean, and deviation; 1 for a number that never changes.
    """
    wide = values.astype(np.float64)
    scale = wide.std(0) if len(wide) else np.ones(wide.shape[1])
    mean = wide.mean(0) if len(wide) else np.zeros(wide.shape[1])
    return mean.astype(np.float32), np.where(scale > 0, scale, 1.0).astype(np.float32)
