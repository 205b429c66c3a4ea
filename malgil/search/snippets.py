"""The part of a document that shows why it was found, with the places to highlight.

Places are code points of the raw text throughout; a cut never falls into what a reader sees as one character (an NFD
syllable, an emoji with its skin tone, a letter with its accents).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import index
from typing import NamedTuple

from malgil.errors import ParameterError

_BLANK_WITHIN = 20  # code points in which a blank is looked for, so as not to cut a word
# Two of these side by side are always two characters to a reader: ASCII, ideographs, compatibility jamo, syllables.
_PLAIN = ((0x20, 0x7E), (0x3131, 0x318E), (0x3400, 0x9FFF), (0xAC00, 0xD7A3))

Span = tuple[int, int]


class Snippet(NamedTuple):
    """A part of a text.

    Parameters
    ----------
    text : str
        The part as it stands in the raw text.
    start, end : int
        Where that is, in code points of the raw text.
    highlights : tuple of (int, int)
        What to highlight, also in code points of the raw text; rising, apart from each other, none empty.
    """

    text: str
    start: int
    end: int
    highlights: tuple[Span, ...]

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Go through the text.

        Yields
        ------
        piece : str
            What follows; never empty.
        is_highlight : bool
            Whether it is to be highlighted.
        """
        place = self.start
        for start, end in (*self.highlights, (self.end, self.end)):
            if place < start:
                yield self.text[place - self.start : start - self.start], False
            if start < end:
                yield self.text[start - self.start : end - self.start], True
            place = end


def snippet(text: str, spans: Sequence[Span], length: int = 160) -> Snippet:
    """Cut out the part with the most different words that were found, then with the most of them, then the first.

    Parameters
    ----------
    text : str
        The raw text.
    spans : sequence of (int, int)
        Where the words of the query stand, in code points, half-open; in any order. What lies outside of the text is
        left out.
    length : int
        Code points at most, >= 1; one character may be longer than that, and then it is all that is shown.

    Returns
    -------
    Snippet
        The beginning of the text where no word stands. Words are not cut where a blank is near, and blanks at the ends
        of a part are left out.

    Raises
    ------
    ParameterError
        If `length` is not a whole number of 1 or more.

    Examples
    --------
    >>> snippet("이 영화는 정말 재밌다. 배우들의 연기도 좋다.", [(2, 4), (9, 11)], length=12)
    Snippet(text='영화는 정말 재밌다.', start=2, end=13, highlights=((2, 4), (9, 11)))
    """
    try:
        length = 0 if isinstance(length, bool) else index(length)
    except TypeError:
        length = 0
    if length < 1:
        raise ParameterError("query.bad_length", value=length)
    inside = sorted({(max(0, low), min(high, len(text))) for low, high in spans})
    inside = [(low, high) for low, high in inside if low < high]
    start, end = _window(text, inside, length)
    return Snippet(text[start:end], start, end, _highlights(inside, start, end))


def _window(text: str, spans: list[Span], length: int) -> Span:
    if len(text) <= length:
        return 0, len(text)
    begin = len(text) - len(text.lstrip())
    first, last = densest(text, spans, length) if spans else (begin, len(text))
    last = min(last, first + length)
    low = max(0, min(first - (length - (last - first)) // 2, len(text) - length))
    start, end = _boundary_from(text, low), _boundary_to(text, low + length)
    if start >= end:  # one character is longer than the snippet may be
        start = _boundary_to(text, first)
        return start, _boundary_from(text, start + 1)
    return _without_torn_words(text, start, end, (max(first, start), min(last, end)) if spans else (end, start))


def densest(text: str, spans: list[Span], length: int) -> Span:
    """Choose the words that a snippet shows.

    Parameters
    ----------
    text : str
        The raw text.
    spans : list of (int, int)
        Sorted and not empty, each inside of the text; at least one.
    length : int
        Code points from the start of the first to the end of the last at most.

    Returns
    -------
    start, end : int
        From the start of the first to the end of the last; a single one may be longer than `length`.
    """
    words = [text[low:high].casefold() for low, high in spans]
    chosen, best, behind = spans[0], (0, 0), 0
    inside: Counter[str] = Counter()
    for place, (low, _) in enumerate(spans):
        behind = max(behind, place)
        while behind < len(spans) and spans[behind][1] <= low + length:
            inside[words[behind]] += 1
            behind += 1
        found = (len(inside), behind - place)
        if found > best:
            chosen, best = (low, max(end for _, end in spans[place:behind])), found
        if behind > place:
            inside[words[place]] -= 1
            inside += Counter()
    return chosen


def _highlights(spans: list[Span], start: int, end: int) -> tuple[Span, ...]:
    """Clip the spans to the window and join those that overlap."""
    joined: list[Span] = []
    for low, high in spans:
        low, high = max(low, start), min(high, end)
        if low >= high:
            continue
        if joined and low < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def _without_torn_words(text: str, start: int, end: int, kept: Span) -> Span:
    """Move the ends inwards to a blank near by, and over blanks, but never into what is to be seen."""
    if start and not text[start - 1].isspace() and not text[start].isspace():
        blank = next((i for i in range(start, min(kept[0], start + _BLANK_WITHIN)) if text[i].isspace()), start)
        start = blank if _is_boundary(text, blank) else start
    if end < len(text) and not text[end].isspace() and not text[end - 1].isspace():
        reach = range(end - 1, max(kept[1], end - _BLANK_WITHIN) - 1, -1)
        blank = next((i for i in reach if text[i].isspace()), end)
        end = blank if _is_boundary(text, blank) else end
    while start < kept[0] and text[start].isspace() and _is_boundary(text, start + 1):
        start += 1
    while end > kept[1] and end > start and text[end - 1].isspace() and _is_boundary(text, end - 1):
        end -= 1
    return start, end


def _boundary_from(text: str, place: int) -> int:
    """First border between characters at or behind a place."""
    return next(i for i in range(place, len(text) + 1) if _is_boundary(text, i))


def _boundary_to(text: str, place: int) -> int:
    """Last border between characters at or before a place."""
    return next(i for i in range(place, -1, -1) if _is_boundary(text, i))


def _is_plain(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _PLAIN)


def _is_boundary(text: str, place: int) -> bool:
    """Whether one character ends and another begins here."""
    if not 0 < place < len(text) or (_is_plain(text[place - 1]) and _is_plain(text[place])):
        return True
    import regex

    safe = place - 1  # a place further left that is surely a border, to begin to read from
    while safe > 0 and not (_is_plain(text[safe - 1]) and _is_plain(text[safe])):
        safe -= 1
    return any(found.start() == place - safe for found in regex.finditer(r"\X", text[safe : place + 1]))
