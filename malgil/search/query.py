r"""The query language: what people type into a search box, as atoms.

::

    word          may occur; documents with more such words rank higher
    "a phrase"    must occur as such; also “ ” and 「 」
    +word         must occur
    -word         must not occur
    name:word     only in that field; also name:"a phrase", +name:word, -name:word
    \"            a sign as a plain character; a backslash before anything else is a plain backslash

A sign counts only right before a word and a colon only behind a name that is known, so that ``A-B``, ``3:30``
and ``http://...`` are words like others. Nothing is looked up or split into tokens here.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

from malgil.errors import ParameterError
from malgil.search.caret import clean, compare_key, misplaced, shorten

Kind = Literal["should", "must", "not"]

#: Opening quote -> the signs that close it. Keyboards mix the first four up.
QUOTES: dict[str, str] = {
    **dict.fromkeys('"“”„＂', '"“”„＂'),
    **{"「": "」", "『": "』"},
}
_SIGNS: dict[str, Kind] = {"+": "must", "＋": "must", "-": "not", "－": "not"}
_COLONS = ":："
_CAN_BE_ESCAPED = frozenset("".join((*QUOTES, *QUOTES.values(), *_SIGNS, _COLONS, "\\")))


class Atom(NamedTuple):
    """One wish of a query.

    Parameters
    ----------
    text : str
        The word or phrase, without signs, quotes and escapes; a tokeniser may find any number of tokens in it, or none.
    kind : {"should", "must", "not"}
        Whether it may, must or must not occur. A phrase without a sign must.
    is_phrase : bool
        Whether its tokens must stand one after another.
    field : str or None
        The only field to look in.
    start, end : int
        Its place in the query in code points, with its signs.
    """

    text: str
    kind: Kind
    is_phrase: bool
    field: str | None
    start: int
    end: int


class Query(NamedTuple):
    """A query as it was typed.

    Parameters
    ----------
    atoms : tuple of Atom
        From left to right; none for an empty text, otherwise at least one that is not of kind "not".
    """

    atoms: tuple[Atom, ...]


def parse(text: str, names: Collection[str] = ()) -> Query:
    """Read a query.

    Parameters
    ----------
    text : str
        What was typed. Lone surrogates are read as U+FFFD.
    names : collection of str
        The fields that ``name:`` may speak of; compared in NFC, as they are written otherwise.

    Returns
    -------
    Query
        Its wishes.

    Raises
    ------
    ParameterError
        If a quote is not closed or has nothing in it, a name has no word behind it, a sign stands behind a name, or
        there are only words that must not occur: with the place.

    Examples
    --------
    >>> [(atom.text, atom.kind, atom.field) for atom in parse('재밌는 +감독 -제목:속편 "이 영화"', ["제목"]).atoms]
    [('재밌는', 'should', None), ('감독', 'must', None), ('속편', 'not', '제목'), ('이 영화', 'must', None)]
    """
    if not isinstance(text, str):
        raise ParameterError("query.not_text", type=type(text).__name__)
    reader = _Reader(text, names)
    atoms = tuple(reader.atoms())
    if atoms and all(atom.kind == "not" for atom in atoms):
        raise misplaced("query.only_negatives", reader.text, atoms[0].start, atoms[0].end)
    return Query(atoms)


class _Reader:
    """Goes over a query once, from left to right."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.text = clean(text)
        self._names = {compare_key(name): name for name in names}
        self._place = 0

    def atoms(self) -> list[Atom]:
        found: list[Atom] = []
        while True:
            while self._char().isspace():
                self._place += 1
            if not self._char():
                return found
            found.append(self._atom())

    def _char(self) -> str:
        """Give the character at the place; nothing at the end."""
        return self.text[self._place : self._place + 1]

    def _is_end(self) -> bool:
        return not self._char() or self._char().isspace()

    def _is_alone(self) -> bool:
        """Whether the character stands by itself, as the dash of a title that was pasted does."""
        return not self.text[self._place + 1 : self._place + 2].strip()

    def _atom(self) -> Atom:
        start = self._place
        is_first = start == 0 or self.text[start - 1].isspace()
        sign = _SIGNS.get(self._char()) if is_first and not self._is_alone() else None
        if sign:
            self._place += 1
        field = self._field() if is_first else None
        if self._char() in QUOTES:
            return Atom(self._phrase(), sign or "must", True, field, start, self._place)
        return Atom(self._word(), sign or "should", False, field, start, self._place)

    def _field(self) -> str | None:
        """Read a known name and its colon; go back where there is none."""
        start = self._place
        name = self._names.get(compare_key(self._word(_COLONS))) if self._names else None
        if name is None or not self._char() or self._char() not in _COLONS:
            self._place = start
            return None
        self._place += 1
        if self._is_end():
            raise misplaced("query.lone_field", self.text, start, self._place, name=shorten(name))
        if (sign := self._char()) in _SIGNS:  # read as a plain character, it would mean the opposite of what it says
            raise misplaced("query.sign_behind_field", self.text, self._place, self._place + 1, sign=sign)
        return name

    def _word(self, stops: str = "") -> str:
        """Read up to a blank, a quote or a stop."""
        parts = []
        while not self._is_end() and self._char() not in QUOTES and self._char() not in stops:
            parts.append(self._unescaped())
        return "".join(parts)

    def _phrase(self) -> str:
        start = self._place
        closing = QUOTES[self._char()]
        self._place += 1
        parts = []
        while self._char() and self._char() not in closing:
            parts.append(self._unescaped())
        if not self._char():
            raise misplaced("query.unclosed_quote", self.text, start, start + 1, sign=self.text[start])
        self._place += 1
        phrase = "".join(parts)
        if not phrase.strip():
            raise misplaced("query.empty_phrase", self.text, start, self._place)
        return phrase

    def _unescaped(self) -> str:
        """Take one character; behind a backslash, the sign that it makes plain."""
        behind = self.text[self._place + 1 : self._place + 2]
        is_escape = self._char() == "\\" and behind != "" and (behind in _CAN_BE_ESCAPED or behind.isspace())
        self._place += 1 + is_escape
        return self.text[self._place - 1]
