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


def count_words(docs: Sequence[Sequence[int]], n_terms: int) -> tuple[list[int], list[int], dict[int, int]]:
    """Documents and occurrences of each term; most occurrences of a term in a document of each length."""
    df = [sum(term in doc for doc in docs) for term in range(n_terms)]
    counts = [sum(list(doc).count(term) for doc in docs) for term in range(n_terms)]
    most: dict[int, int] = {}
    for doc in docs:
        for term in doc:
            most[len(doc)] = max(most.get(len(doc), 0), list(doc).count(term))
    return df, counts, most


def place_words(docs: Sequence[Sequence[int]], n_terms: int) -> list[list[tuple[int, int, list[int]]]]:
    """For each term its documents, with the occurrences and where they stand."""
    return [
        [
            (d, list(doc).count(term), [i for i, other in enumerate(doc) if other == term])
            for d, doc in enumerate(docs)
            if term in doc
        ]
        for term in range(n_terms)
    ]


def mark_codes(codes: Sequence[int], n_codes: int) -> list[bool]:
    """Which codes occur."""
    return [code in codes for code in range(n_codes)]


def recode(postings: Sequence[tuple[int, int]], codes: Sequence[int]) -> list[tuple[int, int]]:
    """Documents with other codes."""
    return [(doc, codes[code]) for doc, code in postings]


def count_kept(
    lists: Sequence[Sequence[tuple[int, int]]], tf: Sequence[int], keep: Sequence[bool]
) -> list[tuple[int, int]]:
    """Documents and occurrences of each term that stay."""
    return [(sum(keep[d] for d, _ in row), sum(tf[code] for d, code in row if keep[d])) for row in lists]


def move_postings(
    lists: Sequence[Sequence[tuple[int, int, list[int]]]], new_docs: Sequence[int], new_codes: Sequence[int]
) -> list[list[tuple[int, int, list[int]]]]:
    """Keep what stays of each list, under new numbers; a posting is a document, a code and positions."""
    return [[(new_docs[d], new_codes[code], at) for d, code, at in row if new_docs[d] >= 0] for row in lists]


def sample_terms(terms: Sequence[bytes], every: int) -> list[int]:
    """First eight bytes of some terms as numbers."""
    return [int.from_bytes(term[:8].ljust(8, b"\0"), "big") for term in terms[::every]]


def find_terms(terms: Sequence[bytes], keys: Sequence[bytes]) -> list[int]:
    """Place of each key among the terms."""
    return [list(terms).index(key) if key in terms else -1 for key in keys]


def plan_words(
    queries: Sequence[Sequence[int]], df: Sequence[int], ranks: Sequence[int]
) -> list[list[tuple[int, float]]]:
    """Different words of each query in the order of the sums, with how often it has them."""
    return [
        [
            (word, float(list(query).count(word)))
            for word in sorted({w for w in query if df[w]}, key=lambda w: (df[w], ranks[w]))
        ]
        for query in queries
    ]


def count_codes(codes: Sequence[int], n_codes: int) -> list[int]:
    """How often each code occurs."""
    return [list(codes).count(code) for code in range(n_codes)]


def bound_blocks(codes: Sequence[int], tf: Sequence[int], cap: int, size: int) -> tuple[list[int], list[int]]:
    """Smallest code of each block, and the places of codes of many occurrences."""
    blocks = [min(codes[begin : begin + size]) for begin in range(0, len(codes), size)]
    return blocks, [i for i, code in enumerate(codes) if tf[code] > cap]


def fill_buckets(docs: Sequence[int], scale: int, n_parts: int) -> dict[int, tuple[int, set[int]]]:
    """For each bucket of one list that has any, the place of its first document, and its parts that have one."""
    buckets: dict[int, tuple[int, set[int]]] = {}
    for place, doc in enumerate(docs):
        _, parts = buckets.setdefault(doc * scale >> 32, (place, set()))
        parts.add((doc * scale % 2**32) * n_parts >> 32)
    return buckets


def answer(
    lists: Sequence[dict[int, float]], absent: Sequence[float], numbers: Sequence[int], k: int
) -> list[tuple[float, int]]:
    """Best scores with numbers of documents; each word has what it counts in its documents, and elsewhere."""
    found = []
    for doc, number in enumerate(numbers):
        if number >= 0 and any(doc in values for values in lists):
            score = 0.0
            for values, otherwise in zip(lists, absent, strict=True):
                score += values.get(doc, otherwise)
            found.append((score, number))
    return sorted(found, key=lambda row: (-row[0], row[1]))[:k]
