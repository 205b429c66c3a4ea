"""``malgil explain``: where a score comes from, with the numbers put into its formula."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import JsonOption, LangOption, SearchableArgument
from malgil.cli.shell import Shell, readable
from malgil.errors import ParameterError

if TYPE_CHECKING:
    from malgil.explain import Explanation


def explain_cli(
    ctx: typer.Context,
    workspace: SearchableArgument,
    doc: Annotated[str, typer.Option("--doc", help="option_doc", show_default=False)],
    word: Annotated[str | None, typer.Option("--word", help="explain_word", show_default=False)] = None,
    query: Annotated[str | None, typer.Option("--query", help="explain_query", show_default=False)] = None,
    json: JsonOption = False,
    svg: Annotated[Path | None, typer.Option("--svg", help="explain_svg", show_default=False)] = None,
    html: Annotated[Path | None, typer.Option("--html", help="explain_html", show_default=False)] = None,
    lang: LangOption = None,
) -> None:
    """Explain a score, on the terminal or into files."""
    from malgil.cli.tree import show_tree

    shell: Shell = ctx.obj
    word, query = (text if text is None else readable(text) for text in (word, query))
    explanation = explain(workspace, doc, word=word, query=query)
    if svg is not None:
        _write(svg, explanation.to_svg())
    if html is not None:
        _write(html, _page(explanation, shell.lang))
    if json:
        shell.json(explanation.to_dict())
    elif svg is None and html is None:
        show_tree(shell, explanation.to_text())
    for path in (svg, html):
        if path is not None and not json:
            shell.say("written", path=path)


def explain(workspace: Path, doc: str, *, word: str | None = None, query: str | None = None) -> Explanation:
    """Explain the weight of a word in a document, or a document's score for a query.

    Parameters
    ----------
    workspace : Path
        Its folder.
    doc : str
        The user's id of the document.
    word : str, optional
        A word of the document: its TF-IDF is explained.
    query : str, optional
        A query: the document's BM25 score is explained.

    Returns
    -------
    Explanation
        The number, opened.

    Raises
    ------
    ParameterError
        If not exactly one of `word` and `query` is given; an index alone knows only of queries.
    """
    from malgil.cli.opening import open_searchable
    from malgil.search import SearchIndex

    opened = open_searchable(workspace)
    if isinstance(opened, SearchIndex):
        if query is None or word is not None:
            raise ParameterError("cli.index_explains_queries", path=workspace)
        return opened.explain(query, doc)
    return opened.explain(doc, word=word, query=query)


def _write(path: Path, text: str) -> None:
    from malgil.files import write_whole

    write_whole(path, text.encode())


def _page(explanation: Explanation, lang: str) -> str:
    """Put the explanation into a page of its own."""
    style = (
        "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;line-height:1.5}"
        ".term{margin-left:1.2rem}code{margin-left:.4rem;color:#2a6f97}small{display:block;margin-left:1.2rem}"
    )
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(explanation.label)}</title>'
        f"<style>{style}</style></head><body>{explanation.to_html()}</body></html>\n"
    )
