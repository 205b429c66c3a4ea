"""The best documents of one segment for one query, with NumPy alone, so that a cold process answers at once.

The words are taken from the rarest to the most frequent. A document's score is the sum, in that order, of what each
word counts in it; a word that it lacks counts its `absent`, which is 0 in most variants. What the words that are left
can add at most is known, and so is a score that k documents reach already: a document that cannot reach it is dropped
from the candidates, or never becomes one. All sums are in float64 and in the one order, so neither pruning nor `k`
changes a bit of them.

References
----------
.. [1] Turtle, Flood, "Query evaluation: strategies and optimizations", Information Processing & Management 31(6), 1995
   (MaxScore).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.search.ranking import best

_SLACK = 1e-9  # relative; far above the rounding of a sum, so that no bound is ever too low

Floats = NDArray[np.float64]


class WordDocs(NamedTuple):
    """What one word of a query counts in the documents of a segment.

    Parameters
    ----------
    docs : ndarray of int32, shape (n,)
        Documents that hold it and may be found, rising.
    values : ndarray of float64, shape (n,)
        What it counts in them, never less than `absent`.
    absent : float
        What it counts in all other documents, >= 0.
    """

    docs: NDArray[np.int32]
    values: Floats
    absent: float


class _Found(NamedTuple):
    """Documents that may be among the best, each once, with what they have scored so far."""

    docs: NDArray[np.int32]
    scores: Floats


def match(words: Sequence[WordDocs], k: int) -> tuple[NDArray[np.int64], Floats]:
    """Find the best documents that hold a word at least.

    Parameters
    ----------
    words : sequence of WordDocs
        In the order in which scores are summed: rising document frequency is the quickest.
    k : int
        How many documents, >= 1.

    Returns
    -------
    docs : ndarray of int64, shape (n,)
        At most `k`, by falling score, equal scores by rising document number.
    scores : ndarray of float64, shape (n,)
        Their scores.
    """
    most = [max(word.absent, float(word.values.max(initial=0.0))) for word in words]
    found, start = _Found(np.zeros(0, np.int32), np.zeros(0)), 0.0
    for number, word in enumerate(words):
        found = _add(found, word, start, k, (most[number], sum(most[number + 1 :])))
        start += word.absent
    return best(found.docs, found.scores, k)


def _add(found: _Found, word: WordDocs, start: float, k: int, reach: tuple[float, float]) -> _Found:
    """Add one word.

    `start` is what a document without any word so far has scored, `reach` what this word and all after it can add.
    """
    here, after = reach
    limit = _kth(found.scores, k)
    possible = (here + after) * (1 + _SLACK)
    found = _only(found, found.scores + possible >= limit * (1 - _SLACK))
    is_hit, is_new, places = _align(found.docs, word.docs)
    scores = found.scores + np.where(is_hit, word.values[places] if len(word.docs) else 0.0, word.absent)
    if limit * (1 - _SLACK) > start + possible:  # no document without a word so far can get in
        return _Found(found.docs, scores)
    values = start + word.values
    limit = max(limit, _kth(values, k))
    is_new &= values + after * (1 + _SLACK) >= limit * (1 - _SLACK)
    new = np.flatnonzero(is_new)
    return _Found(np.concatenate([found.docs, word.docs[new]]), np.concatenate([scores, values[new]]))


def _align(
    found: NDArray[np.int32], docs: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.intp]]:
    """Which candidates are in a rising list, which of the list are no candidates, and where each candidate is."""
    is_new = np.ones(len(docs), bool)
    places = np.searchsorted(docs, found)
    if not len(docs):
        return np.zeros(len(found), bool), is_new, places
    places[places == len(docs)] = 0
    is_hit = docs[places] == found
    is_new[places[is_hit]] = False
    return is_hit, is_new, places


def _only(found: _Found, keep: NDArray[np.bool_]) -> _Found:
    return found if keep.all() else _Found(found.docs[keep], found.scores[keep])


def _kth(values: Floats, k: int) -> float:
    """Find the k-th largest value; below all where there are fewer."""
    return float(np.partition(values, len(values) - k)[len(values) - k]) if len(values) >= k else 0.0
