"""A segment laid out for the query kernels: all fields in one array of postings, with bounds and buckets.

Nothing in it depends on the statistics of the corpus, so it is made once for a segment, whatever comes and goes beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.search.field_index import FieldIndex

_UNUSUAL = 0.03  # share of postings that may have more occurrences than usual


class Layout(NamedTuple):
    """What the kernels read of the fields of a segment.

    Parameters
    ----------
    postings : ndarray of uint32 or uint64
        Those of the fields, end to end.
    blocks : ndarray of int32
        Smallest code of each block of postings.
    highs : ndarray of uint32 or uint64
        The postings in which a word is unusually frequent.
    high_places : ndarray of int64
        Where they are among all, rising.
    buckets : ndarray of uint32, shape (n_buckets, 8)
        From `malgil.search._bound_kernels.fill_buckets`.
    caps : tuple of int
        For each field the occurrences that are not unusual.
    firsts : ndarray of int64, shape (n_fields, 3)
        For each field its first posting, the bits of a code, and where its codes begin when fields are laid end to end.
    """

    postings: NDArray[np.unsignedinteger]
    blocks: NDArray[np.int32]
    highs: NDArray[np.unsignedinteger]
    high_places: NDArray[np.int64]
    buckets: NDArray[np.uint32]
    caps: tuple[int, ...]
    firsts: NDArray[np.int64]


def lay_out(parts: Sequence[FieldIndex]) -> Layout:
    """Lay a segment out.

    Parameters
    ----------
    parts : sequence of FieldIndex
        The fields of the segment that queries may ask for, one at least. The postings of one alone are not copied.

    Returns
    -------
    Layout
        Of the same fields; made once.

    Raises
    ------
    DataError
        If the index comes from a damaged file.
    """
    known, key = parts[0].layouts, tuple(parts[1:])
    if key not in known:
        known[key] = _lay_out(parts)
    return known[key]  # type: ignore[no-any-return]


def _lay_out(parts: Sequence[FieldIndex]) -> Layout:
    for part in parts:
        part.check()
    own = [part.inverted.postings for part in parts]
    postings = own[0] if len(own) == 1 else np.concatenate(own)
    firsts = np.zeros((len(parts), 3), np.int64)
    firsts[:, 1] = [part.pairs.bits for part in parts]
    firsts[1:, 0] = np.cumsum([len(lists) for lists in own])[:-1]
    firsts[1:, 2] = np.cumsum(1 << firsts[:, 1])[:-1]
    caps = tuple(_cap(part) for part in parts)
    blocks, places = _bounds(parts, firsts, caps)
    return Layout(postings, blocks, postings[places], places, _buckets(parts, postings, firsts), caps, firsts)


def _cap(part: FieldIndex) -> int:
    """Fewest occurrences of a word in a document that hardly any posting exceeds."""
    from malgil.search._bound_kernels import count_codes

    counts = np.zeros(1 << part.pairs.bits, np.int64)
    count_codes(part.inverted.postings, part.pairs.bits, counts)
    by_tf = np.bincount(part.pairs.tf, counts[: len(part.pairs.tf)], minlength=2)
    above = by_tf.sum() - np.cumsum(by_tf)
    return max(1, int(np.argmax(above <= _UNUSUAL * by_tf.sum())))


def _bounds(
    parts: Sequence[FieldIndex], firsts: NDArray[np.int64], caps: tuple[int, ...]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    from malgil.search._bound_kernels import bound_blocks
    from malgil.search._query_kernels import BLOCK, BLOCK_SIZE

    n_blocks = -(-sum(len(part.inverted.postings) for part in parts) // BLOCK_SIZE)
    blocks = np.full(n_blocks, np.iinfo(np.int32).max, np.int32)
    highs = []
    for part, row, cap in zip(parts, firsts.tolist(), caps, strict=True):
        found = np.empty(len(part.inverted.postings), np.int64)  # untouched pages cost nothing
        n = bound_blocks(part.inverted.postings, row[0], row[1], part.pairs.tf, cap, BLOCK, blocks, found)
        highs.append(found[:n].copy())
    return blocks, np.concatenate(highs)


def _buckets(
    parts: Sequence[FieldIndex], postings: NDArray[np.unsignedinteger], firsts: NDArray[np.int64]
) -> NDArray[np.uint32]:
    from malgil.search import _query_kernels as kernels
    from malgil.search._bound_kernels import fill_buckets

    sizes = kernels.BUCKET_POSTINGS, kernels.BUCKET_BITS, kernels.SCALE_BITS
    buckets = np.zeros((len(postings) // sizes[0] + 1, 1 + sizes[1] // 32), np.uint32)
    for part, row in zip(parts, firsts.tolist(), strict=True):
        indptr = part.inverted.indptr
        fill_buckets(indptr, postings, row[0], row[1], _scales(np.diff(indptr), part.n_docs), sizes, buckets)
    return buckets


def _scales(lengths: NDArray[np.int64], n_docs: int) -> NDArray[np.int64]:
    """Buckets of lists over the number of documents, in fixed point; 0 for a short list, which has none.

    A list has no more than its share of the rows, whichever of them is its first. No part of a bucket is shorter than a
    document.
    """
    from malgil.search import _query_kernels as kernels

    n = np.minimum(lengths // kernels.BUCKET_POSTINGS - 1, max(n_docs // kernels.BUCKET_BITS, 1))
    return np.where(lengths < kernels.BUCKETED, 0, (n << kernels.SCALE_BITS) // max(n_docs, 1))


def rows_of(
    layout: Layout,
    parts: Sequence[FieldIndex],
    fields: NDArray[np.int64],
    terms: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Say where the words of queries are in a segment.

    Parameters
    ----------
    layout : Layout
        The segment.
    parts : sequence of FieldIndex
        Its fields.
    fields, terms : ndarray of int64, shape (n_words,)
        Place of each word's field, and its id there; -1 where the segment does not have it.

    Returns
    -------
    ndarray of int64, shape (n_words, 8)
        The `lists` of `malgil.search._query_kernels.answer`.
    """
    from malgil.search import _query_kernels as kernels

    rows = np.zeros((len(terms), kernels.HIGH_HIGH + 1), np.int64)
    for field, part in enumerate(parts):
        own = np.flatnonzero((fields == field) & (terms >= 0))
        for column, number in ((kernels.LOW, terms[own]), (kernels.HIGH, terms[own] + 1)):
            rows[own, column] = part.inverted.indptr[number] + layout.firsts[field, 0]
    rows[:, kernels.BITS : kernels.TABLE + 1] = layout.firsts[fields, 1:]
    n_docs = max([1, *(part.n_docs for part in parts)])
    rows[:, kernels.SCALE] = _scales(rows[:, kernels.HIGH] - rows[:, kernels.LOW], n_docs)
    rows[:, kernels.FIELD] = fields
    rows[:, kernels.HIGH_LOW] = np.searchsorted(layout.high_places, rows[:, kernels.LOW])
    rows[:, kernels.HIGH_HIGH] = np.searchsorted(layout.high_places, rows[:, kernels.HIGH])
    return rows
