"""``malgil lm info``: what a language model holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from malgil.cli.options import JsonOption, LangOption, ModelArgument
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.ngram import NgramLM
    from malgil.tasks.language_model import RecurrentLM
    from malgil.tasks.mixture import MixtureLM


def lm_info_cli(ctx: typer.Context, model: ModelArgument, json: JsonOption = False, lang: LangOption = None) -> None:
    """Show the facts."""
    from malgil.cli.facts import show_facts

    shell: Shell = ctx.obj
    facts = lm_info(model)
    if json:
        shell.json(facts)
    elif "n_grams" not in facts:
        show_facts(shell, facts)
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
        What JSON can hold; ``n_grams`` is by order. Of a recurrent model encoder, direction and number of weights; of
        a mixture the weights of its models.
    """
    from malgil.cli.opening import open_lm
    from malgil.ngram import NgramLM
    from malgil.ngram.settings import make_tokenizer
    from malgil.tasks.mixture import MixtureLM

    lm = open_lm(path)
    if isinstance(lm, MixtureLM):
        return _mixture(path, lm)
    if not isinstance(lm, NgramLM):
        return _recurrent(path, lm)
    counts = {str(n): count for n, count in enumerate(_counts(lm), start=1)}
    facts: dict[str, Any] = {"path": str(path), "order": lm.order, "smoothing": lm.smoothing}
    facts |= {"tokenizer": make_tokenizer(lm.tokenizer).name, "n_words": len(lm.model_.words), "n_grams": counts}
    facts |= {"prune": list(lm.prune), "n_bytes": _n_bytes(path)}
    return facts


def _recurrent(path: Path, lm: RecurrentLM) -> dict[str, Any]:
    from malgil.ngram.settings import make_tokenizer

    facts: dict[str, Any] = {"path": str(path), "encoder": lm.encoder, "direction": lm.direction}
    facts |= {"tokenizer": make_tokenizer(lm.tokenizer).name, "n_words": len(lm.model_.words)}
    n_weights = sum(weight.numel() for weight in lm.network_.parameters())
    return facts | {"n_weights": n_weights, "n_bytes": _n_bytes(path)}


def _mixture(path: Path, lm: MixtureLM) -> dict[str, Any]:
    from malgil.ngram.settings import make_tokenizer

    facts: dict[str, Any] = {"path": str(path), "models": [type(one).__name__ for one in lm.models]}
    facts |= {"mixed_weights": lm.weights.tolist(), "tokenizer": make_tokenizer(lm.tokenizer).name}
    return facts | {"n_words": len(lm.model_.words), "n_bytes": _n_bytes(path)}


def _n_bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


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
