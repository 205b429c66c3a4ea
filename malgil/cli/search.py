"""``malgil search``: the documents that answer a query best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import ExplainOption, JsonOption, KOption, LangOption, WorkspaceArgument
from malgil.cli.shell import Shell, readable

if TYPE_CHECKING:
    from malgil.workspace import Hit, Workspace


def search_cli(
    ctx: typer.Context,
    workspace: WorkspaceArgument,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="argument_query")],
    k: KOption = 10,
    explain: ExplainOption = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Search, and show what was found."""
    from malgil.cli.hits import show_hits

    shell: Shell = ctx.obj
    query = readable(query)
    opened, hits = search(workspace, query, k)
    explanations = [opened.explain(hit.id, query=query) for hit in hits] if explain else None
    show_hits(shell, hits, words=[query, *opened.split(query)], explanations=explanations, as_json=json)


def search(workspace: Path, query: str, k: int = 10) -> tuple[Workspace, list[Hit]]:
    """Search a workspace.

    Parameters
    ----------
    workspace : Path
        Its folder.
    query : str
        Words, split as the corpus was.
    k : int
        Most documents to give.

    Returns
    -------
    workspace : Workspace
        Open, for explanations.
    hits : list of Hit
        The best first.
    """
    from malgil.workspace import Workspace

    opened = Workspace.open(workspace)
    return opened, opened.search(query, k)
