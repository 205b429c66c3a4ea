"""Times out of text: ISO 8601 and the forms that Koreans write.

Year, month and day in this order, with a year of four digits or (where the column was named as a time) two; parted by
``-``, ``.``, ``/`` or 년 월 일, or as eight digits. A clock time may follow, also as 오후 3시 5분; a zone is turned
into UTC. Forms with the year at the end are not read: 03/04/2024 is the third of April or the fourth of March.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.corpus.schemas import TIME

_FORM = (
    r"^\s*(?P<y>\d{4}|'?\d{2})(?:\s*[-./년]\s*(?P<mo>\d{1,2})\s*[-./월]\s*(?P<d>\d{1,2})\s*[.일]?"
    r"|(?P<cmo>\d{2})(?P<cd>\d{2}))"
    r"(?:\s*\(?[월화수목금토일]?(?:요일)?\)?)"
    r"(?:[\sT]\s*(?P<half>오전|오후|[AaPp][Mm])?\s*(?P<h>\d{1,2})\s*(?:[:시]\s*(?:(?P<mi>\d{1,2})\s*분?)?)"
    r"(?:[:\s]\s*(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?\s*초?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?\s*$"
)
_DAY = np.timedelta64(1, "D")


def parse_times(texts: pa.LargeStringArray, short_years: bool = True) -> pa.TimestampArray:
    """Read times.

    Parameters
    ----------
    texts : LargeStringArray
        Any text; null and blank ones give null.
    short_years : bool
        Take 24.3.1 for 2024-03-01. Two digits mean 1970 to 2069.

    Returns
    -------
    TimestampArray of microseconds, the same length
        Null also where a text is no time in the forms above; parts of a second below a microsecond are cut off.

    Examples
    --------
    >>> parse_times(pa.array(["2024. 3. 1. 오후 3:05", "곧"], pa.large_string())).to_pylist()
    [datetime.datetime(2024, 3, 1, 15, 5), None]
    """
    found = pc.extract_regex(texts, _FORM)
    matches = np.asarray(found.is_valid().to_numpy(zero_copy_only=False))
    if not matches.any():
        return pa.nulls(len(texts), TIME)
    fields = {name: pc.struct_field(found, name).filter(pa.array(matches)) for name in _names(found.type)}
    times, is_good = _assemble(fields, short_years)
    values = np.full(len(texts), np.datetime64("NaT", "us"))
    values[np.flatnonzero(matches)[is_good]] = times[is_good]
    return pa.array(values, TIME)


def _names(kind: pa.DataType) -> list[str]:
    return [kind.field(index).name for index in range(kind.num_fields)]


def _assemble(fields: dict[str, pa.Array], short_years: bool) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Put times together, and tell which of them exist in the calendar and on the clock."""
    digits = pc.replace_substring(fields["y"], "'", "")
    year = _integers(digits)
    is_short = np.asarray(pc.utf8_length(digits)) < 4
    year = np.where(is_short, np.where(year < 70, year + 2000, year + 1900), year)
    month = _integers(fields["mo"]) + _integers(fields["cmo"])
    day = _integers(fields["d"]) + _integers(fields["cd"])
    is_compact = np.asarray(pc.utf8_length(fields["cmo"])) > 0
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1).astype("timedelta64[M]")
    date = months.astype("datetime64[D]") + (day - 1) * _DAY
    is_good = (month >= 1) & (month <= 12) & (day >= 1) & (date.astype("datetime64[M]") == months)
    is_good &= ~is_short | (short_years & ~is_compact)
    clock, is_clock = _clock(fields)
    return date.astype("datetime64[us]") + clock, is_good & is_clock


def _clock(fields: dict[str, pa.Array]) -> tuple[NDArray[np.timedelta64], NDArray[np.bool_]]:
    hour, minute, second = (_integers(fields[name]) for name in ("h", "mi", "s"))
    half = pc.utf8_lower(fields["half"])
    has_half = np.asarray(pc.utf8_length(half)) > 0
    is_late = np.asarray(pc.is_in(half, pa.array(["오후", "pm"], half.type)).to_numpy(zero_copy_only=False))
    is_good = (hour < 24) & (minute < 60) & (second < 60) & (~has_half | (hour <= 12))
    hour = np.where(has_half, hour % 12 + 12 * is_late, hour)
    fraction = _integers(pc.utf8_slice_codeunits(pc.utf8_rpad(fields["f"], 6, "0"), 0, 6))
    zone = pc.replace_substring(pc.replace_substring(fields["zone"], "Z", ""), ":", "")
    size = _integers(pc.utf8_slice_codeunits(zone, 1, 3)) * 60 + _integers(pc.utf8_slice_codeunits(zone, 3, 5))
    is_west = np.asarray(pc.starts_with(zone, "-").to_numpy(zero_copy_only=False))
    minutes = hour * 60 + minute + np.where(is_west, size, -size)
    return ((minutes * 60 + second) * 1_000_000 + fraction).astype("timedelta64[us]"), is_good


def _integers(texts: pa.Array) -> NDArray[np.int64]:
    """Read digits; nothing is 0."""
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    return np.asarray(filled.cast(pa.int64()))


def looks_like_times(texts: pa.LargeStringArray, short_years: bool) -> bool:
    """Tell whether all texts of a sample that are not blank are times, and there is one.

    Parameters
    ----------
    texts : LargeStringArray
        The sample.
    short_years : bool
        Whether two digits will do for a year; eight digits will only do where they do.

    Returns
    -------
    bool
        True where they are.
    """
    filled = texts.filter(pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(texts), ""), False))
    if len(filled) == 0 or (not short_years and pc.any(pc.match_substring_regex(filled, r"^\s*\d{5,}")).as_py()):
        return False
    return bool(parse_times(filled, short_years).null_count == 0)


def first_bad_time(texts: pa.LargeStringArray, times: pa.TimestampArray) -> int | None:
    """Find the first text that is not blank and gave no time.

    Parameters
    ----------
    texts : LargeStringArray
        As given to `parse_times`.
    times : TimestampArray
        As it gave them.

    Returns
    -------
    int or None
        Its position.
    """
    is_filled = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(texts), ""), False)
    position = pc.index(pc.and_(is_filled, times.is_null()), True).as_py()
    return None if position < 0 else position
