"""Geometry of the report's pictures: where ticks, bars, lines and dots go, in percent of the plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from malgil.eda.frequency import PowerLaw
from malgil.eda.lengths import Histogram
from malgil.eda.timeline import Timeline

SIZE = 1000
"""Width and height of the drawing's own units; the page stretches them to the box."""


class Tick(NamedTuple):
    """A mark on an axis.

    Parameters
    ----------
    at : float
        Place in percent, from the left or from the bottom.
    value : float or str
        Its number or text.
    """

    at: float
    value: float | str


@dataclass(frozen=True)
class Layer:
    """One drawing of a plot.

    Parameters
    ----------
    kind : str
        ``"fill"``, ``"line"``, ``"dots"`` or ``"dashes"``.
    path : str
        SVG path in units of `SIZE`.
    colour : str
        CSS colour.
    name : str
        For the legend.
    """

    kind: str
    path: str
    colour: str
    name: str = ""


@dataclass(frozen=True)
class Hover:
    """A strip of the plot that tells its number.

    Parameters
    ----------
    left, width : float
        Left end and width, in units of `SIZE`.
    text : str
        What it tells.
    """

    left: float
    width: float
    text: str


@dataclass(frozen=True)
class Plot:
    """A plot in a box of any shape.

    Parameters
    ----------
    x_ticks, y_ticks : list of Tick
        Marks on the axes.
    layers : list of Layer
        Drawn one over another.
    hovers : list of Hover
        Strips with a tooltip.
    """

    x_ticks: list[Tick]
    y_ticks: list[Tick]
    layers: list[Layer]
    hovers: list[Hover] = field(default_factory=list)


def nice_ticks(largest: float, n_ticks: int = 5) -> list[float]:
    """Round numbers from 0 up to a largest one.

    Parameters
    ----------
    largest : float
        End of the axis, > 0.
    n_ticks : int
        Wanted number of steps.

    Returns
    -------
    list of float
        Multiples of 1, 2 or 5 times a power of ten, none above `largest`.
    """
    raw = largest / n_ticks
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(scale * factor for factor in (1, 2, 5, 10) if scale * factor >= raw * 0.999)
    step = max(step, 1.0)
    return [step * number for number in range(int(largest / step + 1e-9) + 1)]


def histogram_plot(histogram: Histogram) -> Plot:
    """Draw a histogram.

    Parameters
    ----------
    histogram : Histogram
        Counts in bins.

    Returns
    -------
    Plot
        One bar a bin.
    """
    n_bins, highest = len(histogram.counts), max([*histogram.counts, 1])
    wide, top = SIZE / n_bins, highest * 1.05
    bars, hovers = [], []
    for number, count in enumerate(histogram.counts):
        low, high = number * histogram.width, (number + 1) * histogram.width - 1
        bars.append(_bar(number * wide + wide * 0.06, wide * 0.88, 0, count / top))
        hovers.append(
            Hover(
                _short(number * wide),
                _short(wide),
                f"{low:,}–{high:,}: {count:,}" if high > low else f"{low:,}: {count:,}",
            )
        )
    end = n_bins * histogram.width
    shift = 0.5 if histogram.width == 1 else 0.0  # a bar of one value has its number below its middle
    x_ticks = [Tick(100 * (value + shift) / end, value) for value in nice_ticks(end) if value + shift <= end]
    return Plot(x_ticks, _y_ticks(top), [Layer("fill", "".join(bars), "var(--c0)")], hovers)


def power_law_plot(law: PowerLaw, names: tuple[str, str]) -> Plot:
    """Draw points and the power law through them on logarithmic axes.

    Parameters
    ----------
    law : PowerLaw
        Points and fit.
    names : (str, str)
        Message names for the points and for the line.

    Returns
    -------
    Plot
        Dots and a dashed line.
    """
    x_end, y_end = _decade(max(law.x)), _decade(max(law.y))

    def place(x: float, y: float) -> tuple[float, float]:
        return SIZE * math.log10(x) / x_end, SIZE * (1 - math.log10(y) / y_end)

    dots = "".join(_dot(*place(x, y)) for x, y in zip(law.x, law.y, strict=True))
    layers = [Layer("dots", dots, "var(--c0)", names[0])]
    if law.fit_to:
        (x1, y1), (x2, y2) = (place(*_clipped(law, x, 10.0**y_end)) for x in (law.fit_from, law.fit_to))
        line = f"M{_short(x1)} {_short(y1)}L{_short(x2)} {_short(y2)}"
        layers.append(Layer("dashes", line, "var(--c1)", names[1]))
    x_ticks = [Tick(100 * power / x_end, 10**power) for power in range(x_end + 1)]
    y_ticks = [Tick(100 * power / y_end, 10**power) for power in range(y_end + 1)]
    return Plot(x_ticks, y_ticks, layers)


def _clipped(law: PowerLaw, x: float, y_top: float) -> tuple[float, float]:
    """End of the fitted line, drawn back to where the line leaves the plot."""
    y = law.factor * x**law.exponent
    if 1 <= y <= y_top or law.exponent == 0:
        return x, min(max(y, 1.0), y_top)
    border = y_top if y > y_top else 1.0
    return (border / law.factor) ** (1 / law.exponent), border


def timeline_plot(series: Timeline, colours: Sequence[str]) -> Plot:
    """Draw documents over time as stacked bars.

    Parameters
    ----------
    series : Timeline
        Documents of each step and label.
    colours : sequence of str
        CSS colour of each label.

    Returns
    -------
    Plot
        One layer a label, the first at the bottom.
    """
    n_steps = len(series.starts)
    totals = [sum(counts) for counts in zip(*series.counts, strict=True)]
    wide, top = SIZE / n_steps, max([*totals, 1]) * 1.05
    gap = 0.12 if n_steps <= 60 else 0.0
    below = [0] * n_steps
    layers = []
    for name, counts, colour in zip(series.names, series.counts, colours, strict=True):
        bars = [
            _bar((step + gap / 2) * wide, (1 - gap) * wide, below[step] / top, (below[step] + count) / top)
            for step, count in enumerate(counts)
            if count
        ]
        below = [low + count for low, count in zip(below, counts, strict=True)]
        layers.append(Layer("fill", "".join(bars), colour, name))
    hovers = [
        Hover(_short(step * wide), _short(wide), f"{start}: {total:,}")
        for step, (start, total) in enumerate(zip(series.starts, totals, strict=True))
    ]
    return Plot(_time_ticks(series), _y_ticks(top), layers, hovers)


def _time_ticks(series: Timeline) -> list[Tick]:
    """At most five marks, at steps that begin a year, a month or a day where there are such."""
    borders: dict[str, tuple[int, Callable[[str], bool]]] = {
        "hour": (10, lambda start: start.endswith("T00")),
        "day": (10, lambda start: start.endswith(("-01", "-15")) or len(series.starts) <= 31),
        "week": (7, lambda start: start[8:] <= "07"),
        "month": (4, lambda start: start.endswith("-01")),
        "year": (4, lambda start: True),
    }
    shown, is_border = borders[series.step]
    places = [place for place, start in enumerate(series.starts) if is_border(start)]
    if len(places) < 2:
        shown, places = (
            (13, list(range(len(series.starts)))) if series.step == "hour" else (10, list(range(len(series.starts))))
        )
    every = -(-len(places) // 5)
    n_steps = len(series.starts)
    return [Tick(100 * (place + 0.5) / n_steps, series.starts[place][:shown]) for place in places[::every]]


def spy_path(rows: list[list[int]], n_columns: int) -> str:
    """Draw the cells of a matrix that are not zero.

    Parameters
    ----------
    rows : list of list of int
        Columns of the cells of each row.
    n_columns : int
        Number of columns.

    Returns
    -------
    str
        SVG path of squares, one unit a cell.
    """
    return "".join(
        f"M{column} {row}h1v1h-1z" for row, columns in enumerate(rows) for column in columns if column < n_columns
    )


def _bar(left: float, width: float, low: float, high: float) -> str:
    x, top, bottom = _short(left), _short(SIZE * (1 - high)), _short(SIZE * (1 - low))
    return f"M{x} {bottom}V{top}h{_short(width)}V{bottom}z"


def _dot(x: float, y: float) -> str:
    return f"M{_short(x)} {_short(y)}h0"


def _short(number: float) -> float:
    return round(number, 1)


def _y_ticks(top: float) -> list[Tick]:
    return [Tick(100 * value / top, value) for value in nice_ticks(top)]


def _decade(largest: float) -> int:
    return max(math.ceil(math.log10(max(largest, 1)) - 1e-9), 1)
