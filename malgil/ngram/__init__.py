"""N-gram language models: count, smooth, score, predict, fill gaps, explain."""

from malgil.ngram.lm import NgramLM
from malgil.ngram.scoring import Perplexity, TokenScores
from malgil.ngram.smoothing import SMOOTHINGS, Smoothing

__all__ = ["SMOOTHINGS", "NgramLM", "Perplexity", "Smoothing", "TokenScores"]
