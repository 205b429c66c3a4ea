"""``malgil embed``: word vectors trained on a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from malgil.cli.options import (
    EncodingOption,
    InputArgument,
    LangOption,
    QuietOption,
    RejectsOption,
    TextOption,
    TokenizerOption,
    WorkersOption,
)
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.embeddings import Vectors
    from malgil.engine import Progress


def embed_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="embed_output", show_default=False)],
    method: Annotated[str, typer.Option("--method", help="embed_method")] = "word2vec",
    dim: Annotated[int, typer.Option("--dim", help="embed_dim")] = 100,
    window: Annotated[int, typer.Option("--window", help="embed_window")] = 5,
    min_count: Annotated[int, typer.Option("--min-count", help="embed_min_count")] = 5,
    epochs: Annotated[int | None, typer.Option("--epochs", help="embed_epochs", show_default=False)] = None,
    seed: Annotated[int, typer.Option("--seed", help="embed_seed")] = 0,
    tokenizer: TokenizerOption = None,
    text: TextOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Train vectors and say how many."""
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    corpus = read_source(source, [output], text=text, encoding=encoding, rejects=rejects)
    settings = {"dim": dim, "window": window, "min_count": min_count, "seed": seed, "n_jobs": workers}
    if epochs is not None:
        settings["epochs"] = epochs
    with progress(shell, quiet) as listener:
        made = embed(corpus, output, method, tokenizer=tokenizer, progress=listener, **settings)
    if not quiet:
        shell.say("embedded", path=output, n=len(made), dim=made.dim, method=method)


def embed(
    corpus: Corpus,
    output: Path,
    method: str = "word2vec",
    *,
    tokenizer: str | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Vectors:
    """Train word vectors and save them.

    Parameters
    ----------
    corpus : Corpus
        The texts.
    output : Path
        Folder to write.
    method : str
        A key of `malgil.embeddings.METHODS`.
    tokenizer : str, optional
        Name of a tokeniser; by default the one that a build would choose.
    progress : engine.Progress, optional
        Told how far the work is.
    **settings : object
        Hyper-parameters of the method.

    Returns
    -------
    Vectors
        As saved.

    Raises
    ------
    ParameterError
        If the method or a setting cannot be used.
    DataError
        If no word is frequent enough.
    StorageError
        If the folder cannot be written.
    """
    from malgil.embeddings.methods import estimator
    from malgil.tokenizers.choice import choose_tokenizer

    made = estimator(method, **settings)
    made.set_params(tokenizer=tokenizer or choose_tokenizer(corpus.texts()))
    vectors: Vectors = made.fit(corpus, progress=progress).vectors_
    vectors.save(output)
    return vectors
