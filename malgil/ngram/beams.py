"""Several gaps at once, and the likeliest way to go on: beam search, which is exact where the beam holds everything.

A beam holds the best beginnings found so far. Each is continued by the words that are best behind it, and of all these
the best stay.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.ngram.answering import LanguageModel
from malgil.ngram.model import Model
from malgil.ngram.predicting import Known, best_words, gap_mass, known_in_gap, known_next
from malgil.ngram.sequence import END, UNKNOWN

Numbers = NDArray[np.int32]


class Beginning(NamedTuple):
    """What has been chosen so far.

    Parameters
    ----------
    words : tuple of int
        Numbers of the words.
    log10_prob : float
        Of them, and of the given words around them that they change.
    """

    words: tuple[int, ...]
    log10_prob: float


def check_beam(beam: int) -> int:
    """Refuse a beam that holds nothing.

    Parameters
    ----------
    beam : int
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
    if isinstance(beam, bool) or not isinstance(beam, int | np.integer) or beam < 1:
        raise ParameterError("ngram.bad_beam", value=beam)
    return int(beam)


def fill_gaps(model: Model, parts: list[Numbers], k: int, beam: int) -> list[tuple[tuple[int, ...], float]]:
    r"""Find the likeliest words of several gaps together.

    Parameters
    ----------
    model : Model
        The model.
    parts : list of ndarray of int32, at least two
        The given words before the first gap, between the gaps and behind the last, with ``<s>`` and ``</s>``.
    k : int
        How many fillings, >= 1.
    beam : int
        Beginnings that are kept from gap to gap, >= 1; at least `k` are.

    Returns
    -------
    list of (tuple of int, float)
        Numbers of the words of all gaps and their probability, falling; equal ones by number.

    Notes
    -----
    .. math:: P(w_1 \dots w_m \mid given) = P(w_1 \dots w_m, given) / \sum_v P(v_1 \dots v_m, given)

    The sum runs over every word of the last gap and over the beginnings that the beam holds. So it is exact for one
    gap, and for more as soon as the beam holds all beginnings: the whole vocabulary for two gaps. With a narrower beam
    the probabilities are somewhat too large.
    """
    width = max(beam, k)
    held, mass = [Beginning((), 0.0)], 0.0
    for gap in range(1, len(parts)):
        held, mass = _fill_next(model, parts[: gap + 1], held, width)
    return [(words, 10.0 ** (log10_prob - mass)) for words, log10_prob in held[:k]]


def likeliest_ending(model: LanguageModel, context: Numbers, max_tokens: int, beam: int) -> list[int]:
    """Find the likeliest way to go on after a context.

    Parameters
    ----------
    model : Model
        The model.
    context : ndarray of int32, shape (n,)
        Numbers of the words before.
    max_tokens : int
        Words at most, >= 0.
    beam : int
        Beginnings that are kept from word to word, >= 1. With 1 each word is the likeliest one by itself.

    Returns
    -------
    list of int
        Numbers of the new words; ``<unk>`` is never among them.

    Notes
    -----
    What is compared is the probability of all the words together, that of ``</s>`` included where the sentence ends.
    Nothing makes up for length: every further word costs, so that the likeliest ending is often a short one. What has
    `max_tokens` words is taken as it is.
    """
    held, ended = [Beginning((), 0.0)], Beginning((), -math.inf)
    for _ in range(max_tokens):
        found = [longer for beginning in held for longer in _continued(model, context, beginning, beam)]
        found = _best(found, beam)
        ended = _best([ended, *(one for one in found if one.words[-1] == END)], 1)[0]
        held = [one for one in found if one.words[-1] != END]
        if not held or held[0].log10_prob <= ended.log10_prob:
            break
    best = _best([ended, *held], 1)[0]
    return [word for word in best.words if word != END]


def _best(found: list[Beginning], n: int) -> list[Beginning]:
    return sorted(found, key=lambda one: (-one.log10_prob, one.words))[:n]


def _left(parts: list[Numbers], words: tuple[int, ...]) -> Numbers:
    """Give all that stands before the next gap, the gaps before it filled."""
    pieces = [parts[0]]
    for word, part in zip(words, parts[1:], strict=False):
        pieces += [np.array([word], np.int32), part]
    return np.concatenate(pieces)


def _fill_next(model: Model, parts: list[Numbers], held: list[Beginning], width: int) -> tuple[list[Beginning], float]:
    """Fill the last gap in every way that may be best; add up all ways, on the scale of log10."""
    right, found, masses = parts[-1], [], []
    order, own = _others(model, right)
    whole = float((10.0 ** own[order]).sum())
    for words, log10_prob in held:
        known = _known(model, _left(parts[:-1], words), right)
        numbers, logs = best_words(known, order, own, width)
        both = zip(numbers.tolist(), logs.tolist(), strict=True)
        found += [Beginning((*words, word), log10_prob + log) for word, log in both]
        masses.append(log10_prob + gap_mass(known, own, whole, float(logs[0])))
    top = max(masses)
    return _best(found, width), top + math.log10(math.fsum(10.0 ** (mass - top) for mass in masses))


def _others(model: Model, right: Numbers) -> tuple[Numbers, NDArray[np.float64]]:
    """Give the words that may stand in a gap by their own value, and these values."""
    if _is_bridged(model, right):
        return model.by_bridge, model.bridges
    return model.by_prob[model.by_prob != END], model.table.log10_probs[: len(model.words)].astype(np.float64)


def _known(model: Model, left: Numbers, right: Numbers) -> Known:
    """Score the words that the model knows something of in a gap."""
    if _is_bridged(model, right):
        return known_in_gap(model, left, right)
    known = known_next(model, left)
    is_word = known.words != END
    known.seen[END] = True
    return known._replace(words=known.words[is_word], scores=known.scores[is_word])


def _is_bridged(model: Model, right: Numbers) -> bool:
    """Tell whether a word follows the gap; else another gap follows at once, and only the left side counts."""
    return len(right) > 0 or model.order == 1


def _continued(model: LanguageModel, context: Numbers, beginning: Beginning, beam: int) -> list[Beginning]:
    words, log10_prob = beginning
    before = np.append(context, np.array(words, np.int32)).astype(np.int32)
    return [
        Beginning((*words, word), log10_prob + math.log10(prob))
        for word, prob in model.next_words(before, beam + 1)
        if word != UNKNOWN and prob > 0
    ]
