"""A scene as PNG, drawn by matplotlib from the same marks as the SVG."""

from __future__ import annotations

from functools import singledispatch
from io import BytesIO
from typing import Any

import numpy as np

from malgil.drawing.colours import PAPER
from malgil.drawing.scene import Cells, Line, Polygon, Rect, Scene, Text, shown
from malgil.eda.fonts import font_path, glyphs

_POINTS = 0.72  # of 1/72 inch in a pixel, at 100 pixels an inch
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def to_png(scene: Scene) -> bytes:
    """Draw a scene as PNG, in twice its size.

    Parameters
    ----------
    scene : Scene
        What to draw; characters that the font lacks, such as emoji, become hollow squares.

    Returns
    -------
    bytes
        The file, without times or versions.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(scene.width / 100, scene.height / 100), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    for order, mark in enumerate(scene.marks):
        _add(mark, axes, order)
    axes.set_xlim(0, scene.width)
    axes.set_ylim(scene.height, 0)
    target = BytesIO()
    figure.savefig(target, format="png", dpi=200, metadata={"Software": None})
    return target.getvalue()


@singledispatch
def _add(mark: object, axes: Any, order: int) -> None:
    raise TypeError(type(mark))


@_add.register
def _(mark: Rect, axes: Any, order: int) -> None:
    from matplotlib.patches import FancyBboxPatch, Rectangle

    style: Any = {"facecolor": mark.fill, "edgecolor": mark.stroke, "linewidth": mark.line * _POINTS, "zorder": order}
    if min(mark.width, mark.height) <= 2 * mark.radius or not mark.radius:
        axes.add_patch(Rectangle((mark.x, mark.y), mark.width, mark.height, **style))
    else:
        shape = f"round,pad=0,rounding_size={mark.radius}"
        axes.add_patch(FancyBboxPatch((mark.x, mark.y), mark.width, mark.height, boxstyle=shape, **style))


@_add.register
def _(mark: Cells, axes: Any, order: int) -> None:
    colours = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] + [255] for colour in mark.palette])
    pixels = np.where(mark.levels[..., None] >= 0, colours[mark.levels], 0).astype(np.uint8)
    rows, columns = mark.levels.shape
    extent = (mark.x, mark.x + columns * mark.width, mark.y + rows * mark.height, mark.y)
    axes.imshow(pixels, extent=extent, interpolation="nearest", aspect="auto", zorder=order)


@_add.register
def _(mark: Line, axes: Any, order: int) -> None:
    from matplotlib.lines import Line2D

    across, down = zip(*mark.points, strict=True)
    style: Any = (0, (4, 3)) if mark.dashed else "-"
    axes.add_line(
        Line2D(across, down, color=mark.colour, linewidth=mark.width * _POINTS, linestyle=style, zorder=order)
    )


@_add.register
def _(mark: Polygon, axes: Any, order: int) -> None:
    from matplotlib.patches import Polygon as Patch

    axes.add_patch(Patch(np.array(mark.points), closed=True, facecolor=mark.fill, edgecolor="none", zorder=order))


@_add.register
def _(mark: Text, axes: Any, order: int) -> None:
    from matplotlib.font_manager import FontProperties

    font = FontProperties(fname=str(font_path(700 if mark.bold else 400)), size=mark.size * _POINTS)
    text = "".join(character if ord(character) in glyphs() else "□" for character in shown(mark.text))
    place = {"ha": _ANCHORS[mark.anchor], "va": "baseline", "rotation": mark.turn, "rotation_mode": "anchor"}
    axes.text(mark.x, mark.y, text, fontproperties=font, color=mark.colour, parse_math=False, zorder=order, **place)
