"""What augmentation changed: spans of the source and what stands there now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Change(NamedTuple):
    """One place of a text.

    Parameters
    ----------
    start, end : int
        Half-open span in code points of the source; empty where something was put in.
    before, after : str
        What stood there and what stands there now.
    """

    start: int
    end: int
    before: str
    after: str


class Record(NamedTuple):
    """How a new text was made.

    Parameters
    ----------
    row : int
        Number of the source text.
    method : str
        A key of `malgil.sequences.METHODS`.
    changes : tuple of Change
        In the order of the source, without overlaps; `apply` makes the new text of them.
    partner : int, optional
        Number of the second text, where two were mixed.
    """

    row: int
    method: str
    changes: tuple[Change, ...]
    partner: int | None = None


def apply(text: str, changes: Iterable[Change]) -> str:
    """Make the changes.

    Parameters
    ----------
    text : str
        The source.
    changes : iterable of Change
        In order, without overlaps.

    Returns
    -------
    str
        The new text.

    Examples
    --------
    >>> apply("정말 좋은 영화", [Change(3, 5, "좋은", "멋진")])
    '정말 멋진 영화'
    """
    parts, at = [], 0
    for change in changes:
        parts += [text[at : change.start], change.after]
        at = change.end
    return "".join([*parts, text[at:]])


def replaced(text: str, start: int, end: int, after: str) -> Change:
    """Describe that a span becomes something else.

    Parameters
    ----------
    text : str
        The source.
    start, end : int
        The span.
    after : str
        What is to stand there.

    Returns
    -------
    Change
        With what stood there.
    """
    return Change(start, end, text[start:end], after)
