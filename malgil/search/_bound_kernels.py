"""Bounds and buckets over the postings of a segment, for queries by the batch."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def count_codes(postings: NDArray[np.unsignedinteger], bits: int, counts: NDArray[np.int64]) -> None:
    """Count the postings of each code.

    Parameters
    ----------
    postings : ndarray of uint32 or uint64
        Lists of one field, end to end.
    bits : int
        Lowest bits of a posting that hold the code.
    counts : ndarray of int64, shape (2 ** bits,)
        In and out.
    """
    mask = np.int64((1 << bits) - 1)
    for posting in postings:
        counts[np.int64(posting) & mask] += 1


@njit(nogil=True, cache=True)
def bound_blocks(
    postings: NDArray[np.unsignedinteger],
    first: int,
    bits: int,
    tf: NDArray[np.int32],
    cap: int,
    block_bits: int,
    blocks: NDArray[np.int32],
    highs: NDArray[np.int64],
) -> int:
    """Find the smallest code in each block, and the postings with unusually many occurrences.

    Parameters
    ----------
    postings : ndarray of uint32 or uint64, shape (n,)
        Lists of one field, end to end.
    first : int
        Number of the first posting among those of all fields.
    bits : int
        Lowest bits of a posting that hold the code.
    tf : ndarray of int32, shape (n_codes,)
        Occurrences that each code stands for.
    cap : int
        Occurrences that are not unusual.
    block_bits : int
        log2 of the postings of a block.
    blocks : ndarray of int32
        In and out: smallest code of each block of the postings of all fields.
    highs : ndarray of int64
        Output: numbers of postings with more than `cap` occurrences; long enough for all.

    Returns
    -------
    int
        How many there are.
    """
    mask = np.int64((1 << bits) - 1)
    n = 0
    for i in range(postings.size):
        code = np.int64(postings[i]) & mask
        block = (first + i) >> block_bits
        if code < blocks[block]:
            blocks[block] = code
        if tf[code] > cap:
            highs[n] = first + i
            n += 1
    return n


@njit(nogil=True, cache=True)
def fill_buckets(
    indptr: NDArray[np.int64],
    postings: NDArray[np.unsignedinteger],
    first: int,
    bits: int,
    scales: NDArray[np.int64],
    sizes: tuple[int, int, int],
    buckets: NDArray[np.uint32],
) -> None:
    """Fill the buckets of long lists: where the postings of each range of documents begin, and which have any.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_terms + 1,)
        Borders of the lists of one field.
    postings : ndarray of uint32 or uint64
        Those of all fields.
    first : int
        Number of the field's first posting among them.
    bits : int
        Lowest bits of a posting that hold the code.
    scales : ndarray of int64, shape (n_terms,)
        Buckets of a list over the number of documents, times ``2 ** sizes[2]``; 0 for a list without.
    sizes : tuple of int
        Postings for which a list has a bucket, parts of the range of a bucket, and binary digits of a scale behind the
        point.
    buckets : ndarray of uint32, shape (n_postings // sizes[0] + 1, 1 + parts / 32)
        In and out, zero before. A list's rows lie at the same share of this array as the list among the postings. The
        first column counts from the beginning of the list.
    """
    per_bucket, n_parts, digits = sizes
    fraction = np.int64((1 << digits) - 1)
    for term in range(indptr.size - 1):
        if scales[term] == 0:
            continue
        low, high = first + indptr[term], first + indptr[term + 1]
        row, last = (low + per_bucket - 1) // per_bucket, np.int64(-1)
        for i in range(low, high):
            scaled = (np.int64(postings[i]) >> bits) * scales[term]
            bucket, part = row + (scaled >> digits), ((scaled & fraction) * n_parts) >> digits
            if bucket != last:
                buckets[bucket, 0], last = i - low, bucket
            buckets[bucket, 1 + (part >> 5)] |= np.uint32(1) << np.uint32(part & 31)
