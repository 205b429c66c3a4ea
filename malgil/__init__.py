"""malgil: from a raw file of Korean or English text to search, labels, models and forecasts.

The names below load what they need when they are first used: importing malgil itself loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from malgil import hangul as hangul
    from malgil import sequences as sequences
    from malgil import similarity as similarity
    from malgil.clean import Cleaner
    from malgil.clean.spacing import Spacer
    from malgil.clean.spelling import Speller
    from malgil.corpus import Corpus, read
    from malgil.embeddings import DocumentVectors, FastText, GloVe, Phrases, Vectors, Word2Vec
    from malgil.ngram import NgramLM
    from malgil.ragged import Ragged
    from malgil.search import SearchIndex
    from malgil.tokenizers import sentences, tokenizer
    from malgil.tokens import Tokens
    from malgil.vectorize import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
    from malgil.vocab import Vocabulary
    from malgil.workspace import Recipe, Workspace, build

_HOME = {
    "Cleaner": "clean",
    "Corpus": "corpus",
    "CountVectorizer": "vectorize",
    "DocumentVectors": "embeddings",
    "FastText": "embeddings",
    "GloVe": "embeddings",
    "HashingVectorizer": "vectorize",
    "NgramLM": "ngram",
    "Phrases": "embeddings",
    "Ragged": "ragged",
    "Recipe": "workspace",
    "SearchIndex": "search",
    "Spacer": "clean.spacing",
    "Speller": "clean.spelling",
    "TfidfTransformer": "vectorize",
    "TfidfVectorizer": "vectorize",
    "Tokens": "tokens",
    "Vectors": "embeddings",
    "Vocabulary": "vocab",
    "Word2Vec": "embeddings",
    "Workspace": "workspace",
    "build": "workspace",
    "read": "corpus",
    "sentences": "tokenizers",
    "tokenizer": "tokenizers",
}

__all__ = [
    "Cleaner",
    "Corpus",
    "CountVectorizer",
    "DocumentVectors",
    "FastText",
    "GloVe",
    "HashingVectorizer",
    "NgramLM",
    "Phrases",
    "Ragged",
    "Recipe",
    "SearchIndex",
    "Spacer",
    "Speller",
    "TfidfTransformer",
    "TfidfVectorizer",
    "Tokens",
    "Vectors",
    "Vocabulary",
    "Word2Vec",
    "Workspace",
    "__version__",
    "build",
    "read",
    "sentences",
    "tokenizer",
]


_FOLDERS = ("hangul", "sequences", "similarity")  # stages whose functions are called with their name before them


def __getattr__(name: str) -> object:
    if name in _FOLDERS:
        return importlib.import_module(f"malgil.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'malgil' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"malgil.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_FOLDERS])
