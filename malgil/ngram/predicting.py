"""The likeliest words: next after a context, and in a gap between two sides; exact over the whole vocabulary."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.ngram.model import Model

Floats = NDArray[np.float64]


class Known(NamedTuple):
    """Words that the model knows something of at a place; all others differ only by what they are themselves.

    Parameters
    ----------
    words : ndarray of int32, shape (n,)
        Their numbers.
    scores : ndarray of float64, shape (n,)
        Log10 of their scores.
    seen : ndarray of bool, shape (n_words,)
        The same words as a mask.
    rest : float
        Log10 of what every other word's own value is multiplied with.
    """

    words: NDArray[np.int32]
    scores: Floats
    seen: NDArray[np.bool_]
    rest: float


def known_next(model: Model, context: NDArray[np.int32]) -> Known:
    """Score the words that ever followed a context or its end.

    Parameters
    ----------
    model : Model
        The model.
    context : ndarray of int32, shape (n,)
        Numbers of the words before.

    Returns
    -------
    Known
        Scores are probabilities; so is the rest times a word's own probability.
    """
    from malgil.ngram._predict_kernels import next_scores

    seen, words, scores = _room(model)
    labels, first, _, log10_probs, log10_backoffs = model.arrays
    table = labels, first, log10_probs, log10_backoffs
    n, rest = next_scores(model.contexts(context), *table, seen, words, scores)
    return Known(words[:n], scores[:n], seen, rest)


def known_in_gap(model: Model, left: NDArray[np.int32], right: NDArray[np.int32]) -> Known:
    """Score the words that ever stood after the left or before the right side of a gap.

    Parameters
    ----------
    model : Model
        The model.
    left, right : ndarray of int32
        Numbers of the words on either side.

    Returns
    -------
    Known
        Scores are probabilities of the word and of the right side after it, the left side given; so is the rest times
        a word's probability times its backoff.
    """
    from malgil.ngram._predict_kernels import gap_scores

    nodes = np.full(model.order, -1, np.int64)
    for n in range(1, min(len(left), model.order - 1) + 1):
        nodes[n - 1] = model.node(left[len(left) - n :])
    seen, words, scores = _room(model)
    near = left[max(0, len(left) - model.order + 1) :] if model.order > 1 else left[:0], right[: model.order - 1]
    table: Any = (*model.arrays[:3], *model.before)
    n, rest = gap_scores(nodes, *near, *table, seen, words, scores)  # type: ignore[call-arg]
    return Known(words[:n], scores[:n], seen, rest)


def next_words(model: Model, context: NDArray[np.int32], k: int) -> list[tuple[int, float]]:
    """Find the likeliest next words.

    Parameters
    ----------
    model : Model
        The model.
    context : ndarray of int32, shape (n,)
        Numbers of the words before.
    k : int
        How many, >= 1; may exceed the vocabulary.

    Returns
    -------
    list of (int, float)
        Numbers of words and their probabilities, falling; equal ones by number. ``</s>`` and ``<unk>`` are among the
        words, ``<s>`` is not.
    """
    known = known_next(model, context)
    own = model.table.log10_probs[: len(model.words)]
    numbers, logs = best_words(known, model.by_prob, own, k)
    return list(zip(numbers.tolist(), (10.0**logs).tolist(), strict=True))


def gap_words(model: Model, left: NDArray[np.int32], right: NDArray[np.int32], k: int) -> list[tuple[int, float]]:
    r"""Find the likeliest words of a gap.

    Parameters
    ----------
    model : Model
        The model.
    left, right : ndarray of int32
        Numbers of the words on either side.
    k : int
        How many, >= 1; may exceed the vocabulary.

    Returns
    -------
    list of (int, float)
        Numbers of words and their probabilities, falling; equal ones by number. ``<unk>`` is among the words, ``<s>``
        and ``</s>`` are not.

    Notes
    -----
    .. math:: P(w \mid left, right) = P(w, right \mid left) / \sum_v P(v, right \mid left)

    Only n-grams that touch the gap matter. A word that neither ever followed the left side's end nor stood before the
    right side's beginning has the score ``rest x p(w) x backoff(w)``, so that all those words have one order, which is
    known beforehand, and their sum is the sum of everybody less that of the others.
    """
    known = known_in_gap(model, left, right)
    numbers, logs = best_words(known, model.by_bridge, model.bridges, k)
    if not len(logs):
        return []
    whole = float((10.0 ** model.bridges[model.by_bridge]).sum())
    mass = gap_mass(known, model.bridges, whole, float(logs[0]))
    return list(zip(numbers.tolist(), (10.0 ** (logs - mass)).tolist(), strict=True))


def gap_mass(known: Known, own: Floats, whole: float, best: float) -> float:
    """Add up the scores of all words at a place.

    Parameters
    ----------
    known : Known
        Of the place.
    own : ndarray of float64, shape (n_words,)
        Log10 of each word's own value.
    whole : float
        Sum of these values (no logarithms) over all words that may stand there.
    best : float
        Log10 of the best score, so that nothing overflows.

    Returns
    -------
    float
        Log10 of the sum: of everybody less that of the known words, and of what is known of these.
    """
    mass = float((10.0 ** (known.scores - best)).sum())
    spared = whole - float((10.0 ** own[known.words]).sum())
    return best + float(np.log10(mass + max(spared, 0.0) * 10.0 ** (known.rest - best)))


def distribution(model: Model, context: NDArray[np.int32]) -> Floats:
    """Probability of every word after a context.

    Parameters
    ----------
    model : Model
        The model.
    context : ndarray of int32, shape (n,)
        Numbers of the words before.

    Returns
    -------
    ndarray of float64, shape (n_words,)
        0 for ``<s>``.
    """
    known = known_next(model, context)
    logs = known.rest + model.table.log10_probs[: len(model.words)].astype(np.float64)
    logs[known.words] = known.scores
    probs: Floats = 10.0**logs
    probs[1] = 0.0
    return probs


def check_k(k: int) -> int:
    """Refuse a number of words that cannot be found.

    Parameters
    ----------
    k : int
        What was asked for.

    Returns
    -------
    int
        The same.

    Raises
    ------
    ParameterError
        If it is no whole number of 1 or more.
    """
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise ParameterError("ngram.bad_k", value=k)
    return int(k)


def best_words(
    known: Known, order: NDArray[np.int32], own: NDArray[np.floating], k: int
) -> tuple[NDArray[np.int32], Floats]:
    """Merge the best of the known words with the best of all others, which stand in a fixed order.

    Parameters
    ----------
    known : Known
        What is known at a place.
    order : ndarray of int32
        Words by falling value of their own.
    own : ndarray of float, shape (n_words,)
        Log10 of each word's own value.
    k : int
        How many.

    Returns
    -------
    numbers : ndarray of int32, shape (<= k,)
        The best words; equal ones by number.
    scores : ndarray of float64, shape (<= k,)
        Log10 of their scores, falling.
    """
    words, scores = known.words, known.scores
    if len(scores) > k:
        bound = np.partition(scores, len(scores) - k)[len(scores) - k]
        words, scores = words[scores >= bound], scores[scores >= bound]
    others, taken, size = [np.zeros(0, np.int32)], 0, 2 * k
    begin = 0
    while taken < k and begin < len(order):
        part = order[begin : begin + size]
        part = part[~known.seen[part]]
        others.append(part)
        begin, taken, size = begin + size, taken + len(part), 2 * size
    rest = np.concatenate(others)[:k]
    numbers = np.concatenate([words, rest])
    logs = np.concatenate([scores, known.rest + own[rest].astype(np.float64)])
    best = np.lexsort((numbers, -logs))[:k]
    return numbers[best], logs[best]


def _room(model: Model) -> tuple[NDArray[np.bool_], NDArray[np.int32], Floats]:
    n = len(model.words)
    return np.zeros(n, np.bool_), np.empty(n, np.int32), np.empty(n)
