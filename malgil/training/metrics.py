"""How good predictions are: shares of right answers by class, the confusion matrix, and errors of numbers.

Nothing here needs torch. A share whose denominator is zero is 0, as scikit-learn has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import DataError, ParameterError


class ClassScores(NamedTuple):
    """What a classifier got right, class by class.

    Parameters
    ----------
    classes : list of str or int
        Names, in the order of all arrays.
    confusion : ndarray of int64, shape (K, K)
        Row: true class; column: predicted class.
    precision : ndarray of float64, shape (K,)
        Share of right answers among the predictions of a class.
    recall : ndarray of float64, shape (K,)
        Share of a class that was found.
    f1 : ndarray of float64, shape (K,)
        Harmonic mean of the two.
    support : ndarray of int64, shape (K,)
        Examples of a class.
    """

    classes: list[Any]
    confusion: NDArray[np.int64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return float(np.trace(self.confusion) / self.support.sum())

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that occur, true or predicted: each counts the same."""
        occurs = (self.support + self.confusion.sum(0)) > 0
        return float(self.f1[occurs].mean())

    @property
    def weighted_f1(self) -> float:
        """Mean F1 of the classes, each counted by its examples."""
        return float(np.average(self.f1, weights=self.support))

    def to_dict(self) -> dict[str, Any]:
        """Give the scores in a form that JSON can hold.

        Returns
        -------
        dict
            ``accuracy``, ``macro_f1``, ``weighted_f1``, ``classes`` (a row each) and ``confusion``.
        """
        names = ("precision", "recall", "f1", "support")
        columns = zip(*(getattr(self, name).tolist() for name in names), strict=True)
        rows = [
            {"label": str(label), **dict(zip(names, row, strict=True))}
            for label, row in zip(self.classes, columns, strict=True)
        ]
        means = {name: getattr(self, name) for name in ("accuracy", "macro_f1", "weighted_f1")}
        return {**means, "n": int(self.support.sum()), "classes": rows, "confusion": self.confusion.tolist()}


class ConfidentError(NamedTuple):
    """A wrong answer that the model was sure of; often the given label is what is wrong.

    Parameters
    ----------
    row : int
        Number of the example.
    truth, predicted : object
        Given and predicted class.
    probability, truth_probability : float
        What the model gave to its answer and to the given class.
    """

    row: int
    truth: Any
    predicted: Any
    probability: float
    truth_probability: float


def class_scores(truth: Sequence[Any], predicted: Sequence[Any], classes: Sequence[Any] | None = None) -> ClassScores:
    r"""Compare predicted classes with the true ones.

    Parameters
    ----------
    truth, predicted : sequence of str or int, n of each
        Class of each example.
    classes : sequence, optional
        Order of the classes; by default all that occur, sorted.

    Returns
    -------
    ClassScores
        Confusion matrix, precision, recall, F1.

    Raises
    ------
    ParameterError
        If the two are not equally long, or a class is not among `classes`.
    DataError
        If there is no example.

    Notes
    -----
    With :math:`C_{ij}` examples of class i predicted as j:

    .. math:: P_j = C_{jj} / \sum_i C_{ij}, \quad R_i = C_{ii} / \sum_j C_{ij}, \quad F_1 = 2 P R / (P + R)

    References
    ----------
    .. [1] van Rijsbergen, "Information Retrieval", 2nd ed., 1979, chapter 7.

    Examples
    --------
    >>> scores = class_scores(["긍정", "긍정", "부정"], ["긍정", "부정", "부정"])
    >>> scores.confusion.tolist(), round(scores.macro_f1, 3)
    ([[1, 1], [0, 1]], 0.667)
    """
    check_lengths(len(truth), len(predicted))
    known = sorted({*truth, *predicted}) if classes is None else list(classes)
    place = {label: at for at, label in enumerate(known)}
    for label in (*truth, *predicted):
        if label not in place:
            raise ParameterError("models.unknown_class", label=label, known=", ".join(map(str, known)))
    cells = [place[t] * len(known) + place[p] for t, p in zip(truth, predicted, strict=True)]
    counts = np.bincount(cells, minlength=len(known) ** 2).reshape(len(known), -1).astype(np.int64)
    right, n_true, n_predicted = np.diag(counts), counts.sum(1), counts.sum(0)
    f1 = share(2 * right, n_true + n_predicted)  # the harmonic mean, without its two divisions by zero
    return ClassScores(known, counts, share(right, n_predicted), share(right, n_true), f1, n_true)


def accuracy(truth: Sequence[Any], predicted: Sequence[Any]) -> float:
    """Share of right answers.

    Parameters
    ----------
    truth, predicted : sequence, n of each
        Class of each example.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ParameterError
        If the two are not equally long.
    DataError
        If there is no example.

    Examples
    --------
    >>> accuracy(["가", "나"], ["가", "가"])
    0.5
    """
    check_lengths(len(truth), len(predicted))
    return float(sum(t == p for t, p in zip(truth, predicted, strict=True)) / len(truth))


def confident_errors(
    truth: Sequence[Any], probabilities: NDArray[np.floating[Any]], classes: Sequence[Any], k: int = 20
) -> list[ConfidentError]:
    """Find the wrong answers with the highest probability: the likeliest label errors.

    Parameters
    ----------
    truth : sequence, n of them
        Given class of each example.
    probabilities : ndarray of float, shape (n, K)
        What the model gives to each class.
    classes : sequence, K of them
        Their names; a `truth` that is not among them counts as probability 0.
    k : int
        How many at most.

    Returns
    -------
    list of ConfidentError
        By falling probability of the answer, equal ones in the order of the examples.

    Raises
    ------
    ParameterError
        If `truth` and `probabilities` are not equally long.
    DataError
        If there is no example.
    """
    check_lengths(len(truth), len(probabilities))
    answers, place = probabilities.argmax(1), {label: at for at, label in enumerate(classes)}
    wrong = [row for row, label in enumerate(truth) if classes[answers[row]] != label]
    wrong.sort(key=lambda row: -float(probabilities[row, answers[row]]))
    return [
        ConfidentError(
            row,
            truth[row],
            classes[answers[row]],
            float(probabilities[row, answers[row]]),
            float(probabilities[row, place[truth[row]]]) if truth[row] in place else 0.0,
        )
        for row in wrong[:k]
    ]


class NumberScores(NamedTuple):
    """How far predicted numbers are from the true ones.

    Parameters
    ----------
    rmse : float
        Root of the mean squared error, in the unit of the numbers.
    mae : float
        Mean absolute error, in the unit of the numbers.
    r2 : float
        Share of the variance that is explained: 1 is perfect, 0 as good as the mean, below 0 worse.
    """

    rmse: float
    mae: float
    r2: float


def number_scores(truth: ArrayLike, predicted: ArrayLike) -> NumberScores:
    r"""Compare predicted numbers with the true ones.

    Parameters
    ----------
    truth, predicted : array_like of float, one shape
        Numbers.

    Returns
    -------
    NumberScores
        RMSE, MAE and R2.

    Raises
    ------
    ParameterError
        If the two are not equally long.
    DataError
        If there is no example.

    Notes
    -----
    .. math:: \mathrm{RMSE} = \sqrt{\overline{(y-\hat y)^2}}, \quad \mathrm{MAE} = \overline{|y-\hat y|}, \quad
              R^2 = 1 - \frac{\sum (y-\hat y)^2}{\sum (y-\bar y)^2}

    Where all true numbers are equal, R2 is 1 for a perfect prediction and else 0, as scikit-learn has it.

    Examples
    --------
    >>> number_scores([1.0, 3.0], [2.0, 3.0])
    NumberScores(rmse=0.7071067811865476, mae=0.5, r2=0.5)
    """
    true, guess = (np.asarray(values, np.float64).ravel() for values in (truth, predicted))
    check_lengths(len(true), len(guess))
    error = true - guess
    squares, spread = float((error**2).sum()), float(((true - true.mean()) ** 2).sum())
    r2 = 1 - squares / spread if spread > 0 else float(squares == 0)
    return NumberScores(float(np.sqrt(squares / len(true))), float(np.abs(error).mean()), r2)


def share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Divide counts; a share of nothing is 0.

    Parameters
    ----------
    part, whole : ndarray of int or float, one shape
        Counts.

    Returns
    -------
    ndarray of float64
        ``part / whole``, 0 where `whole` is 0.
    """
    return np.asarray(np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0))


def check_lengths(n_truth: int, n_predicted: int) -> None:
    """Refuse to measure what does not belong together.

    Parameters
    ----------
    n_truth, n_predicted : int
        How many true answers there are, and how many given ones.

    Raises
    ------
    ParameterError
        If the two differ.
    DataError
        If there is none.
    """
    if n_truth != n_predicted:
        raise ParameterError("models.unequal", n=n_truth, m=n_predicted)
    if not n_truth:
        raise DataError("models.nothing_to_score")
