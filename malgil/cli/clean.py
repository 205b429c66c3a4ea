"""``malgil clean``: a corpus with cleaned texts, written again."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

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
    """What cleaning did to a corpus.

    Parameters
    ----------
    n_docs : int
        Texts.
    n_changed : int
        Texts that were changed.
    by_step : dict
        Cleaning step -> texts that it changed.
    examples : list
        Changed texts, before and after.
    """

    n_docs: int
    n_changed: int
    by_step: dict[str, int]
    examples: list[tuple[str, str]]


def clean_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: OutputOption,
    recipe: Annotated[Path | None, typer.Option("--recipe", "-r", help="clean_recipe", show_default=False)] = None,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 0,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Clean a corpus, and show some of what changed."""
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    corpus = read_source(source, [output], text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        outcome = clean(corpus, output, recipe=recipe, n_examples=show, n_jobs=workers, progress=listener)
    _show_examples(shell, outcome.examples)
    if not quiet:
        steps = "".join(f"; {name} {n:,}" for name, n in outcome.by_step.items() if n)
        shell.say("cleaned", path=output, n=outcome.n_docs, changed=outcome.n_changed, steps=steps)


def clean(
    corpus: Corpus,
    output: Path,
    *,
    recipe: Path | None = None,
    n_examples: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Clean the texts of a corpus and write it again; the other columns stay as they are.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    output : Path
        The file; its suffix chooses the format.
    recipe : Path, optional
        Its ``[clean]`` table names the steps.
    n_examples : int
        How many changed texts to keep, before and after.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    Outcome
        What was changed.
    """
    from malgil.clean import Cleaned, Cleaner
    from malgil.corpus import Corpus, write
    from malgil.engine import Silent, map_blocks
    from malgil.workspace import Recipe

    listener = progress or Silent()
    cleaner = Cleaner(recipe=(Recipe() if recipe is None else Recipe.load(recipe)).clean.steps)
    by_step: Counter[str] = Counter()
    changed: list[int] = []
    examples: list[tuple[str, str]] = []

    def work(block: pa.RecordBatch) -> tuple[pa.RecordBatch, Cleaned]:
        return block, cleaner.clean_block(block.column("text"))

    def blocks() -> Iterator[pa.RecordBatch]:
        for block, cleaned in map_blocks(work, corpus.blocks(), n_jobs):
            by_step.update(cleaned.counts)
            changed.append(len(cleaned.changed))
            for row in cleaned.changed[: max(0, n_examples - len(examples))]:
                examples.append((block.column("text")[int(row)].as_py(), cleaned.texts[int(row)].as_py()))
            place = block.schema.get_field_index("text")
            yield block.set_column(place, block.schema.field(place), cleaned.texts)
            listener.advance(block.num_rows)

    listener.start("clean", len(corpus))
    write(Corpus(blocks, corpus.schema, len(corpus), corpus.facts), output)
    listener.done()
    return Outcome(len(corpus), sum(changed), dict(by_step), examples)


def _show_examples(shell: Shell, examples: list[tuple[str, str]]) -> None:
    for before, after in examples:
        shell.line(f"- {_visible(before)}\n+ {plain(after)}\n")


def _visible(text: str) -> str:
    """Show what cleaning takes away: control characters as their numbers, and that jamo stand apart."""
    shown = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
    return shown if unicodedata.is_normalized("NFC", text) else f"{shown} (NFD)"
