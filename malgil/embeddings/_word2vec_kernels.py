"""Kernels that learn word vectors by negative sampling: gradients of a block of words, and their addition to the rows.

The weights stand still while a block is learned; what it would change lies in buffers until `add` brings it home. So
blocks can be learned on any number of threads, and added row by row in their order, for the same bits.
Negative words are shared by a chunk of `_CHUNK` neighbouring words, so that their scores are one small product of
matrices. The flags of fast arithmetic let sums be split into lanes; nothing here tests for NaN or infinity.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

FASTMATH = {"nsz", "arcp", "contract", "afn", "reassoc"}
_CHUNK = 16
_FACTOR, _STEP = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth, MMIX
_31, _33, _40 = np.uint64(31), np.uint64(33), np.uint64(40)
_HALF, _ONE = np.float32(0.5), np.float32(1)
_END = np.float32(4.95)

Rows = NDArray[np.float32]


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def sigmoid(x: Any) -> Any:
    """Logistic function without ``exp``, by Lambert's continued fraction of the hyperbolic tangent.

    Parameters
    ----------
    x : float32
        Any finite number.

    Returns
    -------
    float32
        1 / (1 + e^-x), at most 0.0001 off.
    """
    t = min(max(x * _HALF, -_END), _END)
    q = t * t
    above = t * (np.float32(135135) + q * (np.float32(17325) + q * (np.float32(378) + q)))
    below = np.float32(135135) + q * (np.float32(62370) + q * (np.float32(3150) + q * np.float32(28)))
    return _HALF + _HALF * above / below


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _products(x: Rows, n: Rows, scores: Rows) -> None:
    """Score every row of a chunk against every negative row, four by four."""
    for i in range(0, x.shape[0], 4):
        for k in range(0, n.shape[0], 4):
            a00 = a01 = a02 = a03 = a10 = a11 = a12 = a13 = np.float32(0)
            a20 = a21 = a22 = a23 = a30 = a31 = a32 = a33 = np.float32(0)
            for d in range(x.shape[1]):
                x0, x1, x2, x3 = x[i, d], x[i + 1, d], x[i + 2, d], x[i + 3, d]
                n0, n1, n2, n3 = n[k, d], n[k + 1, d], n[k + 2, d], n[k + 3, d]
                a00, a01, a02, a03 = a00 + x0 * n0, a01 + x0 * n1, a02 + x0 * n2, a03 + x0 * n3
                a10, a11, a12, a13 = a10 + x1 * n0, a11 + x1 * n1, a12 + x1 * n2, a13 + x1 * n3
                a20, a21, a22, a23 = a20 + x2 * n0, a21 + x2 * n1, a22 + x2 * n2, a23 + x2 * n3
                a30, a31, a32, a33 = a30 + x3 * n0, a31 + x3 * n1, a32 + x3 * n2, a33 + x3 * n3
            scores[i, k], scores[i, k + 1], scores[i, k + 2], scores[i, k + 3] = a00, a01, a02, a03
            scores[i + 1, k], scores[i + 1, k + 1], scores[i + 1, k + 2], scores[i + 1, k + 3] = a10, a11, a12, a13
            scores[i + 2, k], scores[i + 2, k + 1], scores[i + 2, k + 2], scores[i + 2, k + 3] = a20, a21, a22, a23
            scores[i + 3, k], scores[i + 3, k + 1], scores[i + 3, k + 2], scores[i + 3, k + 3] = a30, a31, a32, a33


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _combine(out: Rows, row: int, g: Rows, i: int, n: Rows) -> None:
    """Write into a row the sum of eight or sixteen rows, each times its factor."""
    for k in range(0, n.shape[0], 8):
        g0, g1, g2, g3 = g[i, k], g[i, k + 1], g[i, k + 2], g[i, k + 3]
        g4, g5, g6, g7 = g[i, k + 4], g[i, k + 5], g[i, k + 6], g[i, k + 7]
        for d in range(n.shape[1]):
            one = g0 * n[k, d] + g1 * n[k + 1, d] + g2 * n[k + 2, d] + g3 * n[k + 3, d]
            other = g4 * n[k + 4, d] + g5 * n[k + 5, d] + g6 * n[k + 6, d] + g7 * n[k + 7, d]
            out[row, d] += one + other


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _dot(x: Rows, i: int, y: Rows, j: int) -> Any:
    total = np.float32(0)
    for d in range(x.shape[1]):
        total += x[i, d] * y[j, d]
    return total


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _add_row(out: Rows, row: int, g: Any, y: Rows, j: int) -> None:
    for d in range(y.shape[1]):
        out[row, d] += g * y[j, d]


@njit(nogil=True, cache=True)
def draw_stream(
    corpus: Any, keep: NDArray[np.int32], first: int, last: int, seed: np.uint64, work: Any
) -> tuple[int, np.uint64]:
    """Draw the words of a block that stay, each with the borders of its sentence.

    Parameters
    ----------
    corpus : (ndarray of int32, ndarray of int64)
        Ids, and borders of the sentences.
    keep : ndarray of int32, shape (n_words,)
        Chance of each word to stay, times 2^24.
    first, last : int
        The block's place in the ids.
    seed : uint64
        State of the random numbers.
    work : tuple of ndarray
        Buffers of the block; the first three take words, and first place and end of their sentences.

    Returns
    -------
    n : int
        How many words stay.
    seed : uint64
        The next state.
    """
    ids, indptr = corpus
    words, begin, end = work[0], work[1], work[2]
    sentence = np.searchsorted(indptr, first, side="right") - 1
    n = begun = 0
    for i in range(first, last + 1):
        while i == last or indptr[sentence + 1] <= i:
            if n - begun < 2:
                n = begun  # a word alone has no neighbours
            for j in range(begun, n):
                begin[j], end[j] = begun, n
            begun = n
            sentence += 1
            if i == last:
                return n, seed
        seed = seed * _FACTOR + _STEP
        if np.int64(seed >> _40) < keep[ids[i]]:
            words[n] = ids[i]
            n += 1
    return n, seed


@njit(nogil=True, cache=True)
def _draw_windows(
    at: int, n: int, window: int, seed: np.uint64, work: Any, low: NDArray[np.int64], high: NDArray[np.int64]
) -> np.uint64:
    """Draw how far each word of a chunk looks, from 1 to `window` words, never over its sentence."""
    begin, end = work[1], work[2]
    for i in range(n):
        seed = seed * _FACTOR + _STEP
        reach = 1 + np.int64((seed >> _33) % np.uint64(window))
        low[i] = max(begin[at + i], at + i - reach)
        high[i] = min(end[at + i], at + i + reach + 1)
    return seed


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _draw_negatives(w: Rows, tables: Any, seed: np.uint64, drawn: NDArray[np.int32], n: Rows) -> np.uint64:
    """Draw the negative words of a chunk by the alias method, and copy their rows."""
    chances, aliases = tables[1], tables[2]
    for k in range(drawn.size):
        seed = seed * _FACTOR + _STEP
        word = np.int64(((seed >> _33) * np.uint64(chances.size)) >> _31)
        seed = seed * _FACTOR + _STEP
        if np.int64(seed >> _40) >= chances[word]:
            word = np.int64(aliases[word])
        drawn[k] = word
        for d in range(n.shape[1]):
            n[k, d] = w[word, d]
    return seed


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _add_bag(out: Rows, i: int, w: Rows, word: int, tables: Any) -> Any:
    """Add the rows of a word, itself and its n-grams, to a row; how many they are."""
    bags, borders = tables[3], tables[4]
    for b in range(borders[word], borders[word + 1]):
        row = bags[b]
        for d in range(out.shape[1]):
            out[i, d] += w[row, d]
    return borders[word + 1] - borders[word]


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _inputs(
    w: Rows, tables: Any, at: int, n: int, work: Any, ranges: Any, is_cbow: bool, x: Rows, positives: Rows
) -> None:
    """Fill the input row of each word of a chunk: its own mean row, or the mean of those around it."""
    words, (low, high) = work[0], ranges
    x[:] = 0
    for i in range(x.shape[0]):
        size = 0
        if i < n and is_cbow:
            for j in range(low[i], high[i]):
                size += _add_bag(x, i, w, words[j], tables) if j != at + i else 0
        elif i < n:
            size = _add_bag(x, i, w, words[at + i], tables)
        positives[i] = 0 if i >= n else (1 if is_cbow else high[i] - low[i] - 1)
        if size > 1:
            share = _ONE / np.float32(size)
            for d in range(x.shape[1]):
                x[i, d] *= share


@njit(nogil=True, cache=True)
def _without_targets(
    at: int, n: int, span: tuple[int, int], work: Any, ranges: Any, is_cbow: bool, drawn: NDArray[np.int32], pairs: Rows
) -> None:
    """Weigh each negative word by the pairs of a word whose target it is not."""
    words, (low, high) = work[0], ranges
    for k in range(drawn.size):
        is_near = False
        for j in range(span[0], span[1]):
            is_near |= words[j] == drawn[k]
        for i in range(n if is_near else 0):
            for j in range(low[i], high[i]):
                pairs[i, k] -= is_cbow == (j == at + i) and words[j] == drawn[k]


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def _copy_targets(w: Rows, work: Any, ranges: Any, n: int, y: Rows) -> tuple[int, int]:
    """Copy the output rows of all words that a chunk looks at; the places of the first and behind the last."""
    words, (low, high) = work[0], ranges
    first, last = low[0], high[0]
    for i in range(1, n):
        first, last = min(first, low[i]), max(last, high[i])
    for j in range(first, last):
        row = words[j]
        for d in range(y.shape[1]):
            y[j - first, d] = w[row, d]
    return first, last


@njit(nogil=True, cache=True)
def _loss(scores: Rows, weights: Rows, n: int, share: Any) -> float:
    total = 0.0
    for i in range(n):
        for k in range(scores.shape[1]):
            total += share * weights[i, k] * np.logaddexp(0.0, np.float64(scores[i, k]))
    return total


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def learn(
    weights: Any,
    corpus: Any,
    tables: Any,
    settings: tuple[int, int, int, bool],
    alpha: Any,
    seed: np.uint64,
    first: int,
    last: int,
    work: Any,
) -> int:
    """Learn a block: the gradients of all its words, with the weights as they are.

    Parameters
    ----------
    weights : (ndarray of float32, ndarray of float32), shapes (n_rows, d) and (n_words, d)
        Input and output rows; d is a multiple of 8.
    corpus : (ndarray of int32, ndarray of int64)
        Ids, and borders of the sentences.
    tables : tuple of ndarray
        Chances to stay; chances and aliases of negative words; rows of each word and their borders.
    settings : (int, int, int, bool)
        Window, negative words of a pair, negative words of a chunk (a multiple of 8), whether words are predicted
        from the mean of those around them.
    alpha : float32
        Learning rate.
    seed : uint64
        State of the random numbers.
    first, last : int
        The block's place in the ids.
    work : tuple of ndarray
        Out: words, begins, ends (int32); changes of their input rows and of their output rows (float32); negative words
        (int32) and changes of their output rows (float32); loss and its number of pairs, of the first chunk (float64).

    Returns
    -------
    int
        Words of the block that stayed.
    """
    window, negative, shared, is_cbow = settings
    n, seed = draw_stream(corpus, tables[0], first, last, seed, work)
    dx, dy, drawn, dn, stats = work[3], work[4], work[5], work[6], work[7]
    dx[:n] = 0
    dy[:n] = 0
    dim = dx.shape[1]
    x, rows = np.empty((_CHUNK, dim), np.float32), np.empty((shared, dim), np.float32)
    own, scores = np.zeros((_CHUNK, dim), np.float32), np.empty((_CHUNK, shared), np.float32)
    pairs, g = np.empty((_CHUNK, shared), np.float32), np.empty((shared, _CHUNK), np.float32)
    y = np.empty((_CHUNK + 2 * window, dim), np.float32)
    low, high, positives = np.empty(_CHUNK, np.int64), np.empty(_CHUNK, np.int64), np.empty(_CHUNK, np.float32)
    share = np.float32(negative) / np.float32(shared)
    stats[:] = 0
    for chunk in range((n + _CHUNK - 1) // _CHUNK):
        at, size = chunk * _CHUNK, min(_CHUNK, n - chunk * _CHUNK)
        kinds = drawn[chunk * shared : (chunk + 1) * shared]
        seed = _draw_windows(at, size, window, seed, work, low, high)
        seed = _draw_negatives(weights[1], tables, seed, kinds, rows)
        _inputs(weights[0], tables, at, size, work, (low, high), is_cbow, x, positives)
        span = _copy_targets(weights[1], work, (low, high), size, y)
        _products(x, rows, scores)
        for i in range(_CHUNK):
            for k in range(shared):
                pairs[i, k] = positives[i]
        _without_targets(at, size, span, work, (low, high), is_cbow, kinds, pairs)
        if chunk == 0:
            stats[0] += _loss(scores, pairs, size, share)
        for i in range(_CHUNK):
            for k in range(shared):
                scores[i, k] = -alpha * share * pairs[i, k] * sigmoid(scores[i, k])
        for k in range(shared):
            for i in range(_CHUNK):
                g[k, i] = scores[i, k]
            dn[chunk * shared + k] = 0
            _combine(dn, chunk * shared + k, g, k, x)
        for i in range(size):
            home, target = (own, i) if is_cbow else (dx, at + i)
            _combine(home, target, scores, i, rows)
            for j in range(low[i], high[i]):
                if is_cbow != (j == at + i):
                    continue
                score = _dot(x, i, y, j - span[0])
                if chunk == 0:
                    stats[0], stats[1] = stats[0] + np.logaddexp(0.0, -np.float64(score)), stats[1] + 1
                step = alpha * (_ONE - sigmoid(score))
                _add_row(home, target, step, y, j - span[0])
                _add_row(dy, j, step, x, i)
            if is_cbow:
                for j in range(low[i], high[i]):
                    if j != at + i:
                        _add_row(dx, j, _ONE, own, i)
                own[i] = 0
    return n


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def add(weights: Any, tables: Any, n: int, shared: int, work: Any, part: int, n_parts: int) -> None:
    """Add what a block has learned to the rows of one part.

    Parameters
    ----------
    weights : (ndarray of float32, ndarray of float32)
        Changed in place: the rows whose number leaves `part` when divided by `n_parts`.
    tables : tuple of ndarray
        As for `learn`.
    n : int
        Words of the block that stayed.
    shared : int
        Negative words of a chunk.
    work : tuple of ndarray
        As `learn` left it.
    part, n_parts : int
        Which rows.
    """
    words, dx, dy, drawn, dn = work[0], work[3], work[4], work[5], work[6]
    bags, borders = tables[3], tables[4]
    for i in range(n):
        word = words[i]
        for b in range(borders[word], borders[word + 1]):
            if bags[b] % n_parts == part:
                _add_row(weights[0], bags[b], _ONE, dx, i)
        if word % n_parts == part:
            _add_row(weights[1], word, _ONE, dy, i)
    for k in range((n + _CHUNK - 1) // _CHUNK * shared):
        if drawn[k] % n_parts == part:
            _add_row(weights[1], drawn[k], _ONE, dn, k)
