"""What inputs are: texts, lists of tokens, or numbers; and what holds them. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any, Literal

import numpy as np

from malgil.errors import DataError, ParameterError

Kind = Literal["text", "tokens", "numbers"]


def rows_of(X: Any, name: str = "X") -> Any:
    """Bring inputs, or what is wanted for them, into a list, whatever holds them.

    Parameters
    ----------
    X : sequence
        A list or tuple, an array, a column of pandas, polars or Arrow, a `Corpus`; of a table, the column of texts.
    name : str
        Of the argument, for the message.

    Returns
    -------
    sequence
        A list of Python's own values; numbers in an array stay one.

    Raises
    ------
    ParameterError
        If it is nothing, a single text, or no sequence.
    """
    if isinstance(X, str | bytes):
        raise ParameterError("tasks.one_text", name=name)
    if X is None or isinstance(X, Mapping | Set):
        raise ParameterError("tasks.no_sequence", name=name, found=type(X).__name__)
    if isinstance(X, list | tuple):
        return X
    if hasattr(X, "columns") or hasattr(X, "column_names") or hasattr(X, "texts"):  # tables, and a corpus
        from malgil.corpus import as_texts

        return as_texts(X).to_pylist()
    if isinstance(X, np.ndarray) and X.ndim and X.dtype.kind in "fiubc":
        return X
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(X, method):
            rows = getattr(X, method)()
            if isinstance(rows, list):
                return rows
    if not isinstance(X, Iterable):
        raise ParameterError("tasks.no_sequence", name=name, found=type(X).__name__)
    return list(X)


def kind_of(X: Any) -> Kind:
    """Tell what inputs are.

    Parameters
    ----------
    X : sequence
        At least one input, from `rows_of`.

    Returns
    -------
    {"text", "tokens", "numbers"}
        By the first input that says so: a string, a list of strings, numbers.

    Raises
    ------
    ParameterError
        If its inputs are of no known kind.
    DataError
        If there is no input.
    """
    if not len(X):
        raise DataError("tasks.no_inputs")
    for place, row in enumerate(X):
        if isinstance(row, str) or row is None:
            return "text"
        if isinstance(row, np.ndarray) and row.dtype.kind in "fiub":
            return "numbers"
        if not hasattr(row, "__getitem__") or not hasattr(row, "__len__") or isinstance(row, bytes | Mapping):
            raise ParameterError("tasks.no_input", row=place, value=row)
        if len(row):
            return "tokens" if any(isinstance(step, str) for step in row) else "numbers"
    return "tokens"
