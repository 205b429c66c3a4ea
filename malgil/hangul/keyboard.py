"""The two-set keyboard: text typed in the wrong state, both ways.

References
----------
.. [1] KS X 5002, layout of the two-set keyboard.
"""

from __future__ import annotations

import re

from malgil.hangul.letters import FINALS, INITIALS, KEY_ROWS, SHIFT_PAIRS, STROKES, VOWELS, syllable
from malgil.hangul.syllables import strokes

_KEYS = "qwertyuiopasdfghjklzxcvbnm"
_TYPED = "".join(KEY_ROWS)
_SHIFTED = {_KEYS[_TYPED.index(plain)].upper(): shifted for plain, shifted in SHIFT_PAIRS.items()}

#: Latin letter -> jamo of the same key; with shift, most keys give the same.
LAYOUT: dict[str, str] = {
    **dict(zip(_KEYS.upper(), _TYPED, strict=True)),
    **dict(zip(_KEYS, _TYPED, strict=True)),
    **_SHIFTED,
}
_TO_HANGUL = str.maketrans(LAYOUT)
_TO_LATIN = str.maketrans({jamo: key for key, jamo in LAYOUT.items()} | dict(zip(_TYPED, _KEYS, strict=True)))
_JOINED = {pair: letter for letter, pair in STROKES.items()}
_LATIN = re.compile("[A-Za-z]+")


def _syllables() -> re.Pattern[str]:
    """Pattern of one syllable in strokes; the longest that leaves the next vowel its consonant."""
    vowels = "|".join([*(pair for letter, pair in STROKES.items() if letter in VOWELS), f"[{VOWELS}]"])
    clusters = "|".join(pair for letter, pair in STROKES.items() if letter in FINALS)
    singles = "".join(letter for letter in FINALS if letter and letter not in STROKES)
    return re.compile(f"([{INITIALS}])?({vowels})(?(1)((?:{clusters})(?![{VOWELS}])|[{singles}](?![{VOWELS}]))?|)")


_SYLLABLE = _syllables()


def to_keys(text: str) -> str:
    """Give what the keys type in Latin state, for Hangul typed by mistake.

    Parameters
    ----------
    text : str
        Syllables and jamo, among anything else, which stays.

    Returns
    -------
    str
        ``from_keys`` undoes it for any text of syllables.

    Examples
    --------
    >>> to_keys("ㅗ디ㅣㅐ"), to_keys("안녕하세요")
    ('hello', 'dkssudgktpdy')
    """
    return strokes(text).translate(_TO_LATIN)


def from_keys(text: str) -> str:
    """Give what the keys type in Hangul state, for Latin letters typed by mistake.

    Parameters
    ----------
    text : str
        Latin letters, among anything else, which stays.

    Returns
    -------
    str
        Syllables as the keyboard makes them: each as long as can be, but a vowel takes the consonant before it.
        Vowels that have no consonant are joined (ㅘ), consonants that have no vowel stay apart (ㄱㅅ).

    Examples
    --------
    >>> from_keys("dkssudgktpdy"), from_keys("rkqtdl"), from_keys("ttt 100")
    ('안녕하세요', '값이', 'ㅅㅅㅅ 100')
    """
    return _LATIN.sub(lambda found: from_strokes(found.group().translate(_TO_HANGUL)), text)


def from_strokes(text: str) -> str:
    """Build syllables of strokes, as the keyboard does.

    Parameters
    ----------
    text : str
        Compatibility jamo, as `malgil.hangul.strokes` gives them, among anything else, which stays.

    Returns
    -------
    str
        Undoes `malgil.hangul.strokes` for any text without loose jamo.

    Examples
    --------
    >>> from_strokes("ㄱㅗㅐㄴㅊㅏㄴㅎㅇㅏ")
    '괜찮아'
    """
    return _SYLLABLE.sub(_build, text)


def _build(found: re.Match[str]) -> str:
    initial, vowel, final = found.groups("")
    vowel, final = _JOINED.get(vowel, vowel), _JOINED.get(final, final)
    if not initial:
        return vowel
    return syllable(INITIALS.index(initial), VOWELS.index(vowel), FINALS.index(final))
