"""Pictures of networks: everything that a trace holds stands in the picture, and both renderers draw all of it."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from malgil.drawing import SHAPES, Scene, Trace, Walk, draw, heat_map, write_picture
from malgil.drawing.colours import DIVERGING, SEQUENTIAL, is_dark, share_levels, signed_levels
from malgil.drawing.columns import MOST_STEPS, PER_BAND, bands
from malgil.drawing.scene import Cells, Line, Polygon, Rect, Text, arrow, beside, fitted, shifted, stacked, text_width
from malgil.errors import ParameterError
from tests.unit.drawing.traces import SHAPED, aligned, many_to_one, one_to_many, unaligned


def texts(scene: Scene) -> list[str]:
    return [mark.text for mark in scene.marks if isinstance(mark, Text)]


def inside(scene: Scene) -> bool:
    """Whether no mark begins outside of the sheet."""
    for mark in scene.marks:
        points = mark.points if isinstance(mark, Line | Polygon) else ((mark.x, mark.y),)
        if any(not (0 <= x <= scene.width and 0 <= y <= scene.height) for x, y in points):
            return False
    return True


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_each_shape_shows_its_inputs_and_outputs(shape: str, lang: str) -> None:
    trace = SHAPED[shape]
    scene = draw(trace, lang=lang)
    shown = texts(scene)
    assert all(token in shown for token in trace.tokens)
    assert all(any(output in text for text in shown) for output in trace.outputs)
    assert inside(scene)
    steps = sum(len(walk.h) for walk in (*trace.walks, *trace.decoder))
    starts = sum(walk.kind not in ("input", "mlp") for walk in (*trace.walks, *trace.decoder))
    boxes = [mark for mark in scene.marks if isinstance(mark, Cells) and mark.palette is DIVERGING]
    assert len(boxes) == steps + starts + 1  # and the legend


@pytest.mark.parametrize("shape", SHAPES)
def test_both_renderers_draw_a_scene(shape: str, tmp_path: Path) -> None:
    scene = draw(SHAPED[shape], lang="ko")
    write_picture(tmp_path / "a.svg", scene)
    write_picture(tmp_path / "a.png", scene)
    root = ET.fromstring((tmp_path / "a.svg").read_text(encoding="utf-8"))
    drawn = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn == texts_as_drawn(scene)
    content = (tmp_path / "a.png").read_bytes()
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    assert abs(width - 2 * scene.width) <= 2 and abs(height - 2 * scene.height) <= 2
    assert scene.to_svg() == scene.to_svg() and scene.to_png() == content


def texts_as_drawn(scene: Scene) -> list[str]:
    from malgil.drawing.scene import shown

    return [shown(text) for text in texts(scene)]


def test_colours_of_a_state_are_its_values() -> None:
    levels = signed_levels(np.array([-2.0, -1.0, 0.0, 0.5, 1.0, np.nan]), 1.0)
    assert levels.tolist() == [0, 0, 16, 24, 32, -1]
    assert share_levels(np.array([0.0, 0.5, 1.0])).tolist() == [0, 16, 32]
    assert signed_levels(np.zeros(2), 0.0).tolist() == [16, 16]
    assert len(DIVERGING) == len(SEQUENTIAL) == 33
    assert is_dark(32, SEQUENTIAL) and not is_dark(0, SEQUENTIAL)


def test_a_unit_is_framed_in_every_box_and_its_gates_are_the_bars() -> None:
    trace = aligned(("가", "나"))
    top = trace.top
    assert top is not None and top.layer == 1
    framed = [m for m in draw(trace, unit=2).marks if isinstance(m, Rect) and m.line == 1.6]
    assert len(framed) == 2
    heights = bar_heights(draw(trace, unit=2))
    wanted = [16 * float(top.gates[gate][t][2]) for t in range(2) for gate in "ifo"]
    lower = [16 * float(trace.walks[0].gates[gate][t].mean()) for t in range(2) for gate in "ifo"]
    assert sorted(heights) == pytest.approx(sorted(wanted + lower))
    means = [16 * float(w.gates[gate][t].mean()) for w in trace.walks for t in range(2) for gate in "ifo"]
    assert sorted(bar_heights(draw(trace))) == pytest.approx(sorted(means))


def bar_heights(scene: Scene) -> list[float]:
    from malgil.drawing.cells import GATE_COLOURS

    found = [m for m in scene.marks if isinstance(m, Rect) and m.fill in GATE_COLOURS.values()]
    return [m.height for m in found][:-3]  # the last three are the legend's


def test_time_arrows_join_neighbours_in_both_directions() -> None:
    scene = draw(many_to_one(("가", "나", "다")))
    thick = [m for m in scene.marks if isinstance(m, Line) and m.width == 1.6 and len(m.points) == 2]
    flows = [m for m in thick if m.points[0][1] == m.points[1][1]]
    assert sum(m.points[1][0] > m.points[0][0] for m in flows) == 3  # h_0 to h_3
    assert sum(m.points[1][0] < m.points[0][0] for m in flows) == 3  # h_4 to h_1


def test_a_long_text_goes_on_below_and_is_cut_with_a_sign() -> None:
    n = MOST_STEPS + 7
    trace = many_to_one(tuple(f"낱말{t}" for t in range(n)))
    rows = bands(trace)
    assert max(map(len, rows)) <= PER_BAND
    columns = [column for row in rows for column in row]
    assert [c.kind for c in columns].count("step") == MOST_STEPS
    shown = texts(draw(trace))
    assert shown.count("⋯ 7") == 2  # in both directions
    assert "낱말0" in shown and f"낱말{n - 1}" in shown and "낱말30" not in shown
    assert inside(draw(trace))


def test_words_are_cut_to_their_boxes() -> None:
    assert fitted("가나다라마바사아", 60) == "가나다라…"
    assert text_width(fitted("x" * 99, 60)) <= 60
    assert fitted("영화", 60) == "영화"
    assert fitted("", 10) == ""


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (unicodedata.normalize("NFD", "한글"), "한글"),
        ("ㅋㅋ", "ㅋㅋ"),
        ("a\x00b", "a□b"),
        ("\ud800", "□"),
        ("\uffff", "□"),
        ("<b>&", "<b>&"),
        ("줄\n바꿈", "줄 바꿈"),
        ("👍🏽", "👍🏽"),
    ],
)
def test_any_token_can_be_drawn(token: str, shown: str) -> None:
    scene = draw(many_to_one((token,)))
    root = ET.fromstring(scene.to_svg())
    assert shown in ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert scene.to_png()[:4] == b"\x89PNG"


def test_an_empty_text_gives_a_picture() -> None:
    walk = Walk("gru", np.zeros((0, 4)))
    scene = draw(Trace("many_to_one", (), (walk,), ("부정",)))
    assert "y = 부정" in texts(scene)
    assert scene.to_png()[:4] == b"\x89PNG"


def test_without_feedback_nothing_is_fed() -> None:
    fed, silent = draw(one_to_many(("a", "b"))), draw(one_to_many(("a", "b"), is_fed=False))
    assert "<s>" in texts(fed) and "<s>" not in texts(silent)
    dashed = [sum(isinstance(m, Line) and m.dashed for m in scene.marks) for scene in (fed, silent)]
    assert dashed[0] == dashed[1] + 1


def test_attention_is_a_table_with_its_shares() -> None:
    scene = draw(unaligned(("나는", "갔다"), ("I", "went")), lang="ko")
    assert texts(scene).count("50") == 4
    assert any(isinstance(m, Cells) and m.palette is SEQUENTIAL and m.levels.shape == (2, 2) for m in scene.marks)
    slanted = heat_map(np.eye(2), ["a", "b"], ["아주아주긴낱말", "c"])
    assert {m.turn for m in slanted.marks if isinstance(m, Text) and m.text == "c"} == {45}
    with pytest.raises(ParameterError, match=r"\(2, 1\)"):
        heat_map(np.eye(2), ["a", "b"], ["c"])


def test_pooling_goes_up_from_the_steps_that_count() -> None:
    shares = np.array([0.0, 0.25, 0.75])
    shown = texts(draw(many_to_one(("가", "나", "다"), pooling=shares)))
    assert "25 %" in shown and "75 %" in shown and "0 %" not in shown


def test_contributions_stand_below_their_words() -> None:
    shown = texts(draw(SHAPED["many_to_one"]))
    assert [text for text in shown if re.fullmatch(r"[+-]\d\.\d\d", text)] == ["+0.10", "-0.20", "+0.70"]


@pytest.mark.parametrize("unit", [-1, 4])
def test_a_unit_that_is_not_there_is_refused(unit: int) -> None:
    with pytest.raises(ParameterError, match="unit="):
        draw(SHAPED["many_to_one"], unit=unit)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pooling": np.ones(2)},
        {"contributions": np.ones(9)},
        {"attention": np.ones((3, 3))},
        {"probabilities": np.ones(2)},
        {"fed": ("a", "b")},
        {"decoder": (Walk("gru", np.zeros((3, 2))),)},
    ],
)
def test_parts_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        many_to_one(("가", "나", "다"), **wrong)


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(ParameterError, match="many_to_many"):
        Trace("many_to_many", (), (), ())  # type: ignore[arg-type]


def test_a_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"\.svg"):
        write_picture(tmp_path / "a.gif", draw(SHAPED["aligned"]))
    assert not list(tmp_path.iterdir())


def test_scenes_are_put_together() -> None:
    one = Scene(10, 20, (Rect(1, 2, 3, 4), Line(((0, 0), (5, 5)))))
    below = stacked([one, one], margin=5, gap=2)
    assert (below.width, below.height) == (20, 52)
    assert below.marks[2] == Rect(6, 29, 3, 4)
    aside = beside([one, one], gap=2)
    assert (aside.width, aside.height, aside.marks[3]) == (22, 20, Line(((12, 0), (17, 5))))
    assert shifted([], 1, 1) == [] and stacked([]).height == 40 and beside([]).width == 0


def test_an_arrow_ends_at_its_point() -> None:
    line, head = arrow(((0, 0), (10, 0)))
    assert isinstance(line, Line) and line.points[-1] == (3, 0)
    assert isinstance(head, Polygon) and head.points[0] == (10, 0)
