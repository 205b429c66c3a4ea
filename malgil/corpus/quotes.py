"""Quoted fields of CSV (RFC 4180): where they begin and end, and whether a quote was left open.

A quote opens a field only as its first byte; inside, ``""`` is a quote; the closing one is followed by a delimiter or a
line end. Quotes elsewhere in a field are data. What breaks the rule is a *fault*: from a quote that should not be there
a lenient parser would run on to the next quote, rows later, and swallow what lies between.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Scan(NamedTuple):
    """What stands in some lines of CSV.

    Parameters
    ----------
    end : int
        Where the whole records end.
    spans : list of (int, int)
        The quoted fields with line ends inside, start and stop.
    fault : int
        Position of a quote that is not closed as it should be, at or behind `end`; -1 where there is none.
    """

    end: int
    spans: list[tuple[int, int]]
    fault: int


@cache
def _pattern(delimiter: bytes) -> re.Pattern[bytes]:
    outside = b"[^" + re.escape(delimiter) + rb"\r\n]"
    return re.compile(rb'(?<!%s)"(?:[^"]++|"")*+("(?!%s))?' % (outside, outside))


def scan(data: bytes, begin: int, delimiter: bytes, is_last: bool, n_columns: int) -> Scan:
    """Find the quoted fields that hold line ends, and the first fault.

    Parameters
    ----------
    data : bytes
        Whole lines.
    begin : int
        Where to begin: the start of a record.
    delimiter : bytes
        One byte.
    is_last : bool
        No more lines follow, so an open quote is a fault and not just a long record.
    n_columns : int
        Fields that a record should have; tells swallowed rows from a field of several lines.

    Returns
    -------
    Scan
        Where the records that are whole end.
    """
    spans: list[tuple[int, int]] = []
    for match in _pattern(delimiter).finditer(data, begin):
        start, stop = match.span()
        is_closed = match.group(1) is not None
        if is_closed and data.find(b"\n", start, stop) < 0:
            continue
        record = _record_start(data, begin, start, spans)
        if not is_closed:
            return Scan(record, spans, start if is_last or stop < len(data) else -1)
        if _swallows(data, record, stop, delimiter, n_columns):
            return Scan(record, spans, start)
        spans.append((start, stop))
    return Scan(len(data), spans, -1)


def record_starts(data: bytes, begin: int, end: int, spans: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Find where the records begin.

    Parameters
    ----------
    data : bytes
        Lines.
    begin, end : int
        Where the whole records among them begin and end.
    spans : list of (int, int)
        Quoted fields with line ends inside, rising.

    Returns
    -------
    ndarray of int64
        Positions in `data`, rising; empty where there is nothing between `begin` and `end`.
    """
    if end <= begin:
        return np.zeros(0, np.int64)
    ends = np.flatnonzero(np.frombuffer(data, np.uint8, end - begin, begin) == ord("\n")) + begin
    if spans:
        start, stop = np.array(spans, np.int64).T
        inside = np.searchsorted(start, ends, side="right") - 1
        ends = ends[(inside < 0) | (ends >= stop[inside])]
    starts = np.concatenate([[begin], ends + 1]).astype(np.int64)
    return starts[starts < end]


def _record_start(data: bytes, begin: int, position: int, spans: list[tuple[int, int]]) -> int:
    for start, stop in reversed(spans):
        end = data.rfind(b"\n", stop, position)
        if end >= 0:
            return end + 1
        position = start
    end = data.rfind(b"\n", begin, position)
    return begin if end < 0 else end + 1


def _swallows(data: bytes, record: int, stop: int, delimiter: bytes, n_columns: int) -> bool:
    """Tell whether a quoted field of several lines is really an open quote with whole rows behind it.

    It is taken for one where each of its lines, its quotes read as data, would be a record of the right number of
    fields, and the first fields (ids) or the last ones (labels) are all whole numbers. Where no column holds numbers
    there is nothing to tell the two apart by, and the field stands.
    """
    if n_columns < 2 or data.count(delimiter, record, data.find(b"\n", record)) != n_columns - 1:
        return False  # by far the usual case, so it is told first and cheaply
    end = data.find(b"\n", stop)
    lines = data[record : end if end >= 0 else len(data)].split(b"\n")
    if any(line.count(delimiter) != n_columns - 1 for line in lines):
        return False
    cells = [line.strip().split(delimiter) for line in lines]
    return all(row[0].isdigit() for row in cells) or all(row[-1].isdigit() for row in cells)
