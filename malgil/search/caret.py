"""A line of what somebody typed with carets under the place that an error speaks of.

Hangul is two cells wide in a terminal and combining marks none, so that places count cells, not code points.
"""

from __future__ import annotations

import re
import unicodedata

from malgil.errors import ParameterError

_AROUND = 18  # code points shown on each side: at most 36 cells each, so that the line fits into 80
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Replace lone surrogates, which neither Arrow nor a terminal takes.

    Parameters
    ----------
    text : str
        What somebody typed; a shell may have put surrogates in for bytes that are not UTF-8.

    Returns
    -------
    str
        Of the same length, with U+FFFD in their places.
    """
    return _SURROGATES.sub("\ufffd", text)


def compare_key(name: str) -> str:
    """Write a name as names are compared.

    Parameters
    ----------
    name : str
        Name of a field or column, perhaps in NFD as some systems type it.

    Returns
    -------
    str
        In NFC.
    """
    return unicodedata.normalize("NFC", name)


def point_out(text: str, start: int, end: int) -> str:
    r"""Show a place in a text.

    Parameters
    ----------
    text : str
        The whole text, of any length and with any characters.
    start, end : int
        The place in code points, ``0 <= start <= end <= len(text)``; an empty one is shown as one caret.

    Returns
    -------
    str
        Two indented lines, each begun with a line end: the text around the place, and the carets. Blanks of any kind
        are shown as blanks and what cannot be seen as U+FFFD.

    Examples
    --------
    >>> print(point_out('영화 "재미', 3, 4))
    <BLANKLINE>
      영화 "재미
           ^
    """
    from rich.cells import cell_len

    low, high = max(0, start - _AROUND), min(len(text), start + _AROUND)
    before, place = _shown(text[low:start]), _shown(text[start : min(end, high)])
    lead = ("..." if low else "") + before
    line = lead + place + _shown(text[min(end, high) : high]) + ("..." if high < len(text) else "")
    return f"\n  {line}\n  {' ' * cell_len(lead)}{'^' * max(1, cell_len(place))}"


def _shown(text: str) -> str:
    return "".join(" " if char.isspace() else char if char.isprintable() else "\ufffd" for char in text)


def shorten(text: str) -> str:
    """Make a piece of what somebody typed fit into a sentence.

    Parameters
    ----------
    text : str
        A word or value.

    Returns
    -------
    str
        At most 40 of its characters, on one line.
    """
    return _shown(text[:40]) + ("..." if len(text) > 40 else "")


def misplaced(key: str, text: str, start: int, end: int, **fields: object) -> ParameterError:
    """Make the error for a place in what somebody typed.

    Parameters
    ----------
    key : str
        The message; it may use ``{at}``, the place counted from 1, and ends in ``{pointer}``.
    text : str
        The whole text.
    start, end : int
        The place in code points.
    **fields : object
        Further values for the message.

    Returns
    -------
    ParameterError
        With `start` and `end` among its fields, for programs that mark the place themselves.
    """
    return ParameterError(key, at=start + 1, start=start, end=end, pointer=point_out(text, start, end), **fields)
