"""Texts that are copies of one another but for small edits: MinHash finds the pairs, their sets prove them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus import text_blocks
from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.similarity.bands import choose_bands
from malgil.similarity.shingles import N_LETTERS, Letters, letters_of

_WINDOW = 256  # texts compared under one key; bounds the work where thousands share a template
_BLOCK_TEXTS = 1 << 14
_ROOM = 1 << 16

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class NearDuplicates:
    """Which texts are alike.

    Parameters
    ----------
    pairs : ndarray of int64, shape (n_pairs, 2)
        Numbers of two texts, the lower first, in order. Of texts with the very same letters each is paired with the
        first of them, and only that one with others.
    jaccard : ndarray of float64, shape (n_pairs,)
        Jaccard similarity of their shingles, at least `threshold`.
    group : ndarray of int64, shape (n_texts,)
        For each text the first text that it hangs together with, by pairs; a text alone has its own number.
    copy_of : ndarray of int64, shape (n_texts,)
        For each text the first text with the very same letters.
    threshold : float
        What was asked for.
    miss_ratio : float
        Chance that a pair just at the threshold was missed; pairs more alike are missed less.
    """

    pairs: Ints
    jaccard: NDArray[np.float64]
    group: Ints
    copy_of: Ints
    threshold: float
    miss_ratio: float

    @property
    def n_texts(self) -> int:
        """Number of texts looked at."""
        return len(self.group)

    def groups(self) -> list[list[int]]:
        """List the groups.

        Returns
        -------
        list of list of int
            Groups of two texts and more, by their first text; the texts of a group rise.
        """
        order = np.argsort(self.group, kind="stable")
        borders = np.flatnonzero(np.diff(self.group[order])) + 1
        return [part.tolist() for part in np.split(order, borders) if len(part) > 1]

    def representatives(self) -> Ints:
        """Name the texts to keep: the first of each group, and those that are like no other.

        Returns
        -------
        ndarray of int64
            Their numbers, rising.
        """
        return np.flatnonzero(self.group == np.arange(self.n_texts))

    def extras(self) -> Ints:
        """Name the texts to leave out.

        Returns
        -------
        ndarray of int64
            All but the representatives, rising.
        """
        return np.flatnonzero(self.group != np.arange(self.n_texts))


def near_duplicates(
    texts: Any,
    threshold: float = 0.8,
    *,
    n_letters: int = N_LETTERS,
    miss_ratio: float = 0.001,
    seed: int = 0,
    n_jobs: int | None = None,
) -> NearDuplicates:
    """Find the texts that are nearly the same.

    Parameters
    ----------
    texts : Corpus, list of str, or column of an array library
        The texts. A blank text is like no other.
    threshold : float
        Least Jaccard similarity of the sets of shingles, in (0, 1].
    n_letters : int
        Letters of a shingle, as for `shingles`.
    miss_ratio : float
        Largest chance to miss a pair just at the threshold, in (0, 1).
    seed : int
        Of the random orders.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    NearDuplicates
        Pairs, groups and whom to keep. Every pair is measured exactly; none below the threshold is in it.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    Notes
    -----
    Shingles are compared by hashes of 64 bits: among n different ones, any two have the same with a probability below
    n^2 / 2^65, which is 1e-5 for 20 million. Where more than 256 texts share a key, each is compared with the 256 that
    follow it: such crowds stay together as groups, though not every pair of them is listed.

    Examples
    --------
    >>> found = near_duplicates(["배송이 정말 빠르고 좋아요", "색이 달라요", "배송이 정말빠르고 좋아요!!"])
    >>> found.pairs.tolist(), found.jaccard.tolist(), found.representatives().tolist()
    ([[0, 2]], [1.0], [0, 1])
    """
    _check(threshold, n_letters, miss_ratio)
    bands = choose_bands(threshold, miss_ratio)
    letters = list(map_blocks(letters_of, _pieces(texts), n_jobs))
    copy_of, is_blank = _copies(letters)
    firsts = np.flatnonzero((copy_of == np.arange(len(copy_of))) & ~is_blank)
    sets = _sets(letters, firsts, n_letters, bands.orders(seed), bands.n_bands, n_jobs)
    pairs, jaccard = _alike(sets, threshold, n_jobs)
    copies = np.flatnonzero(copy_of != np.arange(len(copy_of)))
    pairs = np.concatenate([firsts[pairs], np.column_stack([copy_of[copies], copies])])
    jaccard = np.concatenate([jaccard, np.ones(len(copies))])
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs = pairs[order]
    group = _connect(pairs, len(copy_of))
    return NearDuplicates(pairs, jaccard[order], group, copy_of, threshold, bands.miss_ratio(threshold))


def _check(threshold: float, n_letters: int, miss_ratio: float) -> None:
    if not 0.0 < threshold <= 1.0:
        raise ParameterError("similarity.bad_threshold", value=threshold)
    if not (isinstance(n_letters, int) and 1 <= n_letters <= 100):
        raise ParameterError("similarity.bad_letters", value=n_letters)
    if not 0.0 < miss_ratio < 1.0:
        raise ParameterError("similarity.bad_miss_ratio", value=miss_ratio)


def _pieces(texts: Any) -> Iterator[pa.LargeStringArray]:
    for block in text_blocks(texts):
        for low in range(0, len(block), _BLOCK_TEXTS):
            yield block.slice(low, _BLOCK_TEXTS)


def _copies(letters: list[Letters]) -> tuple[Ints, NDArray[np.bool_]]:
    """Find for each text the first with the same letters, and say which have none."""
    from malgil.similarity._shingle_kernels import hash_texts

    hashes = np.concatenate([np.zeros(0, np.uint64), *(hash_texts(part.points, part.indptr) for part in letters)])
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    is_blank = hashes == 0
    return np.where(is_blank, np.arange(len(hashes)), first[which]).astype(np.int64), is_blank


class Sets(NamedTuple):
    """Texts as sets of shingles, with their keys.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n_hashes,)
        Shingles, rising within a text.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of the texts.
    keys : ndarray of uint32, shape (n_texts, n_bands)
        Keys of the bands.
    """

    hashes: NDArray[np.uint64]
    indptr: Ints
    keys: NDArray[np.uint32]


def _sets(
    letters: list[Letters], rows: Ints, n_letters: int, orders: tuple[Any, Any], n_bands: int, n_jobs: int | None
) -> Sets:
    """Make the sets of some texts, and take the letters apart while at it."""
    from malgil.similarity._shingle_kernels import band_keys, hash_shingles

    begins = np.cumsum([0, *(len(part.indptr) - 1 for part in letters)])

    def make(block: int) -> tuple[Ints, NDArray[np.uint64], NDArray[np.uint32]]:
        low, high = np.searchsorted(rows, begins[block : block + 2])
        kept = rows[low:high] - begins[block]
        points, weights, indptr = letters[block]
        lengths, hashes = np.zeros(len(indptr) - 1, np.int64), np.empty(len(points), np.uint64)
        n = hash_shingles(points, weights, indptr, n_letters, lengths, hashes)
        if len(kept) < len(lengths):
            stays = np.zeros(len(lengths), np.bool_)
            stays[kept] = True
            hashes, lengths = hashes[:n][np.repeat(stays, lengths)], lengths[kept]
        else:
            hashes = hashes[:n].copy()
        keys = np.empty((len(kept), n_bands), np.uint32)
        band_keys(hashes, np.append(0, np.cumsum(lengths)), *orders, keys)
        return lengths, hashes, keys

    parts = list(map_blocks(make, range(len(letters)), n_jobs))
    lengths, hashes = (
        np.concatenate([np.zeros(0, kind), *(part[i] for part in parts)])
        for i, kind in enumerate((np.int64, np.uint64))
    )
    keys = np.concatenate([np.zeros((0, n_bands), np.uint32), *(part[2] for part in parts)])
    return Sets(hashes, np.append(0, np.cumsum(lengths)), keys)


def _alike(sets: Sets, threshold: float, n_jobs: int | None) -> tuple[Ints, NDArray[np.float64]]:
    """Measure all pairs that share a key; each is met in the first band that they share only."""
    from malgil.similarity._shingle_kernels import pairs_of_band

    numbers = np.arange(len(sets.keys), dtype=np.uint64)

    def search(band: int) -> tuple[Ints, NDArray[np.float64]]:
        ranked = np.sort(sets.keys[:, band].astype(np.uint64) << np.uint64(32) | numbers)
        start, found = 0, [(np.zeros((0, 2), np.int64), np.zeros(0))]
        while start < len(ranked):
            pairs, values = np.empty((_ROOM, 2), np.int64), np.empty(_ROOM)
            given = sets.keys, _WINDOW, sets.hashes, sets.indptr, threshold
            n, start = pairs_of_band(band, ranked, *given, start, pairs, values)
            found.append((pairs[:n].copy(), values[:n].copy()))
        return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])

    parts = list(map_blocks(search, range(sets.keys.shape[1]), n_jobs))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _connect(pairs: Ints, n_texts: int) -> Ints:
    """Give each text the first of those it hangs together with."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), np.bool_), pairs.T), shape=(n_texts, n_texts))
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    group: Ints = first[labels].astype(np.int64)
    return group
