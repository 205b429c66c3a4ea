"""A picture before it is drawn: marks with their places, which both renderers read."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.drawing.colours import INK

Point = tuple[float, float]
_ARROW, _HALF = 7.0, 3.2  # length of an arrow's head and half its width, in pixels


class Rect(NamedTuple):
    """A rectangle.

    Parameters
    ----------
    x, y, width, height : float
        Left, top and size, in pixels.
    fill, stroke : str
        CSS colours, or ``"none"``.
    radius : float
        Of the corners.
    line : float
        Width of the stroke.
    """

    x: float
    y: float
    width: float
    height: float
    fill: str = "none"
    stroke: str = "none"
    radius: float = 0.0
    line: float = 1.0


class Cells(NamedTuple):
    """Numbers as coloured squares, side by side.

    Parameters
    ----------
    x, y : float
        Left top corner.
    width, height : float
        Of one cell.
    levels : ndarray of int64, shape (rows, columns)
        Places in `palette`; -1 leaves a cell out.
    palette : tuple of str
        CSS colours.
    """

    x: float
    y: float
    width: float
    height: float
    levels: NDArray[np.int64]
    palette: tuple[str, ...]


class Line(NamedTuple):
    """A line through points.

    Parameters
    ----------
    points : tuple of (float, float)
        At least two.
    colour : str
        CSS colour.
    width : float
        In pixels.
    dashed : bool
        Whether it is interrupted.
    """

    points: tuple[Point, ...]
    colour: str = INK
    width: float = 1.2
    dashed: bool = False


class Polygon(NamedTuple):
    """A filled area.

    Parameters
    ----------
    points : tuple of (float, float)
        Its corners.
    fill : str
        CSS colour.
    """

    points: tuple[Point, ...]
    fill: str = INK


class Text(NamedTuple):
    """A line of text.

    Parameters
    ----------
    x, y : float
        Place of the baseline, at the end that `anchor` names.
    text : str
        Shown in composed form.
    size : float
        In pixels.
    anchor : {"start", "middle", "end"}
        Which end of the text stands at `x`.
    bold : bool
        Whether it is bold.
    colour : str
        CSS colour.
    turn : float
        Degrees against the clock.
    """

    x: float
    y: float
    text: str
    size: float = 13.0
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False
    colour: str = INK
    turn: float = 0.0


Mark = Rect | Cells | Line | Polygon | Text


@dataclass(frozen=True)
class Scene:
    """Marks on a sheet, the later ones over the earlier ones.

    Parameters
    ----------
    width, height : float
        Of the sheet, in pixels.
    marks : tuple of mark
        `Rect`, `Cells`, `Line`, `Polygon` or `Text`.
    title : str
        What the picture shows, for those who cannot see it.
    """

    width: float
    height: float
    marks: tuple[Mark, ...]
    title: str = ""

    def to_svg(self) -> str:
        """Draw the scene as SVG.

        Returns
        -------
        str
            A document with text as text; see `malgil.drawing.svg`.
        """
        from malgil.drawing.svg import to_svg

        return to_svg(self)

    def to_png(self) -> bytes:
        """Draw the scene as PNG.

        Returns
        -------
        bytes
            The file, twice as large as the SVG; see `malgil.drawing.png`.
        """
        from malgil.drawing.png import to_png

        return to_png(self)


def arrow(points: Sequence[Point], colour: str = INK, width: float = 1.2, dashed: bool = False) -> list[Mark]:
    """Make a line with a head at its last point.

    Parameters
    ----------
    points : sequence of (float, float)
        At least two, the last two of them apart.
    colour : str
        CSS colour.
    width : float
        Of the line, in pixels.
    dashed : bool
        Whether the line is interrupted.

    Returns
    -------
    list of mark
        The line, which ends inside the head, and the head.
    """
    (x0, y0), (x1, y1) = points[-2], points[-1]
    length = math.hypot(x1 - x0, y1 - y0)
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    base = (x1 - dx * _ARROW, y1 - dy * _ARROW)
    head = ((x1, y1), (base[0] - dy * _HALF, base[1] + dx * _HALF), (base[0] + dy * _HALF, base[1] - dx * _HALF))
    return [Line((*points[:-1], base), colour, width, dashed), Polygon(head, colour)]


def shifted(marks: Iterable[Mark], dx: float, dy: float) -> list[Mark]:
    """Move marks.

    Parameters
    ----------
    marks : iterable of mark
        What to move.
    dx, dy : float
        To the right and down, in pixels.

    Returns
    -------
    list of mark
        The same marks elsewhere.
    """
    moved: list[Mark] = []
    for mark in marks:
        if isinstance(mark, Line | Polygon):
            moved.append(mark._replace(points=tuple((x + dx, y + dy) for x, y in mark.points)))
        else:
            moved.append(mark._replace(x=mark.x + dx, y=mark.y + dy))
    return moved


def stacked(scenes: Sequence[Scene], title: str = "", margin: float = 20.0, gap: float = 18.0) -> Scene:
    """Put scenes one below another.

    Parameters
    ----------
    scenes : sequence of Scene
        From top to bottom, flush left.
    title : str
        Of the whole.
    margin, gap : float
        Space around the whole and between neighbours, in pixels.

    Returns
    -------
    Scene
        As wide as the widest.
    """
    marks: list[Mark] = []
    below = margin
    for scene in scenes:
        marks += shifted(scene.marks, margin, below)
        below += scene.height + gap
    width = max((scene.width for scene in scenes), default=0.0) + 2 * margin
    return Scene(width, below - gap + margin if scenes else 2 * margin, tuple(marks), title)


def beside(scenes: Sequence[Scene], gap: float = 24.0) -> Scene:
    """Put scenes side by side.

    Parameters
    ----------
    scenes : sequence of Scene
        From left to right, flush at the top.
    gap : float
        Space between neighbours, in pixels.

    Returns
    -------
    Scene
        As high as the highest.
    """
    marks: list[Mark] = []
    right = 0.0
    for scene in scenes:
        marks += shifted(scene.marks, right, 0.0)
        right += scene.width + gap
    return Scene(max(0.0, right - gap), max((scene.height for scene in scenes), default=0.0), tuple(marks))


def shown(text: str) -> str:
    """Make a text fit for a picture.

    Parameters
    ----------
    text : str
        Any text, such as a token.

    Returns
    -------
    str
        Composed (NFC), on one line, with a hollow square where a character is no text: a control character, half a
        surrogate pair, a noncharacter.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join("□" if _is_no_text(character) else character for character in composed)


def _is_no_text(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) & 0xFFFE == 0xFFFE


def text_width(text: str, size: float = 13.0) -> float:
    """Estimate the width of a text, for the room it takes.

    Parameters
    ----------
    text : str
        As `shown` gives it.
    size : float
        In pixels.

    Returns
    -------
    float
        In pixels: one size for a wide character, such as a syllable or an emoji, 0.58 for others, none for marks.
    """
    return size * sum(map(_advance, text))


def _advance(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.58


def fitted(text: str, room: float, size: float = 13.0) -> str:
    """Cut a text to the room there is.

    Parameters
    ----------
    text : str
        Any text.
    room : float
        In pixels.
    size : float
        Of the letters, in pixels.

    Returns
    -------
    str
        Ready to be shown; ends in ``…`` where something was cut.
    """
    whole = shown(text)
    if text_width(whole, size) <= room:
        return whole
    used, kept = text_width("…", size), ""
    for character in whole:
        used += size * _advance(character)
        if used > room:
            break
        kept += character
    return kept.rstrip("\u200d") + "…"
