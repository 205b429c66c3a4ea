"""Hangul, one character and one keystroke at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
VOWEL_PAIRS = "ㅘㅗㅏ ㅙㅗㅐ ㅚㅗㅣ ㅝㅜㅓ ㅞㅜㅔ ㅟㅜㅣ ㅢㅡㅣ".split()
PAIRS = [*VOWEL_PAIRS, *"ㄳㄱㅅ ㄵㄴㅈ ㄶㄴㅎ ㄺㄹㄱ ㄻㄹㅁ ㄼㄹㅂ ㄽㄹㅅ ㄾㄹㅌ ㄿㄹㅍ ㅀㄹㅎ ㅄㅂㅅ".split()]
SPLIT = {pair[0]: pair[1:] for pair in PAIRS}
ROWS = (("qwertyuiop", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ"), ("asdfghjkl", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ"), ("zxcvbnm", "ㅋㅌㅊㅍㅠㅜㅡ"))
KEYS = {key: jamo for keys, jamos in ROWS for key, jamo in zip(keys, jamos, strict=True)}
SHIFTED = dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))


def syllable(initial: str, vowel: str, final: str = "") -> str:
    """Build a syllable by Unicode's own composition."""
    parts = 0x1100 + INITIALS.index(initial), 0x1161 + VOWELS.index(vowel)
    last = (0x11A8 + FINALS.index(final),) if final else ()
    return unicodedata.normalize("NFC", "".join(map(chr, parts + last)))


def letters(char: str) -> str:
    """Take one character apart by Unicode's own decomposition."""
    if not "가" <= char <= "힣":
        return char
    parts = [ord(part) for part in unicodedata.normalize("NFD", char)]
    last = FINALS[parts[2] - 0x11A8] if len(parts) == 3 else ""
    return INITIALS[parts[0] - 0x1100] + VOWELS[parts[1] - 0x1161] + last


def strokes(char: str) -> str:
    """Strokes of one character."""
    return "".join(SPLIT.get(letter, letter) for letter in letters(char))


def type_keys(keys: str) -> str:
    """Type keys one after the other, as an input method does: what is typed last may still change."""
    done, initial, vowel, final = "", "", "", ""

    def flush() -> str:
        if initial and vowel:
            return syllable(initial, _joined(vowel), _joined(final))
        return initial + _joined(vowel)

    for key in keys:
        jamo = SHIFTED.get(key) or KEYS[key.lower()]
        if jamo in VOWELS:
            if final:  # the last consonant moves on
                moved, final = final[-1], final[:-1]
                done += flush()
                initial, vowel, final = moved, jamo, ""
            elif vowel + jamo in SPLIT.values():
                vowel += jamo
            elif vowel:
                done += flush()
                initial, vowel = "", jamo
            else:
                vowel = jamo
        elif initial and vowel and not final and jamo in FINALS:
            final = jamo
        elif final + jamo in SPLIT.values():
            final += jamo
        else:
            done += flush()
            initial, vowel, final = jamo, "", ""
    return done + flush()


def _joined(typed: str) -> str:
    return next((letter for letter, pair in SPLIT.items() if pair == typed), typed)


def respell(text: str, spell: Callable[[str], str]) -> str:
    """Spell every character of a text."""
    return "".join(map(spell, text))


def join_letters(text: str) -> str:
    """Join loose letters one after the other: a consonant before a vowel begins a syllable."""
    if len(text) < 2 or text[0] not in INITIALS or text[1] not in VOWELS:
        return text[:1] + join_letters(text[1:]) if text else ""
    closes = len(text) > 2 and text[2] in FINALS
    if closes and text[2] in INITIALS and len(text) > 3 and text[3] in VOWELS:
        closes = False
    final = text[2] if closes else ""
    return syllable(text[0], text[1], final) + join_letters(text[3 if closes else 2 :])


def read_utf8(data: bytes) -> list[int]:
    """Decode bytes as Python does."""
    return [ord(char) for char in data.decode()]


def write_utf8(texts: list[str]) -> bytes:
    """Encode texts as Python does."""
    return "".join(texts).encode()


def distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, start=1):
        new = [i]
        for j, against in enumerate(other, start=1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (char != against)))
        row = new
    return row[-1]
