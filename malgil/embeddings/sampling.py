"""Chances that training draws by: which words stay, and which are drawn as negative ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CERTAIN = 1 << 24
POWER = 0.75


def chances_to_stay(counts: NDArray[np.int64], sample: float) -> NDArray[np.int32]:
    r"""Chance of each word to stay when frequent words are thinned out.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_words,)
        Occurrences.
    sample : float
        Share of the corpus above which words are thinned out; 0 keeps all.

    Returns
    -------
    ndarray of int32, shape (n_words,)
        Chances times 2^24.

    Notes
    -----
    .. math:: p(w) = \min(1, \sqrt{t / f} + t / f)

    with the share f of the word in the corpus: what word2vec computes, close to the square root of t / f that the paper
    has [1]_.

    References
    ----------
    .. [1] Mikolov et al., "Distributed Representations of Words and Phrases", NIPS 2013, section 2.3.
    """
    ratio = sample * counts.sum() / np.maximum(counts, 1)
    chances = np.minimum(np.sqrt(ratio) + ratio, 1.0) if sample > 0 else np.ones(len(counts))
    return (chances * CERTAIN).astype(np.int32)


def negative_chances(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Chance of each word to be drawn as a negative one: its count to the power of 3/4.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_words,)
        Occurrences.

    Returns
    -------
    ndarray of float64, shape (n_words,)
        Sum 1.

    References
    ----------
    .. [1] Mikolov et al., "Distributed Representations of Words and Phrases", NIPS 2013, section 2.2.
    """
    powers = np.asarray(counts, np.float64) ** POWER
    return np.asarray(powers / powers.sum())


def alias_table(chances: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cut chances into columns of equal width, each shared by at most two words.

    Parameters
    ----------
    chances : ndarray of float64, shape (n_words,)
        Sum 1, descending.

    Returns
    -------
    own : ndarray of int32, shape (n_words,)
        Share of each column that is its own word's, times 2^24.
    other : ndarray of int32, shape (n_words,)
        Whose the rest is.

    References
    ----------
    .. [1] Walker, "An Efficient Method for Generating Discrete Random Variables", ACM TOMS 3, 1977.
    """
    from malgil.embeddings._draw_kernels import fill_aliases

    own, other = np.empty(len(chances), np.int32), np.arange(len(chances), dtype=np.int32)
    fill_aliases(chances * len(chances), own, other)
    return own, other
