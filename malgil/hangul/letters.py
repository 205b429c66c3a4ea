"""The letters (jamo) of modern Hangul and where the syllables built of them stand in Unicode.

A syllable is an initial consonant, a vowel and perhaps a final consonant: code point ``0xAC00 + (initial x 21 + vowel)
x 28 + final``. Letters that stand alone are written with compatibility jamo (U+3131 to U+3163) throughout.

References
----------
.. [1] The Unicode Standard 15.0, section 3.12, "Conjoining Jamo Behavior".
.. [2] KS X 5002, the two-set keyboard: which letters are typed with two strokes.
"""

from __future__ import annotations

FIRST, LAST = 0xAC00, 0xD7A3
N_INITIALS, N_VOWELS, N_FINALS = 19, 21, 28
N_SYLLABLES = N_INITIALS * N_VOWELS * N_FINALS

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS: tuple[str, ...] = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

#: Letters that take two strokes. ㄲ and ㅒ do not: they have keys of their own, with shift.
STROKES = {
    **{"ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ"},
    **{"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ"},
    **{"ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"},
}

#: The two-set keyboard from the top row down, and what its keys give with shift where that differs.
KEY_ROWS = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
SHIFT_PAIRS = {"ㅂ": "ㅃ", "ㅈ": "ㅉ", "ㄷ": "ㄸ", "ㄱ": "ㄲ", "ㅅ": "ㅆ", "ㅐ": "ㅒ", "ㅔ": "ㅖ"}

#: First code points of the conjoining jamo, which texts in NFD are written in; the final has none at its first.
CONJOINING_INITIAL, CONJOINING_VOWEL, CONJOINING_FINAL = 0x1100, 0x1161, 0x11A7


def syllable(initial: int, vowel: int, final: int = 0) -> str:
    """Build a syllable of the places of its letters.

    Parameters
    ----------
    initial : int
        Place in `INITIALS`.
    vowel : int
        Place in `VOWELS`.
    final : int
        Place in `FINALS`; 0 is no final consonant.

    Returns
    -------
    str
        One code point.

    Examples
    --------
    >>> syllable(18, 0, 4)
    '한'
    """
    return chr(FIRST + (initial * N_VOWELS + vowel) * N_FINALS + final)


def letters_of(code: int) -> str:
    """Letters of a syllable.

    Parameters
    ----------
    code : int
        Code point in [`FIRST`, `LAST`].

    Returns
    -------
    str
        Two or three compatibility jamo.

    Examples
    --------
    >>> letters_of(ord("값"))
    'ㄱㅏㅄ'
    """
    rest, final = divmod(code - FIRST, N_FINALS)
    initial, vowel = divmod(rest, N_VOWELS)
    return INITIALS[initial] + VOWELS[vowel] + FINALS[final]
