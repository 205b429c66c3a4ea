"""Steps that read one text at a time and say which spans of it to rewrite."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.codepoints import CodePoints
from malgil.edits import Edit, replace_spans

Replacement = tuple[int, int, str]
"""Half-open span in code points of a text, and what to write there; spans rise and do not overlap."""


@dataclass(frozen=True, kw_only=True)
class SpanStep:
    """A step that finds spans in one text at a time.

    Attributes
    ----------
    hint : str
        Pattern in the syntax of RE2, which takes linear time: matches in every text that the step may change.
    """

    hint: ClassVar[str]

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts that the step may change.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        return matching(texts, self.hint)

    def apply(self, before: CodePoints) -> Edit | None:
        """Do what the step does.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change. What is written maps back to the whole span in whose place it stands.
        """
        return rewrite(before, self.find)

    def find(self, text: str) -> Iterable[Replacement]:
        """Find what to rewrite.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans and what to write there.
        """
        raise NotImplementedError


def matching(texts: pa.LargeStringArray, pattern: str) -> NDArray[np.bool_]:
    """Mark the texts in which a pattern matches.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.
    pattern : str
        In the syntax of RE2.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        True where it matches anywhere.
    """
    marks: NDArray[np.bool_] = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return marks


def rewrite(before: CodePoints, find: Callable[[str], Iterable[Replacement]]) -> Edit | None:
    """Rewrite spans, text by text.

    Parameters
    ----------
    before : CodePoints
        The texts.
    find : callable
        Text -> spans and what to write there. A span that is to stay as it is counts for nothing.

    Returns
    -------
    Edit or None
        ``None`` where nothing changes.
    """
    low: list[int] = []
    high: list[int] = []
    made: list[str] = []
    for row, base in enumerate(before.indptr[:-1].tolist()):
        text = before.text(row)
        for start, end, new in find(text):
            if text[start:end] != new:
                low.append(base + start)
                high.append(base + end)
                made.append(new)
    return replace_spans(before, np.array(low, np.int64), np.array(high, np.int64), made)
