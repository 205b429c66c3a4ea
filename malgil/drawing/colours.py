"""Colours of the pictures: two palettes for numbers, and a few inks that people with colour blindness tell apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

INK, FAINT, PALE, PAPER = "#1d2733", "#8794a3", "#e9edf2", "#ffffff"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's colours, for lines and bars that are named in a legend."""

_STEPS = 16  # of a palette on either side of zero
_BLUE, _WHITE, _RED = (33, 102, 172), (250, 250, 250), (178, 24, 43)


def _between(low: tuple[int, ...], high: tuple[int, ...], share: float) -> str:
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(low, high, strict=True))


DIVERGING = tuple(_between(_WHITE, _BLUE, step / _STEPS) for step in range(_STEPS, 0, -1)) + tuple(
    _between(_WHITE, _RED, step / _STEPS) for step in range(_STEPS + 1)
)
"""From blue (negative) over white (zero) to red (positive)."""

SEQUENTIAL = tuple(_between(_WHITE, _BLUE, step / (2 * _STEPS)) for step in range(2 * _STEPS + 1))
"""From white (zero) to blue (one)."""


def signed_levels(values: NDArray[np.floating], limit: float) -> NDArray[np.int64]:
    """Find the colours of signed numbers.

    Parameters
    ----------
    values : ndarray
        Any shape.
    limit : float
        The number that has the strongest colour, >= 0; beyond it there is no stronger one.

    Returns
    -------
    ndarray of int64
        Places in `DIVERGING`, -1 for what is not a number.
    """
    return _levels(np.asarray(values, np.float64) / (limit or 1.0) * _STEPS + _STEPS)


def share_levels(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Find the colours of shares.

    Parameters
    ----------
    values : ndarray
        Any shape, in [0, 1].

    Returns
    -------
    ndarray of int64
        Places in `SEQUENTIAL`, -1 for what is not a number.
    """
    return _levels(np.asarray(values, np.float64) * 2 * _STEPS)


def _levels(places: NDArray[np.float64]) -> NDArray[np.int64]:
    rounded = np.clip(np.rint(np.nan_to_num(places, nan=0.0)), 0, 2 * _STEPS).astype(np.int64)
    return np.where(np.isnan(places), -1, rounded)


def is_dark(level: int, palette: tuple[str, ...]) -> bool:
    """Whether white letters are read better than black ones on a colour.

    Parameters
    ----------
    level : int
        Place in the palette.
    palette : tuple of str
        `DIVERGING` or `SEQUENTIAL`.

    Returns
    -------
    bool
        By the colour's luminance (ITU-R BT.601).
    """
    red, green, blue = (int(palette[level][at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140
