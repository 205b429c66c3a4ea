"""A segment: some documents of an index, with everything that is known of them. It never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import ArtefactError, DataError
from malgil.search.field_index import FieldIndex
from malgil.search.identifiers import Identifiers
from malgil.search.stored import StoredStrings
from malgil.store import Artefact, Writer, open_artefact

KIND = "segment"
_METADATA = "metadata.arrow"
_MERGED_BYTES = 1 << 21  # of strings that are compressed at once
_ROWS = 1 << 16  # of metadata that are compressed together

Mask = NDArray[np.bool_]


class Segment(NamedTuple):
    """Documents that came together, or were merged.

    Parameters
    ----------
    numbers : ndarray of int64, shape (n_docs,)
        Permanent numbers of the documents, rising.
    ids : Identifiers
        The user's ids.
    texts : StoredStrings
        Raw texts.
    table : Metadata
        The other columns.
    fields : dict
        Name -> `FieldIndex`.
    name : str
        Its folder; empty in memory.
    digest : str
        Hash of the folder's manifest; empty in memory.
    """

    numbers: NDArray[np.int64]
    ids: Identifiers
    texts: StoredStrings
    table: Metadata
    fields: dict[str, FieldIndex]
    name: str = ""
    digest: str = ""

    @property
    def n_docs(self) -> int:
        """Documents, deleted ones included."""
        return len(self.numbers)

    def save(self, path: Path) -> str:
        """Write the segment as an artefact.

        Parameters
        ----------
        path : Path
            Its folder.

        Returns
        -------
        str
            Hash of its manifest.
        """
        first = int(self.numbers[0]) if self.n_docs else 0
        is_range = bool((np.diff(self.numbers) == 1).all())
        with Writer(path, KIND) as writer:
            writer.meta = {"n_docs": self.n_docs, "first": first if is_range else None, "fields": list(self.fields)}
            if not is_range:
                writer.array("numbers", self.numbers)
            _write(writer, "ids", self.ids.arrays())
            _write(writer, "texts", self.texts.arrays())
            for place, field in enumerate(self.fields.values()):
                _write(writer, f"field{place}", field.arrays())
            if self.table.schema.names:
                writer.file(_METADATA, self.table.write)
        return open_artefact(path, KIND, verify=False).digest

    @classmethod
    def open(cls, path: Path, *, verify: bool | None = None) -> Segment:
        """Open a segment that was written; everything is mapped, so that its files may be removed meanwhile.

        Parameters
        ----------
        path : Path
            Its folder.
        verify : bool, optional
            As in `malgil.store.open_artefact`.

        Returns
        -------
        Segment
            On memory maps.

        Raises
        ------
        ArtefactError
            If it is missing or damaged.
        """
        artefact = open_artefact(path, KIND, verify=verify)
        try:
            n_docs, first = int(artefact.meta["n_docs"]), artefact.meta["first"]
            numbers = (
                np.asarray(artefact["numbers"]) if first is None else np.arange(first, first + n_docs, dtype=np.int64)
            )
            names = list(artefact.meta["fields"])
            segment = cls(
                numbers,
                Identifiers.from_arrays(numbers, _read(artefact, "ids")),
                StoredStrings.from_arrays(_read(artefact, "texts")),
                Metadata.open(artefact, n_docs),
                {name: FieldIndex.from_arrays(_read(artefact, f"field{i}")) for i, name in enumerate(names)},
                path.name,
                artefact.digest,
            )
            segment._check(n_docs)
        except (DataError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
            if isinstance(error, ArtefactError):
                raise
            raise ArtefactError("search_index.damaged", path=path, reason=error) from error
        return segment

    def _check(self, n_docs: int) -> None:
        lengths = [len(self.numbers), len(self.texts), *(field.n_docs for field in self.fields.values())]
        is_rising = self.numbers.dtype == np.int64 and bool((np.diff(self.numbers) > 0).all())
        if lengths != [n_docs] * len(lengths) or not is_rising or (n_docs and self.numbers[0] < 0):
            raise DataError("search_index.damaged_lengths")


class Metadata:
    """The columns of a segment other than id and text; read when they are first asked for.

    Parameters
    ----------
    table : Table or ndarray of uint8
        The columns, or an Arrow file that holds them.
    n_docs : int
        Rows that there must be.
    """

    def __init__(self, table: pa.Table | NDArray[np.uint8], n_docs: int) -> None:
        self._source = table
        self._n_docs = n_docs
        self._read: dict[str, pa.ChunkedArray] = {}

    @classmethod
    def open(cls, artefact: Artefact, n_docs: int) -> Metadata:
        """Map the columns of a segment.

        Parameters
        ----------
        artefact : Artefact
            Of the segment.
        n_docs : int
            Rows that there must be.

        Returns
        -------
        Metadata
            Nothing is read yet.
        """
        if _METADATA not in artefact:
            return cls(pa.table({}), n_docs)
        return cls(np.memmap(artefact.path_of(_METADATA), np.uint8, "r"), n_docs)

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types of the columns."""
        return self._source.schema if isinstance(self._source, pa.Table) else self._file().schema

    def row(self, local: int) -> dict[str, Any]:
        """Give what is known of one document.

        Parameters
        ----------
        local : int
            Its place in the segment.

        Returns
        -------
        dict
            Column -> value.
        """
        return {name: self._column(name)[local].as_py() for name in self.schema.names}

    def matching(self, schema: pa.Schema) -> pa.Table:
        """Give the columns of a schema, nulls where this segment has none.

        Parameters
        ----------
        schema : Schema
            Of the index.

        Returns
        -------
        Table
            With one row a document.
        """
        columns = [
            self._column(name) if name in self.schema.names else pa.chunked_array([pa.nulls(self._n_docs, kind)])
            for name, kind in zip(schema.names, schema.types, strict=True)
        ]
        return pa.Table.from_arrays(columns, schema=schema)

    def write(self, file: IO[bytes]) -> None:
        """Write the columns as an Arrow file.

        Parameters
        ----------
        file : binary file
            Where to.
        """
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(file, self.schema, options=options) as writer:
            writer.write_table(self.matching(self.schema), max_chunksize=_ROWS)

    def _column(self, name: str) -> pa.ChunkedArray:
        column = self._read.get(name)
        if column is None:
            column = self._read[name] = self._open(name)
        return column

    def _open(self, name: str) -> pa.ChunkedArray:
        if isinstance(self._source, pa.Table):
            return self._source.column(name)
        options = pa.ipc.IpcReadOptions(included_fields=[self.schema.names.index(name)])
        column = self._file(options).read_all().column(0)
        column.validate(full=True)
        if len(column) != self._n_docs:
            raise DataError("search_index.damaged_lengths")
        return column

    def _file(self, options: Any = None) -> Any:
        return pa.ipc.open_file(pa.BufferReader(pa.py_buffer(self._source)), options=options)


def merge(segments: Sequence[Segment], keep: Sequence[Mask | None], schema: pa.Schema) -> Segment:
    """Make one segment of several.

    Parameters
    ----------
    segments : sequence of Segment
        Neighbours, in order.
    keep : sequence of (ndarray of bool or None)
        The documents of each that go on; ``None`` for all.
    schema : Schema
        Of the index's metadata.

    Returns
    -------
    Segment
        In memory.
    """
    pairs = list(zip(segments, keep, strict=True))
    numbers = np.concatenate([_kept(segment.numbers, mask) for segment, mask in pairs])
    table = pa.concat_tables([_kept_rows(segment.table.matching(schema), mask) for segment, mask in pairs])
    return Segment(
        numbers,
        Identifiers.build(numbers, _strings((segment.ids, mask) for segment, mask in pairs)),
        StoredStrings.build(_strings((segment.texts, mask) for segment, mask in pairs)),
        Metadata(table.combine_chunks(), len(numbers)),
        {
            name: FieldIndex.merge([segment.fields[name] for segment in segments], list(keep))
            for name in segments[0].fields
        },
    )


def _kept(array: NDArray[Any], mask: Mask | None) -> NDArray[Any]:
    return array if mask is None else array[mask]


def _kept_rows(table: pa.Table, mask: Mask | None) -> pa.Table:
    return table if mask is None or not table.num_columns else table.filter(pa.array(mask))


def _strings(parts: Any) -> Iterator[pa.LargeStringArray]:
    """Pass over the strings that are kept, in blocks that are worth compressing."""
    waiting: list[pa.LargeStringArray] = []
    n_bytes = 0
    for strings, mask in parts:
        first = 0
        for block in strings.blocks():
            here = block if mask is None else block.filter(pa.array(mask[first : first + len(block)]))
            first += len(block)
            waiting.append(here)
            n_bytes += here.nbytes
            if n_bytes >= _MERGED_BYTES:
                yield pa.concat_arrays(waiting)
                waiting, n_bytes = [], 0
    if waiting:
        yield pa.concat_arrays(waiting)


def _write(writer: Writer, prefix: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    for name, array in arrays.items():
        writer.array(f"{prefix}.{name}", array)


def _read(artefact: Artefact, prefix: str) -> dict[str, NDArray[Any]]:
    begin = prefix + "."
    # asarray: slices of a plain array are made several times as fast as those of a memory map
    return {name.removeprefix(begin): np.asarray(artefact[name]) for name in artefact.parts if name.startswith(begin)}
