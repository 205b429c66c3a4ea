"""Long work on the terminal: what it does, how far it is, how fast it goes and how long it still takes."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from malgil.cli.shell import Shell
from malgil.engine import Progress as Listener
from malgil.messages import catalogue, render


class DrawnProgress:
    """An `engine.Progress` that draws one line a stage on standard error.

    Parameters
    ----------
    bars : rich.progress.Progress
        What draws.
    lang : str
        ``"en"`` or ``"ko"``.
    """

    def __init__(self, bars: Progress, lang: str) -> None:
        self._bars = bars
        self._lang = lang
        self._open: list[tuple[str, TaskID]] = []

    def start(self, stage: str, total: int | None) -> None:
        """Begin a stage; it may lie within another.

        Parameters
        ----------
        stage : str
            Its name.
        total : int, optional
            Units of work, where known.
        """
        again = [task for name, task in self._open if name == stage]  # a stage may pass its name on to its one part
        task = again[0] if again else self._bars.add_task(stage_name(stage, self._lang), total=total)
        self._open.append((stage, task))

    def advance(self, n: int) -> None:
        """Report units of work as done.

        Parameters
        ----------
        n : int
            How many.
        """
        if self._open:
            self._bars.advance(self._open[-1][1], n)

    def done(self) -> None:
        """End the stage that began last."""
        if not self._open:
            return
        _, task = self._open.pop()
        if task not in [still for _, still in self._open]:
            reached = self._bars.tasks[self._bars.task_ids.index(task)].completed or 1
            self._bars.update(task, total=reached, completed=reached)

    def note(self, name: str) -> None:
        """Write a message above the bars.

        Parameters
        ----------
        name : str
            Its name in the catalogue's file ``cli``.
        """
        self._bars.console.print(Text(render(f"cli.{name}", self._lang), "dim"))


def stage_name(stage: str, lang: str) -> str:
    """Name of a stage for people.

    Parameters
    ----------
    stage : str
        What the library calls it: a key of the catalogue or the end of one.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    str
        The message ``cli.progress_<end of the key>``, else the message `stage`, else `stage` itself.
    """
    own = catalogue("cli").get(f"progress_{stage.rpartition('.')[2]}")
    if own is not None:
        return own[lang]
    try:
        return render(stage, lang)
    except (KeyError, FileNotFoundError):
        return stage


class _Count(ProgressColumn):
    """``12,000/691,442``, or ``12,000`` where the end is not known."""

    def render(self, task: Task) -> Text:
        known = f"/{int(task.total):,}" if task.total is not None and not task.finished else ""
        is_counted = known or task.completed > 1  # a stage that counted nothing ends with 1
        return Text(f"{int(task.completed):,}{known}" if is_counted else "", "cyan", justify="right")


class _Speed(ProgressColumn):
    """``250,000/s``."""

    def render(self, task: Task) -> Text:
        speed = task.completed / task.finished_time if task.finished_time else task.speed
        return Text(f"{speed:,.0f}/s" if speed and task.completed > 1 else "", "dim", justify="right")


class _Clock(ProgressColumn):
    """``-0:12`` still to come, ``0:31`` spent where the end is not known or reached."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        left = None if task.finished else task.time_remaining
        seconds = int(left if left is not None else task.finished_time or task.elapsed or 0)
        return Text(f"{'-' if left is not None else ''}{seconds // 60}:{seconds % 60:02d}", justify="right")


@contextmanager
def progress(shell: Shell, quiet: bool) -> Iterator[Listener | None]:
    """Draw the progress of what runs in the block.

    Parameters
    ----------
    shell : Shell
        Where to.
    quiet : bool
        Draw nothing; so does a standard error that is no terminal.

    Yields
    ------
    engine.Progress or None
        What long work reports to.
    """
    console = Console(file=shell.err)
    if quiet or not console.is_terminal:
        yield None
        return
    columns: list[Any] = [
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=18),
        _Count(),
        _Speed(),
        _Clock(),
    ]
    with Progress(*columns, console=console) as bars:
        drawn = DrawnProgress(bars, shell.lang)
        with announcing_compilation(drawn):
            yield drawn


@contextmanager
def announcing_compilation(drawn: DrawnProgress) -> Iterator[None]:
    """Say once that kernels are being compiled, when they really are: not when they come from the cache on disk.

    Parameters
    ----------
    drawn : DrawnProgress
        Where to say it.

    Yields
    ------
    None
        The block whose compilations are heard.
    """
    event: Any = importlib.import_module("numba.core.event")
    listener = _once(event.Listener, drawn)
    event.register("numba:compile", listener)
    try:
        yield
    finally:
        event.unregister("numba:compile", listener)


def _once(base: Any, drawn: DrawnProgress) -> Any:
    class Once(base):  # numba is imported by now, but not by this module
        said = False

        def on_start(self, _: object) -> None:
            if not self.said:
                self.said = True
                drawn.note("compiling")

        def on_end(self, _: object) -> None:
            pass

    return Once()
