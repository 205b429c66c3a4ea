"""Finding the places where a sentence may end, and what speaks for each of them.

A place is looked at from both sides: behind the last letter on its left come marks (full stops, ㅋㅋ, emoji, closing
quotes), then perhaps white space, then the first character of what may be the next sentence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.int64

SPACE, LINE, SYMBOL, HANGUL, JAMO, LOWER, UPPER, DIGIT, LETTER = range(9)
PERIOD, BANG, DOTS, TILDE, FACE, COMMA, OPEN, CLOSE, OPEN_QUOTE, CLOSE_QUOTE, QUOTE, TICK = range(9, 21)

HARD, ONE_PERIOD, ELLIPSIS, JAMO_RUN, TILDES, FACES, QUOTED, BRACKETED = 1, 2, 4, 8, 16, 32, 64, 128
NEW_LINE, BLANK_LINE, INNER = 256, 512, 1024

LONGEST_NESTED = 600
N_FEATURES = 33
_DEPTH = 32
_FARTHEST = 4096
_LONGEST_NOTE = 20
_BASIS, _PRIME, _WORD = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


@njit(nogil=True, cache=True)
def _pair_marks(
    points: NDArray[np.uint32], kinds: NDArray[np.uint8], low: Int, high: Int, partner: NDArray[np.int64]
) -> None:
    """Pair the brackets and the quotation marks of one text.

    Parameters
    ----------
    points : ndarray of uint32
        Texts, one after the other.
    kinds : ndarray of uint8
        What each code point is.
    low, high : int
        Borders of the text.
    partner : ndarray of int64
        Output: for each mark of a pair the place of the other one; -1 elsewhere.
    """
    stack = np.empty(_DEPTH, np.int64)
    depth: Int = 0
    for at in range(low, high):
        kind = kinds[at]
        partner[at] = -1
        if kind == LINE and at + 1 < high and kinds[at + 1] == LINE:
            depth = 0
        if kind < OPEN:
            continue
        before = kinds[at - 1] if at > low else SPACE
        after = kinds[at + 1] if at + 1 < high else SPACE
        opens = kind == OPEN or kind == OPEN_QUOTE
        found: Int = -1
        if not opens:
            for place in range(depth - 1, -1, -1):
                if _fits(points[stack[place]], points[at]):
                    found = place
                    break
        if kind == QUOTE or kind == TICK:
            leans_right = before <= LINE < after
            letters = kind == TICK and (before == LOWER or before == UPPER or before == DIGIT)
            if found >= 0 and leans_right and before == LINE:
                found = -1
            if found >= 0 and letters and (after == LOWER or after == UPPER):
                continue  # an apostrophe
            if found >= 0 and leans_right:
                stack[found], depth = at, found + 1
                continue
            opens = found < 0 and not letters and after > LINE
        if opens and depth < _DEPTH:
            stack[depth] = at
            depth += 1
        elif found >= 0:
            if at - stack[found] <= LONGEST_NESTED:
                partner[at], partner[stack[found]] = stack[found], at
            depth = found


@njit(nogil=True, cache=True, inline="always")
def _fits(first: Int, last: Int) -> Any:
    """Tell whether two marks make a pair."""
    if first == last:
        return first == 0x22 or first == 0x27 or first == 0x60
    if first == 0x28:
        return last == 0x29
    if first == 0x60:
        return last == 0x27
    if first == 0x201C or first == 0x2018:
        return last == first + 1
    return (last == first + 1 and first >= 0x3008) or (last == first + 2 and first <= 0xAB)


@njit(nogil=True, cache=True)
def find_places(
    points: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    indptr: NDArray[np.int64],
    partner: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    marks: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> Any:
    """Find all places where a sentence may end; none lies within a pair of brackets or quotation marks.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Texts, one after the other.
    kinds : ndarray of uint8, shape (n_points,)
        What each code point is.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts.
    partner : ndarray of int64, shape (n_points,)
        Space for the pairs of marks.
    left, right : ndarray of int64, shape (n_points,)
        Output: behind the last letter before the place, and the first code point after it.
    marks : ndarray of int64, shape (n_points,)
        Output: which marks stand between.
    rows : ndarray of int64, shape (n_points,)
        Output: the text of each place.

    Returns
    -------
    int
        Number of places.
    """
    n: Int = 0
    for row in range(indptr.size - 1):
        low, high = indptr[row], indptr[row + 1]
        _pair_marks(points, kinds, low, high, partner)
        closing: Int = -1
        gap: Int = 0
        for at in range(low, high):
            kind = kinds[at]
            if kind == SPACE or kind == LINE:
                if kind == LINE:
                    gap |= BLANK_LINE if gap & NEW_LINE else NEW_LINE
                continue
            nested = at <= closing
            if partner[at] > closing:
                closing = partner[at]
            spaced = at > low and kinds[at - 1] <= LINE
            speaks = kind == HANGUL or kind == DIGIT or kind == UPPER or (partner[at] > at and kind != OPEN)
            turns = at > low and not spaced and speaks and _is_mark(kinds[at - 1])
            is_open = not nested and not (kind == OPEN and _is_note(kinds, at, partner))
            if is_open and (spaced or turns) and not (_is_mark(kind) and partner[at] <= at and kind != TILDE):
                end, seen = _look_back(kinds, low, at, partner)
                if end > low:
                    left[n], right[n], rows[n] = end, at, row
                    marks[n] = seen | gap | (0 if spaced else INNER)
                    n += 1
            gap = 0
    return n


@njit(nogil=True, cache=True, inline="always")
def _is_mark(kind: Int) -> Any:
    return kind == JAMO or PERIOD <= kind <= FACE or kind == CLOSE or kind == CLOSE_QUOTE or kind >= QUOTE


@njit(nogil=True, cache=True)
def _look_back(kinds: NDArray[np.uint8], low: Int, at: Int, partner: NDArray[np.int64]) -> tuple[Any, Any]:
    """Go back over marks and white space to the last letter; tell where it ends and which marks were passed."""
    seen: Int = 0
    periods: Int = 0
    place: Int = at - 1
    skips: Int = 0
    while place >= low and at - place < _FARTHEST and skips < _DEPTH:
        kind = kinds[place]
        if kind == PERIOD:
            periods += 1
        elif kind == BANG:
            seen |= HARD
        elif kind == DOTS:
            seen |= ELLIPSIS
        elif kind == JAMO:
            seen |= JAMO_RUN
        elif kind == TILDE:
            seen |= TILDES
        elif kind == FACE:
            seen |= FACES
        elif partner[place] >= 0 and partner[place] < place:
            if kind == CLOSE:
                seen |= BRACKETED
                if not _begins(kinds, low, partner[place], partner):
                    place = partner[place]
                    skips += 1
            else:
                seen |= QUOTED
        elif not (kind == SPACE or kind == LINE or kind == QUOTE or kind == TICK or kind == CLOSE_QUOTE):
            break
        place -= 1
    if periods == 1:
        seen |= HARD | ONE_PERIOD
    elif periods > 1:
        seen |= ELLIPSIS
    return place + 1, seen


@njit(nogil=True, cache=True)
def _begins(kinds: NDArray[np.uint8], low: Int, at: Int, partner: NDArray[np.int64]) -> Any:
    """Tell whether a sentence begins with a bracket: white space and a full stop come before it, and it is no note."""
    place: Int = at - 1
    if _is_note(kinds, at, partner) or (place >= low and kinds[place] > LINE):
        return False
    while place >= low and (kinds[place] == SPACE or kinds[place] == LINE):
        place -= 1
    return place < low or PERIOD <= kinds[place] <= DOTS


@njit(nogil=True, cache=True)
def _is_note(kinds: NDArray[np.uint8], at: Int, partner: NDArray[np.int64]) -> bool:
    """Tell a short note on what stands before, as in 했다. (3월) or 했다.[3], from a sentence in brackets."""
    end = partner[at]
    return end > at and end - at <= _LONGEST_NOTE and not _is_mark(kinds[end - 1])


@njit(nogil=True, cache=True)
def hash_features(
    points: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    low: Int,
    high: Int,
    left: Int,
    right: Int,
    mask: Int,
    out: NDArray[np.int64],
) -> None:
    """Describe a place by what stands on both its sides, as places in a table of weights.

    Parameters
    ----------
    points : ndarray of uint32
        Texts, one after the other; digits and Latin letters as one of their kind.
    kinds : ndarray of uint8
        What each code point is.
    low, high : int
        Borders of the text.
    left, right : int
        Behind the last letter before the place, and the first code point after it.
    mask : int
        Size of the table, a power of two, less one.
    out : ndarray of int64, shape (N_FEATURES,)
        Output.
    """
    ends = np.empty(7, np.int64)  # of the last 1 to 6 characters; [0] is the last word
    h: Int = _BASIS
    place: Int = left
    for length in range(1, 7):
        if place > low:
            place -= 1
            h = ((h ^ (points[place] if kinds[place] > LINE else 32)) * _PRIME) & _WORD
        else:
            h = ((h ^ 1) * _PRIME) & _WORD
        ends[length] = h
    h = _BASIS
    place = left
    while place > low and left - place < 10 and kinds[place - 1] > LINE:
        place -= 1
        h = ((h ^ np.int64(points[place])) * _PRIME) & _WORD
    ends[0] = (h ^ 2) & _WORD
    while place > low and kinds[place - 1] <= LINE:
        place -= 1
    before: Int = _BASIS
    for _ in range(2):
        if place > low:
            place -= 1
            before = ((before ^ np.int64(points[place])) * _PRIME) & _WORD
    begins = np.empty(5, np.int64)  # the first 1 to 4 characters; [0] is the first word
    h = _BASIS
    place = right
    for length in range(1, 5):
        if place < high:
            h = ((h ^ (points[place] if kinds[place] > LINE else 32)) * _PRIME) & _WORD
            place += 1
        else:
            h = ((h ^ 1) * _PRIME) & _WORD
        begins[length] = h
    h = _BASIS
    place = right
    while place < high and place - right < 10 and kinds[place] > LINE:
        h = ((h ^ np.int64(points[place])) * _PRIME) & _WORD
        place += 1
    begins[0] = (h ^ 2) & _WORD
    last: Int = ((np.int64(points[place - 1]) ^ _BASIS) * _PRIME) & _WORD
    while place < high and kinds[place] <= LINE:
        place += 1
    second: Int = _BASIS
    for _ in range(2):
        if place < high:
            second = ((second ^ np.int64(points[place])) * _PRIME) & _WORD
            place += 1
    point = np.int64(points[left - 1])
    syllable = point - 0xAC00 if 0xAC00 <= point <= 0xD7A3 else -1
    coda, rhyme = (syllable % 28, syllable % 588) if syllable >= 0 else (-1, -1)
    n: Int = 0
    for length in range(7):
        out[n], n = _mix(ends[length], 0, n, mask), n + 1
    for length in range(5):
        out[n], n = _mix(begins[length], 1, n, mask), n + 1
    for value in (coda + 1, rhyme + 1):
        for other in (0, begins[1], begins[2], begins[0]):
            out[n], n = _mix(value, other, n, mask), n + 1
    for length in (1, 2, 3):
        for other in (begins[1], begins[2], begins[0]):
            out[n], n = _mix(ends[length], other, n, mask), n + 1
    for other in (last, second):
        out[n], n = _mix(ends[1], other, n, mask), n + 1
    out[n], n = _mix(ends[2], before, n, mask), n + 1
    out[n] = _mix(ends[0], begins[1], n, mask)


@njit(nogil=True, cache=True, inline="always")
def _mix(one: Int, other: Int, kind: Int, mask: Int) -> Any:
    h = ((((one ^ (other >> 7) ^ (other << 5)) & _WORD) ^ (kind * 0x1F35)) * _PRIME) & _WORD
    h = ((h ^ (h >> 15)) * _PRIME) & _WORD
    return (h ^ (h >> 13)) & mask


@njit(nogil=True, cache=True)
def add_weights(
    points: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    indptr: NDArray[np.int64],
    rows: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    weights: NDArray[np.int16],
    scores: NDArray[np.int64],
) -> None:
    """Add up what speaks for a border at each place.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Texts, one after the other; digits and Latin letters as one of their kind.
    kinds : ndarray of uint8, shape (n_points,)
        What each code point is.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the texts.
    rows, left, right : ndarray of int64, shape (n_places,)
        From `find_places`.
    weights : ndarray of int16, shape (a power of two,)
        The table.
    scores : ndarray of int64, shape (n_places,)
        Output: sums of weights.
    """
    features = np.empty(N_FEATURES, np.int64)
    for n in range(rows.size):
        row = rows[n]
        hash_features(points, kinds, indptr[row], indptr[row + 1], left[n], right[n], weights.size - 1, features)
        total: Int = 0
        for i in range(N_FEATURES):
            total += weights[features[i]]
        scores[n] = total
