"""Where the characters that people see begin, for many texts at once: syllables in jamo, accents, emoji in parts.

References
----------
.. [1] Unicode Standard Annex #29, "Unicode Text Segmentation", section 3.1: extended grapheme clusters. Left out are
   GB9b and GB9c, so that a consonant of an Indic conjunct stands by itself; and a symbol goes on behind a joiner
   whatever stands before that (GB11 asks for another symbol).
"""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, Traits

BLANK_MARK = "▁"
"""What a blank before a unit is written as; a unit of its own that no mark is joined to."""

_OTHER, _ALONE, _MARK, _JOINER, _SYMBOL, _FLAG, _INITIAL, _VOWEL, _FINAL, _OPEN, _CLOSED = range(11)
_N_KINDS = 11
_FIRST, _LAST, _N_FINALS = 0xAC00, 0xD7A3, 28
_RANGES = (
    *((_MARK, 0x200C, 0x200C), (_JOINER, 0x200D, 0x200D), (_MARK, 0xFF9E, 0xFF9F), (_MARK, 0x1F3FB, 0x1F3FF)),
    *((_MARK, 0xE0020, 0xE007F), (_FLAG, 0x1F1E6, 0x1F1FF), (_SYMBOL, 0x2190, 0x21FF), (_ALONE, 0x2581, 0x2581)),
    *((_INITIAL, 0x1100, 0x115F), (_INITIAL, 0xA960, 0xA97C), (_VOWEL, 0x1160, 0x11A7), (_VOWEL, 0xD7B0, 0xD7C6)),
    *((_FINAL, 0x11A8, 0x11FF), (_FINAL, 0xD7CB, 0xD7FB)),
)


def _classify(char: str) -> int:
    point = ord(char)
    if _FIRST <= point <= _LAST:
        return _CLOSED if (point - _FIRST) % _N_FINALS else _OPEN
    for kind, low, high in _RANGES:
        if low <= point <= high:
            return kind
    if char.isspace():
        return _ALONE
    category = unicodedata.category(char)
    if category[0] == "M":
        return _MARK
    return {"So": _SYMBOL, "Cc": _ALONE, "Cf": _ALONE}.get(category, _OTHER)


_KINDS = Traits(_classify)


def _pairs() -> NDArray[np.bool_]:
    """Tell of two neighbouring kinds whether they are of one character."""
    joins = np.zeros((_N_KINDS, _N_KINDS), np.bool_)
    joins[:, [_MARK, _JOINER]] = True
    joins[_ALONE] = False
    joins[_JOINER, _SYMBOL] = True
    joins[_INITIAL, [_INITIAL, _VOWEL, _OPEN, _CLOSED]] = True
    joins[_OPEN, [_VOWEL, _FINAL]] = joins[_VOWEL, [_VOWEL, _FINAL]] = True
    joins[_CLOSED, _FINAL] = joins[_FINAL, _FINAL] = True
    return joins.ravel()


_JOINS = _pairs()


def cluster_starts(texts: CodePoints) -> NDArray[np.bool_]:
    """Find where each user-perceived character begins.

    Parameters
    ----------
    texts : CodePoints
        Any texts.

    Returns
    -------
    ndarray of bool, shape (n_points,)
        Whether a code point begins one; white space always does, and so does the first of a text.
    """
    kinds = _KINDS(texts.points)
    starts = np.ones(len(kinds), np.bool_)
    np.logical_not(_JOINS[kinds[:-1] * np.uint8(_N_KINDS) + kinds[1:]], out=starts[1:])
    first = texts.first_places()
    flags = np.flatnonzero(kinds == _FLAG)
    if len(flags):  # two letters make a flag
        opens = np.append(True, np.diff(flags) != 1) | np.isin(flags, first)
        nth = np.arange(len(flags)) - np.flatnonzero(opens)[np.cumsum(opens) - 1]
        starts[flags[nth % 2 == 1]] = False
    starts[first] = True
    return starts


def is_letter(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell which code points are conjoining jamo, modern or old.

    Parameters
    ----------
    points : ndarray of uint32, shape (n,)
        Code points.

    Returns
    -------
    ndarray of bool, shape (n,)
        Syllables and the jamo of the compatibility block are none.
    """
    kinds = _KINDS(points)
    return (kinds >= _INITIAL) & (kinds <= _FINAL)
