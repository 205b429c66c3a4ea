"""Text -> tokens -> ids and the vocabulary.

>>> tokens, vocabulary = encode_blocks(tokenizer("word"), [pa.array(["말이 말을 낳다"], pa.large_string())])
"""

from __future__ import annotations

from malgil.tokenizers.by_characters import CharacterTokenizer, WhitespaceTokenizer, WordTokenizer
from malgil.tokenizers.encoding import encode, encode_blocks, merge_forms
from malgil.tokenizers.factory import TOKENIZERS, tokenizer
from malgil.tokenizers.protocol import BlockTokenizer, Tokenizer
from malgil.tokenizers.saving import open
from malgil.tokenizers.sentences import Sentence, sentences

__all__ = [
    "TOKENIZERS",
    "BlockTokenizer",
    "CharacterTokenizer",
    "Sentence",
    "Tokenizer",
    "WhitespaceTokenizer",
    "WordTokenizer",
    "encode",
    "encode_blocks",
    "merge_forms",
    "open",
    "sentences",
    "tokenizer",
]
