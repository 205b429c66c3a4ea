"""The share of Hangul, one character at a time, by the names of the characters."""

from __future__ import annotations

import unicodedata


def hangul_ratio(texts: list[str]) -> float:
    letters = [char for text in texts for char in text if char.isalpha()]
    hangul = [char for char in letters if unicodedata.name(char, "").startswith(("HANGUL", "HALFWIDTH HANGUL"))]
    return len(hangul) / len(letters) if letters else 0.0
