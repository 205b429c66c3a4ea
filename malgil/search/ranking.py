"""Exact top-k over postings, looking only at documents that can still be among the k.

The words of a query are taken from the rarest to the most frequent. What the words that are left can add at most is
known (their best codes), and so is a score that k documents already reach. A document that cannot reach it is never
scored: it is dropped from the candidates, or never leaves the list. Scores are summed in that one order of the words,
in float64, so neither pruning nor `k` changes a bit of them.

References
----------
.. [1] Turtle, Flood, "Query evaluation: strategies and optimizations", Information Processing & Management 31(6), 1995
   (MaxScore).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_SLACK = 1e-9  # relative; far above the rounding of a sum, so that no bound is ever too low


class WordList(NamedTuple):
    """One word of a query.

    Parameters
    ----------
    docs : ndarray of int32, shape (n,)
        Documents that hold it, rising.
    codes : ndarray of unsigned int, shape (n,)
        Their codes.
    scores : ndarray of float64, shape (n_codes,)
        What each code scores in this query, rising.
    best : float
        Highest score in the list, 0 where it is empty.
    """

    docs: NDArray[np.int32]
    codes: NDArray[np.unsignedinteger]
    scores: NDArray[np.float64]
    best: float


class Candidates(NamedTuple):
    """Documents that may be among the best.

    Parameters
    ----------
    docs : ndarray of int32, shape (n,)
        Each once, in any order.
    scores : ndarray of float64, shape (n,)
        What they have scored so far.
    """

    docs: NDArray[np.int32]
    scores: NDArray[np.float64]


def rank(lists: list[WordList], k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the best documents.

    Parameters
    ----------
    lists : list of WordList
        The words in the order in which scores are summed: rising document frequency is the quickest.
    k : int
        How many documents, >= 1.

    Returns
    -------
    docs : ndarray of int64, shape (n,)
        At most `k` documents that hold a word, by falling score, equal scores by rising document number.
    scores : ndarray of float64, shape (n,)
        Their scores.
    """
    found = Candidates(np.zeros(0, np.int32), np.zeros(0))
    for number, words in enumerate(lists):
        reach = sum(word.best for word in lists[number + 1 :]) * (1 + _SLACK)
        found = _add_word(found, words, k, reach)
    return best(found.docs, found.scores, k)


def best(
    docs: NDArray[np.integer], scores: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Order the best of scored documents.

    Parameters
    ----------
    docs : ndarray of int, shape (n,)
        Different documents, in any order.
    scores : ndarray of float64, shape (n,)
        Their scores.
    k : int
        How many, >= 1.

    Returns
    -------
    docs : ndarray of int64, shape (min(n, k),)
        By falling score, equal scores by rising document number.
    scores : ndarray of float64, shape (min(n, k),)
        Their scores.
    """
    if len(scores) > k:
        limit = _kth(scores, k)
        above, tied = np.flatnonzero(scores > limit), np.flatnonzero(scores == limit)
        n_tied = k - len(above)
        if len(tied) > n_tied:
            tied = tied[np.argpartition(docs[tied], n_tied - 1)[:n_tied]]
        chosen = np.concatenate((above, tied))
        docs, scores = docs[chosen], scores[chosen]
    order = np.lexsort((docs, -scores))
    return docs[order].astype(np.int64), scores[order]


def _add_word(found: Candidates, words: WordList, k: int, reach: float) -> Candidates:
    """Add the scores of one word; `reach` is what the words after it can add at most."""
    limit = _kth(found.scores, k) if len(found.scores) >= k else 0.0
    possible = (words.best + reach) * (1 + _SLACK)
    if limit > 0:
        found = _only(found, found.scores + possible >= limit)
    hits, places = _places(words.docs, found.docs)
    scores = found.scores.copy()
    scores[hits] += words.scores[words.codes[places]]
    if limit > possible:  # no document that has none of the words so far can get in
        return Candidates(found.docs, scores)
    if len(words.docs) >= k:
        limit = max(limit, float(words.scores[_kth(words.codes, k)]))
    lowest = int(np.searchsorted(words.scores, (limit - reach) * (1 - _SLACK)))
    is_new = words.codes >= lowest
    is_new[places] = False
    new = np.flatnonzero(is_new)
    docs = np.concatenate((found.docs, words.docs[new]))
    return Candidates(docs, np.concatenate((scores, words.scores[words.codes[new]])))


def _places(docs: NDArray[np.int32], wanted: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of the wanted documents are in a rising list, and where."""
    if not len(docs) or not len(wanted):
        nothing = np.zeros(0, np.intp)
        return nothing, nothing
    places = np.searchsorted(docs, wanted)
    places[places == len(docs)] = 0
    hits = np.flatnonzero(docs[places] == wanted)
    return hits, places[hits]


def _only(found: Candidates, keep: NDArray[np.bool_]) -> Candidates:
    return found if keep.all() else Candidates(found.docs[keep], found.scores[keep])


def _kth(values: NDArray[Any], k: int) -> Any:
    """Find the k-th largest of at least k values."""
    return np.partition(values, len(values) - k)[len(values) - k]
