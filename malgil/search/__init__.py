"""Ranked search: which documents answer a query best, and why."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from malgil.search.bm25 import BM25, Variant
    from malgil.search.fields import Field
    from malgil.search.hit import Hit, Hits
    from malgil.search.idf import idf_lucene
    from malgil.search.impact import impact_lucene
    from malgil.search.ranking import best
    from malgil.search.search_index import SearchIndex

# A search in a fresh process must not pay for what building needs.
_HOME = {
    "BM25": "bm25",
    "Field": "fields",
    "Hit": "hit",
    "Hits": "hit",
    "SearchIndex": "search_index",
    "Variant": "bm25",
    "best": "ranking",
    "idf_lucene": "idf",
    "impact_lucene": "impact",
}

__all__ = [
    "BM25",
    "Field",
    "Hit",
    "Hits",
    "SearchIndex",
    "Variant",
    "best",
    "idf_lucene",
    "impact_lucene",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
