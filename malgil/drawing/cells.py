"""One box of the picture: the state of a layer at a step as coloured cells, and its gates as bars below."""

from __future__ import annotations

import math

import numpy as np

from malgil.drawing.colours import DIVERGING, FAINT, INK, PALE, PAPER, SERIES, signed_levels
from malgil.drawing.scene import Cells, Mark, Rect, Text
from malgil.drawing.trace import Array, Walk

BOX, PAD, BAR = 52.0, 4.0, 16.0
_MOST = 1024  # cells of a box
GATES = {"lstm": ("i", "f", "o"), "gru": ("r", "z"), "mingru": ("z",), "minlstm": ("f", "i")}
"""Gates that are drawn, values between 0 and 1, by the kind of cell."""

GATE_COLOURS = {"i": SERIES[0], "f": SERIES[2], "o": SERIES[1], "r": SERIES[3], "z": SERIES[5]}


def box_height(walk: Walk) -> float:
    """Height of a layer's boxes.

    Parameters
    ----------
    walk : Walk
        The layer.

    Returns
    -------
    float
        In pixels, its frame included.
    """
    return BOX + 2 * PAD + (BAR + 14 if drawn_gates(walk) else 0.0)


def drawn_gates(walk: Walk) -> tuple[str, ...]:
    """Name the gates of a walk that are drawn.

    Parameters
    ----------
    walk : Walk
        The layer.

    Returns
    -------
    tuple of str
        Letters, in the order of the bars.
    """
    return tuple(gate for gate in GATES.get(walk.kind, ()) if gate in walk.gates)


def state_cells(values: Array, x: float, y: float, limit: float, unit: int | None = None) -> list[Mark]:
    """Draw a state as a square of coloured cells, row by row.

    Parameters
    ----------
    values : ndarray, shape (H,)
        The state.
    x, y : float
        Left top corner.
    limit : float
        The number with the strongest colour.
    unit : int, optional
        The cell to frame.

    Returns
    -------
    list of mark
        As wide and high as `BOX`. Of more than 1,024 numbers each cell shows the strongest of a few neighbours.
    """
    values = _thinned(values)
    columns = max(1, math.ceil(math.sqrt(len(values))))
    rows = max(1, -(-len(values) // columns))
    levels = np.full(rows * columns, -1, np.int64)
    levels[: len(values)] = signed_levels(values, limit)
    width, height = BOX / columns, BOX / rows
    marks: list[Mark] = [Cells(x, y, width, height, levels.reshape(rows, columns), DIVERGING)]
    if unit is not None and unit < len(values):
        row, column = divmod(unit, columns)
        marks.append(Rect(x + column * width, y + row * height, width, height, stroke=INK, line=1.6))
    return marks


def _thinned(values: Array) -> Array:
    """Keep the strongest of each run of neighbours, so that at most `_MOST` are left."""
    run = -(-len(values) // _MOST)
    if run <= 1:
        return values
    runs = np.pad(values, (0, -len(values) % run)).reshape(-1, run)
    kept: Array = np.take_along_axis(runs, np.abs(runs).argmax(axis=1)[:, None], axis=1)[:, 0]
    return kept


def step_box(walk: Walk, t: int, middle: float, y: float, limit: float, unit: int | None = None) -> list[Mark]:
    """Draw a layer at a step.

    Parameters
    ----------
    walk : Walk
        The layer.
    t : int
        The step, from 0.
    middle, y : float
        Middle and top of the box.
    limit : float
        The number with the strongest colour.
    unit : int, optional
        Framed; and the bars show its gates and not the mean of all.

    Returns
    -------
    list of mark
        As high as `box_height` says.
    """
    left = middle - BOX / 2
    frame = Rect(left - PAD, y, BOX + 2 * PAD, box_height(walk), PAPER, INK, 6.0)
    return [frame, *state_cells(walk.h[t], left, y + PAD, limit, unit), *_bars(walk, t, left, y + PAD + BOX + 3, unit)]


def _bars(walk: Walk, t: int, left: float, y: float, unit: int | None) -> list[Mark]:
    gates = drawn_gates(walk)
    marks: list[Mark] = []
    for place, gate in enumerate(gates):
        values = walk.gates[gate][t]
        value = float(values.mean() if unit is None or unit >= len(values) else values[unit])
        wide = BOX / len(gates)
        x, full = left + place * wide + wide / 2 - 6, BAR * min(max(value, 0.0), 1.0)
        marks.append(Rect(x, y, 12, BAR, PALE))
        marks.append(Rect(x, y + BAR - full, 12, full, GATE_COLOURS[gate]))
        marks.append(Text(x + 6, y + BAR + 9, gate, 9, "middle", colour=FAINT))
    return marks


def start_box(values: Array, middle: float, y: float, limit: float) -> list[Mark]:
    """Draw the state before the first step.

    Parameters
    ----------
    values : ndarray, shape (H,)
        The state.
    middle, y : float
        Middle and top of the box.
    limit : float
        The number with the strongest colour.

    Returns
    -------
    list of mark
        The cells in a frame, without gates.
    """
    left = middle - BOX / 2
    frame = Rect(left - PAD, y, BOX + 2 * PAD, BOX + 2 * PAD, PALE, FAINT, 6.0)
    return [frame, *state_cells(values, left, y + PAD, limit)]
