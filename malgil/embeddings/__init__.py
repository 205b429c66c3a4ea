"""Word vectors: trained, looked at, measured, read and written."""

from malgil.embeddings.documents import DocumentVectors
from malgil.embeddings.evaluation import Agreement, Answered, Pair, Section, evaluate_analogies, evaluate_similarity
from malgil.embeddings.fasttext import FastText
from malgil.embeddings.formats import FORMATS
from malgil.embeddings.glove import GloVe
from malgil.embeddings.methods import METHODS
from malgil.embeddings.phrases import Phrase, Phrases
from malgil.embeddings.ppmi import PPMI
from malgil.embeddings.predictive import MODELS
from malgil.embeddings.projection import PROJECTIONS, project
from malgil.embeddings.quantizing import Loss, measure_loss
from malgil.embeddings.question_sets import read_test_set
from malgil.embeddings.space import ANALOGIES
from malgil.embeddings.subwords import Subwords
from malgil.embeddings.vectors import Near, Vectors
from malgil.embeddings.word2vec import Word2Vec

__all__ = [
    "ANALOGIES",
    "FORMATS",
    "METHODS",
    "MODELS",
    "PPMI",
    "PROJECTIONS",
    "Agreement",
    "Answered",
    "DocumentVectors",
    "FastText",
    "GloVe",
    "Loss",
    "Near",
    "Pair",
    "Phrase",
    "Phrases",
    "Section",
    "Subwords",
    "Vectors",
    "Word2Vec",
    "evaluate_analogies",
    "evaluate_similarity",
    "measure_loss",
    "project",
    "read_test_set",
]
