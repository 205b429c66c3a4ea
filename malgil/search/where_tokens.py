"""The words of the filter language: names, operators, and values that know what they are.

Full-width signs (``（ ＞＝ ，``) are read as the usual ones, outside of quotes.
"""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from typing import Literal, NamedTuple

from malgil.search.caret import misplaced, shorten
from malgil.search.query import QUOTES

Kind = Literal["name", "word", "sign", "number", "text", "time", "end"]

KEYWORDS = frozenset({"and", "or", "not", "in", "between", "is", "null", "contains", "startswith", "true", "false"})
SECOND = 1_000_000_000

_CLOSING = {**QUOTES, "'": "'’‘", "‘": "'’‘", "’": "'’‘"}
_USUAL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CLOCK = r"(?:[Tt ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?([Zz]|[+-]\d{2}:?\d{2})?)?"
_ISO = rf"(\d{{4}})(?:-(\d{{1,2}})(?:-(\d{{1,2}}){_CLOCK})?)?"
_KOREAN = rf"(\d{{4}})\s?년(?:\s?(\d{{1,2}})\s?월(?:\s?(\d{{1,2}})\s?일{_CLOCK})?)?"
_DOTTED = rf"(\d{{4}})\s?[./](?:\s?(\d{{1,2}})\s?(?:[./](?:\s?(\d{{1,2}})\.?{_CLOCK})?)?)?"
_TIMES = tuple(re.compile(form) for form in (_ISO, _KOREAN, _DOTTED))
_TOKEN = re.compile(
    rf"(?P<time>(?:{_KOREAN}|(?=\d{{4}}-\d){_ISO})(?![\w.]))"
    r"|(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>==|!=|<>|<=|>=|[=<>≤≥≠(),])"
)
_SAME = {"=": "==", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!="}


class Period(NamedTuple):
    """A stretch of time, as long as the way it is written says: ``2014-03`` is a month.

    Parameters
    ----------
    begin, end : int
        Nanoseconds since 1970, half-open.
    has_zone : bool
        Whether they are in UTC; otherwise on a clock that nobody named.
    """

    begin: int
    end: int
    has_zone: bool


class Token(NamedTuple):
    """A word of a filter.

    Parameters
    ----------
    kind : str
        "name" is a column, "word" a keyword in small letters, "sign" an operator, bracket or comma, "number", "text"
        and "time" are values, "end" is the end.
    value : str, Fraction or Period
        What it stands for.
    start, end : int
        Its place in the filter in code points.
    """

    kind: Kind
    value: str | Fraction | Period
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Split a filter.

    Parameters
    ----------
    text : str
        Without lone surrogates.

    Returns
    -------
    list of Token
        The last is the end.

    Raises
    ------
    ParameterError
        If a quote is not closed, a number is too long, a day does not exist or a sign means nothing: with the place.
    """
    usual = text.translate(_USUAL)
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        token = _quoted(text, place) if text[place] in _CLOSING or usual[place] == "`" else _plain(text, usual, place)
        found.append(token)
        place = token.end
    return [*found, Token("end", "", len(text), len(text))]


def _quoted(text: str, start: int) -> Token:
    """Read to the closing quote; a backslash makes a quote or a backslash plain, two backticks stand for one."""
    is_name = text[start] not in _CLOSING
    closing = text[start] if is_name else _CLOSING[text[start]]
    escape = closing if is_name else "\\"
    parts, place = [], start + 1
    while place < len(text):
        char, behind = text[place], text[place + 1 : place + 2]
        if char == escape and behind and (behind in closing or behind == escape):
            parts.append(behind)
            place += 2
            continue
        if char in closing:
            return Token("name" if is_name else "text", "".join(parts), start, place + 1)
        parts.append(char)
        place += 1
    raise misplaced("query.where_unclosed_quote", text, start, start + 1, sign=text[start])


def _plain(text: str, usual: str, start: int) -> Token:
    found = _TOKEN.match(usual, start)
    if found is None:
        raise misplaced("query.where_bad_sign", text, start, start + 1, sign=text[start])
    kind, value, end = str(found.lastgroup), found.group(), found.end()
    if kind == "time":
        return Token("time", read_time(value, text, start, end), start, end)
    if kind == "number":
        if len(value) > 60 or abs(int(value.lower().partition("e")[2] or 0)) > 400:
            raise misplaced("query.where_long_number", text, start, end)
        return Token("number", Fraction(value), start, end)
    if kind == "sign":
        return Token("sign", _SAME.get(value, value), start, end)
    if value.lower() in KEYWORDS:
        return Token("word", value.lower(), start, end)
    return Token("name", text[start:end], start, end)


def read_time(written: str, text: str, start: int, end: int) -> Period:
    """Read a year, a month, a day or a moment.

    Parameters
    ----------
    written : str
        ``2014``, ``2014-03``, ``2014-03-01``, ``2014-03-01 15:05:30.5``, ``2014-03-01T15:05Z``, ``2014년 3월 1일``,
        ``2014. 3. 1.``, ``2014/3/1``.
    text : str
        The filter, for the message.
    start, end : int
        Place in it.

    Returns
    -------
    Period
        From the first moment to the one after the last.

    Raises
    ------
    ParameterError
        If it is not written so, or there is no such day or time of day.
    """
    for form in _TIMES:
        if found := form.fullmatch(written.strip()):
            try:
                return _period(*found.groups())
            except (ValueError, OverflowError):
                break
    raise misplaced("query.where_bad_time", text, start, end, value=shorten(written))


def _period(year: str, *rest: str | None) -> Period:
    month, day, hour, minute, second, fraction, zone = rest
    first = datetime.date(int(year), int(month or 1), int(day or 1))
    begin = _days(first) * 86_400 * SECOND
    if hour is None:
        after = (first.year, first.month, first.day + 1) if day else _next_month(first) if month else (first.year + 1,)
        return Period(begin, _days_after(first, *after) * 86_400 * SECOND, False)
    clock = datetime.time(int(hour), int(minute or 0), int(second or 0))
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    begin += seconds * SECOND + int((fraction or "").ljust(9, "0")) - _offset(zone) * SECOND
    length = 60 * SECOND if second is None else 10 ** (9 - len(fraction or ""))
    return Period(begin, begin + length, zone is not None)


def _days(day: datetime.date) -> int:
    return day.toordinal() - datetime.date(1970, 1, 1).toordinal()


def _next_month(first: datetime.date) -> tuple[int, int]:
    return (first.year + 1, 1) if first.month == 12 else (first.year, first.month + 1)


def _days_after(first: datetime.date, year: int, month: int = 1, day: int = 0) -> int:
    """Find the day that a year, month or day ends before; also where the calendar of Python ends."""
    if day:
        return _days(first) + 1
    return _days(datetime.date(year, month, 1)) if year <= datetime.MAXYEAR else _days(datetime.date.max) + 1


def _offset(zone: str | None) -> int:
    """Seconds that a clock is ahead of UTC."""
    if zone is None or zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError(zone)
    return (1 if zone[0] == "+" else -1) * (hours * 3600 + minutes * 60)
