"""Lines and bars over named axes."""

from __future__ import annotations

import numpy as np

from malgil.drawing import Curve, bars, curves
from malgil.drawing.scene import Line, Rect, Text


def test_a_line_runs_from_the_lowest_to_the_highest() -> None:
    scene = curves([Curve("가", np.array([1.0, 3.0]), np.array([0.0, 2.0]))], "제목", "x", "y")
    (line,) = [m for m in scene.marks if isinstance(m, Line) and m.width == 1.8]
    (x0, y0), (x1, y1) = line.points
    assert x0 < x1 and y0 > y1
    assert "제목" in [m.text for m in scene.marks if isinstance(m, Text)]


def test_logarithmic_steps_are_equal_and_what_is_not_above_zero_is_left_out() -> None:
    y = np.array([1e-3, 1e-2, 1e-1, 0.0, np.nan])
    scene = curves([Curve("a", np.arange(5.0), y)], "", "", "", is_log=True)
    (line,) = [m for m in scene.marks if isinstance(m, Line) and m.width == 1.8]
    heights = [point[1] for point in line.points]
    assert len(heights) == 3 and np.diff(heights)[0] == np.diff(heights)[1] < 0
    assert "1e-3" in [m.text for m in scene.marks if isinstance(m, Text)]


def test_lines_of_one_name_share_a_colour_and_a_place_in_the_legend() -> None:
    x = np.arange(2.0)
    lines = [Curve("a", x, x), Curve("a", x, 2 * x, dashed=True), Curve("b", x, 3 * x)]
    scene = curves(lines, "", "", "")
    drawn = [m for m in scene.marks if isinstance(m, Line) and m.width == 1.8]
    assert drawn[0].colour == drawn[1].colour != drawn[2].colour
    assert [m.text for m in scene.marks if isinstance(m, Text)].count("a") == 1


def test_a_bar_is_as_high_as_its_number() -> None:
    scene = bars(["덧셈", "복사"], {"RNN": [10, 20], "GRU": [20, 0]}, "", "")
    drawn = [m for m in scene.marks if isinstance(m, Rect) and m.width > 12]
    heights = [m.height for m in drawn]
    assert heights[1] == heights[0] * 2 and heights[3] == 0 and heights[1] == heights[2] * 1


def test_nothing_to_draw_is_a_picture() -> None:
    assert curves([], "", "", "").to_svg().startswith("<svg")
    assert bars([], {}, "", "").to_png()[:4] == b"\x89PNG"
