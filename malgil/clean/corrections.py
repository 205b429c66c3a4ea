"""What a speller says: suggestions for a word, corrections of a text."""

from __future__ import annotations

from typing import NamedTuple

from malgil.explain import Explanation
from malgil.sequences.changes import Change, apply


class Suggestion(NamedTuple):
    """What a word may have been meant to be.

    Parameters
    ----------
    word : str
        The word; the one that was asked for, where it is the likeliest.
    score : float
        Natural logarithm of how likely it is; the value of `reason`.
    reason : Explanation
        A sum: of the slips, of the word, of its neighbours.
    """

    word: str
    score: float
    reason: Explanation


class Correction(NamedTuple):
    """A place of a text that is changed.

    Parameters
    ----------
    start, end : int
        Half-open span in code points of the text as it was given.
    before, after : str
        What stands there, and what is written instead.
    reason : Explanation
        The gain in likelihood, opened; or the article of the orthography.
    """

    start: int
    end: int
    before: str
    after: str
    reason: Explanation


def corrected(text: str, corrections: list[Correction]) -> str:
    """Put corrections into a text.

    Parameters
    ----------
    text : str
        The text that was checked.
    corrections : list of Correction
        In its order.

    Returns
    -------
    str
        The corrected text.
    """
    return apply(text, (Change(one.start, one.end, one.before, one.after) for one in corrections))
