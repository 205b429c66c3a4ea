"""``malgil lm score``: how well a language model fits texts."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    JsonOption,
    LangOption,
    ModelArgument,
    RejectsOption,
    TextOption,
    WorkersOption,
)
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.ngram import Perplexity


def lm_score_cli(
    ctx: typer.Context,
    model: ModelArgument,
    source: InputArgument,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    json: JsonOption = False,
    workers: WorkersOption = None,
    lang: LangOption = None,
) -> None:
    """Score a corpus and show its perplexity."""
    from malgil.cli.facts import show_facts
    from malgil.corpus import read

    shell: Shell = ctx.obj
    corpus = read(source, text=text, id=id, encoding=encoding, rejects=rejects)
    found = lm_score(model, corpus, n_jobs=workers)
    facts = {"perplexity": float(found), "perplexity_without_unknown": found.without_unknown}
    facts |= {"entropy_bits": found.entropy_bits, "n_scored": found.n_tokens, "n_unknown": found.n_unknown}
    if json:
        shell.json({name: value if isfinite(value) else None for name, value in facts.items()})
    else:
        show_facts(shell, facts)


def lm_score(path: Path, corpus: Corpus, *, n_jobs: int | None = None) -> Perplexity:
    """Score a corpus.

    Parameters
    ----------
    path : Path
        A model, or a workspace that has one.
    corpus : Corpus
        One sentence a document.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    Perplexity
        With the other ways to count beside it.
    """
    from malgil.cli.opening import open_lm
    from malgil.ngram import NgramLM

    lm = open_lm(path)
    if isinstance(lm, NgramLM):  # torch has threads of its own
        lm.set_params(n_jobs=n_jobs)
    return lm.perplexity(corpus)
