"""Kernels of near-duplicates: shingles of texts as hashes, MinHash bands, and pairs measured exactly.

A shingle is hashed to 64 bits. MinHash [1]_: for a random order of all shingles, two sets have the same first shingle
with the probability of their Jaccard similarity. Bands [2]_: several such firsts together make a key; texts that share
a key in any band are a candidate pair.

References
----------
.. [1] Broder, "On the resemblance and containment of documents", Compression and Complexity of Sequences 1997.
.. [2] Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3rd edition, 2020, section 3.4.
.. [3] Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 16 (the mixer).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_SHORT = 24  # up to this many, sorting by insertion is quicker


@njit(nogil=True, cache=True)
def _mix(x: Any) -> Any:
    """Turn 64 bits into 64 bits that look drawn by lot [3]_."""
    z = np.uint64(x)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(nogil=True, cache=True)
def _hash(points: NDArray[np.uint32], low: int, high: int) -> Any:
    state = np.uint64(high - low)
    for i in range(low, high):
        state = _mix(state + np.uint64(points[i]) * np.uint64(0x9E3779B97F4A7C15))
    return state


@njit(nogil=True, cache=True)
def hash_texts(points: NDArray[np.uint32], indptr: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash whole texts.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        The letters of the texts.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of the texts.

    Returns
    -------
    ndarray of uint64, shape (n_texts,)
        0 for a text without letters.
    """
    hashes = np.zeros(len(indptr) - 1, np.uint64)
    for text in range(len(hashes)):
        if indptr[text] < indptr[text + 1]:
            hashes[text] = _hash(points, indptr[text], indptr[text + 1])
    return hashes


@njit(nogil=True, cache=True)
def _sort_distinct(values: NDArray[np.uint64]) -> int:
    """Sort in place and move the distinct values to the front; return how many there are."""
    if len(values) > _SHORT:
        values.sort()
    else:
        for i in range(1, len(values)):
            value, at = values[i], i
            while at > 0 and values[at - 1] > value:
                values[at] = values[at - 1]
                at -= 1
            values[at] = value
    n = min(len(values), 1)
    for i in range(1, len(values)):
        if values[i] != values[n - 1]:
            values[n] = values[i]
            n += 1
    return n


@njit(nogil=True, cache=True)
def hash_shingles(
    points: NDArray[np.uint32],
    weights: NDArray[np.uint8],
    indptr: NDArray[np.int64],
    n_letters: int,
    lengths: NDArray[np.int64],
    hashes: NDArray[np.uint64],
) -> int:
    """Cut texts into shingles: from each letter on, as few letters as weigh enough; a shorter text is one shingle.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        The letters of the texts.
    weights : ndarray of uint8, shape (n_points,)
        How many letters of an alphabet each counts for.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of the texts.
    n_letters : int
        Least weight of a shingle.
    lengths : ndarray of int64, shape (n_texts,)
        Out: number of different shingles of each text.
    hashes : ndarray of uint64, shape (n_points,)
        Out: their hashes, rising within a text.

    Returns
    -------
    int
        Number of hashes written.
    """
    free = 0
    for text in range(len(lengths)):
        low, high = indptr[text], indptr[text + 1]
        begin, end, weight = free, low, 0
        for first in range(low, high):
            while end < high and weight < n_letters:
                weight += weights[end]
                end += 1
            if weight < n_letters and first > low:
                break
            hashes[free] = _hash(points, first, end)
            free += 1
            weight -= weights[first]
        lengths[text] = _sort_distinct(hashes[begin:free])
        free = begin + lengths[text]
    return free


@njit(nogil=True, cache=True)
def band_keys(
    hashes: NDArray[np.uint64],
    indptr: NDArray[np.int64],
    factors: NDArray[np.uint32],
    offsets: NDArray[np.uint32],
    keys: NDArray[np.uint32],
) -> None:
    """Find the first shingle of each set in many random orders, and put them together into a key for each band.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n_hashes,)
        Shingles.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of the texts, none of them empty.
    factors, offsets : ndarray of uint32, shape (n_orders,)
        A random order is that of ``factor x hash + offset``, modulo 2^32; the factors are odd.
    keys : ndarray of uint32, shape (n_texts, n_bands)
        Out: keys; `n_orders` is a multiple of `n_bands`.
    """
    n_orders, n_bands = len(factors), keys.shape[1]
    n_rows = n_orders // n_bands
    firsts = np.empty(n_orders, np.uint32)
    for text in range(len(keys)):
        firsts[:] = 0xFFFFFFFF
        for i in range(indptr[text], indptr[text + 1]):
            shingle = np.uint32(hashes[i] >> np.uint64(32))
            for order in range(n_orders):
                place = np.uint32(factors[order] * shingle + offsets[order])
                firsts[order] = min(firsts[order], place)
        for band in range(n_bands):
            keys[text, band] = np.uint32(_hash(firsts, band * n_rows, (band + 1) * n_rows) >> np.uint64(32))


@njit(nogil=True, cache=True)
def _jaccard(hashes: NDArray[np.uint64], a: int, a_end: int, b: int, b_end: int, threshold: float) -> float:
    """Jaccard similarity of two sets of hashes, or -1 as soon as it cannot reach the threshold."""
    both = (a_end - a) + (b_end - b)
    n_needed = threshold / (1.0 + threshold) * both * (1.0 - 1e-12)
    n_shared = 0
    while a < a_end and b < b_end:
        if n_shared + min(a_end - a, b_end - b) < n_needed:
            return -1.0
        if hashes[a] == hashes[b]:
            n_shared += 1
            a += 1
            b += 1
        elif hashes[a] < hashes[b]:
            a += 1
        else:
            b += 1
    return n_shared / (both - n_shared)


@njit(nogil=True, cache=True)
def _met_before(keys: NDArray[np.uint32], a: int, b: int, band: int) -> bool:
    for earlier in range(band):
        if keys[a, earlier] == keys[b, earlier]:
            return True
    return False


@njit(nogil=True, cache=True)
def pairs_of_band(
    band: int,
    ranked: NDArray[np.uint64],
    keys: NDArray[np.uint32],
    window: int,
    hashes: NDArray[np.uint64],
    indptr: NDArray[np.int64],
    threshold: float,
    start: int,
    pairs: NDArray[np.int64],
    values: NDArray[np.float64],
) -> tuple[int, int]:
    """Measure the pairs that share the key of a band and of no band before it, and keep those that are alike.

    Parameters
    ----------
    band : int
        Which band.
    ranked : ndarray of uint64, shape (n_texts,)
        Key and number of each text as upper and lower 32 bits, rising.
    keys : ndarray of uint32, shape (n_texts, n_bands)
        Keys of all bands.
    window : int
        A text is compared with at most so many that follow it under the same key.
    hashes, indptr
        Shingles of the texts, as for `band_keys`.
    threshold : float
        Least Jaccard similarity.
    start : int
        Place in `ranked` to go on from.
    pairs : ndarray of int64, shape (n_most, 2)
        Out: numbers of two texts, the lower first; n_most >= `window`.
    values : ndarray of float64, shape (n_most,)
        Out: their Jaccard similarities.

    Returns
    -------
    n_found : int
        Pairs written.
    next_start : int
        Where to go on; the number of texts when all is done.
    """
    found, n = 0, len(ranked)
    for at in range(start, n):
        if found + window > len(values):
            return found, at
        key: Any = ranked[at] >> np.uint64(32)
        a: Any = np.int64(ranked[at] & np.uint64(0xFFFFFFFF))
        for other in range(at + 1, min(at + 1 + window, n)):
            if ranked[other] >> np.uint64(32) != key:
                break
            b: Any = np.int64(ranked[other] & np.uint64(0xFFFFFFFF))
            if _met_before(keys, a, b, band):
                continue
            value = _jaccard(hashes, indptr[a], indptr[a + 1], indptr[b], indptr[b + 1], threshold)
            if value >= threshold:
                pairs[found, 0], pairs[found, 1], values[found] = a, b, value
                found += 1
    return found, n
