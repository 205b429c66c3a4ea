"""Whether probabilities mean what they say: reliability by bins, and temperature scaling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError, ParameterError
from malgil.training.metrics import check_lengths, share

_HOTTEST = 20.0  # temperatures are looked for in [1 / 20, 20]: beyond it, probabilities are 0 and 1, or all equal
_STEPS = 60  # bisections: the bracket shrinks by 2^60, below the precision of a double


class Reliability(NamedTuple):
    """Confidence beside accuracy, in bins of equal width.

    Parameters
    ----------
    edges : ndarray of float64, shape (n_bins + 1,)
        Borders of the bins, from 0 to 1; a bin holds its upper border.
    counts : ndarray of int64, shape (n_bins,)
        Answers in a bin.
    confidence : ndarray of float64, shape (n_bins,)
        Their mean probability; 0 in an empty bin.
    accuracy : ndarray of float64, shape (n_bins,)
        Share of right answers; 0 in an empty bin.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def ece(self) -> float:
        """Expected calibration error: mean distance of confidence and accuracy, by answers, in [0, 1]."""
        return float(np.average(np.abs(self.confidence - self.accuracy), weights=self.counts))

    def to_dict(self) -> dict[str, Any]:
        """Give the bins in a form that JSON can hold.

        Returns
        -------
        dict
            ``ece`` and the arrays as lists.
        """
        return {"ece": self.ece, **{name: array.tolist() for name, array in self._asdict().items()}}


def reliability(
    confidence: NDArray[np.floating[Any]], is_right: NDArray[np.bool_] | Sequence[bool], n_bins: int = 15
) -> Reliability:
    r"""Sort answers into bins by their probability.

    Parameters
    ----------
    confidence : ndarray of float, shape (n,)
        Probability of each answer, in [0, 1].
    is_right : array of bool, shape (n,)
        Whether it was right.
    n_bins : int
        Bins of equal width, >= 1.

    Returns
    -------
    Reliability
        Bins and their means.

    Raises
    ------
    ParameterError
        If the two are not equally long, or there is no bin.
    DataError
        If there is no answer, or a probability is not in [0, 1].

    Notes
    -----
    .. math:: \mathrm{ECE} = \sum_m \frac{|B_m|}{n} \, |\mathrm{acc}(B_m) - \mathrm{conf}(B_m)|

    References
    ----------
    .. [1] Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.

    Examples
    --------
    >>> round(reliability(np.array([0.9, 0.8]), [True, False], n_bins=2).ece, 2)
    0.35
    """
    sure, right = np.asarray(confidence, np.float64), np.asarray(is_right, bool)
    check_lengths(len(right), len(sure))
    if n_bins < 1:
        raise ParameterError("models.bad_n", n=n_bins)
    if not ((sure >= 0) & (sure <= 1 + 1e-6)).all():
        raise DataError("models.no_probabilities")
    edges = np.linspace(0, 1, n_bins + 1)
    bins = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins).astype(np.int64)
    sums = (np.bincount(bins, weights=values, minlength=n_bins) for values in (sure, right.astype(np.float64)))
    return Reliability(edges, counts, *(share(total, counts) for total in sums))


def fit_temperature(log_probs: NDArray[np.floating[Any]], truth: NDArray[np.integer[Any]]) -> float:
    r"""Find the temperature that makes probabilities fit a validation set best.

    Parameters
    ----------
    log_probs : ndarray of float, shape (n, K)
        Logits or natural logarithms of probabilities.
    truth : ndarray of int, shape (n,)
        Column of the true class.

    Returns
    -------
    float
        T in [0.05, 20]; above 1 the model was too sure. The right answers all being the likeliest, T falls to 0.05.

    Raises
    ------
    ParameterError
        If the two are not equally long.
    DataError
        If there is no example.

    Notes
    -----
    T minimises the mean of :math:`-\ln \mathrm{softmax}(z / T)_y`, which is convex in :math:`b = 1 / T`: the zero of
    its slope :math:`\overline{\sum_k p_k z_k - z_y}` is found by bisection.

    References
    ----------
    .. [1] Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
    """
    logits, columns = np.asarray(log_probs, np.float64), np.asarray(truth)
    check_lengths(len(columns), len(logits))
    logits = np.maximum(logits - logits.max(1, keepdims=True), -1e4)  # a probability of 0 stays a number
    rows = np.arange(len(logits))
    low, high = -np.log(_HOTTEST), np.log(_HOTTEST)  # logarithm of b
    for _ in range(_STEPS):
        middle = (low + high) / 2
        slope = ((_softmax(logits * np.exp(middle)) * logits).sum(1) - logits[rows, columns]).mean()
        low, high = (middle, high) if slope < 0 else (low, middle)
    return float(np.exp(-(low + high) / 2))


def apply_temperature(probabilities: NDArray[np.floating[Any]], temperature: float) -> NDArray[np.float64]:
    """Make probabilities less sure, or surer; the order of the classes stays.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n, K)
        Rows that sum to 1.
    temperature : float
        T > 0; 1 changes nothing.

    Returns
    -------
    ndarray of float64, shape (n, K)
        :math:`p_k^{1/T}`, divided by their sum.

    Raises
    ------
    ParameterError
        If `temperature` is not above 0.

    Examples
    --------
    >>> apply_temperature(np.array([[0.8, 0.2]]), 2.0).round(3)
    array([[0.667, 0.333]])
    """
    if not temperature > 0:
        raise ParameterError("models.bad_temperature", value=temperature)
    logits = np.log(np.maximum(np.asarray(probabilities, np.float64), np.finfo(np.float64).tiny))
    return _softmax(logits / temperature)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(weights / weights.sum(1, keepdims=True))
