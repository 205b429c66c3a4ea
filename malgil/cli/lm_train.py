"""``malgil lm train``: an n-gram language model of a corpus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from malgil.cli.numbers import read_number, read_numbers
from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LangOption,
    LmTokenizerOption,
    ModelOutputOption,
    QuietOption,
    RejectsOption,
    TextOption,
    WorkersOption,
)
from malgil.cli.shell import Shell
from malgil.errors import ParameterError

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.corpus import Corpus
    from malgil.engine import Progress
    from malgil.ngram import NgramLM


def lm_train_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: ModelOutputOption,
    order: Annotated[str, typer.Option("--order", help="train_order")] = "3",
    smoothing: Annotated[str, typer.Option("--smoothing", help="train_smoothing")] = "modified_kneser_ney",
    tokenizer: LmTokenizerOption = "whitespace",
    prune: Annotated[str, typer.Option("--prune", help="train_prune", show_default=False)] = "",
    prune_entropy: Annotated[
        str, typer.Option("--prune-entropy", help="train_prune_entropy", show_default=False)
    ] = "0",
    fallback: Annotated[str, typer.Option("--discount-fallback", help="train_fallback", show_default=False)] = "",
    skip_symbols: Annotated[bool, typer.Option("--skip-symbols", help="train_skip_symbols")] = False,
    keep_corpus: Annotated[bool, typer.Option("--keep-corpus", help="train_keep_corpus")] = False,
    compact: Annotated[bool, typer.Option("--compact", help="train_compact")] = False,
    quantize: Annotated[int | None, typer.Option("--quantize", help="train_quantize", show_default=False)] = None,
    memory: Annotated[str | None, typer.Option("--memory", help="train_memory", show_default=False)] = None,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Train a model and say what is in it."""
    from malgil.cli.lm_info import n_grams
    from malgil.cli.progress import progress
    from malgil.corpus import read

    shell: Shell = ctx.obj
    settings: dict[str, Any] = {"order": _read_order(order), "smoothing": smoothing, "tokenizer": tokenizer}
    settings |= {
        "prune": read_numbers("--prune", prune),
        "prune_entropy": read_number("--prune-entropy", prune_entropy),
    }
    settings |= {"discount_fallback": read_numbers("--discount-fallback", fallback)} if fallback else {}
    settings |= {"skip_symbols": skip_symbols, "keep_corpus": keep_corpus, "memory": memory, "n_jobs": workers}
    packing = {"quantize": quantize} if compact or quantize is not None else None
    corpus = read(source, text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        lm = lm_train(corpus, output, packing=packing, progress=listener, **settings)
    if not quiet:
        shell.say("trained", path=output, n_words=len(lm.model_.words), n_grams=n_grams(lm))


def lm_train(
    corpus: Corpus,
    output: Path,
    *,
    packing: dict[str, Any] | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> NgramLM:
    """Train a model and write it.

    Parameters
    ----------
    corpus : Corpus
        One sentence a document.
    output : Path
        Folder of the model.
    packing : dict, optional
        Where it is given the model is packed: arguments of `malgil.NgramLM.compact`.
    progress : engine.Progress, optional
        Told of every block that was read, in documents.
    **settings : object
        Handed on to `malgil.NgramLM`.

    Returns
    -------
    NgramLM
        The model.
    """
    from malgil.engine import Silent
    from malgil.ngram import NgramLM
    from malgil.ngram.settings import check_settings, make_tokenizer

    listener, lm = progress or Silent(), NgramLM(**settings)
    check_settings(lm.get_params())  # before the corpus is read
    make_tokenizer(lm.tokenizer)
    lm.fit(_watched(corpus, listener))
    listener.done()
    listener.start("lm_write", None)
    lm = lm if packing is None else lm.compact(**packing)
    lm.save(output)
    listener.done()
    return lm


def _read_order(value: str) -> int | None:
    """Read a whole number, or ``none``."""
    if value.strip().lower() == "none":
        return None
    try:
        return int(value)
    except ValueError as error:
        raise ParameterError("cli.not_a_number", name="--order") from error


def _watched(corpus: Corpus, listener: Progress) -> Corpus:
    """Report the blocks of a corpus as they are read, and then that what was read is being counted."""
    from malgil.corpus import Corpus

    def blocks() -> Iterator[pa.RecordBatch]:
        listener.start("lm_read", len(corpus))
        for block in corpus.blocks():
            yield block
            listener.advance(block.num_rows)
        listener.done()
        listener.start("lm_count", None)

    return Corpus(blocks, corpus.schema, len(corpus), corpus.facts)
