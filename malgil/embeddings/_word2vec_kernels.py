"""Kernels that learn word vectors by negative sampling: gradients of a block of words, and their addition to the rows.

The weights stand still while a block is learned; what it would change lies in buffers until `add` brings it home. So
blocks can be learned on any number of threads, and added row by row in their order, for the same bits.
Negative words are shared by a chunk of `_CHUNK` neighbouring words, so that their scores are one small product of
matrices. The flags of fast arithmetic let sums be split into lanes; nothing here tests for NaN or infinity. Divisions
follow NumPy, since a test for zero would keep a loop out of the lanes.
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


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def sigmoid(x: Any) -> Any:
    """Logistic function without ``exp``, at most 0.0001 off, by Lambert's fraction of the hyperbolic tangent.

    Parameters
    ----------
    x : float32
        Any finite number.

    Returns
    -------
    float32
        1 / (1 + e^-x).
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
    """Add to four neighbouring rows a sum of rows each, every row times its factor; four by four as above."""
    for k in range(0, n.shape[0], 4):
        a0, a1, a2, a3 = g[i, k], g[i, k + 1], g[i, k + 2], g[i, k + 3]
        b0, b1, b2, b3 = g[i + 1, k], g[i + 1, k + 1], g[i + 1, k + 2], g[i + 1, k + 3]
        c0, c1, c2, c3 = g[i + 2, k], g[i + 2, k + 1], g[i + 2, k + 2], g[i + 2, k + 3]
        e0, e1, e2, e3 = g[i + 3, k], g[i + 3, k + 1], g[i + 3, k + 2], g[i + 3, k + 3]
        for d in range(n.shape[1]):
            n0, n1, n2, n3 = n[k, d], n[k + 1, d], n[k + 2, d], n[k + 3, d]
            out[row, d] += a0 * n0 + a1 * n1 + a2 * n2 + a3 * n3
            out[row + 1, d] += b0 * n0 + b1 * n1 + b2 * n2 + b3 * n3
            out[row + 2, d] += c0 * n0 + c1 * n1 + c2 * n2 + c3 * n3
            out[row + 3, d] += e0 * n0 + e1 * n1 + e2 * n2 + e3 * n3


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
def _stream(
    corpus: Any, keep: NDArray[np.int32], first: int, last: int, seed: np.uint64, work: Any
) -> tuple[int, np.uint64]:
    """Draw the words of a block that stay, each with the borders of its sentence: how many, and the next state."""
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


@njit(nogil=True, cache=True)
def _span(n: int, ranges: Any) -> tuple[int, int]:
    """First place that a chunk looks at, and the one behind the last."""
    low, high = ranges
    first, last = low[0], high[0]
    for i in range(1, n):
        first, last = min(first, low[i]), max(last, high[i])
    return first, last


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _fill_words(w: Rows, tables: Any, at: int, n: int, work: Any, ranges: Any, x: Rows, pairs: Rows) -> None:
    """Fill the input row of each word of a chunk with its own mean row, and the row of its pairs with their number."""
    words, (low, high) = work[0], ranges
    x[:] = 0
    pairs[:] = 0
    for i in range(n):
        size = _add_bag(x, i, w, words[at + i], tables)
        pairs[i] = high[i] - low[i] - 1
        if size > 1:
            share = _ONE / np.float32(size)
            for d in range(x.shape[1]):
                x[i, d] *= share


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _fill_means(
    w: Rows, tables: Any, at: int, n: int, work: Any, ranges: Any, span: tuple[int, int], x: Rows, pairs: Rows
) -> None:
    """Fill the input row of each word of a chunk with the mean of those around it; each is fetched only once."""
    words, (low, high) = work[0], ranges
    near = np.zeros((span[1] - span[0], x.shape[1]), np.float32)
    sizes = np.empty(span[1] - span[0], np.int64)
    for j in range(span[0], span[1]):
        sizes[j - span[0]] = _add_bag(near, j - span[0], w, words[j], tables)
    x[:] = 0
    pairs[:] = 0
    for i in range(n):
        size = 0
        for j in range(low[i] - span[0], high[i] - span[0]):
            if j != at + i - span[0]:
                size += sizes[j]
                _add_row(x, i, _ONE, near, j)
        pairs[i] = 1
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
def _copy_targets(w: Rows, words: NDArray[np.int32], low: int, high: int, y: Rows) -> None:
    """Copy the output rows of neighbouring words."""
    for j in range(low, high):
        row = words[j]
        for d in range(y.shape[1]):
            y[j - low, d] = w[row, d]


@njit(nogil=True, cache=True)
def _loss(scores: Rows, weights: Rows, n: int, share: Any) -> float:
    total = 0.0
    for i in range(n):
        for k in range(scores.shape[1]):
            total += share * weights[i, k] * np.logaddexp(0.0, np.float64(scores[i, k]))
    return total


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _learn_block(
    weights: Any, corpus: Any, tables: Any, settings: Any, alpha: Any, block: Any, work: Any, watched: int
) -> int:
    """Learn a block: a random state and a place in the ids; how many of its words stayed.

    The loss is that of the chunks that begin below `watched`.
    """
    window, negative, shared, is_cbow = settings
    n, seed = _stream(corpus, tables[0], block[1], block[2], block[0], work)
    dx, dy, drawn, dn, stats = work[3], work[4], work[5], work[6], work[7]
    dy[:n] = 0
    if is_cbow:
        dx[:n] = 0
    dim = dx.shape[1]
    x, rows = np.empty((_CHUNK, dim), np.float32), np.empty((shared, dim), np.float32)
    own, scores = np.zeros((_CHUNK, dim), np.float32), np.empty((_CHUNK, shared), np.float32)
    pairs, g = np.empty((_CHUNK, shared), np.float32), np.empty((shared, _CHUNK), np.float32)
    y = np.empty((_CHUNK + 2 * window, dim), np.float32)
    low, high = np.empty(_CHUNK, np.int64), np.empty(_CHUNK, np.int64)
    share = np.float32(negative) / np.float32(shared)
    stats[:] = 0
    for chunk in range((n + _CHUNK - 1) // _CHUNK):
        at, size = chunk * _CHUNK, min(_CHUNK, n - chunk * _CHUNK)
        kinds = drawn[chunk * shared : (chunk + 1) * shared]
        seed = _draw_windows(at, size, window, seed, work, low, high)
        seed = _draw_negatives(weights[1], tables, seed, kinds, rows)
        span = _span(size, (low, high))
        if is_cbow:
            _fill_means(weights[0], tables, at, size, work, (low, high), span, x, pairs)
        else:
            _fill_words(weights[0], tables, at, size, work, (low, high), x, pairs)
        targets = (at, at + size) if is_cbow else span
        _copy_targets(weights[1], work[0], targets[0], targets[1], y)
        _products(x, rows, scores)
        _without_targets(at, size, span, work, (low, high), is_cbow, kinds, pairs)
        if at < watched:
            stats[0] += _loss(scores, pairs, size, share)
        for i in range(_CHUNK):
            for k in range(shared):
                scores[i, k] = -alpha * share * pairs[i, k] * sigmoid(scores[i, k])
        for k in range(shared):
            dn[chunk * shared + k] = 0
            for i in range(_CHUNK):
                g[k, i] = scores[i, k]
        for k in range(0, shared, 4):
            _combine(dn, chunk * shared + k, g, k, x)
        own[:] = 0
        for i in range(0, size, 4):
            _combine(own, i, scores, i, rows)
        for i in range(size):
            for j in range(low[i], high[i]):
                if is_cbow != (j == at + i):
                    continue
                score = _dot(x, i, y, j - targets[0])
                step = alpha * (_ONE - sigmoid(score))
                _add_row(own, i, step, y, j - targets[0])
                _add_row(dy, j, step, x, i)
                if at < watched:
                    stats[0], stats[1] = stats[0] + np.logaddexp(0.0, -np.float64(score)), stats[1] + 1
        for i in range(size):
            if not is_cbow:
                dx[at + i] = own[i]
                continue
            for j in range(low[i], high[i]):
                if j != at + i:
                    _add_row(dx, j, _ONE, own, i)
    return n


@njit(nogil=True, cache=True)
def _block_of(space: Any, b: int) -> Any:
    """Buffers of one block among those of a round."""
    words, begin, end, dx, dy, drawn, dn, stats, _ = space
    return words[b], begin[b], end[b], dx[b], dy[b], drawn[b], dn[b], stats[b]


@njit(nogil=True, cache=True)
def learn(
    weights: Any,
    corpus: Any,
    tables: Any,
    settings: tuple[int, int, int, bool],
    alpha: Any,
    plan: tuple[NDArray[np.uint64], NDArray[np.int64]],
    space: Any,
    worker: int,
    workers: int,
) -> None:
    """Learn blocks of a round: the gradients of all their words, with the weights as they are.

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
    plan : (ndarray of uint64, shape (n_blocks,), ndarray of int64, shape (n_blocks + 1,))
        States of the random numbers of each block, and borders of the blocks in the ids.
    space : tuple of ndarray
        Out, for each block: words, begins, ends (int32); changes of their input rows and of their output rows
        (float32); negative words (int32) and changes of their output rows (float32); loss and its number of pairs, of
        the first chunk of the round (float64); how many words stayed (int64).
    worker, workers : int
        Which blocks: those whose number leaves `worker` when divided by `workers`.
    """
    seeds, cuts = plan
    for b in range(worker, seeds.size, workers):
        work = _block_of(space, b)
        watched = _CHUNK if b == 0 else 0  # a sample is enough, and logarithms are dear
        block = seeds[b], cuts[b], cuts[b + 1]
        space[8][b] = _learn_block(weights, corpus, tables, settings, alpha, block, work, watched)


@njit(nogil=True, cache=True, fastmath=FASTMATH)
def add(weights: Any, tables: Any, n_blocks: int, shared: int, space: Any, part: int, n_parts: int) -> None:
    """Add what the blocks of a round have learned, block by block, to the rows whose number leaves one remainder.

    Parameters
    ----------
    weights, tables
        As for `learn`.
    n_blocks, shared : int
        Blocks of the round, and negative words of a chunk.
    space : tuple of ndarray
        As `learn` left it.
    part, n_parts : int
        Remainder and divisor.
    """
    bags, borders = tables[3], tables[4]
    for block in range(n_blocks):
        words, _, _, dx, dy, drawn, dn, _ = _block_of(space, block)
        n = space[8][block]
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
