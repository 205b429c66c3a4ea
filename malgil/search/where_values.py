"""What a column can be compared with: families of types, and values as stretches of a column's grid."""

from __future__ import annotations

import datetime
import math
import re
import zoneinfo
from fractions import Fraction
from typing import Literal

import numpy as np
import pyarrow as pa

from malgil.search.conditions import Stretch
from malgil.search.where_nodes import plain_type
from malgil.search.where_tokens import SECOND, Period

Family = Literal["number", "text", "truth", "time", "nothing", "other"]

_UNITS = {"s": SECOND, "ms": SECOND // 1000, "us": SECOND // 1_000_000, "ns": 1}
_FIXED_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})")


def family_of(kind: pa.DataType) -> Family:
    """Tell what the values of a column are to people.

    Parameters
    ----------
    kind : pa.DataType
        Type of the column.

    Returns
    -------
    str
        "nothing" is a column of nothing but nulls; "other" are lists, records, bytes, durations, times of day.
    """
    kind = plain_type(kind)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_null(kind):
        return "nothing"
    return "truth" if pa.types.is_boolean(kind) else "other"


def number_stretch(value: Fraction, kind: pa.DataType) -> Stretch:
    """Place a number on the grid of a column.

    Parameters
    ----------
    value : Fraction
        The exact number.
    kind : pa.DataType
        Type of a column of numbers.

    Returns
    -------
    Stretch
        Of length 0 between the numbers that whole numbers and decimals can hold; in floating point, the nearest one.
    """
    while pa.types.is_dictionary(kind) or isinstance(kind, pa.BaseExtensionType):
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind.storage_type
    if pa.types.is_floating(kind):
        number = kind.to_pandas_dtype()
        with np.errstate(over="ignore"):
            nearest = number(_nearest(value))
        return Stretch(float(nearest), float(np.nextafter(nearest, number(np.inf))))
    scaled = value * Fraction(10) ** kind.scale if pa.types.is_decimal(kind) else value
    return Stretch(math.ceil(scaled), math.floor(scaled) + 1)


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def time_stretch(period: Period, kind: pa.DataType) -> Stretch:
    """Place a stretch of time on the grid of a column.

    Parameters
    ----------
    period : Period
        As it was written. Without a zone it is on the clock of the column, which is UTC where the column names none.
    kind : pa.DataType
        Type of a column of dates or timestamps.

    Returns
    -------
    Stretch
        In the unit of the column.
    """
    kind = plain_type(kind)
    begin, end = period.begin, period.end
    if pa.types.is_timestamp(kind):
        unit = _UNITS[kind.unit]
        if kind.tz and not period.has_zone:
            begin, end = _to_utc(begin, kind.tz), _to_utc(end, kind.tz)
    else:
        unit = 86_400 * SECOND if pa.types.is_date32(kind) else SECOND // 1000
    return Stretch(-(-begin // unit), -(-end // unit))


def _to_utc(moment: int, zone: str) -> int:
    fixed = _FIXED_ZONE.fullmatch(zone)
    if fixed:
        sign = 1 if fixed[1] == "+" else -1
        return moment - sign * (int(fixed[2]) * 3600 + int(fixed[3]) * 60) * SECOND
    days, seconds = divmod(moment // SECOND, 86_400)
    ordinal = min(max(days + datetime.date(1970, 1, 1).toordinal(), 2), datetime.date.max.toordinal() - 1)
    clock = datetime.datetime.fromordinal(ordinal) + datetime.timedelta(seconds=seconds)
    offset = clock.replace(tzinfo=zoneinfo.ZoneInfo(zone)).utcoffset() or datetime.timedelta()
    return moment - round(offset.total_seconds()) * SECOND
