"""``malgil blank``: the likeliest words for the gaps of a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import JsonOption, LangOption, ModelArgument
from malgil.cli.shell import Shell, readable

if TYPE_CHECKING:
    from malgil.ngram import Filling

_BEAM = 32


def blank_cli(
    ctx: typer.Context,
    model: ModelArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="argument_gaps")],
    k: Annotated[int, typer.Option("--k", "-k", help="blank_k")] = 10,
    beam: Annotated[int, typer.Option("--beam", help="blank_beam")] = _BEAM,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Fill the gaps and show the filled sentences."""
    from malgil.cli.continuations import show_words

    shell: Shell = ctx.obj
    found = blank(model, readable(text), k, beam=beam)
    if json:
        shell.json([filling._asdict() for filling in found])
    else:
        show_words(shell, [(filling.text, filling.prob) for filling in found])


def blank(path: Path, text: str, k: int = 10, *, beam: int = _BEAM) -> list[Filling]:
    """Fill the gaps of a sentence.

    Parameters
    ----------
    path : Path
        A model, or a workspace that has one.
    text : str
        The sentence; three or more ``_`` are a gap.
    k : int
        How many fillings.
    beam : int
        Beginnings that are kept from gap to gap.

    Returns
    -------
    list of Filling
        The likeliest first.
    """
    from malgil.cli.opening import open_lm

    return open_lm(path).fill(text, k, beam=beam)
