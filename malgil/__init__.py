"""malgil: from a raw file of Korean or English text to search, labels, models and forecasts.

The names below load what they need when they are first used: importing malgil itself loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from malgil import hangul as hangul
    from malgil import nn as nn
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
    from malgil.tasks.captioner import Captioner
    from malgil.tasks.classifier import SequenceClassifier
    from malgil.tasks.generator import Generator
    from malgil.tasks.language_model import RecurrentLM
    from malgil.tasks.mixture import MixtureLM, mix
    from malgil.tasks.neural_cache import CachedLM
    from malgil.tasks.regressor import SequenceRegressor
    from malgil.tasks.tagger import SequenceTagger
    from malgil.tasks.transducer import SequenceTransducer
    from malgil.tasks.translator import Translator
    from malgil.tasks.vector_classifier import VectorClassifier
    from malgil.tasks.vector_regressor import VectorRegressor
    from malgil.tokenizers import sentences, tokenizer
    from malgil.tokens import Tokens
    from malgil.vectorize import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
    from malgil.vocab import Vocabulary
    from malgil.workspace import Recipe, Workspace, build

_HOME = {
    "CachedLM": "tasks.neural_cache",
    "Captioner": "tasks.captioner",
    "Cleaner": "clean",
    "Corpus": "corpus",
    "CountVectorizer": "vectorize",
    "DocumentVectors": "embeddings",
    "FastText": "embeddings",
    "Generator": "tasks.generator",
    "GloVe": "embeddings",
    "HashingVectorizer": "vectorize",
    "MixtureLM": "tasks.mixture",
    "NgramLM": "ngram",
    "Phrases": "embeddings",
    "Ragged": "ragged",
    "Recipe": "workspace",
    "RecurrentLM": "tasks.language_model",
    "SearchIndex": "search",
    "SequenceClassifier": "tasks.classifier",
    "SequenceRegressor": "tasks.regressor",
    "SequenceTagger": "tasks.tagger",
    "SequenceTransducer": "tasks.transducer",
    "Spacer": "clean.spacing",
    "Speller": "clean.spelling",
    "TfidfTransformer": "vectorize",
    "TfidfVectorizer": "vectorize",
    "Tokens": "tokens",
    "Translator": "tasks.translator",
    "VectorClassifier": "tasks.vector_classifier",
    "VectorRegressor": "tasks.vector_regressor",
    "Vectors": "embeddings",
    "Vocabulary": "vocab",
    "Word2Vec": "embeddings",
    "Workspace": "workspace",
    "build": "workspace",
    "mix": "tasks.mixture",
    "read": "corpus",
    "sentences": "tokenizers",
    "tokenizer": "tokenizers",
}

__all__ = [
    "CachedLM",
    "Captioner",
    "Cleaner",
    "Corpus",
    "CountVectorizer",
    "DocumentVectors",
    "FastText",
    "Generator",
    "GloVe",
    "HashingVectorizer",
    "MixtureLM",
    "NgramLM",
    "Phrases",
    "Ragged",
    "Recipe",
    "RecurrentLM",
    "SearchIndex",
    "SequenceClassifier",
    "SequenceRegressor",
    "SequenceTagger",
    "SequenceTransducer",
    "Spacer",
    "Speller",
    "TfidfTransformer",
    "TfidfVectorizer",
    "Tokens",
    "Translator",
    "VectorClassifier",
    "VectorRegressor",
    "Vectors",
    "Vocabulary",
    "Word2Vec",
    "Workspace",
    "__version__",
    "build",
    "mix",
    "read",
    "sentences",
    "tokenizer",
]


_FOLDERS = ("hangul", "nn", "sequences", "similarity")  # stages whose functions are called with their name before them


def __getattr__(name: str) -> object:
    if name in _FOLDERS:
        return importlib.import_module(f"malgil.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'malgil' has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"malgil.{_HOME[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        from malgil.errors import MissingError

        raise MissingError("tasks.no_torch", name=name) from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_FOLDERS])
