"""``malgil lm info``: what a language model holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from malgil.cli.options import JsonOption, LangOption, ModelArgument
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.ngram import NgramLM


def lm_info_cli(ctx: typer.Context, model: ModelArgument, json: JsonOption = False, lang: LangOption = None) -> None:
    """Show the facts."""
    from malgil.cli.facts import show_facts

    shell: Shell = ctx.obj
    facts = lm_info(model)
    if json:
        shell.json(facts)
    else:
        show_facts(shell, facts | {"n_grams": ", ".join(f"{n}: {count:,}" for n, count in facts["n_grams"].items())})


def lm_info(path: Path) -> dict[str, Any]:
    """Facts about a model.

    Parameters
    ----------
    path : Path
        A model, or a workspace that has one.

    Returns
    -------
    dict
        What JSON can hold; ``n_grams`` is by order.
    """
    from malgil.cli.opening import open_lm
    from malgil.ngram.settings import make_tokenizer

    lm = open_lm(path)
    counts = {str(n): count for n, count in enumerate(_counts(lm), start=1)}
    n_bytes = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    facts: dict[str, Any] = {"path": str(path), "order": lm.order, "smoothing": lm.smoothing}
    facts |= {"tokenizer": make_tokenizer(lm.tokenizer).name, "n_words": len(lm.model_.words), "n_grams": counts}
    facts |= {"prune": list(lm.prune), "n_bytes": n_bytes}
    return facts


def n_grams(lm: NgramLM) -> str:
    """Say how many n-grams of each order a model has.

    Parameters
    ----------
    lm : NgramLM
        The model.

    Returns
    -------
    str
        Such as ``11 + 15``.
    """
    return " + ".join(f"{count:,}" for count in _counts(lm))


def _counts(lm: NgramLM) -> list[int]:
    """Count the n-grams of each order; a model that keeps its corpus has none."""
    import numpy as np

    from malgil.ngram.model import Model

    return [int(n) for n in np.diff(lm.model_.table.trie.base)] if isinstance(lm.model_, Model) else []
