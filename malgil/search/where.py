r"""The filter language: which rows of a table count, by what their columns hold.

::

    rating >= 9 and (label == "긍정" or not shop in ("가", 'b')) and date >= 2014

====================================  ==================================================================
``== != < <= > >=``                   numbers, texts (by code points), dates; ``=`` and ``<>`` will do too
``rating between 7 and 9``            both ends included
``shop in ("a", "b")``                any of them
``title contains "평점"``             also ``startswith``; capital and small letters differ
``label is null``, ``is not null``    whether there is a value; NaN is none
``spoiler``, ``not spoiler``          columns of truth values may stand alone; also ``== true``
``not``, ``and``, ``or``              bind in this order; brackets as usual
====================================  ==================================================================

Dates are ``2014``, ``2014-03``, ``2014-03-01``, ``2014-03-01 15:05`` or ``2014년 3월`` and mean all of the year,
month, day or minute: ``date == 2014-03`` is the whole of March. Texts stand in quotes, where ``\"`` is a quote; column
names that are no plain words stand in backticks. Names and texts are compared in NFC. A comparison with a missing
value is never true, and neither is its opposite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError, ParameterError
from malgil.search.caret import clean
from malgil.search.where_nodes import Node
from malgil.search.where_parse import Parser


@dataclass(frozen=True)
class Condition:
    """A filter, ready for any number of tables.

    Parameters
    ----------
    text : str
        As it was typed.
    node : Node
        What it means.
    """

    text: str
    node: Node

    @property
    def columns(self) -> list[str]:
        """Names of the columns that it reads, sorted."""
        return sorted(self.node.columns())

    def mask(self, table: pa.Table) -> NDArray[np.bool_]:
        """Find the rows that count.

        Parameters
        ----------
        table : pa.Table, n rows
            Its columns have the types of the schema or ones that can be cast; a column that it lacks has no values.

        Returns
        -------
        ndarray of bool, shape (n,)
            True where the condition holds; false where it does not or a missing value leaves it open.

        Raises
        ------
        DataError
            If a column cannot be cast to its type in the schema.
        """
        try:
            truths = self.node.evaluate(table)
        except pa.ArrowException as error:
            reason = str(error).partition("\n")[0]
            raise DataError("query.where_cannot_cast", columns=", ".join(self.columns), reason=reason) from error
        parts = [_true(chunk) for chunk in truths.chunks]
        return np.concatenate(parts) if parts else np.zeros(0, np.bool_)


def compile(text: str, schema: pa.Schema) -> Condition:
    """Read a filter.

    Parameters
    ----------
    text : str
        What was typed. Lone surrogates are read as U+FFFD.
    schema : pa.Schema
        Names and types of the columns.

    Returns
    -------
    Condition
        Its meaning.

    Raises
    ------
    ParameterError
        If it cannot be read, names a column that is not there, or compares a column with a value of another kind:
        with the place.

    Examples
    --------
    >>> table = pa.table({"별점": [9, 3, None], "date": ["긍정", "부정", "긍정"]})
    >>> compile('별점 >= 5 or date == "부정"', table.schema).mask(table)
    array([ True,  True, False])
    """
    if not isinstance(text, str):
        raise ParameterError("query.where_not_text", type=type(text).__name__)
    if not text.strip():
        raise ParameterError("query.where_empty")
    return Condition(text, Parser(clean(text), schema).parse())


def _true(truths: pa.BooleanArray) -> NDArray[np.bool_]:
    """Unpack the bits by hand: `to_numpy` would load pandas wherever that is installed."""
    valid, values = truths.buffers()
    found = _bits(values, truths)
    return found if valid is None else found & _bits(valid, truths)


def _bits(buffer: pa.Buffer | None, array: pa.Array) -> NDArray[np.bool_]:
    if buffer is None or not len(array):
        return np.zeros(len(array), np.bool_)
    end = array.offset + len(array)
    bits = np.unpackbits(np.frombuffer(buffer, np.uint8), count=end, bitorder="little")
    return bits[array.offset :].view(np.bool_)
