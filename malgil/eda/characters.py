"""What kind of character each code point is: the one table behind scripts, languages, emoji and quality checks."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

CLASSES = (
    "other",
    "hangul",
    "jamo",
    "latin",
    "han",
    "kana",
    "letter",
    "digit",
    "space",
    "emoji",
    "replacement",
    "invisible",
)
"""Names of the classes; a class number is a position here."""

MAY_CHANGE = 0x80
"""Flag on a class number: the character can differ from its NFC form, alone or after another one."""

_N_CODE_POINTS = 0x110000
_PATTERNS = (  # later rows win
    ("letter", r"\p{L}"),
    ("latin", r"[\p{L}&&\p{Script=Latin}]"),
    ("han", r"[\p{L}&&\p{Script=Han}]"),
    ("kana", r"[\p{L}&&[\p{Script=Hiragana}\p{Script=Katakana}]]"),
    ("hangul", r"[\p{L}&&\p{Script=Hangul}]"),
    ("jamo", r"[\p{L}&&[\u3131-\u318e\uffa1-\uffdc]]"),
    ("digit", r"\p{Nd}"),
    ("invisible", r"[[\p{Cc}\p{Cf}]--\u200d]"),  # the zero-width joiner is part of emoji
    ("space", r"\s"),
    ("emoji", r"[\p{Emoji}--\p{Emoji_Modifier}--[\x00-\xff]]"),
    ("replacement", r"\ufffd"),
)


def class_number(name: str) -> int:
    """Position of a class in `CLASSES`.

    Parameters
    ----------
    name : str
        One of `CLASSES`.

    Returns
    -------
    int
        The class number used in `class_table`.
    """
    return CLASSES.index(name)


@cache
def class_table() -> NDArray[np.uint8]:
    """Class of every code point.

    Returns
    -------
    ndarray of uint8, shape (0x110000,)
        Class number in the low bits, with the flag `MAY_CHANGE` where NFC normalisation may touch the character.
        ``hangul`` holds syllables and conjoining jamo (NFD), ``jamo`` the lone compatibility jamo such as ㅋ,
        ``letter`` the letters of all other scripts; only letters count for a script, so marks and punctuation are
        ``other``.

    References
    ----------
    .. [1] Unicode Standard Annex 24 (Script), 44 (General_Category), 15 (NFC_Quick_Check); Technical Standard 51
       (Emoji).
    """
    import regex

    table = np.zeros(_N_CODE_POINTS, np.uint8)
    codes = np.delete(np.arange(_N_CODE_POINTS, dtype=np.uint32), np.s_[0xD800:0xE000])
    every = codes.tobytes().decode("utf-32-le")
    for name, pattern in _PATTERNS:
        for match in regex.finditer(f"(?V1){pattern}+", every):
            table[codes[slice(*match.span())]] = class_number(name)
    for match in regex.finditer(r"(?V1)[\p{NFC_QC=No}\p{NFC_QC=Maybe}]+", every):
        table[codes[slice(*match.span())]] |= MAY_CHANGE
    table.flags.writeable = False
    return table
