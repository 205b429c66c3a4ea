"""Spelling as steps of a cleaning recipe: ``keyboard`` and ``spelling``. Both are off by default."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.clean.spelling import LANGUAGES, Language, Speller
from malgil.codepoints import CodePoints
from malgil.edits import Edit
from malgil.hangul.layout import MAY_BE, layout_spans
from malgil.params import choose

Replacement = tuple[int, int, str]


@dataclass(frozen=True, kw_only=True)
class Keyboard:
    """Words typed in the wrong state of the keyboard turn back, as `malgil.hangul.fix_layout` has it.

    Text in NFD must be composed by an earlier step.
    """

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts with a Latin word or a loose jamo.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        return _matching(texts, MAY_BE.pattern)

    def apply(self, before: CodePoints) -> Edit | None:
        """Turn words back.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change.
        """
        return replace_spans(before, layout_spans)


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """Careful corrections, as `malgil.Speller` makes them.

    Parameters
    ----------
    language : {"ko", "en"}
        The language.
    min_gain : float
        Nats that a correction must gain.
    """

    language: str = "ko"
    min_gain: float = 7.5

    def __post_init__(self) -> None:
        choose(LANGUAGES, "language", self.language)

    @cached_property
    def _language(self) -> Language:
        return LANGUAGES[self.language](Speller(self.language, min_gain=self.min_gain))

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts with letters of the language, or Latin ones.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        return _matching(texts, "[A-Za-z\u1100-\u11ffㄱ-ㅣ가-힣]")

    def apply(self, before: CodePoints) -> Edit | None:
        """Correct words.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change.
        """
        language = self._language
        return replace_spans(before, lambda text: [(row.start, row.end, row.after) for row in language.check(text)])


def replace_spans(before: CodePoints, find: Callable[[str], Iterable[Replacement]]) -> Edit | None:
    """Write other text in place of spans.

    Parameters
    ----------
    before : CodePoints
        Any texts.
    find : callable
        Text -> spans that rise and do not overlap, each with what to write, not empty.

    Returns
    -------
    Edit or None
        ``None`` where nothing was found. What is written maps back to the whole span.
    """
    points, first, last, lengths = [], [], [], np.diff(before.indptr)
    changed = np.zeros(before.n_rows, np.bool_)
    end = 0
    for row, low in enumerate(before.indptr[:-1].tolist()):
        for start, stop, text in find(before.text(row)):
            new = np.frombuffer(text.encode("utf-32-le"), np.uint32)
            kept = np.arange(end, low + start)
            points += [before.points[kept], new]
            first += [kept, np.full(len(new), low + start)]
            last += [kept, np.full(len(new), low + stop - 1)]
            end = low + stop
            lengths[row] += len(new) - (stop - start)
            changed[row] = True
    if not changed.any():
        return None
    rest = np.arange(end, len(before.points))
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    after = CodePoints(np.concatenate([*points, before.points[rest]]), indptr)
    return Edit(after, np.concatenate([*first, rest]), np.concatenate([*last, rest]), changed)


def _matching(texts: pa.LargeStringArray, pattern: str) -> NDArray[np.bool_]:
    marks: NDArray[np.bool_] = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return marks
