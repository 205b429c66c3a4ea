"""Korean word spacing: blanks go in and out, nothing else ever changes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.spacing_explaining import explain_border
from malgil.clean.spacing_model import load_model, to_letters, trust
from malgil.codepoints import BLANK, CodePoints, Traits, decode, is_space
from malgil.compose import compose
from malgil.edits import Edit, Edited, edit_texts
from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.params import Parametrised
from malgil.strings import string_array

_HANGUL, _JOINED, _CLOSING = 1, 2, 4
_STOPS = frozenset(",.:;!?…、。，．：；！？")


def _classify(char: str) -> int:
    """Tell Hangul syllables, what must stay with the code point before it, and marks that no blank is put before."""
    point = ord(char)
    is_jamo = 0x1160 <= point <= 0x11FF or 0xD7B0 <= point <= 0xD7FF
    is_joined = is_jamo or 0x1F3FB <= point <= 0x1F3FF or unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf", "Cc"}
    is_closing = char in _STOPS or unicodedata.category(char) in {"Pe", "Pf"}
    return _HANGUL * (0xAC00 <= point <= 0xD7A3) | _JOINED * is_joined | _CLOSING * is_closing


_TRAITS = Traits(_classify)


class Borders(NamedTuple):
    """The places of a block where a blank may come or go.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        The composed texts without white space, as the model knows them.
    lines : ndarray of int64, shape (n_lines + 1,)
        Borders of lines in `letters`: texts end there, and white space other than blanks is there.
    places : ndarray of int64, shape (n_letters,)
        Where each letter begins in the raw code points.
    open : ndarray of int64, shape (n_borders,)
        Letters before which a blank may come or go, rising.
    given : ndarray of uint8, shape (n_borders,)
        1 where there is a blank now.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of texts in `open`.
    """

    letters: NDArray[np.uint32]
    lines: NDArray[np.int64]
    places: NDArray[np.int64]
    open: NDArray[np.int64]
    given: NDArray[np.uint8]
    indptr: NDArray[np.int64]


def find_borders(before: CodePoints) -> Borders:
    """Find where a blank may come or go: between letters of one line of which one is a Hangul syllable.

    Parameters
    ----------
    before : CodePoints
        Any texts.

    Returns
    -------
    Borders
        None before a combining mark, a joiner, or a loose jamo that belongs to the syllable before it; before a full
        stop, a closing bracket and the like only where there is a blank, which may go.
    """
    edit = compose(before)
    points, indptr = (before.points, before.indptr) if edit is None else (edit.after.points, edit.after.indptr)
    space = is_space(points)
    at = np.flatnonzero(~space)
    n_before = np.append(0, np.cumsum(~space))
    begins_line = np.zeros(len(points) + 1, np.bool_)
    begins_line[indptr] = True
    other = np.append(0, np.cumsum(space & (points != BLANK)))
    previous = np.append(-1, at[:-1])
    row_borders = np.append(0, np.cumsum(begins_line))
    is_first = (other[at] > other[previous + 1]) | (row_borders[at + 1] > row_borders[previous + 1])
    is_first[:1] = True
    facts = _TRAITS(points[at])
    is_hangul = (facts & _HANGUL) != 0
    is_open = ~is_first & (is_hangul | np.append(False, is_hangul[:-1])) & ((facts & _JOINED) == 0)
    has_blank = at > previous + 1
    is_open &= has_blank | ((facts & _CLOSING) == 0)
    opened = np.flatnonzero(is_open)
    return Borders(
        to_letters(points[at]),
        np.append(np.flatnonzero(is_first), len(at)),
        at if edit is None else edit.first[at],
        opened,
        has_blank[opened].astype(np.uint8),
        np.searchsorted(opened, n_before[indptr]),
    )


def _decide(borders: Borders) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score the open borders by their surroundings, and by what is given."""
    scores = load_model().scores(borders.letters, borders.lines)[borders.open]
    trusts = trust(scores, borders.given, borders.indptr)
    row = np.repeat(np.arange(len(borders.indptr) - 1), np.diff(borders.indptr))
    return scores, trusts[row, 1 - borders.given]


def respace(before: CodePoints) -> Edit | None:
    """Put blanks where they belong in Korean texts, and take them out where they do not.

    Parameters
    ----------
    before : CodePoints
        Any texts.

    Returns
    -------
    Edit or None
        ``None`` where all blanks are right. A blank that came in maps to the letter behind it.
    """
    borders = find_borders(before)
    if not len(borders.open):
        return None
    scores, evidence = _decide(borders)
    wanted = scores + evidence > 0
    into = borders.places[borders.open[wanted & (borders.given == 0)]]
    is_out = np.flatnonzero(~wanted & (borders.given == 1))
    if not len(into) and not len(is_out):
        return None
    keep = np.ones(len(before.points), np.bool_)
    for letter in borders.open[is_out].tolist():
        keep[_blanks_before(before.points, int(borders.places[letter]))] = False
    stays = np.flatnonzero(keep)
    source = np.insert(stays, np.searchsorted(stays, into), into)
    is_new = np.insert(np.zeros(len(stays), np.bool_), np.searchsorted(stays, into), True)
    points = np.where(is_new, np.uint32(BLANK), before.points[source])
    changes = np.concatenate([into, borders.places[borders.open[is_out]]])
    changed = np.zeros(before.n_rows, np.bool_)
    changed[before.rows_of(changes)] = True
    indptr = np.searchsorted(source, before.indptr)
    return Edit(CodePoints(points.astype(np.uint32), indptr), source, source, changed)


def _blanks_before(points: NDArray[np.uint32], place: int) -> slice:
    first = place
    while points[first - 1] == BLANK:
        first -= 1
    return slice(first, place)


@dataclass(kw_only=True, eq=False)
class Spacer(Parametrised):
    """Korean word spacing by a model that ships with the package.

    Blanks come and go between letters of which at least one is a Hangul syllable; no other character ever changes.
    Line breaks, tabs and other white space stay, and so does the spacing of other scripts. How far given blanks count
    is estimated from each text: in a text that is mostly right they are kept, in one without any they say nothing.

    Examples
    --------
    >>> Spacer().transform(["아버지가방에들어가신다.", "오 늘은 날씨가 참좋다."])
    ['아버지가 방에 들어가신다.', '오늘은 날씨가 참 좋다.']
    """

    def fit(self, texts: object = None, y: object = None) -> Spacer:
        """Do nothing: the model is ready.

        Parameters
        ----------
        texts, y : object
            Not used.

        Returns
        -------
        Spacer
            Itself.
        """
        return self

    def space_block(self, texts: pa.LargeStringArray) -> Edited:
        """Space one block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        Edited
            The texts, as many and in the same order, with the map to the raw ones.
        """
        return edit_texts(texts, np.arange(len(texts)), {"spacing": respace})

    def space_blocks(self, texts: object, n_jobs: int | None = None) -> Iterator[Edited]:
        """Space a corpus block by block, on threads.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.
        n_jobs : int, optional
            Threads, all cores by default; the result does not depend on it.

        Returns
        -------
        iterator of Edited
            In the order of the blocks.
        """
        from malgil.corpus import text_blocks

        load_model()  # before the threads, so that it is read once
        return map_blocks(self.space_block, _parts(text_blocks(texts)), n_jobs)

    def transform(self, texts: object) -> list[str]:
        """Space texts.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.

        Returns
        -------
        list of str
            The same texts with other blanks, in order.

        Raises
        ------
        ParameterError
            If it is a single string.
        DataError
            If a value is not a text, or holds a lone surrogate.
        """
        return [text for block in self.space_blocks(texts) for text in block.texts.to_pylist()]

    def explain(self, text: str) -> list[Explanation]:
        """Open every decision about a text.

        Parameters
        ----------
        text : str
            One raw text.

        Returns
        -------
        list of Explanation
            For each place where a blank may come or go its score, the log odds of a blank in nats: the sum of the
            weights of its features and of what the text's own blank, or lack of one, says. A blank stands where the
            score is above 0.

        Raises
        ------
        ParameterError
            If it is not a string.
        """
        if not isinstance(text, str):
            raise ParameterError("spacing.no_text", value=text)
        borders = find_borders(decode(string_array([text])))
        evidence = _decide(borders)[1]
        composed = unicodedata.normalize("NFC", text)
        shown = "".join(char for char in composed if not char.isspace())
        line_of = np.searchsorted(borders.lines, borders.open, side="right") - 1
        return [
            explain_border(
                borders.letters[borders.lines[line] : borders.lines[line + 1]],
                shown[borders.lines[line] : borders.lines[line + 1]],
                int(border - borders.lines[line]),
                float(given),
            )
            for border, line, given in zip(borders.open, line_of, evidence, strict=True)
        ]


_PART = 4096


def _parts(blocks: Iterator[pa.LargeStringArray]) -> Iterator[pa.LargeStringArray]:
    """Cut blocks so that threads have even work and little memory."""
    for block in blocks:
        for low in range(0, len(block), _PART):
            yield block.slice(low, _PART)
