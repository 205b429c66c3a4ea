"""Numbers of the command line that are no whole numbers, or several of them."""

from __future__ import annotations

import re

from malgil.errors import ParameterError


def read_number(name: str, value: str) -> float:
    """Read a decimal number.

    Parameters
    ----------
    name : str
        Of the option.
    value : str
        What was written.

    Returns
    -------
    float
        The number.

    Raises
    ------
    ParameterError
        If it is none.
    """
    try:
        return float(value)
    except ValueError as error:
        raise ParameterError("cli.not_a_decimal", name=name, value=value) from error


def read_numbers(name: str, value: str) -> tuple[float, ...]:
    """Read numbers with commas or blanks between them.

    Parameters
    ----------
    name : str
        Of the option.
    value : str
        What was written, such as ``0,0,1``.

    Returns
    -------
    tuple of float
        The numbers; whole ones are of type int.

    Raises
    ------
    ParameterError
        If one is none.
    """
    pieces = [piece for piece in re.split(r"[,\s]+", value) if piece]
    return tuple(int(piece) if piece.isdecimal() else read_number(name, piece) for piece in pieces)
