"""Kernels of spacing: words of the list, slots of features, sums of weights, learning, and trust in given blanks.

Everything works on letters: the code points of all texts without white space, of which digits, Latin letters and
ideographs are one letter each. A border is the place before a letter; the first of a line is none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

N_FEATURES = 47
LONGEST_WORD = 8
NO_LETTER = 1
_SHORTEST = (6, 5, 3, 2, 1, 1, 1, 1)
_LONGEST = (6, 6, 6, 6, 6, 6, 6, 3)
_MIX, _END = np.uint64(0x100000001B3), np.uint64(0xBF58476D1CE4E5B9)
_START, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


@njit(nogil=True, cache=True)
def mix(state: np.uint64, value: Any) -> np.uint64:
    """Take one more number into a hash: multiply, then fold the high bits down.

    Parameters
    ----------
    state : uint64
        The hash so far.
    value : int
        The number, 0 or above.

    Returns
    -------
    uint64
        The hash.
    """
    state = (state ^ np.uint64(value)) * _MIX
    return state ^ (state >> _SHIFT)


@njit(nogil=True, cache=True)
def index_words(
    letters: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    values: NDArray[np.uint8],
) -> None:
    """Put words into an open table of a power of two of rows; an empty row has key 0.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        Texts without white space, as the model knows them.
    indptr : ndarray of int64, shape (n_lines + 1,)
        Borders of lines (of words, of texts) in the flat arrays.
    kinds : ndarray of uint8, shape (n_words,)
        Kinds of words, below 16.
    keys : ndarray of uint64, shape (n_rows,)
        Hashes of words; 0 where a row is free.
    values : ndarray of uint8, shape (n_rows,)
        Their kinds.
    """
    mask = len(keys) - 1
    for word in range(len(indptr) - 1):
        key = _START
        for place in range(indptr[word], indptr[word + 1]):
            key = mix(key, letters[place])
        row = np.int64(key & np.uint64(mask))
        while keys[row] != 0 and keys[row] != key:
            row = (row + 1) & mask
        if keys[row] == 0:
            keys[row], values[row] = key, kinds[word]


@njit(nogil=True, cache=True)
def find_words(
    letters: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    keys: NDArray[np.uint64],
    values: NDArray[np.uint8],
    ends: NDArray[np.uint8],
    begins: NDArray[np.uint8],
    covers: NDArray[np.uint8],
) -> None:
    """At each border: the longest word that ends, that begins and that lies across (16 x length + kind, or 0).

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        Texts without white space, as the model knows them.
    indptr : ndarray of int64, shape (n_lines + 1,)
        Borders of lines (of words, of texts) in the flat arrays.
    keys : ndarray of uint64, shape (n_rows,)
        Hashes of words; 0 where a row is free.
    values : ndarray of uint8, shape (n_rows,)
        Their kinds.
    ends : ndarray of uint8, shape (n_letters,)
        The longest word that ends before each letter.
    begins : ndarray of uint8, shape (n_letters,)
        The longest word that begins with it.
    covers : ndarray of uint8, shape (n_letters,)
        The longest word across the border before it.
    """
    mask = len(keys) - 1
    for line in range(len(indptr) - 1):
        high = indptr[line + 1]
        for first in range(indptr[line], high):
            key = mix(_START, letters[first])
            for last in range(first + 1, min(first + LONGEST_WORD, high)):
                key = mix(key, letters[last])
                row = np.int64(key & np.uint64(mask))
                while keys[row] != 0 and keys[row] != key:
                    row = (row + 1) & mask
                if keys[row] == 0:
                    continue
                length = last + 1 - first
                begins[first] = length * 16 + values[row]
                if last + 1 < high and ends[last + 1] == 0:  # the first found is the longest
                    ends[last + 1] = length * 16 + values[row]
                for border in range(first + 1, last + 1):
                    if length > covers[border] // 16:
                        covers[border] = length * 16 + border - first


@njit(nogil=True, cache=True)
def feature_slots(
    letters: NDArray[np.uint32],
    low: int,
    high: int,
    border: int,
    ends: NDArray[np.uint8],
    begins: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    shift: np.uint64,
    slots: NDArray[np.int64],
) -> None:
    """Slots of the features of one border: runs of letters around it, then words around it.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        Texts without white space, as the model knows them.
    low : int
        Where the line begins.
    high : int
        Where it ends.
    border : int
        The letter behind the border, above `low`.
    ends : ndarray of uint8, shape (n_letters,)
        The longest word that ends before each letter.
    begins : ndarray of uint8, shape (n_letters,)
        The longest word that begins with it.
    covers : ndarray of uint8, shape (n_letters,)
        The longest word across the border before it.
    shift : uint64
        64 less the bits of a slot.
    slots : ndarray of int64, shape (47,)
        Written: the slot of each feature.
    """
    slot = 0
    for back in range(8):
        first = border - 6 + back
        key = mix(_START, back)
        for n in range(1, _LONGEST[back] + 1):
            place = first + n - 1
            key = mix(key, letters[place] if low <= place < high else NO_LETTER)
            if n >= _SHORTEST[back]:
                slots[slot] = np.int64(key * _END >> shift)
                slot += 1
    none = np.uint64(0)
    end, begin, cover = np.uint64(ends[border]), np.uint64(begins[border]), np.uint64(covers[border])
    left, right = np.uint64(letters[border - 1]), np.uint64(letters[border])
    left2 = np.uint64(letters[border - 2]) if border - 2 >= low else none
    right2 = np.uint64(letters[border + 1]) if border + 1 < high else none
    after = np.uint64(begins[border + 1]) if border + 1 < high else none
    before = np.uint64(ends[border - 1])
    before2 = np.uint64(ends[border - 2]) if border - 2 >= low else none
    rows = (
        (end, none, none, none), (begin, none, none, none), (cover, none, none, none),
        (end, begin, none, none), (end, begin, cover, none), (end, cover, none, none),
        (begin, cover, none, none), (end, right, none, none), (end, right, right2, none),
        (begin, left, none, none), (begin, left, left2, none), (end, right, after, none),
        (before, left, begin, none), (before2, left2, left, begin),
    )  # fmt: skip
    for number in range(14):
        one, two, three, four = rows[number]
        key = mix(mix(mix(mix(mix(_START, 8 + number), one), two), three), four)
        slots[slot] = np.int64(key * _END >> shift)
        slot += 1


@njit(nogil=True, cache=True)
def score_borders(
    letters: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    ends: NDArray[np.uint8],
    begins: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    shift: np.uint64,
    weights: NDArray[np.int8],
    scores: NDArray[np.int32],
) -> None:
    """Sum the weights of the features of each border.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        Texts without white space, as the model knows them.
    indptr : ndarray of int64, shape (n_lines + 1,)
        Borders of lines (of words, of texts) in the flat arrays.
    ends : ndarray of uint8, shape (n_letters,)
        The longest word that ends before each letter.
    begins : ndarray of uint8, shape (n_letters,)
        The longest word that begins with it.
    covers : ndarray of uint8, shape (n_letters,)
        The longest word across the border before it.
    shift : uint64
        64 less the bits of a slot.
    weights : ndarray of int8, shape (n_slots,)
        Weight of each slot.
    scores : ndarray of int32, shape (n_letters,)
        Written: the sums; the first of a line stays.
    """
    slots = np.empty(N_FEATURES, np.int64)
    for line in range(len(indptr) - 1):
        low, high = indptr[line], indptr[line + 1]
        for border in range(low + 1, high):
            feature_slots(letters, low, high, border, ends, begins, covers, shift, slots)
            total = 0
            for number in range(N_FEATURES):
                total += weights[slots[number]]
            scores[border] = total


@njit(nogil=True, cache=True)
def count_features(
    letters: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    ends: NDArray[np.uint8],
    begins: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    shift: np.uint64,
    counts: NDArray[np.uint8],
) -> None:
    """Count how often each slot occurs, up to 255.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        Texts without white space, as the model knows them.
    indptr : ndarray of int64, shape (n_lines + 1,)
        Borders of lines (of words, of texts) in the flat arrays.
    ends : ndarray of uint8, shape (n_letters,)
        The longest word that ends before each letter.
    begins : ndarray of uint8, shape (n_letters,)
        The longest word that begins with it.
    covers : ndarray of uint8, shape (n_letters,)
        The longest word across the border before it.
    shift : uint64
        64 less the bits of a slot.
    counts : ndarray of uint8, shape (n_slots,)
        How often each slot occurs, up to 255.
    """
    slots = np.empty(N_FEATURES, np.int64)
    for line in range(len(indptr) - 1):
        low, high = indptr[line], indptr[line + 1]
        for border in range(low + 1, high):
            feature_slots(letters, low, high, border, ends, begins, covers, shift, slots)
            for number in range(N_FEATURES):
                counts[slots[number]] += counts[slots[number]] < 255


@njit(nogil=True, cache=True)
def learn_weights(
    letters: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    lines: NDArray[np.int64],
    ends: NDArray[np.uint8],
    begins: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    shift: np.uint64,
    is_space: NDArray[np.int8],
    counts: NDArray[np.uint8],
    weights: NDArray[np.float32],
    squares: NDArray[np.float32],
    rate: float,
    rarest: int,
) -> None:
    """Do one round of logistic regression by AdaGrad over some lines, in their order.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        Texts without white space, as the model knows them.
    indptr : ndarray of int64, shape (n_lines + 1,)
        Borders of lines (of words, of texts) in the flat arrays.
    lines : ndarray of int64, shape (n,)
        Numbers of the lines to learn from, in order.
    ends : ndarray of uint8, shape (n_letters,)
        The longest word that ends before each letter.
    begins : ndarray of uint8, shape (n_letters,)
        The longest word that begins with it.
    covers : ndarray of uint8, shape (n_letters,)
        The longest word across the border before it.
    shift : uint64
        64 less the bits of a slot.
    is_space : ndarray of int8, shape (n_letters,)
        1 where a blank belongs before the letter.
    counts : ndarray of uint8, shape (n_slots,)
        How often each slot occurs, up to 255.
    weights : ndarray of float32, shape (n_slots,)
        Written: weight of each slot, in nats.
    squares : ndarray of float32, shape (n_slots,)
        Sums of squared slopes; go on from round to round.
    rate : float
        Step of learning.
    rarest : int
        Slots that occur less often learn nothing.
    """
    slots = np.empty(N_FEATURES, np.int64)
    for line in lines:
        low, high = indptr[line], indptr[line + 1]
        for border in range(low + 1, high):
            feature_slots(letters, low, high, border, ends, begins, covers, shift, slots)
            total = 0.0
            for number in range(N_FEATURES):
                total += weights[slots[number]]
            slope = 1.0 / (1.0 + np.exp(-total)) - is_space[border]
            if abs(slope) < 0.01:
                continue
            for number in range(N_FEATURES):
                slot = slots[number]
                if counts[slot] >= rarest:
                    squares[slot] += slope * slope
                    weights[slot] -= rate * slope / np.sqrt(squares[slot] + 1e-8)


@njit(nogil=True, cache=True)
def trust_blanks(
    scores: NDArray[np.float64],
    given: NDArray[np.uint8],
    indptr: NDArray[np.int64],
    prior: NDArray[np.float64],
    n_rounds: int,
    trusts: NDArray[np.float64],
) -> None:
    """Estimate for each line how far its blanks can be trusted; see `malgil.clean.spacing_model`.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_borders,)
        Log odds of a blank, in nats.
    given : ndarray of uint8, shape (n_borders,)
        1 where there is a blank.
    indptr : ndarray of int64, shape (n_lines + 1,)
        Borders of lines (of words, of texts) in the flat arrays.
    prior : ndarray of float64, shape (4,)
        Imagined borders, as `malgil.clean.spacing_model.PRIOR`.
    n_rounds : int
        Rounds after the first.
    trusts : ndarray of float64, shape (n_texts, 2)
        Written: log-likelihood ratios of a given and of a missing blank, in nats.
    """
    for line in range(len(indptr) - 1):
        low, high = indptr[line], indptr[line + 1]
        with_blank, without = 0.0, 0.0
        for _ in range(n_rounds + 1):
            right, n_right, wrong, n_wrong = prior[0], prior[0] + prior[1], prior[2], prior[2] + prior[3]
            for border in range(low, high):
                chance = 1.0 / (1.0 + np.exp(-scores[border] - (with_blank if given[border] else without)))
                n_right += chance
                n_wrong += 1.0 - chance
                right += chance * given[border]
                wrong += (1.0 - chance) * given[border]
            right, wrong = right / n_right, wrong / n_wrong
            with_blank = np.log(right / wrong)
            without = np.log((1.0 - right) / (1.0 - wrong))
        trusts[line, 0], trusts[line, 1] = with_blank, without
