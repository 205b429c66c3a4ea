"""Kernels of spelling: costs of rows of syllables, and the best of all texts that one slip could explain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_BITS = np.uint64(12)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_LONGEST = 5
_LOOSE = 5
_FEWEST = 3e38
KEPT, REPLACED, EXTRA, MISSING, SWAPPED = range(5)


@njit(nogil=True, cache=True)
def _find_slot(slots: NDArray[np.uint64], key: np.uint64) -> Any:
    """Place of a key in an open table, or of the free slot where it belongs."""
    mask = np.uint64(len(slots) - 1)
    at = (key * _SPREAD) >> np.uint64(20) & mask
    while slots[at] != 0 and slots[at] != key:
        at = (at + np.uint64(1)) & mask
    return np.int64(at)


@njit(nogil=True, cache=True)
def fill_slots(
    keys: NDArray[np.uint64],
    values: NDArray[np.float32],
    slots: NDArray[np.uint64],
    costs: NDArray[np.float32],
) -> None:
    """Put keys with their values (cost, backoff) into an open table.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Rows of symbols side by side in one number, not 0.
    values : ndarray of float32, shape (n, 2)
        Cost and backoff of each.
    slots : ndarray of uint64, shape (2 ** k,)
        Out: the table, at least twice as large as `keys`, all 0.
    costs : ndarray of float32, shape (2 ** k, 2)
        Out: the values.
    """
    for i in range(len(keys)):
        at = _find_slot(slots, keys[i])
        slots[at] = keys[i]
        costs[at, 0], costs[at, 1] = values[i, 0], values[i, 1]


@njit(nogil=True, cache=True)
def symbol_cost(symbols: NDArray[np.int64], at: int, slots: NDArray[np.uint64], costs: NDArray[np.float32]) -> Any:
    """Cost of a symbol behind those before it: that of the longest row known, and of falling back to it.

    Parameters
    ----------
    symbols : ndarray of int64
        The text.
    at : int
        Place of the symbol.
    slots : ndarray of uint64, shape (2 ** k,)
        Open table of rows of symbols; 0 where free.
    costs : ndarray of float32, shape (2 ** k, 2)
        Cost of each row and of falling back from it.

    Returns
    -------
    float
        In nats.
    """
    fallen = 0.0
    for n in range(min(_LONGEST - 1, at), -1, -1):
        context = np.uint64(0)
        for i in range(at - n, at):
            context = context << _BITS | np.uint64(symbols[i])
        key = context << _BITS | np.uint64(symbols[at])
        slot = _find_slot(slots, key)
        if slots[slot] == key:
            return fallen + costs[slot, 0]
        if n > 0:
            slot = _find_slot(slots, context)
            if slots[slot] == context:
                fallen += costs[slot, 1]
    return fallen + 20.0


@njit(nogil=True, cache=True)
def row_cost(
    symbols: NDArray[np.int64], first: int, end: int, slots: NDArray[np.uint64], costs: NDArray[np.float32]
) -> float:
    """Cost of the symbols from `first` to `end`, given all before them.

    Parameters
    ----------
    symbols : ndarray of int64
        The text.
    first, end : int
        Half-open stretch.
    slots : ndarray of uint64, shape (2 ** k,)
        Open table of rows of symbols; 0 where free.
    costs : ndarray of float32, shape (2 ** k, 2)
        Cost of each row and of falling back from it.

    Returns
    -------
    float
        In nats.
    """
    total = 0.0
    for at in range(first, end):
        total += symbol_cost(symbols, at, slots, costs)
    return total


@njit(nogil=True, cache=True)
def build_symbols(
    strokes: NDArray[np.int64],
    n: int,
    roles: NDArray[np.int16],
    pairs: NDArray[np.int16],
    known: NDArray[np.uint16],
    symbols: NDArray[np.int64],
    begin: int,
) -> int:
    """Write the symbols of syllables built of strokes, unless one is rare or a jamo stays loose.

    Parameters
    ----------
    strokes : ndarray of int64
        Numbers of keys.
    n : int
        How many of them count.
    roles : ndarray of int16, shape (3, n_keys)
        Place of each key among initials, vowels and finals, -1 where it is none.
    pairs : ndarray of int16, shape (2, 28, 28)
        Vowel and final that two make together; 0 where they make none.
    known : ndarray of uint16, shape (11172,)
        Symbol of each syllable.
    symbols : ndarray of int64
        Out: the symbols, from `begin` on.
    begin : int
        Where to write.

    Returns
    -------
    int
        Place behind the last symbol, or -1.
    """
    at = 0
    while at < n:
        if at + 1 >= n or roles[0, strokes[at]] < 0 or roles[1, strokes[at + 1]] < 0:
            return -1
        initial, vowel, final = roles[0, strokes[at]], roles[1, strokes[at + 1]], np.int16(0)
        at += 2
        if at < n and roles[1, strokes[at]] >= 0 and pairs[0, vowel, roles[1, strokes[at]]] > 0:
            vowel = pairs[0, vowel, roles[1, strokes[at]]]
            at += 1
        if at < n and roles[2, strokes[at]] > 0 and not (at + 1 < n and roles[1, strokes[at + 1]] >= 0):
            final = roles[2, strokes[at]]
            at += 1
            if at < n and roles[2, strokes[at]] > 0 and not (at + 1 < n and roles[1, strokes[at + 1]] >= 0):
                if pairs[1, final, roles[2, strokes[at]]] > 0:
                    final = pairs[1, final, roles[2, strokes[at]]]
                    at += 1
        symbols[begin] = known[(np.int64(initial) * 21 + vowel) * 28 + final]
        if symbols[begin] == _LOOSE:
            return -1
        begin += 1
    return begin


@njit(nogil=True, cache=True)
def edit_strokes(strokes: NDArray[np.int64], kind: int, place: int, key: int, edited: NDArray[np.int64]) -> int:
    """Undo one slip.

    Parameters
    ----------
    strokes : ndarray of int64, shape (n,)
        Numbers of the keys as typed.
    kind : int
        What happened: `KEPT` to `SWAPPED`.
    place : int
        Where.
    key : int
        The key that was meant, or is missing.
    edited : ndarray of int64, shape (n + 1,)
        Out: the keys that were meant.

    Returns
    -------
    int
        How many they are.
    """
    n = 0
    for i in range(len(strokes) + 1):
        if kind == MISSING and i == place:
            edited[n] = key
            n += 1
        if i == len(strokes) or (kind == EXTRA and i == place):
            continue
        source = i
        if kind == SWAPPED and (i == place or i == place + 1):
            source = 2 * place + 1 - i
        edited[n] = key if kind == REPLACED and i == place else strokes[source]
        n += 1
    return n


@njit(nogil=True, cache=True)
def slip_cost(
    strokes: NDArray[np.int64], kind: int, place: int, key: int, slips: NDArray[np.float32], plain: NDArray[np.float32]
) -> Any:
    """Cost of a slip, if it is one.

    Parameters
    ----------
    strokes : ndarray of int64, shape (n,)
        Numbers of the keys as typed.
    kind : int
        What happened: `KEPT` to `SWAPPED`.
    place : int
        Where.
    key : int
        The key that was meant, or is missing.
    slips : ndarray of float32, shape (n_keys, n_keys)
        Cost of typing the second key for the first.
    plain : ndarray of float32, shape (5,)
        Cost of a key extra, doubled, missing, not doubled, swapped.

    Returns
    -------
    float
        In nats; beyond 1e38 where this is no slip.
    """
    n = len(strokes)
    if kind == REPLACED:
        return slips[key, strokes[place]] if strokes[place] != key else _FEWEST
    if kind == EXTRA:
        typed = strokes[place]
        if place > 0 and strokes[place - 1] == typed:
            return plain[1]
        best = plain[0]
        for beside in (place - 1, place + 1):
            if 0 <= beside < n:
                best = min(best, plain[1] + 0.5 * slips[strokes[beside], typed])
        return best
    if kind == MISSING:
        return plain[3] if place > 0 and strokes[place - 1] == key else plain[2]
    if kind == SWAPPED:
        return plain[4] if place + 1 < n and strokes[place] != strokes[place + 1] else _FEWEST
    return 0.0


@njit(nogil=True, cache=True)
def _keep_best(
    scores: NDArray[np.float64], edits: NDArray[np.int64], score: float, kind: int, place: int, key: int
) -> None:
    """Put an edit among the best so far, which rise in cost; of equal ones the first stays."""
    at = len(scores) - 1
    while at > 0 and scores[at - 1] > score:
        scores[at] = scores[at - 1]
        edits[at] = edits[at - 1]
        at -= 1
    scores[at] = score
    edits[at, 0], edits[at, 1], edits[at, 2] = kind, place, key


@njit(nogil=True, cache=True)
def best_edits(
    strokes: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    slips: NDArray[np.float32],
    plain: NDArray[np.float32],
    roles: NDArray[np.int16],
    pairs: NDArray[np.int16],
    known: NDArray[np.uint16],
    slots: NDArray[np.uint64],
    costs: NDArray[np.float32],
    scores: NDArray[np.float64],
    edits: NDArray[np.int64],
) -> None:
    """Find the edits of one stroke, and of none, that cost least with the text that they give.

    Parameters
    ----------
    strokes : ndarray of int64, shape (n,)
        Numbers of the keys as typed.
    left, right : ndarray of int64
        Symbols before and behind the word.
    slips : ndarray of float32, shape (n_keys, n_keys)
        Cost of typing the second key for the first.
    plain : ndarray of float32, shape (5,)
        Cost of a key extra, doubled, missing, not doubled, swapped.
    roles : ndarray of int16, shape (3, n_keys)
        Place of each key among initials, vowels and finals.
    pairs : ndarray of int16, shape (2, 28, 28)
        Vowel and final that two make together.
    known : ndarray of uint16, shape (11172,)
        Symbol of each syllable.
    slots : ndarray of uint64, shape (2 ** k,)
        Open table of rows of symbols; 0 where free.
    costs : ndarray of float32, shape (2 ** k, 2)
        Cost of each row and of falling back from it.
    scores : ndarray of float64, shape (k,)
        In: the limit; out: costs of slip and text, rising.
    edits : ndarray of int64, shape (k, 3)
        Out: kind, place and key of each; nothing where the limit stands.
    """
    n, n_left, n_keys = len(strokes), len(left), len(slips)
    edited = np.empty(n + 1, np.int64)
    symbols = np.empty(n_left + n + 1 + len(right), np.int64)
    past = np.zeros(n_left + n + 2 + len(right))
    earlier = np.zeros(len(symbols), np.int64)
    symbols[:n_left] = left
    for kind in range(5):
        for place in range(n + 1 if kind == MISSING else (1 if kind == KEPT else n)):
            for key in range(n_keys if kind == REPLACED or kind == MISSING else 1):
                total = slip_cost(strokes, kind, place, key, slips, plain)
                if total >= scores[-1]:
                    continue
                n_edited = edit_strokes(strokes, kind, place, key, edited)
                end = build_symbols(edited, n_edited, roles, pairs, known, symbols, n_left)
                if end <= n_left:
                    continue
                symbols[end : end + len(right)] = right
                end += len(right)
                at = n_left  # what begins like the text before it costs the same so far
                while at < end and earlier[at] == symbols[at]:
                    at += 1
                spent = past[at]
                while at < end and total + spent < scores[-1]:
                    earlier[at] = symbols[at]
                    spent += symbol_cost(symbols, at, slots, costs)
                    at += 1
                    past[at] = spent
                if at < len(earlier):
                    earlier[at] = 0
                if at == end and total + spent < scores[-1]:
                    _keep_best(scores, edits, total + spent, kind, place, key)
