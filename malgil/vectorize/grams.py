"""The n-grams of a corpus: counted block by block, the blocks' lists merged, the rows renumbered."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.tokenizers.slabs import Slabs

_MOST = 255  # what a uint8 can count


class Layout(NamedTuple):
    """Symbols of some documents, ready to be cut into n-grams.

    Parameters
    ----------
    symbols : ndarray of int32, shape (n,)
        Words by their ranks, or code points; used up by the counting.
    left : ndarray of int32, shape (n,)
        Symbols from each position to the end of its segment, itself included.
    starts : ndarray of int64, shape (n_docs + 1,)
        Where each document begins.
    """

    symbols: NDArray[np.int32]
    left: NDArray[np.int32]
    starts: NDArray[np.int64]


class Grams(NamedTuple):
    """Distinct n-grams, each right before those that prolong it.

    Parameters
    ----------
    run : ndarray of int32, shape (2, n_grams)
        Depth (the n) and last symbol.
    tally : ndarray of int64, shape (2, n_grams)
        Occurrences, and documents that contain it; zeros where it is only the beginning of others.
    """

    run: NDArray[np.int32]
    tally: NDArray[np.int64]


class Rows(NamedTuple):
    """Counts of some documents.

    Parameters
    ----------
    lengths : ndarray of int64, shape (n_docs,)
        Entries of each row.
    indices : ndarray of int32, shape (n_entries,)
        Numbers of n-grams, rising in each row.
    data : ndarray of uint8 or int32, shape (n_entries,)
        Their counts.
    """

    lengths: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[Any]


class Space:
    """Memory for the rows of many blocks, free again as soon as they are."""

    def __init__(self) -> None:
        self.indices, self.data = Slabs(np.int32), Slabs(np.uint8)


class Range(NamedTuple):
    """Which n-grams count.

    Parameters
    ----------
    low, high : int
        Smallest and largest n.
    is_padded : bool
        Whether segments are words with their blanks, of which those shorter than `low` count whole.
    """

    low: int
    high: int
    is_padded: bool


def count_grams(layout: Layout, wanted: Range, space: Space | None = None) -> tuple[Grams, Rows]:
    """Count the n-grams of one block.

    Parameters
    ----------
    layout : Layout
        Its symbols.
    wanted : Range
        Which n-grams.
    space : Space, optional
        Where the rows go.

    Returns
    -------
    grams : Grams
        All that occur.
    rows : Rows
        A row for each document.
    """
    from malgil.vectorize._gram_kernels import list_grams, row_lengths, sort_grams

    symbols, left, starts = layout
    n, n_docs = len(symbols), len(starts) - 1
    high = min(wanted.high, int(left.max())) if n else 1
    docs = np.repeat(np.arange(n_docs, dtype=np.int32), np.diff(starts))
    order, tree = np.empty((high, n), np.int32), np.empty((3, high, n + 1), np.int32)
    sizes, lengths = np.zeros(high, np.int64), np.zeros(n_docs, np.int64)
    sort_grams(symbols, left, int(symbols.max()) + 1 if n else 0, order, tree, sizes)
    row_lengths(order, tree, sizes, left, docs, wanted.low, wanted.is_padded, lengths)
    ends = np.cumsum(lengths)
    run, tally = np.empty((2, int(sizes.sum())), np.int32), np.empty((2, int(sizes.sum())), np.int64)
    n_entries = int(ends[-1]) if n_docs else 0
    space = Space() if space is None else space
    indices, data = space.indices.take(n_entries), np.empty(n_entries, np.int32)
    list_grams(order, tree, sizes, left, docs, wanted.low, wanted.is_padded, ends - lengths, run, tally, indices, data)
    if n_entries and int(data.max()) > _MOST:
        return Grams(run, tally), Rows(lengths, indices, data)
    small = space.data.take(n_entries)
    small[:] = data
    return Grams(run, tally), Rows(lengths, indices, small)


def merge_grams(one: Grams, other: Grams) -> tuple[Grams, NDArray[np.int32], NDArray[np.int32]]:
    """Merge two lists; what both have adds up.

    Parameters
    ----------
    one, other : Grams
        Of different documents.

    Returns
    -------
    grams : Grams
        All n-grams of both.
    to, other_to : ndarray of int32
        Place of each n-gram of `one` and of `other` in it.
    """
    from malgil.vectorize._gram_kernels import join_grams

    most = one.run.shape[1] + other.run.shape[1]
    run, tally = np.empty((2, most), np.int32), np.empty((2, most), np.int64)
    to, other_to = np.empty(one.run.shape[1], np.int32), np.empty(other.run.shape[1], np.int32)
    n = join_grams(*one, *other, run, tally, to, other_to)
    return Grams(run[:, :n], tally[:, :n]), to, other_to


def merge_all(parts: list[Grams], n_jobs: int | None) -> tuple[Grams, list[NDArray[np.int32]]]:
    """Merge the lists of all blocks, neighbours first.

    Parameters
    ----------
    parts : list of Grams
        A list for each block; emptied.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    grams : Grams
        All n-grams.
    places : list of ndarray of int32
        For each block, where its n-grams are.
    """
    if not parts:
        return Grams(np.empty((2, 0), np.int32), np.empty((2, 0), np.int64)), []
    groups = [[np.arange(part.run.shape[1], dtype=np.int32)] for part in parts]
    level = parts.copy()
    parts.clear()
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        joined, level, moved = map_blocks(_merge_pair, pairs, n_jobs), [], []
        for number, (whole, *to) in enumerate(joined):
            level.append(whole)
            sides = zip(groups[2 * number : 2 * number + 2], to, strict=True) if to else ()
            moved.append([side[place] for group, side in sides for place in group] or groups[2 * number])
        groups = moved
    return level[0], groups[0]


def _merge_pair(pair: list[Grams]) -> tuple[Any, ...]:
    return merge_grams(*pair) if len(pair) == 2 else (pair[0],)


def renumber(rows: Rows, columns: NDArray[np.int32]) -> Rows:
    """Give entries the numbers of columns, and drop those that have none.

    Parameters
    ----------
    rows : Rows
        Any.
    columns : ndarray of int32
        For each n-gram its column, -1 where it has none.

    Returns
    -------
    Rows
        Columns rise in a row if `columns` rises.
    """
    indices = columns[rows.indices]
    kept = indices >= 0
    if kept.all():
        return Rows(rows.lengths, indices, rows.data)
    seen = np.append(0, np.cumsum(kept))
    ends = np.cumsum(rows.lengths)
    return Rows(seen[ends] - seen[ends - rows.lengths], indices[kept], rows.data[kept])


def tallies(
    rows: list[Rows], columns: list[NDArray[np.int32]], n_columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sum up the columns of some rows.

    Parameters
    ----------
    rows : list of Rows
        Rows of each block.
    columns : list of ndarray of int32
        For each block the columns of its numbers.
    n_columns : int
        Number of columns.

    Returns
    -------
    counts, df : ndarray of int64, shape (n_columns,)
        Occurrences, and documents that have one.
    """
    from malgil.vectorize._counts_kernels import add_up

    counts, df = np.zeros(n_columns, np.int64), np.zeros(n_columns, np.int64)
    for (_, indices, data), to in zip(rows, columns, strict=True):
        add_up(indices, data, to, counts, df)
    return counts, df


def stack(parts: list[Rows], dtype: Any, n_jobs: int | None) -> tuple[NDArray[Any], ...]:
    """Lay the rows of successive blocks end to end.

    Parameters
    ----------
    parts : list of Rows
        Rows of each block; emptied.
    dtype : dtype
        Type of the counts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the rows.
    indices : ndarray of int32, shape (n_entries,)
        Columns.
    data : ndarray of `dtype`, shape (n_entries,)
        Counts.
    """
    return stack_renumbered(parts, None, dtype, n_jobs)


def stack_renumbered(
    parts: list[Rows], columns: list[NDArray[np.int32]] | None, dtype: Any, n_jobs: int | None
) -> tuple[NDArray[Any], ...]:
    """Give the entries of successive blocks the numbers of columns, and lay the rows end to end.

    Parameters
    ----------
    parts : list of Rows
        Rows of each block; emptied.
    columns : list of ndarray of int32, optional
        For each block the columns of its numbers, none below 0; emptied. Without, the numbers are columns.
    dtype : dtype
        Type of the counts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    indptr, indices, data : ndarray
        As from `stack`.
    """
    indptr = np.append(0, np.cumsum(np.concatenate([np.zeros(0, np.int64), *(part.lengths for part in parts)])))
    borders = np.append(0, np.cumsum([len(part.indices) for part in parts], dtype=np.int64))
    indices, data = np.empty(int(borders[-1]), np.int32), np.empty(int(borders[-1]), dtype)

    def write(work: tuple[int, Rows, NDArray[np.int32] | None]) -> None:
        begin, part, to = work
        place = slice(begin, begin + len(part.indices))
        if to is None:
            indices[place] = part.indices
        else:
            np.take(to, part.indices, out=indices[place], mode="clip")  # "raise" would buffer
        data[place] = part.data

    jobs = ((begin, parts.pop(0), columns.pop(0) if columns else None) for begin in borders[:-1].tolist())
    for _ in map_blocks(write, jobs, n_jobs):
        pass
    return indptr, indices, data
