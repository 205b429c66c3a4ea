"""Words as numbers of their characters -> where the pieces of each begin, and pieces of words -> tokens of a block.

In a table, a key lies where its hash points to or at the next free place behind; -1 marks a free place.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

MIX = np.uint64(0x9E3779B97F4A7C15)
LONGEST = 256
"""Characters that are cut together: the work of merging grows with the square of them."""
NEVER = 1 << 30

Int = int | np.int64


@njit(nogil=True, cache=True, inline="always")
def _place(one: Int, two: Int, keys: NDArray[np.int64]) -> Int:
    """Where a pair of numbers lies in a table, or the free place where it is missed."""
    key = np.int64(one) << 32 | np.int64(two)
    mask = len(keys) - 1
    at = np.int64((np.uint64(key) * MIX) >> np.uint64(32)) & mask
    while keys[at] not in (-1, key):
        at = (at + 1) & mask
    return at


@njit(nogil=True, cache=True, inline="always")
def _rank(one: Int, two: Int, keys: NDArray[np.int64], ranks: NDArray[np.int32]) -> Int:
    """Rank of the merge of two pieces, `NEVER` where they are not merged."""
    if one < 0 or two < 0:
        return NEVER
    at = _place(one, two, keys)
    return NEVER if keys[at] == -1 else np.int64(ranks[at])


@njit(nogil=True, cache=True)
def _merge_stretch(
    piece: NDArray[np.int32],
    opens: NDArray[np.bool_],
    keys: NDArray[np.int64],
    ranks: NDArray[np.int32],
    made: NDArray[np.int32],
    first: NDArray[np.int64],
    rank: NDArray[np.int64],
) -> None:
    """Merge the pieces of one stretch; `piece` is used up, `first` and `rank` are scratch space as long."""
    n = len(piece)
    for i in range(n):
        first[i] = i
        rank[i] = _rank(piece[i], piece[i + 1], keys, ranks) if i + 1 < n else NEVER  # with the follower
    while n > 1:
        at = 0
        for i in range(1, n - 1):
            if rank[i] < rank[at]:
                at = i
        if rank[at] == NEVER:
            break
        piece[at] = made[rank[at]]
        n -= 1
        for i in range(at + 1, n):
            piece[i], first[i], rank[i] = piece[i + 1], first[i + 1], rank[i + 1]
        rank[at] = _rank(piece[at], piece[at + 1], keys, ranks) if at + 1 < n else NEVER
        if at > 0:
            rank[at - 1] = _rank(piece[at - 1], piece[at], keys, ranks)
    opens[:] = False
    for i in range(n):
        opens[first[i]] = True


@njit(nogil=True, cache=True)
def merge_pairs(
    symbols: NDArray[np.int32],
    borders: NDArray[np.int64],
    keys: NDArray[np.int64],
    ranks: NDArray[np.int32],
    made: NDArray[np.int32],
    opens: NDArray[np.bool_],
) -> None:
    """Cut words into pieces by merging neighbours, of all pairs in a word the one that was learned first.

    Parameters
    ----------
    symbols : ndarray of int32, shape (n,)
        Pieces of one character, -1 where a character merges with nothing.
    borders : ndarray of int64, shape (n_words + 1,)
        Borders of the words; longer ones are cut every `LONGEST` characters.
    keys : ndarray of int64, shape (n_slots,)
        Pairs of pieces that merge; a power of two, not all taken.
    ranks : ndarray of int32, shape (n_slots,)
        Rank of each.
    made : ndarray of int32, shape (n_merges,)
        Piece that each rank makes.
    opens : ndarray of bool, shape (n,)
        Whether a piece begins at a character: filled.
    """
    piece, first = np.empty(LONGEST, np.int32), np.empty(LONGEST, np.int64)
    rank = np.empty(LONGEST, np.int64)
    for word in range(len(borders) - 1):
        for low in range(borders[word], borders[word + 1], LONGEST):
            n = min(LONGEST, borders[word + 1] - low)
            piece[:n] = symbols[low : low + n]
            _merge_stretch(piece[:n], opens[low : low + n], keys, ranks, made, first, rank)


@njit(nogil=True, cache=True)
def _best_stretch(
    symbols: NDArray[np.int32],
    opens: NDArray[np.bool_],
    keys: NDArray[np.int64],
    nodes: NDArray[np.int32],
    scores: NDArray[np.float64],
    unknown: float,
    best: NDArray[np.float64],
    back: NDArray[np.int64],
) -> None:
    """Find the best path through one stretch (Viterbi); `best` and `back` are scratch space, one longer."""
    n = len(symbols)
    best[: n + 1] = -np.inf
    best[0] = 0.0
    for i in range(n):
        opens[i] = False
        node, is_known = 0, False
        for j in range(i, n):
            at = _place(node, symbols[j], keys) if symbols[j] >= 0 else -1
            if at < 0 or keys[at] == -1:
                break
            node = int(nodes[at])
            if scores[node] > -np.inf:
                is_known = is_known or j == i
                if best[i] + scores[node] > best[j + 1]:
                    best[j + 1], back[j + 1] = best[i] + scores[node], i
        if not is_known and best[i] + unknown > best[i + 1]:
            best[i + 1], back[i + 1] = best[i] + unknown, i
    while n > 0:
        n = back[n]
        opens[n] = True


@njit(nogil=True, cache=True)
def best_path(
    symbols: NDArray[np.int32],
    borders: NDArray[np.int64],
    keys: NDArray[np.int64],
    nodes: NDArray[np.int32],
    scores: NDArray[np.float64],
    unknown: float,
    opens: NDArray[np.bool_],
) -> None:
    """Cut words into the pieces whose logarithms of probability have the largest sum.

    Parameters
    ----------
    symbols : ndarray of int32, shape (n,)
        Characters by number, -1 where no piece holds one.
    borders : ndarray of int64, shape (n_words + 1,)
        Borders of the words; longer ones are cut every `LONGEST` characters.
    keys : ndarray of int64, shape (n_slots,)
        Pairs of a node of the tree of all pieces (0: root) and a character; a power of two, not all taken.
    nodes : ndarray of int32, shape (n_slots,)
        Node that each leads to.
    scores : ndarray of float64, shape (n_nodes,)
        Natural logarithm of the probability of the piece that ends at a node, minus infinity where none does.
    unknown : float
        That of a character that is no piece by itself.
    opens : ndarray of bool, shape (n,)
        Whether a piece begins at a character: filled. Of equal sums the one whose last piece is longest.
    """
    best, back = np.empty(LONGEST + 1, np.float64), np.empty(LONGEST + 1, np.int64)
    for word in range(len(borders) - 1):
        for low in range(borders[word], borders[word + 1], LONGEST):
            high = min(low + LONGEST, borders[word + 1])
            _best_stretch(symbols[low:high], opens[low:high], keys, nodes, scores, unknown, best, back)


@njit(nogil=True, cache=True)
def lay_out(
    words: NDArray[np.int32],
    base: NDArray[np.int32],
    indptr: NDArray[np.int64],
    first: NDArray[np.int64],
    pieces: NDArray[np.int32],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    ids: NDArray[np.int32],
    spans: NDArray[np.int32],
    borders: NDArray[np.int64],
) -> None:
    """Put the pieces of each word wherever the word stands.

    Parameters
    ----------
    words, base : ndarray of int32, shape (n_words,)
        Words of the texts by number, and where each begins in its text.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the texts among `words`.
    first : ndarray of int64, shape (n_distinct + 1,)
        Borders of the words among `pieces`.
    pieces, start, end : ndarray of int32, shape (n_pieces,)
        Pieces of the distinct words, and their spans in the word.
    ids : ndarray of int32, shape (n_tokens,)
        Filled with the pieces of all texts.
    spans : ndarray of int32, shape (2, n_tokens)
        Filled with their spans in the texts.
    borders : ndarray of int64, shape (n_docs + 1,)
        Filled with the borders of the texts among `ids`.
    """
    n = 0
    borders[0] = 0
    for doc in range(len(indptr) - 1):
        for i in range(indptr[doc], indptr[doc + 1]):
            for j in range(first[words[i]], first[words[i] + 1]):
                ids[n] = pieces[j]
                spans[0, n], spans[1, n] = base[i] + start[j], base[i] + end[j]
                n += 1
        borders[doc + 1] = n
