"""What slips of the fingers cost on a two-set keyboard, and how its strokes make syllables, as tables for the kernels.

The costs are negative logarithms of rough shares of the slips that people make: a neighbouring key is far likelier than
one across the keyboard; ㅐ for ㅔ and a wrong shift are the likeliest of all.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.hangul import strokes
from malgil.hangul.distance import are_near, same_key
from malgil.hangul.letters import FINALS, INITIALS, KEY_ROWS, SHIFT_PAIRS, STROKES, VOWELS

KEYS = "".join(KEY_ROWS) + "".join(SHIFT_PAIRS.values())
"""The strokes of the keyboard by their numbers in the kernels."""
_NUMBER = {stroke: number for number, stroke in enumerate(KEYS)}
_ALIKE = frozenset({"ㅐㅔ", "ㅔㅐ", "ㅒㅖ", "ㅖㅒ"})  # sound alike in the speech of most

SHIFT, ALIKE, NEAR, FAR = 4.0, 4.0, 5.5, 9.0
EXTRA, DOUBLED, MISSING, NOT_DOUBLED, SWAPPED = 8.0, 4.5, 6.5, 5.0, 5.5


class Tables(NamedTuple):
    """What the kernels look up.

    Parameters
    ----------
    slips : ndarray of float32, shape (n_keys, n_keys)
        Cost of typing the second key for the first.
    plain : ndarray of float32, shape (5,)
        Cost of a key extra, doubled, missing, not doubled, swapped with the next.
    roles : ndarray of int16, shape (3, n_keys)
        Place of each stroke among initials, vowels and finals, -1 where it is none.
    pairs : ndarray of int16, shape (2, 28, 28)
        Place of the vowel, and of the final, that two make together; 0 where they make none.
    """

    slips: NDArray[np.float32]
    plain: NDArray[np.float32]
    roles: NDArray[np.int16]
    pairs: NDArray[np.int16]


def slip(meant: str, typed: str) -> float:
    """Cost of typing one stroke for another.

    Parameters
    ----------
    meant, typed : str
        One jamo each.

    Returns
    -------
    float
        In nats; 0 for the same.

    Examples
    --------
    >>> slip("ㅔ", "ㅐ") < slip("ㅓ", "ㅏ") < slip("ㅂ", "ㅏ")
    True
    """
    if meant == typed:
        return 0.0
    if meant + typed in _ALIKE:
        return ALIKE
    if same_key(meant, typed):
        return SHIFT
    return NEAR if are_near(meant, typed) else FAR


@cache
def tables() -> Tables:
    """Make the tables, once a process.

    Returns
    -------
    Tables
        Read only.
    """
    slips = np.array([[slip(meant, typed) for typed in KEYS] for meant in KEYS], np.float32)
    plain = np.array([EXTRA, DOUBLED, MISSING, NOT_DOUBLED, SWAPPED], np.float32)
    letters: tuple[list[str], ...] = (list(INITIALS), list(VOWELS), list(FINALS))
    roles = np.array([[row.index(key) if key in row else -1 for key in KEYS] for row in letters], np.int16)
    pairs = np.zeros((2, len(FINALS), len(FINALS)), np.int16)
    for letter, pair in STROKES.items():
        kind, row = (0, letters[1]) if letter in VOWELS else (1, letters[2])
        pairs[kind, row.index(pair[0]), row.index(pair[1])] = row.index(letter)
    return Tables(slips, plain, roles, pairs)


def stroke_numbers(text: str) -> NDArray[np.int64]:
    """Write Hangul as numbers of keys.

    Parameters
    ----------
    text : str
        Syllables and compatibility jamo only.

    Returns
    -------
    ndarray of int64
        Places in `KEYS`.
    """
    return np.array([_NUMBER[stroke] for stroke in strokes(text)], np.int64)
