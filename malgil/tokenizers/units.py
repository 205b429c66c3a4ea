"""Tokenisers whose tokens are single characters, or the letters of syllables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, decode, is_space, to_str, utf8
from malgil.compose import L_BASE, S_BASE, S_COUNT, T_BASE, T_COUNT, V_BASE, V_COUNT, compose
from malgil.errors import DataError
from malgil.strings import string_array
from malgil.tokenizers.clusters import BLANK_MARK, cluster_starts, is_letter
from malgil.tokenizers.protocol import BlockTokenizer
from malgil.tokens import Tokens

Places = NDArray[np.int64]


class _Units(NamedTuple):
    """Units of a block: `points` cut at `low` and `high`, and the span of each on the axis of the raw texts."""

    points: NDArray[np.uint32]
    low: Places
    high: Places
    start: Places
    end: Places
    is_behind_blank: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class UnitTokenizer(BlockTokenizer):
    """Base of the tokenisers that leave nothing but white space out and know no words.

    Parameters
    ----------
    blanks : bool
        Whether the first unit behind white space begins with ``▁``, so that texts can be put together again. Its span
        is that of the unit alone.
    lowercase : bool
        Whether forms are in lower case, each by itself as ``str.lower`` gives it.
    """

    blanks: bool = False
    lowercase: bool = False
    name: ClassVar[str]
    covers_all: ClassVar[bool] = True

    @property
    def normalises(self) -> bool:
        """Whether a form may differ from the text in its span."""
        return True

    @property
    def params(self) -> dict[str, Any]:
        """Arguments of `malgil.tokenizers.tokenizer` that make an equal tokeniser."""
        return {"name": self.name, "blanks": self.blanks, "lowercase": self.lowercase}

    def split(self, text: str) -> list[str]:
        """Forms of one text, without any kernel.

        Parameters
        ----------
        text : str
            Raw text; a lone surrogate becomes a question mark.

        Returns
        -------
        list of str
            The forms that `tokenize` finds.
        """
        return self.tokenize_block(string_array([text])).to_lists()[0]

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block, with a form table of its own.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts.

        Returns
        -------
        Tokens
            Forms that are one code point stand first, by their numbers.

        Raises
        ------
        DataError
            If a text is not UTF-8.
        """
        raw = _decoded(texts)
        units = self._cut(raw)
        indptr = np.searchsorted(units.start, raw.indptr).astype(np.int64)
        shift = np.repeat(raw.indptr[:-1], np.diff(indptr))
        start, end = (units.start - shift).astype(np.int32), (units.end - shift).astype(np.int32)
        forms, ids = _number(units, units.is_behind_blank if self.blanks else np.zeros(len(units.low), np.bool_))
        if self.lowercase:
            forms, ids = _fold_case(forms, ids)
        return Tokens(string_array(forms), ids, indptr, start, end)

    def _cut(self, raw: CodePoints) -> _Units:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class CharTokenizer(UnitTokenizer):
    """Tokens are the code points that are not white space, each as it is.

    An accent or a jamo that stands by itself in the text (NFD) is a token of its own: nothing is joined, nothing is
    normalised.

    Parameters
    ----------
    blanks : bool
        Whether the first code point behind white space begins with ``▁``.
    lowercase : bool
        Whether forms are in lower case. With neither, every form is the text in its span.

    Examples
    --------
    >>> CharTokenizer().split("한글 2")
    ['한', '글', '2']
    >>> CharTokenizer(blanks=True).split("한글 2")
    ['한', '글', '▁2']
    """

    blanks: bool = False
    lowercase: bool = False
    name: ClassVar[str] = "char"

    @property
    def normalises(self) -> bool:
        """Whether a form may differ from the text in its span."""
        return self.blanks or self.lowercase

    def _cut(self, raw: CodePoints) -> _Units:
        low = np.flatnonzero(~is_space(raw.points))
        return _Units(raw.points, low, low + 1, low, low + 1, _is_behind_blank(raw, low))


@dataclass(frozen=True, kw_only=True)
class SyllableTokenizer(UnitTokenizer):
    r"""Tokens are characters as people see them: a syllable, a letter with its accents, a whole emoji.

    They are the extended grapheme clusters of Unicode (see `malgil.tokenizers.clusters`), composed (NFC): a syllable
    or a letter with an accent has the same form however it is written.

    Parameters
    ----------
    blanks : bool
        Whether the first character behind white space begins with ``▁``.
    lowercase : bool
        Whether forms are in lower case.

    Examples
    --------
    >>> SyllableTokenizer().split("\u1112\u1161\u11ab글 ㅋㅋ")
    ['한', '글', 'ㅋ', 'ㅋ']
    """

    blanks: bool = False
    lowercase: bool = False
    name: ClassVar[str] = "syllable"

    def _cut(self, raw: CodePoints) -> _Units:
        return _clusters(raw)[0]


@dataclass(frozen=True, kw_only=True)
class JamoTokenizer(UnitTokenizer):
    r"""Tokens are the letters of Hangul syllables; all else is cut as by `SyllableTokenizer`.

    Letters are conjoining jamo: initial, vowel and, where there is one, final. An initial ㄱ is another form than a
    final one and than a loose ㄱ, so that letters can be put together again without a doubt; a syllable without a
    final needs no sign for that. All letters of a syllable have its span.

    Parameters
    ----------
    blanks : bool
        Whether the first letter behind white space begins with ``▁``.
    lowercase : bool
        Whether forms are in lower case.

    Examples
    --------
    >>> JamoTokenizer().split("각 ㅋ") == ["\u1100", "\u1161", "\u11a8", "ㅋ"]
    True
    """

    blanks: bool = False
    lowercase: bool = False
    name: ClassVar[str] = "jamo"

    def _cut(self, raw: CodePoints) -> _Units:
        clusters, opens = _clusters(raw)
        points, opens = _to_letters(clusters.points, opens)
        of_cluster = np.cumsum(opens) - 1
        low = np.flatnonzero(opens | is_letter(points))
        owner, is_head = of_cluster[low], opens[low]
        high = np.append(low[1:], len(points))
        is_behind = clusters.is_behind_blank[owner] & is_head
        return _Units(points, low, high, clusters.start[owner], clusters.end[owner], is_behind)


def _decoded(texts: pa.LargeStringArray) -> CodePoints:
    """Read a block, or name the first text that is not UTF-8."""
    data, offsets = utf8(texts)
    heads = data[offsets[:-1][np.diff(offsets) > 0]]
    try:
        if not bool(((heads & 0xC0) == 0x80).any()):  # else a code point reaches over a border
            return decode(texts)
    except UnicodeDecodeError:
        pass
    bad = next(row for row in range(len(texts)) if not _is_utf8(data, offsets, row))
    raise DataError("tokenizers.not_utf8", row=bad)


def _is_utf8(data: NDArray[np.uint8], offsets: Places, row: int) -> bool:
    try:
        data[offsets[row] : offsets[row + 1]].tobytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_behind_blank(texts: CodePoints, places: Places) -> NDArray[np.bool_]:
    """Tell which places have white space right before them in their text."""
    is_behind = np.append(False, is_space(texts.points[:-1]))[: len(texts.points)]
    is_behind[texts.first_places()] = False
    return is_behind[places]


def _clusters(raw: CodePoints) -> tuple[_Units, NDArray[np.bool_]]:
    """Cut composed texts into what people see; the points are those of the units alone, and where each unit begins."""
    edit = compose(raw)
    texts = raw if edit is None else edit.after
    starts, is_visible = cluster_starts(texts), ~is_space(texts.points)
    opens = starts[is_visible]
    low = np.flatnonzero(starts & is_visible)
    length = np.diff(np.append(np.flatnonzero(opens), len(opens)))
    first = low if edit is None else edit.first[low]
    last = low + length - 1
    end = (last if edit is None else edit.last[last]) + 1
    begin = np.cumsum(length) - length
    units = _Units(texts.points[is_visible], begin, begin + length, first, end, _is_behind_blank(texts, low))
    return units, opens


def _to_letters(points: NDArray[np.uint32], opens: NDArray[np.bool_]) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Take syllables apart; whether a unit begins stays with the first letter of each."""
    place = points.astype(np.int64) - S_BASE
    is_syllable = (place >= 0) & (place < S_COUNT)
    final = np.where(is_syllable, place % T_COUNT, 0)
    room = 1 + is_syllable + (final > 0)
    at = np.cumsum(room) - room
    letters, begins = np.repeat(points, room), np.zeros(int(room.sum()), np.bool_)
    begins[at] = opens
    head = at[is_syllable]
    letters[head] = L_BASE + place[is_syllable] // (V_COUNT * T_COUNT)
    letters[head + 1] = V_BASE + place[is_syllable] // T_COUNT % V_COUNT
    letters[at[final > 0] + 2] = T_BASE + final[final > 0]
    return letters, begins


def _number(units: _Units, is_marked: NDArray[np.bool_]) -> tuple[list[str], NDArray[np.int32]]:
    """Give distinct forms numbers: single code points by a table, the few longer ones by a dictionary."""
    if not len(units.low):
        return [], np.zeros(0, np.int32)
    keys = units.points[units.low].astype(np.int64) * 2 + is_marked
    is_long = units.high - units.low > 1
    is_used = np.zeros(int(keys.max()) + 1, np.bool_)
    is_used[keys[~is_long]] = True
    used = np.flatnonzero(is_used)
    table = np.zeros(len(is_used), np.int32)
    table[used] = np.arange(len(used))
    ids = table[keys]
    before = ("", BLANK_MARK)
    place = {before[key & 1] + chr(key >> 1): at for at, key in enumerate(used.tolist())}
    rows = zip(*(column[is_long].tolist() for column in (units.low, units.high, is_marked)), strict=True)
    ids[is_long] = [place.setdefault(before[mark] + to_str(units.points[i:j]), len(place)) for i, j, mark in rows]
    return list(place), ids


def _fold_case(forms: list[str], ids: NDArray[np.int32]) -> tuple[list[str], NDArray[np.int32]]:
    place: dict[str, int] = {}
    merged = np.array([place.setdefault(form.lower(), len(place)) for form in forms], np.int32)
    return list(place), merged[ids] if len(merged) else ids
