"""What is wanted for each input: labels or numbers, checked. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError, ParameterError
from malgil.tasks.kinds import rows_of


def is_missing(label: Any) -> bool:
    """Tell whether a label stands for nothing.

    Parameters
    ----------
    label : object
        Any.

    Returns
    -------
    bool
        True for None, NaN and what pandas writes in their place.
    """
    if label is None or type(label).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(label, float | np.floating) and bool(np.isnan(label))


def labels_of(X: Any, y: Any) -> list[Any]:
    """Bring what is wanted into a list, one for each input.

    Parameters
    ----------
    X : sequence
        Inputs.
    y : sequence
        What is wanted for each.

    Returns
    -------
    list
        Python's own values.

    Raises
    ------
    ParameterError
        If there is nothing, no sequence, or not as much as there are inputs.
    DataError
        If there is no input, or a label is missing; names the row.
    """
    if y is None:
        raise ParameterError("tasks.no_labels")
    rows = rows_of(y, "y")
    labels = rows.tolist() if isinstance(rows, np.ndarray) else list(rows)
    n = X.shape[0] if getattr(X, "shape", ()) else len(rows_of(X))
    if n != len(labels):
        raise ParameterError("tasks.unequal_lengths", n=n, m=len(labels))
    if not labels:
        raise DataError("tasks.no_inputs")
    for row, label in enumerate(labels):
        if is_missing(label):
            raise DataError("tasks.label_missing", row=row)
    return labels


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
