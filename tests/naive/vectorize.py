"""Counting and weighing, one document and one word at a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def bags(docs: Sequence[Sequence[int]]) -> list[dict[int, int]]:
    """Count the terms of each document, terms rising."""
    return [dict(sorted(Counter(int(term) for term in doc).items())) for doc in docs]


def dtm(docs: Sequence[Sequence[int]], n_terms: int) -> list[list[int]]:
    """Write out the document-term matrix."""
    return [[list(doc).count(term) for term in range(n_terms)] for doc in docs]


def tfidf(docs: Sequence[Sequence[int]], n_terms: int, variant: str) -> list[list[float]]:
    """Weigh every cell of the matrix."""
    counts = dtm(docs, n_terms)
    df = [sum(row[term] > 0 for row in counts) for term in range(n_terms)]
    n = len(docs)
    matrix = []
    for doc, row in zip(docs, counts, strict=True):
        if variant == "textbook":
            weights = [c / len(doc) * math.log(n / df[t]) if c else 0.0 for t, c in enumerate(row)]
        else:
            weights = [c * (math.log((1 + n) / (1 + df[t])) + 1) for t, c in enumerate(row)]
            length = math.sqrt(sum(w * w for w in weights)) or 1.0
            weights = [w / length for w in weights]
        matrix.append(weights)
    return matrix


def count_rows(ids: Array, indptr: Array, lengths: Array, indices: Array, data: Array) -> int:
    """Twin of the kernel."""
    n = 0
    for row in range(len(lengths)):
        bag = bags([ids[indptr[row] : indptr[row + 1]]])[0]
        lengths[row] = len(bag)
        for term, count in bag.items():
            indices[n], data[n] = term, count
            n += 1
    return n


def scatter_columns(
    indptr: Array, indices: Array, data: Array, column_indptr: Array, rows: Array, values: Array
) -> None:
    """Twin of the kernel."""
    entries = [
        (indices[i], row, data[i]) for row in range(len(indptr) - 1) for i in range(indptr[row], indptr[row + 1])
    ]
    entries.sort(key=lambda entry: entry[:2])
    for i, (_, row, value) in enumerate(entries):
        rows[i], values[i] = row, value
    column_indptr[:] = np.searchsorted([column for column, _, _ in entries], np.arange(len(column_indptr)))


def murmur(offsets: Array, data: Array, hashes: Array) -> None:
    """Twin of the kernel."""
    for s, (first, last) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)):
        hashes[s] = murmur3_32(bytes(data[first:last].tolist()))


def murmur3_32(text: bytes) -> int:
    """MurmurHash3 for 32 bits with the seed 0, in whole numbers, as a signed number."""
    mask = 0xFFFFFFFF

    def rotated(value: int, by: int) -> int:
        return (value << by | value >> (32 - by)) & mask

    state = 0
    for at in range(0, len(text), 4):
        chunk = text[at : at + 4]
        word = int.from_bytes(chunk, "little") * 0xCC9E2D51 & mask
        state ^= rotated(word, 15) * 0x1B873593 & mask
        if len(chunk) == 4:
            state = (rotated(state, 13) * 5 + 0xE6546B64) & mask
    state ^= len(text)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        state = (state ^ state >> shift) * factor & mask
    return state - (1 << 32) if state >> 31 else state
