"""``malgil next``: the likeliest next words, by a language model or a workspace that has one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import JsonOption, LangOption, ModelArgument
from malgil.cli.shell import Shell, readable

if TYPE_CHECKING:
    from malgil.ngram import NgramLM
    from malgil.tasks.language_model import RecurrentLM
    from malgil.tasks.mixture import MixtureLM


def next_cli(
    ctx: typer.Context,
    model: ModelArgument,
    context: Annotated[str, typer.Argument(metavar="CONTEXT", help="argument_context")] = "",
    k: Annotated[int, typer.Option("--k", "-k", help="next_k")] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="next_explain")] = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Find the next words and show them."""
    from malgil.cli.continuations import show_words

    shell: Shell = ctx.obj
    context = readable(context)
    lm, found = next_words(model, context, k)
    explanations = [lm.explain(context, word) for word, _ in found] if explain else []
    if json:
        rows: list[dict[str, object]] = [{"word": word, "prob": prob} for word, prob in found]
        for row, explanation in zip(rows, explanations, strict=False):
            row["explanation"] = explanation.to_dict()
        shell.json(rows)
    else:
        show_words(shell, found, explanations)


def next_words(
    path: Path, context: str, k: int = 10
) -> tuple[NgramLM | RecurrentLM | MixtureLM, list[tuple[str, float]]]:
    """Find the likeliest next words.

    Parameters
    ----------
    path : Path
        A model, or a workspace that has one.
    context : str
        The sentence so far.
    k : int
        How many.

    Returns
    -------
    lm : NgramLM, RecurrentLM or MixtureLM
        What was asked, for explanations.
    found : list of (str, float)
        Words and probabilities, falling.
    """
    from malgil.cli.opening import open_lm

    lm = open_lm(path)
    return lm, lm.next(context, k)
