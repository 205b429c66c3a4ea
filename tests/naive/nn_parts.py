"""The parts around the cells, said slowly: plain loops over numbers, every path and every text tried out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = Sequence[bool]


def softmax(values: Sequence[float]) -> list[float]:
    """Shares that sum to 1."""
    powers = [math.exp(value - max(values)) for value in values]
    return [power / sum(powers) for power in powers]


def attend(score: Callable[[Floats], float], memory: Floats, keep: Mask) -> tuple[Floats, Floats]:
    """Context and weights of one query over one memory (N, D)."""
    real = [n for n in range(len(memory)) if keep[n]]
    weights = np.zeros(len(memory))
    if real:
        weights[real] = softmax([score(memory[n]) for n in real])
    return sum((weights[n] * memory[n] for n in real), np.zeros(memory.shape[1])), weights


def pool(form: str, y: Floats, keep: Mask, bidirectional: bool) -> Floats:
    """Pool one sequence (T, D) by last, mean or max."""
    real = [y[t] for t in range(len(y)) if keep[t]]
    if not real:
        return np.zeros(y.shape[1])
    if form == "mean":
        return sum(real) / len(real)
    if form == "max":
        return np.array([max(step[d] for step in real) for d in range(y.shape[1])])
    half = y.shape[1] // 2 if bidirectional else y.shape[1]
    return np.concatenate([real[-1][:half], real[0][half:]])


def convolve(x: Floats, weight: Floats, bias: Floats, offsets: Sequence[int]) -> Floats:
    """max(0, sum over the window of W_k x_{t + offset_k} + b) of one sequence (T, E); weight (D, E, width)."""
    y = np.zeros((len(x), len(bias)))
    for t in range(len(x)):
        total = bias.copy()
        for k, offset in enumerate(offsets):
            if 0 <= t + offset < len(x):
                total = total + weight[:, :, k] @ x[t + offset]
        y[t] = np.maximum(total, 0)
    return y


def path_score(emissions: Floats, path: Sequence[int], chain: tuple[Floats, Floats, Floats]) -> float:
    """Score of the labels of one sequence (T, K) under (transitions, start, end)."""
    transitions, start, end = chain
    total = start[path[0]] + end[path[-1]]
    total += sum(emissions[t, tag] for t, tag in enumerate(path))
    return float(total + sum(transitions[a, b] for a, b in itertools.pairwise(path)))


def path_probs(emissions: Floats, chain: tuple[Floats, Floats, Floats]) -> dict[tuple[int, ...], float]:
    """Probability of every path there is."""
    paths = list(itertools.product(range(emissions.shape[1]), repeat=len(emissions)))
    return dict(zip(paths, softmax([path_score(emissions, path, chain) for path in paths]), strict=True))


def tag_probs(emissions: Floats, chain: tuple[Floats, Floats, Floats]) -> Floats:
    """Probability of each label at each step, as the sum over the paths that go through it."""
    found = np.zeros(emissions.shape)
    for path, prob in path_probs(emissions, chain).items():
        for t, tag in enumerate(path):
            found[t, tag] += prob
    return found


def mix(probs: Sequence[float], written: float, weights: Sequence[float], source: Sequence[int], n: int) -> list[float]:
    """Write from the vocabulary with probability `written`, else copy the source word where attention points."""
    return [
        (written * probs[word] if word < len(probs) else 0.0)
        + (1 - written) * sum(weight for weight, number in zip(weights, source, strict=True) if number == word)
        for word in range(n)
    ]


def log_loss(log_probs: Sequence[float], target: int, smoothing: float) -> float:
    """Cross entropy against (1 - smoothing) of the right class and smoothing of all alike."""
    wanted = [smoothing / len(log_probs)] * len(log_probs)
    wanted[target] += 1 - smoothing
    return -sum(share * log_prob for share, log_prob in zip(wanted, log_probs, strict=True))


def every_text(words: Sequence[int], max_length: int) -> Iterator[tuple[int, ...]]:
    """Every text of at most ``max_length - 1`` words, the end mark being the last."""
    for n in range(max_length):
        yield from itertools.product(words, repeat=n)


def best_texts(
    log_prob: Callable[[tuple[int, ...]], float], words: Sequence[int], max_length: int, penalty: float
) -> list[tuple[float, tuple[int, ...]]]:
    """Every complete text with its score, best first."""
    scored = [(log_prob(text) / ((5 + len(text) + 1) / 6) ** penalty, text) for text in every_text(words, max_length)]
    return sorted(scored, key=lambda pair: -pair[0])


def drawn_shares(log_probs: Sequence[float], temperature: float, top_k: int | None, top_p: float) -> list[float]:
    """Probability with which each word is drawn."""
    shares = softmax([value / temperature for value in log_probs])
    order = sorted(range(len(shares)), key=lambda word: (-shares[word], word))
    allowed: list[int] = []
    for word in order[:top_k]:
        if sum(shares[other] for other in allowed) < top_p:
            allowed.append(word)
    total = sum(shares[word] for word in allowed)
    return [shares[word] / total if word in allowed else 0.0 for word in range(len(shares))]
