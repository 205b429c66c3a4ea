"""Duplicates for the sample corpus: exact, by white space only, and with a few edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from malgil.sample.draw import Draw
from malgil.sample.typos import mistype

# Share of all rows that are copies of another row.
RATES = {"exact": 0.012, "whitespace": 0.005, "near": 0.012}
_MIN_EXACT, _MIN_EDITED = 8, 20


class Copy(NamedTuple):
    """A row that repeats an earlier one.

    Attributes
    ----------
    source : int
        The row that is repeated.
    target : int
        The later row that repeats it.
    kind : str
        ``"exact"``, ``"whitespace"`` or ``"near"``.
    """

    source: int
    target: int
    kind: str  # "exact", "whitespace" or "near"


class Edit(NamedTuple):
    """A near-duplicate as it was made.

    Attributes
    ----------
    text : str
        The edited text.
    kind : str
        ``typo``, ``dropped_word``, ``added_words`` or ``punctuation``.
    """

    text: str
    kind: str


def choose(rng: np.random.Generator, texts: list[str], free: list[int]) -> list[Copy]:
    """Choose which rows become copies of which.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    texts : list of str
        All texts.
    free : list of int
        Rows that may take part, as a source or as a target.

    Returns
    -------
    list of Copy
        No row is both source and target, none is a target twice; an exact source may have up to three copies.
    """
    pool = [free[i] for i in rng.permutation(len(free)).tolist()]
    copies: list[Copy] = []
    for kind, rate in RATES.items():
        want = round(rate * len(texts))
        while want > 0:
            n_copies = min(want, int(rng.choice((1, 1, 1, 2, 3)))) if kind == "exact" else 1
            group = _group(pool, texts, n_copies, kind)
            if not group:
                break
            copies += [Copy(group[0], target, kind) for target in group[1:]]
            want -= n_copies
    return copies


def _group(pool: list[int], texts: list[str], n_copies: int, kind: str) -> list[int]:
    """Take a source that is long enough and its targets out of the pool; the source is the earliest row."""
    least = _MIN_EXACT if kind == "exact" else _MIN_EDITED
    while len(pool) > n_copies:
        rows = sorted(pool.pop() for _ in range(n_copies + 1))
        if len(texts[rows[0]]) >= least and " " in texts[rows[0]].strip():
            return rows
    return []


def respace(draw: Draw, text: str) -> str:
    """Change white space only: a wider gap, a tab, a blank at an end; the words stay.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    text : str
        A review.

    Returns
    -------
    str
        Another text with the same words.
    """
    gaps = [i for i, char in enumerate(text) if char == " "]
    roll = draw.unit()
    if roll < 0.5 and gaps:
        at = draw.pick(gaps)
        return text[:at] + draw.pick(("  ", "   ", " \t", " \n")) + text[at + 1 :]
    return draw.pick(("{} ", " {}", "{}\n", "  {}  ")).format(text)


def edit(draw: Draw, text: str, added: list[str]) -> Edit:
    """Make a near-duplicate.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    text : str
        The original, at least two words.
    added : list of str
        Phrases that may be added at the end.

    Returns
    -------
    Edit
        The text with one or two small edits and their kind: typo, dropped_word, added_words, punctuation.
    """
    kinds = list(_EDITS)
    first = draw.below(len(kinds))
    for kind in kinds[first:] + kinds[:first]:
        changed = _EDITS[kind](draw, text, added)
        if changed and changed.split() != text.split():
            return Edit(changed, kind)
    return Edit(text + "!!", "punctuation")


def _typo(draw: Draw, text: str, added: list[str]) -> str:
    slip = mistype(draw, text)
    again = mistype(draw, slip[0]) if slip and draw.chance(0.4) else None
    return again[0] if again else slip[0] if slip else ""


def _dropped_word(draw: Draw, text: str, added: list[str]) -> str:
    words = text.split(" ")
    short = [i for i, word in enumerate(words) if 0 < len(word) <= 5]
    if len(words) < 5 or not short:
        return ""
    at = draw.pick(short)
    return " ".join([*words[:at], *words[at + 1 :]])


def _added_words(draw: Draw, text: str, added: list[str]) -> str:
    return f"{text} {draw.pick(added)}" if len(text) >= 30 else ""


def _punctuation(draw: Draw, text: str, added: list[str]) -> str:
    if "." in text and draw.chance(0.7):
        return text.replace(".", draw.pick(("!", "", "~", ";")))
    return text + draw.pick(("!!", "~", "...", "!"))


_EDITS: dict[str, Callable[[Draw, str, list[str]], str]] = {
    "typo": _typo,
    "dropped_word": _dropped_word,
    "added_words": _added_words,
    "punctuation": _punctuation,
}
