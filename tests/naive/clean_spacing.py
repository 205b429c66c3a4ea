"""Spacing as it would be written without a thought of speed."""

from __future__ import annotations

import math

_MASK = (1 << 64) - 1
_START, _TIMES, _END = 0x9E3779B97F4A7C15, 0x100000001B3, 0xBF58476D1CE4E5B9
Around = tuple[list[int], list[int], list[int]]


def mix(state: int, value: int) -> int:
    """Take one more number into a 64-bit hash."""
    state = (state ^ value) * _TIMES & _MASK
    return state ^ state >> 29


def _hash(*values: int) -> int:
    state = _START
    for value in values:
        state = mix(state, value)
    return state


def index_words(words: list[str], kinds: list[int]) -> dict[str, int]:
    """Word -> kind; the first of equal words counts."""
    table: dict[str, int] = {}
    for word, kind in zip(words, kinds, strict=True):
        table.setdefault(word, kind)
    return table


def find_words(lines: list[str], table: dict[str, int]) -> Around:
    """Find the longest word that ends, begins and lies across at each border; the leftmost of those of equal length."""
    ends, begins, covers = [], [], []
    for line in lines:
        spans = [
            (low, high)
            for low in range(len(line))
            for high in range(low + 2, min(low + 8, len(line)) + 1)
            if line[low:high] in table
        ]
        for border in range(len(line)):
            ending = [span for span in spans if span[1] == border]
            beginning = [span for span in spans if span[0] == border]
            across = [span for span in spans if span[0] < border < span[1]]
            for rows, found in ((ends, ending), (begins, beginning)):
                low, high = max(found, key=lambda span: span[1] - span[0], default=(0, 0))
                rows.append((high - low) * 16 + table[line[low:high]] if high else 0)
            low, high = max(across, key=lambda span: (span[1] - span[0], -span[0]), default=(0, 0))
            covers.append((high - low) * 16 + border - low if high else 0)
    return ends, begins, covers


def feature_slots(line: list[int], border: int, around: Around, bits: int) -> list[int]:
    """Slots of the features of one border of a line."""
    keys = []
    for back, (shortest, longest) in enumerate([(6, 6), (5, 6), (3, 6), (2, 6), (1, 6), (1, 6), (1, 6), (1, 3)]):
        for n in range(shortest, longest + 1):
            first = border - 6 + back
            run = [line[place] if 0 <= place < len(line) else 1 for place in range(first, first + n)]
            keys.append(_hash(back, *run))

    def at(row: list[int], place: int) -> int:
        return row[place] if 0 <= place < len(line) else 0

    ends, begins, covers = around
    end, begin, cover = ends[border], begins[border], covers[border]
    left2, left, right, right2 = (at(line, border + step) for step in (-2, -1, 0, 1))
    rows = [
        (end,),
        (begin,),
        (cover,),
        (end, begin),
        (end, begin, cover),
        (end, cover),
        (begin, cover),
        (end, right),
        (end, right, right2),
        (begin, left),
        (begin, left, left2),
        (end, right, at(begins, border + 1)),
        (at(ends, border - 1), left, begin),
        (at(ends, border - 2), left2, left, begin),
    ]
    keys += [_hash(8 + number, *row, *[0] * (4 - len(row))) for number, row in enumerate(rows)]
    return [(key * _END & _MASK) >> (64 - bits) for key in keys]


def score_borders(lines: list[list[int]], arounds: list[Around], bits: int, weights: list[int]) -> list[int]:
    """Sum the weights of the features of each border; 0 for the first letter of a line."""
    scores = []
    for line, around in zip(lines, arounds, strict=True):
        for border in range(len(line)):
            slots = feature_slots(line, border, around, bits) if border else []
            scores.append(sum(weights[slot] for slot in slots))
    return scores


def count_features(lines: list[list[int]], arounds: list[Around], bits: int) -> list[int]:
    """Count how often each slot occurs, up to 255."""
    counts = [0] * (1 << bits)
    for line, around in zip(lines, arounds, strict=True):
        for border in range(1, len(line)):
            for slot in feature_slots(line, border, around, bits):
                counts[slot] = min(counts[slot] + 1, 255)
    return counts


def learn_weights(
    lines: list[list[int]], arounds: list[Around], truth: list[list[int]], counts: list[int], rate: float, rarest: int
) -> list[float]:
    """One round of logistic regression by AdaGrad, from weights of 0."""
    bits = len(counts).bit_length() - 1
    weights, squares = [0.0] * len(counts), [0.0] * len(counts)
    for line, around, answers in zip(lines, arounds, truth, strict=True):
        for border in range(1, len(line)):
            slots = feature_slots(line, border, around, bits)
            slope = 1 / (1 + math.exp(-sum(weights[slot] for slot in slots))) - answers[border]
            for slot in slots if abs(slope) >= 0.01 else []:
                if counts[slot] >= rarest:
                    squares[slot] += slope * slope
                    weights[slot] -= rate * slope / math.sqrt(squares[slot] + 1e-8)
    return weights


def trust_blanks(scores: list[float], given: list[int], prior: list[float], n_rounds: int) -> tuple[float, float]:
    """Estimate by expectation maximisation what a given and a missing blank of one text say."""
    ratios = (0.0, 0.0)
    for _ in range(n_rounds + 1):
        chances = [1 / (1 + math.exp(-s - ratios[0 if g else 1])) for s, g in zip(scores, given, strict=True)]
        pairs = list(zip(chances, given, strict=True))
        right = (prior[0] + sum(p * g for p, g in pairs)) / (prior[0] + prior[1] + sum(chances))
        wrong = (prior[2] + sum((1 - p) * g for p, g in pairs)) / (prior[2] + prior[3] + sum(1 - p for p in chances))
        ratios = (math.log(right / wrong), math.log((1 - right) / (1 - wrong)))
    return ratios
