"""``malgil report``: the page about the corpus, written again in the reader's language."""

from __future__ import annotations

from pathlib import Path

import typer

from malgil.cli.options import LangOption, WorkspaceArgument
from malgil.cli.shell import Shell


def report_cli(ctx: typer.Context, workspace: WorkspaceArgument, lang: LangOption = None) -> None:
    """Write the report and print its path."""
    shell: Shell = ctx.obj
    shell.line(str(report(workspace, shell.lang)))


def report(workspace: Path, lang: str) -> Path:
    """Write the report of a workspace in one language.

    Parameters
    ----------
    workspace : Path
        Its folder.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    Path
        The page.
    """
    from malgil.workspace import Workspace

    return Workspace.open(workspace).write_report(lang)
