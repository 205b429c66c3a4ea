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
# bits of its filter over the documents, its field, its unusual postings, and a cursor.
LOW, HIGH, BITS, TABLE, SCALE, FIELD, HIGH_LOW, HIGH_HIGH, CURSOR = range(9)
WEIGHT, ABSENT, REST, CAPPED, ELSEWHERE = range(5)  # columns of `weights`; the last three are scratch
IMPACT, CAP, TOP, TOP_ON, FLOOR, IS_HIGH = range(6)  # rows of `tables`, one column a code
DRIVER, SIZE, MODE, N_DONE, N_FOUND = range(5)  # places of `state`
ANY, USUAL, UNUSUAL = range(3)  # modes: which documents of the driver's list are looked at
BOUND_OF = (TOP_ON, CAP, TOP)  # the row of `tables` that bounds other words in each mode
BLOCK, BLOCK_SIZE = 6, 64  # log2 of the postings of a block, and their number
FILTER_BITS, FILTERED, SCALE_BITS = 16, 128, 32  # a filter's bits for each posting; postings that are worth one
_SLACK = 1e-9  # relative; far above the rounding of a sum, so that no bound is ever too low
_FEW, _MANY = 32, 192  # candidates that are scored together, at first and later
_FAR, _ONE = np.int64(2**62), np.uint64(1)


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
def _add_word(
    state: Ints,
    word: int,
    cut: float,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    filters: NDArray[np.uint64],
    found: Ints,
    sums: Floats,
) -> None:
    """Add what one word counts to the candidates; drop those that cannot reach `cut`, or are another list's turn."""
    driver, mode, n = state[DRIVER], state[MODE], 0
    driver_bits, driver_table = lists[driver, BITS], lists[driver, TABLE]
    low, high, bits, table = lists[word, LOW], lists[word, HIGH], lists[word, BITS], lists[word, TABLE]
    at, scale, first_bit = lists[word, CURSOR], lists[word, SCALE], ((low * FILTER_BITS + 63) >> 6) << 6
    weight, absent = weights[word, WEIGHT], weights[word, ABSENT]
    rest, capped, elsewhere = weights[word + 1, REST], weights[word + 1, CAPPED], weights[word + 1, ELSEWHERE]
    has_filter, row = high - low >= FILTERED, BOUND_OF[mode]
    is_done, is_bounded = word < state[N_DONE] or mode != UNUSUAL, mode == UNUSUAL or word > driver
    later = weights[driver, WEIGHT] if word < driver else 0.0
    for c in range(state[N_FOUND]):
        posting, value = found[c], absent
        doc = posting >> driver_bits
        is_possible = at < high
        if has_filter:
            bit = first_bit + ((doc * scale) >> SCALE_BITS)
            is_possible = (filters[bit >> 6] >> np.uint64(bit & 63)) & _ONE != 0
        if is_possible:
            at = _seek(postings, at, high, doc << bits)
            other = np.int64(postings[at]) if at < high else np.int64(-1)
            if other >> bits == doc:
                its_code = table + (other & ((1 << bits) - 1))
                is_high = tables[IS_HIGH, its_code] > 0
                if (word < driver and (is_done or is_high)) or (is_high and mode == USUAL):
                    continue
                value = weight * tables[IMPACT, its_code]
        score = sums[c] + value
        if is_bounded:
            code = driver_table + (posting & ((1 << driver_bits) - 1))
            bound = later * tables[IMPACT, code] + capped * tables[CAP, code] + rest * tables[row, code] + elsewhere
            if score + bound < cut:
                continue
        found[n], sums[n] = posting, score
        n += 1
    lists[word, CURSOR], state[N_FOUND] = at, n


@njit(nogil=True, cache=True)
def _finish(
    state: Ints,
    cut: float,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    filters: NDArray[np.uint64],
    numbers: Ints,
    scores: Floats,
    docs: Ints,
    found: Ints,
    sums: Floats,
) -> None:
    """Score the candidates that were found, word after word, and put the best on the heap."""
    sums[: state[N_FOUND]] = 0.0
    driver = state[DRIVER]
    bits, table, weight = lists[driver, BITS], lists[driver, TABLE], weights[driver, WEIGHT]
    for word in range(len(lists)):
        if word != driver:
            _add_word(state, word, cut, lists, weights, postings, tables, filters, found, sums)
            continue
        for c in range(state[N_FOUND]):
            sums[c] += weight * tables[IMPACT, table + (found[c] & ((1 << bits) - 1))]
    size = state[SIZE]
    for c in range(state[N_FOUND]):
        if sums[c] >= (scores[0] if size == scores.size else cut):
            doc = numbers[found[c] >> bits]
            if size < scores.size or _is_worse(scores[0], docs[0], sums[c], doc):
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
    """Put the cursors back, and write what the words after each word can add; the score of none before the driver.

    What words of the driver's field can add is times a bound for the length of a document, what others can is not.
    """
    n, driver, start = len(lists), state[DRIVER], 0.0
    row = CAP if state[MODE] == USUAL else TOP_ON
    weights[n, REST:] = 0.0
    for word in range(n - 1, -1, -1):
        lists[word, CURSOR] = lists[word, LOW]
        rest, capped, elsewhere = weights[word + 1, REST], weights[word + 1, CAPPED], weights[word + 1, ELSEWHERE]
        if word < state[N_DONE]:
            elsewhere += weights[word, ABSENT]
        elif lists[word, FIELD] != lists[driver, FIELD]:
            elsewhere += max(
                weights[word, WEIGHT] * tables[max(row, TOP_ON), lists[word, TABLE]], weights[word, ABSENT]
            )
        elif word > driver or state[MODE] != UNUSUAL:
            rest += weights[word, WEIGHT]
        elif word < driver:
            capped += weights[word, WEIGHT]
        weights[word, REST], weights[word, CAPPED], weights[word, ELSEWHERE] = rest, capped, elsewhere
    for word in range(driver):
        start += weights[word, ABSENT]
    return start


@njit(nogil=True, cache=True)
def _sift(state: Ints, lists: Ints, tables: Floats, numbers: Ints, found: Ints) -> None:
    """Drop candidates that are gone, and those that hold the driver unusually often where their turn comes later."""
    bits, table, n = lists[state[DRIVER], BITS], lists[state[DRIVER], TABLE], 0
    for c in range(state[N_FOUND]):
        posting = found[c]
        found[n] = posting
        is_high = tables[IS_HIGH, table + (posting & ((1 << bits) - 1))] > 0
        n += numbers[posting >> bits] >= 0 and not (is_high and state[MODE] == USUAL)
    state[N_FOUND] = n


@njit(nogil=True, cache=True)
def _scan(
    state: Ints,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    blocks: NDArray[np.int32],
    filters: NDArray[np.uint64],
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
    limit, limit_doc, wanted = 0.0, _FAR, _FEW
    if state[SIZE] < scores.size and not has_gone:
        limit = start + weights[driver, WEIGHT] * _floor(lists[driver], blocks, tables, scores.size)
    if state[SIZE] == scores.size and scores[0] >= limit:
        limit, limit_doc = scores[0], docs[0]
    cut = _cut_code(limit * slack, True, state, start, lists, weights, tables)
    while i < high and cut >= 0:
        end, n = min(high, (i | (BLOCK_SIZE - 1)) + 1), state[N_FOUND]
        if end - i < BLOCK_SIZE or blocks[i >> BLOCK] <= cut:
            for p in range(i, end):
                found[n] = np.int64(postings[p])
                n += found[n] & mask <= cut
        i, state[N_FOUND] = end, n
        if n == 0 or (n < wanted and i < high):
            continue
        if has_gone or state[MODE] == USUAL:
            _sift(state, lists, tables, numbers, found)
        _finish(state, limit * slack, lists, weights, postings, tables, filters, numbers, scores, docs, found, sums)
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
    filters: NDArray[np.uint64],
    numbers: Ints,
    has_gone: bool,
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
    last = lists[driver, HIGH_HIGH]
    for h in range(lists[driver, HIGH_LOW], last):
        posting = np.int64(highs[h])
        at = table + (posting & ((1 << bits) - 1))
        limit = scores[0] * (1.0 - _SLACK) if state[SIZE] == scores.size else 0.0
        found[state[N_FOUND]] = posting
        bound = weight * tables[IMPACT, at] + capped * tables[CAP, at] + rest * tables[TOP, at] + elsewhere
        state[N_FOUND] += bound >= limit
        if state[N_FOUND] >= _FEW or h == last - 1:
            if has_gone:
                _sift(state, lists, tables, numbers, found)
            _finish(state, limit, lists, weights, postings, tables, filters, numbers, scores, docs, found, sums)


@njit(nogil=True, cache=True)
def answer(
    borders: Ints,
    lists: Ints,
    weights: Floats,
    postings: Unsigned,
    tables: Floats,
    blocks: NDArray[np.int32],
    highs: Unsigned,
    filters: NDArray[np.uint64],
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
    lists : ndarray of int64, shape (n_words, 9)
        What the columns named above say of each word; the cursor is overwritten.
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
    filters : ndarray of uint64
        From `malgil.search._bound_kernels.fill_filters`.
    numbers : ndarray of int64, shape (n_docs,)
        Permanent number of each document, rising; -1 for one that may not be found.
    has_gone : bool
        Whether there is such a document.
    scores, docs : ndarray of float64 and of int64, shape (n_queries, k)
        In and out: for each query a heap of the best documents.
    sizes : ndarray of int64, shape (n_queries,)
        In and out: documents on each heap.
    """
    longest = 0
    for q in range(sizes.size):
        longest = max(longest, borders[q + 1] - borders[q])
    scratch, state = np.zeros((longest + 1, 5)), np.zeros(5, np.int64)
    found, sums = np.empty(_MANY + BLOCK_SIZE + 1, np.int64), np.empty(_MANY + BLOCK_SIZE + 1)
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
            _scan(state, own, by, postings, tables, blocks, filters, numbers, has_gone, best, at, found, sums)
            state[N_DONE] += state[MODE] == ANY
        state[MODE] = UNUSUAL
        for word in range(state[N_DONE], n):
            if own[word, HIGH_LOW] < own[word, HIGH_HIGH]:
                state[DRIVER] = word
                _scan_highs(state, own, by, postings, tables, highs, filters, numbers, has_gone, best, at, found, sums)
        sizes[q] = state[SIZE]
