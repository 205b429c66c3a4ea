"""BM25, one document and one word at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence


def idf_lucene(df: int, n_docs: int) -> float:
    """Weigh a word."""
    return math.log(1 + (n_docs - df + 0.5) / (df + 0.5))


def impact_lucene(tf: int, dl: int, avgdl: float, k1: float, b: float) -> float:
    """Weigh the occurrences of a word in a document."""
    return tf / (tf + k1 * (1 - b + b * dl / avgdl))


def scores(docs: Sequence[Sequence[int]], query: Sequence[int | None], k1: float = 1.5, b: float = 0.75) -> list[float]:
    """Score every document; `query` may repeat words and hold words that no document has."""
    avgdl = sum(map(len, docs)) / len(docs) if docs else 1.0
    found = []
    for doc in docs:
        score = 0.0
        for word in query:
            tf = list(doc).count(word)
            df = sum(word in other for other in docs)
            if tf:
                score += idf_lucene(df, len(docs)) * impact_lucene(tf, len(doc), avgdl, k1, b)
        found.append(score)
    return found
