from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from malgil.cli.progress import DrawnProgress, announcing_compilation, progress, stage_name
from malgil.cli.shell import Shell


@pytest.fixture
def bars() -> Progress:
    return Progress(console=Console(file=io.StringIO(), force_terminal=False))


@pytest.mark.parametrize(
    ("stage", "lang", "wanted"),
    [
        ("tokens", "ko", "토큰화"),
        ("tokens", "en", "Splitting into tokens"),
        ("cli.stopped", "en", "Stopped."),
        ("no_such_stage", "en", "no_such_stage"),
        ("no.such", "ko", "no.such"),
    ],
)
def test_a_stage_has_a_name_or_its_key(stage: str, lang: str, wanted: str) -> None:
    assert stage_name(stage, lang) == wanted


def test_what_is_advanced_belongs_to_the_stage_that_began_last(bars: Progress) -> None:
    drawn = DrawnProgress(bars, "en")
    drawn.start("tokens", 10)
    drawn.start("counts", None)
    drawn.advance(4)
    drawn.done()
    drawn.advance(3)
    assert [task.completed for task in bars.tasks] == [3, 4]
    assert [task.finished for task in bars.tasks] == [False, True]


def test_a_stage_within_one_of_the_same_name_draws_no_second_line(bars: Progress) -> None:
    drawn = DrawnProgress(bars, "en")
    drawn.start("tokens", 10)
    drawn.start("tokens", None)
    drawn.advance(10)
    drawn.done()
    assert not bars.tasks[0].finished or len(bars.tasks) == 1
    drawn.done()
    assert [(task.completed, task.finished) for task in bars.tasks] == [(10, True)]


def test_a_stage_without_units_ends_finished(bars: Progress) -> None:
    drawn = DrawnProgress(bars, "en")
    drawn.start("report", None)
    drawn.done()
    assert bars.finished


@pytest.mark.parametrize("quiet", [True, False])
def test_nothing_is_drawn_where_nobody_looks(quiet: bool) -> None:
    err = io.StringIO()
    with progress(Shell("en", err=err), quiet) as listener:
        assert listener is None
    assert err.getvalue() == ""


def test_compiling_is_said_once_and_only_when_it_happens() -> None:
    numba = pytest.importorskip("numba")
    err = io.StringIO()
    bars = Progress(console=Console(file=err))
    with announcing_compilation(DrawnProgress(bars, "ko")):
        first, second = numba.njit(lambda x: x + 1), numba.njit(lambda x: x + 2)
        assert err.getvalue() == ""
        assert first(1) + second(1) + first(2) == 8
    assert err.getvalue().count("컴파일") == 1
    numba.njit(lambda x: x + 3)(1)
    assert err.getvalue().count("컴파일") == 1
