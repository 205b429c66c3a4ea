"""What a filter means: tests of single columns, joined by "and", "or" and "not".

Truth is that of SQL: a comparison with a missing value is neither true nor false, and so is its opposite. NaN counts
as missing. Results are Arrow arrays of booleans with nulls for "unknown".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from malgil.codepoints import row_facts
from malgil.compose import COMPOSITION

Truth = Any  # a pa.ChunkedArray of booleans with nulls


class Node(Protocol):
    """A part of a condition."""

    def evaluate(self, table: pa.Table) -> Truth:
        """Find the rows for which it holds.

        Parameters
        ----------
        table : pa.Table, n rows
            Has the columns that the condition names.

        Returns
        -------
        pa.ChunkedArray of bool, length n
            Null where a value that matters is missing.
        """

    def columns(self) -> set[str]:
        """Name the columns that it reads.

        Returns
        -------
        set of str
            Their names.
        """


@dataclass(frozen=True)
class Joint:
    """Several parts joined by "and" or by "or".

    Parameters
    ----------
    name : {"and", "or"}
        What joins them.
    parts : tuple of Node
        At least two.
    """

    name: str
    parts: tuple[Node, ...]

    def evaluate(self, table: pa.Table) -> Truth:
        """Find the rows, as `Node.evaluate`.

        Parameters
        ----------
        table : pa.Table
            The rows.

        Returns
        -------
        pa.ChunkedArray of bool
            One truth a row.
        """
        import pyarrow.compute as pc

        join = pc.and_kleene if self.name == "and" else pc.or_kleene
        result = self.parts[0].evaluate(table)
        for part in self.parts[1:]:
            result = join(result, part.evaluate(table))
        return result

    def columns(self) -> set[str]:
        """Name the columns that it reads.

        Returns
        -------
        set of str
            Their names.
        """
        return set().union(*(part.columns() for part in self.parts))


@dataclass(frozen=True)
class Opposite:
    """The opposite of a part; unknown where that is.

    Parameters
    ----------
    part : Node
        What must not hold.
    """

    part: Node

    def evaluate(self, table: pa.Table) -> Truth:
        """Find the rows, as `Node.evaluate`.

        Parameters
        ----------
        table : pa.Table
            The rows.

        Returns
        -------
        pa.ChunkedArray of bool
            One truth a row.
        """
        import pyarrow.compute as pc

        return pc.invert(self.part.evaluate(table))

    def columns(self) -> set[str]:
        """Name the columns that it reads.

        Returns
        -------
        set of str
            Their names.
        """
        return self.part.columns()


@dataclass(frozen=True)
class ColumnTest:
    """A test of one column.

    Parameters
    ----------
    column : str
        Its name.
    kind : pa.DataType
        Its type; columns of another type are cast, and a table without the column has only missing values there.
    holds : callable
        Values of the column in the form that `readable` gives -> truths.
    """

    column: str
    kind: pa.DataType
    holds: Callable[[pa.ChunkedArray], Truth]

    def evaluate(self, table: pa.Table) -> Truth:
        """Find the rows, as `Node.evaluate`.

        Parameters
        ----------
        table : pa.Table
            The rows.

        Returns
        -------
        pa.ChunkedArray of bool
            One truth a row.
        """
        if self.column in table.column_names:
            values = table.column(self.column)
            values = values if values.type.equals(self.kind) else values.cast(self.kind)
        else:
            values = pa.chunked_array([pa.nulls(len(table), self.kind)])
        return self.holds(readable(values))

    def columns(self) -> set[str]:
        """Name the columns that it reads.

        Returns
        -------
        set of str
            Its name.
        """
        return {self.column}


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Look through dictionaries and extension types, and at all strings and whole numbers in one form.

    Parameters
    ----------
    kind : pa.DataType
        Type of a column.

    Returns
    -------
    pa.DataType
        What its values are compared as.
    """
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if pa.types.is_string(kind) or pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_integer(kind):
        return pa.uint64() if kind.equals(pa.uint64()) else pa.int64()
    return pa.float32() if pa.types.is_float16(kind) else kind


def readable(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bring a column into its plain type, times into whole numbers, texts into NFC, NaN into null.

    Parameters
    ----------
    values : pa.ChunkedArray
        Values of any type.

    Returns
    -------
    pa.ChunkedArray
        The same number of values.
    """
    import pyarrow.compute as pc

    if isinstance(values.type, pa.BaseExtensionType):
        values = pa.chunked_array([chunk.storage for chunk in values.chunks], values.type.storage_type)
    kind = plain_type(values.type)
    values = values if values.type.equals(kind) else values.cast(kind)
    if pa.types.is_date32(kind):
        return values.cast(pa.int32()).cast(pa.int64())
    if pa.types.is_date64(kind) or pa.types.is_timestamp(kind):
        return values.cast(pa.int64())
    if pa.types.is_large_string(kind):
        return pa.chunked_array([_composed(chunk) for chunk in values.chunks], kind)
    if pa.types.is_floating(kind):
        is_nan = pc.is_nan(values)
        if pc.any(is_nan).as_py():
            return pc.if_else(is_nan, pa.chunked_array([pa.nulls(len(values), kind)]), values)
    return values


def _composed(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Bring the few texts into NFC that are not."""
    import pyarrow.compute as pc

    is_suspect = row_facts(texts, COMPOSITION) != 0
    if not is_suspect.any():
        return texts
    bits = pa.py_buffer(np.packbits(is_suspect, bitorder="little"))
    mask = pa.Array.from_buffers(pa.bool_(), len(texts), [None, bits])
    return pc.replace_with_mask(texts, mask, pc.utf8_normalize(texts.filter(mask), "NFC"))


def is_missing(values: pa.ChunkedArray) -> Truth:
    """Find the rows without a value.

    Parameters
    ----------
    values : pa.ChunkedArray
        A readable column.

    Returns
    -------
    pa.ChunkedArray of bool
        Never null.
    """
    return values.is_null()
