"""Every text that is one stroke away from a word: one stroke inserted, left out or replaced by another."""

from __future__ import annotations

import re
from string import ascii_lowercase

from malgil.hangul import from_strokes, strokes
from malgil.hangul.letters import INITIALS, STROKES, VOWELS

_HANGUL_KEYS = INITIALS + "".join(letter for letter in VOWELS if letter not in STROKES)
_LOOSE = re.compile("[ㄱ-ㅣ]")
_HANGUL = re.compile("[ㄱ-ㅣ가-힣]")
_LATIN = re.compile("[a-z]")


def one_stroke_away(word: str) -> list[str]:
    """List what a word is after one error, or was before it.

    Parameters
    ----------
    word : str
        Composed, in lower case. For Hangul, strokes are those of the two-set keyboard, for Latin letters one each;
        letters are put in only of the scripts that the word has.

    Returns
    -------
    list of str
        Distinct texts without loose jamo, in the order of code points; the word itself is not among them.

    Examples
    --------
    >>> [text for text in one_stroke_away("여화") if text in ("영화", "여하", "여와", "영어")]
    ['여와', '여하', '영화']
    """
    typed = strokes(word)
    keys = (_HANGUL_KEYS if _HANGUL.search(word) else "") + (ascii_lowercase if _LATIN.search(word) else "")
    found = set()
    for place in range(len(typed) + 1):
        head, tail = typed[:place], typed[place + 1 :]
        found.add(head + tail)
        for key in keys:
            found.add(head + key + tail)
            found.add(head + key + typed[place:])
    texts = {from_strokes(spelled) for spelled in found} - {word, ""}
    return sorted(text for text in texts if not _LOOSE.search(text))
