"""Training in plain Python: schedules step by step, non-monotonic triggers, averages, the gradient of a whole batch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def learning_rates(schedule: str, n_steps: int, warmup: float) -> list[float]:
    """Walk through a schedule, a step at a time, from the formulas of the papers."""
    rates = []
    for step in range(n_steps):
        time, rise = step + 0.5, warmup * n_steps  # steps have a middle
        if schedule == "warmup":  # Vaswani et al. 2017, equation 3, over its value at the peak
            rate = min(time**-0.5, time * rise**-1.5) / rise**-0.5
        elif schedule == "slanted":  # Howard & Ruder 2018, equation 3, with cut_frac = warmup and ratio = 32
            p = time / rise if time < rise else 1 - (time - rise) / (n_steps - rise)
            rate = (1 + p * (32 - 1)) / 32
        elif time < rise:
            low = 1 / 25 if schedule == "one_cycle" else 0.0
            share = time / rise
            is_bent = schedule == "one_cycle"
            rate = low + (1 - low) * ((1 - math.cos(math.pi * share)) / 2 if is_bent else share)
        elif schedule == "constant":
            rate = 1.0
        else:
            low = 1 / 250_000 if schedule == "one_cycle" else 0.0
            rate = low + (1 - low) * (1 + math.cos(math.pi * (time - rise) / (n_steps - rise))) / 2
        rates.append(rate)
    return rates


def trigger(losses: Sequence[float], n: int) -> int | None:
    """Merity et al. 2018, algorithm 1: after which loss averaging begins."""
    logs: list[float] = []
    for t, loss in enumerate(losses):
        if t > n and loss > min(logs[0 : t - n]):
            return t
        logs.append(loss)
    return None


def average(course: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Mean of the weights after each step."""
    return np.sum(course, axis=0) / len(course)


def descent(
    w: NDArray[np.float64],
    batches: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
    rate: float,
    clip: float | None,
) -> list[NDArray[np.float64]]:
    """Linear regression by gradient descent on the mean of squared errors: the weights after each step."""
    course = []
    for x, y in batches:
        gradient = sum((2 * (row @ w - target) * row for row, target in zip(x, y, strict=True)), np.zeros_like(w))
        gradient = gradient / len(y)
        norm = math.sqrt(sum(value**2 for value in gradient.tolist()))
        if clip is not None and norm > clip:
            gradient = gradient * (clip / norm)
        w = w - rate * gradient
        course.append(w)
    return course


def adamw(
    w: NDArray[np.float64], gradients: Sequence[NDArray[np.float64]], rates: Sequence[float], decay: float
) -> NDArray[np.float64]:
    """Loshchilov & Hutter 2019, algorithm 2, with the usual numbers."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t, (gradient, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        w = w - rate * (m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8) + decay * w)
    return w


def adamw_of_rows(
    w: NDArray[np.float64], gradients: Sequence[dict[int, NDArray[np.float64]]], rate: float, decay: float
) -> NDArray[np.float64]:
    """AdamW without first moment, a row at a time: means of squares decay in every step, weights when touched."""
    w, v, waited = w.copy(), np.zeros_like(w), np.zeros(len(w), int)
    for t, gradient in enumerate(gradients, start=1):
        v, waited = 0.999 * v, waited + 1
        for row, values in gradient.items():
            v[row] += 0.001 * values**2
            while waited[row]:
                w[row], waited[row] = w[row] - rate * decay * w[row], waited[row] - 1
            w[row] -= rate * values / (np.sqrt(v[row] / (1 - 0.999**t)) + 1e-8)
    return w


def parts(lengths: Sequence[int], most_rows: int | None, most_cells: int | None) -> list[list[int]]:
    """Cut rows greedily: a row joins the part before it where that stays within both limits."""
    found: list[list[int]] = []
    for at, _ in enumerate(lengths):
        longer = [*found[-1], at] if found else []
        cells = len(longer) * max((lengths[row] for row in longer), default=0)
        fits = longer and len(longer) <= (most_rows or len(lengths)) and (most_cells is None or cells <= most_cells)
        if fits:
            found[-1] = longer
        else:
            found.append([at])
    return found
