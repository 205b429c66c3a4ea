"""``malgil add``: more documents into an index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    IndexArgument,
    InputArgument,
    LangOption,
    QuietOption,
    RejectsOption,
    TextOption,
    TimeOption,
    WorkersOption,
)
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.corpus import Corpus


def add_cli(
    ctx: typer.Context,
    index: IndexArgument,
    source: InputArgument,
    update: Annotated[bool, typer.Option("--update", help="add_update")] = False,
    text: TextOption = None,
    time: TimeOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Add documents and say how many there are now."""
    from malgil.corpus import read

    shell: Shell = ctx.obj
    corpus = read(source, text=text, time=time, id=id, encoding=encoding, rejects=rejects)
    n_docs = add(index, corpus, update=update, n_jobs=workers)
    if not quiet:
        shell.say("updated" if update else "added", path=index, n=len(corpus), n_docs=n_docs)


def add(path: Path, corpus: Corpus, *, update: bool = False, n_jobs: int | None = None) -> int:
    """Add documents to an index, or put them in the place of those of the same ids.

    Parameters
    ----------
    path : Path
        Folder of the index.
    corpus : Corpus
        The documents.
    update : bool
        Whether they replace documents that are there.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    int
        Documents that are in the index now.
    """
    from malgil.cli.opening import open_index

    with open_index(path) as opened:
        (opened.update if update else opened.add)(corpus, n_jobs=n_jobs)
        return len(opened)
