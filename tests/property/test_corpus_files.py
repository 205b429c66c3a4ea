"""Files: what is written is read again, and CSV is read as Python's csv module writes it."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.corpus import read, write
from malgil.corpus.delimited import Layout, _parse_fast, _parse_slowly, read_delimited, split_record
from malgil.corpus.lines import whole_lines
from malgil.corpus.quotes import record_starts, scan
from malgil.corpus.rejects import Rejects
from malgil.corpus.times import parse_times
from tests.naive import corpus as naive
from tests.property.test_corpus_pieces import cut, cuts
from tests.strategies import texts

fields = texts | st.text(alphabet='"\n\r,;가a1 ', max_size=8)
rows = st.lists(st.tuples(fields, fields, fields), min_size=1, max_size=8)


def written(table: list[tuple[str, ...]], header: list[str], line_end: str = "\n") -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(table)
    return buffer.getvalue().encode()


@given(rows, cuts, st.sampled_from(["\n", "\r\n"]))
def test_csv_is_read_as_it_was_written(table: list[tuple[str, str, str]], at: list[int], line_end: str) -> None:
    data = written(table, ["번호", "글", "라벨"], line_end)
    pieces = list(read_delimited(whole_lines(cut(data, at)), True, "x.csv", Rejects(None)))
    found = pa.Table.from_batches([piece.batch for piece in pieces])
    assert found.column_names == ["번호", "글", "라벨"]
    assert [tuple(row.values()) for row in found.to_pylist()] == table
    assert [row for piece in pieces for row in piece.rows.tolist()] == list(range(1, len(table) + 1))


@given(rows)
def test_both_parsers_of_csv_agree(table: list[tuple[str, str, str]]) -> None:
    # Arrow takes a carriage return outside quotes for a line end: the fast parser is never given one
    data = written([tuple(field.replace("\r", "") for field in row) for row in table], ["a", "b", "c"])
    found = scan(data, 0, b",", True, 3)
    starts = record_starts(data, 0, found.end, found.spans)
    layout = Layout(["a", "b", "c"], b",", True)
    fast, slow = _parse_fast(data, starts, layout), _parse_slowly(data, starts, layout)
    assert fast[0].equals(slow[0])
    assert fast[1] == slow[1] == []


@given(st.lists(fields.map(lambda field: field.replace("\n", "").replace("\r", "")), min_size=1, max_size=5))
def test_a_record_is_cut_at_its_delimiters(cells: list[str]) -> None:
    bare = [cell.replace('"', "").replace(",", "") for cell in cells]
    for record in (written([tuple(cells)], [])[1:].decode().strip("\n"), ",".join(bare)):
        assert split_record(record, ",") == naive.split_record(record, ",")


@given(st.lists(st.tuples(fields, st.sampled_from(["가", "나"])), min_size=1, max_size=6, unique_by=lambda row: row[0]))
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_again(table: list[tuple[str, str]]) -> None:
    ids = pa.array([str(number) for number in range(len(table))], pa.large_string())
    columns = [ids, *(pa.array(list(column), pa.large_string()) for column in zip(*table, strict=True))]
    corpus = pa.Table.from_arrays(columns, ["id", "text", "label"])
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".csv", ".csv.gz", ".jsonl.zst", ".parquet", ".arrow"):
            path = Path(folder) / f"글{suffix}"
            write(corpus, path)
            assert read(path, text="text").to_table().to_pylist() == corpus.to_pylist(), suffix


@given(st.datetimes(datetime(1970, 1, 1), datetime(2069, 12, 31)))
def test_times_are_read_in_every_form(moment: datetime) -> None:
    half, hour = ("오후" if moment.hour >= 12 else "오전"), (moment.hour + 11) % 12 + 1
    date = f"{moment.year}. {moment.month}. {moment.day}."
    second = moment.replace(microsecond=0)
    minute = second.replace(second=0)
    day = minute.replace(hour=0, minute=0)
    expected = {
        moment.isoformat(): moment,
        f"{moment:%Y-%m-%d %H:%M:%S}": second,
        f"{date} {half} {hour}:{moment.minute:02}": minute,
        f"{moment.year}년 {moment.month}월 {moment.day}일 {half} {hour}시 {moment.minute}분": minute,
        f"{moment:%Y.%m.%d}": day,
        f"{moment:%y.%m.%d}": day,
        f"{moment:%Y/%m/%d}": day,
        f"{moment:%Y%m%d}": day,
    }
    assert parse_times(pa.array(list(expected), pa.large_string())).to_pylist() == list(expected.values())
