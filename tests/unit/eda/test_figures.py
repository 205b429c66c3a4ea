"""Places of ticks, bars and words."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.eda.cloud import word_cloud
from malgil.eda.figures import nice_ticks, power_law_plot, timeline_plot
from malgil.eda.fonts import can_draw, text_width
from malgil.eda.frequency import PowerLaw, zipf
from malgil.eda.timeline import choose_step, timeline
from malgil.eda.views import bytes_text, percent_text, share_text

DAY = 86_400


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [(9.2, [0, 2, 4, 6, 8]), (1.05, [0, 1]), (95_000, [0, 20_000, 40_000, 60_000, 80_000]), (5, [0, 1, 2, 3, 4, 5])],
)
def test_ticks_are_round_numbers(largest: float, ticks: list[float]) -> None:
    assert nice_ticks(largest) == ticks


def test_a_fitted_line_stays_inside_its_plot() -> None:
    plot = power_law_plot(PowerLaw([1, 10, 100], [9, 9, 9], 5000.0, -1.5, 1, 100), ("a", "b"))
    numbers = [float(number) for number in re.findall(r"[\d.]+", plot.layers[1].path)]
    assert all(0 <= number <= 1000 for number in numbers)


def test_the_words_of_a_cloud_do_not_overlap_and_stay_inside() -> None:
    cloud = word_cloud(
        {f"낱말{number}" if number % 2 else f"word{number}": 900 // number for number in range(1, 90)}, 600, 300, 80
    )
    boxes = [
        (word.x, word.y - 0.8 * word.size, word.x + text_width(word.term) * word.size, word.y + 0.2 * word.size)
        for word in cloud.words
    ]
    assert len(boxes) > 20
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert min(left, top) >= -1
        assert right <= 601
        assert bottom <= 301
        for other in boxes[:number]:
            assert right <= other[0] + 1 or left >= other[2] - 1 or bottom <= other[1] + 1 or top >= other[3] - 1


def test_words_without_glyphs_stay_out_of_the_cloud() -> None:
    assert [word.term for word in word_cloud({"😀": 9, "글": 5, "ก": 3}, 300, 200, 9).words] == ["글"]
    assert can_draw("뷁ㅋㅠabc123")
    assert not can_draw("글😀")


@pytest.mark.parametrize(
    ("days", "step"), [(0, "hour"), (3, "hour"), (4, "day"), (121, "week"), (2000, "month"), (40_000, "year")]
)
def test_the_step_suits_the_span(days: int, step: str) -> None:
    assert choose_step(0, days * DAY) == step


def test_weeks_begin_on_monday_and_empty_ones_are_kept() -> None:
    begin = np.datetime64("2024-01-03", "s").astype(np.int64)  # a Wednesday
    seconds = np.array([begin, begin + 200 * DAY])
    found = timeline(seconds, np.array([0, 0]), [""])
    assert found is not None
    assert (found.step, found.starts[0], found.starts[1]) == ("week", "2024-01-01", "2024-01-08")
    assert sum(found.counts[0]) == 2
    assert len(found.starts) == 29
    plot = timeline_plot(found, ["#000"])
    assert 2 <= len(plot.x_ticks) <= 5


def test_stray_years_do_not_stretch_the_picture() -> None:
    seconds = np.array([0] * 50 + [np.datetime64("9999-01-01", "s").astype(np.int64)])
    found = timeline(seconds, np.zeros(51, np.int64), [""])
    assert found is not None
    assert (len(found.starts), found.n_outside) == (1, 1)


def test_a_zipf_law_needs_three_points() -> None:
    assert zipf(np.array([9, 9], np.int64)).fit_to == 0
    law = zipf(np.array([1000, 500, 333, 250, 200], np.int64))
    assert law.exponent == pytest.approx(-1, abs=0.01)
    assert law.factor == pytest.approx(1000, rel=0.01)


@given(st.floats(0, 1))
def test_a_share_that_is_not_nothing_never_shows_as_nothing(share: float) -> None:
    assert (share_text(share) == "0%") == (share == 0)
    assert math.isclose(float(percent_text(share)), 100 * share, rel_tol=0.05, abs_tol=1e-9)


def test_sizes_are_readable() -> None:
    assert [bytes_text(n) for n in (0, 999, 1000, 2_447_314_706_712)] == ["0 B", "999 B", "1 kB", "2.45 TB"]
