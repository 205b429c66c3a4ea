"""The search engine, one document, one word and one occurrence at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Doc = Mapping[str, Sequence[str]]  # field -> tokens


def idf(variant: str, df: int, n: int) -> float:
    """Weigh a word."""
    if variant == "lucene":
        return math.log(1 + (n - df + 0.5) / (df + 0.5))
    if variant == "robertson":
        return max(0.0, math.log((n - df + 0.5) / (df + 0.5)))
    if variant == "bm25l":
        return math.log((n + 1) / (df + 0.5))
    if variant == "bm25plus":
        return math.log((n + 1) / df)
    return math.log(n / df)  # atire, tfidf


def impact(variant: str, tf: int, norm: float, k1: float, delta: float) -> float:
    """Weigh the occurrences of a word, also none."""
    if variant == "bm25l":
        shifted = tf / norm + delta if tf else delta
        return (k1 + 1) * shifted / (k1 + shifted) if shifted else 0.0
    plain = tf / (tf + k1 * norm) if tf else 0.0
    return {"bm25plus": (k1 + 1) * plain + delta, "atire": (k1 + 1) * plain}.get(variant, plain)


def scores(
    docs: Sequence[Doc], query: Sequence[tuple[str, str, float]], variant: str, k1: float, b: float, delta: float
) -> dict[int, float]:
    """Score every document that holds a word; `query` has fields, terms and weights."""
    if variant == "tfidf":
        return _cosines(docs, query)
    times: dict[tuple[str, str], float] = {}
    for field, term, weight in query:
        times[field, term] = times.get((field, term), 0.0) + weight
    found = {}
    for number, doc in enumerate(docs):
        score, is_found = 0.0, False
        for (field, term), weight in times.items():
            df = sum(term in other[field] for other in docs)
            if not df:
                continue
            n_tokens = sum(len(other[field]) for other in docs)
            tf = list(doc[field]).count(term)
            norm = 1 - b + b * len(doc[field]) / (n_tokens / len(docs))
            score += weight * idf(variant, df, len(docs)) * impact(variant, tf, norm, k1, delta)
            is_found |= tf > 0
        if is_found:
            found[number] = score
    return found


def _cosines(docs: Sequence[Doc], query: Sequence[tuple[str, str, float]]) -> dict[int, float]:
    def df(field: str, term: str) -> int:
        return sum(term in doc[field] for doc in docs)

    wanted: dict[tuple[str, str], float] = {}
    for field, term, weight in query:
        if df(field, term):
            wanted[field, term] = wanted.get((field, term), 0.0) + weight * math.log(len(docs) / df(field, term))
    length = math.sqrt(sum(value * value for value in wanted.values())) or 1.0
    found = {}
    for number, doc in enumerate(docs):
        score = 0.0
        for field in doc:
            own = {t: list(doc[field]).count(t) * math.log(len(docs) / df(field, t)) for t in set(doc[field])}
            norm = math.sqrt(sum(value * value for value in own.values())) or 1.0
            score += sum(value * own[t] for (f, t), value in wanted.items() if f == field and t in own) / norm / length
        if any(term in doc[field] for field, term in wanted):
            found[number] = score
    return found


def phrase(docs: Sequence[Sequence[str]], words: Sequence[str]) -> list[int]:
    """Documents that hold words one after another."""
    n = len(words)
    return [d for d, doc in enumerate(docs) if n and any(list(doc[i : i + n]) == list(words) for i in range(len(doc)))]
