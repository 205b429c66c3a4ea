"""``malgil info``: what a workspace or an index holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from malgil.cli.options import JsonOption, LangOption, SearchableArgument
from malgil.cli.shell import Shell, plain
from malgil.messages import catalogue


def info_cli(
    ctx: typer.Context, workspace: SearchableArgument, json: JsonOption = False, lang: LangOption = None
) -> None:
    """Show the facts."""
    shell: Shell = ctx.obj
    facts = info(workspace)
    if json:
        shell.json(facts)
    else:
        _show(shell, facts)


def info(workspace: Path) -> dict[str, Any]:
    """Facts about a workspace or an index.

    Parameters
    ----------
    workspace : Path
        Its folder.

    Returns
    -------
    dict
        What JSON can hold.
    """
    from malgil.cli.opening import open_searchable

    return dict(open_searchable(workspace).info())


def _show(shell: Shell, facts: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in _rows(facts):
        table.add_row(Text(_label(name, shell.lang), "cyan"), Text(plain(_value(value))))
    shell.console.print(table)


def _rows(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """Facts about the corpus stand beside those about the workspace, without what is empty or said already."""
    corpus = {name: value for name, value in facts.get("corpus", {}).items() if name not in facts}
    rows = {name: value for name, value in facts.items() if name != "corpus"} | corpus
    return [(name, value) for name, value in rows.items() if value not in (None, "", 0, [], {})]


def _label(name: str, lang: str) -> str:
    known = catalogue("cli").get(f"info_{name}")
    return known[lang] if known else name


def _value(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, dict):  # a file among the sources is shown by its name
        return str(value["name"]) if "name" in value else ", ".join(f"{key} = {value[key]}" for key in value)
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)
