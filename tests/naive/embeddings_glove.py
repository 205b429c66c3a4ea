"""Neighbours, GloVe, mutual information, phrases and document vectors, step by step in float64."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def cooccurrences(docs: list[list[int]], window: int, symmetric: bool) -> dict[tuple[int, int], Fraction]:
    """Count 1/d for every word at distance d, to the left and, if symmetric, to the right."""
    counts: dict[tuple[int, int], Fraction] = {}
    for doc in docs:
        for i, word in enumerate(doc):
            for j, other in enumerate(doc):
                if (0 < i - j <= window) or (symmetric and 0 < j - i <= window):
                    counts[word, other] = counts.get((word, other), Fraction(0)) + Fraction(1, abs(i - j))
    return counts


def sort_places(ids: list[int], n_words: int) -> list[list[int]]:
    """Positions of each word."""
    return [[i for i, word in enumerate(ids) if word == wanted] for wanted in range(n_words)]


def count_rows(ids: list[int], word: int, shares: list[int], is_symmetric: bool) -> dict[int, int]:
    """Units of each neighbour of one word; a negative number is a border."""
    row: dict[int, int] = {}
    for place, found in enumerate(ids):
        if found != word:
            continue
        for step in (-1, 1) if is_symmetric else (-1,):
            for d, share in enumerate(shares, start=1):
                other = ids[place + step * d]
                if other < 0:
                    break
                row[other] = row.get(other, 0) + share
    return dict(sorted(row.items()))


def add_rows(parts: list[list[dict[int, int]]]) -> list[dict[int, int]]:
    """Add the same rows of several matrices."""
    rows = []
    for same in zip(*parts, strict=True):
        row: dict[int, int] = {}
        for part in same:
            for col, units in part.items():
                row[col] = row.get(col, 0) + units
        rows.append(dict(sorted(row.items())))
    return rows


def count_runs(rows: list[list[int]], strips: list[int], most: int, n_strips: int) -> list[int]:
    """Count the runs of each block: the columns of a row that lie in its strip, `most` at a time."""
    return [sum(math.ceil(sum(strips[c] == j for c in row) / most) for row in rows) for j in range(n_strips)]


def cut_runs(rows: dict[int, list[int]], strips: list[int], most: int, n_strips: int) -> list[tuple[int, list[int]]]:
    """Cut the runs themselves: the row and its columns, block after block."""
    runs = []
    for j in range(n_strips):
        for number, row in rows.items():
            cols = [c for c in row if strips[c] == j]
            runs += [(number, cols[i : i + most]) for i in range(0, len(cols), most)]
    return runs


def place_pairs(runs: list[tuple[int, list[int]]], homes: list[int]) -> list[int]:
    """Columns of all runs, each run where it has its home."""
    placed = [0] * sum(len(cols) for _, cols in runs)
    for (_, cols), home in zip(runs, homes, strict=True):
        placed[home : home + len(cols)] = cols
    return placed


def glove_loss(w: Array, c: Array, b: float, d: float, x: float, x_max: float, alpha: float) -> float:
    """Half the weighted squared error of one pair, as in equation 8 of the paper."""
    weight = min(1.0, (x / x_max) ** alpha)
    return 0.5 * weight * (sum(p * q for p, q in zip(w, c, strict=True)) + b + d - math.log(x)) ** 2


def train_block(
    pairs: list[tuple[int, int, float]],
    words: Array,
    contexts: Array,
    biases: Array,
    context_biases: Array,
    squares: dict[str, Array],
    eta: float,
    x_max: float,
    alpha: float,
) -> float:
    """Take steps of AdaGrad over pairs (i, j, x), as the authors' program does; changes its arguments."""
    loss = 0.0
    for i, j, x in pairs:
        error = float(words[i] @ contexts[j]) + biases[i] + context_biases[j] - math.log(x)
        slope = min(1.0, (x / x_max) ** alpha) * error
        loss += 0.5 * slope * error
        slope *= eta
        steps = slope * contexts[j].copy(), slope * words[i].copy()
        for table, row, step, name in ((words, i, steps[0], "w"), (contexts, j, steps[1], "c")):
            table[row] -= step / np.sqrt(squares[name][row])
            squares[name][row] += step**2
        for table, row, name in ((biases, i, "b"), (context_biases, j, "d")):
            table[row] -= slope / math.sqrt(squares[name][row])
            squares[name][row] += slope**2
    return loss


def pmi(counts: dict[tuple[int, int], float], w: int, c: int, smoothing: float) -> float:
    """Mutual information of one pair, the shares of the neighbours smoothed."""
    of_word = sum(n for (a, _), n in counts.items() if a == w)
    columns: dict[int, float] = {}
    for (_, b), n in counts.items():
        columns[b] = columns.get(b, 0) + n
    share = columns[c] ** smoothing / sum(n**smoothing for n in columns.values())
    return math.log(counts[w, c] / of_word / share)


def join_pairs(doc: list[str], phrases: set[tuple[str, str]]) -> list[str]:
    """Join phrases from left to right."""
    joined = []
    while doc:
        if len(doc) > 1 and (doc[0], doc[1]) in phrases:
            joined.append(f"{doc[0]}_{doc[1]}")
            doc = doc[2:]
        else:
            joined.append(doc[0])
            doc = doc[1:]
    return joined


def phrase_score(docs: list[list[str]], a: str, b: str, scoring: str, min_count: int) -> float:
    """Score of two words, from the texts."""
    words = [word for doc in docs for word in doc]
    n, n_a, n_b = len(words), words.count(a), words.count(b)
    n_ab = sum(pair == (a, b) for doc in docs for pair in pairwise(doc))
    if scoring == "word2phrase":
        return (n_ab - min_count) / n_a / n_b * n
    if n_ab == n:
        return 1.0
    return math.log((n_ab / n) / (n_a / n * n_b / n)) / -math.log(n_ab / n)


def mean_rows(doc: list[int], weights: list[float], shares: list[float], matrix: list[list[float]]) -> list[float]:
    """Weighted sum of the vectors of the known words, divided by their shares."""
    known = [word for word in doc if word >= 0]
    total = sum(shares[word] for word in known)
    dim = len(matrix[0])
    if not total > 0:
        return [0.0] * dim
    return [sum(weights[word] * matrix[word][k] for word in known) / total for k in range(dim)]


def document_vectors(docs: list[list[str]], vectors: dict[str, list[float]], method: str, a: float) -> np.ndarray:
    """Vectors of documents, fitted on these themselves."""
    known = [[word for word in doc if word in vectors] for doc in docs]
    everything = [word for doc in known for word in doc]
    dim = len(next(iter(vectors.values())))
    rows = np.zeros((len(docs), dim))
    for number, doc in enumerate(known):
        total = 0.0
        for word in doc:
            df = sum(word in other for other in known)
            idf = math.log((1 + len(docs)) / (1 + df)) + 1
            weight = {"mean": 1.0, "tfidf": idf, "sif": a / (a + everything.count(word) / len(everything))}[method]
            rows[number] += weight * np.array(vectors[word])
            total += weight if method == "tfidf" else 1.0
        if total:
            rows[number] /= total
    if method == "sif" and rows.any():
        u = np.linalg.svd(rows)[2][0]
        rows -= np.outer(rows @ u, u)
    return rows
