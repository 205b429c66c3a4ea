"""Slips of the finger: a neighbouring key in one jamo of a syllable, or in an English word."""

from __future__ import annotations

import re

from malgil.sample.draw import Draw

_BASE, _N_SYLLABLES = 0xAC00, 11_172
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_KO_ROWS = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
_EN_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_TRIES = 12
_RUN = re.compile(r"(.)\1\1")  # a slip must not look like a stretched sound


def _neighbours(rows: tuple[str, ...]) -> dict[str, str]:
    """Map each key to those beside, above and below it."""
    beside: dict[str, str] = {}
    for at, row in enumerate(rows):
        for i, key in enumerate(row):
            near = [row[j] for j in (i - 1, i + 1) if 0 <= j < len(row)]
            for other in (at - 1, at + 1):
                near += [
                    rows[other][j] for j in (i - 1, i, i + 1) if 0 <= other < len(rows) and 0 <= j < len(rows[other])
                ]
            beside[key] = "".join(near)
    return beside


_KO_NEAR, _EN_NEAR = _neighbours(_KO_ROWS), _neighbours(_EN_ROWS)


def slip_syllable(draw: Draw, syllable: str) -> str:
    """Hit a neighbouring key for one jamo of a syllable, or leave its final consonant out.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    syllable : str
        One composed Hangul syllable.

    Returns
    -------
    str
        Another syllable, or the same where the keys nearby make none.
    """
    code = ord(syllable) - _BASE
    lead, vowel, final = _LEADS[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28]
    roll = draw.unit()
    if roll < 0.25 and final != " ":
        final = " "
    elif roll < 0.6:
        vowel = _hit(draw, vowel, _VOWELS)
    elif roll < 0.85 or final == " ":
        lead = _hit(draw, lead, _LEADS)
    else:
        final = _hit(draw, final, _FINALS)
    return chr(_BASE + _LEADS.index(lead) * 588 + _VOWELS.index(vowel) * 28 + _FINALS.index(final))


def _hit(draw: Draw, key: str, allowed: str) -> str:
    near = [other for other in _KO_NEAR.get(key, "") if other in allowed]
    return draw.pick(near) if near else key


def slip_word(draw: Draw, word: str) -> str:
    """Mistype one word.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    word : str
        Anything without white space.

    Returns
    -------
    str
        The word with one slip; unchanged where it has fewer than two Hangul syllables and fewer than four letters.
    """
    hangul = [i for i, char in enumerate(word) if 0 <= ord(char) - _BASE < _N_SYLLABLES]
    if len(hangul) >= 2:
        at = draw.pick(hangul)
        return word[:at] + slip_syllable(draw, word[at]) + word[at + 1 :]
    letters = [i for i, char in enumerate(word) if char.isascii() and char.isalpha()]
    if len(letters) < 4 or letters[-1] - letters[0] != len(letters) - 1:
        return word
    at = letters[0] + 1 + draw.below(len(letters) - 2)
    roll = draw.unit()
    if roll < 0.4:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if roll < 0.7:
        return word[:at] + draw.pick(_EN_NEAR.get(word[at], word[at])) + word[at + 1 :]
    return word[:at] + word[at + 1 :]


def mistype(draw: Draw, text: str) -> tuple[str, str, str] | None:
    """Mistype one word of a text.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    text : str
        A review.

    Returns
    -------
    tuple of (str, str, str) or None
        The text with the slip, the wrong word, the right word; None where no word could be mistyped.
    """
    words = text.split(" ")
    for _ in range(_TRIES):
        at = draw.below(len(words))
        right = words[at]
        wrong = slip_word(draw, right)
        if wrong != right and "\n" not in right and not _RUN.search(wrong):
            return " ".join([*words[:at], wrong, *words[at + 1 :]]), wrong, right
    return None
