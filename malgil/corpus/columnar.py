"""Parquet files and Arrow IPC files and streams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from malgil.corpus.blocks import BLOCK_ROWS
from malgil.corpus.files import InputFile, reading
from malgil.corpus.pieces import Piece, numbered
from malgil.corpus.schemas import check_utf8, is_string


def read_columnar(file: InputFile) -> Iterator[Piece]:
    """Read a file that carries its own column types.

    Parameters
    ----------
    file : InputFile
        Its format is ``parquet`` or ``arrow``.

    Yields
    ------
    Piece
        The next rows; a file without rows gives one empty piece.

    Raises
    ------
    DataError
        If the file is damaged, or a string in it is not UTF-8.
    """
    with file.unpacked_path() as path, reading(file.shown):
        batches = _parquet(path) if file.format == "parquet" else _arrow(path)
        first = 1
        for batch in batches:
            piece = numbered(batch, first, file.shown)
            check_strings(piece)
            yield piece
            first += batch.num_rows


def check_strings(piece: Piece) -> None:
    """Make sure that all string columns of a piece are UTF-8.

    Parameters
    ----------
    piece : Piece
        Rows from a source that was not decoded by us.

    Raises
    ------
    DataError
        If a value is not: with its row.
    """
    for column in piece.batch.columns:
        if is_string(column.type):
            check_utf8(column, piece)


def _parquet(path: Path) -> Iterator[pa.RecordBatch]:
    from pyarrow import parquet

    # opened here, because Arrow cannot open a name that is not UTF-8
    with path.open("rb") as raw, parquet.ParquetFile(raw, pre_buffer=False) as file:
        yield _empty(file.schema_arrow)
        yield from file.iter_batches(batch_size=BLOCK_ROWS)


def _arrow(path: Path) -> Iterator[pa.RecordBatch]:
    with path.open("rb") as raw, pa.PythonFile(raw, "r") as source:  # not mapped: the file may change underneath
        if source.read(6) == b"ARROW1":
            file = pa.ipc.open_file(source)
            yield _empty(file.schema)
            for index in range(file.num_record_batches):
                yield file.get_batch(index)
        else:
            source.seek(0)
            stream = pa.ipc.open_stream(source)
            yield _empty(stream.schema)
            yield from stream


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
