"""One band of the unrolled network: its rows of boxes from bottom to top, and the arrows between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from malgil.drawing.cells import BOX, PAD, box_height, start_box, step_box
from malgil.drawing.colours import DIVERGING, FAINT, INK, PALE, PAPER, signed_levels
from malgil.drawing.columns import Column, stands
from malgil.drawing.scene import Line, Mark, Point, Rect, Text, arrow, fitted
from malgil.drawing.sheet import FLOW, NAMES, Sheet, with_index
from malgil.drawing.trace import STATELESS, Walk
from malgil.messages import render

LEFT = 96.0  # room for the names of the layers
_HALF = BOX / 2 + PAD
_APART = 16.0  # of the two directions from the middle of their column
_GAP, _JOIN = 30.0, 14.0
_TAG, _CHIP = 42.0, 22.0  # height of the outputs' labels, of a token's box


class Band:
    """The marks of one band, from its top at 0.

    Parameters
    ----------
    sheet : Sheet
        What all bands share.
    columns : sequence of Column
        From left to right.
    is_first, is_last : bool
        Whether the network begins or ends here.
    """

    def __init__(self, sheet: Sheet, columns: Sequence[Column], is_first: bool, is_last: bool) -> None:
        self.sheet, self.columns = sheet, columns
        self.is_first, self.is_last = is_first, is_last
        self.parts = sorted({column.part for column in columns})
        self.rows: dict[tuple[int, bool], float] = {}
        self.ports: dict[int, tuple[float, float]] = {}  # layer -> y where arrows leave upwards, and enter from below
        self._place_rows()
        self.width = LEFT + len(columns) * sheet.pitch + 10

    def _place_rows(self) -> None:
        sheet, y = self.sheet, 26.0
        if sheet.is_labelled and ("writes" in self.parts or not sheet.trace.decoder):
            y = _TAG + 8
        for layer in sheet.layers:
            both = any(sheet.is_double(part, layer) for part in self.parts)
            top = y
            y += _JOIN if both else 0.0
            for reverse in (True, False):
                heights = [box_height(w) for p in self.parts if (w := sheet.walk(p, layer, reverse))]
                if heights:
                    self.rows[layer, reverse] = y
                    y += max(heights) + (_GAP if both and reverse else 0.0)
            y += _JOIN if both else 0.0
            self.ports[layer] = (top, y)
            y += _GAP
        self.floor = y
        has_inputs = bool(sheet.trace.fed) or any(c.part == "reads" or c.kind == "start" for c in self.columns)
        self.height = y + (_CHIP + 18 if has_inputs else 0) + (24 if sheet.trace.contributions is not None else 0)

    def middle(self, place: int) -> float:
        """Find the middle of a column.

        Parameters
        ----------
        place : int
            Of the column, from 0.

        Returns
        -------
        float
            In pixels.
        """
        return LEFT + (place + 0.5) * self.sheet.pitch

    def box_middle(self, place: int, walk: Walk, part: str) -> float:
        """Find the middle of a layer's box in a column: the two directions stand apart.

        Parameters
        ----------
        place : int
            Of the column, from 0.
        walk : Walk
            The layer.
        part : {"reads", "writes"}
            Of the network.

        Returns
        -------
        float
            In pixels.
        """
        if not self.sheet.is_double(part, walk.layer):
            return self.middle(place)
        return self.middle(place) + (_APART if walk.reverse else -_APART)

    def marks(self) -> list[Mark]:
        """Draw the band.

        Returns
        -------
        list of mark
            Arrows first, so that boxes lie over them.
        """
        made = self._names()
        for row in self.rows:
            made += self._flow(*row)
        for place, column in enumerate(self.columns):
            if column.kind == "step":
                made += self._lifts(place, column)
                made += self._output(place, column)
            made += self._input(place, column)
            made += self._boxes(place, column)
        return made

    def _names(self) -> list[Mark]:
        made: list[Mark] = []
        for (layer, reverse), y in self.rows.items():
            walk = next(w for p in self.parts if (w := self.sheet.walk(p, layer, reverse)) is not None)
            if walk.kind == "input":
                continue
            sign = "" if walk.kind in STATELESS else (" ←" if reverse else " →")
            number = layer + 1 - self.sheet.trace.has_input_box
            made += [
                Text(0, y + 22, NAMES.get(walk.kind, walk.kind) + sign, 13, bold=True),
                Text(0, y + 38, render("drawing.layer", self.sheet.lang, n=number), 11, colour=FAINT),
                Text(0, y + 53, render("drawing.units", self.sheet.lang, n=walk.n_units), 11, colour=FAINT),
            ]
        return made

    def _flow(self, layer: int, reverse: bool) -> list[Mark]:
        """Draw the state going from box to box; beyond the band's ends it goes on in the next one."""
        stops: list[tuple[int, Walk, Column]] = []
        for place, column in enumerate(self.columns):
            walk = self.sheet.walk(column.part, layer, reverse)
            if walk is not None and walk.kind not in STATELESS and stands(walk, column):
                stops.append((place, walk, column))
        y = self.rows[layer, reverse] + _HALF
        made: list[Mark] = []
        for (a, walk_a, column_a), (b, walk_b, column_b) in pairwise(stops):
            left = self.box_middle(a, walk_a, column_a.part) + _HALF
            right = self.box_middle(b, walk_b, column_b.part) - _HALF
            is_bridge = column_a.part != column_b.part
            made += arrow(((right, y), (left, y)) if reverse else ((left, y), (right, y)), INK, 1.6, is_bridge)
        if stops and not self.is_first and stops[0][2].kind != "start":
            edge, box = self.middle(0) - self.sheet.pitch / 2, self.box_middle(0, stops[0][1], stops[0][2].part) - _HALF
            made += arrow(((box, y), (edge - 8, y)) if reverse else ((edge - 8, y), (box, y)), INK, 1.6, True)
        if stops and not self.is_last and stops[-1][2].kind != "end":
            last = len(self.columns) - 1
            box, edge = (
                self.box_middle(last, stops[-1][1], stops[-1][2].part) + _HALF,
                self.middle(last) + self.sheet.pitch / 2 + 3,
            )
            made += arrow(((edge, y), (box, y)) if reverse else ((box, y), (edge, y)), INK, 1.6, True)
        return made

    def _boxes(self, place: int, column: Column) -> list[Mark]:
        made: list[Mark] = []
        for walk in self.sheet.walks(column.part):
            if not stands(walk, column):
                continue
            x, y = self.box_middle(place, walk, column.part), self.rows[walk.layer, walk.reverse]
            number = column.t + 1 if column.kind == "step" else (0 if column.kind == "start" else len(walk.h) + 1)
            if column.kind == "cut":
                made.append(Rect(x - _HALF, y + _HALF - 15, 2 * _HALF, 30, PAPER, FAINT, 6.0))
                made.append(Text(x, y + _HALF + 5, f"⋯ {column.t}", 13, "middle"))
                continue
            if column.kind == "step":
                unit = self.sheet.unit if walk is self.sheet.trace.top else None
                made += step_box(walk, column.t, x, y, self.sheet.limit, unit)
            else:
                start = np.zeros(walk.n_units) if walk.start is None else walk.start
                made += start_box(start, x, y, self.sheet.limit)
            if walk.kind not in STATELESS:
                aside = _HALF + (36 if self.sheet.is_double(column.part, walk.layer) else 14)
                letter = "h" if column.part == "reads" else "s"
                made += with_index(letter, number, x - aside - 2 if walk.reverse else x + aside, y + _HALF - 6)
        return made

    def _lifts(self, place: int, column: Column) -> list[Mark]:
        """Draw what goes up: from the input into the lowest layer, from layer to layer."""
        middle, made = self.middle(place), []
        layers = sorted({walk.layer for walk in self.sheet.walks(column.part)})
        below = self.floor if self._has_chip(column) else None
        for layer in layers:
            if self.sheet.is_double(column.part, layer):
                made += self._double(place, column.part, layer, below)
            elif below is not None:
                walk = self.sheet.walk(column.part, layer, False) or self.sheet.walks(column.part)[0]
                foot = self.rows[layer, walk.reverse] + box_height(walk)
                made += arrow(((middle, below), (middle, foot)), FLOW)
            below = self._roof(column.part, layer)
        return made

    def _roof(self, part: str, layer: int) -> float:
        """Where arrows leave a layer of a part upwards."""
        if self.sheet.is_double(part, layer):
            return self.ports[layer][0]
        return self.rows[layer, self.sheet.walk(part, layer, False) is None]

    def _double(self, place: int, part: str, layer: int, below: float | None) -> list[Mark]:
        x = self.middle(place)
        top, bottom = self.ports[layer]
        forward, backward = self.rows[layer, False], self.rows[layer, True]
        walk = self.sheet.walk(part, layer, False)
        assert walk is not None  # the layer is double
        feet = [row + box_height(walk) for row in (forward, backward)]
        side, lane = _APART, _APART + 14
        made: list[Mark] = []
        if below is not None:
            made.append(Line(((x, below), (x, bottom)), FLOW))
            made += arrow(((x, bottom), (x - side, bottom), (x - side, feet[0])), FLOW)
            made += arrow(((x, bottom), (x + lane, bottom), (x + lane, feet[1] + 10), (x + lane, feet[1])), FLOW)
        made.append(Line(((x - lane, forward), (x - lane, top), (x, top)), FLOW))
        made.append(Line(((x + side, backward), (x + side, top), (x, top)), FLOW))
        return made

    def _has_chip(self, column: Column) -> bool:
        return column.part == "reads" or bool(self.sheet.trace.fed)

    def _input(self, place: int, column: Column) -> list[Mark]:
        trace, x = self.sheet.trace, self.middle(place)
        if column.kind == "step" and column.part == "reads":
            made = self._chip(place, trace.tokens[column.t], "x", None if trace.shape == "one_to_one" else column.t + 1)
            return made + self._contribution(place, column.t)
        if column.kind == "step" and trace.fed:
            return self._chip(place, trace.fed[column.t], "y", column.t)
        if column.kind == "start" and column.part == "writes" and trace.shape == "one_to_many" and trace.tokens:
            walk = min(trace.decoder, key=lambda w: w.layer)
            foot = self.rows[walk.layer, False] + BOX + 2 * PAD
            return [*arrow(((x, self.floor), (x, foot)), FLOW), *self._chip(place, trace.tokens[0], "x", None)]
        return []

    def _chip(self, place: int, text: str, name: str, index: int | None) -> list[Mark]:
        x, wide = self.middle(place), self.sheet.pitch - 10
        made: list[Mark] = [
            Rect(x - wide / 2, self.floor, wide, _CHIP, PALE, "none", 5.0),
            Text(x, self.floor + 15.5, fitted(text, wide - 6), 13, "middle"),
        ]
        return made + with_index(name, index, x, self.floor + _CHIP + 13)

    def _contribution(self, place: int, t: int) -> list[Mark]:
        values = self.sheet.trace.contributions
        if values is None:
            return []
        largest = float(np.abs(values).max()) or 1.0
        x, wide, y = self.middle(place), self.sheet.pitch - 10, self.floor + _CHIP + 18
        level = int(signed_levels(np.array([values[t]]), largest)[0])
        return [
            Rect(x - wide / 2, y, wide, 7, DIVERGING[level], FAINT, 0.0, 0.5),
            Text(x, y + 18, f"{values[t]:+.2f}", 10, "middle"),
        ]

    def _output(self, place: int, column: Column) -> list[Mark]:
        trace, x = self.sheet.trace, self.middle(place)
        if not self.sheet.is_labelled:
            return self._to_rail(place, column)
        if column.part == "reads" and trace.decoder:
            return []
        layer = max(walk.layer for walk in self.sheet.walks(column.part))
        made = arrow(((x, self._roof(column.part, layer)), (x, _TAG - 6)), FLOW)
        wide = self.sheet.pitch - 10
        made.append(Rect(x - wide / 2, 14, wide, _CHIP, "#fdf1dc", "none", 5.0))
        made.append(Text(x, 29.5, fitted(trace.outputs[column.t], wide - 6), 13, "middle", bold=True))
        percent = "" if trace.probabilities is None else f"{100 * float(trace.probabilities[column.t]):.0f} %"
        made += with_index("y", column.t + 1, x - 14 if percent else x, 10)
        return [*made, Text(x + 2, 10, percent, 10, colour=FAINT), *self._fed_back(place, column)]

    def _fed_back(self, place: int, column: Column) -> list[Mark]:
        follower = self.columns[place + 1] if place + 1 < len(self.columns) else None
        if not self.sheet.trace.fed or follower is None or follower.kind != "step":
            return []
        x, half = self.middle(place), (self.sheet.pitch - 10) / 2
        lane, level = x + self.sheet.pitch / 2, self.floor + _CHIP / 2
        points: tuple[Point, ...] = ((x + half, 25), (lane, 25), (lane, level), (lane + 5.01, level))
        return [Line(points, FAINT, 1.0, True)]

    def _to_rail(self, place: int, column: Column) -> list[Mark]:
        share = float(self.sheet.shares()[column.t])
        if share < 5e-4:
            return []
        layer = max(walk.layer for walk in self.sheet.walks(column.part))
        x = self.middle(place)
        return [
            Line(((x, self._roof(column.part, layer)), (x, 8)), FLOW, 1.0 + 2.0 * share),
            Text(x + 5, 22, f"{100 * share:.0f} %" if 0.005 <= share < 0.999 else "", 10, colour=FAINT),
        ]
