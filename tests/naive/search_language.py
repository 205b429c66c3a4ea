"""The language of searching, one keystroke, one row and one window at a time."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import regex

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
TWO_KEYS = dict(
    zip(
        "ㅘㅙㅚㅝㅞㅟㅢㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ",
        "ㅗㅏ ㅗㅐ ㅗㅣ ㅜㅓ ㅜㅔ ㅜㅣ ㅡㅣ ㄱㅅ ㄴㅈ ㄴㅎ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅂㅅ".split(),
        strict=True,
    )
)
JOINED = {keys: letter for letter, keys in TWO_KEYS.items()}


def keys(text: str) -> str:
    """Find what is pressed to type a text."""
    pressed = []
    for char in unicodedata.normalize("NFC", text):
        letters = char
        if "가" <= char <= "힣":
            number = ord(char) - ord("가")
            letters = INITIALS[number // 588] + VOWELS[number % 588 // 28] + FINALS[number % 28]
        pressed += [TWO_KEYS.get(letter, letter) for letter in letters]
    return "".join(pressed)


def typed(pressed: str) -> str:
    """Type keystrokes on a two-set keyboard, one after the other; lone consonants are not joined."""
    done, initial, vowel, final = "", "", "", ""

    def syllable() -> str:
        if initial and vowel:
            places = INITIALS.index(initial), VOWELS.index(vowel), FINALS.index(JOINED.get(final, final))
            return chr(ord("가") + places[0] * 588 + places[1] * 28 + places[2])
        return initial + vowel

    for key in pressed:
        if key in VOWELS:
            if final:  # its last letter begins the next syllable
                moved, final = final[-1], final[:-1]
                done, initial, vowel, final = done + syllable(), moved, key, ""
            elif vowel + key in JOINED:
                vowel = JOINED[vowel + key]
            elif vowel:
                done, initial, vowel = done + syllable(), "", key
            else:
                vowel = key
        elif key in INITIALS:
            if initial and vowel and (key in FINALS if not final else final + key in JOINED):
                final += key
            else:
                done, initial, vowel, final = done + syllable(), key, "", ""
        else:
            done, initial, vowel, final = done + syllable() + key, "", "", ""
    return done + syllable()


def can_become(begun: str, term: str) -> bool:
    """Tell whether a term begins with what is typed, or its beginning is typed by more of the same keys."""
    begun = unicodedata.normalize("NFC", begun)
    if term.startswith(begun):
        return True
    beginnings = (term[:length] for length in range(1, len(term) + 1))
    return any(typed(keys(part)) == part and keys(part).startswith(keys(begun)) for part in beginnings)


def distance(one: str, other: str) -> int:
    """Count the fewest insertions, deletions, replacements and swaps of neighbours."""
    cost = [[i + j for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = one[i - 1] == other[j - 1]
            cost[i][j] = min(cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                cost[i][j] = min(cost[i][j], cost[i - 2][j - 2] + 1)
    return cost[-1][-1]


def frequencies(docs: Sequence[Sequence[str]], alive: Sequence[bool]) -> Counter[str]:
    """In how many live documents each term stands."""
    return Counter(term for doc, lives in zip(docs, alive, strict=True) if lives for term in set(doc))


def suggest(begun: str, df: Mapping[str, int], k: int) -> list[tuple[str, int]]:
    """Complete a word by looking at every term."""
    found = [(term, n) for term, n in df.items() if begun and n and can_become(begun, term)]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]


def densest(text: str, spans: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    """Most different words, then most words, that fit into a window; by trying every window that begins with a word."""
    found = []
    for low, _ in spans:
        inside = [(a, b) for a, b in spans if a >= low and b <= low + length]
        found.append((len({text[a:b].casefold() for a, b in inside}), len(inside)))
    return max(found)


def borders(text: str) -> set[int]:
    """Where one character of a reader ends and the next begins."""
    return {0, len(text), *(found.end() for found in regex.finditer(r"\X", text))}


def holds(tree: tuple[Any, ...], row: Mapping[str, Any]) -> bool | None:
    """Whether a row fits a condition, ``None`` where a missing value leaves it open.

    Times are compared as the first characters of their ISO form: as many as the value was written with.
    """
    name, *rest = tree
    if name == "not":
        inner = holds(rest[0], row)
        return None if inner is None else not inner
    if name in {"and", "or"}:
        parts = [holds(part, row) for part in rest]
        decisive = name == "or"
        return decisive if decisive in parts else None if None in parts else not decisive
    value = row[rest[0]]
    if isinstance(value, float) and value != value:
        value = None
    if name == "null":
        return value is None
    if value is None:
        return None
    if name in {"contains", "startswith"}:
        return rest[1] in value if name == "contains" else value.startswith(rest[1])
    return _compared(name, value, rest[1:])


def _compared(name: str, value: Any, wanted: Sequence[Any]) -> bool:
    if hasattr(value, "isoformat"):
        written = value.isoformat().ljust(19, " ") if "T" in value.isoformat() else value.isoformat() + "T00:00:00"
        sides = [((written[: len(w)] > w) - (written[: len(w)] < w)) for w in (w.replace(" ", "T") for w in wanted)]
    else:
        sides = [(value > w) - (value < w) for w in wanted]
    table = {
        "==": sides[0] == 0,
        "!=": sides[0] != 0,
        "<": sides[0] < 0,
        "<=": sides[0] <= 0,
        ">": sides[0] > 0,
        ">=": sides[0] >= 0,
        "in": 0 in sides,
        "between": sides[0] >= 0 and sides[-1] <= 0,
    }
    return table[name]
