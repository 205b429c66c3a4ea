"""Suffixes of a corpus the slow, obvious way: slices that are sorted, and every place looked at for every question."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np


def suffix(ids: Any, place: int) -> list[int]:
    """Read on from a place to the end of its sentence."""
    rest = np.asarray(ids[place:])
    return list(rest[: int(np.argmax(rest == 2)) + 1].tolist())


def sorted_places(ids: Any) -> list[int]:
    return sorted(range(len(ids)), key=lambda place: (suffix(ids, place), place))


def found(ids: Any, pattern: list[int]) -> list[int]:
    """All places of some words; of none, all but those of <s>."""
    if not pattern:
        return [place for place in range(len(ids)) if ids[place] != 1]
    return [place for place in range(len(ids)) if suffix(ids, place)[: len(pattern)] == pattern]


def longest_end(ids: Any, context: list[int]) -> list[int]:
    return next(context[at:] for at in range(len(context) + 1) if found(ids, context[at:]))


def followers(ids: Any, context: list[int]) -> Counter[int]:
    return Counter(int(ids[place + len(context)]) for place in found(ids, context))


def prob(ids: Any, context: list[int], word: int) -> float:
    """Probability by the definition of the infini-gram model."""
    counts = followers(ids, longest_end(ids, context))
    return counts[word] / sum(counts.values())


# The kernels' twins.


def sort_suffixes(ids: Any, starts: Any, low: int, high: int, limit: int, places: Any, is_head: Any) -> None:
    for word in range(low, high):
        begin, end = starts[word], starts[word + 1]
        heads = {int(place): suffix(ids, int(place))[:limit] for place in places[begin:end]}
        places[begin:end] = sorted(heads, key=lambda place: (heads[place], place))
        for at in range(begin, end):
            here = heads[int(places[at])]
            is_head[at] = at == begin or here != heads[int(places[at - 1])] or here[-1] == 2


def refine_groups(begins: Any, ends: Any, offset: int, places: Any, ranks: Any, out: Any, out_ends: Any) -> int:
    total = 0
    for begin, end in zip(begins, ends, strict=True):
        after = {int(place): int(ranks[place + offset]) for place in places[begin:end]}
        places[begin:end] = sorted(after, key=lambda place: (after[place], place))
        for rank in sorted(set(after.values())):
            same = [at for at in range(begin, end) if after[int(places[at])] == rank]
            ranks[places[same]] = same[0]
            if len(same) > 1:
                out[total], out_ends[total] = same[0], same[-1] + 1
                total += 1
    return total


def find_interval(ids: Any, places: Any, starts: Any, pattern: Any) -> tuple[int, int]:
    wanted = [int(word) for word in pattern]
    at = [i for i, place in enumerate(places) if suffix(ids, int(place))[: len(wanted)] == wanted]
    return (at[0], at[-1] + 1) if at else (0, 0)


def longest_suffix(ids: Any, places: Any, starts: Any, context: Any) -> tuple[int, int, int]:
    end = longest_end(ids, [int(word) for word in context])
    return (len(end), *(find_interval(ids, places, starts, end) if end else (int(starts[2]), len(places))))


def score_matches(ids: Any, places: Any, starts: Any, asked: Any, scores: Any, orders: Any) -> None:
    context: list[int] = []
    for at, word in enumerate(int(word) for word in asked):
        if word == 1:
            context, scores[at], orders[at] = [1], 0.0, 0
            continue
        p = prob(ids, context, word)
        scores[at] = math.log10(p) if p else -math.inf
        orders[at] = len(longest_end(ids, context)) + 1
        context.append(word)


def top_followers(ids: Any, places: Any, begin: int, end: int, depth: int, k: int) -> tuple[list[int], list[int]]:
    counts = Counter(int(ids[place + depth]) for place in places[begin:end])
    bound = sorted(counts.values(), reverse=True)[: max(k, 1)][-1]
    words = sorted(word for word in counts if counts[word] >= bound)
    return words, [counts[word] for word in words]


def fill_counts(ids: Any, places: Any, begin: int, end: int, depth: int, right: Any, words: Any, counts: Any) -> int:
    wanted, seen = [int(word) for word in right], Counter[int]()
    for place in places[begin:end]:
        word, *rest = suffix(ids, int(place))[depth:]
        seen[word] += word != 2 and rest[: len(wanted)] == wanted
    for at, word in enumerate(sorted(+seen)):
        words[at], counts[at] = word, seen[word]
    return len(+seen)
