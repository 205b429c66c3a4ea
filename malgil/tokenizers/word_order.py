"""The words of several tables, sorted together.

Words are dealt out by their first letters, and every heap is sorted by itself: by the first four letters at once, then
by what follows. A word that several tables hold comes out once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.tokenizers.word_table import WordList

_HEAPS = 64
_LETTERS = 1 << 16
_BYTES = 12  # of four letters in UTF-8, at most


def sort_tables(parts: list[WordList], n_jobs: int | None) -> tuple[pa.LargeStringArray, list[NDArray[np.int32]]]:
    """Sort the words of several tables together.

    Parameters
    ----------
    parts : list of WordList
        Distinct words of each table; emptied.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    forms : pa.LargeStringArray
        Distinct words by their bytes.
    ranks : list of ndarray of int32
        For each table the place in `forms` of each of its words.
    """
    from malgil.tokenizers._word_sort_kernels import deal, first_letters

    begins = np.append(0, np.cumsum([len(part) for part in parts], dtype=np.int64))

    def count(part: WordList) -> NDArray[np.int64]:
        counts = np.zeros(_LETTERS, np.int64)
        first_letters(*part, counts)
        return counts

    counts = np.array([np.zeros(_LETTERS, np.int64), *map_blocks(count, parts, n_jobs)])
    heap_of = (np.cumsum(counts.sum(axis=0)) * _HEAPS // (int(begins[-1]) + 1)).astype(np.int32)
    sizes = np.array([np.bincount(heap_of, weights=row, minlength=_HEAPS) for row in counts]).astype(np.int64)
    borders = np.append(0, np.cumsum(sizes.sum(axis=0)))
    free = borders[:-1] + np.cumsum(sizes, axis=0)[:-1]
    n = int(begins[-1])
    pile = _Pile(np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.int32), *_together(parts, n_jobs))
    spans = list(pairwise(begins.tolist()))

    def deal_out(t: int) -> None:
        begin, end = spans[t]
        own = pile.first[begin : end + 1]
        deal(pile.words, own, begin, heap_of, free[t], pile.keys, pile.further, pile.refs)

    for _ in map_blocks(deal_out, range(len(spans)), n_jobs):
        pass
    forms, ranks = _sort_heaps(pile, borders, n_jobs)
    return forms, [ranks[begin:end] for begin, end in spans]


class _Pile(NamedTuple):
    """Words of all tables: dealt out, and as they lay there."""

    keys: NDArray[np.uint64]
    further: NDArray[np.uint64]
    refs: NDArray[np.int32]
    words: NDArray[np.uint64]
    first: NDArray[np.int64]


def _together(parts: list[WordList], n_jobs: int | None) -> WordList:
    """Lay the words of all tables end to end; the tables are let go."""
    if len(parts) == 1:
        return parts.pop()
    shifts = np.append(0, np.cumsum([len(words) for words, _ in parts], dtype=np.int64)).tolist()
    shifted = [first[:-1] + shift for (_, first), shift in zip(parts, shifts[:-1], strict=True)]
    words, first = np.empty(shifts[-1], np.uint64), np.concatenate([*shifted, np.array(shifts[-1:], np.int64)])

    def copy(place: int) -> None:
        words[shifts[place] : shifts[place + 1]] = parts[place].words

    for _ in map_blocks(copy, range(len(parts)), n_jobs):
        pass
    parts.clear()
    return WordList(words, first)


def _sort_heaps(
    pile: _Pile, borders: NDArray[np.int64], n_jobs: int | None
) -> tuple[pa.LargeStringArray, NDArray[np.int32]]:
    from malgil.tokenizers._word_sort_kernels import settle, spell_words

    keys, further, refs, words, first = pile
    heaps = [slice(a, b) for a, b in pairwise(borders.tolist())]

    def sort(heap: slice) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
        order, is_new, n = np.argsort(keys[heap]), np.empty(heap.stop - heap.start, np.uint8), np.zeros(2, np.int64)
        settle(order, keys[heap], further[heap], refs[heap], words, first, is_new, n)
        return order, is_new, n

    done = list(map_blocks(sort, heaps, n_jobs))
    ranks = np.empty(len(refs), np.int32)
    starts = np.append(0, np.cumsum([n[0] for _, _, n in done], dtype=np.int64)).tolist()

    def spell(h: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        heap, (order, is_new, (n_distinct, n_numbers)) = heaps[h], done[h]
        lengths, data = np.empty(n_distinct, np.int64), np.empty(_BYTES * n_numbers, np.uint8)
        n = spell_words(
            order, is_new, keys[heap], further[heap], refs[heap], words, first, starts[h], ranks, lengths, data
        )
        return lengths, data[:n].copy()

    spelt = list(map_blocks(spell, range(len(heaps)), n_jobs))
    offsets = np.zeros(starts[-1] + 1, np.int64)
    np.cumsum(np.concatenate([lengths for lengths, _ in spelt]), out=offsets[1:])
    data = np.concatenate([data for _, data in spelt])
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data)), ranks
