"""JSON Lines: an object a line; and rows that are Python dictionaries already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.corpus.pieces import Piece
from malgil.corpus.rejects import Rejects, is_encodable
from malgil.corpus.schemas import TEXT, as_json
from malgil.errors import DataError

_ROWS = 8192
_TYPES: dict[type | None, pa.DataType] = {str: TEXT, int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def read_json_lines(lines: Iterable[bytes], place: str, rejects: Rejects) -> Iterator[Piece]:
    """Read a file of objects; empty lines are skipped.

    Parameters
    ----------
    lines : iterable of bytes
        Whole lines in UTF-8.
    place : str
        What to call the file.
    rejects : Rejects
        Receives lines that are not JSON, not an object, or hold a lone surrogate.

    Yields
    ------
    Piece
        The next rows, numbered by their lines, with all keys seen so far as columns; keys that a row lacks are null.
        Whole numbers are int64, other numbers float64; values that are nested, or of several kinds, are text, the
        nested ones as JSON.

    Raises
    ------
    DataError
        At a line that cannot be used, where nothing receives it.
    """
    names: dict[str, None] = {}
    kept: list[tuple[int, dict[str, Any]]] = []
    row = 0
    for block in lines:
        for line in block.removesuffix(b"\n").split(b"\n"):
            row += 1
            value = _parse(line, row, place, rejects) if line.strip() else None
            if value is not None:
                kept.append((row, value))
            if len(kept) == _ROWS:
                yield to_piece(kept, names, place, rejects)
                kept = []
    if kept:
        yield to_piece(kept, names, place, rejects)


def _parse(line: bytes, row: int, place: str, rejects: Rejects) -> dict[str, Any] | None:
    try:
        value = json.loads(line.decode())
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        column = error.pos + 1 if isinstance(error, json.JSONDecodeError) else 1
        fault = DataError("corpus.bad_json", path=place, row=row, column=column, reason=reason)
        rejects.add(fault, line.decode())
        return None
    if isinstance(value, dict):
        return value
    rejects.add(DataError("corpus.not_an_object", path=place, row=row), line.decode())
    return None


def to_piece(rows: Sequence[tuple[int, dict[str, Any]]], names: dict[str, None], place: str, rejects: Rejects) -> Piece:
    """Turn rows into columns.

    Parameters
    ----------
    rows : sequence of (int, dict)
        Number of the row and its values.
    names : dict
        Names of the columns so far, in order; new ones are added to it.
    place : str
        What to call the source.
    rejects : Rejects
        Receives rows with a lone surrogate.

    Returns
    -------
    Piece
        The rows that can be used.

    Raises
    ------
    DataError
        At a row that cannot be used, where nothing receives it.
    """
    for _, values in rows:
        names.update(dict.fromkeys(values))
    try:
        batch = _batch([values for _, values in rows], names)
    except UnicodeEncodeError:
        rows = [(row, values) for row, values in rows if _is_clean(row, values, place, rejects)]
        for name in [name for name in names if not is_encodable(name)]:
            del names[name]
        batch = _batch([values for _, values in rows], names)
    return Piece(batch, np.array([row for row, _ in rows], np.int64), place)


def _is_clean(row: int, values: dict[str, Any], place: str, rejects: Rejects) -> bool:
    raw = as_json(values)
    if is_encodable(raw):
        return True
    rejects.add(DataError("corpus.surrogate", path=place, row=row), raw)
    return False


def _batch(rows: list[dict[str, Any]], names: Iterable[str]) -> pa.RecordBatch:
    columns = {name: to_column([row.get(name) for row in rows]) for name in names}
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def to_column(values: list[Any]) -> pa.Array:
    """Turn Python values into an Arrow column.

    Parameters
    ----------
    values : list
        ``None`` is null.

    Returns
    -------
    Array
        Large strings, int64, float64, bool or, for values that JSON does not know, what Arrow makes of them; text
        where the kinds differ or are nested, or a whole number does not fit.

    Raises
    ------
    UnicodeEncodeError
        If a string holds a lone surrogate.
    """
    kinds = {type(value) for value in values} - {type(None)}
    kind = float if kinds == {int, float} else kinds.pop() if len(kinds) == 1 else None if kinds else str
    try:
        if kind in _TYPES:
            return pa.array(values, _TYPES[kind])
        if kind is not None and not issubclass(kind, list | tuple | dict):
            return pa.array(values)
    except (pa.ArrowException, OverflowError):
        pass
    texts = [value if value is None or isinstance(value, str) else as_json(value) for value in values]
    return pa.array(texts, TEXT)
