"""The same as for one string, for a whole column at the speed of NumPy, on all cores."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, decode, encode, utf8
from malgil.engine import map_blocks
from malgil.hangul import keyboard, layout, particles, syllables
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
from malgil.hangul.matching import initials_pattern
from malgil.hangul.scripts import RANGES
from malgil.strings import string_array

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


def fix_layout(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Turn words back that were typed in the wrong state of the keyboard.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    pa.LargeStringArray
        As from `malgil.hangul.fix_layout`; texts without a Latin word or a loose jamo cost next to nothing.
    """
    suspects = pc.indices_nonzero(pc.match_substring_regex(texts, layout.MAY_BE.pattern))
    before = texts.take(suspects).to_pylist()
    after = [layout.fix_layout(text) for text in before]
    changed = [row for row, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if not changed:
        return texts
    source = np.arange(len(texts))
    source[suspects.to_numpy()[changed]] = len(texts) + np.arange(len(changed))
    return pa.concat_arrays([texts, string_array([after[row] for row in changed])]).take(pa.array(source))


def is_hangul(texts: pa.LargeStringArray, *, loose: bool = True) -> NDArray[np.bool_]:
    """Tell which texts are written in Hangul throughout.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.
    loose : bool
        Whether letters that stand alone count.

    Returns
    -------
    ndarray of bool
        As from `malgil.hangul.is_hangul`.
    """
    chars = RANGES["hangul"] if loose else "가-힣"
    return _matching(texts, f"^[{chars}]+$", joins=not loose)


def match_initials(texts: pa.LargeStringArray, pattern: str) -> NDArray[np.bool_]:
    """Tell which texts have a stretch that a pattern of initials and syllables stands for.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.
    pattern : str
        As for `malgil.hangul.match_initials`.

    Returns
    -------
    ndarray of bool
        As from `malgil.hangul.match_initials`.
    """
    return _matching(texts, initials_pattern(pattern).pattern, joins=True)


def particle(texts: pa.LargeStringArray, pair: str) -> pa.LargeStringArray:
    """Choose the particle that follows each text.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.
    pair : str
        As for `malgil.hangul.particle`.

    Returns
    -------
    pa.LargeStringArray
        As from `malgil.hangul.particle`.

    Raises
    ------
    ParameterError
        If the pair is not known.
    """
    closed, opened = particles.read_pair(pair)
    ends = pc.utf8_slice_codeunits(pc.utf8_rtrim(texts, particles.PASSED_OVER), -1)
    last = decode(pc.if_else(pc.equal(ends, ""), "?", ends)).points
    final = (last - np.uint32(FIRST)) % np.uint32(N_FINALS)
    is_open = (final == 0) | ((final == FINALS.index("ㄹ")) & opened.startswith("로"))
    chosen = [opened, closed, f"{closed}({opened})"]
    choice = np.where(is_open, 0, 1)
    others = np.flatnonzero(~_within(last, FIRST, N_SYLLABLES))
    for row, text in zip(others.tolist(), texts.take(pa.array(others)).to_pylist(), strict=True):
        choice[row] = chosen.index(particles.particle(text, pair))
    return string_array(chosen).take(pa.array(choice))


def _matching(texts: pa.LargeStringArray, pattern: str, *, joins: bool) -> NDArray[np.bool_]:
    """Match a regular expression on all cores, after composing jamo where asked."""

    def match(block: pa.LargeStringArray) -> NDArray[np.bool_]:
        is_loose = joins and pc.any(pc.match_substring_regex(block, "[\u1100-\u11ff]")).as_py()
        composed = encode(_join_conjoining(decode(block))) if is_loose else block
        found: NDArray[np.bool_] = pc.match_substring_regex(composed, pattern).to_numpy(zero_copy_only=False)
        return found

    blocks = (texts.slice(low, _BLOCK_ROWS) for low in range(0, max(len(texts), 1), _BLOCK_ROWS))
    return np.concatenate(list(map_blocks(match, blocks)))


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
    done = list(map_blocks(lambda block: _encode(change(_join_conjoining(_decode(block)))), blocks))
    return done[0] if len(done) == 1 else pa.concat_arrays(done)


def _decode(texts: pa.LargeStringArray) -> CodePoints:
    """As `malgil.codepoints.decode`, in one pass and without the interpreter's lock."""
    from malgil.hangul._kernels import read_utf8

    data, offsets = utf8(texts)
    points, indptr = np.empty(len(data), np.uint32), np.empty(len(texts) + 1, np.int64)
    return CodePoints(points[: read_utf8(data, offsets, points, indptr)], indptr)


def _encode(rows: CodePoints) -> pa.LargeStringArray:
    """As `malgil.codepoints.encode`, in one pass and without the interpreter's lock."""
    from malgil.hangul._kernels import write_utf8

    data, offsets = np.empty(4 * len(rows.points), np.uint8), np.empty(rows.n_rows + 1, np.int64)
    n = write_utf8(rows.points, rows.indptr, data, offsets)
    return pa.LargeStringArray.from_buffers(rows.n_rows, pa.py_buffer(offsets), pa.py_buffer(data[:n].copy()))


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
    from malgil.hangul._kernels import respell

    lengths, table = _spellings(function)
    out = np.empty(len(before.points) * len(table), np.uint32)
    indptr = np.empty_like(before.indptr)
    return CodePoints(out[: respell(before.points, before.indptr, lengths, table, out, indptr)], indptr)


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
def _places() -> NDArray[np.int8]:
    """Place of each letter among the initials, the vowels and the finals; -1 where it is none."""
    tables = np.full((3, _N_LETTERS), -1, np.int8)
    for table, letters in zip(tables, (INITIALS, VOWELS, FINALS), strict=True):
        for place, char in enumerate(letters):
            if char:
                table[ord(char) - _LETTER] = place
    return tables


def _join_letters(before: CodePoints) -> CodePoints:
    from malgil.hangul._kernels import join_letters

    out, indptr = np.empty_like(before.points), np.empty_like(before.indptr)
    return CodePoints(out[: join_letters(before.points, before.indptr, _places(), out, indptr)], indptr)


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
