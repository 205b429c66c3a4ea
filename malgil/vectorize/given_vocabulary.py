"""A vocabulary that the user brings along: a mapping or a list of terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from malgil.errors import ParameterError


def given_vocabulary(vocabulary: Any) -> dict[Any, int]:
    """Check a vocabulary and bring it into a dictionary.

    Parameters
    ----------
    vocabulary : mapping or iterable
        Term -> column, or the terms in the order of their columns. A set counts as sorted.

    Returns
    -------
    dict
        Term -> column; a new one.

    Raises
    ------
    ParameterError
        If it is empty, a term or column occurs twice, or a column is missing.
    """
    if isinstance(vocabulary, Mapping):
        columns = set(vocabulary.values())
        if len(columns) != len(vocabulary):
            raise ParameterError("vectorize.repeated_indices")
        missing = next((column for column in range(len(vocabulary)) if column not in columns), None)
        if missing is not None:
            raise ParameterError("vectorize.missing_index", n=len(vocabulary), index=missing)
        known = dict(vocabulary)
    else:
        known = {}
        for column, term in enumerate(sorted(vocabulary) if isinstance(vocabulary, set) else vocabulary):
            if known.setdefault(term, column) != column:
                raise ParameterError("vectorize.duplicate_term", term=term)
    if not known:
        raise ParameterError("vectorize.empty_vocabulary_given")
    return known
