"""Smoothings by name: what is taken off a count, what the rest is divided by, and what the shorter context is worth.

Every one of them is said by three things for each context: the discounts of counts 1, 2, 3 ..., a denominator and a
weight. The probability of a word is ``(count - discount) / denominator + weight x probability after the shorter
context``; where a smoothing backs off instead, the second part holds for words that never followed the context.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.discounts import good_turing_discounts, modified_discounts
from malgil.ngram.interpolating import bucket
from malgil.ngram.levels import Estimate, Floats, Level, Options

CHEN_GOODMAN = "Chen, Goodman, An Empirical Study of Smoothing Techniques for Language Modeling, TR-10-98, 1998"
STUPID_BACKOFF = 0.4


class Smoothing(NamedTuple):
    """One way to smooth.

    Parameters
    ----------
    estimate : callable
        Level and options -> estimate.
    continues : bool
        Whether orders below the highest count different words before an n-gram instead of occurrences.
    interpolates : bool
        Whether words that followed a context get something of the shorter context too.
    sums_to_one : bool
        Whether the numbers are probabilities.
    formula : str
        Probability of a word that followed the context, in plain signs.
    source : str
        Where it is published.
    is_flat : bool
        Whether shorter contexts count nothing: the uniform distribution stands behind the longest one.
    is_tuned : bool
        Whether weights are found by EM before (`malgil.ngram.interpolating`).
    """

    estimate: Callable[[Level, Options], Estimate]
    continues: bool
    interpolates: bool
    sums_to_one: bool
    formula: str
    source: str
    is_flat: bool = False
    is_tuned: bool = False


def modified_kneser_ney(level: Level, options: Options) -> Estimate:
    r"""Smooth by modified Kneser-Ney: three discounts, over counts of different words before.

    Parameters
    ----------
    level : Level
        Adjusted counts of one order.
    options : Options
        `discount_fallback` is used.

    Returns
    -------
    Estimate
        Interpolated.

    Notes
    -----
    .. math:: Y = n_1 / (n_1 + 2 n_2), \quad D_k = k - (k + 1) Y n_{k+1} / n_k

    References
    ----------
    .. [1] Chen, Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling", TR-10-98, 1998, eq. 26.
    .. [2] Heafield et al., "Scalable Modified Kneser-Ney Language Model Estimation", ACL 2013.
    """
    discounts = modified_discounts(level.n, level.of_counts, options.discount_fallback)
    taken = discounts[1:] @ level.types + level.pruned
    return Estimate(discounts, *_shares(level.totals, taken))


def kneser_ney(level: Level, options: Options) -> Estimate:
    """Interpolated Kneser-Ney: one discount, over counts of different words before.

    Parameters
    ----------
    level : Level
        Adjusted counts of one order.
    options : Options
        `discount` is used, else estimated.

    Returns
    -------
    Estimate
        Interpolated.

    References
    ----------
    .. [1] Kneser, Ney, "Improved backing-off for m-gram language modeling", ICASSP 1995.
    .. [2] Chen, Goodman, TR-10-98, 1998, section 4.1.6.
    """
    return absolute_discounting(level, options)


def absolute_discounting(level: Level, options: Options) -> Estimate:
    """Absolute discounting: the same is taken off every count.

    Parameters
    ----------
    level : Level
        Counts of one order.
    options : Options
        `discount` is used, else estimated.

    Returns
    -------
    Estimate
        Interpolated.

    Notes
    -----
    .. math:: D = n_1 / (n_1 + 2 n_2)

    References
    ----------
    .. [1] Ney, Essen, Kneser, "On structuring probabilistic dependences in stochastic language modelling", Computer
       Speech and Language, 1994.
    """
    once, twice = level.of_counts[1:3].tolist()
    discount = options.discount
    if discount is None:
        # Without n-grams seen once nothing tells how much mass is unseen; half a count is the usual middle.
        discount = once / (once + 2 * twice) if 0 < once and 0 < twice else 0.5
    taken: Floats = discount * level.distinct.astype(np.float64) + level.pruned
    return Estimate(np.array([0.0, discount]), *_shares(level.totals, taken))


def witten_bell(level: Level, options: Options) -> Estimate:
    """Witten-Bell: a new word is as likely as new words were after the context.

    Parameters
    ----------
    level : Level
        Counts of one order.
    options : Options
        Not used.

    Returns
    -------
    Estimate
        Interpolated.

    References
    ----------
    .. [1] Witten, Bell, "The zero-frequency problem", IEEE Transactions on Information Theory, 1991, method C.
    .. [2] Chen, Goodman, TR-10-98, 1998, section 2.6.
    """
    new = level.distinct
    denominators = np.maximum(level.totals + new, 1).astype(np.float64)
    return Estimate(np.zeros(2), denominators, np.where(level.totals > 0, (new + level.pruned) / denominators, 1.0))


def maximum_likelihood(level: Level, options: Options) -> Estimate:
    """Relative frequencies: a word that never followed a context has probability 0 there.

    Parameters
    ----------
    level : Level
        Counts of one order.
    options : Options
        Not used.

    Returns
    -------
    Estimate
        The shorter context decides only for contexts that never occurred.

    References
    ----------
    .. [1] Chen, Goodman, TR-10-98, 1998, section 1.
    """
    return Estimate(np.zeros(2), *_shares(level.totals, level.pruned.astype(np.float64)))


def add_k(level: Level, options: Options) -> Estimate:
    r"""Additive smoothing: k is added to every count, of words that never followed the context too.

    Parameters
    ----------
    level : Level
        Counts of one order.
    options : Options
        `add_k` is used: 1 is the rule of Laplace, another number that of Lidstone.

    Returns
    -------
    Estimate
        Interpolated, where the shorter context stands for the uniform distribution.

    Notes
    -----
    .. math:: \frac{c + k}{c(h) + k V} = \frac{c}{c(h) + k V} + \frac{k V}{c(h) + k V} \cdot \frac{1}{V}

    References
    ----------
    .. [1] Lidstone, "Note on the general case of the Bayes-Laplace formula", Transactions of the Faculty of Actuaries,
       1920.
    .. [2] Chen, Goodman, TR-10-98, 1998, section 2.1.
    """
    added = options.add_k * level.n_words
    denominators: Floats = level.totals + np.float64(added)
    return Estimate(np.zeros(2), denominators, (added + level.pruned) / denominators)


def jelinek_mercer(level: Level, options: Options) -> Estimate:
    r"""Jelinek-Mercer: relative frequencies and the shorter context in fixed parts, found by EM.

    Parameters
    ----------
    level : Level
        Counts of one order.
    options : Options
        `interpolation` is used.

    Returns
    -------
    Estimate
        Interpolated.

    Notes
    -----
    .. math:: \lambda_{b(h)} \frac{c}{c(h)} + (1 - \lambda_{b(h)}) P(w \mid h')

    The denominator of an estimate is :math:`c(h) / \lambda`.

    References
    ----------
    .. [1] Jelinek, Mercer, "Interpolated estimation of Markov source parameters from sparse data", Pattern Recognition
       in Practice, 1980.
    .. [2] Chen, Goodman, TR-10-98, 1998, section 2.3.
    """
    weights = options.interpolation[level.n - 1]
    own = np.where(level.totals > 0, weights[bucket(level.totals)], 0.0)
    totals = np.maximum(level.totals, 1).astype(np.float64)
    return Estimate(np.zeros(2), totals / np.where(own > 0, own, 1.0), 1.0 - own + own * level.pruned / totals)


def katz(level: Level, options: Options) -> Estimate:
    r"""Smooth by Katz: small counts are discounted as Good and Turing found, the rest backs off.

    Parameters
    ----------
    level : Level
        Counts of one order.
    options : Options
        Not used.

    Returns
    -------
    Estimate
        Backed off: the weights are what makes each context sum to one.

    Notes
    -----
    .. math:: d_r = \frac{(r + 1) n_{r+1} / (r n_r) - (k + 1) n_{k+1} / n_1}{1 - (k + 1) n_{k+1} / n_1}

    A context of which all followers occur more often than k times would leave nothing to other words. As in SRILM one
    is added to the total of such a context.

    References
    ----------
    .. [1] Katz, "Estimation of Probabilities from Sparse Data for the Language Model Component of a Speech Recognizer",
       IEEE ASSP, 1987; k = 5 as Katz has it, less only where the counts of counts ask for it.
    """
    denominators, weights = _shares(level.totals, level.pruned.astype(np.float64))
    return Estimate(good_turing_discounts(level.n, level.of_counts), denominators, weights)


def stupid_backoff(level: Level, options: Options) -> Estimate:
    """Stupid backoff: relative frequencies, and 0.4 times the shorter context's for what was never seen.

    Parameters
    ----------
    level : Level
        Counts of one order.
    options : Options
        Not used.

    Returns
    -------
    Estimate
        Scores, which do not sum to one and are no probabilities.

    References
    ----------
    .. [1] Brants et al., "Large Language Models in Machine Translation", EMNLP-CoNLL 2007, eq. 5.
    """
    totals = np.maximum(level.totals, 1).astype(np.float64)
    return Estimate(np.zeros(2), totals, np.full(len(totals), STUPID_BACKOFF))


def _shares(totals: NDArray[np.int64], taken: Floats) -> tuple[Floats, Floats]:
    """Denominators, and the share of what is taken; all of it where nothing was counted."""
    denominators = np.maximum(totals, 1).astype(np.float64)
    return denominators, np.where(totals > 0, taken / denominators, 1.0)


#: Name -> smoothing.
SMOOTHINGS: dict[str, Smoothing] = {
    "modified_kneser_ney": Smoothing(
        modified_kneser_ney, True, True, True, "(count - D) / total + weight x p_shorter", f"{CHEN_GOODMAN}, eq. 26"
    ),
    "kneser_ney": Smoothing(
        kneser_ney, True, True, True, "(count - D) / total + weight x p_shorter", "Kneser, Ney, ICASSP 1995"
    ),
    "absolute_discounting": Smoothing(
        absolute_discounting,
        False,
        True,
        True,
        "(count - D) / total + weight x p_shorter",
        "Ney, Essen, Kneser, Computer Speech and Language, 1994",
    ),
    "witten_bell": Smoothing(
        witten_bell,
        False,
        True,
        True,
        "count / (total + distinct) + weight x p_shorter",
        "Witten, Bell, IEEE Transactions on Information Theory, 1991, method C",
    ),
    "jelinek_mercer": Smoothing(
        jelinek_mercer,
        False,
        True,
        True,
        "lambda x count / total + (1 - lambda) x p_shorter",
        "Jelinek, Mercer, Pattern Recognition in Practice, 1980",
        is_tuned=True,
    ),
    "add_k": Smoothing(
        add_k,
        False,
        True,
        True,
        "(count + k) / (total + k x words)",
        f"{CHEN_GOODMAN}, section 2.1",
        is_flat=True,
    ),
    "maximum_likelihood": Smoothing(
        maximum_likelihood, False, False, True, "count / total", f"{CHEN_GOODMAN}, section 1"
    ),
    "katz": Smoothing(katz, False, False, True, "(count - D) / total", "Katz, IEEE ASSP, 1987"),
    "stupid_backoff": Smoothing(
        stupid_backoff, False, False, False, "count / total", "Brants et al., EMNLP-CoNLL 2007, eq. 5"
    ),
}
