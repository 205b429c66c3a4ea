"""A suffix array over an encoded corpus: every place where a sentence could be read on from, sorted by what is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.ngram.sequence import BEGIN

_BLOCK = 1 << 17  # places that one worker sorts at a time
_DEPTH = 24  # words up to which suffixes are compared one by one; doubling goes on from there


@dataclass(frozen=True, eq=False)
class SuffixArray:
    """The sorted suffixes of a corpus.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Sentences of word ids, each between 1 and 2.
    places : ndarray of int32, shape (n,)
        Where the suffixes begin, in their order. A suffix ends with its sentence; equal ones stand by place.
    starts : ndarray of int32, shape (n_words + 1,)
        The suffixes that begin with word ``w`` are ``places[starts[w]:starts[w + 1]]``.

    Notes
    -----
    It takes 8 bytes for a token and 4 for a word of the vocabulary.

    References
    ----------
    .. [1] Manber, Myers, "Suffix Arrays: A New Method for On-Line String Searches", SIAM J. Computing 22, 1993.
    """

    ids: NDArray[np.int32]
    places: NDArray[np.int32]
    starts: NDArray[np.int32]
    # a tuple, since a kernel is called with it
    arrays: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arrays", (self.ids, self.places, self.starts))

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def begins(self) -> NDArray[np.int32]:
        """Where each sentence begins in `ids`."""
        return np.sort(self.places[self.starts[BEGIN] : self.starts[BEGIN + 1]])

    def interval(self, pattern: NDArray[np.int32]) -> tuple[int, int]:
        """Find all places of some words.

        Parameters
        ----------
        pattern : ndarray of int32, shape (m,)
            Words of one sentence.

        Returns
        -------
        begin, end : int
            Their part of `places`; all but ``<s>`` for no words, empty where they do not occur. Takes O(m + log n)
            comparisons where words repeat little.
        """
        from malgil.ngram._match_kernels import find_interval

        if not len(pattern):
            return int(self.starts[BEGIN + 1]), len(self)
        begin, end = find_interval(*self.arrays, pattern)  # type: ignore[call-arg]
        return begin, end

    def longest(self, context: NDArray[np.int32]) -> tuple[int, int, int]:
        """Find the longest end of a context that occurs.

        Parameters
        ----------
        context : ndarray of int32
            Words, 0 for one that the corpus does not have.

        Returns
        -------
        length : int
            Of that end, in words.
        begin, end : int
            Its part of `places`; all but ``<s>`` for length 0.
        """
        from malgil.ngram._match_kernels import longest_suffix

        length, begin, end = longest_suffix(*self.arrays, context)  # type: ignore[call-arg]
        return length, begin, end


def sort_corpus(ids: NDArray[np.int32], n_words: int, n_jobs: int | None = None) -> SuffixArray:
    """Sort all suffixes of a corpus.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Sentences of word ids below `n_words`, each between 1 and 2.
    n_words : int
        Size of the vocabulary with its special words.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    SuffixArray
        In O(n log n), whatever repeats.

    Raises
    ------
    DataError
        If there are 2^31 tokens or more.

    Notes
    -----
    Places are first sorted by one word, by counting; then each word's places by one word more at a time, as long as
    several are the same (multikey radix sort [1]_). What is the same for 24 words is long: it is sorted by
    the order of its continuation, which is known for twice as many words after each round [2]_.

    References
    ----------
    .. [1] Bentley, Sedgewick, "Fast Algorithms for Sorting and Searching Strings", SODA 1997.
    .. [2] Larsson, Sadakane, "Faster Suffix Sorting", Theoretical Computer Science 387, 2007.
    """
    from malgil.ngram._count_kernels import sort_words
    from malgil.ngram._suffix_kernels import sort_suffixes

    if len(ids) >= np.iinfo(np.int32).max:
        raise DataError("ngram.too_large", n=len(ids))
    starts, places = np.empty(n_words + 1, np.int32), np.empty(len(ids), np.int32)
    sort_words(ids, starts, places)
    is_head = np.zeros(len(ids), np.bool_)
    is_head[starts[:-1][starts[1:] > starts[:-1]]] = True
    cuts = np.searchsorted(starts, np.arange(0, len(ids), _BLOCK))
    borders = np.unique([0, *cuts.tolist(), n_words])
    blocks = pairwise(borders.tolist())
    for _ in map_blocks(lambda b: sort_suffixes(ids, starts, *b, _DEPTH, places, is_head), blocks, n_jobs):
        pass
    if not is_head.all():
        _double(places, is_head)
    return SuffixArray(ids, places, starts)


def _double(places: NDArray[np.int32], is_head: NDArray[np.bool_]) -> None:
    """Sort what is the same for many words by twice as many after each round."""
    from malgil.ngram._suffix_kernels import refine_groups

    heads = np.flatnonzero(is_head).astype(np.int32)
    ends = np.append(heads[1:], np.int32(len(places)))
    ranks = np.empty(len(places), np.int32)
    ranks[places] = np.repeat(heads, ends - heads)
    is_open = ends - heads > 1
    begins, ends, offset = heads[is_open], ends[is_open], _DEPTH
    while len(begins):
        most = int((ends - begins).sum(dtype=np.int64)) // 2
        found = np.empty(most, np.int32), np.empty(most, np.int32)
        n = refine_groups(begins, ends, offset, places, ranks, *found)
        begins, ends = found[0][:n].copy(), found[1][:n].copy()
        offset *= 2
