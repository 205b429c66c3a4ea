"""Search as you type: the most frequent terms that what is typed can become.

The terms are sorted, so that the candidates are a few stretches of them; the `k` most frequent of these are found in
one pass over their document frequencies. Over several segments a term's frequencies add up: only the best of each
segment are looked at, until no other term can reach them. Where documents were deleted, frequencies are bounds too.

References
----------
.. [1] Fagin, Lotem, Naor, "Optimal aggregation algorithms for middleware", Journal of Computer and System Sciences
   66(4), 2003 (the threshold algorithm).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import index
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.search.half_typed import stretches
from malgil.search.live_terms import LiveTerms
from malgil.search.ranking import best

_FEW = 2048  # candidates that are quicker counted than looked up one by one

Candidates = tuple[NDArray[np.int64], NDArray[np.int64]]


class Suggestion(NamedTuple):
    """A term that may be meant.

    Parameters
    ----------
    term : str
        The whole term.
    df : int
        Live documents that hold it, > 0.
    """

    term: str
    df: int


class Completer:
    """Completes words.

    Parameters
    ----------
    parts : sequence of LiveTerms
        One field in each segment.
    """

    def __init__(self, parts: Sequence[LiveTerms]) -> None:
        self._parts = list(parts)

    def suggest(self, typed: str, k: int = 10) -> list[Suggestion]:
        """Complete a word.

        Parameters
        ----------
        typed : str
            The beginning of a term. A syllable that is still being typed counts as every syllable that it can become
            (see `malgil.search.half_typed`); capitals also stand for small letters. An empty text completes to nothing.
        k : int
            How many terms at most, >= 1.

        Returns
        -------
        list of Suggestion
            By falling number of live documents, then by code points.

        Raises
        ------
        ParameterError
            If `typed` is not text or `k` not a whole number of 1 or more.
        """
        if not isinstance(typed, str):
            raise ParameterError("query.prefix_not_text", type=type(typed).__name__)
        k = check_number(k)
        wanted = list(dict.fromkeys([*stretches(typed), *stretches(typed.lower())]))
        found = [part.between(wanted, with_deleted=True) for part in self._parts]
        parts = [part for part, (ids, _) in zip(self._parts, found, strict=True) if len(ids)]
        bounds = [candidates for candidates in found if len(candidates[0])]
        if len(parts) == 1 and parts[0].alive is None:
            ids, df = _most(bounds[0], k)
            return [Suggestion(*pair) for pair in zip(parts[0].spelled(ids), df.tolist(), strict=True)]
        return _of_the_best(parts, bounds, k) or _of_all(parts, wanted, k)


def _of_the_best(parts: list[LiveTerms], bounds: list[Candidates], k: int) -> list[Suggestion] | None:
    """Count the `depth` most frequent of each segment; give up where others may have as many documents as these.

    A term that is not among them has at most the sum of the last of each segment, deleted documents included.
    """
    if sum(len(ids) for ids, _ in bounds) <= _FEW:
        return None
    depth = 2 * k
    while depth * len(parts) < _FEW:
        tops = [_most(candidates, depth) for candidates in bounds]
        most = sum(int(df[-1]) for _, df in tops if len(df) == depth)
        terms = {term for part, (ids, _) in zip(parts, tops, strict=True) for term in part.spelled(ids)}
        ranked = _ranked(_sums(parts, sorted(terms)), k)
        if len(ranked) == k and ranked[-1].df > most:
            return ranked
        depth *= 4
    return None


def _most(candidates: Candidates, k: int) -> Candidates:
    ids, df = candidates
    return best(ids, df, k)  # type: ignore[arg-type, return-value]


def _of_all(parts: list[LiveTerms], wanted: list[tuple[str, str]], k: int) -> list[Suggestion]:
    total: Counter[str] = Counter()
    for part in parts:
        ids, df = part.between(wanted)
        for term, n_docs in zip(part.spelled(ids), df.tolist(), strict=True):
            total[term] += n_docs
    return _ranked(total.items(), k)


def _sums(parts: list[LiveTerms], terms: list[str]) -> Iterable[tuple[str, int]]:
    return zip(terms, map(sum, zip(*(part.df_of(terms) for part in parts), strict=True)), strict=True)


def _ranked(sums: Iterable[tuple[str, int]], k: int) -> list[Suggestion]:
    return [Suggestion(*pair) for pair in sorted(sums, key=lambda pair: (-pair[1], pair[0]))[:k]]


def check_number(k: object) -> int:
    """Refuse a number of terms that means nothing.

    Parameters
    ----------
    k : object
        What was asked for.

    Returns
    -------
    int
        1 or more.

    Raises
    ------
    ParameterError
        If it is no whole number of 1 or more.
    """
    try:
        number = 0 if isinstance(k, bool) else index(k)  # type: ignore[arg-type]
    except TypeError:
        number = 0
    if number < 1:
        raise ParameterError("query.bad_k", value=k)
    return number
