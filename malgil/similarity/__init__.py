"""How alike two vectors, strings or texts are, which are the closest, and why."""

from malgil.similarity.all_pairs import Block, pairwise, pairwise_blocks
from malgil.similarity.approximate import ApproximateIndex
from malgil.similarity.common_words import AlikePair, alike_by_common_words
from malgil.similarity.explaining import explain_similarity
from malgil.similarity.measures import MEASURES, Measure, cosine, euclidean, jaccard, similarity
from malgil.similarity.minhash import NearDuplicates, near_duplicates
from malgil.similarity.neighbours import top_k
from malgil.similarity.rows import Rows, Vector, as_rows
from malgil.similarity.shingles import shingles
from malgil.similarity.string_measures import STRING_MEASURES, StringMeasure

__all__ = [
    "MEASURES",
    "STRING_MEASURES",
    "AlikePair",
    "ApproximateIndex",
    "Block",
    "Measure",
    "NearDuplicates",
    "Rows",
    "StringMeasure",
    "Vector",
    "alike_by_common_words",
    "as_rows",
    "cosine",
    "euclidean",
    "explain_similarity",
    "jaccard",
    "near_duplicates",
    "pairwise",
    "pairwise_blocks",
    "shingles",
    "similarity",
    "top_k",
]
