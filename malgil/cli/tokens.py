"""``malgil tokens``: a corpus split into tokens."""

from __future__ import annotations

from collections import deque
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
    TokenizerOption,
    WorkersOption,
)
from malgil.cli.shell import Shell, plain

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.corpus import Corpus
    from malgil.engine import Progress
    from malgil.tokens import Tokens

_FLAT = (".txt", ".csv", ".tsv")  # formats without lists


class Outcome(NamedTuple):
    """What was split.

    Parameters
    ----------
    n_docs : int
        Texts.
    n_tokens : int
        Tokens.
    n_forms : int
        Different tokens.
    examples : list
        Tokens of the first texts.
    """

    n_docs: int
    n_tokens: int
    n_forms: int
    examples: list[list[str]]


def tokens_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: OutputOption,
    tokenizer: TokenizerOption = None,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 0,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Split a corpus, and show the first texts' tokens."""
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    corpus = read_source(source, [output], text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        outcome = tokens(corpus, output, tokenizer=tokenizer, n_examples=show, n_jobs=workers, progress=listener)
    for example in outcome.examples:
        shell.line(plain(" | ".join(example)))
    if not quiet:
        n_docs, n_tokens, n_forms, _ = outcome
        shell.say("tokenised", path=output, n_docs=n_docs, n_tokens=n_tokens, n_terms=n_forms)


def tokens(
    corpus: Corpus,
    output: Path,
    *,
    tokenizer: str | None = None,
    n_examples: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Split the texts of a corpus and write the tokens.

    Formats with lists get a column ``tokens`` behind the text; in the others the tokens, with blanks between them,
    stand in place of the text.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    output : Path
        The file; its suffix chooses the format.
    tokenizer : str, optional
        Name of a tokeniser; by default the one that a build would choose.
    n_examples : int
        How many texts' tokens to give back.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    Outcome
        Numbers and examples.
    """
    from malgil.corpus import Corpus, write
    from malgil.engine import Silent
    from malgil.tokenizers import tokenizer as make
    from malgil.tokenizers.choice import choose_tokenizer

    listener = progress or Silent()
    splitter = make(tokenizer or choose_tokenizer(corpus.texts()))
    with_lists = not any(suffix in _FLAT for suffix in output.suffixes)
    waiting: deque[pa.RecordBatch] = deque()
    forms: set[str] = set()
    examples: list[list[str]] = []
    n_tokens = 0

    def texts() -> Iterator[pa.LargeStringArray]:
        for block in corpus.blocks():
            waiting.append(block)
            yield block.column("text")

    def blocks() -> Iterator[pa.RecordBatch]:
        nonlocal n_tokens
        for part in splitter.tokenize_blocks(texts(), n_jobs):
            lists = _lists(part)
            n_tokens += part.n_tokens
            forms.update(part.forms.to_pylist())
            examples.extend(lists[: n_examples - len(examples)].to_pylist() if len(examples) < n_examples else ())
            listener.advance(part.n_docs)
            yield _with_tokens(waiting.popleft(), lists, with_lists)

    listener.start("tokens", len(corpus))
    write(Corpus(blocks, _schema(corpus.schema, with_lists), len(corpus), corpus.facts), output)
    listener.done()
    return Outcome(len(corpus), n_tokens, len(forms), examples)


def _lists(part: Tokens) -> pa.LargeListArray:
    """Forms of each document."""
    import pyarrow as pa

    return pa.LargeListArray.from_arrays(pa.array(part.indptr), part.forms.take(pa.array(part.ids)))


def _with_tokens(block: pa.RecordBatch, lists: pa.LargeListArray, with_lists: bool) -> pa.RecordBatch:
    """Put the tokens behind the text of a block, or in its place."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = block.schema.get_field_index("text")
    columns = list(block.columns)
    if with_lists:
        columns.insert(place + 1, lists)
    else:
        columns[place] = pc.binary_join(lists, pa.scalar(" ", pa.large_string()))
    return pa.RecordBatch.from_arrays(columns, schema=_schema(block.schema, with_lists))


def _schema(schema: pa.Schema, with_lists: bool) -> pa.Schema:
    import pyarrow as pa

    if not with_lists:
        return schema
    name = "tokens_2" if "tokens" in schema.names else "tokens"
    return schema.insert(schema.get_field_index("text") + 1, pa.field(name, pa.large_list(pa.large_string())))
