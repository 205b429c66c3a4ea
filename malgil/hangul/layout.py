"""Words typed in the wrong state of the keyboard, found by their letters.

Every text is a row of keys, whatever they gave. Two tables tell how likely each key is behind the two before it, one
for Korean and one for English; a word that is far likelier in the other language was meant in that.
"""

from __future__ import annotations

import re
import zipfile
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from malgil.errors import ArtefactError
from malgil.hangul.keyboard import from_keys, to_keys
from malgil.hangul.syllables import join_conjoining

TABLES = Path(__file__).parent / "data" / "layout.npz"
KEYS = "\0abcdefghijklmnopqrstuvwxyzQWERTOP"
"""Keys by their numbers in the tables; 0 is the border of a word."""
COSTS_A_NAT = 16
LEAST_GAIN = 12.0
"""Nats by which the other language must be likelier."""
MOST_A_KEY = 3.8
"""Nats that a key of a word may cost in the language it was meant in: laughter and names are words of neither."""
LEAST_KEYS = 4
_LATIN = r"(?<![\w@./:&=#%+-])[A-Za-z]{3,}(?![\w@/:&=#%+-]|\.\w)"
_HANGUL = (
    r"(?<![\w@./:&=#%+-])(?=[가-힣]*[ㄱ-ㅣ])(?![가-힣]+[ㅋㅎㅠㅜㅡㅑ]+(?![ㄱ-ㅣ가-힣]))[ㄱ-ㅣ가-힣]{2,}"
    r"(?![\w@/:&=#%+-]|\.\w)"
)
_WORD = re.compile(f"{_LATIN}|{_HANGUL}")
MAY_BE = re.compile("[A-Za-z]{3}|[ㄱ-ㅣ]")
"""What a text has at least that `fix_layout` changes."""
_SYLLABLES = re.compile("[가-힣]+")


@cache
def _tables() -> tuple[list[list[list[int]]], ...]:
    import numpy as np

    try:
        with TABLES.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            found = [arrays["korean"], arrays["english"]]
            if any(table.shape != (len(KEYS),) * 3 for table in found):
                raise ValueError("shape")
            return tuple(table.tolist() for table in found)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ArtefactError("hangul.tables_damaged", path=TABLES, reason=error) from error


def key_numbers(keys: str, *, has_shift: bool) -> list[int]:
    """Give the keys of a word their numbers, with its borders.

    Parameters
    ----------
    keys : str
        Latin letters.
    has_shift : bool
        Whether the shift key matters: in Korean it makes other letters.

    Returns
    -------
    list of int
        Places in `KEYS`.
    """
    folded = (key if has_shift and key in "QWERTOP" else key.lower() for key in keys)
    return [0, 0, *(KEYS.index(key) for key in folded), 0]


def layout_gain(word: str) -> float:
    """How much likelier a word is as typed in the other state of the keyboard.

    Parameters
    ----------
    word : str
        Latin letters, or Hangul.

    Returns
    -------
    float
        In nats, above 0 where the other language is likelier.

    Raises
    ------
    ArtefactError
        If the tables that ship with the package are damaged.

    Examples
    --------
    >>> layout_gain("dkssudgktpdy") > 20, layout_gain("hello") < 0, layout_gain("ㅗ디ㅣㅐ") > 10
    (True, True, True)
    """
    korean, english = _costs(word)
    return english - korean if word[:1].isascii() else korean - english


def _costs(word: str) -> tuple[float, float]:
    """Cost of the keys of a word in Korean and in English, in nats."""
    keys = to_keys(word)
    korean, english = (
        sum(table[a][b][c] for a, b, c in zip(row, row[1:], row[2:], strict=False)) / COSTS_A_NAT
        for table, row in zip(_tables(), (key_numbers(keys, has_shift=shift) for shift in (True, False)), strict=True)
    )
    return korean, english


@lru_cache(1 << 14)
def _meant(word: str) -> str:
    """Find what a word was meant to be; itself where that is not sure."""
    korean, english = _costs(word)
    if word.isascii():
        other, gain, cost = from_keys(word), english - korean, korean
        is_possible = not word.isupper() and _SYLLABLES.fullmatch(other) is not None
    else:
        other, gain, cost = to_keys(word), korean - english, english
        is_possible = other.isascii() and other.isalpha()
    n_keys = len(to_keys(word))
    is_sure = n_keys >= LEAST_KEYS and gain >= LEAST_GAIN and cost <= MOST_A_KEY * (n_keys + 1)
    return other if is_possible and is_sure else word


def fix_layout(text: str) -> str:
    r"""Turn words back that were typed in the wrong state of the keyboard, both ways.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Words that are not clearly of the other language stay: those of fewer than `LEAST_KEYS`
        keys; Latin ones in capitals, or that make no whole syllables; Hangul without a loose jamo; laughter; parts of
        addresses and names with digits.

    Raises
    ------
    ArtefactError
        If the tables that ship with the package are damaged.

    Notes
    -----
    A word changes where :math:`\ln P(keys | other) - \ln P(keys | typed)` is at least `LEAST_GAIN` and
    :math:`-\ln P(keys | other)` at most `MOST_A_KEY` a key, with a model of three keys for either language.

    Examples
    --------
    >>> fix_layout("dkssudgktpdy, ㅗ디ㅣㅐ! 진짜 hello ㅋㅋㅋ")
    '안녕하세요, hello! 진짜 hello ㅋㅋㅋ'
    """
    if not MAY_BE.search(text):
        return text
    return _WORD.sub(lambda found: _meant(found.group()), join_conjoining(text))


def layout_spans(text: str) -> list[tuple[int, int, str]]:
    """Find the words that `fix_layout` turns back.

    Parameters
    ----------
    text : str
        Composed text.

    Returns
    -------
    list of (int, int, str)
        Start, end and what was meant, in the order of the text.
    """
    found: list[tuple[int, int, Any]] = [(*match.span(), _meant(match.group())) for match in _WORD.finditer(text)]
    return [(start, end, meant) for start, end, meant in found if meant != text[start:end]]
