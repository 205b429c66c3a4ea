"""One pass over the UTF-8 bytes of a block: classes of characters, hashes and repeated characters."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd: multiplying by it is reversible
_MIX = np.uint64(0xBF58476D1CE4E5B9)  # second multiplier of the finaliser of splitmix64
_SHIFT, _HALF = np.uint64(29), np.uint64(32)


@njit(nogil=True, cache=True)
def _finished(state: np.uint64, length: int) -> np.uint64:
    """Spread the bits of a hash; 0 is kept free for blank texts."""
    state = (state ^ np.uint64(length)) * _MIX
    state = (state ^ (state >> _HALF)) * _ODD
    state = state ^ (state >> _SHIFT)
    return state if state != np.uint64(0) else np.uint64(1)


@njit(nogil=True, cache=True)
def _code_point(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Decode the character at `at`; returns its code point and its length in bytes."""
    lead = int(data[at])
    if lead < 0x80:
        return lead, 1
    if lead < 0xE0 and at + 1 < end:
        return (lead & 0x1F) << 6 | (int(data[at + 1]) & 0x3F), 2
    if 0xE0 <= lead < 0xF0 and at + 2 < end:
        return (lead & 0x0F) << 12 | (int(data[at + 1]) & 0x3F) << 6 | (int(data[at + 2]) & 0x3F), 3
    if lead >= 0xF0 and at + 3 < end:
        code = (lead & 0x07) << 18 | (int(data[at + 1]) & 0x3F) << 12 | (int(data[at + 2]) & 0x3F) << 6
        return min(code | (int(data[at + 3]) & 0x3F), 0x10FFFF), 4
    return 0xFFFD, 1


@njit(nogil=True, cache=True)
def scan_texts(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    table: NDArray[np.uint8],
    space: int,
    digit: int,
    counts: NDArray[np.int32],
    exact: NDArray[np.uint64],
    blind: NDArray[np.uint64],
    runs: NDArray[np.int32],
) -> int:
    """Scan the texts of a block.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8.
    offsets : ndarray of int64, shape (n_docs + 1,)
        Text ``d`` is ``data[offsets[d]:offsets[d + 1]]``.
    table : ndarray of uint8, shape (0x110000,)
        Class of each code point; bit 7 marks what normalisation may change.
    space, digit : int
        Classes whose repetitions are no noise; white space is also left out of `blind`.
    counts : ndarray of int32, shape (n_docs, n_classes + 3)
        Output, zeros at first: characters of each class, then those that NFC may change, then the runs of three or
        more equal characters, then the length of the text in characters.
    exact, blind : ndarray of uint64, shape (n_docs,)
        Output: hash of the text, and of the text without its white space; 0 for a text of nothing but white space.
    runs : ndarray of int32, shape (n,)
        Output: the character of each run, as a code point; `n` is at least a third of the length of `data`.

    Returns
    -------
    int
        Number of runs written to `runs`.
    """
    n_classes = counts.shape[1] - 3
    n_runs = 0
    for doc in range(len(offsets) - 1):
        at, end = offsets[doc], offsets[doc + 1]
        whole, inked = np.uint64(doc * 0), np.uint64(doc * 0)
        n_chars, n_inked, previous, streak = 0, 0, -1, 0
        while at < end:
            code, width = _code_point(data, at, end)
            at += width
            kind = np.int64(table[code])
            counts[doc, n_classes] += kind >> 7
            kind &= 0x7F
            counts[doc, kind] += 1
            n_chars += 1
            whole = (whole ^ np.uint64(code)) * _ODD
            whole ^= whole >> _SHIFT
            if kind != space:
                inked = (inked ^ np.uint64(code)) * _ODD
                inked ^= inked >> _SHIFT
                n_inked += 1
            streak = streak + 1 if code == previous else 1
            previous = code
            if streak == 3 and kind != space and kind != digit:
                runs[n_runs] = code
                n_runs += 1
                counts[doc, n_classes + 1] += 1
        counts[doc, n_classes + 2] = n_chars
        exact[doc] = _finished(whole, n_chars) if n_inked else np.uint64(0)
        blind[doc] = _finished(inked, n_inked) if n_inked else np.uint64(0)
    return n_runs


@njit(nogil=True, cache=True)
def count_distinct(ids: NDArray[np.int32], at: NDArray[np.int64], n_terms: int) -> NDArray[np.int64]:
    """Count the distinct ids among the first tokens, at rising positions.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Vocabulary ids in document order, in [0, n_terms).
    at : ndarray of int64, shape (n_points,)
        Rising numbers of tokens, from 0 to n_tokens.
    n_terms : int
        Size of the vocabulary.

    Returns
    -------
    ndarray of int64, shape (n_points,)
        Distinct ids among ``ids[:at[i]]``.
    """
    seen = np.zeros(n_terms, np.uint8)
    found = np.zeros(len(at), np.int64)
    token, n_seen = 0, 0
    for point in range(len(at)):
        while token < at[point]:
            if seen[ids[token]] == 0:
                seen[ids[token]] = 1
                n_seen += 1
            token += 1
        found[point] = n_seen
    return found
