"""``malgil delete``: documents out of an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from malgil.cli.options import IndexArgument, LangOption, QuietOption
from malgil.cli.shell import Shell, readable


def delete_cli(
    ctx: typer.Context,
    index: IndexArgument,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="argument_ids")],
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Delete documents and say how many are left."""
    shell: Shell = ctx.obj
    n, n_docs = delete(index, [readable(id) for id in ids])
    if not quiet:
        shell.say("deleted", path=index, n=n, n_docs=n_docs)


def delete(path: Path, ids: Sequence[str]) -> tuple[int, int]:
    """Delete documents from an index; all of them or, where one is not there, none.

    Parameters
    ----------
    path : Path
        Folder of the index.
    ids : sequence of str
        The user's ids.

    Returns
    -------
    n_deleted, n_docs : int
        Documents that were deleted, and that are left.
    """
    from malgil.cli.opening import open_index

    with open_index(path) as opened:
        return opened.delete(list(ids)), len(opened)
