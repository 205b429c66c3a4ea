"""``malgil search``: the documents that answer a query best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import ExplainOption, JsonOption, KOption, LangOption, SearchableArgument
from malgil.cli.shell import Shell, readable

if TYPE_CHECKING:
    from malgil.search import Hits, SearchIndex
    from malgil.workspace import Workspace


def search_cli(
    ctx: typer.Context,
    index: SearchableArgument,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="argument_query")],
    k: KOption = 10,
    where: Annotated[str | None, typer.Option("--where", help="search_where", show_default=False)] = None,
    exact: Annotated[bool, typer.Option("--exact", help="search_exact")] = False,
    explain: ExplainOption = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Search, and show what was found."""
    from malgil.cli.hits import show_hits
    from malgil.cli.opening import explain_hit

    shell: Shell = ctx.obj
    query = readable(query)
    opened, hits = search(index, query, k, where if where is None else readable(where), expand=not exact)
    explanations = [explain_hit(opened, query, hit.id) for hit in hits] if explain else None
    show_hits(shell, hits, explanations=explanations, as_json=json)


def search(
    path: Path, query: str, k: int = 10, where: str | None = None, *, expand: bool = True
) -> tuple[SearchIndex | Workspace, Hits]:
    """Search an index or a workspace.

    Parameters
    ----------
    path : Path
        Its folder.
    query : str
        In the query language.
    k : int
        Most documents to give.
    where : str, optional
        A filter on the other columns.
    expand : bool
        Whether a word that no document has is looked for by initials, keyboard and typo.

    Returns
    -------
    opened : SearchIndex or Workspace
        What was searched, for explanations.
    hits : Hits
        The best first.
    """
    from malgil.cli.opening import open_searchable

    opened = open_searchable(path)
    return opened, opened.search(query, k, where, expand=expand)
