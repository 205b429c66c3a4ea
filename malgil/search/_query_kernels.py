"""Queries by the batch: the best documents of each, without scoring all that hold a word.

Two facts let almost every posting be passed over after one comparison of integers. All words of a query meet in one
document, so they share its length, and the impact of few occurrences falls with the length: whether a document can
still get among the best is a question of its length alone, and codes rise with the length. Only the few documents in
which a word is unusually frequent break this rule; they are kept in lists of their own and looked at last. Blocks of 64
postings, counted over all lists together, know their smallest code.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Unsigned = NDArray[np.unsignedinteger]

# Columns of `lists`, one row a word of a query: its postings, the bits of a code, where its field's codes begin, the
# scale of its buckets, its field, and its unusual postings.
LOW, HIGH, BITS, TABLE, SCALE, FIELD, HIGH_LOW, HIGH_HIGH = range(8)
WEIGHT, ABSENT, REST, CAPPED, ELSEWHERE = range(5)  # columns of `weights`; the last three are scratch
IMPACT, CAP, TOP, TOP_ON, FLOOR, IS_HIGH = range(6)  # rows of `tables`, one column a code
DRIVER, SIZE, MODE, N_DONE, N_FOUND = range(5)  # places of `state`
ANY, USUAL, UNUSUAL = range(3)  # modes: which documents of the driver's list are looked at
BOUND_OF = (TOP_ON, CAP, TOP)  # the row of `tables` that bounds other words in each mode
BLOCK, BLOCK_SIZE = 6, 64  # log2 of the postings of a block, and their number
# A long list has buckets, one for so many postings: each a row of 32 bytes that says where in the list the documents of
# a short range begin, then which of 224 still shorter ranges have one. Most look-ups end at a bit that is not set.
SCALE_BITS, BUCKET_POSTINGS, BUCKET_BITS, BUCKETED = 32, 14, 224, 64  # the last: postings from which on a list is long
_SLACK = 1e-9  # relative; far above the rounding of a sum, so that no bound is ever too low
_FEW, _MANY, _ROOM = 16, 192, 192 + BLOCK_SIZE  # candidates scored together: at first for each word, later, at most
_FAR, _FRACTION = np.int64(2**62), np.int64(2**SCALE_BITS - 1)


@njit(nogil=True, cache=True, inline="always")
def _seek(postings: Unsigned, low: int, high: int, target: int) -> int:
    """Place of the first posting from `low` on that is not below `target`, by ever longer steps, then by halves."""
    if low >= high or np.int64(postings[low]) >= target:
        return low
    step = 1
    while low + step < high and np.int64(postings[low + step]) < target:
        low += step
        step <<= 1
    low, high = low + 1, min(low + step, high)
    while low < high:
        middle = (low + high) >> 1
        if np.int64(postings[middle]) < target:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True, cache=True, inline="always")
def _guess(buckets: NDArray[np.uint32], first: int, scale: int, doc: int) -> np.int64:
    """Place in a long list from which on a document may be, counted from its beginning; -1 where it cannot be in it."""
    scaled = doc * scale
    bucket, part = first + (scaled >> SCALE_BITS), ((scaled & _FRACTION) * BUCKET_BITS) >> SCALE_BITS
    if (buckets[bucket, 1 + (part >> 5)] >> np.uint32(part & 31)) & np.uint32(1) == 0:
        return np.int64(-1)
    return np.int64(buckets[bucket, 0])


@njit(nogil=True, cache=True, inline="always")
def _is_worse(score: float, doc: int, other_score: float, other_doc: int) -> bool:
    return score < other_score or (score == other_score and doc > other_doc)


@njit(nogil=True, cache=True)
def _push(scores: Floats, docs: Ints, size: int, score: float, doc: int) -> int:
    """Put a document on a heap with the worst on top, in place of the worst where it is full; returns its size."""
    if size < scores.size:
        at = size
        while at > 0 and _is_worse(score, doc, scores[(at - 1) >> 1], docs[(at - 1) >> 1]):
            scores[at], docs[at] = scores[(at - 1) >> 1], docs[(at - 1) >> 1]
            at = (at - 1) >> 1
        scores[at], docs[at] = score, doc
        return size + 1
    at = 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and _is_worse(scores[child + 1], docs[child + 1], scores[child], docs[child]):
            child += 1
        if not _is_worse(scores[child], docs[child], score, doc):
            break
        scores[at], docs[at] = scores[child], docs[child]
        at = child
    scores[at], docs[at] = score, doc
    return size


@njit(nogil=True, cache=True)
def _add_words(
    state: Ints,
    first: int,
    cut: float,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    buckets: NDArray[np.uint32],
    found: Ints,
    sums: Floats,
) -> None:
    """Add what the words from `first` on count to the candidates; drop those that cannot reach `cut` or wait for later.

    The words before come last, to drop the candidates that hold one: they were looked at when its list drove. All words
    take one call, since a call counts references to its arrays, which costs as much as ten look-ups.
    """
    driver, mode, row = state[DRIVER], state[MODE], BOUND_OF[state[MODE]]
    driver_bits, driver_table, driver_weight = lists[driver, BITS], lists[driver, TABLE], weights[driver, WEIGHT]
    driver_mask, guess = (1 << driver_bits) - 1, np.int64(0)
    for step in range(len(lists) if state[N_FOUND] > 0 else 0):
        word, n = (first + step) % len(lists), 0
        weight, absent, is_last = weights[word, WEIGHT], weights[word, ABSENT], word < first
        low, high, bits, table = lists[word, LOW], lists[word, HIGH], lists[word, BITS], lists[word, TABLE]
        at, scale, bucket = low, lists[word, SCALE], (low + BUCKET_POSTINGS - 1) // BUCKET_POSTINGS
        rest, capped, elsewhere = weights[word + 1, REST], weights[word + 1, CAPPED], weights[word + 1, ELSEWHERE]
        later, is_done = driver_weight * (word < driver), is_last or word < state[N_DONE]
        if is_last:
            absent = rest = capped = elsewhere = later = 0.0
        if word == driver:
            for c in range(state[N_FOUND]):
                code = driver_table + (found[c] & driver_mask)
                found[n], sums[n] = found[c], sums[c] + weight * tables[IMPACT, code]
                n += mode != USUAL or tables[IS_HIGH, code] == 0  # unusual documents have a turn of their own
            state[N_FOUND] = n
            continue
        for c in range(state[N_FOUND]):
            posting, value = found[c], absent
            code, doc = driver_table + (posting & driver_mask), posting >> driver_bits
            if scale > 0:
                guess = _guess(buckets, bucket, scale, doc)
                at = low + guess
            if scale == 0 or guess >= 0:
                at = _seek(postings, at, high, doc << bits)
                other = np.int64(postings[at]) if at < high else np.int64(-1)
                if other >> bits == doc:
                    its_code = table + (other & ((1 << bits) - 1))
                    is_high = tables[IS_HIGH, its_code] > 0
                    if is_done or (is_high and (word < driver or mode == USUAL)):
                        continue
                    value = weight * tables[IMPACT, its_code]
            score = sums[c] + value
            bound = later * tables[IMPACT, code] + capped * tables[CAP, code] + rest * tables[row, code] + elsewhere
            if score + bound >= cut:
                found[n], sums[n] = posting, score
                n += 1
        state[N_FOUND] = n


@njit(nogil=True, cache=True)
def _finish(
    state: Ints,
    cut: float,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    buckets: NDArray[np.uint32],
    numbers: Ints,
    scores: Floats,
    docs: Ints,
    found: Ints,
    sums: Floats,
) -> None:
    """Score the candidates that were found, word after word, and put the best on the heap.

    Words before the driver count only where unusual documents are looked at; else they are asked last, of the few
    candidates that are left, since a document that holds one of them is not the driver's turn.
    """
    driver, start, first = state[DRIVER], 0.0, state[DRIVER] if state[MODE] != UNUSUAL else 0
    for word in range(first):
        start += weights[word, ABSENT]
    sums[: state[N_FOUND]] = start
    _add_words(state, first, cut, lists, weights, postings, tables, buckets, found, sums)
    size, bits = state[SIZE], lists[driver, BITS]
    for c in range(state[N_FOUND]):
        if sums[c] >= (scores[0] if size == scores.size else cut):
            doc = numbers[found[c] >> bits]
            if doc >= 0 and (size < scores.size or _is_worse(scores[0], docs[0], sums[c], doc)):
                size = _push(scores, docs, size, sums[c], doc)
    state[SIZE], state[N_FOUND] = size, 0


@njit(nogil=True, cache=True)
def _floor(row: Ints, blocks: NDArray[np.int32], tables: Floats, k: int) -> float:
    """Impact that k documents of a list reach: those with the smallest code of their block, in the k best blocks."""
    first, last = (row[LOW] + BLOCK_SIZE - 1) >> BLOCK, row[HIGH] >> BLOCK
    if last - first < k or k > 64:
        return 0.0
    best = np.full(k, _FAR)
    for block in range(first, last):
        code = blocks[block]
        if code < best[k - 1]:
            at = k - 1
            while at > 0 and best[at - 1] > code:
                best[at] = best[at - 1]
                at -= 1
            best[at] = code
    return tables[FLOOR, row[TABLE] + best[k - 1]]  # type: ignore[no-any-return]


@njit(nogil=True, cache=True, inline="always")
def _cut_code(
    limit: float, is_open: bool, state: Ints, start: float, lists: Ints, weights: Floats, tables: Floats
) -> int:
    """Find the last code with which a document can reach `limit`, or exceed it where it is not open; -1 for none."""
    driver, low, high = state[DRIVER], 0, 1 << lists[state[DRIVER], BITS]
    row = BOUND_OF[state[MODE]]
    weight, after, elsewhere = weights[driver, WEIGHT], weights[driver + 1, REST], weights[driver + 1, ELSEWHERE]
    while low < high:
        middle = (low + high) >> 1
        cap = tables[row, lists[driver, TABLE] + middle]
        bound = start + weight * cap + after * cap + elsewhere
        if bound > limit or (is_open and bound == limit):
            low = middle + 1
        else:
            high = middle
    return low - 1


@njit(nogil=True, cache=True)
def _prepare(state: Ints, lists: Ints, weights: Floats, tables: Floats) -> float:
    """Write what the words after each word can add; the score of none before the driver.

    What words of the driver's field can add is times a bound for the length of a document, what others can is not.
    """
    n, driver, start = len(lists), state[DRIVER], 0.0
    weights[n, REST:] = 0.0
    for word in range(n - 1, -1, -1):
        rest, capped, elsewhere = weights[word + 1, REST], weights[word + 1, CAPPED], weights[word + 1, ELSEWHERE]
        if word < state[N_DONE]:
            elsewhere += weights[word, ABSENT]
        elif lists[word, FIELD] != lists[driver, FIELD]:
            elsewhere += max(weights[word, WEIGHT] * tables[TOP_ON, lists[word, TABLE]], weights[word, ABSENT])
        elif word > driver or state[MODE] != UNUSUAL:
            rest += weights[word, WEIGHT]
        elif word < driver:
            capped += weights[word, WEIGHT]
        weights[word, REST], weights[word, CAPPED], weights[word, ELSEWHERE] = rest, capped, elsewhere
    for word in range(driver):
        start += weights[word, ABSENT]
    return start


@njit(nogil=True, cache=True)
def _scan(
    state: Ints,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    blocks: NDArray[np.int32],
    buckets: NDArray[np.uint32],
    numbers: Ints,
    has_gone: bool,
    scores: Floats,
    docs: Ints,
    found: Ints,
    sums: Floats,
) -> None:
    """Look at the documents that hold the driver and no word before it; unusual ones only in the mode `ANY`."""
    start, driver = _prepare(state, lists, weights, tables), state[DRIVER]
    i, high, mask = lists[driver, LOW], lists[driver, HIGH], (1 << lists[driver, BITS]) - 1
    is_last = driver == len(lists) - 1
    slack = 1.0 if is_last else 1.0 - _SLACK  # the bound of the last word is no sum, so it is no less than the score
    limit, limit_doc, wanted = 0.0, _FAR, min(_FEW * len(lists), _MANY)
    if state[SIZE] < scores.size and not has_gone:
        limit = start + weights[driver, WEIGHT] * _floor(lists[driver], blocks, tables, scores.size)
    if state[SIZE] == scores.size and scores[0] >= limit:
        limit, limit_doc = scores[0], docs[0]
    cut = _cut_code(limit * slack, True, state, start, lists, weights, tables)
    while i < high and cut >= 0:
        end, n = min(high, (i | (BLOCK_SIZE - 1)) + 1), state[N_FOUND]
        if end - i < BLOCK_SIZE or blocks[i >> BLOCK] <= cut:
            for p in range(i, end):
                posting = np.int64(postings[p])
                found[n] = posting
                n += posting & mask <= cut
        i, state[N_FOUND] = end, n
        if n == 0 or (n < wanted and i < high):
            continue
        _finish(state, limit * slack, lists, weights, postings, tables, buckets, numbers, scores, docs, found, sums)
        wanted = _MANY
        if state[SIZE] == scores.size and scores[0] >= limit:
            limit, limit_doc = scores[0], docs[0]
        is_open = not is_last or i == high or numbers[np.int64(postings[i]) >> lists[driver, BITS]] < limit_doc
        cut = _cut_code(limit * slack, is_open, state, start, lists, weights, tables)


@njit(nogil=True, cache=True)
def _scan_highs(
    state: Ints,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    highs: Unsigned,
    buckets: NDArray[np.uint32],
    numbers: Ints,
    scores: Floats,
    docs: Ints,
    found: Ints,
    sums: Floats,
) -> None:
    """Look at the documents that hold the driver unusually often, no word before it so, and no word that is done."""
    driver = state[DRIVER]
    bits, table, weight = lists[driver, BITS], lists[driver, TABLE], weights[driver, WEIGHT]
    _prepare(state, lists, weights, tables)
    rest, capped, elsewhere = weights[0, REST], weights[0, CAPPED], weights[0, ELSEWHERE]
    n, last, limit = 0, lists[driver, HIGH_HIGH], scores[0] * (1.0 - _SLACK) if state[SIZE] == scores.size else 0.0
    for h in range(lists[driver, HIGH_LOW], last):
        posting = np.int64(highs[h])
        at = table + (posting & ((1 << bits) - 1))
        found[n] = posting
        n += weight * tables[IMPACT, at] + capped * tables[CAP, at] + rest * tables[TOP, at] + elsewhere >= limit
        if n == _MANY or (h == last - 1 and n > 0):
            state[N_FOUND], n = n, 0
            _finish(state, limit, lists, weights, postings, tables, buckets, numbers, scores, docs, found, sums)
            limit = scores[0] * (1.0 - _SLACK) if state[SIZE] == scores.size else 0.0


@njit(nogil=True, cache=True)
def answer(
    borders: Ints,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    blocks: NDArray[np.int32],
    highs: Unsigned,
    buckets: NDArray[np.uint32],
    numbers: Ints,
    has_gone: bool,
    scores: Floats,
    docs: Ints,
    sizes: Ints,
) -> None:
    """Find the best documents of one segment for many queries, beside those found in other segments already.

    The lists of a query drive in turn, the rarest first: every document of it that no list before held and that can
    still get among the k best is looked up in the lists that follow. When all that is left together cannot reach the
    worst of the k, no further list drives (MaxScore).

    Parameters
    ----------
    borders : ndarray of int64, shape (n_queries + 1,)
        Borders of the queries in the words.
    lists : ndarray of int64, shape (n_words, 8)
        What the columns named above say of each word.
    weights : ndarray of float64, shape (n_words, 2)
        What an impact of the word is multiplied with, and what the word counts where it is absent.
    postings : ndarray of uint32 or uint64
        ``doc << bits | code``, codes by rising length of the document.
    tables : ndarray of float64, shape (6, n_codes)
        For each code, field after field: its impact; an impact that no document of this length or more exceeds in which
        the word is not unusually frequent; one that none of this length exceeds; one that none of this length or more
        exceeds; one that all of this length or less reach; whether the code is unusual.
    blocks : ndarray of int32
        Smallest code of each block of postings.
    highs : ndarray of uint32 or uint64
        The postings in which a word is unusually frequent, in the same order.
    buckets : ndarray of uint32, shape (n_buckets, 8)
        From `malgil.search._bound_kernels.fill_buckets`.
    numbers : ndarray of int64, shape (n_docs,)
        Permanent number of each document, rising; -1 for one that may not be found.
    has_gone : bool
        Whether there is such a document.
    scores, docs : ndarray of float64 and of int64, shape (n_queries, k)
        In and out: for each query a heap of the best documents.
    sizes : ndarray of int64, shape (n_queries,)
        In and out: documents on each heap.
    """
    longest = (borders[1:] - borders[:-1]).max() if sizes.size > 0 else 0
    scratch, state = np.zeros((longest + 1, 5)), np.zeros(5, np.int64)
    found, sums = np.empty(_ROOM, np.int64), np.empty(_ROOM)
    for q in range(sizes.size):
        n, n_highs = borders[q + 1] - borders[q], 0
        own, by = lists[borders[q] : borders[q + 1]], scratch[: n + 1]
        by[:n, :2] = weights[borders[q] : borders[q + 1]]
        state[SIZE], state[MODE], state[N_DONE] = sizes[q], ANY, 0
        best, at = scores[q], docs[q]
        for word in range(n):
            n_highs += own[word, HIGH_HIGH] - own[word, HIGH_LOW]
        for word in range(n):
            if 4 * (own[word, HIGH] - own[word, LOW]) > n_highs:
                state[MODE] = USUAL  # from here on it is cheaper to look at the unusual documents by themselves
            state[DRIVER] = word
            _scan(state, own, by, postings, tables, blocks, buckets, numbers, has_gone, best, at, found, sums)
            state[N_DONE] += state[MODE] == ANY
        state[MODE] = UNUSUAL
        for word in range(state[N_DONE], n):
            if own[word, HIGH_LOW] < own[word, HIGH_HIGH]:
                state[DRIVER] = word
                _scan_highs(state, own, by, postings, tables, highs, buckets, numbers, best, at, found, sums)
        sizes[q] = state[SIZE]
