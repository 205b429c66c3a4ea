"""``malgil suggest``: words that begin like what is being typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import JsonOption, LangOption, SearchableArgument
from malgil.cli.shell import Shell, plain, readable

if TYPE_CHECKING:
    from malgil.search.suggest import Suggestion


def suggest_cli(
    ctx: typer.Context,
    index: SearchableArgument,
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="argument_prefix")],
    k: Annotated[int, typer.Option("--k", "-k", help="suggest_k")] = 10,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Complete a word."""
    shell: Shell = ctx.obj
    found = suggest(index, readable(prefix), k)
    if json:
        shell.json([suggestion._asdict() for suggestion in found])
    elif not found:
        shell.say("nothing_suggested")
    else:
        _show(shell, found)


def suggest(path: Path, prefix: str, k: int = 10) -> list[Suggestion]:
    """Complete a word that is being typed.

    Parameters
    ----------
    path : Path
        Folder of an index or a workspace.
    prefix : str
        Its beginning.
    k : int
        Most words to give.

    Returns
    -------
    list of Suggestion
        The most frequent first.
    """
    from malgil.cli.opening import open_searchable
    from malgil.search import SearchIndex

    opened = open_searchable(path)
    return (opened if isinstance(opened, SearchIndex) else opened.index).suggest(prefix, k)


def _show(shell: Shell, found: list[Suggestion]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    for term, df in found:
        table.add_row(Text(plain(term), "cyan"), Text(shell.text("in_documents", n=df), "dim"))
    shell.console.print(table)
