"""Objects in memory: lists, NumPy, pandas, polars, Arrow, Hugging Face datasets.

None of those libraries is imported. They hand their columns over through Arrow's C stream or array interface; what has
neither is asked for ``__arrow_array__``, and a ``datasets.Dataset`` for its Arrow rows, which keeps a selection or a
shuffle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.corpus.blocks import BLOCK_ROWS
from malgil.corpus.columnar import check_strings
from malgil.corpus.jsonlines import to_piece
from malgil.corpus.names import listed
from malgil.corpus.pieces import Piece, numbered
from malgil.corpus.rejects import Rejects, is_encodable
from malgil.corpus.schemas import TEXT
from malgil.errors import DataError, ParameterError


def from_object(data: object, rejects: Rejects) -> tuple[str, list[Piece]]:
    """Take the rows out of an object.

    Parameters
    ----------
    data : list or tuple of str or of dict, dict of columns, ndarray, Series, DataFrame, Arrow array or table, Dataset
        A bare column becomes the column ``text``. What can be passed over only once (a RecordBatchReader) is read into
        memory.
    rejects : Rejects
        Receives, of a list, values that are not texts and rows with a lone surrogate.

    Returns
    -------
    name : str
        What to call the object in a message or report, such as ``list`` or ``pandas.DataFrame``.
    pieces : list of Piece
        Its rows; at least one piece.

    Raises
    ------
    ParameterError
        If it is nothing that holds texts.
    DataError
        If its content cannot be taken over.
    """
    name = _name(data)
    if isinstance(data, list | tuple):
        return name, _from_list(data, name, rejects)
    if isinstance(data, np.ndarray):
        return name, _from_ndarray(data, name, rejects)
    try:
        table = _to_table(data)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError) as error:
        rows = _python_values(data)
        if rows is not None:
            return name, _from_list(rows, name, rejects)
        raise DataError("corpus.object_refused", path=name, reason=str(error).partition("\n")[0]) from error
    if table is None:
        raise ParameterError("corpus.unknown_object", type=name)
    return name, _from_table(table, name)


def _name(data: object) -> str:
    kind = type(data)
    home = kind.__module__.partition(".")[0]
    return kind.__name__ if home == "builtins" else f"{home}.{kind.__name__}"


def _to_table(data: Any) -> pa.Table | None:
    """Turn anything that speaks Arrow into a table; ``None`` for what does not."""
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, Mapping):
        return None if hasattr(data, "column_names") else pa.table({name: _column(data[name]) for name in data})
    if hasattr(data, "with_format") and hasattr(data, "_indices"):  # a Dataset; the raw table ignores its selection
        parts = list(data.with_format("arrow").iter(batch_size=BLOCK_ROWS))
        return pa.concat_tables(parts) if parts else data.data.table.slice(0, 0)
    if isinstance(data, pa.Array | pa.ChunkedArray):
        return _table_of(data)
    if hasattr(data, "__arrow_c_stream__"):
        return _table_of(pa.chunked_array(data))
    if hasattr(data, "__arrow_c_array__") or hasattr(data, "__arrow_array__"):
        return _table_of(pa.array(data))
    return None


def _column(values: Any) -> Any:
    return pa.array(values, from_pandas=True) if isinstance(values, list | tuple | np.ndarray) else values


def _table_of(column: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Make rows of structs a table, and a bare column the column ``text``."""
    column = pa.chunked_array([column]) if isinstance(column, pa.Array) else column
    if not pa.types.is_struct(column.type):
        return pa.table({"text": column})
    schema = pa.schema(list(column.type))
    return pa.Table.from_batches([pa.RecordBatch.from_struct_array(part) for part in column.chunks], schema)


def _from_table(table: pa.Table, name: str) -> list[Piece]:
    # pandas sends an index that is not a plain range along as a column of this name
    kept = [column for column in table.column_names if not column.startswith("__index_level_")]
    table = table.select(kept or table.column_names)
    if len(set(table.column_names)) < table.num_columns:
        raise DataError("corpus.same_names", path=name, columns=listed(table.column_names))
    pieces, first = [], 1
    for batch in table.to_batches(max_chunksize=BLOCK_ROWS) or [pa.RecordBatch.from_pylist([], schema=table.schema)]:
        piece = numbered(batch, first, name)
        check_strings(piece)
        pieces.append(piece)
        first += batch.num_rows
    return pieces


def _from_ndarray(data: np.ndarray[Any, Any], name: str, rejects: Rejects) -> list[Piece]:
    if data.ndim != 1 or (data.size and data.dtype.kind not in "OUT"):
        raise DataError("corpus.bad_ndarray", path=name, dtype=str(data.dtype), shape=str(data.shape))
    return _from_list(data.tolist(), name, rejects)


def _python_values(data: Any) -> list[Any] | None:
    """Give the values of a column or table that Arrow refused, so that the faulty row can be named."""
    if hasattr(data, "columns") and hasattr(data, "to_dict"):
        rows: list[Any] = data.to_dict("records")
        return rows
    return data.tolist() if hasattr(data, "tolist") else None


def holds_rows(data: Sequence[Any]) -> bool:
    """Whether a list has rows of a table in it, and not only texts.

    Parameters
    ----------
    data : sequence
        Anything.

    Returns
    -------
    bool
        True where one value is a mapping.
    """
    return any(issubclass(kind, Mapping) for kind in set(map(type, data)))  # a type once: lists are long


def _from_list(data: Sequence[Any], name: str, rejects: Rejects) -> list[Piece]:
    if holds_rows(data):
        return _from_rows(data, name, rejects)
    pieces = []
    for begin in range(0, max(len(data), 1), BLOCK_ROWS):
        values = list(data[begin : begin + BLOCK_ROWS])
        rows = np.arange(begin + 1, begin + 1 + len(values), dtype=np.int64)
        try:
            if not all(issubclass(kind, str | None) for kind in set(map(type, values))):
                raise TypeError
            texts = pa.array(values, TEXT)
        except (UnicodeEncodeError, TypeError):
            good = [_is_text(value, row, name, rejects) for row, value in zip(rows.tolist(), values, strict=True)]
            rows = rows[np.array(good, bool)]
            kept = [value for value, is_good in zip(values, good, strict=True) if is_good]
            texts = pa.array([value if isinstance(value, str) else None for value in kept], TEXT)
        pieces.append(Piece(pa.RecordBatch.from_arrays([texts], ["text"]), rows, name))
    return pieces


def _is_text(value: object, row: int, name: str, rejects: Rejects) -> bool:
    if _is_missing(value):
        return True
    if not isinstance(value, str):
        rejects.add(DataError("corpus.not_a_string", path=name, row=row, type=type(value).__name__), repr(value))
        return False
    if is_encodable(value):
        return True
    rejects.add(DataError("corpus.surrogate", path=name, row=row), value)
    return False


def _is_missing(value: object) -> bool:
    """Tell whether a value is what Python, NumPy or pandas write for a missing one."""
    is_nan = isinstance(value, float) and np.isnan(value)
    return value is None or is_nan or type(value).__name__ in ("NAType", "NaTType")


def _from_rows(data: Sequence[Any], name: str, rejects: Rejects) -> list[Piece]:
    names: dict[str, None] = {}
    pieces = []
    for begin in range(0, len(data), BLOCK_ROWS):
        rows = []
        for row, value in enumerate(data[begin : begin + BLOCK_ROWS], start=begin + 1):
            if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
                rows.append((row, dict(value)))
            else:
                rejects.add(DataError("corpus.not_an_object", path=name, row=row), repr(value))
        pieces.append(to_piece(rows, names, name, rejects))
    return pieces
