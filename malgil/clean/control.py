"""Characters that take no room: control characters, zero-width characters, marks that direct the layout.

What emoji, Arabic and Indic writing are made of stays: the joiner inside a family, the selector behind a heart, the
tags of a regional flag, the non-joiner of Persian. The rule for each is in `_loose`.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, Traits
from malgil.edits import Edit, keep_points

REMOVED, JOINER, SELECTOR, TAG, LETTER, SYMBOL, SPACE = (1 << bit for bit in range(7))
SUSPECT = REMOVED | JOINER | SELECTOR | TAG

_REMOVED = frozenset(
    (
        *(*range(0x00, 0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)),  # control, but white space
        *(0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F),  # soft hyphen, zero-width space, direction marks
        *(*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF),  # embeddings, invisible operators, byte-order mark
        *(*range(0xFFF9, 0xFFFC), 0xE0001),
    )
)
_INFORMATION = 0x2139  # the one emoji that Unicode counts among the letters
_BLACK_FLAG = 0x1F3F4


def classify(char: str) -> int:
    """Tell what a character means to the step.

    Parameters
    ----------
    char : str
        One character.

    Returns
    -------
    int
        Bits: `REMOVED` always goes, `JOINER`, `SELECTOR` and `TAG` go where they are loose, `LETTER` (letters and
        marks), `SYMBOL` (from U+2000 on) and `SPACE` are what these are judged by.
    """
    point, category = ord(char), unicodedata.category(char)
    if point in _REMOVED:
        return REMOVED
    if point in (0x200C, 0x200D):
        return JOINER
    if point in (0xFE0E, 0xFE0F):
        return SELECTOR
    if 0xE0020 <= point <= 0xE007F:
        return TAG
    is_letter = category[0] in "LM" and point != _INFORMATION
    is_symbol = point >= 0x2000 and (category[0] == "S" or point == _INFORMATION)
    return LETTER * is_letter | SYMBOL * is_symbol | SPACE * char.isspace()


TRAITS = Traits(classify)


def remove_control(before: CodePoints) -> Edit | None:
    """Take away characters that take no room, but for those that hold an emoji or a word together.

    Parameters
    ----------
    before : CodePoints
        Any texts.

    Returns
    -------
    Edit or None
        ``None`` where there was nothing to take away. White space among the control characters (tab, line feed,
        carriage return, ...) stays.
    """
    traits = TRAITS(before.points)
    if not (traits & SUSPECT).any():
        return None
    keep = (traits & REMOVED) == 0
    while True:
        at = np.flatnonzero(keep)
        loose = at[_loose(before, traits, at)]
        if not len(loose):
            return keep_points(before, keep)
        keep[loose] = False


def _loose(before: CodePoints, traits: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Judge each code point that is still there by its neighbours that are still there."""
    facts, points = traits[at], before.points[at]
    opens = np.zeros(len(at), np.bool_)
    borders = np.searchsorted(at, before.indptr)
    opens[borders[:-1][np.diff(borders) > 0]] = True
    before_it, behind_it = np.zeros_like(facts), np.zeros_like(facts)
    before_it[1:] = np.where(opens[1:], 0, facts[:-1])
    behind_it[:-1] = np.where(opens[1:], 0, facts[1:])
    between_symbols = ((before_it & (SYMBOL | SELECTOR | TAG)) != 0) & ((behind_it & SYMBOL) != 0)
    in_script = _needs_joiners(points) & ((facts & LETTER) != 0)
    between_letters = np.zeros(len(at), np.bool_)
    between_letters[1:-1] = in_script[:-2] & in_script[2:] & ~opens[1:-1] & ~opens[2:]
    loose_joiner = ((facts & JOINER) != 0) & ~between_letters & (~between_symbols | (points == 0x200C))
    no_base = (before_it == 0) & opens | ((before_it & (LETTER | SPACE | SELECTOR | JOINER)) != 0)
    loose_selector = ((facts & SELECTOR) != 0) & no_base
    loose: NDArray[np.bool_] = loose_joiner | loose_selector | _loose_tags((facts & TAG) != 0, points, opens)
    return loose


def _needs_joiners(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Scripts that are written with joiners: Arabic to Mongolian, without the Hangul jamo among them."""
    in_range: NDArray[np.bool_] = (points >= 0x600) & (points < 0x18B0) & ((points < 0x1100) | (points > 0x11FF))
    return in_range


def _loose_tags(is_tag: NDArray[np.bool_], points: NDArray[np.uint32], opens: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tags spell the name of a region behind a black flag; a run of them behind anything else is loose."""
    if not is_tag.any():
        return is_tag
    run_opens = is_tag.copy()
    run_opens[1:] &= ~is_tag[:-1] | opens[1:]
    behind_flag = np.zeros(len(points), np.bool_)
    behind_flag[1:] = (points[:-1] == _BLACK_FLAG) & ~opens[1:]
    run_start = np.maximum.accumulate(np.where(run_opens, np.arange(len(points)), 0))
    return is_tag & ~behind_flag[run_start]
