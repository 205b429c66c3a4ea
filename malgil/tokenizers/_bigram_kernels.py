"""Words as `scan` lays them out -> syllables and pairs of neighbouring syllables, laid out the same way."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

FIRST, LAST, N_FINALS = 0xAC00, 0xD7A3, 28
INITIAL, VOWEL, FINAL = 0x1100, 0x1161, 0x11A7
N_INITIALS, N_VOWELS = 19, 21

Int = int | np.int64


@njit(nogil=True, cache=True, inline="always")
def _code_at(packed: NDArray[np.uint8], at: Int, stop: Int) -> Int:
    """Code point of three bytes, which all Hangul has; 0 for any other."""
    if at + 2 >= stop or (packed[at] & 0xF0) != 0xE0:
        return 0
    return (
        (np.int64(packed[at]) & 0x0F) << 12 | (np.int64(packed[at + 1]) & 0x3F) << 6 | (np.int64(packed[at + 2]) & 0x3F)
    )


@njit(nogil=True, cache=True, inline="always")
def _syllable_at(packed: NDArray[np.uint8], at: Int, stop: Int) -> tuple[Int, int]:
    """Syllable that begins at a byte, built of conjoining jamo where it is written so, and how many code points it is.

    Returns
    -------
    code, n_points : int
        0 and 1 where there is no syllable.
    """
    code, n_points = _code_at(packed, at, stop), 1
    if INITIAL <= code < INITIAL + N_INITIALS:
        vowel = _code_at(packed, at + 3, stop) - VOWEL
        if vowel < 0 or vowel >= N_VOWELS:
            return 0, 1
        code, n_points = FIRST + ((code - INITIAL) * N_VOWELS + vowel) * N_FINALS, 2
    elif code < FIRST or code > LAST:
        return 0, 1
    if (code - FIRST) % N_FINALS == 0:
        final = _code_at(packed, at + 3 * n_points, stop) - FINAL
        if 0 < final < N_FINALS:
            return code + final, n_points + 1
    return code, n_points


@njit(nogil=True, cache=True, inline="always")
def _put(out: NDArray[np.uint8], at: Int, code: Int) -> None:
    """Write a syllable as UTF-8."""
    out[at] = 0xE0 | code >> 12
    out[at + 1] = 0x80 | code >> 6 & 0x3F
    out[at + 2] = 0x80 | code & 0x3F


@njit(nogil=True, cache=True, inline="always")
def _begin(
    words: NDArray[np.uint64], places: NDArray[np.int64], lengths: NDArray[np.int32], n: Int, length: Int
) -> Int:
    """Make room for token `n` after the last one, and return its first byte."""
    lengths[n] = length
    places[n + 1] = places[n] + ((length + 7) >> 3)
    words[places[n + 1] - 1] = 0  # what its bytes do not fill
    return np.int64(places[n] << 3)


@njit(nogil=True, cache=True, inline="always")
def _span(spans: NDArray[np.int32], n: Int, start: int, end: int) -> None:
    """Note where token `n` stands, if anybody wants to know."""
    if spans.size:
        spans[0, n] = start
        spans[1, n] = end


@njit(nogil=True, cache=True)
def bigrams(
    packed: NDArray[np.uint8],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    indptr: NDArray[np.int64],
    spans: NDArray[np.int32],
    out_words: NDArray[np.uint64],
    out: NDArray[np.uint8],
    out_places: NDArray[np.int64],
    out_lengths: NDArray[np.int32],
    out_indptr: NDArray[np.int64],
    out_spans: NDArray[np.int32],
) -> Int:
    """Cut words into syllables, pairs of neighbouring syllables, and the runs between that hold no syllable.

    Parameters
    ----------
    packed, places, lengths, indptr, spans : ndarray
        Words as `malgil.tokenizers._scan_kernels.scan` lays them out.
    out_words : ndarray of uint64
        Output: as `packed`, with room for a word of eight bytes for each byte of the words.
    out : ndarray of uint8
        The bytes of `out_words`.
    out_places, out_lengths, out_indptr, out_spans : ndarray
        Output: the same of the tokens, at most one for each byte of the words. A pair stands between its syllables.

    Returns
    -------
    int
        Number of tokens.
    """
    n: Int = 0
    out_places[0], out_indptr[0] = 0, 0
    for doc in range(indptr.size - 1):
        for word in range(indptr[doc], indptr[doc + 1]):
            i, stop = places[word] << 3, (places[word] << 3) + lengths[word]
            point = spans[0, word] if spans.size else 0
            run, run_point = i, point  # the run without syllables that is open, empty or not
            last: Int = 0
            last_point = point
            while i <= stop:
                code, n_points = _syllable_at(packed, i, stop) if i < stop else (0, 1)
                if (code or i == stop) and i > run:
                    at = _begin(out_words, out_places, out_lengths, n, i - run)
                    for k in range(i - run):
                        out[at + k] = packed[run + k]
                    _span(out_spans, n, run_point, point)
                    n += 1
                if code:
                    if last:
                        at = _begin(out_words, out_places, out_lengths, n, 6)
                        _put(out, at, last)
                        _put(out, at + 3, code)
                        _span(out_spans, n, last_point, point + n_points)
                        n += 1
                    at = _begin(out_words, out_places, out_lengths, n, 3)
                    _put(out, at, code)
                    _span(out_spans, n, point, point + n_points)
                    n += 1
                    last_point = point
                    i += 3 * n_points
                    run, run_point = i, point + n_points
                else:
                    lead = packed[i] if i < stop else 0
                    i += 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
                last = code
                point += n_points
        out_indptr[doc + 1] = n
    return n
