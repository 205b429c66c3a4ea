"""From the columns of a source to those of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from malgil.corpus.pieces import Piece
from malgil.corpus.schemas import TEXT, TIME, cast, is_whole, plain_type, to_strings, to_texts
from malgil.corpus.times import first_bad_time, parse_times
from malgil.errors import DataError

_FIRST = ("id", "text", "label", "time")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which source column becomes what.

    Parameters
    ----------
    id : str or None
        Source column; without one, the rows are numbered from 0.
    text : str
        Source column.
    label, time : str or None
        Source columns.
    others : tuple of (str, str, DataType)
        Every other column of the source: its name there, its name in the corpus, its type.
    """

    id: str | None
    text: str
    label: str | None
    time: str | None
    others: tuple[tuple[str, str, pa.DataType], ...]

    @property
    def schema(self) -> pa.Schema:
        """Columns of the corpus."""
        fields = [pa.field("id", TEXT, nullable=False), pa.field("text", TEXT, nullable=False)]
        fields += [pa.field("label", TEXT)] if self.label is not None else []
        fields += [pa.field("time", TIME)] if self.time is not None else []
        return pa.schema(fields + [pa.field(name, kind) for _, name, kind in self.others])

    def apply(self, piece: Piece, n_before: int) -> pa.RecordBatch:
        """Bring rows into the corpus's form.

        Parameters
        ----------
        piece : Piece
            Rows of the source.
        n_before : int
            Rows before them.

        Returns
        -------
        RecordBatch
            The same rows, in `schema`.

        Raises
        ------
        DataError
            If a value cannot be what it is taken for.
        """
        n_rows = piece.batch.num_rows
        columns = [ids_of(piece, self.id, n_before), texts_of(piece, self.text)]
        if self.label is not None:
            columns.append(labels_of(piece, self.label))
        if self.time is not None:
            columns.append(times_of(piece, self.time))
        for source, _, kind in self.others:
            column = find(piece, source)
            columns.append(pa.nulls(n_rows, kind) if column is None else cast(column, kind))
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


def make_plan(
    schema: dict[str, pa.DataType], *, id: str | None, text: str, label: str | None, time: str | None
) -> Plan:
    """Give every column of a source its place.

    Parameters
    ----------
    schema : dict
        Column -> plain type, in the order of the source.
    id : str or None
        The column that was chosen.
    text : str
        The column that was chosen.
    label, time : str or None
        The columns that were chosen.

    Returns
    -------
    Plan
        With the other columns under their own names; where one is taken, ``_2``, ``_3`` ... stands behind it.
    """
    roles = (id, text, label, time)
    taken = set(_FIRST)  # a column called "time" that holds no times must not pass for one further on
    others = []
    for source, kind in schema.items():
        if source in roles:
            continue
        name, count = source, 2
        while name in taken:
            name, count = f"{source}_{count}", count + 1
        taken.add(name)
        others.append((source, name, TEXT if pa.types.is_null(kind) else kind))
    return Plan(id=id, text=text, label=label, time=time, others=tuple(others))


def find(piece: Piece, name: str) -> pa.Array | None:
    """Take a column of a piece.

    Parameters
    ----------
    piece : Piece
        Rows of a source.
    name : str
        Of the column.

    Returns
    -------
    Array or None
        ``None`` where this part of the source lacks it.
    """
    index = piece.batch.schema.get_field_index(name)
    return None if index < 0 else piece.batch.column(index)


def texts_of(piece: Piece, name: str) -> pa.LargeStringArray:
    """Take the texts of a piece.

    Parameters
    ----------
    piece : Piece
        Rows of a source.
    name : str
        The text column.

    Returns
    -------
    LargeStringArray
        Without nulls.

    Raises
    ------
    DataError
        If the column holds something else than text.
    """
    column = find(piece, name)
    return to_texts(pa.nulls(piece.batch.num_rows) if column is None else column, piece, name)


def ids_of(piece: Piece, name: str | None, n_before: int) -> pa.LargeStringArray:
    """Take the ids of a piece.

    Parameters
    ----------
    piece : Piece
        Rows of a source.
    name : str or None
        The id column, ``None`` to number the rows.
    n_before : int
        Rows before them.

    Returns
    -------
    LargeStringArray
        Without nulls.

    Raises
    ------
    DataError
        If a row has no id.
    """
    if name is None:
        return pa.array(np.arange(n_before, n_before + piece.batch.num_rows)).cast(TEXT)
    column = find(piece, name)
    ids = pa.nulls(piece.batch.num_rows, TEXT) if column is None else to_strings(column, piece, name)
    if ids.null_count:
        row = int(piece.rows[pc.index(ids.is_null(), True).as_py()])
        raise DataError("corpus.no_id", path=piece.place, row=row, column=name)
    return ids


def labels_of(piece: Piece, name: str) -> pa.LargeStringArray:
    """Take the labels of a piece.

    Parameters
    ----------
    piece : Piece
        Rows of a source.
    name : str
        The label column.

    Returns
    -------
    LargeStringArray
        White space around them taken off; null where there is none. Numbers without fractions have no decimal point.

    Raises
    ------
    DataError
        If the column holds nested values.
    """
    column = find(piece, name)
    if column is None:
        return pa.nulls(piece.batch.num_rows, TEXT)
    kind = plain_type(column.type)
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)  # pandas writes a missing label so
        column = column.cast(pa.int64()) if is_whole(column) else column
    labels = pc.utf8_trim_whitespace(to_strings(column, piece, name))
    return pc.if_else(pc.equal(labels, ""), pa.scalar(None, TEXT), labels)


def times_of(piece: Piece, name: str) -> pa.TimestampArray:
    """Take the times of a piece.

    Parameters
    ----------
    piece : Piece
        Rows of a source.
    name : str
        The time column.

    Returns
    -------
    TimestampArray of microseconds
        In UTC where the source names a zone, else as written; null where there is none.

    Raises
    ------
    DataError
        If a value is no time.
    """
    column = find(piece, name)
    if column is None:
        return pa.nulls(piece.batch.num_rows, TIME)
    kind = plain_type(column.type)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return cast(cast(column, kind), TIME)
    texts = to_strings(column, piece, name)
    times = parse_times(texts)
    bad = first_bad_time(texts, times)
    if bad is not None:
        value = texts[bad].as_py()
        raise DataError("corpus.bad_time", path=piece.place, row=int(piece.rows[bad]), column=name, value=value)
    return times
