"""Slips of the fingers with a seed: what benches of spelling put into clean Korean sentences, one a sentence."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np

from malgil.hangul import from_strokes, strokes, to_keys
from malgil.hangul.distance import are_near
from malgil.hangul.letters import KEY_ROWS, SHIFT_PAIRS

KINDS = ("neighbour", "missing", "doubled", "swapped", "ae", "shift", "layout")
_SENTENCE = re.compile(r"[^.?!…]+[.?!…]+")
_WORD = re.compile("[가-힣]{2,}")
_KEYS = "".join(KEY_ROWS) + "".join(SHIFT_PAIRS.values())
_UNSHIFTED = {shifted: plain for plain, shifted in SHIFT_PAIRS.items()}
_AE = {"ㅐ": "ㅔ", "ㅔ": "ㅐ", "ㅒ": "ㅖ", "ㅖ": "ㅒ"}


class Typo(NamedTuple):
    """A clean sentence with one word typed wrongly.

    Parameters
    ----------
    before, word, behind : str
        The sentence, cut at the word.
    typed : str
        What stands in its place.
    kind : str
        One of `KINDS`.
    """

    before: str
    word: str
    behind: str
    typed: str
    kind: str


def held_out_sentences(path: Path, rest: int) -> list[str]:
    """Read the sentences of petitions that the model was not taught.

    Parameters
    ----------
    path : Path
        The petitions.
    rest : int
        Which of ten: 8 to develop, 9 to measure.

    Returns
    -------
    list of str
        Of 20 to 120 characters, mostly Hangul.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["content"] for number, line in enumerate(file) if number % 10 == rest]
    found = (
        match.group().strip() for text in texts for match in _SENTENCE.finditer(unicodedata.normalize("NFC", text))
    )
    return [
        text
        for text in dict.fromkeys(found)
        if 20 <= len(text) <= 120 and len(re.findall("[가-힣]", text)) > 0.6 * len(text)
    ]


def mistype(word: str, kind: str, rng: np.random.Generator) -> str:
    """Type a word with one slip.

    Parameters
    ----------
    word : str
        Syllables.
    kind : str
        One of `KINDS`.
    rng : Generator
        Chooses the place and the key.

    Returns
    -------
    str
        The same word where it has no place for such a slip.
    """
    if kind == "layout":
        return to_keys(word)
    typed = strokes(word)
    places = [at for at in range(len(typed)) if _fits(typed, at, kind)]
    if not places:
        return word
    at = int(rng.choice(places))
    key, behind = typed[at], typed[at + 1 :]
    if kind == "neighbour":
        key = str(rng.choice([other for other in _KEYS if are_near(key, other)]))
    elif kind == "missing":
        key = ""
    elif kind == "doubled":
        key *= 2
    elif kind == "swapped":
        key, behind = behind[0] + key, behind[1:]
    else:
        key = (_AE if kind == "ae" else _UNSHIFTED)[key]
    return from_strokes(typed[:at] + key + behind)


def _fits(typed: str, at: int, kind: str) -> bool:
    if kind == "ae":
        return typed[at] in _AE
    if kind == "shift":
        return typed[at] in _UNSHIFTED
    return kind != "swapped" or (at + 1 < len(typed) and typed[at] != typed[at + 1])


def make_typos(sentences: list[str], n: int, seed: int) -> list[Typo]:
    """Put one slip into each sentence, the kinds in turn.

    Parameters
    ----------
    sentences : list of str
        Clean sentences.
    n : int
        How many to make.
    seed : int
        Chooses sentences, words and slips.

    Returns
    -------
    list of Typo
        At most `n`; sentences without a place for the slip are passed over.
    """
    rng = np.random.default_rng(seed)
    made: list[Typo] = []
    for row in rng.permutation(len(sentences)).tolist():
        text, kind = sentences[row], KINDS[len(made) % len(KINDS)]
        words = [found.span() for found in _WORD.finditer(text)]
        for place in rng.permutation(len(words)).tolist():
            start, end = words[place]
            typed = mistype(text[start:end], kind, rng)
            if typed != text[start:end]:
                made.append(Typo(text[:start], text[start:end], text[end:], typed, kind))
                break
        if len(made) == n:
            break
    return made
