"""Bounds and filters over the postings of a segment, for queries by the batch."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_ONE = np.uint64(1)


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
def fill_filters(
    indptr: NDArray[np.int64],
    postings: NDArray[np.unsignedinteger],
    first: int,
    bits: int,
    n_docs: int,
    spread: int,
    least: int,
    filters: NDArray[np.uint64],
) -> None:
    """Make the filters of long lists: a bit for each short range of documents, set where the list has one of them.

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
    n_docs : int
        Number of documents.
    spread : int
        Bits of a filter for each posting.
    least : int
        Postings from which on a list has a filter, so many that their bits fill two words.
    filters : ndarray of uint64, shape (n_postings * spread / 64 + 1,)
        In and out, zero before: a list's filter lies at the same share of this array as the list among the postings.
    """
    for term in range(indptr.size - 1):
        low, high = first + indptr[term], first + indptr[term + 1]
        if high - low < least:
            continue
        scale = (min((high - low) * spread - 64, n_docs) << 32) // n_docs
        start = ((low * spread + 63) >> 6) << 6
        for i in range(low, high):
            bit = start + (((np.int64(postings[i]) >> bits) * scale) >> 32)
            filters[bit >> 6] |= _ONE << np.uint64(bit & 63)
