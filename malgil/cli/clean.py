"""``malgil clean``: a corpus with cleaned texts, written again; and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.clean import Cleaned, Cleaner, Dropped, EditLog
    from malgil.cli.changes import Change
    from malgil.corpus import Corpus
    from malgil.engine import Progress


class Wanted(NamedTuple):
    """What to do beside cleaning.

    Parameters
    ----------
    log : Path, optional
        File for the log of edits.
    dropped : Path, optional
        File for the documents that the drop rules leave out.
    n_examples : int
        How many changed texts to keep, before and after.
    survey : bool
        Whether to count what the steps that are off would change.
    """

    log: Path | None = None
    dropped: Path | None = None
    n_examples: int = 0
    survey: bool = False


@dataclass(kw_only=True)
class Outcome:
    """What cleaning did to a corpus.

    Parameters
    ----------
    n_docs : int
        Texts that were written.
    n_changed : int
        Texts among them that were changed.
    by_step : Counter
        Cleaning step -> texts that it changed.
    found : Counter
        ``"step.kind"`` -> things found, of the steps that count.
    would : Counter
        Step that is off -> texts that it would change.
    dropped : dict
        Reason -> documents left out.
    examples : list of Change
        Changed texts.
    """

    n_docs: int = 0
    n_changed: int = 0
    by_step: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    would: Counter[str] = field(default_factory=Counter)
    dropped: dict[str, int] = field(default_factory=dict)
    examples: list[Change] = field(default_factory=list)


class _Block(NamedTuple):
    """A block of the corpus with what became of it."""

    rows: pa.RecordBatch
    cleaned: Cleaned
    log: EditLog
    would: dict[str, int]


def clean_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: OutputOption,
    recipe: Annotated[Path | None, typer.Option("--recipe", "-r", help="clean_recipe", show_default=False)] = None,
    log: Annotated[Path | None, typer.Option("--log", help="clean_log", show_default=False)] = None,
    undo: Annotated[Path | None, typer.Option("--undo", help="clean_undo", show_default=False)] = None,
    dropped: Annotated[Path | None, typer.Option("--dropped", help="clean_dropped", show_default=False)] = None,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 0,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Clean a corpus, show some of what changed, and count what the steps that are off would change."""
    from malgil.cli.changes import show_changes
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source
    from malgil.errors import ParameterError

    shell: Shell = ctx.obj
    outputs = {"--output": output, "--log": log, "--dropped": dropped}
    check_outputs({name: path for name, path in outputs.items() if path is not None})
    if undo is not None and (recipe, log, dropped) != (None, None, None):
        raise ParameterError("cli.undo_alone")
    given = [path for path in outputs.values() if path is not None]
    corpus = read_source(source, given, text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        if undo is not None:
            restore(corpus, output, undo, listener)
        else:
            wanted = Wanted(log, dropped, show, survey=not quiet)
            outcome = clean(corpus, output, recipe=recipe, wanted=wanted, n_jobs=workers, progress=listener)
    if undo is not None:
        if not quiet:
            shell.say("restored", path=output, n=len(corpus))
        return
    show_changes(shell, outcome.examples)
    if not quiet:
        _summarise(shell, output, outcome)


def clean(
    corpus: Corpus,
    output: Path,
    *,
    recipe: Path | None = None,
    wanted: Wanted | None = None,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Clean the texts of a corpus and write it again; the other columns stay as they are.

    Parameters
    ----------
    corpus : Corpus
        Read block by block; more than once where the recipe has a step that learns, or drop rules.
    output : Path
        The file; its suffix chooses the format.
    recipe : Path, optional
        Its ``[clean]`` table names the steps and the drop rules.
    wanted : Wanted, optional
        What to write and count beside that; nothing by default.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    Outcome
        What was changed and left out.
    """
    from malgil.clean import Cleaner
    from malgil.corpus import Corpus, write
    from malgil.engine import Silent
    from malgil.workspace import Recipe

    listener = progress or Silent()
    cleaner = Cleaner((Recipe() if recipe is None else Recipe.load(recipe)).clean.recipe)
    cleaner.fit(corpus, n_jobs=n_jobs)
    dropped = cleaner.dropped(corpus, n_jobs) if cleaner.drops else None
    n_docs = len(corpus) if dropped is None else len(dropped.kept)
    outcome = Outcome(n_docs=n_docs, dropped={} if dropped is None else dropped.counts)
    if dropped is not None and wanted is not None and wanted.dropped is not None:
        write(_left_out(corpus, dropped), wanted.dropped)
    listener.start("clean", len(corpus))
    run = _Run(corpus, cleaner, dropped, outcome, wanted or Wanted())
    write(Corpus(lambda: run.blocks(n_jobs, listener), corpus.schema, n_docs, corpus.facts), output)
    listener.done()
    return outcome


def restore(corpus: Corpus, output: Path, log: Path, progress: Progress | None = None) -> None:
    """Put back what cleaning took out of the texts, and write the corpus again.

    Parameters
    ----------
    corpus : Corpus
        As `clean` wrote it.
    output : Path
        The file; its suffix chooses the format.
    log : Path
        The log of edits that was written with it.
    progress : engine.Progress, optional
        Told of every block, in documents.
    """
    from malgil.clean.log_file import undo_blocks
    from malgil.corpus import Corpus, write
    from malgil.engine import Silent

    listener = progress or Silent()

    def blocks() -> Iterator[pa.RecordBatch]:
        for block, texts in zip(corpus.blocks(), undo_blocks(corpus.texts(), log), strict=True):
            yield _with_texts(block, texts)
            listener.advance(block.num_rows)

    listener.start("clean", len(corpus))
    write(Corpus(blocks, corpus.schema, len(corpus), corpus.facts), output)
    listener.done()


class _Run:
    """One pass over a corpus that is cleaned, counted and logged."""

    def __init__(
        self, corpus: Corpus, cleaner: Cleaner, dropped: Dropped | None, outcome: Outcome, wanted: Wanted
    ) -> None:
        self._corpus, self._cleaner, self._dropped = corpus, cleaner, dropped
        self._outcome, self._wanted = outcome, wanted

    def blocks(self, n_jobs: int | None, progress: Progress) -> Iterator[pa.RecordBatch]:
        from malgil.clean.log_file import LogFile
        from malgil.engine import map_blocks

        file = None if self._wanted.log is None else LogFile(self._wanted.log, self._outcome.n_docs)
        try:
            for block in map_blocks(self._work, _kept_blocks(self._corpus, self._dropped), n_jobs):
                self._take(block)
                if file is not None:
                    file.add(block.cleaned.texts, block.log, block.rows.column("id"))
                yield _with_texts(block.rows, block.cleaned.texts)
                progress.advance(block.rows.num_rows)
            if file is not None:
                file.commit()
        finally:
            if file is not None:
                file.discard()

    def _work(self, rows: pa.RecordBatch) -> _Block:
        from malgil.clean import log_edits, survey

        raw = rows.column("text")
        cleaned = self._cleaner.clean_block(raw)
        would = survey(cleaned.texts, skip=cleaned.counts) if self._wanted.survey else {}
        return _Block(rows, cleaned, log_edits(raw, cleaned), would)

    def _take(self, block: _Block) -> None:
        from malgil.cli.changes import changes_of

        outcome = self._outcome
        outcome.by_step.update(block.cleaned.counts)
        outcome.found.update(block.cleaned.found)
        outcome.would.update(block.would)
        outcome.n_changed += len(block.cleaned.changed)
        n_more = self._wanted.n_examples - len(outcome.examples)
        if n_more > 0:
            outcome.examples += changes_of(block.cleaned, block.log, block.rows.column("id"), n_more)


def _kept_blocks(corpus: Corpus, dropped: Dropped | None) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    first = 0
    for block in corpus.blocks():
        n_rows = block.num_rows
        yield block if dropped is None else block.filter(pa.array(dropped.is_kept[first : first + n_rows]))
        first += n_rows


def _left_out(corpus: Corpus, dropped: Dropped) -> Corpus:
    """List the documents that were left out, with the reason and the id of the one that stays in their place."""
    import numpy as np
    import pyarrow as pa

    from malgil.clean import REASONS
    from malgil.corpus import Corpus

    names = [_free_name(name, corpus.schema.names) for name in ("reason", "same_as")]
    schema = corpus.schema
    for name in names:
        schema = schema.append(pa.field(name, pa.large_string()))
    ids = pa.chunked_array([block.column("id") for block in corpus.blocks()], pa.large_string())

    def blocks() -> Iterator[pa.RecordBatch]:
        first = 0
        for block in corpus.blocks():
            part = slice(first, first + block.num_rows)
            rows = np.flatnonzero(~dropped.is_kept[part])
            twins = dropped.twin[part][rows]
            reasons = pa.array([REASONS[i] for i in dropped.reason[part][rows]], pa.large_string())
            same = ids.take(pa.array(twins, mask=twins < 0)).combine_chunks()
            yield pa.RecordBatch.from_arrays([*block.take(pa.array(rows)).columns, reasons, same], schema=schema)
            first += block.num_rows

    return Corpus(blocks, schema, int((~dropped.is_kept).sum()), corpus.facts)


def _free_name(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "_2"
    return name


def _with_texts(block: pa.RecordBatch, texts: pa.LargeStringArray) -> pa.RecordBatch:
    place = block.schema.get_field_index("text")
    return block.set_column(place, block.schema.field(place), texts)


def check_outputs(outputs: dict[str, Path]) -> None:
    """Make sure that no two options name the same file.

    Parameters
    ----------
    outputs : dict
        Option -> file.

    Raises
    ------
    ParameterError
        If two do.
    """
    from malgil.errors import ParameterError

    seen: dict[Path, str] = {}
    for option, path in outputs.items():
        if path.resolve() in seen:
            raise ParameterError("cli.same_file", path=path, first=seen[path.resolve()], second=option)
        seen[path.resolve()] = option


def _summarise(shell: Shell, output: Path, outcome: Outcome) -> None:
    def listed(counts: dict[str, int]) -> str:
        return ", ".join(f"{name} {n:,}" for name, n in counts.items() if n)

    steps = listed(outcome.by_step)
    shell.say("cleaned", path=output, n=outcome.n_docs, changed=outcome.n_changed, steps=f"; {steps}" if steps else "")
    if outcome.found:
        shell.say("clean_found", found=listed(outcome.found))
    if outcome.dropped:
        shell.say("clean_left_out", n=sum(outcome.dropped.values()), reasons=listed(outcome.dropped))
    if outcome.would:
        shell.say("clean_would", steps=listed(dict(outcome.would.most_common())))
