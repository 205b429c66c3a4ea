"""What inputs are: texts, lists of tokens, or numbers. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from malgil.errors import DataError, ParameterError

Kind = Literal["text", "tokens", "numbers"]


def kind_of(X: Any) -> Kind:
    """Tell what inputs are.

    Parameters
    ----------
    X : sequence
        At least one input.

    Returns
    -------
    {"text", "tokens", "numbers"}
        By the first input that says so: a string, a list of strings, numbers.

    Raises
    ------
    ParameterError
        If `X` is one string, or its inputs are of no known kind.
    DataError
        If there is no input.
    """
    if isinstance(X, str):
        raise ParameterError("tasks.one_text")
    if not isinstance(X, Sequence | np.ndarray) or (isinstance(X, np.ndarray) and X.dtype.kind in "UT"):
        return "text"
    if not len(X):
        raise DataError("tasks.no_inputs")
    for row in X:
        if isinstance(row, str) or row is None:
            return "text"
        if isinstance(row, np.ndarray) and row.dtype.kind in "fiub":
            return "numbers"
        if len(row):
            return "tokens" if isinstance(row[0], str) else "numbers"
    return "tokens"
