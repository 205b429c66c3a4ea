"""What a command talks to: the reader's language, standard output and standard error."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from malgil.messages import render

if TYPE_CHECKING:
    from rich.console import Console

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def plain(text: str) -> str:
    """Put a text on one line that cannot steer the terminal.

    Parameters
    ----------
    text : str
        Anything, such as a document.

    Returns
    -------
    str
        Runs of control characters and line ends are one blank each.
    """
    return _CONTROL.sub(" ", text).strip()


def readable(text: str) -> str:
    """Put the replacement character where a word of the command line held bytes that are no text.

    Parameters
    ----------
    text : str
        As Python decodes the command line: such bytes are lone surrogates.

    Returns
    -------
    str
        UTF-8 can hold it.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(eq=False)
class Shell:
    """The two streams and the language of one run.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.
    out, err : text file
        The streams of the process by default; a process may have been started without them.
    """

    lang: str
    out: TextIO = field(default_factory=lambda: sys.stdout or io.StringIO())
    err: TextIO = field(default_factory=lambda: sys.stderr or io.StringIO())

    @cached_property
    def console(self) -> Console:
        """Standard output as rich sees it; loads rich."""
        from rich.console import Console

        return Console(file=self.out, highlight=False, soft_wrap=False)

    def text(self, name: str, /, **fields: object) -> str:
        """Render a message of the command line.

        Parameters
        ----------
        name : str
            Its name in the catalogue's file ``cli``.
        **fields : object
            Values of the placeholders.

        Returns
        -------
        str
            The sentence.
        """
        return render(f"cli.{name}", lang=self.lang, **fields)

    def line(self, text: str) -> None:
        """Write a line to standard output.

        Parameters
        ----------
        text : str
            Without a line end.
        """
        self.out.write(text + "\n")

    def say(self, name: str, /, **fields: object) -> None:
        """Write a message to standard output.

        Parameters
        ----------
        name : str
            Its name in the catalogue's file ``cli``.
        **fields : object
            Values of the placeholders.
        """
        self.line(self.text(name, **fields))

    def json(self, value: Any) -> None:
        """Write JSON to standard output.

        Parameters
        ----------
        value : object
            Lists, dicts, strings and numbers.
        """
        is_utf8 = (getattr(self.out, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
        self.line(json.dumps(value, ensure_ascii=not is_utf8, indent=1))

    def complain(self, sentence: str, pointer: str = "") -> None:
        """Write one line to standard error, red on a terminal.

        Parameters
        ----------
        sentence : str
            What went wrong.
        pointer : str
            The end of the sentence, where that is lines of their own that point at a place.
        """
        self.note(sentence.removesuffix(pointer), colour="31", below=pointer)

    def note(self, sentence: str, colour: str = "33", below: str = "") -> None:
        """Write one line to standard error, in colour on a terminal.

        Parameters
        ----------
        sentence : str
            What to say.
        colour : str
            Number of the terminal's colour.
        below : str
            Lines to write under it as they are, each begun with a line end.
        """
        is_coloured = self.err.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        line = plain(sentence) + below
        self.out.flush()
        self.err.write(f"\x1b[{colour}m{line}\x1b[0m\n" if is_coloured else line + "\n")
        self.err.flush()
