"""Hangul as it is built: syllables, letters, initials, the keyboard, particles. Exact for all 11,172 syllables and NFD.

The functions here take one string; those of the same names in `malgil.hangul.columns` take a column.
"""

from __future__ import annotations

from malgil.hangul.distance import are_near, jamo_distance, keyboard_distance
from malgil.hangul.keyboard import from_keys, from_strokes, to_keys
from malgil.hangul.layout import fix_layout, layout_gain, layout_spans
from malgil.hangul.matching import find_initials, initials_pattern, match_initials
from malgil.hangul.particles import final_of, particle, with_particle
from malgil.hangul.scripts import ScriptRun, is_hangul, scripts
from malgil.hangul.syllables import compose, decompose, initials, is_initials, join_conjoining, strokes

__all__ = [
    "ScriptRun",
    "are_near",
    "compose",
    "decompose",
    "final_of",
    "find_initials",
    "fix_layout",
    "from_keys",
    "from_strokes",
    "initials",
    "initials_pattern",
    "is_hangul",
    "is_initials",
    "jamo_distance",
    "join_conjoining",
    "keyboard_distance",
    "layout_gain",
    "layout_spans",
    "match_initials",
    "particle",
    "scripts",
    "strokes",
    "to_keys",
    "with_particle",
]
