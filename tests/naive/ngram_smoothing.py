"""Smoothing, pruning and mixing the slow, obvious way: words left out one at a time, sums over whole vocabularies."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from tests.naive.ngram import BEGIN, END, UNKNOWN, Gram, contexts, count_grams

# The kernels' twins.


def leave_out(
    first: Any, counts: Any, suffixes: Any, totals: Any, low: int, high: int, n: int, shares: Any, sizes: Any
) -> None:
    children = [(context, child) for context in range(low, high) for child in range(first[context], first[context + 1])]
    for row, (context, child) in enumerate(children):
        sizes[row] = 0
        pairs = [(child, context)]
        while len(pairs) < n:
            node, before = pairs[-1]
            pairs.append((suffixes[node], suffixes[before] if len(pairs) < n - 1 else -1))
        for k, (node, before) in zip(range(n, 0, -1), pairs, strict=True):
            sizes[row, k - 1] = totals[before + 1] - 1
            shares[row, k - 1] = (counts[node] - 1) / sizes[row, k - 1] if sizes[row, k - 1] > 0 else 0.0


def expect(shares: Any, buckets: Any, times: Any, weights: Any, uniform: float, won: Any, reached: Any) -> float:
    total = 0.0
    for share, bucket, n in zip(shares, buckets, times, strict=True):
        # the chance that order k makes the word is that all higher ones pass and k does not
        makers, passing = [], 1.0
        for k in reversed(range(len(share))):
            if bucket[k] >= 0:
                makers.append((k, passing * weights[k, bucket[k]] * share[k]))
                passing *= 1 - weights[k, bucket[k]]
        prob = sum(chance for _, chance in makers) + passing * uniform
        total += n * math.log(prob)
        for place, (k, chance) in enumerate(makers):
            won[k, bucket[k]] += n * chance / prob
            reached[k, bucket[k]] += n * (1 - sum(higher for _, higher in makers[:place]) / prob)
    return total


# Additive smoothing and Jelinek-Mercer.


def additive(counts: list[Counter[Gram]], k: float) -> Callable[[str, Gram], float]:
    """P(word | context) with `k` more of everything, for contexts that are as long as they can be."""
    words = {gram[0] for gram in counts[0]} - {BEGIN} | {UNKNOWN}

    def prob(word: str, context: Gram) -> float:
        here = {g[-1]: c for g, c in counts[len(context)].items() if g[:-1] == context and g != (BEGIN,)}
        return (here.get(word, 0) + k) / (sum(here.values()) + k * len(words))

    return prob


def bucket(total: int) -> int:
    """Bucket of a context after which so many words stand."""
    return int(math.log2(total))


def jelinek(weights: list[list[float]]) -> Any:
    """Rule of Jelinek-Mercer with weights for each order and bucket."""

    def rule(n: int, here: dict[str, int]) -> tuple[Any, float]:
        total = sum(here.values())
        weight = weights[n - 1][bucket(total)]
        return (lambda count: weight * count / total), 1 - weight

    return rule


def left_out_fit(sentences: list[list[str]], order: int, weights: Callable[[int, int], float]) -> float:
    """Sum of the logarithms of every word's probability, each from counts without that one word."""
    counts = count_grams(sentences, order)
    n_words = len({gram[0] for gram in counts[0]} | {UNKNOWN}) - 1
    total = 0.0
    for sentence in sentences:
        whole = [BEGIN, *sentence, END]
        for i in range(1, len(whole)):
            prob = 1.0 / n_words
            for n in range(1, min(order, i + 1) + 1):
                context, word = tuple(whole[i - n + 1 : i]), whole[i]
                here = Counter({g[-1]: c for g, c in counts[n - 1].items() if g[:-1] == context and g != (BEGIN,)})
                here[word] -= 1
                rest = here.total()
                if rest:
                    weight = weights(n, bucket(rest))
                    prob = weight * here[word] / rest + (1 - weight) * prob
            total += math.log(prob)
    return total


# Pruning by entropy.


class Pruned:
    """A model without the n-grams that change the distribution of their context least.

    `prob` is the whole model, with the n-grams of `counts`. Everything is summed over the vocabulary.
    """

    def __init__(self, counts: list[Counter[Gram]], prob: Callable[[str, Gram], float], threshold: float) -> None:
        self.prob = prob
        self.words = sorted({gram[0] for gram in counts[0]} - {BEGIN} | {UNKNOWN})
        self.followers: dict[Gram, set[str]] = defaultdict(set)
        for level in counts[1:]:
            for gram in level:
                self.followers[gram[:-1]].add(gram[-1])
        order = len(counts)
        for n in range(order, 1, -1):
            going = [g for g in counts[n - 1] if not self.followers.get(g) and self._rise(g) < threshold]
            for gram in going:
                self.followers[gram[:-1]].remove(gram[-1])
        self.known = list(contexts(counts))

    def _rise(self, gram: Gram) -> float:
        """Relative rise of the perplexity without one n-gram: Stolcke's eq. 2 and 3, all else as in the whole model."""
        context, word = gram[:-1], gram[-1]
        before = [self._with(context, self.prob, self.all_of(context), v) for v in self.words]
        after = [self._with(context, self.prob, self.all_of(context) - {word}, v) for v in self.words]
        distance = sum(p * math.log(p / q) for p, q in zip(before, after, strict=True) if p > 0)
        chance = math.prod(
            self.prob(END if w == BEGIN else w, () if w == BEGIN else context[:i]) for i, w in enumerate(context)
        )
        return math.exp(chance * distance) - 1

    def all_of(self, context: Gram) -> set[str]:
        """Words that follow a context in the whole model; those of one order are judged before any of them goes."""
        return self.followers[context]

    @staticmethod
    def _weight(context: Gram, whole: Any, lower: Any, seen: set[str]) -> float:
        spared, unseen = 1 - sum(whole(v, context) for v in seen), 1 - sum(lower(v, context[1:]) for v in seen)
        return spared / unseen if spared > 1e-12 and unseen > 1e-12 else 0.0

    def _with(self, context: Gram, lower: Any, seen: set[str], word: str) -> float:
        if word in seen:
            return self.prob(word, context)
        return self._weight(context, self.prob, lower, seen) * lower(word, context[1:])

    def __call__(self, word: str, context: Gram) -> float:
        """P(word | context) of what is left."""
        return self._with(context, self, self.followers.get(context, set()), word) if context else self.prob(word, ())


# Mixing.


def mixed(models: list[tuple[float, set[str], Callable[[str], float]]], word: str) -> float:
    """P(word) of a mixture of (weight, known words, probability), each <unk> shared among all that is not known."""
    union = set().union(*(words for _, words, _ in models))
    total = 0.0
    for weight, words, prob in models:
        n_strange = len(union - words)
        total += weight * (prob(word) if word in {*words, END} else prob(UNKNOWN) / (n_strange + 1))
    return total
