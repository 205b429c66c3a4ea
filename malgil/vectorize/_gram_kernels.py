"""All n-grams of a block of texts: sorted by induction, counted, and written as a tree and as rows.

Positions of the block are sorted by the n-gram that begins there. One that is sorted by (n - 1)-grams gives the next
order by one stable pass: step back by one symbol, and drop every position into the bucket of its own symbol. So no
n-gram is ever hashed or compared, and each of them costs a few reads.

The tree is listed in the order in which its n-grams are sorted as strings: every n-gram right before those that
prolong it. A row of the list is (depth, last symbol); what stands above follows from the depths.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int = int | np.integer[Any]

PARENT, LABEL, START = 0, 1, 2  # planes of `tree`


@njit(nogil=True, cache=True)
def sort_grams(
    symbols: NDArray[np.int32],
    left: NDArray[np.int32],
    n_symbols: int,
    order: NDArray[np.int32],
    tree: NDArray[np.int32],
    sizes: NDArray[np.int64],
) -> None:
    """Sort the positions of a block by the n-grams that begin there, for every n.

    Parameters
    ----------
    symbols : ndarray of int32, shape (n,)
        Symbols in [0, n_symbols), segment after segment; overwritten by their ranks among those of the block.
    left : ndarray of int32, shape (n,)
        Symbols from each position to the end of its segment, itself included; an n-gram never leaves its segment.
    n_symbols : int
        One more than the largest symbol.
    order : ndarray of int32, shape (largest n, n)
        Output: row ``d`` has the positions with at least ``d + 1`` symbols left, sorted by the first ``d + 1`` of them,
        then by place.
    tree : ndarray of int32, shape (3, largest n, n + 1)
        Output: for every distinct n-gram the number of its prefix, its last symbol, and where it starts in `order`;
        the start of one more ends the list.
    sizes : ndarray of int64, shape (largest n,)
        Output: distinct n-grams.
    """
    n = symbols.size
    rank = np.zeros(n_symbols, np.int32)
    for p in range(n):
        rank[symbols[p]] += 1
    used, k = 0, 0
    free = np.empty(min(n, n_symbols) + 1, np.int32)
    for symbol in range(n_symbols):
        if rank[symbol] > 0:
            tree[LABEL, 0, k], tree[START, 0, k], tree[PARENT, 0, k] = symbol, used, 0
            free[k] = used
            used += rank[symbol]
            rank[symbol] = k
            k += 1
    tree[START, 0, k] = n
    sizes[0] = k
    name = np.empty(n, np.int32)
    for p in range(n):
        symbols[p] = name[p] = rank[symbols[p]]
        order[0, free[name[p]]] = p
        free[name[p]] += 1
    m = n
    for d in range(1, order.shape[0]):
        free[:] = 0
        for p in range(n):
            if left[p] > d:
                free[symbols[p]] += 1
        used = 0
        for symbol in range(sizes[0]):
            used, free[symbol] = used + free[symbol], used
        for i in range(m):
            p = order[d - 1, i]
            if p > 0 and left[p - 1] == left[p] + 1:
                order[d, free[symbols[p - 1]]] = p - 1
                free[symbols[p - 1]] += 1
        m, k = used, -1
        before, last = -1, -1
        for i in range(m):
            p = order[d, i]
            prefix, symbol = name[p], symbols[p + d]
            if prefix != before or symbol != last:
                k += 1
                tree[PARENT, d, k], tree[LABEL, d, k], tree[START, d, k] = prefix, tree[LABEL, 0, symbol], i
                before, last = prefix, symbol
            name[p] = k
        sizes[d] = k + 1
        tree[START, d, k + 1] = m


@njit(nogil=True, cache=True, inline="always")
def _is_counted(p: Int, d: Int, low: int, is_padded: bool, left: NDArray[np.int32]) -> bool:
    """Whether an n-gram of ``d + 1`` symbols counts here: it is long enough, or a whole word that is shorter."""
    return d + 1 >= low or (is_padded and left[p] == d + 1 and (p == 0 or left[p - 1] == 1))


@njit(nogil=True, cache=True)
def row_lengths(
    order: NDArray[np.int32],
    tree: NDArray[np.int32],
    sizes: NDArray[np.int64],
    left: NDArray[np.int32],
    docs: NDArray[np.int32],
    low: int,
    is_padded: bool,
    lengths: NDArray[np.int64],
) -> None:
    """Count the distinct n-grams of each document.

    Parameters
    ----------
    order, tree, sizes, left : ndarray
        As `sort_grams` made them.
    docs : ndarray of int32, shape (n,)
        Document of each position, rising.
    low : int
        Smallest n.
    is_padded : bool
        Whether segments are words of which the short ones count whole.
    lengths : ndarray of int64, shape (n_docs,)
        Zero on entry; output.
    """
    for d in range(order.shape[0]):
        if d + 1 < low and not is_padded:
            continue
        for k in range(sizes[d]):
            last = np.int32(-1)
            for i in range(tree[START, d, k], tree[START, d, k + 1]):
                p = order[d, i]
                if docs[p] != last and _is_counted(p, d, low, is_padded, left):
                    last = docs[p]
                    lengths[last] += 1


@njit(nogil=True, cache=True)
def list_grams(
    order: NDArray[np.int32],
    tree: NDArray[np.int32],
    sizes: NDArray[np.int64],
    left: NDArray[np.int32],
    docs: NDArray[np.int32],
    low: int,
    is_padded: bool,
    free: NDArray[np.int64],
    run: NDArray[np.int32],
    tally: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.int32],
) -> None:
    """List the tree in the order of its strings, and write every document's row in that order.

    Parameters
    ----------
    order, tree, sizes, left, docs, low, is_padded
        As for `row_lengths`.
    free : ndarray of int64, shape (n_docs,)
        First entry of each row; its end on return.
    run : ndarray of int32, shape (2, n_grams)
        Output: depth and last symbol of each n-gram.
    tally : ndarray of int64, shape (2, n_grams)
        Output: occurrences that count, and documents that have one.
    indices, data : ndarray of int32, shape (n_entries,)
        Output: numbers of the n-grams in the list, rising in each row, and their counts.
    """
    high = order.shape[0]
    following = np.zeros(high, np.int64)
    d = np.int64(0)
    for g in range(run.shape[1]):
        while d > 0 and (
            d >= high or following[d] >= sizes[d] or np.int64(tree[PARENT, d, following[d]]) != following[d - 1] - 1
        ):
            d -= 1
        k = following[d]
        following[d] += 1
        run[0, g], run[1, g] = d + 1, tree[LABEL, d, k]
        last, n_docs, n = np.int32(-1), 0, 0
        if d + 1 >= low or is_padded:
            for i in range(tree[START, d, k], tree[START, d, k + 1]):
                p = order[d, i]
                if _is_counted(p, d, low, is_padded, left):
                    n += 1
                    doc = docs[p]
                    if doc != last:
                        last = doc
                        n_docs += 1
                        indices[free[doc]] = g
                        data[free[doc]] = 0
                        free[doc] += 1
                    data[free[doc] - 1] += 1
        tally[0, g], tally[1, g] = n, n_docs
        d += 1


@njit(nogil=True, cache=True)
def join_grams(
    run: NDArray[np.int32],
    tally: NDArray[np.int64],
    other: NDArray[np.int32],
    other_tally: NDArray[np.int64],
    joined: NDArray[np.int32],
    joined_tally: NDArray[np.int64],
    to: NDArray[np.int32],
    other_to: NDArray[np.int32],
) -> int:
    """Merge two lists of n-grams; what both have adds up.

    Whatever stands deeper in its tree comes first, because the other list has already passed what it prolongs; at the
    same depth both prolong the same n-gram, so the last symbol decides.

    Parameters
    ----------
    run, tally, other, other_tally : ndarray of int32 and of int64, shape (2, n_grams)
        Depth and last symbol; occurrences and documents.
    joined, joined_tally : ndarray, shape (2, >= n_joined)
        Output: the merged list.
    to, other_to : ndarray of int32, shape (n_grams,)
        Output: places in the merged list; equal n-grams share one.

    Returns
    -------
    int
        Length of the merged list.
    """
    i, j, n = 0, 0, 0
    while i < to.size or j < other_to.size:
        sign = -1 if j == other_to.size else 1
        if i < to.size and j < other_to.size:
            sign = other[0, j] - run[0, i]
            if sign == 0:
                sign = run[1, i] - other[1, j]
        joined_tally[0, n] = joined_tally[1, n] = 0
        if sign <= 0:
            to[i] = n
            joined[0, n], joined[1, n] = run[0, i], run[1, i]
            joined_tally[0, n], joined_tally[1, n] = tally[0, i], tally[1, i]
            i += 1
        if sign >= 0:
            other_to[j] = n
            joined[0, n], joined[1, n] = other[0, j], other[1, j]
            joined_tally[0, n] += other_tally[0, j]
            joined_tally[1, n] += other_tally[1, j]
            j += 1
        n += 1
    return n


@njit(nogil=True, cache=True)
def find_grams(
    run: NDArray[np.int32], symbols: NDArray[np.int32], first: NDArray[np.int64], found: NDArray[np.int64]
) -> None:
    """Look a list of n-grams up in a tree that is stored level by level.

    Parameters
    ----------
    run : ndarray of int32, shape (2, n_grams)
        Depth and last symbol.
    symbols : ndarray of int32, shape (n_nodes,)
        Last symbols of the tree's n-grams, the unigrams first; rising among those that prolong the same one.
    first : ndarray of int64, shape (n_nodes + 2,)
        Those that prolong node ``v`` are ``first[v + 1]`` to ``first[v + 2]``; the unigrams end at ``first[1]``.
    found : ndarray of int64, shape (n_grams,)
        Output: node, -1 where the tree does not have it.
    """
    path = np.full(256, -1, np.int64)
    for g in range(found.size):
        depth, symbol = run[0, g], run[1, g]
        found[g] = path[depth] = -1
        above = path[depth - 1]
        if depth > 1 and above < 0:
            continue
        low, high = first[above + 1], first[above + 2]
        while low < high:
            middle = (low + high) >> 1
            if symbols[middle] < symbol:
                low = middle + 1
            else:
                high = middle
        if low < first[above + 2] and symbols[low] == symbol:
            found[g] = path[depth] = low


@njit(nogil=True, cache=True)
def lay_out(
    points: NDArray[np.uint32],
    borders: NDArray[np.int64],
    space: NDArray[np.bool_],
    is_padded: bool,
    symbols: NDArray[np.int32],
    left: NDArray[np.int32],
    starts: NDArray[np.int64],
) -> None:
    """Lay texts out for character n-grams: as they are, or word by word with a blank on both sides.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Code points.
    borders : ndarray of int64, shape (n_docs + 1,)
        Borders of the texts.
    space : ndarray of bool, shape (> largest white space,)
        Which code points are white space.
    is_padded : bool
        Whether to go word by word; else two or more white spaces in a row become one blank.
    symbols, left : ndarray of int32, shape (>= 2 * n_points + n_docs,)
        Output: symbols, and how many are left in their segment.
    starts : ndarray of int64, shape (n_docs + 1,)
        Output: where each text begins among the symbols.
    """
    n = 0
    starts[0] = 0
    for doc in range(starts.size - 1):
        begin, i, stop = n, borders[doc], borders[doc + 1]
        while i < stop:
            j = i
            is_space = points[i] < space.size and space[points[i]]
            while j < stop and (points[j] < space.size and space[points[j]]) == is_space:
                j += 1
            if is_padded and not is_space:
                symbols[n] = symbols[n + j - i + 1] = 32
            if not is_space:
                n += is_padded
                for k in range(i, j):
                    symbols[n + k - i] = points[k]
                n += j - i + is_padded
                if is_padded:
                    for k in range(begin, n):
                        left[k] = n - k
                    begin = n
            elif not is_padded:
                symbols[n] = points[i] if j == i + 1 else 32
                n += 1
            i = j
        for k in range(begin, n):
            left[k] = n - k
        starts[doc + 1] = n


@njit(nogil=True, cache=True)
def spell_grams(
    run: NDArray[np.int32],
    wanted: NDArray[np.bool_],
    form_offsets: NDArray[np.int64],
    form_data: NDArray[np.uint8],
    gap: int,
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
) -> None:
    """Write n-grams as strings, or only how long they will be.

    Parameters
    ----------
    run : ndarray of int32, shape (2, n_grams)
        Depth and last symbol.
    wanted : ndarray of bool, shape (n_grams,)
        Which ones.
    form_offsets, form_data : ndarray of int64 and of uint8
        Strings of the symbols.
    gap : int
        1 where a blank stands between two symbols, else 0.
    offsets : ndarray of int64, shape (n_wanted + 1,)
        Output where `data` is empty: borders of the strings; else read.
    data : ndarray of uint8
        Output: the strings.
    """
    path, lengths = np.zeros(256, np.int32), np.zeros(256, np.int64)
    n = 0
    offsets[0] = 0
    for g in range(wanted.size):
        depth, symbol = run[0, g], run[1, g]
        path[depth] = symbol
        length = form_offsets[symbol + 1] - form_offsets[symbol]
        lengths[depth] = length if depth == 1 else lengths[depth - 1] + gap + length
        if not wanted[g]:
            continue
        if data.size == 0:
            offsets[n + 1] = offsets[n] + lengths[depth]
        else:
            at = offsets[n]
            for d in range(1, depth + 1):
                if d > 1 and gap:
                    data[at] = 32
                    at += 1
                for k in range(form_offsets[path[d]], form_offsets[path[d] + 1]):
                    data[at] = form_data[k]
                    at += 1
        n += 1
