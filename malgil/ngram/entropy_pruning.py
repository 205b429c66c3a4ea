"""Pruning by entropy: n-grams go that the model misses least, and what is left still sums to one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.counting import Trie
from malgil.ngram.normalising import TINY, left_over, parents, sums
from malgil.ngram.sequence import BEGIN, END

Floats = NDArray[np.float64]


class Smoothed(NamedTuple):
    """A model over the n-grams that were counted, before anything is made a file of.

    Parameters
    ----------
    trie : Trie
        The n-grams.
    suffixes : ndarray of int32, shape (n_nodes,)
        Each without its first word.
    probs : ndarray of float64, shape (n_nodes,)
        Probability of the last word after the words before it.
    weights : ndarray of float64, shape (n_inner,)
        What an n-gram multiplies the probability after its suffix with.
    kept : ndarray of bool, shape (n_nodes,)
        Which n-grams the model has. It has what its n-grams begin with too.
    """

    trie: Trie
    suffixes: NDArray[np.int32]
    probs: Floats
    weights: Floats
    kept: NDArray[np.bool_]


def prune_by_entropy(model: Smoothed, threshold: float) -> Smoothed:
    r"""Leave out every n-gram without which the perplexity rises by less than a threshold.

    Parameters
    ----------
    model : Smoothed
        Interpolated or backed off; each context sums to one.
    threshold : float
        Relative rise of the perplexity, such as 1e-8.

    Returns
    -------
    Smoothed
        With fewer n-grams and new weights; the probabilities of those that stay are what they were.

    Notes
    -----
    Without the word w after the context h, of which h' is the end, the weight of h becomes :math:`\alpha'(h)` and the
    relative entropy rises by

    .. math:: -P(h) \{ P(w \mid h) [\ln P(w \mid h') + \ln \alpha'(h) - \ln P(w \mid h)]
              + [\ln \alpha'(h) - \ln \alpha(h)] \sum_{v \text{ unseen}} P(v \mid h) \}

    and the perplexity by e to it, less 1. As in SRILM each n-gram is judged by itself, against the whole model, the
    longest first; one that a longer n-gram begins with stays; and ``<s>`` is as probable as ``</s>``.

    References
    ----------
    .. [1] Stolcke, "Entropy-based Pruning of Backoff Language Models", DARPA Broadcast News Workshop, 1998, section 3.
    """
    if model.trie.order == 1:
        return model
    trie, kept = model.trie, model.kept.copy()
    contexts = _context_probs(model)
    for n in range(trie.order, 1, -1):
        here = trie.level(n)
        judged = kept[here].copy()
        if n < trie.order:
            judged &= sums(trie, n + 1, kept[trie.level(n + 1)])[here] == 0
        kept[here] &= ~(judged & (_rises(model, n, contexts) < threshold))
    return model._replace(kept=kept, weights=_normalised(model, kept))


def _context_probs(model: Smoothed) -> Floats:
    """Probability of each context by itself: that of its words one after the other."""
    trie = model.trie
    found = np.empty(int(trie.base[-2]))
    found[: trie.n_words] = model.probs[: trie.n_words]
    found[BEGIN] = model.probs[END]  # there are as many beginnings as ends
    for n in range(2, trie.order):
        found[trie.level(n)] = found[parents(trie, n)] * model.probs[trie.level(n)]
    return found


def _rises(model: Smoothed, n: int, contexts: Floats) -> Floats:
    """How much higher the perplexity is without each n-gram of an order, relative to what it was."""
    here, heads = model.trie.level(n), parents(model.trie, n)
    own, lower = model.probs[here], model.probs[model.suffixes[here]]
    unseen = 1.0 - sums(model.trie, n, np.where(model.kept[here], own, 0.0))[heads]
    spared = 1.0 - sums(model.trie, n, np.where(model.kept[here], lower, 0.0))[heads]
    with np.errstate(divide="ignore", invalid="ignore"):
        after = np.log((np.maximum(unseen, 0.0) + own) / (np.maximum(spared, 0.0) + lower))
        gained = np.where(unseen > TINY, (after - np.log(model.weights[heads])) * unseen, 0.0)
        rises: Floats = -contexts[heads] * (own * (np.log(lower) + after - np.log(own)) + gained)
    return np.where(own > 0, np.expm1(np.minimum(rises, 700.0)), 0.0)


def _normalised(model: Smoothed, kept: NDArray[np.bool_]) -> Floats:
    """Find the weights with which the kept n-grams, as probable as before, and all others sum to one."""
    trie, probs, weights = model.trie, model.probs.copy(), model.weights.copy()
    for n in range(2, trie.order + 1):
        here = trie.level(n)
        lower = probs[model.suffixes[here]]
        weights[trie.level(n - 1)] = left_over(trie, n, probs[here], lower, kept[here])
        probs[here] = np.where(kept[here], probs[here], weights[parents(trie, n)] * lower)
    return weights
