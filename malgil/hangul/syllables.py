"""Syllables into letters and back, for one string.

Every function takes syllables as they are (NFC) and in conjoining jamo (NFD), and leaves all other characters alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from malgil.hangul.letters import (
    CONJOINING_FINAL,
    CONJOINING_INITIAL,
    CONJOINING_VOWEL,
    FINALS,
    FIRST,
    INITIALS,
    LAST,
    N_FINALS,
    STROKES,
    VOWELS,
    letters_of,
    syllable,
)

_CONJOINED = re.compile("([\u1100-\u1112][\u1161-\u1175]|[가-힣])([\u11a8-\u11c2])?")
_HAS_CONJOINING = re.compile("[\u1100-\u11ff]")
_CLUSTERS = "".join(letter for letter in FINALS if letter and letter not in INITIALS)
_SINGLES = "".join(letter for letter in FINALS if letter and letter in INITIALS)
# A consonant before a vowel begins the next syllable, unless it is a cluster, which begins none.
_LETTERS = re.compile(f"([{INITIALS}])([{VOWELS}])([{_CLUSTERS}]|[{_SINGLES}](?![{VOWELS}]))?")


class _Table(dict[int, str]):
    """For `str.translate`: what becomes of each character, found out when it is first met."""

    def __init__(self, spell: Callable[[str], str]) -> None:
        super().__init__()
        self._spell = spell

    def __missing__(self, code: int) -> str:
        self[code] = text = self._spell(chr(code))
        return text


def _letters(char: str) -> str:
    return letters_of(ord(char)) if FIRST <= ord(char) <= LAST else char


_TO_LETTERS = _Table(_letters)
_TO_INITIALS = _Table(lambda char: _letters(char)[0])
_TO_STROKES = _Table(lambda char: "".join(STROKES.get(letter, letter) for letter in _letters(char)))


def join_conjoining(text: str) -> str:
    r"""Write syllables of conjoining jamo (NFD) as one code point each.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Nothing else is normalised: accents stay as they are.

    Examples
    --------
    >>> join_conjoining("\u1112\u1161\u11ab") == "한"
    True
    """
    return _CONJOINED.sub(_conjoin, text) if _HAS_CONJOINING.search(text) else text


def _conjoin(found: re.Match[str]) -> str:
    head, final = found.group(1), found.group(2) or ""
    if len(head) == 2:
        head = syllable(ord(head[0]) - CONJOINING_INITIAL, ord(head[1]) - CONJOINING_VOWEL)
    elif (ord(head) - FIRST) % N_FINALS:
        return head + final  # closed already: the jamo stays alone
    return chr(ord(head) + ord(final) - CONJOINING_FINAL) if final else head


def compose(text: str) -> str:
    """Join loose letters to syllables.

    Parameters
    ----------
    text : str
        Compatibility or conjoining jamo among anything else.

    Returns
    -------
    str
        A consonant before a vowel begins a syllable; what belongs to none stays as it is. Letters are not joined to
        each other (ㅗㅏ is not ㅘ): that is what `malgil.hangul.from_keys` does.

    Examples
    --------
    >>> compose("ㅎㅏㄴㄱㅡㄹ ㅋㅋ")
    '한글 ㅋㅋ'
    """
    return _LETTERS.sub(_join_letters, join_conjoining(text))


def _join_letters(found: re.Match[str]) -> str:
    initial, vowel, final = found.groups("")
    return syllable(INITIALS.index(initial), VOWELS.index(vowel), FINALS.index(final))


def decompose(text: str) -> str:
    """Take syllables apart into letters.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        With compatibility jamo; double vowels and clusters stay one letter. `compose` undoes it wherever the text has
        no loose jamo.

    Examples
    --------
    >>> decompose("값이 2원")
    'ㄱㅏㅄㅇㅣ 2ㅇㅝㄴ'
    """
    return join_conjoining(text).translate(_TO_LETTERS)


def initials(text: str) -> str:
    """Keep the initial consonant of every syllable.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        One character for each syllable.

    Examples
    --------
    >>> initials("삼성 TV")
    'ㅅㅅ TV'
    """
    return join_conjoining(text).translate(_TO_INITIALS)


def strokes(text: str) -> str:
    """Take syllables apart into what a two-set keyboard types: the letters that typing errors are made in.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        As from `decompose`, double vowels and clusters as two letters; ㄲ, ㅆ, ㅒ, ㅖ have keys of their own.

    Examples
    --------
    >>> strokes("괜찮아")
    'ㄱㅗㅐㄴㅊㅏㄴㅎㅇㅏ'
    """
    return join_conjoining(text).translate(_TO_STROKES)


def is_initials(text: str) -> bool:
    """Whether a text is a row of initial consonants, as people type to find a name.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        False for an empty text. Clusters count, since many keyboards make ㄱㅅ one letter.

    Examples
    --------
    >>> is_initials("ㅅㅅ"), is_initials("ㅠㅠ"), is_initials("ㅅ성")
    (True, False, False)
    """
    return bool(text) and all(letter in INITIALS for letter in strokes(text))
