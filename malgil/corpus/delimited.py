"""Comma- and tab-separated files, every column as text.

CSV follows RFC 4180: a field may stand in double quotes, and then hold delimiters, line ends and doubled quotes. TSV is
read with quoting off: a quote is data, and no field holds a tab or a line end. Nothing is guessed about types, so
leading zeros stay. Empty lines are skipped, except in a file of one column, where each is an empty value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from malgil.corpus.pieces import Piece
from malgil.corpus.quotes import Scan, record_starts, scan
from malgil.corpus.rejects import Rejects
from malgil.corpus.schemas import TEXT
from malgil.errors import DataError

MAX_RECORD = 64 << 20  # a quote that is open for longer than this is a fault


class Layout(NamedTuple):
    """How a file is cut into fields.

    Parameters
    ----------
    names : list of str
        Of the columns, all different.
    delimiter : bytes
        One byte.
    has_quotes : bool
        Quotes have a meaning.
    """

    names: list[str]
    delimiter: bytes
    has_quotes: bool


class Part(NamedTuple):
    """Whole records of one file.

    Parameters
    ----------
    data : bytes
        The records.
    starts : ndarray of int64
        Positions in `data` of those that count.
    row, line : int
        Numbers of the first record and of its line; rows from 1 without the header, lines from 1 with it.
    """

    data: bytes
    starts: NDArray[np.int64]
    row: int
    line: int


class Bad(NamedTuple):
    """A record that does not fit.

    Parameters
    ----------
    position : int
        Its place, from 0, among the records that count.
    n_fields : int
        How many fields it has.
    raw : str
        The record as it stands in the file.
    """

    position: int
    n_fields: int
    raw: str


def read_delimited(lines: Iterable[bytes], is_csv: bool, place: str, rejects: Rejects) -> Iterator[Piece]:
    """Read a file with a header line.

    Parameters
    ----------
    lines : iterable of bytes
        Whole lines in UTF-8.
    is_csv : bool
        Commas (or, where the header has none, semicolons or tabs) and quotes; else tabs without quotes.
    place : str
        What to call the file.
    rejects : Rejects
        Receives records with too few or too many fields, and those where a quote is left open.

    Yields
    ------
    Piece
        The next records, large_string columns, at least one piece. Nothing for an empty file.

    Raises
    ------
    DataError
        At a record that does not fit, where nothing receives it.
    """
    stream = iter(lines)
    block, line = b"", 1
    while not block and (more := next(stream, b"")):
        block = more.lstrip(b"\r\n")
        line += more.count(b"\n") - block.count(b"\n")
    if not block:
        return
    block, end, layout = _header(block, stream, is_csv, place)
    yield Piece(_batch([[] for _ in layout.names], layout), np.zeros(0, np.int64), place)
    line += block.count(b"\n", 0, end)
    for part in _parts(block[end:], stream, layout, line, place, rejects):
        yield _parse(part, layout, place, rejects)


def _header(block: bytes, stream: Iterator[bytes], is_csv: bool, place: str) -> tuple[bytes, int, Layout]:
    """Read the first record: give the lines in hand, where the header ends in them, and what it says."""
    first = block.partition(b"\n")[0]
    delimiter = next((mark for mark in (b",", b";", b"\t") if mark in first), b",") if is_csv else b"\t"
    end = block.find(b"\n") + 1 or len(block)
    while is_csv and b'"' in first:
        more = next(stream, b"")
        block += more
        found = scan(block, 0, delimiter, not more, 1)
        if found.end:
            end = int([*record_starts(block, 0, found.end, found.spans), found.end][1])
            break
        if found.fault >= 0 or len(block) > MAX_RECORD:
            raise DataError("corpus.header_quote", path=place)
    return block, end, _layout(block[:end].decode().rstrip("\r\n"), delimiter, is_csv)


def _layout(header: str, delimiter: bytes, is_csv: bool) -> Layout:
    cells = split_record(header, delimiter.decode()) if is_csv else header.split("\t")
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = own = cell.strip() or f"column_{position}"
        count = 2
        while name in names:
            name, count = f"{own}_{count}", count + 1
        names.append(name)
    return Layout(names, delimiter, is_csv)


def _parts(
    block: bytes, stream: Iterator[bytes], layout: Layout, line: int, place: str, rejects: Rejects
) -> Iterator[Part]:
    """Cut the lines behind the header into whole records, past the quotes that are left open."""
    row, begin, is_last = 1, 0, False
    while begin < len(block) or not is_last:
        found = Scan(len(block), [], -1)
        if layout.has_quotes and block.find(b'"', begin) >= 0:
            found = scan(block, begin, layout.delimiter, is_last, len(layout.names))
        if found.end > begin:
            part = _part(block, begin, found, layout, row, line)
            yield part
            row += len(part.starts)
            line += part.data.count(b"\n")
            begin = found.end
        if found.fault >= 0 or len(block) - begin > MAX_RECORD:
            end = block.find(b"\n", begin) + 1 or len(block)
            raw = block[begin:end].decode().rstrip("\r\n")
            rejects.add(DataError("corpus.open_quote", path=place, row=row, line=line), raw)
            row, line, begin = row + 1, line + 1, end
        elif not is_last:
            more = next(stream, b"")
            is_last = not more
            block, begin = block[begin:] + more, 0


def _part(block: bytes, begin: int, found: Scan, layout: Layout, row: int, line: int) -> Part:
    """Take the whole records; in a file of several columns, empty lines do not count."""
    data = block[begin : found.end]
    starts = record_starts(block, begin, found.end, found.spans) - begin
    if len(layout.names) > 1:
        padded = np.frombuffer(data + b"\n\n", np.uint8)
        first, second = padded[starts], padded[starts + 1]
        starts = starts[~((first == ord("\n")) | ((first == ord("\r")) & (second == ord("\n"))))]
    return Part(data, starts, row, line)


def _parse(part: Part, layout: Layout, place: str, rejects: Rejects) -> Piece:
    starts = part.starts
    has_lone_return = part.data.count(b"\r") != part.data.count(b"\r\n")
    parse = _parse_slowly if has_lone_return else _parse_fast
    batch, bad = parse(part.data, starts, layout)
    is_good = np.ones(len(starts), bool)
    for fault in bad:
        is_good[fault.position] = False
        line = part.line + part.data.count(b"\n", 0, int(starts[fault.position]))
        error = DataError(
            "corpus.ragged",
            path=place,
            row=part.row + fault.position,
            line=line,
            expected=len(layout.names),
            found=fault.n_fields,
        )
        rejects.add(error, fault.raw)
    rows = np.arange(part.row, part.row + len(starts), dtype=np.int64)[is_good]
    return Piece(batch, rows, place)


def _parse_fast(data: bytes, starts: NDArray[np.int64], layout: Layout) -> tuple[pa.RecordBatch, list[Bad]]:
    """Parse with Arrow, which takes every lone carriage return for a line end."""
    if len(starts) == 0:
        return _batch([[] for _ in layout.names], layout), []
    bad: list[Bad] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        bad.append(Bad(row.number - 1, row.actual_columns, row.text))
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(
            column_names=layout.names,
            use_threads=False,  # row numbers are known only so
            block_size=len(data) + 1,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter.decode(),
            quote_char='"' if layout.has_quotes else False,
            newlines_in_values=layout.has_quotes,
            ignore_empty_lines=len(layout.names) > 1,
            invalid_row_handler=skip,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(layout.names, TEXT),
            strings_can_be_null=False,
            check_utf8=False,  # seen to when the encoding was found
        ),
    )
    columns = [_one_array(column) for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, layout.names), bad


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], TEXT)])


def _parse_slowly(data: bytes, starts: NDArray[np.int64], layout: Layout) -> tuple[pa.RecordBatch, list[Bad]]:
    r"""Parse record by record, for files with a ``\r`` inside a field."""
    columns: list[list[str]] = [[] for _ in layout.names]
    bad: list[Bad] = []
    borders = [*starts.tolist(), len(data)]
    for index, (start, end) in enumerate(pairwise(borders)):
        raw = data[start:end].decode().removesuffix("\n").removesuffix("\r")
        raw = raw if len(layout.names) == 1 else raw.rstrip("\r\n")  # empty lines that were skipped
        fields = split_record(raw, layout.delimiter.decode()) if layout.has_quotes else raw.split("\t")
        if len(fields) != len(columns):
            bad.append(Bad(index, len(fields), raw))
            continue
        for column, field in zip(columns, fields, strict=True):
            column.append(field)
    return _batch(columns, layout), bad


def split_record(record: str, delimiter: str) -> list[str]:
    """Cut one record of CSV into its fields.

    Parameters
    ----------
    record : str
        Without its line end and without faults in its quotes.
    delimiter : str
        One character.

    Returns
    -------
    list of str
        At least one; quotes around a field taken off, doubled ones inside made single.

    Examples
    --------
    >>> split_record('7,"그는 ""네"", 라고",', ",")
    ['7', '그는 "네", 라고', '']
    """
    mark = re.escape(delimiter)
    fields = []
    position = 0
    pattern = re.compile(f'"((?:[^"]|"")*)"(?={mark}|$)|([^{mark}]*)')
    while position <= len(record):
        match = pattern.match(record, position)
        if match is None:  # pragma: no cover - the second branch matches anything
            break
        quoted, bare = match.groups()
        fields.append(bare if quoted is None else quoted.replace('""', '"'))
        position = match.end() + 1
    return fields


def _batch(columns: list[list[str]], layout: Layout) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(column, TEXT) for column in columns], layout.names)
