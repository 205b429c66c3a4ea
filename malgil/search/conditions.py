"""Comparisons of a column with values, evaluated a column at a time.

Numbers, dates and decimals are compared on the grid of values that their column can hold: a value, be it a fraction or
a month, becomes the half-open stretch ``[low, high)`` of the grid, and every comparison asks on which side of its two
ends a row lies. So ``== 2014-03`` is the whole month, and nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from malgil.search.where_nodes import Truth
from malgil.strings import string_array


class Stretch(NamedTuple):
    """A value on the grid of a column: everything from `low` to below `high`; empty for a fraction among integers.

    Parameters
    ----------
    low, high : int or float
        In the unit of the column: days for a date32, hundredths for a decimal of scale 2.
    """

    low: float
    high: float


class Grid(NamedTuple):
    """The values that a column can hold.

    Parameters
    ----------
    kind : pa.DataType
        Type of the readable column.
    least, most : int or float
        Its ends, in its unit.
    """

    kind: pa.DataType
    least: float
    most: float

    def at_least(self, values: pa.ChunkedArray, bound: float) -> Truth:
        """Find the rows at or above a bound.

        Parameters
        ----------
        values : pa.ChunkedArray
            A readable column.
        bound : int or float
            In the unit of the column; may lie outside of the grid.

        Returns
        -------
        pa.ChunkedArray of bool
            Null where the value is missing.
        """
        import pyarrow.compute as pc

        if bound > self.most:
            return pc.less(values, self._scalar(self.least))
        return pc.greater_equal(values, self._scalar(max(bound, self.least)))

    def _scalar(self, value: float) -> pa.Scalar:
        """Make a scalar from bytes: `pyarrow.scalar` would load pandas wherever that is installed."""
        if pa.types.is_decimal(self.kind):
            data = int(value).to_bytes(self.kind.bit_width // 8, "little", signed=True)
        else:
            data = np.array([value], self.kind.to_pandas_dtype()).tobytes()
        return pa.Array.from_buffers(self.kind, 1, [None, pa.py_buffer(data)])[0]


def grid_of(kind: pa.DataType) -> Grid:
    """Find the grid of a column of numbers or times.

    Parameters
    ----------
    kind : pa.DataType
        A plain type: whole numbers, floating point, decimal, date or timestamp.

    Returns
    -------
    Grid
        Times are counted in whole numbers.
    """
    if pa.types.is_decimal(kind):
        most = 10**kind.precision - 1
        return Grid(kind, -most, most)
    if pa.types.is_floating(kind):
        return Grid(kind, -np.inf, np.inf)
    number = np.iinfo(np.uint64 if kind.equals(pa.uint64()) else np.int64)
    return Grid(pa.uint64() if kind.equals(pa.uint64()) else pa.int64(), int(number.min), int(number.max))


def on_grid(grid: Grid, operator: str, stretches: Sequence[Stretch]) -> Callable[[pa.ChunkedArray], Truth]:
    """Make the comparison of a column of numbers or times.

    Parameters
    ----------
    grid : Grid
        Of the column.
    operator : str
        "==", "!=", "<", "<=", ">", ">=", "in" or "between".
    stretches : sequence of Stretch
        The values: two for "between", any number for "in", else one.

    Returns
    -------
    callable
        Readable column -> truths.
    """
    import pyarrow.compute as pc

    def inside(values: pa.ChunkedArray, low: float, high: float) -> Truth:
        return pc.and_(grid.at_least(values, low), pc.invert(grid.at_least(values, high)))

    def any_of(values: pa.ChunkedArray) -> Truth:
        result = inside(values, *stretches[0])
        for stretch in stretches[1:]:
            result = pc.or_(result, inside(values, *stretch))
        return result

    low, high = stretches[0]
    table: dict[str, Callable[[Any], Truth]] = {
        "==": lambda values: inside(values, low, high),
        "!=": lambda values: pc.invert(inside(values, low, high)),
        "<": lambda values: pc.invert(grid.at_least(values, low)),
        "<=": lambda values: pc.invert(grid.at_least(values, high)),
        ">": lambda values: grid.at_least(values, high),
        ">=": lambda values: grid.at_least(values, low),
        "between": lambda values: inside(values, low, stretches[-1].high),
        "in": any_of,
    }
    return table[operator]


def on_text(operator: str, texts: Sequence[str]) -> Callable[[pa.ChunkedArray], Truth]:
    """Make the comparison of a column of texts, which are ordered by code points.

    Parameters
    ----------
    operator : str
        As for `on_grid`, or "contains" or "startswith".
    texts : sequence of str
        The values, in NFC.

    Returns
    -------
    callable
        Readable column -> truths.
    """
    import pyarrow.compute as pc

    values_set = string_array(list(texts))
    first, last = values_set[0], values_set[len(texts) - 1]

    def any_of(values: pa.ChunkedArray) -> Truth:
        # a missing value is in no list, and outside of none
        return pc.and_(pc.is_in(values, value_set=values_set), pc.equal(values, values))

    table: dict[str, Callable[[Any], Truth]] = {
        "==": lambda values: pc.equal(values, first),
        "!=": lambda values: pc.not_equal(values, first),
        "<": lambda values: pc.less(values, first),
        "<=": lambda values: pc.less_equal(values, first),
        ">": lambda values: pc.greater(values, first),
        ">=": lambda values: pc.greater_equal(values, first),
        "between": lambda values: pc.and_(pc.greater_equal(values, first), pc.less_equal(values, last)),
        "in": any_of,
        "contains": lambda values: pc.match_substring(values, texts[0]),
        "startswith": lambda values: pc.starts_with(values, texts[0]),
    }
    return table[operator]


def on_truth(operator: str, truths: Sequence[bool]) -> Callable[[pa.ChunkedArray], Truth]:
    """Make the comparison of a column of truth values.

    Parameters
    ----------
    operator : {"==", "!=", "in"}
        There is no order among them.
    truths : sequence of bool
        The values.

    Returns
    -------
    callable
        Readable column -> truths.
    """
    import pyarrow.compute as pc

    wanted = set(truths) if operator != "!=" else {True, False} - set(truths)
    if len(wanted) == 2:
        return lambda values: pc.equal(values, values)
    return (lambda values: values) if True in wanted else pc.invert
