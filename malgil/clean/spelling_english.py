"""English spelling: candidates and counts by symspellpy, ranked further by what fingers and ears confuse.

symspellpy comes with the extra ``text`` and carries the word counts (from Google Books Ngrams, CC BY 3.0, and SCOWL).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from malgil.clean.corrections import Correction, Suggestion
from malgil.errors import MissingError, ParameterError
from malgil.explain import Explanation
from malgil.hangul import are_near, from_keys

MOST_EDITS = 2
N_RANKED = 40
NEXT_SHARE = 2
"""A correction must be likelier than the next suggestion by the least gain over this."""
OWN_WEIGHT = 10_000_000
"""A text of the user's counts as so many words of the books that the list was made of."""
DOUBLING, SWAP, SOUND, NEAR, MISSING, EXTRA, OTHER, FIRST = 2.5, 4.0, 4.0, 5.5, 4.5, 6.5, 7.5, 2.5
_SOUNDS = ("aeiouy", "csk", "sz", "ckq", "gj", "dt", "fv", "mn")
_WORD = re.compile(r"\S*[A-Za-z]\S*")
_CHECKED = re.compile(r"(?<![\w@./:&=#%+-])[a-zA-Z][a-z]{3,}(?![\w@/:&=#%+'’-]|\.\w)")
_DICTIONARY = "frequency_dictionary_en_82_765.txt"


@cache
def _symspell() -> tuple[Any, Any]:
    try:
        from symspellpy import SymSpell, Verbosity
    except ImportError as error:
        raise MissingError("spelling.no_symspellpy") from error
    speller = SymSpell(max_dictionary_edit_distance=MOST_EDITS, prefix_length=7)
    speller.load_dictionary(
        str(files("symspellpy").joinpath(_DICTIONARY)), term_index=0, count_index=1, encoding="utf-8"
    )
    return speller, Verbosity.ALL


def edit_cost(typed: str, meant: str, at: int) -> tuple[float, float, float]:
    """Costs of one letter more, one fewer and another at a place.

    Parameters
    ----------
    typed, meant : str
        The letters that end there, at most two of each.
    at : int
        Place in the word that was meant.

    Returns
    -------
    extra, missing, replaced : float
        In nats; a change of the first letter is rarer than others.
    """
    first = FIRST if at == 0 else 0.0
    extra = DOUBLING if typed[-1:] == typed[-2:-1] else EXTRA + first
    missing = DOUBLING if meant[-1:] == meant[-2:-1] else MISSING + first
    return extra, missing, first + _replaced(typed[-1:], meant[-1:])


@cache
def _replaced(typed: str, meant: str) -> float:
    if any(typed in sound and meant in sound for sound in _SOUNDS):
        return SOUND
    return NEAR if typed and meant and are_near(from_keys(typed), from_keys(meant)) else OTHER


def explain_slips(typed: str, meant: str) -> list[tuple[str, float]]:
    """Find the cheapest slips that make one word of another.

    Parameters
    ----------
    typed, meant : str
        Words in lower case.

    Returns
    -------
    list of (str, float)
        What happened and its cost in nats, from the end of the word to its beginning: ``"e > a"``, ``"- l"``,
        ``"+ l"``, ``"ei > ie"``.

    Notes
    -----
    Optimal string alignment with weights.

    Examples
    --------
    >>> explain_slips("recieve", "receive"), explain_slips("adress", "address")
    ([('ei > ie', 4.0)], [('- d', 2.5)])
    """
    n, m = len(typed), len(meant)
    best: list[list[tuple[float, int, int, str]]] = [[(0.0, 0, 0, "")] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            if i or j:
                best[i][j] = min(_steps(typed, meant, i, j, best))
    slips, i, j = [], n, m
    while i or j:
        total, di, dj, label = best[i][j]
        i, j = i - di, j - dj
        if label:
            slips.append((label, total - best[i][j][0]))
    return slips


def _steps(
    typed: str, meant: str, i: int, j: int, best: list[list[tuple[float, int, int, str]]]
) -> list[tuple[float, int, int, str]]:
    """List the ways into a cell: total cost, letters taken of either word, and what happened."""
    extra, missing, replaced = edit_cost(typed[max(0, i - 2) : i], meant[max(0, j - 2) : j], j - 1 if i else 0)
    steps = []
    if i:
        steps.append((best[i - 1][j][0] + extra, 1, 0, f"+ {typed[i - 1]}"))
    if j:
        steps.append((best[i][j - 1][0] + missing, 0, 1, f"- {meant[j - 1]}"))
    if i and j:
        same = typed[i - 1] == meant[j - 1]
        label = "" if same else f"{meant[j - 1]} > {typed[i - 1]}"
        steps.append((best[i - 1][j - 1][0] + (0.0 if same else replaced), 1, 1, label))
    if i > 1 and j > 1 and typed[i - 2 : i] == meant[j - 2 : j][::-1] and typed[i - 1] != typed[i - 2]:
        steps.append((best[i - 2][j - 2][0] + SWAP, 2, 2, f"{meant[j - 2 : j]} > {typed[i - 2 : i]}"))
    return steps


class EnglishSpelling:
    """The speller's English side.

    Parameters
    ----------
    own : mapping of str to int
        Words of the user's texts; never changed.
    min_gain : float
        Nats by which a correction must be likelier than the next.
    """

    def __init__(self, own: Mapping[str, int], min_gain: float) -> None:
        self._own = own
        self._min_gain = min_gain
        self._symspell, self._all = _symspell()

    def suggest(self, word: str, k: int, left: str, right: str) -> list[Suggestion]:
        """Suggest words for a word; its neighbours do not count in English.

        Parameters
        ----------
        word : str
            Latin letters.
        k : int
            Most suggestions.
        left, right : str
            Not used.

        Returns
        -------
        list of Suggestion
            The likeliest first, written with capitals as the word is.

        Raises
        ------
        ParameterError
            If the word has no Latin letter.
        """
        if not _WORD.fullmatch(word):
            raise ParameterError("spelling.no_word", value=word, language="en")
        typed = word.lower()
        found = self._symspell.lookup(typed, self._all, max_edit_distance=MOST_EDITS)
        ranked = sorted(found, key=lambda item: (item.distance, -item.count, item.term))[:N_RANKED]
        known = {item.term: item.count for item in ranked} | ({typed: 0} if typed in self._own else {})
        suggestions = [self._suggestion(typed, term, count) for term, count in known.items()]
        ordered = sorted(suggestions, key=lambda each: (-each.score, each.word))[:k]
        return [each._replace(word=_cased(each.word, word)) for each in ordered]

    def check(self, text: str) -> list[Correction]:
        """Find the words that no list has and that one other word clearly explains.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of Correction
            In its order. Words with a capital inside the sentence, as names have, stay.
        """
        fixed = []
        for found in _CHECKED.finditer(text):
            word = found.group()
            is_name = word[0].isupper() and bool(re.search(r"[\w,;]\s+$", text[: found.start()]))
            if is_name or word.lower() in self._symspell.words or word.lower() in self._own:
                continue
            suggested = self.suggest(word, 2, "", "")
            margin = suggested[0].score - suggested[-1].score if len(suggested) > 1 else self._min_gain
            if suggested and margin >= self._min_gain / NEXT_SHARE:
                fixed.append(Correction(*found.span(), word, suggested[0].word, suggested[0].reason))
        return fixed

    def _suggestion(self, typed: str, term: str, count: int) -> Suggestion:
        slips = tuple(Explanation(f"slip {label}", -cost) for label, cost in explain_slips(typed, term)[::-1])
        n, total = count + OWN_WEIGHT * self._own.get(term, 0), _n_counted()
        numbers: dict[str, float | int | str] = {"count": n, "all": total}
        alone = Explanation(f"word {term}", math.log(n / total), "ln(count / all)", "formula", numbers=numbers)
        parts = (*slips, alone)
        value = sum((part.value for part in parts), 0.0)
        return Suggestion(term, value, Explanation(term, value, "ln P(slips) + ln P(word)", "sum", parts))


@cache
def _n_counted() -> int:
    return sum(_symspell()[0].words.values())


def _cased(term: str, word: str) -> str:
    if word.isupper() and len(word) > 1:
        return term.upper()
    return term.capitalize() if word[0].isupper() else term
