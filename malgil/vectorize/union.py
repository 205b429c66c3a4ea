"""The union of the n-grams of many blocks, by sorting them as numbers; ranges of numbers go to different threads."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks

_BITS = 64
_RANGE = 1 << 16  # n-grams sorted at a time, about: they stay in the second-level cache
_SAMPLE = 256


class Packing(NamedTuple):
    """How n-grams are written as numbers.

    Parameters
    ----------
    symbols : ndarray of int32
        Those that occur, rising.
    n_bits : int
        Bits of a symbol's rank plus 1.
    high : int
        Largest n.
    """

    symbols: NDArray[np.int32]
    n_bits: int
    high: int

    @classmethod
    def of(cls, runs: list[NDArray[np.int32]], n_jobs: int | None) -> Packing | None:
        """Look for a way to write n-grams in 64 bits.

        Parameters
        ----------
        runs : list of ndarray of int32, shape (2, n_grams)
            Depth and last symbol of each, right before those that prolong it; every symbol is among those of depth 1.
        n_jobs : int, optional
            Threads, all cores by default.

        Returns
        -------
        Packing or None
            ``None`` where they are too long.
        """
        first = list(map_blocks(lambda run: run[1, run[0] == 1], runs, n_jobs))
        seen = np.zeros(1 + max((int(symbols[-1]) for symbols in first if len(symbols)), default=0), np.bool_)
        for symbols in first:
            seen[symbols] = True
        symbols = np.flatnonzero(seen).astype(np.int32)
        high = max((int(run[0].max(initial=1)) for run in runs), default=1)
        n_bits = len(symbols).bit_length()
        return cls(symbols, n_bits, high) if n_bits * high <= _BITS else None

    def pack_all(self, runs: list[NDArray[np.int32]], n_jobs: int | None) -> list[NDArray[np.uint64]]:
        """Write n-grams as numbers.

        Parameters
        ----------
        runs : list of ndarray of int32, shape (2, n_grams)
            As for `of`; emptied.
        n_jobs : int, optional
            Threads, all cores by default.

        Returns
        -------
        list of ndarray of uint64
            Each rising.
        """
        from malgil.vectorize._union_kernels import pack_grams

        rank = np.zeros(int(self.symbols[-1]) + 1 if len(self.symbols) else 1, np.int32)
        rank[self.symbols] = np.arange(len(self.symbols), dtype=np.int32)

        def pack(run: NDArray[np.int32]) -> NDArray[np.uint64]:
            keys = np.empty(run.shape[1], np.uint64)
            pack_grams(run, rank, self.n_bits, self.high, keys)
            return keys

        return list(map_blocks(pack, (runs.pop(0) for _ in range(len(runs))), n_jobs))

    def unpack(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Read n-grams from numbers.

        Parameters
        ----------
        keys : ndarray of uint64, shape (n_grams,)
            From `pack_all`.

        Returns
        -------
        ndarray of int32, shape (2, n_grams)
            Depth and last symbol.
        """
        from malgil.vectorize._union_kernels import unpack_grams

        run = np.empty((2, len(keys)), np.int32)
        unpack_grams(keys, self.symbols, self.n_bits, self.high, run)
        return run


def unite(parts: list[NDArray[np.uint64]], n_jobs: int | None) -> tuple[NDArray[np.uint64], list[NDArray[np.int32]]]:
    """Unite sorted lists of numbers.

    Parameters
    ----------
    parts : list of ndarray of uint64
        Each rising; emptied.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    keys : ndarray of uint64
        All numbers, rising.
    places : list of ndarray of int32
        For each list, where its numbers are.
    """
    from malgil.vectorize._union_kernels import rank_keys

    parts, given = parts.copy(), parts
    given.clear()
    borders = _borders(parts)
    places = [np.empty(len(part), np.int32) for part in parts]

    def sort(r: int) -> NDArray[np.uint64]:
        ranges = [slice(*border[r : r + 2].tolist()) for border in borders]
        keys = np.concatenate([part[piece] for part, piece in zip(parts, ranges, strict=True)])
        ranks, distinct = np.empty(len(keys), np.int32), np.empty(len(keys), np.uint64)
        n, at = rank_keys(keys, np.argsort(keys), ranks, distinct), 0
        for place, piece in zip(places, ranges, strict=True):
            place[piece] = ranks[at : at + piece.stop - piece.start]
            at += piece.stop - piece.start
        return distinct[:n].copy()

    n_ranges = len(borders[0]) - 1 if borders else 0
    found = list(map_blocks(sort, range(n_ranges), n_jobs))
    starts = np.append(0, np.cumsum([len(keys) for keys in found], dtype=np.int64)).tolist()
    parts.clear()

    def shift(b: int) -> None:
        for start, (i, j) in zip(starts, pairwise(borders[b].tolist()), strict=False):
            places[b][i:j] += start

    for _ in map_blocks(shift, range(len(places)), n_jobs):
        pass
    return np.concatenate([np.empty(0, np.uint64), *found]), places


def _borders(parts: list[NDArray[np.uint64]]) -> list[NDArray[np.int64]]:
    """Cut all lists at the same numbers, so that the pieces of a range are together about as long as wanted."""
    n = sum(map(len, parts))
    sample = np.sort(np.concatenate([np.empty(0, np.uint64), *(part[::_SAMPLE] for part in parts)]))
    cuts = np.unique(sample[:: max(1, _RANGE * len(sample) // max(n, 1))])[1:]
    return [np.concatenate(([0], np.searchsorted(part, cuts), [len(part)])) for part in parts]
