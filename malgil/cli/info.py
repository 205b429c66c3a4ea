"""``malgil info``: what a workspace or an index holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from malgil.cli.options import JsonOption, LangOption, SearchableArgument
from malgil.cli.shell import Shell


def info_cli(
    ctx: typer.Context, workspace: SearchableArgument, json: JsonOption = False, lang: LangOption = None
) -> None:
    """Show the facts."""
    from malgil.cli.facts import show_facts

    shell: Shell = ctx.obj
    facts = info(workspace)
    if json:
        shell.json(facts)
    else:
        show_facts(shell, _rows(facts))


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


def _rows(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts about the corpus stand beside those about the workspace, without what is empty or said already."""
    corpus = {name: value for name, value in facts.get("corpus", {}).items() if name not in facts}
    rows = {name: value for name, value in facts.items() if name != "corpus"} | corpus
    return {name: value for name, value in rows.items() if value != 0}
