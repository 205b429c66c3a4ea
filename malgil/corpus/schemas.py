"""Column types: one type for a column that comes in several, and texts in the form that later stages rely on."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from malgil.corpus.pieces import Piece
from malgil.errors import DataError

TEXT = pa.large_string()
TIME = pa.timestamp("us")


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Look through dictionaries, extension types and string views.

    Parameters
    ----------
    kind : DataType
        As the source has it.

    Returns
    -------
    DataType
        The type of the values themselves.
    """
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    return TEXT if pa.types.is_string_view(kind) else kind


def is_string(kind: pa.DataType) -> bool:
    """Tell whether a column holds strings in any of Arrow's forms.

    Parameters
    ----------
    kind : DataType
        Its type.

    Returns
    -------
    bool
        True where it does.
    """
    kind = plain_type(kind)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def unify(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Choose one type for a column that different parts of a source type differently.

    Parameters
    ----------
    one, other : DataType
        Plain types.

    Returns
    -------
    DataType
        The same where they agree; the wider number for two numbers; timestamps for two kinds of time; else strings.
    """
    if one.equals(other) or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    pair = (one, other)
    if all(pa.types.is_integer(kind) for kind in pair) and pa.uint64() not in pair:
        return pa.int64()
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in pair):
        return pa.float64()
    if all(pa.types.is_date(kind) or pa.types.is_timestamp(kind) for kind in pair):
        return TIME
    return TEXT


def cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Give a column the type that was chosen for it.

    Parameters
    ----------
    column : Array
        Any values.
    kind : DataType
        Its own plain type, or one that `unify` gave.

    Returns
    -------
    Array of `kind`
        Nested values become JSON where strings are wanted.
    """
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = cast(column.dictionary, plain_type(column.type)).take(column.indices)
    if column.type.equals(kind):
        return column
    if pa.types.is_nested(column.type) and kind.equals(TEXT):
        return pa.array([None if value is None else as_json(value) for value in column.to_pylist()], TEXT)
    return column.cast(kind, safe=not kind.equals(TIME))


def as_json(value: Any) -> str:
    """Write a value as JSON, times and the like as text.

    Parameters
    ----------
    value : object
        Anything that Arrow or JSON knows.

    Returns
    -------
    str
        On one line, Hangul as it is.
    """
    return json.dumps(value, ensure_ascii=False, default=str)


def to_texts(column: pa.Array, piece: Piece, name: str) -> pa.LargeStringArray:
    """Bring a column of texts into the form that every later stage relies on.

    Parameters
    ----------
    column : Array
        Strings in any of Arrow's forms, with or without nulls; nothing but nulls.
    piece : Piece
        The rows it comes from, for messages.
    name : str
        Of the column, for messages.

    Returns
    -------
    LargeStringArray
        Without nulls; a missing text is an empty one.

    Raises
    ------
    DataError
        If the column holds no strings.
    """
    if pa.types.is_null(column.type):
        return pa.array([""] * len(column), TEXT)
    if not is_string(column.type):
        raise DataError("corpus.not_text", path=piece.place, column=name, type=str(column.type))
    texts = to_strings(column, piece, name)
    return texts.fill_null("") if texts.null_count else texts


def to_strings(column: pa.Array, piece: Piece, name: str) -> pa.LargeStringArray:
    """Bring a column into large strings, nulls kept.

    Parameters
    ----------
    column : Array
        Strings, numbers, truth values or times; nothing but nulls.
    piece : Piece
        The rows it comes from, for messages.
    name : str
        Of the column, for messages.

    Returns
    -------
    LargeStringArray
        The values as text.

    Raises
    ------
    DataError
        If the values cannot be told as strings.
    """
    kind = plain_type(column.type)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise DataError("corpus.nested", path=piece.place, column=name, type=str(kind))
    strings = cast(column, kind)
    return strings if kind.equals(TEXT) else strings.cast(TEXT)


def check_utf8(strings: pa.Array, piece: Piece) -> None:
    """Make sure that strings are what they claim to be: Arrow's readers do not look.

    Parameters
    ----------
    strings : StringArray or LargeStringArray
        One value a row of the piece.
    piece : Piece
        The rows, for messages.

    Raises
    ------
    DataError
        If a value is not UTF-8: with its row.
    """
    if _is_valid(strings):
        return
    low, high = 0, len(strings)  # the first half that is faulty, again and again, until it is one row
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if not _is_valid(strings[low:middle]) else (middle, high)
    raise DataError("corpus.not_utf8", path=piece.place, row=int(piece.rows[low]))


def _is_valid(strings: pa.Array) -> bool:
    try:
        strings.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def is_whole(column: pa.Array) -> bool:
    """Tell whether numbers have no fractions, so that 1.0 may be written as 1.

    Parameters
    ----------
    column : Array of floats
        Nulls count as whole.

    Returns
    -------
    bool
        True where every value is a whole number below 2 to the 53rd.
    """
    fits = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 2.0**53))
    return bool(pc.all(pc.fill_null(fits, True)).as_py())
