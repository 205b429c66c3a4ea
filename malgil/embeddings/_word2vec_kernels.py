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

from malgil.embeddings._lanes_code import add_row, combine_pair, dot_rows, fetch_row, score_pair, set_row
from malgil.embeddings._meeting_code import arrive, have_arrived
from malgil.embeddings._sigmoid_code import slopes
from malgil.embeddings._stream_code import draw_windows, span, stream

FASTMATH = {"nsz", "arcp", "contract", "afn", "reassoc"}
_CHUNK, _LANES = 16, 8
_AHEAD = 8  # words from the one at hand to the one whose rows the memory is asked for
_FACTOR, _STEP = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth, MMIX
_31, _33, _40 = np.uint64(31), np.uint64(33), np.uint64(40)
_ONE = np.float32(1)

Rows = NDArray[np.float32]


@njit(nogil=True, cache=True)
def _products(x: Rows, n: Rows, scores: Rows) -> None:
    """Score every row of a chunk against every negative row."""
    for i in range(0, x.shape[0], 2):
        for k in range(0, n.shape[0], _LANES):
            score_pair(scores, i, k, x, n)


@njit(nogil=True, cache=True)
def _combine(out: Rows, row: int, g: Rows, n: Rows, size: int) -> None:
    """Add to neighbouring rows a sum of rows each, every row times its factor."""
    for i in range(0, size, 2):
        for k in range(0, n.shape[0], _LANES):
            combine_pair(out, row + i, g, i, k, n)


@njit(nogil=True, cache=True)
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
        set_row(n, k, _ONE, w, word)
    return seed


@njit(nogil=True, cache=True)
def _fetch(weights: Any, tables: Any, words: NDArray[np.int32], low: int, high: int) -> None:
    """Ask the memory for the rows of words that come next."""
    bags, borders = tables[3], tables[4]
    for j in range(low, high):
        fetch_row(weights[1], words[j])
        for b in range(borders[words[j]], borders[words[j] + 1]):
            fetch_row(weights[0], bags[b])


@njit(nogil=True, cache=True)
def _fill_bag(out: Rows, i: int, w: Rows, word: int, tables: Any) -> int:
    """Fill a row with the sum of the rows of a word, itself and its n-grams; how many they are."""
    bags, borders = tables[3], tables[4]
    set_row(out, i, _ONE, w, bags[borders[word]])
    for b in range(borders[word] + 1, borders[word + 1]):
        add_row(out, i, _ONE, w, bags[b])
    return borders[word + 1] - borders[word]  # type: ignore[no-any-return]


@njit(nogil=True, cache=True, error_model="numpy")
def _fill_words(w: Rows, tables: Any, at: int, n: int, words: NDArray[np.int32], x: Rows) -> None:
    """Fill the input row of each word of a chunk with its own mean row."""
    for i in range(n):
        size = _fill_bag(x, i, w, words[at + i], tables)
        if size > 1:
            set_row(x, i, _ONE / np.float32(size), x, i)


@njit(nogil=True, cache=True, error_model="numpy")
def _fill_means(
    w: Rows, tables: Any, at: int, n: int, work: Any, ranges: Any, near: Rows, sizes: NDArray[np.int64], x: Rows
) -> None:
    """Fill the input row of each word of a chunk with the mean of those around it; each is fetched only once."""
    words, (low, high) = work[0], ranges
    first, last = span(n, ranges)
    for j in range(first, last):
        sizes[j - first] = _fill_bag(near, j - first, w, words[j], tables)
    for i in range(n):
        own, begin, end = at + i - first, low[i] - first, high[i] - first
        size = -sizes[own]
        for j in range(begin, end):
            size += sizes[j]
        share, begin = _ONE / np.float32(size), begin + (begin == own)  # no word is alone
        set_row(x, i, share, near, begin)
        for j in range(begin + 1, end):
            if j != own:
                add_row(x, i, share, near, j)


@njit(nogil=True, cache=True)
def _weigh(
    at: int, n: int, aims: Any, words: NDArray[np.int32], is_cbow: bool, drawn: NDArray[np.int32], pairs: Rows
) -> None:
    """Weigh each negative word by the pairs of a word whose target it is not."""
    low, high = aims
    for i in range(pairs.shape[0]):
        pairs[i] = high[i] - low[i] - (not is_cbow) if i < n else 0
    first, last = span(n, aims)
    for k in range(drawn.size):
        for j in range(first, last):
            if words[j] != drawn[k]:
                continue
            for i in range(n):
                if low[i] <= j < high[i] and (is_cbow or j != at + i):
                    pairs[i, k] -= _ONE


@njit(nogil=True, cache=True)
def _loss(scores: Rows, weights: Rows, n: int, share: Any) -> float:
    return share * np.sum(weights[:n] * np.logaddexp(0.0, scores[:n].astype(np.float64)))  # type: ignore[no-any-return]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _learn_negatives(
    x: Rows, rows: Rows, pairs: Rows, factor: Any, size: int, own: Rows, dn: Rows, first: int, flat: Any, g: Rows
) -> None:
    """Learn a chunk against its negative words, whose scores are there; own changes and those of the words."""
    scores = flat.reshape(pairs.shape)
    slopes(flat, np.float32(0))
    for i in range(x.shape[0]):
        for k in range(rows.shape[0]):
            scores[i, k] *= factor * pairs[i, k]
            g[k, i] = scores[i, k]
    dn[first : first + rows.shape[0]] = 0
    _combine(dn, first, g, x, rows.shape[0])
    own[:] = 0
    _combine(own, 0, scores, rows, size)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _learn_targets(
    x: Rows,
    y: Rows,
    aims: Any,
    at: int,
    size: int,
    is_cbow: bool,
    alpha: Any,
    own: Rows,
    dy: Rows,
    steps: Any,
    stats: Any,
) -> None:
    """Learn a chunk with its targets, whose rows begin at `y`; all scores first, so that they do not wait in turn."""
    low, high = aims
    first, n = span(size, aims)[0], 0
    for i in range(size):
        for j in range(low[i], high[i]):
            if is_cbow or j != at + i:
                steps[n] = dot_rows(x, i, y, j - first)
                n += 1
    if stats.size:
        for p in range(n):
            stats[0], stats[1] = stats[0] + np.logaddexp(0.0, -np.float64(steps[p])), stats[1] + 1
    slopes(steps[:n], _ONE)
    n = 0
    for i in range(size):
        for j in range(low[i], high[i]):
            if is_cbow or j != at + i:
                step = alpha * steps[n]
                add_row(own, i, step, y, j - first)
                if is_cbow:
                    set_row(dy, j, step, x, i)
                else:
                    add_row(dy, j, step, x, i)
                n += 1


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FASTMATH)
def _learn_block(
    weights: Any, corpus: Any, tables: Any, settings: Any, alpha: Any, block: Any, work: Any, watched: int
) -> int:
    """Learn a block: a random state and a place in the ids; how many of its words stayed.

    The loss is that of the chunks that begin below `watched`.
    """
    window, negative, shared, is_cbow = settings
    n, seed = stream(corpus, tables[0], block[1], block[2], block[0], work)
    words, dx, dy, drawn, dn, stats = work[0], work[3], work[4], work[5], work[6], work[7]
    dim, furthest = dx.shape[1], _CHUNK + 2 * window
    x, own = np.zeros((_CHUNK, dim), np.float32), np.empty((_CHUNK, dim), np.float32)
    rows, flat = np.empty((shared, dim), np.float32), np.empty(_CHUNK * shared, np.float32)
    scores, pairs = flat.reshape((_CHUNK, shared)), np.empty((_CHUNK, shared), np.float32)
    near, y = np.empty((furthest, dim), np.float32), np.empty((furthest, dim), np.float32)
    low, high = np.empty(_CHUNK, np.int64), np.empty(_CHUNK, np.int64)
    left, right = np.empty(_CHUNK, np.int64), np.empty(_CHUNK, np.int64)
    sizes, steps = np.empty(furthest, np.int64), np.empty(_CHUNK * furthest, np.float32)
    g, share = np.empty((shared, _CHUNK), np.float32), np.float32(negative) / np.float32(shared)
    stats[:] = 0
    begun = 0  # rows of the words around that were set to 0, just before they are needed
    _fetch(weights, tables, words, 0, min(n, _CHUNK))
    for chunk in range((n + _CHUNK - 1) // _CHUNK):
        at, size = chunk * _CHUNK, min(_CHUNK, n - chunk * _CHUNK)
        kinds = drawn[chunk * shared : (chunk + 1) * shared]
        seed = draw_windows(at, size, window, seed, work, low, high)
        seed = _draw_negatives(weights[1], tables, seed, kinds, rows)
        _fetch(weights, tables, words, min(n, at + _CHUNK), min(n, at + 2 * _CHUNK))
        needed = span(size, (low, high))[1]
        for i in range(size):
            left[i], right[i] = (at + i, at + i + 1) if is_cbow else (low[i], high[i])
        around = dx if is_cbow else dy
        around[begun:needed] = 0
        begun = max(begun, needed)
        if is_cbow:
            _fill_means(weights[0], tables, at, size, work, (low, high), near, sizes, x)
        else:
            _fill_words(weights[0], tables, at, size, words, x)
        first, last = span(size, (left, right))
        for j in range(first, last):
            set_row(y, j - first, _ONE, weights[1], words[j])
        _products(x, rows, scores)
        _weigh(at, size, (left, right), words, is_cbow, kinds, pairs)
        if at < watched:
            stats[0] += _loss(scores, pairs, size, share)
        _learn_negatives(x, rows, pairs, alpha * share, size, own, dn, chunk * shared, flat, g)
        seen = stats if at < watched else stats[:0]
        _learn_targets(x, y, (left, right), at, size, is_cbow, alpha, own, dy, steps, seen)
        for i in range(size):
            if not is_cbow:
                set_row(dx, at + i, _ONE, own, i)
                continue
            for j in range(low[i], high[i]):
                if j != at + i:
                    add_row(dx, j, _ONE, own, i)
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
            ahead = words[min(i + _AHEAD, n - 1)]
            if ahead % n_parts == part:
                fetch_row(weights[1], ahead)
            if bags[borders[ahead]] % n_parts == part:
                fetch_row(weights[0], bags[borders[ahead]])
            word = words[i]
            for b in range(borders[word], borders[word + 1]):
                if bags[b] % n_parts == part:
                    add_row(weights[0], bags[b], _ONE, dx, i)
            if word % n_parts == part:
                add_row(weights[1], word, _ONE, dy, i)
        for k in range((n + _CHUNK - 1) // _CHUNK * shared):
            if drawn[k] % n_parts == part:
                add_row(weights[1], drawn[k], _ONE, dn, k)


@njit(nogil=True, cache=True)
def learn_rounds(
    weights: Any,
    corpus: Any,
    tables: Any,
    settings: tuple[int, int, int, bool],
    alphas: NDArray[np.float32],
    plan: tuple[NDArray[np.uint64], NDArray[np.int64]],
    space: Any,
    totals: NDArray[np.float64],
    done: NDArray[np.int64],
    turns: NDArray[np.int64],
    begun: int,
    worker: int,
) -> bool:
    """Learn rounds together: all learn, all wait, all add, all wait.

    Parameters
    ----------
    weights, corpus, tables, settings
        As for `learn`.
    alphas : ndarray of float32, shape (n_rounds,)
        Learning rates.
    plan, space
        As for `learn`; the plan of all rounds.
    totals : ndarray of float64, shape (3,)
        Out, added to: loss, its number of pairs, words that stayed.
    done : ndarray of int64, shape (1,)
        Steps that all workers have done.
    turns : ndarray of int64, shape (n_workers,)
        Steps that each worker has done.
    begun : int
        What that was before the first of these rounds.
    worker : int
        Which.

    Returns
    -------
    bool
        Whether all of it is done; else the others are late, and the call must be repeated.
    """
    seeds, cuts = plan
    workers, per_round, end = turns.size, space[8].size, begun + 2 * alphas.size
    while turns[worker] < end:
        if not have_arrived(done, workers * turns[worker]):
            return False
        number = (turns[worker] - begun) // 2
        first, last = number * per_round, min((number + 1) * per_round, seeds.size)
        if (turns[worker] - begun) % 2 == 0:
            blocks = seeds[first:last], cuts[first : last + 1]
            learn(weights, corpus, tables, settings, alphas[number], blocks, space, worker, workers)
        else:
            add(weights, tables, last - first, settings[2], space, worker, workers)
            for b in range(last - first if worker == 0 else 0):
                totals[0], totals[1] = totals[0] + space[7][b, 0], totals[1] + space[7][b, 1]
                totals[2] += space[8][b]
        turns[worker] += 1
        arrive(done)
    return have_arrived(done, workers * end)
