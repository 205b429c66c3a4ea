"""Cleaning, one character at a time; every step returns the text and, for each character, what it was made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

Spans = list[tuple[int, int]]

FORMATS = "\u00ad\u061c\u180e\u200b\u200e\u200f\ufeff\U000e0001"
FORMAT_RANGES = [("\u202a", "\u202e"), ("\u2060", "\u206f"), ("\ufff9", "\ufffb")]


def _always_goes(char: str) -> bool:
    if unicodedata.category(char) == "Cc":
        return not char.isspace()
    return char in FORMATS or any(low <= char <= high for low, high in FORMAT_RANGES)


def _is_tag(char: str) -> bool:
    return "\U000e0020" <= char <= "\U000e007f"


def _is_symbol(char: str) -> bool:
    return char == "ℹ" or (char >= "\u2000" and unicodedata.category(char)[0] == "S")


def _is_letter(char: str) -> bool:
    return char not in "ℹ\ufe0e\ufe0f" and unicodedata.category(char)[0] in "LM"


def _joins_letters(char: str) -> bool:
    in_script = "\u0600" <= char < "\u18b0" and not "\u1100" <= char <= "\u11ff"
    return bool(char) and in_script and _is_letter(char)


def _is_loose(text: str, i: int) -> bool:
    char, left, right = text[i], text[i - 1 : i] if i else "", text[i + 1 : i + 2]
    if char in "\u200c\u200d":
        symbols = bool(left and right) and (_is_symbol(left) or _is_tag(left) or left in "\ufe0e\ufe0f")
        symbols = symbols and _is_symbol(right) and char == "\u200d"
        letters = bool(left and right) and _joins_letters(left) and _joins_letters(right)
        return not (symbols or letters)
    if char in "\ufe0e\ufe0f":
        return not left or left.isspace() or left in "\u200c\u200d\ufe0e\ufe0f" or _is_letter(left)
    if _is_tag(char):
        before = text[:i].rstrip("".join(chr(point) for point in range(0xE0020, 0xE0080)))
        return not before.endswith("🏴")
    return False


def remove_control(text: str) -> tuple[str, Spans]:
    kept = [i for i, char in enumerate(text) if not _always_goes(char)]
    while True:
        now = "".join(text[i] for i in kept)
        still = [i for place, i in enumerate(kept) if not _is_loose(now, place)]
        if still == kept:
            return now, [(i, i + 1) for i in kept]
        kept = still


def compose(text: str) -> tuple[str, Spans]:
    """Cut where nothing joins, compose each piece; one that changed is one unless its marks kept their order."""
    out, spans, low = "", [], 0
    for high in range(1, len(text) + 1):
        if high < len(text) and _joins_left(text[high]):
            continue
        made, made_spans = _compose_piece(text[low:high])
        out += made
        spans += [(low + start, low + end) for start, end in made_spans]
        low = high
    return out, spans


def _joins_left(char: str) -> bool:
    first = unicodedata.normalize("NFD", char)[0]
    is_jamo = "\u1161" <= first <= "\u1175" or "\u11a8" <= first <= "\u11c2" or "\U00016d63" <= first <= "\U00016d6a"
    is_selector = "\ufe00" <= first <= "\ufe0f" or "\U000e0100" <= first <= "\U000e01ef"
    return is_jamo or (unicodedata.category(first)[0] == "M" and not is_selector)


def _compose_piece(piece: str) -> tuple[str, Spans]:
    composed = unicodedata.normalize("NFC", piece)
    if composed == piece:
        return piece, [(i, i + 1) for i in range(len(piece))]
    atoms = [(atom, i) for i, char in enumerate(piece) for atom in unicodedata.normalize("NFD", char)]
    if "".join(atom for atom, _ in atoms) != "".join(unicodedata.normalize("NFD", char) for char in composed):
        return composed, [(0, len(piece))] * len(composed)
    spans = []
    for char in composed:
        taken, atoms = (
            atoms[: len(unicodedata.normalize("NFD", char))],
            atoms[len(unicodedata.normalize("NFD", char)) :],
        )
        spans.append((taken[0][1], taken[-1][1] + 1))
    return composed, spans


def collapse(text: str) -> tuple[str, Spans]:
    out, spans, i = "", [], 0
    while i < len(text):
        end = i + 1
        if text[i].isspace():
            while end < len(text) and text[end].isspace():
                end += 1
            if i > 0 and end < len(text):
                out += " "
                spans.append((i, end))
        else:
            out += text[i]
            spans.append((i, end))
        i = end
    return out, spans


STEPS = {"control": remove_control, "nfc": compose, "whitespace": collapse}


def clean(text: str, steps: Sequence[str] = ("control", "nfc", "whitespace")) -> tuple[str, Spans]:
    spans = [(i, i + 1) for i in range(len(text))]
    for step in steps:
        text, made_of = STEPS[step](text)
        spans = [(spans[start][0], spans[end - 1][1]) for start, end in made_of]
    return text, spans
