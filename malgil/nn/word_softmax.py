"""From an output to the probability of every word: over all words at once, or frequent words first."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.nn.masks import wide
from malgil.nn.word_loss import word_loss

_MOST_CLASSES = 3
_N_PLACES = 40  # where a class may begin, evenly spread over the logarithm of the rank
_FEWEST = 64  # frequent words
_CLASS_COST = 1000  # of one more class at every step, in words scored


class Choice(NamedTuple):
    """One softmax on the way to a word.

    Parameters
    ----------
    name : str
        Of the class that it chooses; "" where it chooses the word.
    score : float
        Of what it chooses.
    whole : float
        Natural logarithm of the sum of the exponentials of all scores.
    """

    name: str
    score: float
    whole: float


class FullSoftmax(nn.Module):
    r"""Probabilities of all words by one softmax.

    Notes
    -----
    .. math:: P(w \mid x) = e^{z_w} / \sum_v e^{z_v}, \quad z_v = w_v \cdot x + b_v
    """

    def loss(self, x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        """Sum of the cross entropies of many places.

        Parameters
        ----------
        x : Tensor, shape (n, E)
            What the words are scored by.
        weight : Tensor, shape (V, E)
            The words' vectors.
        bias : Tensor, shape (V,)
            Theirs; minus infinity for what never comes.
        targets : Tensor of int64, shape (n,)
            The right words.

        Returns
        -------
        Tensor, shape ()
            In nats; at least float32.
        """
        return word_loss(x, weight, bias, targets)

    def log_probs(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Judge every word.

        Parameters
        ----------
        x : Tensor, shape (..., E)
            What the words are scored by.
        weight : Tensor, shape (V, E)
            The words' vectors.
        bias : Tensor, shape (V,)
            Theirs.

        Returns
        -------
        Tensor of at least float32, shape (..., V)
            Natural logarithms of probabilities.
        """
        return _log_softmax(x, weight, bias)

    def choices(self, x: Tensor, weight: Tensor, bias: Tensor, word: int) -> list[Choice]:
        """Open the probability of a word.

        Parameters
        ----------
        x : Tensor, shape (E,)
            What the words are scored by.
        weight : Tensor, shape (V, E)
            The words' vectors.
        bias : Tensor, shape (V,)
            Theirs.
        word : int
            Its number.

        Returns
        -------
        list of Choice
            Each score less its ``whole`` is a logarithm; they sum to that of the word's probability.
        """
        return [_choice("", x, weight, bias, word)]


class AdaptiveSoftmax(FullSoftmax):
    r"""Probabilities of frequent words and of classes of rarer ones; those of rare words within their class.

    Parameters
    ----------
    borders : tuple of int
        First word of each class, rising; at least one. Words must be numbered by falling frequency.
    size : int
        Numbers in a word's vector, E.

    Notes
    -----
    .. math:: P(w \mid x) = P(c \mid x)\, P(w \mid c, x)

    for a word of class c, each factor a softmax; frequent words stand beside the classes in the first one. Nothing is
    approximated: probabilities sum to 1. A place costs only the frequent words and, where the word is rare, its class.
    Unlike [1]_ rare words keep vectors of full size, so that they can be those of the input.

    References
    ----------
    .. [1] Grave et al., "Efficient softmax approximation for GPUs", ICML 2017.
    .. [2] Goodman, "Classes for fast maximum entropy training", ICASSP 2001.
    """

    def __init__(self, borders: tuple[int, ...], size: int) -> None:
        super().__init__()
        self.borders = borders
        self.classes = nn.Linear(size, len(borders))

    def loss(self, x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        """Sum of the cross entropies of many places.

        Parameters
        ----------
        x : Tensor, shape (n, E)
            What the words are scored by.
        weight : Tensor, shape (V, E)
            The words' vectors.
        bias : Tensor, shape (V,)
            Theirs; minus infinity for what never comes.
        targets : Tensor of int64, shape (n,)
            The right words.

        Returns
        -------
        Tensor, shape ()
            In nats; at least float32.
        """
        n_frequent, *_ = self.borders
        number = torch.bucketize(targets, targets.new_tensor(self.borders), right=True)  # 0 = frequent
        first = torch.where(number == 0, targets, n_frequent + number - 1)
        (head, *tails) = self._parts(weight, bias)
        total = word_loss(x, *head, first)
        for at, (border, tail) in enumerate(zip(self.borders, tails, strict=True), 1):
            rows = (number == at).nonzero().squeeze(1)
            if len(rows):
                total = total + word_loss(x.index_select(0, rows), *tail, targets[rows] - border)
        return total

    def log_probs(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Judge every word.

        Parameters
        ----------
        x : Tensor, shape (..., E)
            What the words are scored by.
        weight : Tensor, shape (V, E)
            The words' vectors.
        bias : Tensor, shape (V,)
            Theirs.

        Returns
        -------
        Tensor of at least float32, shape (..., V)
            Natural logarithms of probabilities.
        """
        n_frequent, *_ = self.borders
        (head, *tails) = self._parts(weight, bias)
        first = _log_softmax(x, *head)
        within = [_log_softmax(x, *tail) + first[..., n_frequent + at, None] for at, tail in enumerate(tails)]
        return torch.cat([first[..., :n_frequent], *within], dim=-1)

    def choices(self, x: Tensor, weight: Tensor, bias: Tensor, word: int) -> list[Choice]:
        """Open the probability of a word.

        Parameters
        ----------
        x : Tensor, shape (E,)
            What the words are scored by.
        weight : Tensor, shape (V, E)
            The words' vectors.
        bias : Tensor, shape (V,)
            Theirs.
        word : int
            Its number.

        Returns
        -------
        list of Choice
            That of the class, where the word is rare, and that of the word.
        """
        number = int(np.searchsorted(self.borders, word, side="right"))
        head, *tails = self._parts(weight, bias)
        if not number:
            return [_choice("", x, *head, word)]
        chosen = _choice(f"class {number}", x, *head, self.borders[0] + number - 1)
        return [chosen, _choice("", x, *tails[number - 1], word - self.borders[number - 1])]

    def _parts(self, weight: Tensor, bias: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Vectors and biases of frequent words and classes, then of the words of each class."""
        sizes = np.diff([0, *self.borders, len(bias)]).tolist()
        (frequent, *rare), (frequent_bias, *biases) = weight.split(sizes), bias.split(sizes)
        head = torch.cat([frequent, self.classes.weight]), torch.cat([frequent_bias, self.classes.bias])
        return [head, *zip(rare, biases, strict=True)]


def cheapest_borders(counts: NDArray[np.int64]) -> tuple[int, ...]:
    r"""Choose the classes of rare words that make a step cheapest.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
        How often each word occurs; falling, but for special words at the front.

    Returns
    -------
    tuple of int
        First word of each class, at most three; none where one softmax over all words is cheaper.

    Notes
    -----
    Least over classes :math:`[a_i, a_{i+1})` of

    .. math:: a_1 + \sum_i \left(c + p_i (a_{i+1} - a_i)\right)

    words scored a step, :math:`p_i` being the share of words that are in class i, and c = 1,000 what a class costs in
    itself. The borders are multiples of a fixed ratio, which is as good: the least is flat.

    Examples
    --------
    >>> cheapest_borders(np.array([1000, 500, 300]))
    ()
    >>> cheapest_borders(10**9 // np.arange(1, 50_001))
    (699, 7639, 25250)
    """
    n, total = len(counts), max(int(counts.sum()), 1)
    if n <= _FEWEST:
        return ()
    places = np.unique(np.geomspace(_FEWEST, n, _N_PLACES).astype(np.int64)).tolist()
    share = dict(zip(places, np.append(0, np.cumsum(counts))[places] / total, strict=True))
    found: tuple[int, ...] = ()
    least = float(n)
    for n_classes in range(1, _MOST_CLASSES + 1):
        for borders in combinations(places[:-1], n_classes):
            ends = (*borders[1:], n)
            rare = sum((share[end] - share[low]) * (end - low) for low, end in zip(borders, ends, strict=True))
            cost = borders[0] + n_classes * _CLASS_COST + rare
            if cost < least:
                found, least = borders, cost
    return found


def _log_softmax(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.log_softmax(wide(nn.functional.linear(x, weight)) + bias, dim=-1)


def _choice(name: str, x: Tensor, weight: Tensor, bias: Tensor, at: int) -> Choice:
    scores = (wide(nn.functional.linear(x, weight)) + bias).detach().double()
    return Choice(name, float(scores[at]), float(torch.logsumexp(scores, dim=0)))
