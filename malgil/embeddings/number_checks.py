"""Settings that must be numbers of some kind."""

from __future__ import annotations

import math

import numpy as np

from malgil.errors import ParameterError


def check_whole(name: str, value: object, least: int) -> None:
    """Refuse what is no whole number, or too small a one.

    Parameters
    ----------
    name : str
        Name of the setting, for the message.
    value : int
        Its value.
    least : int
        Smallest value that can be used.

    Raises
    ------
    ParameterError
        If it cannot be used.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ParameterError("glove.bad_whole", name=name, value=value, least=least)


def check_positive(name: str, value: object) -> None:
    """Refuse what is no finite number above 0.

    Parameters
    ----------
    name : str
        Name of the setting, for the message.
    value : float
        Its value.

    Raises
    ------
    ParameterError
        If it cannot be used.
    """
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or not 0 < float(value) < math.inf:  # type: ignore[arg-type]
        raise ParameterError("glove.bad_positive", name=name, value=value)


def check_not_negative(name: str, value: object) -> None:
    """Refuse what is no finite number of 0 or more.

    Parameters
    ----------
    name : str
        Name of the setting, for the message.
    value : float
        Its value.

    Raises
    ------
    ParameterError
        If it cannot be used.
    """
    if value != 0 or isinstance(value, bool):
        try:
            check_positive(name, value)
        except ParameterError:
            raise ParameterError("glove.bad_zero", name=name, value=value) from None
