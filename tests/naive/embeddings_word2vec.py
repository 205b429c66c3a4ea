"""Word2Vec, step by step: drawing, the gradients of a block pair by pair, and their addition, all in float64."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

CHUNK = 16
MASK = (1 << 64) - 1


def sigmoid(x: float) -> float:
    """Compute the logistic function by its definition."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))


def keep_known(ids: Any, borders: Any, places: Any, out: Any, lengths: Any) -> int:
    """Renumber the words of each document and leave out those without a number."""
    kept = [[places[i] for i in ids[a:b] if places[i] >= 0] for a, b in pairwise(borders)]
    lengths[:] = [len(document) for document in kept]
    flat = [place for document in kept for place in document]
    out[: len(flat)] = flat
    return len(flat)


def fill_aliases(shares: Any, own: Any, other: Any) -> None:
    """Pair each column that is too low with one that is too high; the last of each kind first."""
    left = [float(share) for share in shares]
    small, large = ([w for w, share in enumerate(left) if (share < 1) == low] for low in (True, False))
    own[:] = 1 << 24
    while small and large:
        word, giver = small.pop(), large[-1]
        own[word], other[word] = int(left[word] * (1 << 24)), giver
        left[giver] -= 1 - left[word]
        if left[giver] < 1:
            small.append(large.pop())


class Random:
    """Knuth's linear congruential generator of 64 bits."""

    def __init__(self, seed: int) -> None:
        self.state = int(seed)

    def step(self) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return self.state


def draw_stream(corpus: Any, keep: Any, first: int, last: int, seed: int, work: Any) -> tuple[int, int]:
    """Thin out sentence by sentence; one that keeps a single word goes whole."""
    ids, indptr = corpus
    random = Random(seed)
    words: list[int] = []
    borders: list[tuple[int, int]] = []
    for begin, end in pairwise(indptr):
        inside = range(max(begin, first), min(end, last))
        stays = [int(ids[i]) for i in inside if random.step() >> 40 < keep[ids[i]]]
        if len(stays) > 1:
            borders += [(len(words), len(words) + len(stays))] * len(stays)
            words += stays
    n = len(words)
    work[0][:n] = words
    work[1][:n], work[2][:n] = [b for b, _ in borders], [e for _, e in borders]
    return n, random.state


def objective(pairs: list[Any], inputs: Any, outputs: Any, share: float) -> float:
    r"""Mikolov et al. 2013b, equation 4: ln sigma(v.u) of each pair, and of its negative words ln sigma(-v.u).

    `pairs` holds (input rows, target, negative words); the input is the mean of its rows, and each negative word stands
    for `share` of those that would be drawn for the pair. A word is never the negative word of its own pair.
    """
    total = 0.0
    for rows, target, negatives in pairs:
        v = np.mean([inputs[row] for row in rows], axis=0)
        total += math.log(sigmoid(float(v @ outputs[target])))
        total += sum(share * math.log(sigmoid(-float(v @ outputs[n]))) for n in negatives if n != target)
    return total


def draw_pairs(corpus: Any, tables: Any, settings: Any, seed: int, first: int, last: int) -> list[Any]:
    """Draw all pairs of a block with their negative words, which a chunk of 16 words shares."""
    window, _, shared, is_cbow = settings
    keep, chances, aliases, bags, borders = tables
    work = [np.zeros(last - first + 1, np.int64) for _ in range(3)]
    n, state = draw_stream(corpus, keep, first, last, seed, work)
    words, begin, end = ([int(x) for x in part[:n]] for part in work)
    bag = [bags[borders[word] : borders[word + 1]].tolist() for word in words]
    random, pairs = Random(state), []
    for at in range(0, n, CHUNK):
        chunk = range(at, min(at + CHUNK, n))
        reaches = [1 + (random.step() >> 33) % window for _ in chunk]
        negatives = []
        for _ in range(shared):
            column = ((random.step() >> 33) * len(chances)) >> 31
            negatives.append(int(column if random.step() >> 40 < chances[column] else aliases[column]))
        for i, reach in zip(chunk, reaches, strict=True):
            around = [j for j in range(max(begin[i], i - reach), min(end[i], i + reach + 1)) if j != i]
            if is_cbow:
                pairs.append(([row for j in around for row in bag[j]], words[i], negatives))
            else:
                pairs += [(bag[i], words[j], negatives) for j in around]
    return pairs


def learn(weights: Any, corpus: Any, tables: Any, settings: Any, alpha: float, seed: int, first: int, last: int) -> Any:
    """Take the steps of a block: new weights minus old ones, pair by pair, with the weights as they were.

    Mikolov et al. 2013b, section 2.2, derived: the output row of a target moves by alpha (1 - sigma(v.u)) v, that of a
    negative word by -alpha sigma(v.u) v, and every input row, as in word2vec, by the sum of these factors times u.
    """
    inputs, outputs = (np.asarray(part, np.float64) for part in weights)
    steps = np.zeros_like(inputs), np.zeros_like(outputs)
    share = settings[1] / settings[2]
    for rows, target, negatives in draw_pairs(corpus, tables, settings, seed, first, last):
        v = np.mean([inputs[row] for row in rows], axis=0)
        terms = [(target, 1 - sigmoid(float(v @ outputs[target])))]
        terms += [(n, -share * sigmoid(float(v @ outputs[n]))) for n in negatives if n != target]
        for word, factor in terms:
            steps[1][word] += alpha * factor * v
            for row in rows:
                steps[0][row] += alpha * factor * outputs[word]
    return steps


def add(weights: Any, steps: Any, part: int, n_parts: int) -> None:
    """Add steps to the rows of one part."""
    for rows, step in zip(weights, steps, strict=True):
        rows[part::n_parts] += step[part::n_parts]


def learn_rounds(weights: Any, corpus: Any, tables: Any, settings: Any, alphas: Any, plan: Any, per_round: int) -> None:
    """Learn each block of a round from the same weights, then add what was found; in place, round after round."""
    seeds, cuts = plan
    for number, alpha in enumerate(alphas):
        blocks = range(number * per_round, min((number + 1) * per_round, len(seeds)))
        found = [learn(weights, corpus, tables, settings, alpha, seeds[b], cuts[b], cuts[b + 1]) for b in blocks]
        for steps in found:
            add(weights, steps, 0, 1)


def bucket_ngrams(words: list[str], sizes: tuple[int, int], n_buckets: int) -> list[list[int]]:
    """Hash each n-gram but a bracket alone: FNV-1a over its bytes, each widened with its sign."""
    found = []
    for word in words:
        grams = [
            word[first : first + n]
            for first in range(len(word))
            for n in range(sizes[0], min(sizes[1], len(word) - first) + 1)
            if not (n == 1 and first in (0, len(word) - 1))
        ]
        hashes = []
        for gram in grams:
            value = 2166136261
            for byte in gram.encode():
                signed = byte - 256 if byte > 127 else byte
                value = ((value ^ (signed & 0xFFFFFFFF)) * 16777619) % 2**32
            hashes.append(value % n_buckets)
        found.append(hashes)
    return found


def learn_tree(weights: Any, corpus: Any, tables: Any, settings: Any, alpha: float, seed: int, last: int) -> float:
    """Mikolov et al. 2013b, equation 3: each pair in turn moves the nodes on the way to its word, and its input rows.

    Returns minus the sum of ln sigma(+-v.u) before each step, over the pairs of the first 16 words.
    """
    inputs, nodes = weights
    keep, path, turns, ends, bags, borders = tables
    work = [np.zeros(last + 1, np.int64) for _ in range(3)]
    n, state = draw_stream(corpus, keep, 0, last, seed, work)
    words, begin, end = ([int(x) for x in part[:n]] for part in work)
    bag = [bags[borders[word] : borders[word + 1]].tolist() for word in words]
    random, loss = Random(state), 0.0
    for i in range(n):
        reach = 1 + (random.step() >> 33) % settings[0]
        around = [j for j in range(max(begin[i], i - reach), min(end[i], i + reach + 1)) if j != i]
        together = [row for j in around for row in bag[j]]
        for rows, target in [(together, words[i])] if settings[3] else [(bag[i], words[j]) for j in around]:
            v = np.mean([inputs[row] for row in rows], axis=0)
            step = np.zeros_like(v)
            for b in range(ends[target], ends[target + 1]):
                u = nodes[path[b]]
                score = float(v @ u)
                if i < CHUNK:
                    loss -= math.log(sigmoid(-score if turns[b] else score))
                factor = alpha * (1 - int(turns[b]) - sigmoid(score))
                step += factor * u
                nodes[path[b]] = u + factor * v
            for row in rows:
                inputs[row] += step
    return loss


def huffman_length(counts: list[int]) -> int:
    """Length of the best code for a text: each joining adds a letter to all that it joins."""
    left, total = sorted(counts), 0
    while len(left) > 1:
        joined = left.pop(0) + left.pop(0)
        total += joined
        left = sorted([*left, joined])
    return total


def mean_rows(rows: Any, groups: list[list[int]], dim: int) -> list[list[float]]:
    """Average the first columns of the rows of each group."""
    return [[sum(float(rows[row][d]) for row in group) / len(group) for d in range(dim)] for group in groups]
