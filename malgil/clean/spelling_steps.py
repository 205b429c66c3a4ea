"""Spelling as steps of a cleaning recipe: ``keyboard`` and ``spelling``. Both are off by default."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.spans import matching, rewrite
from malgil.clean.spelling import LANGUAGES, Language, Speller
from malgil.codepoints import CodePoints
from malgil.edits import Edit
from malgil.hangul.layout import MAY_BE, layout_spans
from malgil.params import choose


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
        return matching(texts, MAY_BE.pattern)

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
        return rewrite(before, layout_spans)


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
        return matching(texts, "[A-Za-z\u1100-\u11ffㄱ-ㅣ가-힣]")

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
        return rewrite(before, lambda text: [(row.start, row.end, row.after) for row in language.check(text)])
