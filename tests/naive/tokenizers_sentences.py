"""Slow and obvious twins of the kernels that find where sentences may end; texts are strings, kinds lists of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

MARKS = {"JAMO", "PERIOD", "BANG", "DOTS", "TILDE", "FACE", "CLOSE", "CLOSE_QUOTE", "QUOTE", "TICK"}
SEEN = {"BANG": "HARD", "DOTS": "ELLIPSIS", "JAMO": "JAMO_RUN", "TILDE": "TILDES", "FACE": "FACES"}
PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "“": "”", "‘": "’", '"': '"', "'": "'", "`": "`'", "«": "»", "‹": "›"}
PAIRS |= {"「": "」", "『": "』", "《": "》", "〈": "〉", "【": "】", "〔": "〕"}
PAIRS |= {"（": "", "［": "］", "｛": "｝"}
LONGEST_NESTED, LONGEST_NOTE = 600, 20


class Place(NamedTuple):
    """A place where a sentence may end, on the axis of its own text."""

    left: int
    right: int
    marks: frozenset[str]


def pairs_of(text: str, kinds: Sequence[str]) -> dict[int, int]:
    """Pair brackets and quotation marks: each to the other."""
    partner: dict[int, int] = {}
    waiting: list[int] = []
    around = ["SPACE", *kinds, "SPACE"]
    for at, kind in enumerate(kinds):
        before, after = around[at], around[at + 2]
        if kind == "LINE" and after == "LINE":
            waiting.clear()
        if kind not in ("OPEN", "CLOSE", "OPEN_QUOTE", "CLOSE_QUOTE", "QUOTE", "TICK"):
            continue
        opens = kind in ("OPEN", "OPEN_QUOTE")
        found = -1 if opens else last_fitting(text, at, waiting)
        if kind in ("QUOTE", "TICK"):
            what, found = straight(kind, before, after, found)
            if what == "again":
                waiting[found:] = [at]
            if what in ("again", "apostrophe"):
                continue
            opens = what == "opens"
        if opens and len(waiting) < 32:
            waiting.append(at)
        elif found >= 0:
            if at - waiting[found] <= LONGEST_NESTED:
                partner |= {at: waiting[found], waiting[found]: at}
            del waiting[found:]
    return partner


def last_fitting(text: str, at: int, waiting: Sequence[int]) -> int:
    """Find the last waiting mark that a mark closes; -1 where there is none."""
    return max((i for i, place in enumerate(waiting) if text[at] in PAIRS[text[place]]), default=-1)


def straight(kind: str, before: str, after: str, found: int) -> tuple[str, int]:
    """Tell what a quotation mark is that looks the same on both sides, and which one it closes."""
    blank, latin = {"SPACE", "LINE"}, {"LOWER", "UPPER"}
    leans = before in blank and after not in blank
    if leans and before == "LINE":
        found = -1
    word = kind == "TICK" and before in latin | {"DIGIT"}
    if found >= 0 and word and after in latin:
        return "apostrophe", found
    if found >= 0 and leans:
        return "again", found
    return ("opens" if found < 0 and not word and after not in blank else "closes"), found


def find_places(text: str, kinds: Sequence[str]) -> list[Place]:
    """Look at every character that may begin a sentence, outside of brackets and quotation marks."""
    partner = pairs_of(text, kinds)
    nested = {i for first, last in partner.items() if first < last for i in range(first + 1, last + 1)}
    out = []
    for at, kind in enumerate(kinds):
        if at == 0 or kind in ("SPACE", "LINE") or at in nested:
            continue
        opens = partner.get(at, -1) > at
        if (kind == "OPEN" and is_note(kinds, at, partner)) or (kind in MARKS - {"TILDE"} and not opens):
            continue
        blanks = re.search(r"[sl]*$", "".join("s" if k == "SPACE" else "l" if k == "LINE" else "x" for k in kinds[:at]))
        gap = blanks.group() if blanks else ""
        speaks = kind in ("HANGUL", "DIGIT", "UPPER") or (opens and kind != "OPEN")
        if not gap and not (speaks and kinds[at - 1] in MARKS):
            continue
        end, seen = look_back(kinds, at, partner)
        if end:
            lines = {"NEW_LINE"} if "l" in gap else set()
            lines |= {"BLANK_LINE"} if gap.count("l") > 1 else set()
            out.append(Place(end, at, frozenset(seen | lines | (set() if gap else {"INNER"}))))
    return out


def look_back(kinds: Sequence[str], at: int, partner: dict[int, int]) -> tuple[int, set[str]]:
    """Go back to the last letter, and tell what was passed."""
    seen: set[str] = set()
    periods = skips = 0
    place = at - 1
    while place >= 0 and at - place < 4096 and skips < 32:
        kind = kinds[place]
        periods += kind == "PERIOD"
        if kind in SEEN:
            seen.add(SEEN[kind])
        elif kind != "PERIOD" and partner.get(place, place) < place:
            seen.add("BRACKETED" if kind == "CLOSE" else "QUOTED")
            if kind == "CLOSE" and not begins(kinds, partner[place], partner):
                place = partner[place]
                skips += 1
        elif kind not in ("PERIOD", "SPACE", "LINE", "QUOTE", "TICK", "CLOSE_QUOTE"):
            break
        place -= 1
    seen |= {"HARD", "ONE_PERIOD"} if periods == 1 else {"ELLIPSIS"} if periods else set()
    return place + 1, seen


def begins(kinds: Sequence[str], at: int, partner: dict[int, int]) -> bool:
    """Tell whether a sentence begins with a bracket."""
    if is_note(kinds, at, partner) or (at and kinds[at - 1] not in ("SPACE", "LINE")):
        return False
    before = [kind for kind in kinds[:at] if kind not in ("SPACE", "LINE")]
    return not before or before[-1] in ("PERIOD", "BANG", "DOTS")


def is_note(kinds: Sequence[str], at: int, partner: dict[int, int]) -> bool:
    """Tell a short note in brackets."""
    end = partner.get(at, -1)
    return end > at and end - at <= LONGEST_NOTE and kinds[end - 1] not in MARKS


def fnv(values: Sequence[int]) -> int:
    """FNV-1a over 32 bits, a code point at a time."""
    h = 0x811C9DC5
    for value in values:
        h = ((h ^ value) * 0x01000193) % 2**32
    return h


def mix(one: int, other: int, kind: int, mask: int) -> int:
    """Join two hashes and the number of the feature to a place in the table."""
    h = (((one ^ (other >> 7) ^ (other << 5)) % 2**32 ^ (kind * 0x1F35)) * 0x01000193) % 2**32
    h = ((h ^ (h >> 15)) * 0x01000193) % 2**32
    return (h ^ (h >> 13)) & mask


def hash_features(text: str, left: int, right: int, mask: int) -> list[int]:
    """Spell the features of a place out: the characters, words and pairs of them on both its sides."""
    plain = [32 if char.isspace() else ord(char) for char in text]
    before, after = plain[:left][::-1], plain[right:]
    word = re.search(r"\S*$", text[:left])
    last = [ord(char) for char in (word.group() if word else "")][::-1]
    earlier = text[: left - len(last)].rstrip()[::-1][:2] if len(last) <= 10 else text[: left - 10][::-1][:2]
    begun = re.match(r"\S*", text[right:])
    first = (begun.group() if begun else "")[:10]
    second = text[right + len(first) :].lstrip()[:2]
    ends = [fnv(last[:10]) ^ 2] + [fnv((before + [1] * 6)[:n]) for n in range(1, 7)]
    begins = [fnv([ord(char) for char in first]) ^ 2] + [fnv((after + [1] * 4)[:n]) for n in range(1, 5)]
    syllable = ord(text[left - 1]) - 0xAC00
    is_syllable = 0 <= syllable <= 0xD7A3 - 0xAC00
    coda, rhyme = (syllable % 28 + 1, syllable % 588 + 1) if is_syllable else (0, 0)
    pairs = [(value, 0) for value in ends] + [(value, 1) for value in begins]
    pairs += [(value, other) for value in (coda, rhyme) for other in (0, begins[1], begins[2], begins[0])]
    pairs += [(ends[n], other) for n in (1, 2, 3) for other in (begins[1], begins[2], begins[0])]
    pairs += [(ends[1], fnv([ord(first[-1])])), (ends[1], fnv([ord(char) for char in second]))]
    pairs += [(ends[2], fnv([ord(char) for char in earlier])), (ends[0], begins[1])]
    return [mix(one, other, n, mask) for n, (one, other) in enumerate(pairs)]


def add_weights(text: str, places: Sequence[Place], weights: Sequence[int]) -> list[int]:
    """Sum up the weights of each place's features."""
    return [sum(weights[i] for i in hash_features(text, place.left, place.right, len(weights) - 1)) for place in places]
