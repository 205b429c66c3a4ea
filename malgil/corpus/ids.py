"""Whether the ids of documents are unique: exact, in eight bytes a document."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.strings import string_buffers

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd: spreads the bits of a word
_SHIFT = np.uint64(29)


def hash_strings(strings: pa.LargeStringArray) -> NDArray[np.uint64]:
    """Hash strings, all at once, eight bytes at a time.

    Parameters
    ----------
    strings : LargeStringArray, length n
        No nulls.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Equal for equal strings; different ones may collide, so equal hashes are only a suspicion.
    """
    offsets, data = string_buffers(strings)
    padded = np.concatenate([data, np.zeros(8, np.uint8)])
    words = np.ndarray((len(data) + 1,), "<u8", padded, strides=(1,))
    lengths = np.diff(offsets)
    hashes = _mix(lengths.astype(np.uint64))
    active = np.flatnonzero(lengths > 0)
    position = 0
    while len(active):
        word = words[offsets[active] + position]
        left = np.minimum(lengths[active] - position, 8).astype(np.uint64)
        word = word & (np.uint64(0xFFFFFFFFFFFFFFFF) >> (np.uint64(64) - left * np.uint64(8)))
        hashes[active] = _mix(hashes[active] ^ word)
        position += 8
        active = active[lengths[active] > position]
    return hashes


def _mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = words * _MULTIPLIER
    words = (words ^ (words >> _SHIFT)) * _MULTIPLIER
    return words ^ (words >> _SHIFT)


def suspects(hashes: Iterable[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Find the hashes that occur more than once.

    Parameters
    ----------
    hashes : iterable of ndarray of uint64
        Of all documents.

    Returns
    -------
    ndarray of uint64
        Rising, each once; empty where all ids are surely different.
    """
    parts = list(hashes)
    ordered = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def first_duplicate(ids: Iterable[pa.LargeStringArray], suspected: NDArray[np.uint64]) -> tuple[str, int, int] | None:
    """Find the first document whose id an earlier one has.

    Parameters
    ----------
    ids : iterable of LargeStringArray
        The ids of all documents, in order, without nulls.
    suspected : ndarray of uint64
        As `suspects` gave them.

    Returns
    -------
    tuple of (str, int, int), or None
        The id and the positions of both documents, from 0; ``None`` where only hashes were equal.
    """
    seen: dict[str, int] = {}
    base = 0
    for part in ids:
        for position in np.flatnonzero(np.isin(hash_strings(part), suspected)).tolist():
            value = part[position].as_py()
            if value in seen:
                return value, seen[value], base + position
            seen[value] = base + position
        base += len(part)
    return None
