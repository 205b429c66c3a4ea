"""``malgil space``: a corpus with Korean word spacing put right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LangOption,
    OutputOption,
    QuietOption,
    RejectsOption,
    ShowOption,
    TextOption,
    WorkersOption,
)
from malgil.cli.shell import Shell, plain

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.corpus import Corpus
    from malgil.engine import Progress


class Outcome(NamedTuple):
    """What spacing did to a corpus.

    Parameters
    ----------
    n_docs, n_changed : int
        Texts, and texts that were changed.
    examples : list of (str, str)
        Changed texts, before and after.
    """

    n_docs: int
    n_changed: int
    examples: list[tuple[str, str]]


def space_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: OutputOption,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 0,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Put the word spacing of a corpus right."""
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    corpus = read_source(source, [output], text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        outcome = space(corpus, output, n_examples=show, n_jobs=workers, progress=listener)
    for before, after in outcome.examples:
        shell.line(f"- {plain(before)}\n+ {plain(after)}")
    if not quiet:
        shell.say("spaced", path=output, n=outcome.n_docs, changed=outcome.n_changed)


def space(
    corpus: Corpus,
    output: Path,
    *,
    n_examples: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Space the texts of a corpus and write it again; the other columns stay as they are.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    output : Path
        The file; its suffix chooses the format.
    n_examples : int
        How many changed texts to keep.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    Outcome
        What was changed.
    """
    from malgil.clean.spacing import Spacer
    from malgil.corpus import Corpus, write
    from malgil.engine import Silent
    from malgil.strings import string_array

    listener, spacer = progress or Silent(), Spacer()
    n_changed = 0
    examples: list[tuple[str, str]] = []

    def blocks() -> Iterator[pa.RecordBatch]:
        nonlocal n_changed
        for block in corpus.blocks():
            raw = block.column("text")
            texts: list[str] = []
            for part in spacer.space_blocks(raw, n_jobs):
                for row in part.offsets.rows[: max(0, n_examples - len(examples))].tolist():
                    examples.append((str(raw[len(texts) + row]), str(part.texts[row])))
                n_changed += len(part.offsets.rows)
                texts += part.texts.to_pylist()
            place = block.schema.get_field_index("text")
            yield block.set_column(place, block.schema.field(place), string_array(texts))
            listener.advance(block.num_rows)

    listener.start("space", len(corpus))
    write(Corpus(blocks, corpus.schema, len(corpus), corpus.facts), output)
    listener.done()
    return Outcome(len(corpus), n_changed, examples)
