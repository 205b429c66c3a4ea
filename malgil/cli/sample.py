"""``malgil sample``: made-up reviews to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from malgil.cli.options import LangOption, OutputOption, QuietOption
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.sample import Sample, TextLang


def sample_cli(
    ctx: typer.Context,
    output: OutputOption,
    n: Annotated[int, typer.Option("--n", "-n", help="sample_n")] = 3000,
    text_lang: Annotated[str, typer.Option("--text-lang", help="sample_text_lang")] = "both",
    seed: Annotated[int, typer.Option("--seed", help="sample_seed")] = 0,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the sample and say where the truth about it stands."""
    shell: Shell = ctx.obj
    sample(output, n, text_lang=text_lang, seed=seed)
    if not quiet:
        shell.say("sampled", path=output, n=n, truth=output.parent / "truth.json")


def sample(output: Path, n: int = 3000, *, text_lang: str = "both", seed: int = 0) -> Sample:
    """Write a sample corpus.

    Parameters
    ----------
    output : Path
        The file; its suffix chooses the format.
    n : int
        Number of reviews.
    text_lang : str
        ``"ko"``, ``"en"`` or ``"both"``.
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    Sample
        The table and the truth about it, which is written beside it.

    Raises
    ------
    ParameterError
        If an argument is out of range.
    """
    from malgil.sample import write_sample

    return write_sample(output, n, text_lang=cast("TextLang", text_lang), seed=seed)
