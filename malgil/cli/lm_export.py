"""``malgil lm export``: a model as an ARPA file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from malgil.cli.options import LangOption, ModelArgument, QuietOption, WorkersOption
from malgil.cli.shell import Shell


def lm_export_cli(
    ctx: typer.Context,
    model: ModelArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="export_output", show_default=False)],
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write an ARPA file and say where."""
    shell: Shell = ctx.obj
    lm_export(model, output, n_jobs=workers)
    if not quiet:
        shell.say("written", path=output)


def lm_export(path: Path, output: Path, *, n_jobs: int | None = None) -> None:
    """Write a model as an ARPA file, which KenLM and SRILM read.

    Parameters
    ----------
    path : Path
        A model, or a workspace that has one.
    output : Path
        The file; compressed where its name ends in ``.gz``.
    n_jobs : int, optional
        Number of threads, all cores by default.
    """
    from malgil.cli.opening import open_ngram_lm

    open_ngram_lm(path).set_params(n_jobs=n_jobs).write_arpa(output)
