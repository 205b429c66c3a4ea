"""Hyper-parameters of estimators, and the choice of one thing by its name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Self, TypeVar

from malgil.errors import ParameterError
from malgil.messages import Message

T = TypeVar("T")


def did_you_mean(value: str, names: Iterable[str]) -> Message | str:
    """Propose the nearest known name.

    Parameters
    ----------
    value : str
        What the user wrote.
    names : iterable of str
        What is known.

    Returns
    -------
    Message or str
        A sentence with a leading blank, to be put into another; an empty text where no name is near.
    """
    near = difflib.get_close_matches(value, list(names), n=1)
    return Message("house.did_you_mean", {"value": near[0]}) if near else ""


def choose(table: Mapping[str, T], name: str, value: str) -> T:
    """Look a choice up by its name.

    Parameters
    ----------
    table : mapping
        Name -> choice.
    name : str
        The option's name, for the message.
    value : str
        What the user asked for.

    Returns
    -------
    object
        ``table[value]``.

    Raises
    ------
    ParameterError
        If `value` is not in the table; lists the names that are.
    """
    if value in table:
        return table[value]
    raise ParameterError(
        "house.bad_choice", name=name, value=value, choices=", ".join(table), hint=did_you_mean(str(value), table)
    )


class Parametrised:
    """scikit-learn's parameter contract, read from the fields of a dataclass.

    A subclass is ``@dataclass(kw_only=True, eq=False)``; its fields are the hyper-parameters. scikit-learn is not
    imported until it asks for the tags itself.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Hyper-parameters by name.

        Parameters
        ----------
        deep : bool
            Kept for scikit-learn; the fields hold no estimators.

        Returns
        -------
        dict
            Field name -> value.
        """
        return {field.name: getattr(self, field.name) for field in fields(self) if field.init}  # type: ignore[arg-type]

    def set_params(self, **params: object) -> Self:
        """Change hyper-parameters.

        Parameters
        ----------
        **params : object
            Field name -> new value.

        Returns
        -------
        object
            The estimator itself.

        Raises
        ------
        ParameterError
            If a name is not a hyper-parameter.
        """
        known = self.get_params()
        for name, value in params.items():
            choose(known, "parameter", name)
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        tags = Tags(estimator_type=None, target_tags=TargetTags(required=False))
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
