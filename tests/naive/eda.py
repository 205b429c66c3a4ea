"""Slow and obvious versions of what malgil.eda does quickly."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from itertools import groupby

import regex

HANGUL_SCRIPT = regex.compile(r"\p{Script=Hangul}")
LATIN = regex.compile(r"\p{Script=Latin}")
HAN = regex.compile(r"\p{Script=Han}")
KANA = regex.compile(r"\p{Script=Hiragana}|\p{Script=Katakana}")
EMOJI = regex.compile(r"\p{Emoji}")
MODIFIER = regex.compile(r"\p{Emoji_Modifier}")
SPACE = regex.compile(r"\s")
LETTER = regex.compile(r"\p{L}")
DIGIT = regex.compile(r"\p{Nd}")
CONTROL = regex.compile(r"\p{Cc}|\p{Cf}")


def class_of(character: str) -> str:
    """Name the class of a character, one question after the other."""
    if character == "\ufffd":
        return "replacement"
    if ord(character) > 0xFF and EMOJI.match(character) and not MODIFIER.match(character):
        return "emoji"
    if SPACE.match(character):
        return "space"
    if CONTROL.match(character) and character != "\u200d":
        return "invisible"
    if DIGIT.match(character):
        return "digit"
    if not LETTER.match(character):
        return "other"
    if "\u3131" <= character <= "\u318e" or "\uffa1" <= character <= "\uffdc":
        return "jamo"
    for name, script in (("hangul", HANGUL_SCRIPT), ("kana", KANA), ("han", HAN), ("latin", LATIN)):
        if script.match(character):
            return name
    return "letter"


def scan_texts(texts: list[str]) -> list[tuple[Counter[str], str, str | None, list[str]]]:
    """Tell of each text: characters by class, itself, itself without blanks (None: no more), repeated characters."""
    found = []
    for text in texts:
        classes = Counter(class_of(character) for character in text)
        inked = "".join(character for character in text if class_of(character) != "space")
        runs = [
            character
            for character, same in groupby(text)
            if class_of(character) not in ("space", "digit") and len(list(same)) >= 3
        ]
        found.append((classes, text, inked or None, runs))
    return found


def count_distinct(ids: list[int], at: list[int]) -> list[int]:
    """Count the distinct ids of each beginning, with a set."""
    return [len(set(ids[:end])) for end in at]


def is_nfc(text: str) -> bool:
    """Compare a text with its composed form."""
    return unicodedata.normalize("NFC", text) == text


def guess_language(text: str) -> str:
    """Guess the language of a text from its letters."""
    classes = Counter(class_of(character) for character in text)
    hangul, latin = classes["hangul"] + classes["jamo"], classes["latin"]
    letters = hangul + latin + classes["han"] + classes["kana"] + classes["letter"]
    if letters == 0:
        return "none"
    for share, name in ((hangul, "ko"), (latin, "en"), (hangul + latin, "mixed")):
        if share / letters >= 0.8:
            return name
    return "other"


def count_noise(texts: list[str], pattern: str) -> tuple[int, int]:
    """Texts with a match, and matches, by Python's regular expressions without any short cut."""
    matches = [len(re.findall(f"(?:{pattern})", text, flags=re.ASCII)) for text in texts]
    return sum(n > 0 for n in matches), sum(matches)


def find_duplicates(texts: list[str]) -> tuple[int, dict[str, list[int]]]:
    """Documents that repeat an earlier one, and the rows of each text that is there more than once."""
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        if regex.sub(r"\s", "", text):
            rows.setdefault(text, []).append(row)
    groups = {text: where for text, where in rows.items() if len(where) > 1}
    return sum(len(where) - 1 for where in groups.values()), groups


def count_by_label(docs: list[list[int]], codes: list[int], n_labels: int, n_terms: int) -> list[list[int]]:
    """Count the terms of each label, token by token."""
    found = [[0] * n_terms for _ in range(n_labels)]
    for doc, code in zip(docs, codes, strict=True):
        for term in doc:
            if code >= 0 and term < n_terms:
                found[code][term] += 1
    return found


def log_odds_z(here: int, n_here: int, whole: int, n_whole: int, prior_tokens: float) -> float:
    """How typical one word is of one part of a corpus: the formula with its own letters."""
    alpha = prior_tokens * whole / n_whole
    y_i, y_j, n_i, n_j = here, whole - here, n_here, n_whole - n_here
    omega_i = math.log((y_i + alpha) / (n_i + prior_tokens - y_i - alpha))
    omega_j = math.log((y_j + alpha) / (n_j + prior_tokens - y_j - alpha))
    return (omega_i - omega_j) / math.sqrt(1 / (y_i + alpha) + 1 / (y_j + alpha))


def histogram(values: list[int], width: int) -> Counter[int]:
    """Count values by bin."""
    return Counter(value // width for value in values)
