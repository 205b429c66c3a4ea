"""Ranked search: which documents answer a query best, and why."""

from malgil.search.bm25 import BM25, Variant, idf_lucene, impact_lucene
from malgil.search.index import Index
from malgil.search.postings import Pairs, Postings
from malgil.search.ranking import best

__all__ = ["BM25", "Index", "Pairs", "Postings", "Variant", "best", "idf_lucene", "impact_lucene"]
