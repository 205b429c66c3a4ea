"""How alike two vectors are, which are the closest, and why."""

from malgil.similarity.common_words import AlikePair, alike_by_common_words
from malgil.similarity.explaining import explain_similarity
from malgil.similarity.measures import MEASURES, Measure, cosine, euclidean, jaccard, similarity
from malgil.similarity.neighbours import top_k
from malgil.similarity.rows import Rows, Vector, as_rows

__all__ = [
    "MEASURES",
    "AlikePair",
    "Measure",
    "Rows",
    "Vector",
    "alike_by_common_words",
    "as_rows",
    "cosine",
    "euclidean",
    "explain_similarity",
    "jaccard",
    "similarity",
    "top_k",
]
