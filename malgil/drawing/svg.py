"""A scene as SVG: text stays text, and the font goes with it, cut down to the characters shown."""

from __future__ import annotations

from functools import singledispatch
from xml.sax.saxutils import escape

import numpy as np

from malgil.drawing.colours import PAPER
from malgil.drawing.scene import Cells, Line, Polygon, Rect, Scene, Text, shown
from malgil.eda.fonts import FAMILY, font_face_css

FAMILIES = (FAMILY, "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", "sans-serif")
"""The font inside the file, then what the systems have for the characters it lacks."""


def to_svg(scene: Scene) -> str:
    """Draw a scene as SVG.

    Parameters
    ----------
    scene : Scene
        What to draw.

    Returns
    -------
    str
        A document; the same scene gives the same text.
    """
    texts = "".join(shown(mark.text) for mark in scene.marks if isinstance(mark, Text))
    families = ",".join(f"'{name}'" if " " in name else name for name in FAMILIES)
    body = "".join(map(_element, scene.marks))
    size = f'width="{_number(scene.width)}" height="{_number(scene.height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_number(scene.width)} {_number(scene.height)}" {size} '
        f'role="img"><title>{escape(shown(scene.title))}</title>'
        f"<style>{font_face_css(texts)}\ntext{{font-family:{families};white-space:pre}}</style>"
        f'<rect {size} fill="{PAPER}"/>{body}</svg>\n'
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _path(points: tuple[tuple[float, float], ...]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points)


@singledispatch
def _element(mark: object) -> str:
    raise TypeError(type(mark))


@_element.register
def _(mark: Rect) -> str:
    place = f'x="{_number(mark.x)}" y="{_number(mark.y)}" width="{_number(mark.width)}" height="{_number(mark.height)}"'
    corner = f' rx="{_number(mark.radius)}"' if mark.radius else ""
    stroke = f' stroke="{mark.stroke}" stroke-width="{_number(mark.line)}"' if mark.stroke != "none" else ""
    return f'<rect {place}{corner} fill="{mark.fill}"{stroke}/>'


@_element.register
def _(mark: Cells) -> str:
    """One path for each colour, in units of a cell."""
    paths = []
    for level in np.unique(mark.levels[mark.levels >= 0]).tolist():
        places = np.argwhere(mark.levels == level).tolist()
        squares = "".join(f"M{column} {row}h1v1h-1z" for row, column in places)
        paths.append(f'<path fill="{mark.palette[level]}" d="{squares}"/>')
    where = f"translate({_number(mark.x)} {_number(mark.y)}) scale({mark.width:.4g} {mark.height:.4g})"
    return f'<g shape-rendering="crispEdges" transform="{where}">{"".join(paths)}</g>'


@_element.register
def _(mark: Line) -> str:
    dash = ' stroke-dasharray="4 3"' if mark.dashed else ""
    return (
        f'<path d="{_path(mark.points)}" fill="none" stroke="{mark.colour}" stroke-width="{_number(mark.width)}"'
        f' stroke-linejoin="round"{dash}/>'
    )


@_element.register
def _(mark: Polygon) -> str:
    return f'<path d="{_path(mark.points)}z" fill="{mark.fill}"/>'


@_element.register
def _(mark: Text) -> str:
    place = f'x="{_number(mark.x)}" y="{_number(mark.y)}" font-size="{_number(mark.size)}" fill="{mark.colour}"'
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    weight = ' font-weight="700"' if mark.bold else ""
    turn = f' transform="rotate({_number(-mark.turn)} {_number(mark.x)} {_number(mark.y)})"' if mark.turn else ""
    return f"<text {place}{anchor}{weight}{turn}>{escape(shown(mark.text))}</text>"
