"""Fields: which column of the documents is searched, how it is split, and how much it counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from malgil.errors import ParameterError

TEXT = "text"  # the column of texts, whatever it is called in the source


@dataclass(frozen=True)
class Field:
    """One way in which an index looks at its documents.

    Parameters
    ----------
    tokenizer : str or dict
        Name of a tokeniser, or its parameters with the name among them: ``{"name": "kiwi", "tags": "content"}``.
    weight : float
        What the scores of this field are multiplied with, > 0.
    column : str
        Column that is split. Several fields may share one: their scores are added up.

    Raises
    ------
    ParameterError
        If the weight is not a number above 0, or the tokeniser is neither a name nor parameters.
    """

    tokenizer: str | Mapping[str, Any] = "word"
    weight: float = 1.0
    column: str = TEXT

    def __post_init__(self) -> None:
        is_named = isinstance(self.tokenizer, str) or (
            isinstance(self.tokenizer, Mapping) and isinstance(self.tokenizer.get("name"), str)
        )
        if not is_named:
            raise ParameterError("search_index.bad_tokenizer", value=self.tokenizer)
        if not isinstance(self.weight, int | float) or not (math.isfinite(self.weight) and self.weight > 0):
            raise ParameterError("search_index.bad_weight", value=self.weight)
        if not isinstance(self.column, str) or not self.column:
            raise ParameterError("search_index.bad_column", value=self.column)

    @property
    def params(self) -> dict[str, Any]:
        """Arguments of `malgil.tokenizers.tokenizer`."""
        return {"name": self.tokenizer} if isinstance(self.tokenizer, str) else dict(self.tokenizer)

    def to_dict(self) -> dict[str, Any]:
        """Give the field as JSON.

        Returns
        -------
        dict
            From which ``Field(**row)`` makes an equal one.
        """
        return {"tokenizer": self.params, "weight": float(self.weight), "column": self.column}


def read_fields(fields: Mapping[str, object]) -> dict[str, Field]:
    """Read the fields that a caller asks for.

    Parameters
    ----------
    fields : mapping
        Name -> `Field`, or name of a tokeniser, or its parameters. ``{"body": "word"}`` is one field of plain words.

    Returns
    -------
    dict
        Name -> `Field`, in the order given.

    Raises
    ------
    ParameterError
        If there is none, a name cannot stand before a colon in a query, or a field is not one.
    """
    if not isinstance(fields, Mapping) or not fields:
        raise ParameterError("search_index.no_fields", value=fields)
    read: dict[str, Field] = {}
    for name, value in fields.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise ParameterError("search_index.bad_field_name", name=name)
        read[name] = value if isinstance(value, Field) else Field(value)  # type: ignore[arg-type]
    return read


def select(fields: Mapping[str, Field], name: str | None) -> list[str]:
    """Find the fields that a name in a query means.

    Parameters
    ----------
    fields : mapping
        Name -> `Field`.
    name : str, optional
        Of a field, or of a column: then all fields on it. All fields without a name.

    Returns
    -------
    list of str
        Names of fields, in their order; empty where nothing is called so.
    """
    if name is None:
        return list(fields)
    if name in fields:
        return [name]
    return [field for field, facts in fields.items() if facts.column == name]


def names(fields: Mapping[str, Field]) -> set[str]:
    """Everything that may stand before a colon in a query.

    Parameters
    ----------
    fields : mapping
        Name -> `Field`.

    Returns
    -------
    set of str
        Names of fields and of their columns.
    """
    return set(fields) | {field.column for field in fields.values()}
