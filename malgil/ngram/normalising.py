"""What a context multiplies the shorter one with so that its probabilities sum to one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.counting import Trie

Floats = NDArray[np.float64]
TINY = 1e-12  # below it stands nothing but rounding: the followers have all the mass, or are all the words


def parents(trie: Trie, n: int) -> NDArray[np.int64]:
    """Find the n-gram that each one of an order prolongs.

    Parameters
    ----------
    trie : Trie
        The n-grams.
    n : int
        The order, >= 2.

    Returns
    -------
    ndarray of int64, shape (n_level,)
        Nodes.
    """
    low, high = int(trie.base[n - 2]), int(trie.base[n - 1])
    return np.repeat(np.arange(low, high), np.diff(trie.first[low : high + 1]))


def sums(trie: Trie, n: int, values: NDArray[np.floating] | NDArray[np.bool_]) -> Floats:
    """Add up a value over the n-grams that prolong each node.

    Parameters
    ----------
    trie : Trie
        The n-grams.
    n : int
        Their order, >= 2.
    values : ndarray, shape (n_level,)
        One for each n-gram of the order.

    Returns
    -------
    ndarray of float64, shape (base[n - 1],)
        By node; 0 for those of shorter n-grams.
    """
    added: Floats = np.bincount(parents(trie, n), values, int(trie.base[n - 1])).astype(np.float64, copy=False)
    return added


def left_over(trie: Trie, n: int, probs: Floats, lower: Floats, kept: NDArray[np.bool_]) -> Floats:
    """Weigh the shorter context.

    Parameters
    ----------
    trie : Trie
        The n-grams.
    n : int
        Order of the n-grams that followed the contexts, >= 2.
    probs : ndarray of float64, shape (n_level,)
        Their probabilities.
    lower : ndarray of float64, shape (n_level,)
        Probabilities of their last words after the shorter context.
    kept : ndarray of bool, shape (n_level,) or (0,)
        Which of them the model has; all where it is empty.

    Returns
    -------
    ndarray of float64, shape (n_contexts,)
        What the followers of each context leave, by what the shorter context gives to all other words; 0 where either
        is nothing but rounding, 1 where nothing follows.
    """
    here = slice(int(trie.base[n - 2]), int(trie.base[n - 1]))
    if len(kept):
        probs, lower = np.where(kept, probs, 0.0), np.where(kept, lower, 0.0)
    spared, unseen = 1.0 - sums(trie, n, probs)[here], 1.0 - sums(trie, n, lower)[here]
    return np.where((spared > TINY) & (unseen > TINY), spared / np.maximum(unseen, TINY), 0.0)
