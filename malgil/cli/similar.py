"""``malgil similar``: the documents nearest to one of the corpus, or to a text of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import JsonOption, KOption, LangOption, WorkspaceArgument
from malgil.cli.shell import Shell, readable

if TYPE_CHECKING:
    from malgil.search import Hit


def similar_cli(
    ctx: typer.Context,
    workspace: WorkspaceArgument,
    doc: Annotated[str | None, typer.Option("--doc", help="option_doc", show_default=False)] = None,
    text: Annotated[str | None, typer.Option("--text", help="similar_text", show_default=False)] = None,
    measure: Annotated[str, typer.Option("--measure", help="similar_measure")] = "cosine",
    k: KOption = 10,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Find the nearest documents and show them."""
    from malgil.cli.hits import show_hits

    shell: Shell = ctx.obj
    text = text if text is None else readable(text)
    show_hits(shell, similar(workspace, doc, text=text, measure=measure, k=k), as_json=json)


def similar(
    workspace: Path, doc: str | None = None, *, text: str | None = None, measure: str = "cosine", k: int = 10
) -> list[Hit]:
    """Find the documents nearest to a document or a text.

    Parameters
    ----------
    workspace : Path
        Its folder.
    doc : str, optional
        The user's id of a document in it; that document itself is left out.
    text : str, optional
        A text, in place of `doc`.
    measure : str
        Name of a similarity or distance.
    k : int
        Most documents to give.

    Returns
    -------
    list of Hit
        The nearest first.

    Raises
    ------
    ParameterError
        If not exactly one of `doc` and `text` is given.
    """
    from malgil.workspace import Workspace

    return Workspace.open(workspace).similar(doc, text=text, k=k, measure=measure)
