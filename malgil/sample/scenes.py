"""Drawn scenes to caption: one to four coloured shapes, alone, several alike, beside or around each other.

Pairs of colour and shape on the diagonal of the two lists are *held out*: scenes for training never show them, scenes
to test with always do, though each colour and each shape alone is well known. Who names them has understood both words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.sample.draw import Draw
from malgil.sample.shapes import COLOURS, SHAPES, SIDE, Thing, draw_things

RELATIONS = ("alone", "several", "left of", "right of", "above", "below", "around")
"""What a scene can be about."""
PLACES = ("top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right")
"""Fields of a canvas of three by three, row by row."""
HELD_OUT = frozenset(zip(COLOURS, SHAPES, strict=True))
"""Pairs of colour and shape that training never shows."""
MAX_SCENES = 1_000_000
_RADII = {"small": 3.0, "big": 5.0}
_FIELD = SIDE / 3


@dataclass(frozen=True)
class Scene:
    """What an image shows.

    Parameters
    ----------
    relation : str
        One of `RELATIONS`.
    things : tuple of Thing
        One to four. Of a pair, the first is the one that the relation is said of: the large one of ``around``, else the
        small one.
    size : {"small", "big"}
        Of shapes that are alone or several alike, else empty.
    place : str
        One of `PLACES` where the shape is alone, else empty.
    background : int
        Grey behind the shapes, from 0 to 255.
    """

    relation: str
    things: tuple[Thing, ...]
    size: str
    place: str
    background: int

    @property
    def is_unseen(self) -> bool:
        """Whether a held-out pair of colour and shape is in it."""
        return any((thing.colour, thing.shape) in HELD_OUT for thing in self.things)

    def image(self) -> NDArray[np.uint8]:
        """Draw it.

        Returns
        -------
        ndarray of uint8, shape (32, 32, 3)
            Rows from the top, columns from the left, red, green and blue.
        """
        return draw_things(self.things, self.background)


def draw_scenes(n: int, *, seed: int = 0, unseen: bool = False) -> list[Scene]:
    """Make up scenes.

    Parameters
    ----------
    n : int
        How many, 1 to 1,000,000.
    seed : int
        The same arguments give the same scenes, and these the same bytes.
    unseen : bool
        Whether each shows a held-out pair of colour and shape; otherwise none does.

    Returns
    -------
    list of Scene
        All relations are equally likely.

    Raises
    ------
    ParameterError
        If a number is out of range.

    Examples
    --------
    >>> scenes = draw_scenes(3, seed=1)
    >>> images(scenes).shape, any(scene.is_unseen for scene in scenes)
    ((3, 32, 32, 3), False)
    """
    draw = Draw(np.random.Generator(np.random.PCG64(check_seed(seed))))
    return [_scene(draw, unseen=unseen) for _ in range(check_count(n))]


def images(scenes: list[Scene]) -> NDArray[np.uint8]:
    """Draw scenes.

    Parameters
    ----------
    scenes : list of Scene
        At least one.

    Returns
    -------
    ndarray of uint8, shape (n, 32, 32, 3)
        Their images.
    """
    return np.stack([scene.image() for scene in scenes])


def check_count(n: int) -> int:
    """Refuse a number of scenes that cannot be made.

    Parameters
    ----------
    n : int
        What was asked for.

    Returns
    -------
    int
        The same.

    Raises
    ------
    ParameterError
        If it is no whole number from 1 to 1,000,000.
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 1 <= n <= MAX_SCENES:
        raise ParameterError("sample.bad_n_scenes", value=n, most=MAX_SCENES)
    return int(n)


def check_seed(seed: int) -> int:
    """Refuse what is no seed.

    Parameters
    ----------
    seed : int
        What was given.

    Returns
    -------
    int
        The same.

    Raises
    ------
    ParameterError
        If it is no whole number of 0 or more.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError("sample.bad_seed", value=seed)
    return int(seed)


def _scene(draw: Draw, *, unseen: bool) -> Scene:
    relation = draw.pick(RELATIONS)
    size = draw.pick(tuple(_RADII)) if relation in ("alone", "several") else ""
    background = 20 + draw.below(40)
    kinds = _kinds(draw, 1 if relation in ("alone", "several") else 2, unseen=unseen)
    if relation == "alone":
        at = draw.below(len(PLACES))
        return Scene(relation, (_thing(draw, kinds[0], at, _RADII[size]),), size, PLACES[at], background)
    if relation == "several":
        fields = _fields(draw, 2 + draw.below(3))
        return Scene(relation, tuple(_thing(draw, kinds[0], at, _RADII[size]) for at in fields), size, "", background)
    if relation == "around":
        return Scene(relation, _nested(draw, kinds), size, "", background)
    first, second = _beside(draw, relation)
    # a small thing is said to be beside a big one: otherwise every image would have two captions
    pair = _thing(draw, kinds[0], first, _RADII["small"]), _thing(draw, kinds[1], second, _RADII["big"])
    return Scene(relation, pair, size, "", background)


def _kinds(draw: Draw, n: int, *, unseen: bool) -> list[tuple[str, str]]:
    """Choose colours and shapes; two of a pair differ in both, so that neither hides in the other."""
    while True:
        kinds = [(draw.pick(tuple(COLOURS)), draw.pick(tuple(SHAPES))) for _ in range(n)]
        are_apart = n == 1 or (kinds[0][0] != kinds[1][0] and kinds[0][1] != kinds[1][1])
        if are_apart and any(kind in HELD_OUT for kind in kinds) == unseen:
            return kinds


def _thing(draw: Draw, kind: tuple[str, str], at: int, radius: float) -> Thing:
    """Put a shape into a field, about its middle."""
    row, column = divmod(at, 3)
    slack = _FIELD - 2 * 5  # as much as the big ones have, so that the place of a shape does not tell its size
    x, y = ((place + 0.5) * _FIELD + (draw.unit() - 0.5) * slack for place in (column, row))
    return Thing(*kind, x, y, radius)


def _fields(draw: Draw, n: int) -> list[int]:
    rest = list(range(len(PLACES)))
    return [rest.pop(draw.below(len(rest))) for _ in range(n)]


def _nested(draw: Draw, kinds: list[tuple[str, str]]) -> tuple[Thing, ...]:
    """Put a small shape on the middle of a large one."""
    x, y = (SIDE / 2 + (draw.unit() - 0.5) * 8 for _ in "xy")
    return Thing(*kinds[0], x, y, 11.0), Thing(*kinds[1], x, y + 0.5, 3.5)


def _beside(draw: Draw, relation: str) -> tuple[int, int]:
    """Choose two fields of one row or column, the first on the relation's side."""
    line, low = draw.below(3), draw.below(2)
    high = low + 1 + draw.below(2 - low)
    if relation in ("left of", "right of"):
        low, high = 3 * line + low, 3 * line + high
    else:
        low, high = 3 * low + line, 3 * high + line
    return (low, high) if relation in ("left of", "above") else (high, low)
