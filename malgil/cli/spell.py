"""``malgil spell``: a corpus with corrected spelling, or suggestions for one word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    JsonOption,
    LangOption,
    QuietOption,
    RejectsOption,
    ShowOption,
    TextOption,
    WorkersOption,
)
from malgil.cli.shell import Shell, plain, readable
from malgil.errors import ParameterError

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.clean.corrections import Correction, Suggestion
    from malgil.clean.spelling import Speller
    from malgil.corpus import Corpus
    from malgil.engine import Progress

_AROUND = 15


class Outcome(NamedTuple):
    """What correction did to a corpus.

    Parameters
    ----------
    n_docs, n_changed, n_corrections : int
        Texts, texts that were changed, and corrections in them.
    examples : list
        Texts with a correction each.
    """

    n_docs: int
    n_changed: int
    n_corrections: int
    examples: list[tuple[str, Correction]]


def spell_cli(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Argument(metavar="INPUT", help="spell_input", show_default=False)] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="spell_output", show_default=False)] = None,
    word: Annotated[str | None, typer.Option("--word", "-w", help="spell_word", show_default=False)] = None,
    k: Annotated[int, typer.Option("--k", "-k", help="suggest_k")] = 5,
    language: Annotated[str, typer.Option("--language", help="spell_language")] = "ko",
    kiwi: Annotated[bool, typer.Option("--kiwi", help="spell_kiwi")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="option_explain")] = False,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 0,
    workers: WorkersOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Correct a corpus, or suggest words for one."""
    from malgil.clean.spelling import Speller
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    speller = Speller(language, kiwi=kiwi)
    if (word is None) == (source is None) or (source is not None and output is None):
        raise ParameterError("cli.spell_one_thing")
    if word is not None:
        _show_suggestions(shell, speller.suggest(readable(word), k), is_json=json, is_explained=explain)
        return
    assert source is not None and output is not None
    corpus = read_source(source, [output], text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        outcome = spell(corpus, output, speller, n_examples=show, n_jobs=workers, progress=listener)
    for raw, correction in outcome.examples:
        _show_correction(shell, raw, correction, is_explained=explain)
    if not quiet:
        shell.say("spelled", path=output, n=outcome.n_docs, changed=outcome.n_changed, made=outcome.n_corrections)


def spell(
    corpus: Corpus,
    output: Path,
    speller: Speller,
    *,
    n_examples: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Correct the texts of a corpus and write it again; the other columns stay as they are.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    output : Path
        The file; its suffix chooses the format.
    speller : Speller
        What corrects.
    n_examples : int
        How many corrections to keep, with their texts.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    Outcome
        What was changed.
    """
    from malgil.clean.corrections import corrected
    from malgil.corpus import Corpus, write
    from malgil.engine import Silent
    from malgil.strings import string_array

    listener = progress or Silent()
    n_changed = n_corrections = 0
    examples: list[tuple[str, Correction]] = []

    def blocks() -> Iterator[pa.RecordBatch]:
        nonlocal n_changed, n_corrections
        for block in corpus.blocks():
            raw = block.column("text").to_pylist()
            found = speller.check(raw, n_jobs)
            n_changed += sum(map(bool, found))
            n_corrections += sum(map(len, found))
            pairs = [(text, row) for text, rows in zip(raw, found, strict=True) for row in rows]
            examples.extend(pairs[: max(0, n_examples - len(examples))])
            texts = [corrected(text, rows) if rows else text for text, rows in zip(raw, found, strict=True)]
            place = block.schema.get_field_index("text")
            yield block.set_column(place, block.schema.field(place), string_array(texts))
            listener.advance(block.num_rows)

    listener.start("spell", len(corpus))
    write(Corpus(blocks, corpus.schema, len(corpus), corpus.facts), output)
    listener.done()
    return Outcome(len(corpus), n_changed, n_corrections, examples)


def _show_suggestions(shell: Shell, found: list[Suggestion], *, is_json: bool, is_explained: bool) -> None:
    if is_json:
        rows: list[dict[str, Any]] = [{"word": row.word, "score": row.score} for row in found]
        if is_explained:
            rows = [row | {"reason": each.reason.to_dict()} for row, each in zip(rows, found, strict=True)]
        shell.json(rows)
    elif not found:
        shell.say("nothing_spelled")
    else:
        for row in found:
            slips = ", ".join(term.label for term in row.reason.terms if term.label.startswith("slip "))
            shell.line(row.reason.to_text() if is_explained else f"{plain(row.word)}\t{row.score:.1f}\t{slips}")


def _show_correction(shell: Shell, raw: str, row: Correction, *, is_explained: bool) -> None:
    left, right = raw[max(0, row.start - _AROUND) : row.start], raw[row.end : row.end + _AROUND]
    reason = row.reason.source or row.reason.formula
    shell.line(plain(f"{left}[{row.before} > {row.after}]{right}") + f"\t{reason}")
    if is_explained:
        shell.line(row.reason.to_text())
