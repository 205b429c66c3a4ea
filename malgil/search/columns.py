"""Columns of metadata: plain types, and numbers where a file has only their digits."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from malgil.corpus.schemas import TEXT, cast, is_string, plain_type
from malgil.errors import DataError

_WHOLE = r"^-?(0|[1-9][0-9]{0,17})$"
_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$"


def without_dictionaries(table: pa.Table) -> pa.Table:
    """Give columns their plain types.

    Parameters
    ----------
    table : Table
        Any columns, dictionaries and extension types among them.

    Returns
    -------
    Table
        The same values; nested ones as JSON.
    """
    columns = [_plain(table.column(name)) for name in table.column_names]
    return pa.table(columns, names=table.column_names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = plain_type(column.type)
    if is_string(kind) or pa.types.is_nested(kind) or pa.types.is_null(kind):
        kind = TEXT
    return pa.chunked_array([cast(chunk, kind) for chunk in column.chunks], kind)


def read_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take a column of texts as numbers, if that is what all of them are.

    Parameters
    ----------
    column : ChunkedArray
        Texts; other types come back as they are.

    Returns
    -------
    ChunkedArray
        Of int64 or float64, nulls where the text is empty; the texts themselves where one of them is no number, or a
        number that is written otherwise (``007``, ``+1``), or where there is none at all.
    """
    if not is_string(column.type):
        return column
    filled = column.filter(pc.not_equal(pc.fill_null(column, ""), ""))
    for pattern, kind in ((_WHOLE, pa.int64()), (_NUMBER, pa.float64())):
        if len(filled) and pc.all(pc.match_substring_regex(filled, pattern)).as_py():
            empty_as_null = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
            return empty_as_null.cast(kind)
    return column


def as_strings(column: pa.ChunkedArray) -> pa.LargeStringArray:
    """Give values as the strings that a field splits.

    Parameters
    ----------
    column : ChunkedArray
        Any values.

    Returns
    -------
    pa.LargeStringArray
        Empty where there is no value.
    """
    whole = column.combine_chunks()
    whole = pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole
    return pc.fill_null(cast(whole, TEXT), "")


def fit(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give new rows the types that the columns of an index have.

    Parameters
    ----------
    table : Table
        The metadata of new documents.
    schema : Schema
        Of the metadata that is there.

    Returns
    -------
    Table
        The same columns; those that the index does not have yet as they are.

    Raises
    ------
    DataError
        If a value cannot be of the type of its column.
    """
    columns = []
    for name in table.column_names:
        column = table.column(name)
        wanted = schema.field(name).type if name in schema.names else column.type
        try:
            columns.append(column if column.type.equals(wanted) else column.cast(wanted))
        except (pa.ArrowException, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise DataError("search_index.other_type", column=name, kind=str(wanted), reason=reason) from error
    return pa.table(columns, names=table.column_names)
