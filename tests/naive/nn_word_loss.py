"""Cross entropy over all words, place by place, and its gradients; and the twins of the kernels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def word_loss(
    x: Doubles, weight: Doubles, bias: Doubles, targets: list[int], smoothing: float = 0.0
) -> tuple[float, Doubles, Doubles, Doubles]:
    """Give the loss, and its gradients of vectors, words and biases."""
    total, d_x, d_weight, d_bias = 0.0, np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
    for i, target in enumerate(targets):
        scores = [float(w @ x[i]) + b for w, b in zip(weight, bias.tolist(), strict=True)]
        most = max(scores)
        parts = [math.exp(score - most) for score in scores]
        shares = [(1 - smoothing) * (word == target) + smoothing / len(scores) for word in range(len(scores))]
        total += math.log(sum(parts)) + most - sum(p * z for p, z in zip(shares, scores, strict=True) if p)
        for word, part in enumerate(parts):
            pull = part / sum(parts) - shares[word]
            d_x[i] += pull * weight[word]
            d_weight[word] += pull * x[i]
            d_bias[word] += pull
    return total, d_x, d_weight, d_bias


def wide(bits: NDArray[Any], is_half: bool) -> NDArray[np.float32]:
    """Numbers that narrow bits stand for."""
    return (bits.astype(np.uint32) << (16 if is_half else 0)).view(np.float32)


def softmax_rows(scores: Any, is_half: bool, bias: Any, targets: Any, sums: Any, losses: Any) -> None:
    """Exponentials where the scores lay, cut off instead of rounded."""
    for i, target in enumerate(targets):
        z = wide(scores[i], is_half).astype(np.float64) + bias
        parts = np.exp(z - z.max())
        sums[i], losses[i] = parts.sum(), np.log(parts.sum()) + z.max() - z[target]
        scores[i] = parts.astype(np.float32).view(np.uint32) >> (16 if is_half else 0)


def add_narrow(total: Any, more: Any, is_half: bool) -> None:
    """Add number by number."""
    total += wide(more, is_half)


def adaptive_log_probs(
    x: Doubles, weight: Doubles, bias: Doubles, classes: tuple[Doubles, Doubles], borders: tuple[int, ...]
) -> list[list[float]]:
    """Logarithms of the words' probabilities at each place: of a class, and of a word within its class."""
    found = []
    for row in x:
        scores = [float(w @ row) + b for w, b in zip(weight, bias.tolist(), strict=True)]
        of_classes = [float(w @ row) + b for w, b in zip(classes[0], classes[1].tolist(), strict=True)]
        groups = [range(low, high) for low, high in zip(borders, (*borders[1:], len(scores)), strict=True)]
        first = _log_softmax([*scores[: borders[0]], *of_classes])
        probs = first[: borders[0]]
        for group, log_prob in zip(groups, first[borders[0] :], strict=True):
            probs += [log_prob + one for one in _log_softmax([scores[word] for word in group])]
        found.append(probs)
    return found


def _log_softmax(scores: list[float]) -> list[float]:
    total = math.log(sum(math.exp(score) for score in scores))
    return [score - total for score in scores]
