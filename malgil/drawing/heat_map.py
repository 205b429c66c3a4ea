"""A table of shares as a picture: how much each output looked at each input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from malgil.drawing.colours import INK, PAPER, SEQUENTIAL, is_dark, share_levels
from malgil.drawing.scene import Cells, Mark, Rect, Scene, Text, fitted, text_width
from malgil.drawing.trace import Array
from malgil.errors import ParameterError

_CELL, _MOST, _ROOM = 34.0, 150.0, 6.0


def heat_map(values: Array, rows: Sequence[str], columns: Sequence[str], title: str = "") -> Scene:
    """Draw shares as a table of colours, such as attention (Bahdanau et al. 2015, figure 3).

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_columns)
        Shares in [0, 1]; those of at least 0.05 are written into their cells, in hundredths.
    rows : sequence of str
        Labels from top to bottom, such as the words written.
    columns : sequence of str
        Labels from left to right, such as the words read; on the slant where they are wider than a cell.
    title : str
        Above the table.

    Returns
    -------
    Scene
        The table with its labels.

    Raises
    ------
    ParameterError
        If there is not one label for each row and column.
    """
    if values.shape != (len(rows), len(columns)):
        wanted = f"({len(rows)}, {len(columns)})"
        raise ParameterError("drawing.unequal", name="values", found=str(values.shape), wanted=wanted)
    heads, sides = ([fitted(text, _MOST) for text in texts] for texts in (columns, rows))
    left = max(map(text_width, sides), default=0.0) + _ROOM
    is_slanted = max(map(text_width, heads), default=0.0) > _CELL - 4
    rise = 0.72 * max(map(text_width, heads), default=0.0) + 14 if is_slanted else 20.0
    top = rise + (26.0 if title else 0.0)
    levels = share_levels(values)
    marks: list[Mark] = [Text(0, 15, title, 14, bold=True)] if title else []
    marks.append(Cells(left, top, _CELL, _CELL, levels, SEQUENTIAL))
    marks.append(Rect(left, top, _CELL * len(columns), _CELL * len(rows), "none", INK, 0.0, 0.8))
    for place, text in enumerate(heads):
        x = left + (place + 0.5) * _CELL
        marks.append(Text(x, top - 6, text, turn=45) if is_slanted else Text(x, top - 6, text, 13, "middle"))
    for place, text in enumerate(sides):
        marks.append(Text(left - _ROOM, top + (place + 0.5) * _CELL + 5, text, 13, "end"))
    marks += _figures(np.asarray(values, np.float64), levels, left, top)
    overhang = rise if is_slanted else 0.0
    return Scene(left + _CELL * len(columns) + overhang, top + _CELL * len(rows), tuple(marks), title)


def _figures(values: np.ndarray, levels: np.ndarray, left: float, top: float) -> list[Mark]:
    made: list[Mark] = []
    for row, column in np.argwhere(np.nan_to_num(values) >= 0.05).tolist():
        colour = PAPER if is_dark(int(levels[row, column]), SEQUENTIAL) else INK
        place = (left + (column + 0.5) * _CELL, top + (row + 0.5) * _CELL + 4)
        made.append(Text(*place, f"{100 * values[row, column]:.0f}", 11, "middle", colour=colour))
    return made
