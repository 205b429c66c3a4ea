"""``malgil lm generate``: a text written on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from malgil.cli.numbers import read_number
from malgil.cli.options import JsonOption, LangOption, ModelArgument
from malgil.cli.shell import Shell, plain, readable


def lm_generate_cli(
    ctx: typer.Context,
    model: ModelArgument,
    context: Annotated[str, typer.Argument(metavar="CONTEXT", help="argument_context")] = "",
    max_tokens: Annotated[int, typer.Option("--max-tokens", help="generate_max_tokens")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="generate_seed")] = 0,
    temperature: Annotated[str, typer.Option("--temperature", help="generate_temperature")] = "1.0",
    top_k: Annotated[int | None, typer.Option("--top-k", help="generate_top_k", show_default=False)] = None,
    top_p: Annotated[str | None, typer.Option("--top-p", help="generate_top_p", show_default=False)] = None,
    beam: Annotated[int | None, typer.Option("--beam", help="generate_beam", show_default=False)] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write on and show the whole text."""
    shell: Shell = ctx.obj
    context = readable(context)
    choices = {"temperature": read_number("--temperature", temperature), "top_k": top_k, "beam": beam}
    choices["top_p"] = None if top_p is None else read_number("--top-p", top_p)
    text = lm_generate(model, context, max_tokens, seed, **choices)
    if json:
        shell.json({"context": context, "text": text})
    else:
        shell.line(plain(text))


def lm_generate(path: Path, context: str = "", max_tokens: int = 20, seed: int = 0, **choices: Any) -> str:
    """Write on from a context.

    Parameters
    ----------
    path : Path
        A model, or a workspace that has one.
    context : str
        The sentence so far.
    max_tokens : int
        New words at most.
    seed : int
        The same seed gives the same words.
    **choices : object
        Handed on to `malgil.NgramLM.generate`.

    Returns
    -------
    str
        The context and the new words.
    """
    from malgil.cli.opening import open_lm

    return open_lm(path).generate(context, max_tokens, seed, **choices, whole=True)
