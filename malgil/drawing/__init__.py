"""Pictures of networks at work: what a network did with one example, drawn as textbooks draw it."""

from __future__ import annotations

from malgil.drawing.curves import Curve, bars, curves
from malgil.drawing.formulas import explain_unit
from malgil.drawing.heat_map import heat_map
from malgil.drawing.picture import draw
from malgil.drawing.scene import Scene
from malgil.drawing.trace import SHAPES, CellWeights, Trace, Walk
from malgil.drawing.writing import write_picture

__all__ = [
    "SHAPES",
    "CellWeights",
    "Curve",
    "Scene",
    "Trace",
    "Walk",
    "bars",
    "curves",
    "draw",
    "explain_unit",
    "heat_map",
    "write_picture",
]
