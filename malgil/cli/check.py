"""``malgil check``: compare every file of a workspace with its checksum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from malgil.cli.options import LangOption, WorkspaceArgument
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.errors import MalgilError

_HARMED = 2


def check_cli(ctx: typer.Context, workspace: WorkspaceArgument, lang: LangOption = None) -> int:
    """Check a workspace and name every problem."""
    shell: Shell = ctx.obj
    problems = check(workspace)
    for problem in problems:
        shell.complain(problem.sentence(shell.lang))
    if problems:
        return _HARMED
    shell.say("sound", path=workspace)
    return 0


def check(workspace: Path) -> list[MalgilError]:
    """Check a workspace.

    Parameters
    ----------
    workspace : Path
        Its folder.

    Returns
    -------
    list of MalgilError
        What is wrong; empty where nothing is.
    """
    from malgil.workspace import Workspace

    return Workspace.open(workspace).check()
