"""Cutting words into learned pieces, as slowly as it is written down."""

from __future__ import annotations

import math
from itertools import pairwise


def merge_pairs(words: list[str], merges: list[tuple[str, str]], longest: int) -> list[list[str]]:
    """Merge, in each stretch of a word, the leftmost pair of the lowest rank until none is left."""
    cut = []
    for word in words:
        pieces: list[str] = []
        for low in range(0, len(word), longest):
            parts = list(word[low : low + longest])
            while True:
                pairs = list(pairwise(parts))
                known = [pair for pair in merges if pair in pairs]
                if not known:
                    break
                at = pairs.index(known[0])
                parts[at : at + 2] = ["".join(known[0])]
            pieces += parts
        cut.append(pieces)
    return cut


def best_path(words: list[str], scores: dict[str, float], unknown: float, longest: int) -> list[list[str]]:
    """Try every way to cut each stretch of a word; of equal sums, the one whose last pieces are longest."""
    cut = []
    for word in words:
        pieces: list[str] = []
        for low in range(0, len(word), longest):
            pieces += _best(word[low : low + longest], scores, unknown)[1]
        cut.append(pieces)
    return cut


def _best(word: str, scores: dict[str, float], unknown: float) -> tuple[float, list[str]]:
    if not word:
        return 0.0, []
    best: tuple[float, list[str]] = (-math.inf, [])
    for at in range(len(word)):
        last = word[at:]
        if last in scores or len(last) == 1:
            before, pieces = _best(word[:at], scores, unknown)
            total = before + scores.get(last, unknown)
            if total > best[0]:
                best = total, [*pieces, last]
    return best


def lay_out(
    docs: list[list[tuple[int, int]]], pieces: list[list[tuple[int, int, int]]]
) -> list[list[tuple[int, int, int]]]:
    """Put the pieces (id, start, end) of each word wherever the word (number, start) stands."""
    return [[(i, base + low, base + high) for word, base in doc for i, low, high in pieces[word]] for doc in docs]
