"""How alike two strings are, by the edits that turn one into the other: a small table over rapidfuzz.

Strings are composed (NFC) first, so that a syllable is one character however it was written. ``jamo`` counts keys: it
takes syllables apart into the letters of a Korean keyboard, in which typing errors are made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.hangul import strokes

_BLOCK_PAIRS = 1 << 20


class StringMeasure(NamedTuple):
    """A measure of strings with what is known about it.

    Parameters
    ----------
    scorer : str
        Name of the function in ``rapidfuzz.distance``, such as ``"Levenshtein.distance"``.
    high : float
        The largest value; the smallest is 0.
    higher_is_closer : bool
        False for a distance.
    formula : str
        The measure in plain signs.
    source : str
        Where it is published.
    prepare : callable
        How a string is written before it is compared.
    """

    scorer: str
    high: float
    higher_is_closer: bool
    formula: str
    source: str
    prepare: Callable[[str], str]


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


_LEVENSHTEIN = "Levenshtein, Binary codes capable of correcting deletions, insertions and reversals, 1966"
STRING_MEASURES: dict[str, StringMeasure] = {
    "levenshtein": StringMeasure(
        "Levenshtein.distance",
        np.inf,
        higher_is_closer=False,
        formula="fewest insertions, deletions and replacements",
        source=_LEVENSHTEIN,
        prepare=_compose,
    ),
    "jamo": StringMeasure(
        "Levenshtein.distance",
        np.inf,
        higher_is_closer=False,
        formula="fewest insertions, deletions and replacements of keys",
        source=_LEVENSHTEIN,
        prepare=strokes,
    ),
    "edit_ratio": StringMeasure(
        "Levenshtein.normalized_similarity",
        1.0,
        higher_is_closer=True,
        formula="1 - edits / length of the longer",
        source=_LEVENSHTEIN,
        prepare=_compose,
    ),
    "jaro_winkler": StringMeasure(
        "JaroWinkler.similarity",
        1.0,
        higher_is_closer=True,
        formula="jaro + prefix x 0.1 x (1 - jaro) where jaro > 0.7, prefix at most 4",
        source="Winkler, String comparator metrics and enhanced decision rules, 1990",
        prepare=_compose,
    ),
}


def _scorer(measure: str) -> Any:
    from rapidfuzz import distance

    home, _, name = STRING_MEASURES[measure].scorer.partition(".")
    return getattr(getattr(distance, home), name)


def as_strings(texts: object, measure: str) -> list[str]:
    """Write strings as they are compared.

    Parameters
    ----------
    texts : sequence of str
        A list, or anything else to go through, but not one string.
    measure : str
        A key of `STRING_MEASURES`.

    Returns
    -------
    list of str
        As many.

    Raises
    ------
    ParameterError
        If these are no strings.
    """
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise ParameterError("similarity.not_strings", measure=measure)
    found = [text.as_py() if hasattr(text, "as_py") else text for text in texts]
    if not all(isinstance(text, str) for text in found):
        raise ParameterError("similarity.not_strings", measure=measure)
    return [STRING_MEASURES[measure].prepare(text) for text in found]


def string_similarity(a: str, b: str, measure: str) -> float:
    """Compare two strings.

    Parameters
    ----------
    a, b : str
        The strings; two empty ones are equal.
    measure : str
        A key of `STRING_MEASURES`.

    Returns
    -------
    float
        A number of edits, or a similarity in [0, 1].

    Raises
    ------
    ParameterError
        If these are no strings.

    Examples
    --------
    >>> string_similarity("영하", "영화", "levenshtein"), string_similarity("영하", "영화", "jamo")
    (1.0, 1.0)
    >>> string_similarity("닭", "영", "levenshtein"), string_similarity("닭", "영", "jamo")
    (1.0, 4.0)
    """
    first, second = as_strings([a, b], measure)
    return float(_scorer(measure)(first, second))


def string_values(asked: list[str], offered: list[str], measure: str) -> NDArray[np.float64]:
    """Compare all strings with all others.

    Parameters
    ----------
    asked, offered : list of str
        As from `as_strings`.
    measure : str
        A key of `STRING_MEASURES`.

    Returns
    -------
    ndarray of float64, shape (n_asked, n_offered)
        The values.
    """
    from rapidfuzz.process import cdist

    if not asked or not offered:
        return np.zeros((len(asked), len(offered)))
    dtype = np.float64 if STRING_MEASURES[measure].higher_is_closer else np.uint32
    values: NDArray[np.float64] = cdist(asked, offered, scorer=_scorer(measure), dtype=dtype).astype(np.float64)
    return values


class StringPair(NamedTuple):
    """Queries and items that are strings.

    Parameters
    ----------
    measure : str
        A key of `STRING_MEASURES`.
    asked, offered : list of str
        As from `as_strings`.
    """

    measure: str
    asked: list[str]
    offered: list[str]

    @property
    def n_queries(self) -> int:
        """Number of queries."""
        return len(self.asked)

    def fill_closest(
        self,
        left_out: NDArray[np.int64],
        indices: NDArray[np.int64],
        values: NDArray[np.float64],
        n_jobs: int | None,
    ) -> None:
        """Find the closest strings for every query.

        Parameters
        ----------
        left_out : ndarray of int64, shape (n_queries,)
            For each query an item to leave out, -1 for none.
        indices : ndarray of int64, shape (n_queries, k)
            Out: the items, equal values by rising number; stays as it is where there are fewer.
        values : ndarray of float64, shape (n_queries, k)
            Out: their values, of a distance with the sign turned.
        n_jobs : int, optional
            Number of threads, all cores by default.
        """
        measure, asked, offered = self
        sign = 1.0 if STRING_MEASURES[measure].higher_is_closer else -1.0
        k = indices.shape[1]

        def answer(block: range) -> None:
            closeness = sign * string_values(asked[block.start : block.stop], offered, measure)
            for row, query in zip(closeness, block, strict=True):
                if left_out[query] >= 0:
                    row[left_out[query]] = -np.inf
                n = min(k, int(np.isfinite(row).sum()))
                if n:
                    least = np.partition(row, len(row) - n)[len(row) - n]
                    able = np.flatnonzero(row >= least)
                    best = able[np.argsort(-row[able], kind="stable")][:n]
                    indices[query, :n], values[query, :n] = best, row[best]

        step = max(1, _BLOCK_PAIRS // max(1, len(offered)))
        blocks = (range(low, min(low + step, len(asked))) for low in range(0, len(asked), step))
        for _ in map_blocks(answer, blocks, n_jobs):
            pass


def explain_strings(measure: str, a: str, b: str) -> Explanation:
    """Open the value of two strings.

    Parameters
    ----------
    measure : str
        A key of `STRING_MEASURES`.
    a, b : str
        The strings.

    Returns
    -------
    Explanation
        A distance is the sum of its edits; of a similarity the numbers of its formula are named.

    Raises
    ------
    ParameterError
        If these are no strings.
    """
    from rapidfuzz.distance import Jaro, Levenshtein

    facts = STRING_MEASURES[measure]
    value = string_similarity(a, b, measure)
    first, second = as_strings([a, b], measure)
    if not facts.higher_is_closer:
        parts = tuple(Explanation(_edit(edit, first, second), 1.0) for edit in Levenshtein.editops(first, second))
        return Explanation(measure, value, facts.formula, "sum", parts, source=facts.source)
    numbers: dict[str, float | int | str]
    if measure == "edit_ratio":
        numbers = {"edits": Levenshtein.distance(first, second), "length of the longer": max(len(first), len(second))}
    else:
        n_same = next((i for i, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), 4)
        numbers = {"jaro": Jaro.similarity(first, second), "prefix": min(4, n_same, len(first), len(second))}
    return Explanation(measure, value, facts.formula, "formula", numbers=numbers, source=facts.source)


def _edit(edit: Any, first: str, second: str) -> str:
    old, new = first[edit.src_pos : edit.src_pos + 1], second[edit.dest_pos : edit.dest_pos + 1]
    return {"insert": f"+ {new}", "delete": f"- {old}", "replace": f"{old} > {new}"}[edit.tag]
