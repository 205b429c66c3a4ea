"""The same as for one string, for a whole column at the speed of NumPy, on all cores."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, decode, encode
from malgil.engine import map_blocks
from malgil.hangul import keyboard, syllables
from malgil.hangul.letters import (
    CONJOINING_FINAL,
    CONJOINING_INITIAL,
    CONJOINING_VOWEL,
    FINALS,
    FIRST,
    INITIALS,
    N_FINALS,
    N_INITIALS,
    N_SYLLABLES,
    N_VOWELS,
    VOWELS,
)

_LETTER, _LAST_LETTER = 0x3131, 0x3163
_N_LETTERS = _LAST_LETTER - _LETTER + 1
_BLOCK_ROWS = 1 << 13

Points = NDArray[np.uint32]
T = TypeVar("T", bound=np.generic)


def compose(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Join loose letters to syllables.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    pa.LargeStringArray
        As from `malgil.hangul.compose`.
    """
    return _by_blocks(texts, _join_letters)


def decompose(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Take syllables apart into letters.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    pa.LargeStringArray
        As from `malgil.hangul.decompose`.
    """
    return _spell(texts, syllables.decompose)


def initials(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Keep the initial consonant of every syllable.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    pa.LargeStringArray
        As from `malgil.hangul.initials`.
    """
    return _spell(texts, syllables.initials)


def strokes(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Take syllables apart into what a two-set keyboard types.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    pa.LargeStringArray
        As from `malgil.hangul.strokes`.
    """
    return _spell(texts, syllables.strokes)


def to_keys(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Give what the keys type in Latin state.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    pa.LargeStringArray
        As from `malgil.hangul.to_keys`.
    """
    return _spell(texts, keyboard.to_keys)


def stroke_points(texts: pa.LargeStringArray) -> CodePoints:
    """Strokes as numbers, for distances.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    CodePoints
        Code points of what `strokes` gives.
    """
    return _respell(_join_conjoining(decode(texts)), syllables.strokes)


def _spell(texts: pa.LargeStringArray, function: Callable[[str], str]) -> pa.LargeStringArray:
    return _by_blocks(texts, lambda points: _respell(points, function))


def _by_blocks(texts: pa.LargeStringArray, change: Callable[[CodePoints], CodePoints]) -> pa.LargeStringArray:
    """Change texts in blocks that fit the cache, on all cores."""
    blocks = (texts.slice(low, _BLOCK_ROWS) for low in range(0, max(len(texts), 1), _BLOCK_ROWS))
    done = list(map_blocks(lambda block: encode(change(_join_conjoining(decode(block)))), blocks))
    return done[0] if len(done) == 1 else pa.concat_arrays(done)


@cache
def _spellings(function: Callable[[str], str]) -> tuple[NDArray[np.uint8], Points]:
    """List what a function makes of each syllable, then of each letter: how many code points, and which."""
    chars = [*range(FIRST, FIRST + N_SYLLABLES), *range(_LETTER, _LAST_LETTER + 1)]
    spelled = [function(chr(code)) for code in chars]
    lengths = np.array([len(text) for text in spelled], np.uint8)
    table = np.zeros((int(lengths.max()), len(chars)), np.uint32)
    for place, text in enumerate(spelled):
        table[: len(text), place] = [ord(char) for char in text]
    return lengths, table


def _respell(before: CodePoints, function: Callable[[str], str]) -> CodePoints:
    lengths, table = _spellings(function)
    points = before.points
    row = points - np.uint32(FIRST)  # wraps below, and so is out of range there too
    letter = points - np.uint32(_LETTER)
    known = row < N_SYLLABLES
    is_letter = letter < _N_LETTERS
    row = np.where(is_letter, letter + np.uint32(N_SYLLABLES), row)
    known |= is_letter
    row[~known] = 0
    if len(table) == 1:
        return CodePoints(np.where(known, table[0][row], points), before.indptr)
    n = np.where(known, lengths[row], np.uint8(1))
    offsets = np.zeros(len(points) + 1, np.int64)
    np.cumsum(n, out=offsets[1:])
    out = np.empty(int(offsets[-1]), np.uint32)
    out[offsets[:-1]] = np.where(known, table[0][row], points)
    for k in range(1, len(table)):
        longer = np.flatnonzero(n > k)
        out[offsets[longer] + k] = table[k][row[longer]]
    return CodePoints(out, offsets[before.indptr])


def _join_conjoining(before: CodePoints) -> CodePoints:
    points = before.points
    is_vowel = _within(points, CONJOINING_VOWEL, N_VOWELS)
    is_final = _within(points, CONJOINING_FINAL + 1, N_FINALS - 1)
    if not (is_vowel.any() or is_final.any()):
        return before
    starts = before.first_places()
    is_vowel[starts] = is_final[starts] = False  # nothing joins over the border of two texts
    opens = _within(points, CONJOINING_INITIAL, N_INITIALS) & _next(is_vowel, 1)
    is_ready = _within(points, FIRST, N_SYLLABLES) & ((points - np.uint32(FIRST)) % N_FINALS == 0)
    initial, vowel = points - np.uint32(CONJOINING_INITIAL), _next(points - np.uint32(CONJOINING_VOWEL), 1)
    made = np.where(opens, FIRST + (initial * N_VOWELS + vowel) * N_FINALS, points)
    closes_built, closes_ready = opens & _next(is_final, 2), is_ready & _next(is_final, 1)
    final = points - np.uint32(CONJOINING_FINAL)
    made[closes_built] += _next(final, 2)[closes_built]
    made[closes_ready] += _next(final, 1)[closes_ready]
    keep = np.ones(len(points), np.bool_)
    keep[np.flatnonzero(opens) + 1] = False
    keep[np.flatnonzero(closes_built) + 2] = False
    keep[np.flatnonzero(closes_ready) + 1] = False
    return _only(made.astype(np.uint32), keep, before)


@cache
def _places() -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]]:
    """Place of each letter among the initials, the vowels and the finals; -1 where it is none."""
    tables = np.full((3, _N_LETTERS), -1, np.int8)
    for table, letters in zip(tables, (INITIALS, VOWELS, FINALS), strict=True):
        for place, char in enumerate(letters):
            if char:
                table[ord(char) - _LETTER] = place
    return tables[0], tables[1], tables[2]


def _join_letters(before: CodePoints) -> CodePoints:
    points = before.points
    letter = points - np.uint32(_LETTER)
    is_letter = letter < _N_LETTERS
    if not is_letter.any():
        return before
    letter[~is_letter] = 0
    initial, vowel, final = (np.where(is_letter, table[letter], np.int8(-1)) for table in _places())
    first = np.zeros(len(points), np.bool_)
    first[before.first_places()] = True
    joins_vowel, joins_final = (vowel >= 0) & ~first, (final >= 0) & ~first
    opens = (initial >= 0) & _next(joins_vowel, 1)
    closes = opens & _next(joins_final & ~opens, 2)
    head = (initial.astype(np.int64) * N_VOWELS + _next(vowel, 1)) * N_FINALS + np.where(closes, _next(final, 2), 0)
    keep = np.ones(len(points), np.bool_)
    keep[np.flatnonzero(opens) + 1] = False
    keep[np.flatnonzero(closes) + 2] = False
    return _only(np.where(opens, FIRST + head, points).astype(np.uint32), keep, before)


def _within(points: Points, low: int, n: int) -> NDArray[np.bool_]:
    return points - np.uint32(low) < n


def _next(values: NDArray[T], distance: int) -> NDArray[T]:
    """Move values to the left: at each place what stands further on, nothing beyond the end."""
    shifted = np.zeros_like(values)
    shifted[:-distance] = values[distance:]
    return shifted


def _only(points: Points, keep: NDArray[np.bool_], before: CodePoints) -> CodePoints:
    kept = np.concatenate([[0], np.cumsum(keep)])
    return CodePoints(points[keep], kept[before.indptr])
