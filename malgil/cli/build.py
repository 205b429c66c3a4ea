"""``malgil build``: from a raw file to a workspace that answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    LabelOption,
    LangOption,
    QuietOption,
    RejectsOption,
    TextOption,
    TimeOption,
    TokenizerOption,
    WorkersOption,
)
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.engine import Progress
    from malgil.workspace import Recipe, Workspace


def build_cli(
    ctx: typer.Context,
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="argument_corpus")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="build_output", show_default=False)] = None,
    recipe: Annotated[Path | None, typer.Option("--recipe", "-r", help="build_recipe", show_default=False)] = None,
    also: Annotated[str | None, typer.Option("--with", help="build_with", show_default=False)] = None,
    text: TextOption = None,
    label: LabelOption = None,
    time: TimeOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    tokenizer: TokenizerOption = None,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Build a workspace and say what became of it."""
    from malgil.cli.progress import progress

    shell: Shell = ctx.obj
    target = output or default_workspace(corpus)
    columns = {"text": text, "label": label, "time": time, "id": id, "encoding": encoding, "rejects": rejects}
    chosen = read_recipe(recipe, tokenizer, [] if also is None else [name.strip() for name in also.split(",")])
    with progress(shell, quiet) as listener:
        workspace = build(
            corpus,
            target,
            recipe=chosen,
            columns=columns,
            n_jobs=workers,
            lang=shell.lang,
            progress=listener,
        )
    if not quiet:
        _summarise(shell, workspace, target)


def build(
    corpus: str,
    path: Path,
    *,
    recipe: Recipe | None = None,
    columns: dict[str, Any] | None = None,
    n_jobs: int | None = None,
    lang: str = "en",
    progress: Progress | None = None,
) -> Workspace:
    """Read a corpus and build a workspace from it.

    Parameters
    ----------
    corpus : str
        File, folder, glob or ``-``.
    path : Path
        The workspace's folder.
    recipe : Recipe, optional
        What to do; defaults without one.
    columns : dict, optional
        Keyword arguments for `malgil.read`.
    n_jobs : int, optional
        Number of threads, all cores by default.
    lang : str
        Language of the report.
    progress : engine.Progress, optional
        Told how far the build is.

    Returns
    -------
    Workspace
        Open.
    """
    from malgil.corpus import read
    from malgil.workspace import build

    return build(read(corpus, **(columns or {})), path, recipe, n_jobs=n_jobs, lang=lang, progress=progress)


def read_recipe(path: Path | None, tokenizer: str | None = None, also: Sequence[str] = ()) -> Recipe:
    """Read a recipe and put in what stands on the command line.

    Parameters
    ----------
    path : Path, optional
        A TOML file; defaults without one.
    tokenizer : str, optional
        Name of a tokeniser, in place of the recipe's.
    also : sequence of str
        Stages to make too that are not made by default.

    Returns
    -------
    Recipe
        The whole recipe.

    Raises
    ------
    ParameterError
        If a tokeniser or a stage is not known.
    """
    from malgil.params import choose
    from malgil.workspace import Recipe
    from malgil.workspace.optional_tables import OPTIONAL

    chosen = Recipe() if path is None else Recipe.load(path)
    if tokenizer is not None:
        chosen = chosen.with_values({"tokens.tokenizer": tokenizer}, where="--tokenizer")
    for name in also:
        choose(OPTIONAL, "--with", name)
        chosen = chosen.with_values({name: None})
    return chosen


def default_workspace(corpus: str) -> Path:
    """Name the workspace of a corpus: ``<its stem>.malgil`` in the current folder.

    Parameters
    ----------
    corpus : str
        File, folder, glob or ``-``.

    Returns
    -------
    Path
        ``corpus.malgil`` where the corpus has no name of its own.
    """
    name = Path(corpus).resolve().name if set(corpus) <= {".", "/"} else Path(corpus).name
    stem = name.split(".")[0] if not name.startswith(".") else ""
    is_name = bool(stem) and corpus != "-" and not set("*?[") & set(stem)
    return Path(f"{stem if is_name else 'corpus'}.malgil")


def _summarise(shell: Shell, workspace: Workspace, target: Path) -> None:
    facts = workspace.info()
    numbers = {name: facts[name] for name in ("n_docs", "n_tokens", "n_terms", "tokenizer")}
    shell.say("built", path=target, report=workspace.report_path, **numbers)
    if facts["left_out"]:
        reasons = ", ".join(f"{name} {n:,}" for name, n in facts["left_out"].items())
        shell.say("clean_left_out", n=sum(facts["left_out"].values()), reasons=reasons)
    if workspace.recipe.ngram is not None:
        shell.say("built_ngram", path=target)
    if workspace.recipe.vectors is not None:
        shell.say("built_vectors", path=target)
    if workspace.recipe.model is not None:
        scores = facts["model"]
        shell.say("built_model", path=target, model=", ".join(f"{name} {scores[name]}" for name in scores))
        if workspace.model.facts["is_torch_missing"]:
            shell.say("built_without_network")
