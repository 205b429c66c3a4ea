"""One unit opened: the number of the run, out of terms that add up."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from malgil.drawing import Walk, draw, explain_unit
from malgil.drawing.scene import Text
from malgil.errors import ParameterError
from tests.naive.drawing import GATES
from tests.unit.drawing.traces import SHAPED, aligned, made


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("reverse", [False, True])
def test_every_number_follows_from_its_terms(kind: str, reverse: bool) -> None:
    walk = made(kind, 3, reverse=reverse)
    for t in range(3):
        for unit in range(walk.n_units):
            opened = explain_unit(walk, t, unit)
            assert opened.wrong() == []
            assert opened.value == pytest.approx(walk.h[t, unit], rel=1e-12, abs=1e-12)


def test_the_gates_inside_are_the_traced_ones() -> None:
    walk = made("lstm", 2)
    text = explain_unit(walk, 1, 3).to_dict()
    found = {}

    def gather(node: dict) -> None:  # type: ignore[type-arg]
        found[node["label"]] = node["value"]
        for term in node.get("terms", []):
            gather(term)

    gather(text)
    assert [found[g] for g in "ifgo"] == pytest.approx([walk.gates[g][1, 3] for g in "ifgo"])
    assert found["c_t"] == pytest.approx(walk.gates["c"][1, 3])


def test_tiny_gates_of_a_minimal_cell_leave_numbers() -> None:
    walk = made("minlstm", 1)
    assert walk.weights is not None
    bias = np.concatenate([np.full(4, -900.0), np.full(4, -901.0), np.zeros(4)])
    opened = explain_unit(dataclasses.replace(walk, weights=walk.weights._replace(b=bias)), 0, 0)
    assert np.isfinite(opened.value) and opened.wrong() == []


def test_the_picture_shows_the_formula_with_its_numbers() -> None:
    trace = SHAPED["aligned"]
    top = trace.top
    assert top is not None
    shown = [mark.text for mark in draw(trace, unit=1).marks if isinstance(mark, Text)]
    value = f"{explain_unit(top, len(top.h) - 1, 1).value:.4g}"
    assert any(text.startswith("h_t = o · tanh(c_t) = ") and text.endswith(f"= {value}") for text in shown)
    assert any("Unit 1 of 4 after step 3" in text for text in shown)


def test_without_a_unit_the_most_active_one_is_opened() -> None:
    trace = aligned(("가", "나"))
    assert trace.top is not None
    most = int(np.abs(trace.top.h[-1]).argmax())
    shown = [mark.text for mark in draw(trace, lang="ko").marks if isinstance(mark, Text)]
    assert any(text.startswith(f"유닛 {most}의 2단계 값") for text in shown)


def test_what_cannot_be_opened_is_said() -> None:
    walk = made("gru", 2)
    assert walk.weights is not None
    with pytest.raises(ParameterError, match="unit=4"):
        explain_unit(walk, 0, 4)
    with pytest.raises(ParameterError, match="t=2"):
        explain_unit(walk, 2, 0)
    for closed in (
        Walk("mlp", np.zeros((1, 2))),
        Walk("gru", np.zeros((1, 2))),
        dataclasses.replace(walk, weights=walk.weights._replace(is_plain=False)),
    ):
        with pytest.raises(ParameterError, match="not at hand"):
            explain_unit(closed, 0, 0)
