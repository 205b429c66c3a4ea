"""``malgil similar``: the documents nearest to one of the corpus or to a text, or the words nearest to a word."""

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
    word: Annotated[str | None, typer.Option("--word", help="similar_word", show_default=False)] = None,
    measure: Annotated[str, typer.Option("--measure", help="similar_measure")] = "cosine",
    k: KOption = 10,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Find the nearest documents or words and show them."""
    from malgil.cli.hits import show_hits

    shell: Shell = ctx.obj
    if word is not None:
        _show_words(shell, workspace, readable(word), k, json, has_other=doc is not None or text is not None)
        return
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


def _show_words(shell: Shell, workspace: Path, word: str, k: int, as_json: bool, *, has_other: bool) -> None:
    from malgil.cli.words import show_answers
    from malgil.errors import ParameterError
    from malgil.workspace import Workspace

    if has_other:
        raise ParameterError("workspace.one_of_two", first="--word", second="--doc, --text")
    show_answers(shell, Workspace.open(workspace).similar_words(word, k), as_json)
