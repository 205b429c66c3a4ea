"""Pictures of any texts: well-formed, nothing outside of the sheet, every token that is drawn readable again."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from malgil.drawing import Trace, Walk, draw, explain_unit
from malgil.drawing.colours import DIVERGING, signed_levels
from malgil.drawing.columns import MOST_STEPS, PER_BAND, bands
from malgil.drawing.scene import Line, Polygon, Text, fitted, shown, text_width
from tests.naive.drawing import GATES
from tests.strategies import texts
from tests.unit.drawing.traces import aligned, made, many_to_one, unaligned

TOKENS = st.lists(texts, max_size=MOST_STEPS + 5).map(tuple)


@given(TOKENS, st.sampled_from([many_to_one, aligned, lambda read: unaligned(("나는", "갔다"), read or ("x",))]))
@settings(max_examples=12)
def test_any_texts_give_a_well_formed_picture(read: tuple[str, ...], shape: Callable[[tuple[str, ...]], Trace]) -> None:
    scene = draw(shape(read))
    root = ET.fromstring(scene.to_svg())
    drawn = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn == [shown(mark.text) for mark in scene.marks if isinstance(mark, Text)]
    for mark in scene.marks:
        for x, y in mark.points if isinstance(mark, Line | Polygon) else ((mark.x, mark.y),):
            assert 0 <= x <= scene.width and 0 <= y <= scene.height


@given(st.integers(0, 3 * MOST_STEPS), st.booleans())
@settings(max_examples=40)
def test_every_step_stands_in_one_column_in_order(n: int, is_two_way: bool) -> None:
    walks = (Walk("gru", np.zeros((n, 2))), Walk("gru", np.zeros((n, 2)), reverse=True))[: 1 + is_two_way]
    columns = [c for row in bands(Trace("many_to_one", ("x",) * n, walks, ("y",))) for c in row]
    steps = [c.t for c in columns if c.kind == "step"]
    left_out = sum(c.t for c in columns if c.kind == "cut")
    assert steps == sorted(set(steps)) and len(steps) + left_out == n and len(steps) <= MOST_STEPS
    assert columns[0].kind == "start" and (columns[-1].kind == "end") == is_two_way
    assert all(len(row) <= PER_BAND for row in bands(Trace("many_to_one", ("x",) * n, walks, ("y",))))


@given(texts, st.floats(0, 300))
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, room: float) -> None:
    cut = fitted(text, room)
    assert text_width(cut) <= max(room, text_width("…"))
    assert cut == shown(text) or (cut.endswith("…") and shown(text).startswith(cut[:-1]))


@given(arrays.arrays(np.float64, st.integers(0, 30), elements=st.floats(-5, 5)), st.floats(0.1, 5))
def test_colours_rise_with_the_values_and_are_odd(values: np.ndarray, limit: float) -> None:
    levels = signed_levels(values, limit)
    assert ((levels >= 0) & (levels < len(DIVERGING))).all()
    assert (np.diff(levels[np.argsort(values)]) >= 0).all()
    assert (levels + signed_levels(-values, limit) == len(DIVERGING) - 1).all()


@given(st.sampled_from(sorted(GATES)), st.integers(0, 10_000), st.booleans())
@settings(max_examples=60)
def test_a_unit_opens_to_the_number_of_the_run(kind: str, seed: int, reverse: bool) -> None:
    walk = made(kind, 3, seed=seed, reverse=reverse)
    opened = explain_unit(walk, seed % 3, seed % 4)
    assert opened.wrong() == []
    assert np.isclose(opened.value, walk.h[seed % 3, seed % 4], rtol=1e-12, atol=1e-12)
