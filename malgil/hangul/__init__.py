"""Hangul as it is built: syllables, letters, initial consonants, the keyboard. Exact for all 11,172 syllables and NFD.

The functions here take one string; those of the same names in `malgil.hangul.columns` take a column.
"""

from __future__ import annotations

from malgil.hangul.keyboard import from_keys, from_strokes, to_keys
from malgil.hangul.syllables import compose, decompose, initials, is_initials, join_conjoining, strokes

__all__ = [
    "compose",
    "decompose",
    "from_keys",
    "from_strokes",
    "initials",
    "is_initials",
    "join_conjoining",
    "strokes",
    "to_keys",
]
