"""From token ids to vectors of counts and weights, one column a term."""

from malgil.vectorize.count_vectorizer import CountVectorizer
from malgil.vectorize.counts import Columns, Counts, dtm, transpose
from malgil.vectorize.hashing_vectorizer import HashingVectorizer
from malgil.vectorize.limits import dense_bytes, density, sparse_bytes
from malgil.vectorize.streaming import open_matrix, transform_pieces, transform_to
from malgil.vectorize.tfidf import idf, weigh
from malgil.vectorize.tfidf_transformer import TfidfTransformer
from malgil.vectorize.tfidf_vectorizer import TfidfVectorizer
from malgil.vectorize.views import bag_of_words, one_hot, to_dense, to_frame
from malgil.vectorize.weighting import TFIDF, Weighting
from malgil.vectorize.weights import Weights, tfidf

__all__ = [
    "TFIDF",
    "Columns",
    "CountVectorizer",
    "Counts",
    "HashingVectorizer",
    "TfidfTransformer",
    "TfidfVectorizer",
    "Weighting",
    "Weights",
    "bag_of_words",
    "dense_bytes",
    "density",
    "dtm",
    "idf",
    "one_hot",
    "open_matrix",
    "sparse_bytes",
    "tfidf",
    "to_dense",
    "to_frame",
    "transform_pieces",
    "transform_to",
    "transpose",
    "weigh",
]
