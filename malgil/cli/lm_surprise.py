"""``malgil lm surprise``: which words of a sentence are unexpected."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import JsonOption, LangOption, ModelArgument
from malgil.cli.shell import Shell, plain, readable

if TYPE_CHECKING:
    from rich.text import Text

    from malgil.ngram import Surprise

_NOTABLE, _STRIKING = 1.25, 2.0  # times the mean bits of the sentence's words


def lm_surprise_cli(
    ctx: typer.Context,
    model: ModelArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="argument_sentence")],
    k: Annotated[int, typer.Option("--k", "-k", help="surprise_k")] = 3,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show the sentence, its surprising words in colour, and every word with its bits."""
    shell: Shell = ctx.obj
    found = lm_surprise(model, readable(text), k)
    if json:
        shell.json(found.to_dict())
    else:
        _show(shell, found)


def lm_surprise(path: Path, text: str, k: int = 3) -> Surprise:
    """Find the words of a sentence that are unexpected.

    Parameters
    ----------
    path : Path
        A model, or a workspace that has one.
    text : str
        The sentence.
    k : int
        How many expected words to give for each.

    Returns
    -------
    Surprise
        Word by word.
    """
    from malgil.cli.opening import open_lm

    return open_lm(path).surprise(text, k)


def _show(shell: Shell, found: Surprise) -> None:
    from rich.table import Table
    from rich.text import Text

    from malgil.cli.continuations import spoken

    shell.console.print(coloured(found))
    shell.say("surprise_total", bits=found.bits, mean=found.mean_bits)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name, justify in (("bits", "right"), ("n_gram", "right"), ("word", "left"), ("expected", "left")):
        table.add_column(shell.text(f"surprise_{name}"), justify=justify)  # type: ignore[arg-type]
    for word in found.words:
        expected = ", ".join(f"{spoken(shell, other)} {prob:.3f}" for other, prob in word.expected)
        shown = Text(spoken(shell, word.word), _style(word.bits / max(found.mean_bits, 1e-9)))
        if not word.is_known:
            shown.append(f" {shell.text('unknown_word')}", "dim")
        table.add_row(f"{word.bits:.1f}", str(word.order), shown, Text(expected, "dim"))
    shell.console.print(table)


def coloured(found: Surprise) -> Text:
    """Colour the surprising words of a text.

    Parameters
    ----------
    found : Surprise
        Of the text.

    Returns
    -------
    rich.text.Text
        On one line: red what takes twice the mean bits, yellow what takes a quarter more. Where words overlap, as
        morphemes do, the most surprising colours their letters.
    """
    from rich.text import Text

    mean = max(found.mean_bits, 1e-9)
    borders = sorted({0, len(found.text), *(at for word in found.words for at in (word.start, word.end))})
    line = Text()
    for start, end in pairwise(borders):
        here = [word.bits for word in found.words if word.start <= start and end <= word.end]
        piece = found.text[start:end]
        line.append(" ".join(plain(f"|{piece}|")[1:-1].splitlines()), _style(max(here, default=0.0) / mean))
    return line


def _style(times: float) -> str:
    return "bold red" if times >= _STRIKING else "yellow" if times >= _NOTABLE else ""
