"""Writing a corpus or table to a file, in the formats that can be read; the file appears whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from malgil.corpus.blocks import BLOCK_ROWS
from malgil.corpus.corpus import Corpus
from malgil.corpus.files import format_of, suffixes
from malgil.corpus.schemas import TEXT, as_json, cast, plain_type
from malgil.errors import DataError
from malgil.files import sync, sync_folder, writing


class _BatchWriter(Protocol):
    def write(self, batch: pa.RecordBatch) -> object: ...


def write(corpus: Corpus | pa.Table, path: str | Path) -> None:
    """Write documents to a file.

    The file is written aside, brought to the disk and then given its name, so that a reader, or a failure in the
    middle, finds the old file or the new one. The same documents give the same bytes.

    Parameters
    ----------
    corpus : Corpus or Table
        What to write; of a Corpus, block by block.
    path : str or Path
        The format is that of the suffix: ``.csv`` (quoted where needed), ``.tsv`` (no quotes), ``.jsonl .ndjson
        .parquet .arrow`` with all columns; ``.txt``, a document a line, with the column ``text`` alone. Each also
        ``.gz`` or ``.zst``. Nested columns become JSON in ``.csv`` and ``.tsv``.

    Raises
    ------
    DataError
        If the suffix is not known, or a value holds a line end (``.txt``, ``.tsv``) or a tab (``.tsv``).
    StorageError
        If the file cannot be written.
    """
    path = Path(path)
    known = format_of(path.name)
    if known is None:
        raise DataError("corpus.unknown_suffix", path=path, suffixes=suffixes())
    format, packing = known
    blocks = corpus.blocks() if isinstance(corpus, Corpus) else iter(corpus.to_batches(max_chunksize=BLOCK_ROWS))
    with _aside(path) as raw, _packed(raw, packing) as file, _WRITERS[format](file, corpus.schema, path) as writer:
        for block in blocks:
            writer.write(block)


@contextlib.contextmanager
def _aside(path: Path) -> Iterator[IO[bytes]]:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with writing(path):
        try:
            with aside.open("wb") as file:
                yield file
                sync(file)
            aside.replace(path)
            sync_folder(path.parent)
        finally:
            aside.unlink(missing_ok=True)


@contextlib.contextmanager
def _packed(file: IO[bytes], packing: str | None) -> Iterator[IO[bytes]]:
    if packing is None:
        yield file
    elif packing == "gzip":
        # neither name nor time go into the file: the same documents give the same bytes
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield packed  # type: ignore[misc]
    else:
        with pa.CompressedOutputStream(pa.PythonFile(_Unclosed(file), "w"), "zstd") as packed:
            yield packed


class _Unclosed:
    """A file that Arrow may not close, because it is still to be synced."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        pass


@contextlib.contextmanager
def _parquet(file: IO[bytes], schema: pa.Schema, path: Path) -> Iterator[_BatchWriter]:
    from pyarrow import parquet

    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        yield _Calling(writer.write_batch)


@contextlib.contextmanager
def _arrow(file: IO[bytes], schema: pa.Schema, path: Path) -> Iterator[_BatchWriter]:
    with pa.ipc.new_file(file, schema) as writer:
        yield _Calling(writer.write_batch)


@contextlib.contextmanager
def _csv(file: IO[bytes], schema: pa.Schema, path: Path) -> Iterator[_BatchWriter]:
    from pyarrow import csv

    flat = pa.schema([pa.field(field.name, _flat_type(field.type)) for field in schema])
    with csv.CSVWriter(file, flat, write_options=csv.WriteOptions(quoting_style="needed")) as writer:
        yield _Calling(lambda block: writer.write_batch(_flat(block)))


@contextlib.contextmanager
def _tsv(file: IO[bytes], schema: pa.Schema, path: Path) -> Iterator[_BatchWriter]:
    file.write(("\t".join(schema.names) + "\n").encode())
    yield _Lines(file, path, lambda block: [cast(column, TEXT) for column in _flat(block).columns], r"[\t\r\n]")


@contextlib.contextmanager
def _txt(file: IO[bytes], schema: pa.Schema, path: Path) -> Iterator[_BatchWriter]:
    yield _Lines(file, path, lambda block: [cast(block.column("text"), TEXT)], r"\n|\r$")


@contextlib.contextmanager
def _jsonl(file: IO[bytes], schema: pa.Schema, path: Path) -> Iterator[_BatchWriter]:
    yield _Calling(lambda block: _write_json(file, block))


_WRITERS: dict[str, Callable[[IO[bytes], pa.Schema, Path], contextlib.AbstractContextManager[_BatchWriter]]] = {
    "parquet": _parquet,
    "arrow": _arrow,
    "csv": _csv,
    "tsv": _tsv,
    "txt": _txt,
    "jsonl": _jsonl,
}


class _Calling:
    """A writer that is one function."""

    def __init__(self, function: Callable[[pa.RecordBatch], object]) -> None:
        self._function = function

    def write(self, batch: pa.RecordBatch) -> None:
        self._function(batch)


class _Lines:
    """A writer of lines whose cells stand as they are; what a line cannot hold is refused."""

    def __init__(
        self, file: IO[bytes], path: Path, cells: Callable[[pa.RecordBatch], list[pa.Array]], refused: str
    ) -> None:
        self._file = file
        self._path = path
        self._cells = cells
        self._refused = refused
        self._n_rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [column.fill_null("") for column in self._cells(batch)]
        names = batch.schema.names if len(columns) > 1 else ["text"]
        for name, column in zip(names, columns, strict=False):
            bad = pc.index(pc.match_substring_regex(column, self._refused), True).as_py()
            if bad >= 0:
                row = self._n_rows + bad + 1
                raise DataError("corpus.unwritable_text", path=self._path, row=row, column=name)
        self._n_rows += batch.num_rows
        lines = pc.binary_join_element_wise(*columns, pa.scalar("\t", TEXT)) if len(columns) > 1 else columns[0]
        self._file.write(("\n".join(lines.to_pylist()) + "\n").encode() if batch.num_rows else b"")


def _flat_type(kind: pa.DataType) -> pa.DataType:
    kind = plain_type(kind)
    return TEXT if pa.types.is_nested(kind) else kind


def _flat(block: pa.RecordBatch) -> pa.RecordBatch:
    columns = [cast(column, _flat_type(column.type)) for column in block.columns]
    return pa.RecordBatch.from_arrays(columns, block.schema.names)


def _write_json(file: IO[bytes], block: pa.RecordBatch) -> None:
    for row in block.to_pylist():
        file.write((as_json(row) + "\n").encode())
