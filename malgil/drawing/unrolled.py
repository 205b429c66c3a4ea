"""A network unrolled over the very steps of one example, as textbooks draw it; for each of the five shapes.

Time runs to the right, layers stand one above another, inputs below, outputs on top; a long text goes on in the band
below. The drawing follows Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 10.1.
"""

from __future__ import annotations

import numpy as np

from malgil.drawing.band import LEFT, Band
from malgil.drawing.colours import FAINT, PALE, SERIES
from malgil.drawing.columns import bands
from malgil.drawing.scene import Line, Mark, Rect, Scene, Text, arrow, fitted, shifted
from malgil.drawing.sheet import FLOW, Sheet
from malgil.drawing.trace import Trace

_BETWEEN = 16.0  # bands
_BAR, _LABELS, _ROW = 220.0, 150.0, 20.0  # of the classes' probabilities
MOST_CLASSES = 8


def unrolled(trace: Trace, unit: int | None = None, lang: str = "en") -> Scene:
    """Draw the network over the steps of a trace.

    Parameters
    ----------
    trace : Trace
        What the network did.
    unit : int, optional
        The unit of the top layer to frame in every box.
    lang : str
        ``"en"`` or ``"ko"``, for the names of the layers.

    Returns
    -------
    Scene
        Boxes, arrows and labels, without title and legend.
    """
    sheet = Sheet(trace, largest_state(trace), unit, lang)
    columns = bands(trace)
    rows = [Band(sheet, c, i == 0, i == len(columns) - 1) for i, c in enumerate(columns)]
    width = max((row.width for row in rows), default=LEFT)
    answer = _answer(trace) if not sheet.is_labelled else Scene(0.0, 0.0, ())
    trunk = width + 4
    marks: list[Mark] = []
    y = answer.height + (18.0 if answer.marks else 0.0)
    rails: list[float] = []
    for row in rows:
        marks += shifted(row.marks(), 0.0, y)
        if not sheet.is_labelled and row.columns:
            first = _first_lift(row, sheet)
            if first is not None:
                rails.append(y + 8)
                marks.append(Line(((first, y + 8), (trunk, y + 8)), FLOW, 1.4))
        y += row.height + _BETWEEN
    if rails:
        marks += arrow(((trunk, rails[-1]), (trunk, answer.height + 2)), FLOW, 1.6)
    shift = max(0.0, trunk + 14 - answer.width)
    marks += shifted(answer.marks, shift, 0.0)
    return Scene(max(trunk + 14, answer.width), y - _BETWEEN, tuple(marks))


def largest_state(trace: Trace) -> float:
    """Find the number that gets the strongest colour.

    Parameters
    ----------
    trace : Trace
        What is drawn.

    Returns
    -------
    float
        The largest size of a state's number over all walks; 1 where all are zero or there are none.
    """
    sizes = [float(np.abs(w.h).max()) for w in (*trace.walks, *trace.decoder) if w.h.size and w.kind != "input"]
    return max(sizes, default=1.0) or 1.0


def _first_lift(row: Band, sheet: Sheet) -> float | None:
    """Where the leftmost line that goes up to the answer stands in a band."""
    shares = sheet.shares()
    places = [p for p, c in enumerate(row.columns) if c.kind == "step" and shares[c.t] >= 5e-4]
    return row.middle(places[0]) if places else None


def _answer(trace: Trace) -> Scene:
    """Draw the one output and what it was chosen from."""
    marks: list[Mark] = [Text(_LABELS, 15, "y = " + fitted(", ".join(trace.outputs), _BAR, 15), 15, bold=True)]
    values = trace.class_probabilities
    if values is None:
        return Scene(_LABELS + _BAR + 70, 24.0, tuple(marks))
    order = np.argsort(-np.asarray(values), kind="stable")[:MOST_CLASSES].tolist()
    for place, number in enumerate(order):
        y = 26 + place * _ROW
        share = float(values[number])
        marks += [
            Text(_LABELS - 8, y + 12, fitted(trace.classes[number], _LABELS - 10), 13, "end"),
            Rect(_LABELS, y, _BAR, 14, PALE, "none", 2.0),
            Rect(_LABELS, y, _BAR * share, 14, SERIES[0], "none", 2.0),
            Text(_LABELS + _BAR + 8, y + 12, f"{100 * share:.1f} %", 12),
        ]
    rest = len(values) - len(order)
    if rest:
        marks.append(Text(_LABELS - 8, 26 + len(order) * _ROW + 12, f"⋯ {rest}", 12, "end", colour=FAINT))
    return Scene(_LABELS + _BAR + 70, 26 + (len(order) + bool(rest)) * _ROW, tuple(marks))
