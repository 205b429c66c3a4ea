"""``malgil sentences``: a corpus split into sentences, one a row."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LangOption,
    OutputOption,
    QuietOption,
    RejectsOption,
    TextOption,
    WorkersOption,
)
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.corpus import Corpus
    from malgil.engine import Progress
    from malgil.tokenizers.sentences import Spans


def sentences_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: OutputOption,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Split a corpus into sentences, one a row."""
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    corpus = read_source(source, [output], text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        n_sentences = sentences(corpus, output, n_jobs=workers, progress=listener)
    if not quiet:
        shell.say("split", path=output, n_docs=len(corpus), n_sentences=n_sentences)


def sentences(corpus: Corpus, output: Path, *, n_jobs: int | None = None, progress: Progress | None = None) -> int:
    """Split the texts of a corpus and write one sentence a row: id of its text, text, start and end.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    output : Path
        The file; its suffix chooses the format.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    int
        Number of sentences.
    """
    import pyarrow as pa

    from malgil.corpus import Corpus, write
    from malgil.engine import Silent
    from malgil.tokenizers.sentences import sentence_spans

    listener = progress or Silent()
    waiting: deque[pa.RecordBatch] = deque()
    n_sentences = 0
    fields = [pa.field("text", pa.large_string()), pa.field("start", pa.int32()), pa.field("end", pa.int32())]
    if "id" in corpus.schema.names:
        fields.insert(0, corpus.schema.field("id"))
    schema = pa.schema(fields)

    def texts() -> Iterator[pa.LargeStringArray]:
        for block in corpus.blocks():
            waiting.append(block)
            yield block.column("text")

    def blocks() -> Iterator[pa.RecordBatch]:
        nonlocal n_sentences
        for spans in sentence_spans(texts(), n_jobs=n_jobs):
            block = waiting.popleft()
            n_sentences += len(spans.rows)
            listener.advance(block.num_rows)
            yield _rows(block, spans, schema)

    listener.start("sentences", len(corpus))
    # Rows are counted while they are written; the number only has to be there.
    write(Corpus(blocks, schema, len(corpus), corpus.facts), output)
    listener.done()
    return n_sentences


def _rows(block: pa.RecordBatch, spans: Spans, schema: pa.Schema) -> pa.RecordBatch:
    """Make one row a sentence of a block."""
    import pyarrow as pa

    whole = block.column("text").to_pylist()
    cuts = zip(spans.rows.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True)
    columns = [
        pa.array([whole[row][start:end] for row, start, end in cuts], pa.large_string()),
        pa.array(spans.start),
        pa.array(spans.end),
    ]
    if len(schema) > len(columns):
        columns.insert(0, block.column("id").take(pa.array(spans.rows)))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
