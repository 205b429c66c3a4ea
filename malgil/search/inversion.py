"""The inverted index of a tokenised corpus: a counting sort by terms, in two passes over the tokens.

The first pass counts, in shares of successive documents, one a thread; so every thread knows where its postings of each
term begin, and the second pass writes them there. Neither the number of threads nor the blocks show in the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks, n_workers
from malgil.search.pairs import Pairs, posting_type, smallest_unsigned
from malgil.tokenizers.encoding import Forms

_BLOCK_TOKENS = 1 << 18  # enough blocks to deal out shares of like size
_RECODED_AT_ONCE = 1 << 20


class Inverted(NamedTuple):
    """The documents of each term.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_terms + 1,)
        Term ``t`` has the postings ``indptr[t]`` to ``indptr[t + 1]``.
    postings : ndarray of uint32 or uint64, shape (n_postings,)
        ``doc << pairs.bits | code``, documents rising within a term.
    position_indptr : ndarray of int64, shape (n_terms + 1,)
        Term ``t`` has the positions ``position_indptr[t]`` to ``position_indptr[t + 1]``.
    positions : ndarray of unsigned int, shape (n_tokens,)
        Places in the document, rising, for each posting as many as it has occurrences.
    dl : ndarray of unsigned int, shape (n_docs,)
        Tokens of each document.
    pairs : Pairs
        What the codes stand for.
    """

    indptr: NDArray[np.int64]
    postings: NDArray[np.unsignedinteger]
    position_indptr: NDArray[np.int64]
    positions: NDArray[np.unsignedinteger]
    dl: NDArray[np.unsignedinteger]
    pairs: Pairs


class _Block(NamedTuple):
    """Some documents: the forms of their tokens, which become terms; their borders, and the number of the first."""

    ids: NDArray[np.int32]
    places: NDArray[np.int32]
    terms: NDArray[np.int32]
    indptr: NDArray[np.int64]
    first_doc: int


class _Lengths(NamedTuple):
    """The different lengths of documents, rising, and for each document the place of its own."""

    distinct: NDArray[np.int64]
    ranks: NDArray[np.int32]


def invert(forms: Forms, n_jobs: int | None = None) -> Inverted:
    """Turn documents of words into words with documents.

    Parameters
    ----------
    forms : Forms
        The tokens of all documents; ``places`` lead to sorted terms. The ids are overwritten.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Inverted
        The same for any number of threads.
    """
    dl, n_terms = np.diff(forms.indptr), len(forms.run)
    lengths = _lengths(dl)
    shares = _shares(list(_blocks(forms)), n_workers(n_jobs))
    number = np.int32 if int(forms.indptr[-1]) < 1 << 31 else np.int64
    counted = list(map_blocks(lambda share: _count(share, lengths, np.zeros((n_terms, 4), number)), shares, n_jobs))
    indptr, position_indptr, starts = _starts([rows for rows, _ in counted], n_terms)
    max_tf = np.max([most for _, most in counted], axis=0, initial=0)
    first_codes = np.cumsum(max_tf) - max_tf
    grid = _grid(lengths.distinct, max_tf)
    postings = np.empty(int(indptr[-1]), posting_type(len(dl), len(grid.tf)))
    longest = int(lengths.distinct[-1]) if len(lengths.distinct) else 0
    positions = np.empty(int(position_indptr[-1]), smallest_unsigned(longest - 1))

    def place(share: tuple[list[_Block], NDArray[np.signedinteger]]) -> None:
        from malgil.search._invert_kernels import place_words

        for block in share[0]:
            place_words(
                block.terms,
                block.indptr,
                block.first_doc,
                lengths.ranks,
                first_codes,
                grid.bits,
                share[1],
                postings,
                positions,
            )

    for _ in map_blocks(place, zip(shares, starts, strict=True), n_jobs):
        pass
    postings, pairs = drop_unused(postings, grid, len(dl), n_jobs)
    return Inverted(indptr, postings, position_indptr, positions, dl.astype(smallest_unsigned(longest)), pairs)


def drop_unused(
    postings: NDArray[np.unsignedinteger], pairs: Pairs, n_docs: int, n_jobs: int | None
) -> tuple[NDArray[np.unsignedinteger], Pairs]:
    """Give numbers to the pairs that occur, and to no others.

    Parameters
    ----------
    postings : ndarray of uint32 or uint64
        Overwritten where their type can stay.
    pairs : Pairs
        What the codes stand for; some may stand for nothing.
    n_docs : int
        Number of documents.
    n_jobs : int, optional
        Threads, all cores by ``None``.

    Returns
    -------
    postings : ndarray of uint32 or uint64
        Under the new codes.
    pairs : Pairs
        Those that occur, in the same order.
    """
    from malgil.search._invert_kernels import mark_codes, recode

    cuts = [slice(begin, begin + _RECODED_AT_ONCE) for begin in range(0, len(postings), _RECODED_AT_ONCE)]

    def mark(cut: slice) -> NDArray[np.bool_]:
        is_used = np.zeros(len(pairs.tf), bool)
        mark_codes(postings[cut], pairs.bits, is_used)
        return is_used

    is_used = np.zeros(len(pairs.tf), bool)
    for part in map_blocks(mark, cuts, n_jobs):
        is_used |= part
    if is_used.all():
        return postings, pairs
    kept = Pairs(pairs.tf[is_used], pairs.dl[is_used])
    codes = np.cumsum(is_used) - 1
    kind = posting_type(n_docs, len(kept.tf))
    out = postings if kind == postings.dtype else np.empty(len(postings), kind)
    for _ in map_blocks(lambda cut: recode(postings[cut], pairs.bits, codes, kept.bits, out[cut]), cuts, n_jobs):
        pass
    return out, kept


def _lengths(dl: NDArray[np.int64]) -> _Lengths:
    is_there = np.bincount(dl) > 0
    return _Lengths(np.flatnonzero(is_there), (np.cumsum(is_there, dtype=np.int32) - 1)[dl])


def _grid(lengths: NDArray[np.int64], max_tf: NDArray[np.int64]) -> Pairs:
    """Every number of occurrences up to the most, for every length: one more occurrence is the next code."""
    dl = np.repeat(lengths, max_tf)
    tf = np.arange(len(dl)) - np.repeat(np.cumsum(max_tf) - max_tf, max_tf) + 1
    return Pairs(tf.astype(np.int32), dl.astype(np.int32))


def _blocks(forms: Forms) -> Iterator[_Block]:
    """Cut the corpus into blocks of documents; where they may be written to, the terms take the place of the ids."""
    indptr, doc, begin = forms.indptr, 0, 0
    for ids, places in zip(forms.ids, forms.places, strict=True):
        terms = ids if ids.flags.writeable else np.empty(len(ids), np.int32)
        stop = int(np.searchsorted(indptr, begin + len(ids), side="right")) - 1
        while doc < stop:
            last = int(np.searchsorted(indptr, indptr[doc] + _BLOCK_TOKENS, side="right")) - 1
            last = min(max(last, doc + 1), stop)
            low, high = int(indptr[doc]) - begin, int(indptr[last]) - begin
            yield _Block(ids[low:high], places, terms[low:high], indptr[doc : last + 1] - indptr[doc], doc)
            doc = last
        begin += len(ids)


def _shares(blocks: list[_Block], n: int) -> list[list[_Block]]:
    """Deal successive blocks out into at most n shares of about as many tokens each."""
    ends = np.cumsum([0, *(len(block.ids) for block in blocks)])
    borders = np.searchsorted(ends, np.arange(1, n) * (ends[-1] / n))
    cuts = [0, *(int(border) for border in borders), len(blocks)]
    return [blocks[low:high] for low, high in pairwise(cuts) if low < high]


def _count(
    share: list[_Block], lengths: _Lengths, rows: NDArray[np.signedinteger]
) -> tuple[NDArray[np.signedinteger], NDArray[np.int64]]:
    from malgil.search._invert_kernels import count_words

    max_tf = np.zeros(len(lengths.distinct), np.int64)
    for ids, places, terms, indptr, first_doc in share:
        count_words(ids, places, indptr, first_doc, lengths.ranks, terms, rows, max_tf)
    return rows, max_tf


def _starts(
    counted: list[NDArray[np.signedinteger]], n_terms: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[np.signedinteger]]]:
    """Where the postings and the positions of each term begin; for each share, as rows for `place_words`."""
    from malgil.search._invert_kernels import COUNT, DF, LAST, POSITION, POSTING

    borders = np.zeros((2, n_terms + 1), np.int64)
    for rows in counted:
        borders[0, 1:] += rows[:, DF]
        borders[1, 1:] += rows[:, COUNT]
    np.cumsum(borders, axis=1, out=borders)
    following = borders[:, :-1].copy()
    for rows in counted:
        df, count = rows[:, DF].copy(), rows[:, COUNT].copy()
        rows[:, LAST], rows[:, POSTING], rows[:, POSITION] = 0, following[0], following[1]
        following[0] += df
        following[1] += count
    return borders[0], borders[1], counted
