"""A sample corpus: reviews by a grammar, with noise as people make it and facts planted to be found."""

from malgil.sample.generating import Sample, TextLang, generate, write_sample

__all__ = ["Sample", "TextLang", "generate", "write_sample"]
