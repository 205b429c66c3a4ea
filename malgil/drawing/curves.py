"""Lines and bars over named axes, for figures such as learning curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.drawing.colours import FAINT, INK, PALE, SERIES
from malgil.drawing.scene import Line, Mark, Rect, Scene, Text, text_width

WIDTH, HEIGHT = 460.0, 300.0
_LEFT, _BELOW, _ABOVE = 66.0, 46.0, 52.0


class Curve(NamedTuple):
    """A named line.

    Parameters
    ----------
    name : str
        For the legend; curves of one name share a colour.
    x, y : ndarray, shape (n,)
        Its points; those that are not finite interrupt it.
    dashed : bool
        Whether it is interrupted everywhere.
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dashed: bool = False


def curves(lines: Sequence[Curve], title: str, x_name: str, y_name: str, *, is_log: bool = False) -> Scene:
    """Draw lines over two axes.

    Parameters
    ----------
    lines : sequence of Curve
        What to draw.
    title, x_name, y_name : str
        Above the figure, below it, and above the upright axis.
    is_log : bool
        Whether the upright axis is logarithmic; then only numbers above zero are drawn.

    Returns
    -------
    Scene
        With a legend of the names, where there are several.
    """
    x = _finite([line.x for line in lines], False)
    y = _finite([line.y for line in lines], is_log)
    across, up = (float(x.min()), float(x.max()) or 1.0), _range(y, is_log)
    colours = _colours([line.name for line in lines])
    marks = [*_heading(title, x_name, y_name), *_legend(colours), *_upright(up, is_log)]
    for value in _round_steps(*across):
        place = _place(value, across, _LEFT, WIDTH)
        marks.append(Text(place, HEIGHT - _BELOW + 16, f"{value:g}", 11, "middle", colour=FAINT))
    for line in lines:
        points = [
            (_place(a, across, _LEFT, WIDTH), _place(_scaled(b, is_log), up, HEIGHT - _BELOW, _ABOVE))
            for a, b in zip(line.x.tolist(), line.y.tolist(), strict=True)
            if math.isfinite(b) and (b > 0 or not is_log)
        ]
        if len(points) > 1:
            marks.append(Line(tuple(points), colours[line.name], 1.8, line.dashed))
    return Scene(WIDTH + 20, HEIGHT, tuple(marks), title)


def bars(groups: Sequence[str], series: dict[str, Sequence[float]], title: str, y_name: str) -> Scene:
    """Draw groups of bars.

    Parameters
    ----------
    groups : sequence of str
        Names along the lower axis.
    series : dict of str to sequence of float
        A number >= 0 for each group, by the name in the legend; the number stands on its bar.
    title, y_name : str
        Above the figure, and above the upright axis.

    Returns
    -------
    Scene
        The figure.
    """
    largest = max((max(values, default=0.0) for values in series.values()), default=1.0) or 1.0
    up = (0.0, largest * 1.08)
    colours = _colours(list(series))
    marks = [*_heading(title, "", y_name), *_legend(colours), *_upright(up, False)]
    wide = (WIDTH - _LEFT) / max(1, len(groups))
    thick = wide * 0.8 / max(1, len(series))
    for place, group in enumerate(groups):
        marks.append(Text(_LEFT + (place + 0.5) * wide, HEIGHT - _BELOW + 18, group, 12, "middle"))
        for number, (name, values) in enumerate(series.items()):
            x, top = (
                _LEFT + place * wide + wide * 0.1 + number * thick,
                _place(values[place], up, HEIGHT - _BELOW, _ABOVE),
            )
            marks.append(Rect(x, top, thick - 2, HEIGHT - _BELOW - top, colours[name]))
            marks.append(Text(x + thick / 2 - 1, top - 4, f"{values[place]:g}", 11, "middle"))
    return Scene(WIDTH + 20, HEIGHT, tuple(marks), title)


def _finite(arrays: Sequence[NDArray[np.float64]], is_log: bool) -> NDArray[np.float64]:
    values = np.concatenate([np.asarray(a, np.float64).ravel() for a in arrays]) if arrays else np.zeros(0)
    values = values[np.isfinite(values) & ((values > 0) | (not is_log))]
    return values if len(values) else np.ones(1)


def _range(y: NDArray[np.float64], is_log: bool) -> tuple[float, float]:
    if is_log:
        low, high = math.floor(math.log10(y.min())), math.ceil(math.log10(y.max()))
        return float(low), float(max(high, low + 1))
    return min(0.0, float(y.min())), (float(y.max()) or 1.0) * 1.05


def _scaled(value: float, is_log: bool) -> float:
    return math.log10(value) if is_log else value


def _place(value: float, bounds: tuple[float, float], low: float, high: float) -> float:
    return low + (value - bounds[0]) / ((bounds[1] - bounds[0]) or 1.0) * (high - low)


def _round_steps(low: float, high: float) -> list[float]:
    """Round numbers of an axis, about five."""
    raw = ((high - low) or 1.0) / 5
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(scale * factor for factor in (1, 2, 5, 10) if scale * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [step * number for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _upright(bounds: tuple[float, float], is_log: bool) -> list[Mark]:
    steps = _round_steps(*bounds)
    steps = [value for value in steps if value == round(value)] if is_log else steps
    made: list[Mark] = []
    for value in steps:
        y = _place(value, bounds, HEIGHT - _BELOW, _ABOVE)
        made.append(Line(((_LEFT, y), (WIDTH, y)), PALE, 1.0))
        made.append(Text(_LEFT - 6, y + 4, f"1e{int(value)}" if is_log else f"{value:g}", 11, "end", colour=FAINT))
    return [*made, Line(((_LEFT, HEIGHT - _BELOW), (WIDTH, HEIGHT - _BELOW)), INK, 1.2)]


def _heading(title: str, x_name: str, y_name: str) -> list[Mark]:
    return [
        Text(0, 15, title, 14, bold=True),
        Text(0, _ABOVE - 10, y_name, 11, colour=FAINT),
        Text((_LEFT + WIDTH) / 2, HEIGHT - 8, x_name, 12, "middle"),
    ]


def _colours(names: Sequence[str]) -> dict[str, str]:
    return {name: SERIES[place % len(SERIES)] for place, name in enumerate(dict.fromkeys(names))}


def _legend(colours: dict[str, str]) -> list[Mark]:
    if len(colours) < 2:
        return []
    made: list[Mark] = []
    x = WIDTH
    for name, colour in reversed(list(colours.items())):
        x -= text_width(name, 12) + 4
        made.append(Text(x, _ABOVE - 10, name, 12))
        x -= 18
        made += [Rect(x, _ABOVE - 20, 12, 12, colour)]
        x -= 12
    return made
