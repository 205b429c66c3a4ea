"""Looking up the words of many queries, and putting them into the order in which scores are summed."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SAMPLED = 16  # terms to a sample


@njit(nogil=True, cache=True, inline="always")
def _first_eight(data: NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    """First eight bytes of a term as a number, first byte highest; zeros after its end."""
    key = np.uint64(0)
    for k in range(8):
        byte = data[begin + k] if begin + k < end else np.uint8(0)
        key = key << np.uint64(8) | np.uint64(byte)
    return key


@njit(nogil=True, cache=True)
def sample_terms(offsets: NDArray[np.int64], data: NDArray[np.uint8], samples: NDArray[np.uint64]) -> None:
    """Read the beginning of every `SAMPLED`-th term.

    Parameters
    ----------
    offsets, data : ndarray of int64 and of uint8
        Sorted terms.
    samples : ndarray of uint64, shape (ceil(n_terms / SAMPLED),)
        Output: first eight bytes as a number, never falling.
    """
    for s in range(samples.size):
        samples[s] = _first_eight(data, offsets[SAMPLED * s], offsets[SAMPLED * s + 1])


@njit(nogil=True, cache=True, inline="always")
def _compare(
    data: NDArray[np.uint8], begin: int, end: int, keys: NDArray[np.uint8], key_begin: int, key_end: int
) -> int:
    """Order of a term and a key by their bytes: negative, zero, positive."""
    for k in range(min(end - begin, key_end - key_begin)):
        byte, other = data[begin + k], keys[key_begin + k]
        if byte != other:
            return -1 if byte < other else 1
    return (end - begin) - (key_end - key_begin)


@njit(nogil=True, cache=True)
def find_terms(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    samples: NDArray[np.uint64],
    key_offsets: NDArray[np.int64],
    keys: NDArray[np.uint8],
    places: NDArray[np.int64],
) -> None:
    """Find many terms among sorted ones: first among the samples, which stay in the cache, then between two of them.

    Parameters
    ----------
    offsets, data : ndarray of int64 and of uint8
        Sorted terms.
    samples : ndarray of uint64
        From `sample_terms`.
    key_offsets, keys : ndarray of int64 and of uint8
        What to find.
    places : ndarray of int64, shape (n_keys,)
        Output: place of each, -1 where it is not there.
    """
    n_terms = offsets.size - 1
    for k in range(places.size):
        begin, end = key_offsets[k], key_offsets[k + 1]
        key = _first_eight(keys, begin, end)
        low = SAMPLED * max(int(np.searchsorted(samples, key)) - 1, 0)
        high = min(SAMPLED * int(np.searchsorted(samples, key, side="right")), n_terms)
        places[k] = -1
        while low < high:
            middle = (low + high) >> 1
            order = _compare(data, offsets[middle], offsets[middle + 1], keys, begin, end)
            if order == 0:
                places[k] = middle
                break
            if order < 0:
                low = middle + 1
            else:
                high = middle


@njit(nogil=True, cache=True)
def plan_words(
    ids: NDArray[np.int32],
    indptr: NDArray[np.int64],
    df: NDArray[np.int64],
    ranks: NDArray[np.int64],
    borders: NDArray[np.int64],
    words: NDArray[np.int64],
    times: NDArray[np.float64],
) -> None:
    """List the different words of each query in the order in which scores are summed.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Forms of the queries' tokens.
    indptr : ndarray of int64, shape (n_queries + 1,)
        Borders of the queries.
    df : ndarray of int64, shape (n_forms,)
        Live documents that hold each form; forms without any are left out.
    ranks : ndarray of int64, shape (n_forms,)
        Order of forms with equal `df`, all different where `df` is not 0.
    borders : ndarray of int64, shape (n_queries + 1,)
        Output: borders of the queries in `words`.
    words : ndarray of int64, shape (n_tokens,)
        Output: forms, by rising `df`, then `ranks`.
    times : ndarray of float64, shape (n_tokens,)
        Output: how often the query has each.
    """
    n = 0
    borders[0] = 0
    for q in range(indptr.size - 1):
        first = n
        for token in range(indptr[q], indptr[q + 1]):
            form = np.int64(ids[token])
            if df[form] == 0:
                continue
            at = n
            while at > first and (df[words[at - 1]], ranks[words[at - 1]]) > (df[form], ranks[form]):
                at -= 1
            if at > first and words[at - 1] == form:
                times[at - 1] += 1.0
                continue
            for k in range(n, at, -1):
                words[k], times[k] = words[k - 1], times[k - 1]
            words[at], times[at] = form, 1.0
            n += 1
        borders[q + 1] = n
