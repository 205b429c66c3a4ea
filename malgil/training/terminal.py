"""A training on the terminal: loss, measured figures, tokens a second and the time that is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from malgil.engine import Silent
from malgil.messages import Message, default_language, render

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Task

    from malgil.training.reporting import Listener


class Drawn:
    """A `reporting.Listener` that draws a bar with a line above it for each epoch.

    Parameters
    ----------
    bars : rich.progress.Progress
        What draws.
    lang : str
        ``"en"`` or ``"ko"``.
    """

    def __init__(self, bars: Any, lang: str) -> None:
        self._bars = bars
        self._lang = lang
        self._task: Any = None

    def start(self, stage: str, total: int | None) -> None:
        """Begin the bar.

        Parameters
        ----------
        stage : str
            Key of its first description.
        total : int, optional
            Tokens, where known.
        """
        self._task = self._bars.add_task(render(stage, self._lang), total=total)

    def advance(self, n: int) -> None:
        """Move the bar.

        Parameters
        ----------
        n : int
            Tokens that are done.
        """
        self._bars.advance(self._task, n)

    def done(self) -> None:
        """Take the bar away; the lines stay."""
        self._bars.remove_task(self._task)

    def describe(self, message: Message) -> None:
        """Change the words before the bar.

        Parameters
        ----------
        message : Message
            A few words.
        """
        self._bars.update(self._task, description=render(message.key, self._lang, **message.fields))

    def tell(self, message: Message) -> None:
        """Write a line above the bar.

        Parameters
        ----------
        message : Message
            The line.
        """
        line = render(message.key, self._lang, **message.fields)
        self._bars.console.print(line, markup=False, highlight=False)


class Written(Silent):
    """A `reporting.Listener` for what is no terminal, a file or a notebook: only the lines, none is overwritten.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.
    """

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def describe(self, message: Message) -> None:
        """Write nothing: each step would be a line.

        Parameters
        ----------
        message : Message
            Not used.
        """

    def tell(self, message: Message) -> None:
        """Write a line.

        Parameters
        ----------
        message : Message
            The line.
        """
        tell(message, self._lang)


def tell(message: Message, lang: str | None = None) -> None:
    """Write a line on standard error, which need not be a terminal.

    Parameters
    ----------
    message : Message
        The line.
    lang : {"en", "ko"}, optional
        By default that of the environment.
    """
    from rich.console import Console

    line = render(message.key, lang or default_language(), **message.fields)
    Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)


def _speed(task: Task, lang: str) -> str:
    return render("training.speed", lang, n=task.speed) if task.speed else ""


@contextmanager
def on_terminal(lang: str | None = None, console: Console | None = None) -> Iterator[Listener]:
    """Show the progress of a training in the block: a bar on a terminal, else a line for each epoch.

    Parameters
    ----------
    lang : {"en", "ko"}, optional
        By default that of the environment.
    console : rich.console.Console, optional
        Where to; standard error by default.

    Yields
    ------
    Listener
        What `train` takes as `progress`.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    said = lang or default_language()
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield Written(said)
        return

    class Speed(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(_speed(task, said), "dim")

    words = TextColumn("{task.description}", markup=False)
    columns: list[Any] = [SpinnerColumn(), words, BarColumn(bar_width=18), Speed(), TimeRemainingColumn(compact=True)]
    with Progress(*columns, console=console) as bars:
        yield Drawn(bars, said)
