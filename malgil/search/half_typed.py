"""What a word that is still being typed can become, as stretches of the alphabet.

On a two-set keyboard the last syllable changes until the next one has begun: ㅎ, 호, 화, 환; and its final consonant
may move on: 한, 하나. A term can come of what is typed where its keystrokes begin with those typed so far, or where it
simply begins with the same characters. Only the last syllable and the initial consonant behind it are open, so that a
few stretches of the sorted terms hold exactly these.
"""

from __future__ import annotations

import re
import unicodedata

from malgil.hangul import from_keys, to_keys
from malgil.hangul.letters import (
    FINALS,
    FIRST,
    INITIALS,
    LAST,
    N_FINALS,
    N_VOWELS,
    STROKES,
    VOWELS,
    syllable,
)

_HANGUL = re.compile("[ㄱ-ㅣ가-힣]+")


def stretches(typed: str) -> list[tuple[str, str]]:
    """Find where the terms stand that may come of what is typed.

    Parameters
    ----------
    typed : str
        The beginning of a word: syllables, loose jamo (also as in NFD) and anything else.

    Returns
    -------
    list of (str, str)
        Pairs of prefixes; a term fits where it lies between the first term that begins with the one and the last that
        begins with the other. They may overlap. None for an empty text.

    Examples
    --------
    >>> stretches("영ㅎ")
    [('영ㅎ', '영ㅎ'), ('영하', '영힣')]
    >>> stretches("호")
    [('호', '호'), ('호', '횧')]
    """
    literal = unicodedata.normalize("NFC", typed)
    if not literal:
        return []
    # the keyboard makes one text of each row of keystrokes, whatever way the syllables were written
    composed = _HANGUL.sub(lambda run: from_keys(to_keys(run.group())), literal)
    head, last = composed[:-1], composed[-1]
    grown = [(head + first, head + end) for first, end in _become(last)]
    return list(dict.fromkeys([(literal, literal), *grown]))


def _become(last: str) -> list[tuple[str, str]]:
    if last in INITIALS:
        return [(last, last), _syllables_of(INITIALS.index(last))]
    if last in VOWELS:
        return [(last, VOWELS[_last_vowel(VOWELS.index(last))])]
    if not FIRST <= ord(last) <= LAST:
        return [(last, last)]
    rest, final = divmod(ord(last) - FIRST, N_FINALS)
    initial, vowel = divmod(rest, N_VOWELS)
    if not final:
        return [(last, syllable(initial, _last_vowel(vowel), N_FINALS - 1))]
    letter = FINALS[final]
    closed = [letter, *(cluster for cluster in FINALS if STROKES.get(cluster, "")[:1] == letter)]
    strokes = STROKES.get(letter, letter)
    stays = syllable(initial, vowel, FINALS.index(strokes[:-1]))
    moved = _syllables_of(INITIALS.index(strokes[-1]))
    whole = [syllable(initial, vowel, FINALS.index(one)) for one in closed]
    return [*((one, one) for one in whole), (stays + moved[0], stays + moved[1])]


def _syllables_of(initial: int) -> tuple[str, str]:
    """First and last syllable with an initial consonant."""
    return syllable(initial, 0), syllable(initial, N_VOWELS - 1, N_FINALS - 1)


def _last_vowel(vowel: int) -> int:
    """Last of the vowels that begin with the same stroke; they stand side by side (ㅗ ㅘ ㅙ ㅚ)."""
    grown = [VOWELS.index(letter) for letter, pair in STROKES.items() if pair[0] == VOWELS[vowel]]
    return max([vowel, *grown])
