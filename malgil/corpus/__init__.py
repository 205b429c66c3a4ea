"""Corpora: reading them from anywhere, in blocks of a fixed size, and writing them."""

from __future__ import annotations

from malgil.corpus.blocks import BLOCK_BYTES, BLOCK_ROWS
from malgil.corpus.corpus import Corpus
from malgil.corpus.reading import read
from malgil.corpus.texts import as_texts, text_blocks
from malgil.corpus.writers import write

__all__ = ["BLOCK_BYTES", "BLOCK_ROWS", "Corpus", "as_texts", "read", "text_blocks", "write"]
