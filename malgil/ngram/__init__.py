"""N-gram language models: count, smooth, score, predict, fill gaps, explain."""

from malgil.ngram.evidence import Concordance, Evidence, Passage
from malgil.ngram.gaps import Filling
from malgil.ngram.lm import NgramLM
from malgil.ngram.scoring import Perplexity, TokenScores
from malgil.ngram.smoothing import SMOOTHINGS, Smoothing
from malgil.ngram.surprise import Surprise, WordSurprise

__all__ = [
    "SMOOTHINGS",
    "Concordance",
    "Evidence",
    "Filling",
    "NgramLM",
    "Passage",
    "Perplexity",
    "Smoothing",
    "Surprise",
    "TokenScores",
    "WordSurprise",
]
