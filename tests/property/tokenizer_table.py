"""Every tokeniser of the table, ready to cut; one that learns has learned a few words."""

from __future__ import annotations

from functools import cache
from typing import Any

from malgil.tokenizers import Tokenizer, tokenizer
from malgil.tokenizers.factory import SUBWORDS

CORPUS = [
    "영화가 참 재미있다 영화를 봤다",
    "이 영화 참 재미없다 ㅋㅋㅋ",
    "the movie was good, really good 😀",
    "배우가 좋다",
] * 2


@cache
def made(name: str, **options: Any) -> Tokenizer:
    """Make a tokeniser, once a session."""
    cut: Any = tokenizer(name, **options)
    return cut.fit(CORPUS) if name in SUBWORDS else cut
