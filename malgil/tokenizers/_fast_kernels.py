"""Kernels of the morpheme tagger: what stands around a character, which label it gets, what the labels say.

Every feature has the character itself in it, so that a weight belongs to one of the few labels of that character, and
those of one feature lie side by side: one line of the cache a feature.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

N_FEATURES = 22
N_CONTEXT = 16
_MULTIPLY = 0x5851F42D4C957F2D
_NONE = 99
_FAR = 1 << 20


@njit(nogil=True, cache=True)
def hash_suffixes(symbols: NDArray[np.int32], indptr: NDArray[np.int64]) -> NDArray[np.int64]:
    """Compute a hash of what is left of the word at each character.

    Parameters
    ----------
    symbols : ndarray of int32, shape (n_points,)
        Number of each character; 0 for white space.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of texts.

    Returns
    -------
    ndarray of int64, shape (n_points,)
        0 at white space.
    """
    out = np.zeros(len(symbols), np.int64)
    for row in range(len(indptr) - 1):
        value = 0
        for i in range(indptr[row + 1] - 1, indptr[row] - 1, -1):
            value = 0 if symbols[i] == 0 else ((value ^ symbols[i]) + 1) * _MULTIPLY
            out[i] = value
    return out


@njit(nogil=True, cache=True)
def fill_features(context: NDArray[np.int64], mask: int, out: NDArray[np.int64]) -> None:
    """Find the places of the features in the weights, from what stands around a character and what went before.

    Parameters
    ----------
    context : ndarray of int64, shape (N_CONTEXT,)
        0-6: characters from three before to three behind; 7, 8: the last two tags; 9, 10: hashes of the last two
        morphemes; 11: rest of the word; 12: the word; 13: place in it; 14: how the next word begins; 15: its beginning.
    mask : int
        One less than a power of two: what a hash is cut to.
    out : ndarray of int64, shape (N_FEATURES,)
        Out: where the weights of each feature begin.
    """
    m = _MULTIPLY
    x3, x2, x1, c = context[0], context[1], context[2], context[3] + 7
    y1, y2, y3 = context[4], context[5], context[6]
    tag, before, part, part_before = context[7], context[8], context[9], context[10]
    rest, word, at, next_word = context[11], context[12], context[13], context[14]
    left1 = (c * m ^ x1) * m
    left2 = (left1 ^ x2) * m
    right1 = (c * m ^ (y1 + 20000)) * m
    right2 = (right1 ^ y2) * m
    right3 = (right2 ^ y3) * m
    tagged = ((c + 40000) * m ^ tag) * m
    parted = (tagged ^ part) * m
    out[0] = c * m
    out[1] = right1
    out[2] = left1
    out[3] = (left1 ^ (y1 + 30000)) * m
    out[4] = right2
    out[5] = left2
    out[6] = (left2 ^ (y1 + 30000)) * m
    out[7] = ((left1 ^ (y1 + 50000)) * m ^ y2) * m
    out[8] = right3
    out[9] = (left2 ^ (x3 + 60000)) * m
    out[10] = (tagged ^ (y1 + 70000)) * m
    out[11] = parted
    out[12] = (parted ^ (y1 + 80000)) * m
    out[13] = (tagged ^ (before + 90000)) * m
    out[14] = ((parted ^ (y1 + 100000)) * m ^ y2) * m
    out[15] = ((parted ^ part_before) * m ^ before) * m
    out[16] = ((word ^ (at + 110000)) * m ^ c) * m
    out[17] = (tagged ^ rest) * m
    out[18] = ((parted ^ rest) * m ^ next_word) * m
    out[19] = ((rest ^ (c + 120000)) * m ^ x1) * m
    out[20] = (((parted ^ (y1 + 130000)) * m ^ y2) * m ^ y3) * m
    out[21] = ((parted ^ part_before) * m ^ (y1 + 140000)) * m
    for k in range(N_FEATURES):
        out[k] = ((out[k] ^ (out[k] >> 29)) * m >> 23) & mask


@njit(nogil=True, cache=True)
def move_on(context: NDArray[np.int64], symbol: int, opened: int) -> None:
    """Take the label of a character into the context.

    Parameters
    ----------
    context : ndarray of int64, shape (N_CONTEXT,)
        Changed in place.
    symbol : int
        Number of the character.
    opened : int
        Tag of the last morpheme that the label opens, or -1 where it goes on with the one before.
    """
    if opened >= 0:
        context[10] = context[9]
        context[8] = context[7]
        context[7] = opened
        context[9] = symbol
    else:
        context[9] = (context[9] ^ (symbol + 1)) * _MULTIPLY


@njit(nogil=True, cache=True)
def look_around(
    context: NDArray[np.int64], symbols: NDArray[np.int32], suffixes: NDArray[np.int64], low: int, high: int, i: int
) -> None:
    """Fill in what stands around a place of a text.

    Parameters
    ----------
    context : ndarray of int64, shape (N_CONTEXT,)
        Changed in place; what went before is forgotten at the beginning of a text.
    symbols : ndarray of int32, shape (n_points,)
        Number of each character; 0 for white space.
    suffixes : ndarray of int64, shape (n_points,)
        From `hash_suffixes`.
    low, high : int
        Borders of the text.
    i : int
        The place.
    """
    if i == low:
        context[:] = 0
        context[7] = context[8] = _NONE
    for k in range(7):
        j = i + k - 3
        context[k] = symbols[j] if low <= j < high else 1
    if i == low or symbols[i - 1] == 0:
        context[12] = suffixes[i]
        context[13] = 0
        context[15] = i
        context[9] = (context[9] ^ 3) * _MULTIPLY
        j = i
        while j < high and symbols[j] != 0:
            j += 1
        first = symbols[j + 1] if j + 1 < high else 1
        second = symbols[j + 2] if j + 2 < high else 1
        context[14] = (first * _MULTIPLY ^ second) * _MULTIPLY
    else:
        context[13] += 1
    context[11] = suffixes[i]


@njit(nogil=True, cache=True)
def label_points(
    symbols: NDArray[np.int32],
    indptr: NDArray[np.int64],
    suffixes: NDArray[np.int64],
    choices: NDArray[np.int32],
    choice_indptr: NDArray[np.int64],
    opens: NDArray[np.int16],
    weights: NDArray[np.int8],
    mask: int,
    labels: NDArray[np.int32],
    leads: NDArray[np.int32],
) -> None:
    """Give every visible character the label with the largest sum of weights, the first one on a tie.

    Parameters
    ----------
    symbols : ndarray of int32, shape (n_points,)
        Number of each character; 0 for white space.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of texts.
    suffixes : ndarray of int64, shape (n_points,)
        From `hash_suffixes`.
    choices : ndarray of int32
        Labels that each character may have, character after character.
    choice_indptr : ndarray of int64, shape (n_symbols + 1,)
        Borders of the characters in `choices`; at least one label and at most 64 each.
    opens : ndarray of int16, shape (n_labels,)
        As `move_on` takes it.
    weights : ndarray of int8
        Those of one feature lie side by side, in the order of the character's labels.
    mask : int
        As `fill_features` takes it.
    labels : ndarray of int32, shape (n_points,)
        Out: -1 at white space.
    leads : ndarray of int32, shape (n_points,)
        Out: by how much the label won; very much where there was no other.
    """
    places = np.empty(N_FEATURES, np.int64)
    context = np.zeros(N_CONTEXT, np.int64)
    scores = np.zeros(64, np.int32)
    for row in range(len(indptr) - 1):
        low, high = indptr[row], indptr[row + 1]
        for i in range(low, high):
            symbol = symbols[i]
            if symbol == 0 and i > low:
                labels[i], leads[i] = -1, _FAR
                continue
            look_around(context, symbols, suffixes, low, high, i)
            if symbol == 0:
                labels[i], leads[i] = -1, _FAR
                continue
            first, n = choice_indptr[symbol], choice_indptr[symbol + 1] - choice_indptr[symbol]
            best, second = 0, -_FAR
            leads[i] = _FAR
            if n > 1:
                fill_features(context, mask, places)
                scores[:n] = 0
                for f in range(N_FEATURES):
                    at = places[f]
                    for k in range(n):
                        scores[k] += weights[at + k]
                for k in range(1, n):
                    if scores[k] > scores[best]:
                        second, best = scores[best], k
                    elif scores[k] > second:
                        second = scores[k]
                leads[i] = scores[best] - second
            labels[i] = choices[first + best]
            move_on(context, symbol, opens[labels[i]])


@njit(nogil=True, cache=True)
def read_labels(
    points: NDArray[np.uint32],
    indptr: NDArray[np.int64],
    labels: NDArray[np.int32],
    part_indptr: NDArray[np.int64],
    part_tags: NDArray[np.int16],
    part_texts: NDArray[np.int32],
    text_indptr: NDArray[np.int64],
    text_points: NDArray[np.uint32],
    unknown: int,
    spans: NDArray[np.int64],
    form_indptr: NDArray[np.int64],
    form_points: NDArray[np.uint32],
    lengths: NDArray[np.int64],
) -> Any:
    """Write the morphemes that the labels stand for.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Composed texts.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of texts.
    labels : ndarray of int32, shape (n_points,)
        From `label_points`.
    part_indptr : ndarray of int64, shape (n_labels + 1,)
        Borders of the labels in the parts that they stand for.
    part_tags : ndarray of int16, shape (n_parts,)
        Tag of the morpheme that a part opens, or -1 where it goes on with the one before.
    part_texts : ndarray of int32, shape (n_parts,)
        Which text a part adds to the form, or -1 for the character itself.
    text_indptr : ndarray of int64, shape (n_kinds + 1,)
        Borders of those texts.
    text_points : ndarray of uint32
        Their code points.
    unknown : int
        Tag of a morpheme that nothing opened.
    spans : ndarray of int64, shape (>= n, 3)
        Out: first code point, the one behind the last, tag.
    form_indptr : ndarray of int64, shape (> n,)
        Out: borders of the forms.
    form_points : ndarray of uint32
        Out: their code points; long enough for all parts.
    lengths : ndarray of int64, shape (n_texts,)
        Out: morphemes of each text.

    Returns
    -------
    int
        Morphemes of all texts.
    """
    n, end = 0, 0
    for row in range(len(indptr) - 1):
        first = n
        for i in range(indptr[row], indptr[row + 1]):
            if labels[i] < 0:
                continue
            for part in range(part_indptr[labels[i]], part_indptr[labels[i] + 1]):
                tag = part_tags[part]
                if tag >= 0 or n == first:
                    spans[n, 0], spans[n, 2] = i, tag if tag >= 0 else unknown
                    n += 1
                elif spans[n - 1, 1] < i:
                    form_points[end] = 32
                    end += 1
                spans[n - 1, 1] = i + 1
                text = part_texts[part]
                if text < 0:
                    form_points[end] = points[i]
                    end += 1
                else:
                    for j in range(text_indptr[text], text_indptr[text + 1]):
                        form_points[end] = text_points[j]
                        end += 1
                form_indptr[n] = end
        lengths[row] = n - first
    return n
