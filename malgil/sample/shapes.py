"""Coloured shapes on a small canvas, by formulas: which points of the plane belong to a circle, a star, a heart ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIDE = 32
"""Pixels of a canvas on either side."""
_FINE = 4  # points that a pixel is the mean of, in each direction
_STAR_INNER = 0.309016994374947  # cos 72 degrees: how far the sides of a star's pentagram lie from its centre
#: Unit vectors to the five points of a star, the first upwards (rows grow downwards).
_STAR_POINTS = (
    (0.0, -1.0),
    (0.951056516295154, -0.309016994374947),
    (0.587785252292473, 0.809016994374947),
    (-0.587785252292473, 0.809016994374947),
    (-0.951056516295154, -0.309016994374947),
)

Floats = NDArray[np.float64]
Inside = Callable[[Floats, Floats], NDArray[np.bool_]]

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (226, 54, 54),
    "yellow": (246, 208, 48),
    "green": (52, 176, 82),
    "blue": (58, 112, 232),
    "purple": (160, 84, 206),
    "white": (244, 244, 244),
}
"""Red, green and blue of each colour, from 0 to 255."""


class Thing(NamedTuple):
    """A shape on the canvas.

    Parameters
    ----------
    colour : str
        A key of `COLOURS`.
    shape : str
        A key of `SHAPES`.
    x, y : float
        Its centre in pixels, from the left and from the top.
    radius : float
        From the centre to the farthest point, in pixels.
    """

    colour: str
    shape: str
    x: float
    y: float
    radius: float


def _circle(u: Floats, v: Floats) -> NDArray[np.bool_]:
    return u * u + v * v <= 0.9


def _square(u: Floats, v: Floats) -> NDArray[np.bool_]:
    return np.maximum(np.abs(u), np.abs(v)) <= 0.82


def _triangle(u: Floats, v: Floats) -> NDArray[np.bool_]:
    return (v <= 0.8) & (np.abs(u) * 1.8 <= v + 1)


def _diamond(u: Floats, v: Floats) -> NDArray[np.bool_]:
    return np.abs(u) * 1.35 + np.abs(v) <= 1


def _star(u: Floats, v: Floats) -> NDArray[np.bool_]:
    """Keep the points that lie beyond at most one of the five sides of a pentagram."""
    within: NDArray[np.bool_] = np.sum([x * u + y * v <= _STAR_INNER for x, y in _STAR_POINTS], axis=0) >= 4
    return within


def _heart(u: Floats, v: Floats) -> NDArray[np.bool_]:
    x, y = 1.2 * u, 0.15 - 1.2 * v
    round_part = x * x + y * y - 1
    return round_part * round_part * round_part <= x * x * y * y * y


SHAPES: dict[str, Inside] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "diamond": _diamond,
    "star": _star,
    "heart": _heart,
}
"""Shape -> which points belong to it; a radius is 1, the first coordinate grows to the right, the second downwards."""


def draw_things(things: Sequence[Thing], background: int) -> NDArray[np.uint8]:
    """Draw shapes over one another, the first at the bottom.

    Parameters
    ----------
    things : sequence of Thing
        Those that reach beyond the canvas are cut.
    background : int
        Grey behind them, from 0 to 255.

    Returns
    -------
    ndarray of uint8, shape (32, 32, 3)
        Rows from the top, columns from the left, red, green and blue.

    Notes
    -----
    A pixel is the mean of 4 x 4 points; each belongs to a shape or not.
    """
    canvas = np.full((SIDE, SIDE, 3), float(background))
    for thing in things:
        rows, columns = _reach(thing.y, thing.radius), _reach(thing.x, thing.radius)
        v = (_points(rows) - thing.y) / thing.radius
        u = (_points(columns) - thing.x) / thing.radius
        fine = SHAPES[thing.shape](*np.meshgrid(u, v))
        blocks = fine.reshape(rows.stop - rows.start, _FINE, columns.stop - columns.start, _FINE)
        covered = blocks.mean(axis=(1, 3))[:, :, None]
        canvas[rows, columns] += covered * (np.array(COLOURS[thing.colour]) - canvas[rows, columns])
    image: NDArray[np.uint8] = np.rint(canvas).astype(np.uint8)
    return image


def _reach(centre: float, radius: float) -> slice:
    """Find the pixels of one axis that a shape can touch."""
    low, high = int(np.floor(centre - radius)), int(np.ceil(centre + radius))
    return slice(min(max(low, 0), SIDE), min(max(high, 0), SIDE))


def _points(pixels: slice) -> Floats:
    """Place the points of some pixels on their axis."""
    return (np.arange(pixels.start * _FINE, pixels.stop * _FINE) + 0.5) / _FINE
