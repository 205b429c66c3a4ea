"""Which tokeniser suits a corpus, from the scripts that it is written in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pyarrow as pa

from malgil.codepoints import Traits, decode

KIWI_FROM = 0.3
"""Share of Hangul among the letters above which `choose_tokenizer` says Kiwi."""

LETTER, HANGUL = 1, 2
_HANGUL_RANGES = (
    *((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97C), (0xAC00, 0xD7A3)),
    *((0xD7B0, 0xD7FB), (0xFFA0, 0xFFDC)),
)


def _classify(char: str) -> int:
    if not char.isalpha():
        return 0
    is_hangul = any(low <= ord(char) <= high for low, high in _HANGUL_RANGES)
    return LETTER | HANGUL * is_hangul


_TRAITS = Traits(_classify)


def count_letters(texts: pa.LargeStringArray) -> tuple[int, int]:
    """Count letters and Hangul letters of a block.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    n_letters, n_hangul : int
        Code points that are letters as ``str.isalpha`` has it, and those of them that are syllables or jamo.
    """
    facts = _TRAITS(decode(texts).points)
    return int(np.count_nonzero(facts)), int(np.count_nonzero(facts & HANGUL))


def hangul_ratio(blocks: Iterable[pa.LargeStringArray]) -> float:
    """Share of Hangul among the letters of a corpus.

    Parameters
    ----------
    blocks : iterable of pa.LargeStringArray
        The texts, no nulls.

    Returns
    -------
    float
        In [0, 1]; 0 where there are no letters. A syllable counts as one letter, written in jamo as two or three.
    """
    n_letters = n_hangul = 0
    for texts in blocks:
        letters, hangul = count_letters(texts)
        n_letters, n_hangul = n_letters + letters, n_hangul + hangul
    return n_hangul / n_letters if n_letters else 0.0


def choose_tokenizer(blocks: Iterable[pa.LargeStringArray]) -> Literal["kiwi", "word"]:
    """Choose the tokeniser of a build.

    Parameters
    ----------
    blocks : iterable of pa.LargeStringArray
        The texts, no nulls.

    Returns
    -------
    {"kiwi", "word"}
        ``"kiwi"`` where more than `KIWI_FROM` of the letters are Hangul.
    """
    return "kiwi" if hangul_ratio(blocks) > KIWI_FROM else "word"
