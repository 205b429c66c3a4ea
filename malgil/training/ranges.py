"""What a number of a setting can be: whole, or finite; a truth value is neither. No torch."""

from __future__ import annotations

import math
from numbers import Integral, Real


def is_whole(value: object, low: int = 1) -> bool:
    """Tell whether a value is a whole number that is large enough.

    Parameters
    ----------
    value : object
        Any.
    low : int
        The least that will do.

    Returns
    -------
    bool
        False for truth values, and for 2.0.
    """
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= low


def is_share(value: object) -> bool:
    """Tell whether a value is a number in [0, 1).

    Parameters
    ----------
    value : object
        Any.

    Returns
    -------
    bool
        False for truth values.
    """
    return is_number(value) and 0 <= float(value) < 1  # type: ignore[arg-type]


def is_number(value: object) -> bool:
    """Tell whether a value is a finite number.

    Parameters
    ----------
    value : object
        Any.

    Returns
    -------
    bool
        False for truth values, NaN and infinity.
    """
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)
