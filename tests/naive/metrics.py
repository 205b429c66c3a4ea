"""Scores, written as their definitions read."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def f1_of(truth: Sequence[object], predicted: Sequence[object], label: object) -> tuple[float, float, float]:
    """Precision, recall and F1 of one class, by counting."""
    right = sum(t == label and p == label for t, p in zip(truth, predicted, strict=True))
    given, there = sum(p == label for p in predicted), sum(t == label for t in truth)
    precision, recall = right / given if given else 0.0, right / there if there else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


# The two tables of the script conlleval: does a chunk end between two labels, does one begin.
ENDS = {"BB", "BO", "IB", "IO", "EE", "EI", "EO", "EB", "BS", "IS", "ES", "SB", "SI", "SE", "SS", "SO"}
BEGINS = {"BB", "IB", "OB", "OI", "EE", "EI", "EB", "OE", "SB", "SI", "SE", "BS", "IS", "OS", "ES", "SS"}


def chunks(labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Chunks by the tables of conlleval."""
    found, start = [], None
    before, kind_before = "O", ""
    for place, label in enumerate([*labels, "O"]):
        prefix, kind = (label[0], label[2:]) if label != "O" else ("O", "")
        if start is not None and (before + prefix in ENDS or (before != "O" and kind_before != kind)):
            found.append((start, place, kind_before))
            start = None
        if before + prefix in BEGINS or (prefix != "O" and kind_before != kind):
            start = place
        before, kind_before = prefix, kind
    return found


def ece(confidence: Sequence[float], is_right: Sequence[bool], n_bins: int) -> float:
    """Calibration error, bin by bin."""
    total = 0.0
    for m in range(n_bins):
        low, high = m / n_bins, (m + 1) / n_bins
        inside = [i for i, c in enumerate(confidence) if low < c <= high or (m == 0 and c == 0)]
        if inside:
            accuracy = sum(is_right[i] for i in inside) / len(inside)
            mean = sum(confidence[i] for i in inside) / len(inside)
            total += len(inside) / len(confidence) * abs(accuracy - mean)
    return total


def log_loss(logits: np.ndarray, truth: Sequence[int], temperature: float) -> float:
    """Mean negative log-probability of the true classes at a temperature."""
    total = 0.0
    for row, y in zip(logits, truth, strict=True):
        powers = [math.exp((z - max(row)) / temperature) for z in row]
        total -= math.log(powers[y] / sum(powers))
    return total / len(truth)
