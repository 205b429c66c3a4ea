"""``malgil lm mix``: language models of any kind as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import (
    EncodingOption,
    JsonOption,
    LangOption,
    ModelOutputOption,
    QuietOption,
    RejectsOption,
    TextOption,
)
from malgil.cli.shell import Shell
from malgil.errors import ParameterError

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.tasks.mixture import MixtureLM


def lm_mix_cli(
    ctx: typer.Context,
    models: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="mix_models")],
    held_out: Annotated[str, typer.Option("--held-out", help="mix_held_out", show_default=False)],
    output: ModelOutputOption,
    text: TextOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Mix models and show each beside the mixture."""
    from malgil.corpus import read

    shell: Shell = ctx.obj
    corpus = read(held_out, text=text, encoding=encoding, rejects=rejects)
    mixture = lm_mix(models, corpus, output)
    perplexities = mixture.perplexities(corpus).tolist()
    names = [*map(str, models), str(output)]
    weights = [*mixture.weights.tolist(), 1.0]
    rows = [
        {"model": name, "weight": weight, "perplexity": perplexity}
        for name, weight, perplexity in zip(names, weights, perplexities, strict=True)
    ]
    if json:
        shell.json(rows)
    elif not quiet:
        show_mixture(shell, names, weights, perplexities)


def lm_mix(paths: list[Path], held_out: Corpus, output: Path) -> MixtureLM:
    """Mix models and write the mixture.

    Parameters
    ----------
    paths : list of Path
        Models, at least one.
    held_out : Corpus
        Texts from which none has learned.
    output : Path
        Folder of the mixture.

    Returns
    -------
    MixtureLM
        The mixture.

    Raises
    ------
    ParameterError
        If the output is one of the models.
    """
    from malgil.cli.opening import open_lm
    from malgil.tasks.mixture import mix

    for path in paths:
        if path.resolve() == output.resolve():  # writing the mixture would take away what it is made of
            raise ParameterError("cli.same_file", path=output, first="MODEL", second="--output")
    mixture = mix([open_lm(path) for path in paths], held_out)
    mixture.save(output)
    return mixture


def show_mixture(shell: Shell, names: list[str], weights: list[float], perplexities: list[float]) -> None:
    """Show a table of the models, the mixture below them.

    Parameters
    ----------
    shell : Shell
        Where to.
    names : list of str
        Folders.
    weights, perplexities : list of float
        Of each.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("model", "weight", "perplexity"):
        table.add_column(Text(shell.text(f"mixed_{name}")), justify="left" if name == "model" else "right")
    for name, weight, perplexity in zip(names, weights, perplexities, strict=True):
        style = "bold" if name == names[-1] else ""
        table.add_row(*(Text(cell, style) for cell in (name, f"{weight:.3f}", f"{perplexity:,.2f}")))
    shell.console.print(table)
