"""``malgil check``: compare every file of a workspace or an index with its checksum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from malgil.cli.options import LangOption, SearchableArgument
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.errors import MalgilError

_HARMED = 2


def check_cli(ctx: typer.Context, workspace: SearchableArgument, lang: LangOption = None) -> int:
    """Check all files and name every problem."""
    shell: Shell = ctx.obj
    problems = check(workspace)
    for problem in problems:
        shell.complain(problem.sentence(shell.lang))
    if problems:
        return _HARMED
    shell.say("sound", path=workspace)
    return 0


def check(workspace: Path) -> list[MalgilError]:
    """Check a workspace or an index.

    Parameters
    ----------
    workspace : Path
        Its folder.

    Returns
    -------
    list of MalgilError
        What is wrong; empty where nothing is.
    """
    from malgil.cli.opening import is_index
    from malgil.search.directory import check_index
    from malgil.workspace import Workspace

    return list(check_index(workspace)) if is_index(workspace) else Workspace.open(workspace).check()
