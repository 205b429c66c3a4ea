"""How often words stand near each other, as exact whole numbers that add up in any order.

A neighbour at distance d counts 1/d. Such counts are kept in units of 1/lcm(1, ..., window): with a window of 5, sixty
units are one. Sums of whole numbers have no rounding, so neither the number of workers nor the memory that is allowed,
nor into how many parts a corpus was cut, changes a byte of the result.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError, ParameterError
from malgil.params import choose
from malgil.ragged import Ragged, check_indptr

_BLOCK = 1 << 16  # tokens whose neighbours one worker counts at a time
_ENTRY = 12  # bytes of a column and its units
_FINEST = 1 << 32  # units of one where the exact ones would overflow
_LONGEST = 10_000


@dataclass(frozen=True, eq=False)
class Cooccurrences:
    """How often each word stands near each other word, as sparse rows.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_words + 1,)
        The neighbours of word ``w`` are the entries ``indptr[w]`` to ``indptr[w + 1]``.
    cols : ndarray of int32, shape (n_pairs,)
        Neighbours, rising in each row.
    units : ndarray of int64, shape (n_pairs,)
        Their counts in units.
    scale : int
        How many units are one.
    """

    indptr: NDArray[np.int64]
    cols: NDArray[np.int32]
    units: NDArray[np.int64]
    scale: int

    @property
    def n_words(self) -> int:
        """Number of words."""
        return len(self.indptr) - 1

    @property
    def n_pairs(self) -> int:
        """Number of pairs that occur, in the order in which they occur."""
        return len(self.cols)

    def counts(self) -> NDArray[np.float64]:
        """Give the counts of the pairs.

        Returns
        -------
        ndarray of float64, shape (n_pairs,)
            In words: a neighbour at distance 2 is half of one, where distances count.
        """
        return self.units / float(self.scale)

    def row(self, word: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Neighbours of one word.

        Parameters
        ----------
        word : int
            Its number.

        Returns
        -------
        cols : ndarray of int32
            The neighbours, rising.
        counts : ndarray of float64
            How often each.
        """
        part = slice(int(self.indptr[word]), int(self.indptr[word + 1]))
        return self.cols[part], self.units[part] / float(self.scale)

    def totals(self) -> NDArray[np.float64]:
        """Sum up each row.

        Returns
        -------
        ndarray of float64, shape (n_words,)
            Count of all neighbours of each word.
        """
        sums = np.append(np.zeros(1, np.int64), np.cumsum(self.units))[self.indptr]
        return np.diff(sums) / float(self.scale)


def inverse_shares(window: int) -> tuple[NDArray[np.int64], int]:
    """Count a neighbour at distance d as 1/d.

    Parameters
    ----------
    window : int
        Largest distance, >= 1.

    Returns
    -------
    shares : ndarray of int64, shape (window,)
        Units of distances 1, 2, ...; exact up to a window of 22, beyond rounded to 2^-32.
    scale : int
        How many units are one.
    """
    scale = math.lcm(*range(1, window + 1)) if window <= 22 else _FINEST
    return np.array([round(scale / d) for d in range(1, window + 1)], np.int64), scale


def flat_shares(window: int) -> tuple[NDArray[np.int64], int]:
    """Count all neighbours within the window alike.

    Parameters
    ----------
    window : int
        Largest distance, >= 1.

    Returns
    -------
    shares : ndarray of int64, shape (window,)
        One unit each.
    scale : int
        1.
    """
    return np.ones(window, np.int64), 1


WEIGHTINGS: dict[str, Callable[[int], tuple[NDArray[np.int64], int]]] = {
    "inverse": inverse_shares,
    "flat": flat_shares,
}


def count_cooccurrences(
    corpus: Ragged,
    n_words: int,
    *,
    window: int = 5,
    symmetric: bool = True,
    weighting: str = "inverse",
    memory_mb: float | None = None,
    n_jobs: int | None = None,
) -> Cooccurrences:
    """Count how often words stand near each other; never across the border of a document.

    Parameters
    ----------
    corpus : Ragged
        Word numbers, one sentence a document.
    n_words : int
        Size of the vocabulary.
    window : int
        Largest distance.
    symmetric : bool
        Whether words on both sides of a word are its neighbours, or those to its left alone.
    weighting : str
        A key of `WEIGHTINGS`: whether a neighbour at distance d counts 1/d or 1.
    memory_mb : float, optional
        What the counted pairs may take in memory. Beyond, the corpus is counted in parts that wait in temporary files
        and are added row by row; the result lies in such a file then too. No limit by default.
    n_jobs : int, optional
        Threads, all cores by default; changes no byte of the result.

    Returns
    -------
    Cooccurrences
        Rows in the order of the numbers; empty where no two words meet.

    Raises
    ------
    ParameterError
        If the window or the memory is not positive.
    DataError
        If a number of a word is out of range, or the corpus has 2^31 tokens or more.

    Examples
    --------
    >>> corpus = Ragged(np.array([0, 1, 2], np.int32), np.array([0, 3]))
    >>> count_cooccurrences(corpus, 3, window=2).row(0)
    (array([1, 2], dtype=int32), array([1. , 0.5]))
    """
    check_window(window)
    shares, scale = choose(WEIGHTINGS, "weighting", weighting)(int(window))
    if memory_mb is not None and not memory_mb > 0:
        raise ParameterError("glove.bad_memory", value=memory_mb)
    corpus.check(n_words)
    sides = 2 if symmetric else 1
    parts = _cut(corpus.indptr, memory_mb, _ENTRY * sides * int(window))
    job = _Job(n_words, shares, scale, symmetric, n_jobs)
    if len(parts) == 1:
        return job.count(corpus)
    room = int((memory_mb or 0) * 1e6 / 16 / _ENTRY)
    return _add_files(_spilled(corpus, parts, job), room, n_jobs)


def merge_cooccurrences(one: Cooccurrences, other: Cooccurrences, n_jobs: int | None = None) -> Cooccurrences:
    """Add what was counted in two parts of a corpus.

    Parameters
    ----------
    one, other : Cooccurrences
        Of the same words, counted with the same window.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Cooccurrences
        As if both parts had been counted at once, to the byte.

    Raises
    ------
    ParameterError
        If they are of other words or another window.
    DataError
        If a part's arrays do not fit one another.
    """
    if (one.n_words, one.scale) != (other.n_words, other.scale):
        raise ParameterError("glove.other_counts")
    for part in (one, other):
        Ragged(part.cols, part.indptr).check(part.n_words)
        check_indptr(part.indptr, len(part.units))
    return _add([one, other], _BLOCK * 16, n_jobs)


def check_window(window: object) -> None:
    """Refuse a window that no corpus can be counted with.

    Parameters
    ----------
    window : int
        Largest distance.

    Raises
    ------
    ParameterError
        If it is no whole number from 1 to 10,000.
    """
    if isinstance(window, bool) or not isinstance(window, int | np.integer) or not 1 <= window <= _LONGEST:
        raise ParameterError("glove.bad_window", value=window, most=_LONGEST)


@dataclass(frozen=True)
class _Job:
    """How to count one part of a corpus."""

    n_words: int
    shares: NDArray[np.int64]
    scale: int
    is_symmetric: bool
    n_jobs: int | None

    def count(self, corpus: Ragged) -> Cooccurrences:
        from malgil.embeddings._cooccurrence_kernels import count_rows, sort_places

        ids = _with_borders(corpus)
        starts, places = np.empty(self.n_words + 1, np.int64), np.empty(corpus.n_tokens, np.int32)
        sort_places(ids, starts, places)
        lengths = np.zeros(self.n_words, np.int64)
        reach = len(self.shares) * (2 if self.is_symmetric else 1)

        def count(block: tuple[int, int]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
            low, high = block
            room = min(reach * int(starts[high] - starts[low]), self.n_words * (high - low))
            cols, units = np.empty(room, np.int32), np.empty(room, np.int64)
            n = count_rows(ids, places, starts, low, high, self.shares, self.is_symmetric, lengths, cols, units)
            return cols[:n].copy(), units[:n].copy()

        found = list(map_blocks(count, _blocks(starts, _BLOCK), self.n_jobs))
        cols = np.concatenate([np.zeros(0, np.int32), *(part[0] for part in found)])
        units = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in found)])
        return Cooccurrences(_indptr(lengths), cols, units, self.scale)


def _with_borders(corpus: Ragged) -> NDArray[np.int32]:
    """Put -1 before the first sentence, between two, and after the last."""
    n_places = corpus.n_tokens + corpus.n_docs + 1
    if n_places > np.iinfo(np.int32).max:
        raise DataError("glove.too_large", n=corpus.n_tokens)
    ids = np.full(n_places, -1, np.int32)
    shift = np.repeat(np.arange(1, corpus.n_docs + 1), np.diff(corpus.indptr))
    ids[shift + np.arange(corpus.n_tokens)] = corpus.ids
    return ids


def _cut(indptr: NDArray[np.int64], memory_mb: float | None, token_bytes: int) -> list[tuple[int, int]]:
    """Cut a corpus between documents, so that the pairs of each part fit into the memory at their most."""
    n_docs = len(indptr) - 1
    if memory_mb is None:
        return [(0, n_docs)]
    return _blocks(indptr, max(1, int(memory_mb * 1e6 / 2 / token_bytes))) or [(0, n_docs)]


def _blocks(starts: NDArray[np.int64], size: int) -> list[tuple[int, int]]:
    """Cut rows into blocks of about `size` entries, at least one row each."""
    steps = np.arange(int(starts[0]), int(starts[-1]), size)
    cuts = np.append(np.searchsorted(starts[:-1], steps, "right") - 1, len(starts) - 1)
    cuts[0] = 0
    return list(pairwise(np.unique(cuts).tolist()))


def _indptr(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(np.zeros(1, np.int64), np.cumsum(lengths))


def _spilled(corpus: Ragged, parts: list[tuple[int, int]], job: _Job) -> list[Cooccurrences]:
    """Count part after part; what was counted lies in two files."""
    indptrs, ends = [], [0]
    with tempfile.TemporaryFile() as cols, tempfile.TemporaryFile() as units:
        for low, high in parts:
            begin, end = corpus.indptr[low], corpus.indptr[high]
            part = job.count(Ragged(corpus.ids[begin:end], corpus.indptr[low : high + 1] - begin))
            part.cols.tofile(cols)
            part.units.tofile(units)
            indptrs.append(part.indptr)
            ends.append(ends[-1] + part.n_pairs)
        flat = _mapped(cols, np.int32), _mapped(units, np.int64)
    pieces = [(flat[0][low:high], flat[1][low:high]) for low, high in pairwise(ends)]
    return [Cooccurrences(indptr, *piece, job.scale) for indptr, piece in zip(indptrs, pieces, strict=True)]


def _mapped(file: IO[bytes], dtype: DTypeLike) -> NDArray[Any]:
    """Map a file that has no name: it goes when nobody reads it any more."""
    file.flush()
    return np.memmap(file, dtype, "r") if file.tell() else np.zeros(0, dtype)


def _add(parts: list[Cooccurrences], size: int, n_jobs: int | None) -> Cooccurrences:
    """Add matrices, `size` entries at a time."""
    lengths, cols, units = zip(*_added(parts, size, n_jobs), strict=True)
    indptr = _indptr(np.concatenate(lengths))
    return Cooccurrences(indptr, np.concatenate(cols), np.concatenate(units), parts[0].scale)


def _add_files(parts: list[Cooccurrences], size: int, n_jobs: int | None) -> Cooccurrences:
    """Add matrices, `size` entries at a time, into files."""
    lengths = []
    with tempfile.TemporaryFile() as cols, tempfile.TemporaryFile() as units:
        for length, *rows in _added(parts, max(1, size), n_jobs):
            lengths.append(length)
            rows[0].tofile(cols)
            rows[1].tofile(units)
        flat = _mapped(cols, np.int32), _mapped(units, np.int64)
    return Cooccurrences(_indptr(np.concatenate(lengths)), *flat, parts[0].scale)


def _added(parts: list[Cooccurrences], size: int, n_jobs: int | None) -> Iterator[tuple[NDArray[Any], ...]]:
    from malgil.embeddings._cooccurrence_kernels import add_rows

    def add(block: tuple[int, int]) -> tuple[NDArray[Any], ...]:
        low, high = block
        slices = [slice(int(part.indptr[low]), int(part.indptr[high])) for part in parts]
        cols = np.concatenate([part.cols[where] for part, where in zip(parts, slices, strict=True)])
        units = np.concatenate([part.units[where] for part, where in zip(parts, slices, strict=True)])
        shifts = np.cumsum([0] + [where.stop - where.start for where in slices[:-1]])
        rows = [part.indptr[low : high + 1] - where.start for part, where in zip(parts, slices, strict=True)]
        lengths = np.zeros(high - low, np.int64)
        out = np.empty(len(cols), np.int32), np.empty(len(cols), np.int64)
        n = add_rows(np.array(rows) + shifts[:, None], cols, units, parts[0].n_words, lengths, *out)
        return lengths, out[0][:n], out[1][:n]

    entries = np.sum([part.indptr for part in parts], axis=0)
    blocks = _blocks(entries, size) or [(0, parts[0].n_words)]
    return map_blocks(add, blocks, n_jobs)
