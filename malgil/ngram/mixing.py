"""Several models as one: each word's probabilities are added up over the words of all, with weights found by EM."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.explain import Explanation
from malgil.ngram.answering import LanguageModel, Numbers, likeliest, score_split
from malgil.ngram.sequence import BEGIN, END, N_SPECIALS, SPECIALS, UNKNOWN
from malgil.ngram.words import Words

Floats = NDArray[np.float64]
N_CANDIDATES = 512
"""Words that `weigh_gap` weighs: the likeliest after the left side."""
_LN10 = float(np.log(10.0))
_MOST_STEPS = 1000
_ENOUGH = 1e-9  # gain of a step, in nats a word, that is not worth another


class Mixed:
    r"""Linear interpolation of models, as a `malgil.ngram.answering.LanguageModel`.

    Parameters
    ----------
    models : sequence of LanguageModel
        At least one; all cut texts alike.
    weights : ndarray of float64, shape (n_models,)
        Weight of each; they sum to 1.

    Notes
    -----
    .. math:: P(w \mid h) = \sum_m \lambda_m P_m(w \mid h)

    The vocabulary is that of all models together. What a model gives to ``<unk>`` is shared out in equal parts among
    the words that only other models know and ``<unk>`` itself, so that the mixture sums to 1 again.
    """

    def __init__(self, models: Sequence[LanguageModel], weights: Floats) -> None:
        self.models, self.weights = tuple(models), weights
        known = [model.words.strings.slice(N_SPECIALS) for model in models]
        words = pa.chunked_array(known, pa.large_string()).unique().sort()
        self.words = Words.of(words)
        special = np.arange(N_SPECIALS)
        self._own, self._places = [], []  # numbers of the union's words in each model, and of its words in the union
        for part in known:
            own = pc.fill_null(pc.index_in(words, part), UNKNOWN - N_SPECIALS).to_numpy(zero_copy_only=False)
            self._own.append(np.append(special, own + N_SPECIALS).astype(np.int32))
            places = pc.index_in(part, words).to_numpy(zero_copy_only=False)
            self._places.append(np.append(special, places + N_SPECIALS).astype(np.int32))
        self._n_shares = np.array([len(words) - len(part) + 1 for part in known])  # of what <unk> gets

    @property
    def order(self) -> int:
        """Words of the longest n-gram of any model."""
        return max(model.order for model in self.models)

    def score(self, ids: Numbers) -> tuple[Floats, NDArray[np.signedinteger]]:
        """Score numbered sentences.

        Parameters
        ----------
        ids : ndarray of int32, shape (n,)
            Sentences between 1 and 2.

        Returns
        -------
        log10_probs : ndarray of float64, shape (n,)
            Probability of each word; 0 for ``<s>``.
        orders : ndarray of int, shape (n,)
            The longest n-gram with which any model answered; 0 for ``<s>``.
        """
        log10_probs, orders = self.each(ids)
        return np.where(ids == BEGIN, 0.0, mixed_log10(log10_probs, self.weights)), orders

    def each(self, ids: Numbers) -> tuple[Floats, NDArray[np.signedinteger]]:
        """Score numbered sentences with each model.

        Parameters
        ----------
        ids : ndarray of int32, shape (n,)
            Sentences between 1 and 2.

        Returns
        -------
        log10_probs : ndarray of float64, shape (n, n_models)
            Probability of each word; 0 for ``<s>``.
        orders : ndarray of int, shape (n,)
            As `score` gives them.
        """
        logs = np.zeros((len(ids), len(self.models)))
        orders: NDArray[np.signedinteger] = np.zeros(len(ids), np.int32)
        for column, (model, own, n_shares) in enumerate(zip(self.models, self._own, self._n_shares, strict=True)):
            mine = own[ids]
            found, lengths = model.score(mine)
            logs[:, column] = np.where(mine == UNKNOWN, found - np.log10(n_shares), found)
            orders = np.maximum(orders, lengths)
        return logs, orders

    def score_bytes(self, text: bytes) -> float:
        """Score one sentence that is split at white space.

        Parameters
        ----------
        text : bytes
            UTF-8.

        Returns
        -------
        float
            Sum of log10 of the probabilities, that of ``</s>`` included.
        """
        return score_split(self, text)

    def next_words(self, context: Numbers, k: int) -> list[tuple[int, float]]:
        """Find the likeliest next words.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (int, float)
            Words and probabilities, falling; equal ones by number.
        """
        return likeliest(self.distribution(context), k)

    def distribution(self, context: Numbers) -> Floats:
        """Give the probability of every word after a context.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.

        Returns
        -------
        ndarray of float64, shape (n_words,)
            0 for ``<s>``.
        """
        probs = np.zeros(len(self.words))
        for at, (model, weight) in enumerate(zip(self.models, self.weights, strict=True)):
            given = weight * model.distribution(self._own[at][context])
            mine = np.full(len(probs), given[UNKNOWN] / self._n_shares[at])
            mine[self._places[at][1:]] = given[1:]
            probs += mine
        return probs

    def gap_words(self, left: Numbers, right: Numbers, k: int) -> list[tuple[int, float]]:
        """Find the likeliest words of a gap, among those that are likeliest after the left side or to one model.

        Parameters
        ----------
        left, right : ndarray of int32
            Words on either side.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (int, float)
            Words and probabilities, falling; equal ones by number. See `weigh_gap`.
        """
        more = [np.zeros(0, np.int32)]
        for model, own, places in zip(self.models, self._own, self._places, strict=True):
            more.append(places[[word for word, _ in model.gap_words(own[left], own[right], k)]])
        return weigh_gap(self, left, right, k, np.concatenate(more))

    def explain(self, context: Numbers, name: str) -> Explanation:
        """Open the probability of a word after a context.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.
        name : str
            The word, or ``</s>``.

        Returns
        -------
        Explanation
            Log10 of the sum of each model's weight times its probability, which is opened in turn.
        """
        terms = []
        for number, (model, weight) in enumerate(zip(self.models, self.weights.tolist(), strict=True)):
            chain = model.explain(self._own[number][context], name)
            parts = [Explanation("weight", weight, "fits the held-out texts best")]
            parts.append(Explanation("p", 10.0**chain.value, "10^(log10 P)", "formula", (chain,)))
            n_shares = int(self._n_shares[number])
            if name != SPECIALS[END] and n_shares > 1 and not model.words.is_known(name):
                numbers: dict[str, float | int | str] = {"words": n_shares}
                parts.append(Explanation("share of <unk>", 1.0 / n_shares, "1 / words", "formula", numbers=numbers))
            value = float(np.prod([part.value for part in parts]))
            terms.append(Explanation(f"model {number}", value, "weight x p", "product", tuple(parts)))
        total = sum((term.value for term in terms), 0.0)
        words = " ".join(self.words.string(number) for number in context.tolist())
        whole = Explanation(f"P({name} | {words})", total, "sum over models", "sum", tuple(terms))
        with np.errstate(divide="ignore"):
            value = float(np.log10(total))
        return Explanation(f"log10 P({name} | {words})", value, "log10 of the sum", "formula", (whole,))


def weigh_gap(
    model: LanguageModel, left: Numbers, right: Numbers, k: int, more: Numbers | None = None
) -> list[tuple[int, float]]:
    r"""Weigh the words of a gap by the probability of the whole sentence.

    Parameters
    ----------
    model : LanguageModel
        Any.
    left, right : ndarray of int32
        Words on either side.
    k : int
        How many, >= 1.
    more : ndarray of int32, optional
        Words that are weighed beside the likeliest ones after the left side.

    Returns
    -------
    list of (int, float)
        Words and probabilities, falling; equal ones by number.

    Notes
    -----
    .. math:: P(w \mid left, right) = P(w, right \mid left) / \sum_v P(v, right \mid left)

    The sum and the answer run over the 512 words that are likeliest after the left side (or k, where that is more) and
    `more`: exact for a vocabulary of that size; with a larger one a word that only the right side asks for is missed.
    """
    before = model.distribution(left)
    before[[BEGIN, END]] = -1.0
    n = min(max(N_CANDIDATES, k), len(before) - 2)
    words = np.argsort(-before, kind="stable")[:n]
    words = np.unique(words if more is None else np.append(words, more)).astype(np.int32)
    sides = [np.tile(side, (len(words), 1)) for side in (left, right)]
    sentences = np.concatenate([sides[0], words[:, None], sides[1]], axis=1)
    logs = model.score(sentences.ravel())[0].reshape(sentences.shape)[:, len(left) :].sum(axis=1)
    probs = np.exp((logs - logs.max()) * _LN10)
    probs /= probs.sum()
    best = np.lexsort((words, -probs))[:k]
    return [(int(words[at]), float(probs[at])) for at in best]


def mix_weights(log10_probs: Floats) -> tuple[Floats, tuple[float, ...]]:
    r"""Find the weights of models by EM.

    Parameters
    ----------
    log10_probs : ndarray of float64, shape (n_tokens, n_models)
        What each model gives to each token; n_tokens > 0.

    Returns
    -------
    weights : ndarray of float64, shape (n_models,)
        They sum to 1.
    log_probs : tuple of float
        Mean natural logarithm of a token's probability, before the first step and after each. It never falls.

    Notes
    -----
    .. math:: \lambda_m \leftarrow \frac{1}{T} \sum_t \frac{\lambda_m p_{tm}}{\sum_k \lambda_k p_{tk}}

    All models begin alike; the likelihood has one maximum, so that does not matter. Steps follow until one gains less
    than 1e-9 nats a token.

    References
    ----------
    .. [1] Jelinek, Mercer, "Interpolated estimation of Markov source parameters from sparse data", Pattern Recognition
       in Practice, 1980.
    """
    probs, top = _scaled(log10_probs)
    weights = np.full(probs.shape[1], 1.0 / probs.shape[1])
    log_probs: list[float] = []
    for _ in range(_MOST_STEPS):
        mixed = probs @ weights
        log_probs.append(float(np.log(mixed).mean() + top.mean() * _LN10))
        if len(log_probs) > 1 and log_probs[-1] - log_probs[-2] < _ENOUGH:
            break
        weights = weights * (probs / mixed[:, None]).mean(axis=0)
    return weights / weights.sum(), tuple(log_probs)


def mixed_log10(log10_probs: Floats, weights: Floats) -> Floats:
    """Add up the probabilities of tokens.

    Parameters
    ----------
    log10_probs : ndarray of float64, shape (n_tokens, n_models)
        What each model gives to each token.
    weights : ndarray of float64, shape (n_models,)
        Weight of each model.

    Returns
    -------
    ndarray of float64, shape (n_tokens,)
        Log10 of the sums.
    """
    scaled, top = _scaled(log10_probs)
    with np.errstate(divide="ignore"):
        mixed: Floats = top + np.log10(scaled @ weights)
    return mixed


def _scaled(log10_probs: Floats) -> tuple[Floats, Floats]:
    """Probabilities of each token, the largest of them 1, and log10 of what they were divided by."""
    top = log10_probs.max(axis=1)
    return 10.0 ** (log10_probs - top[:, None]), top
