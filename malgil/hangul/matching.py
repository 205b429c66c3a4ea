"""Finding words by their initial consonants, as people type them into a telephone: ㅅㅅ전자 finds 삼성전자."""

from __future__ import annotations

import re
from functools import lru_cache

from malgil.hangul.letters import FINALS, FIRST, INITIALS, N_FINALS, N_VOWELS, STROKES
from malgil.hangul.syllables import join_conjoining

_CLUSTERS = {letter: pair for letter, pair in STROKES.items() if letter in FINALS}


def match_initials(pattern: str, text: str) -> bool:
    """Whether a text has a stretch that a pattern of initials and syllables stands for.

    Parameters
    ----------
    pattern : str
        An initial consonant stands for itself and for any syllable that begins with it, everything else for itself.
        Clusters are two initials (ㄳ is ㄱㅅ), as many keyboards write them.
    text : str
        Where to look.

    Returns
    -------
    bool
        True for an empty pattern.

    Examples
    --------
    >>> match_initials("ㅅㅅ전자", "삼성전자"), match_initials("ㅇㅅ", "서울시"), match_initials("ㅈ자", "삼성전자")
    (True, True, True)
    >>> match_initials("ㅅㅅ", "삼전")
    False
    """
    return initials_pattern(pattern).search(join_conjoining(text)) is not None


def find_initials(pattern: str, text: str) -> list[tuple[int, int]]:
    """Find all stretches that a pattern of initials and syllables stands for.

    Parameters
    ----------
    pattern : str
        As for `match_initials`; an empty one finds nothing.
    text : str
        Where to look; composed, for the offsets count its code points.

    Returns
    -------
    list of (int, int)
        Half-open spans from left to right that do not overlap.

    Examples
    --------
    >>> find_initials("ㅎㄱ", "한국의 학교")
    [(0, 2), (4, 6)]
    """
    return [found.span() for found in initials_pattern(pattern).finditer(text)] if pattern else []


@lru_cache(1024)
def initials_pattern(pattern: str) -> re.Pattern[str]:
    """Write a pattern of initials and syllables as a regular expression.

    Parameters
    ----------
    pattern : str
        As for `match_initials`.

    Returns
    -------
    Pattern
        For composed text.

    Examples
    --------
    >>> initials_pattern("ㅎ국").pattern
    '[ㅎ하-힣]국'
    """
    spread = "".join(_CLUSTERS.get(char, char) for char in join_conjoining(pattern))
    return re.compile("".join(_one(char) for char in spread))


def _one(char: str) -> str:
    if char not in INITIALS:
        return re.escape(char)
    first = FIRST + INITIALS.index(char) * N_VOWELS * N_FINALS
    return f"[{char}{chr(first)}-{chr(first + N_VOWELS * N_FINALS - 1)}]"
