"""A language model that remembers: words that followed where it was in a like state become likelier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from malgil.errors import DataError, ParameterError
from malgil.explain import Explanation
from malgil.ngram.answering import LanguageModel
from malgil.ngram.asking import Asking
from malgil.ngram.measuring import Measuring
from malgil.ngram.mixing import Floats, mix_weights, weigh_gap
from malgil.ngram.scoring import as_tokens
from malgil.ngram.sequence import BEGIN, END, frame
from malgil.nn.encoded import State
from malgil.sequences.specials import PAD
from malgil.tasks.language_answers import LN10, Numbers, RecurrentAnswers
from malgil.tasks.language_model import RecurrentLM
from malgil.tasks.stream import SHIFT
from malgil.training.precision import device_of
from malgil.training.ranges import is_number, is_share, is_whole

_FLATNESSES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
_PIECE = 512  # places that are judged at once


class Memory(NamedTuple):
    """The last places of a text.

    Parameters
    ----------
    outputs : Tensor, shape (n, D)
        What the network made of each.
    words : Tensor of int64, shape (n,)
        The word that came next, as the network numbers it.
    """

    outputs: Tensor
    words: Tensor


@dataclass(eq=False)
class CachedLM(Measuring, Asking):
    r"""A recurrent language model with a neural cache.

    Parameters
    ----------
    lm : RecurrentLM
        Trained, reading forward.
    size : int
        Places that it remembers.
    share : float
        Weight of what is remembered, lambda in [0, 1).
    flatness : float
        How much more a like state counts than an unlike one, theta >= 0; 0 counts all alike.

    Attributes
    ----------
    model_ : CachedAnswers
        The words, the network and the cache.
    log_probs_ : dict of float to float
        After `fit`: mean natural logarithm of a held-out token's probability with each flatness, at its best share.

    Notes
    -----
    With o the network's outputs and w the words of the text, over the last `size` places i before t:

    .. math:: P(w \mid h) = (1 - \lambda) P_{lm}(w \mid h) + \lambda \sum_{i : w_{i+1} = w}
       \frac{e^{\theta\, o_t \cdot o_i}}{\sum_j e^{\theta\, o_t \cdot o_j}}

    Where nothing is remembered yet the model answers alone. `perplexity`, `score`, `score_tokens` and `log10_prob` of a
    list remember from one text to the next, so that their order counts; what is asked about one text remembers that
    text alone. Nothing is learned: the three numbers are all that there is to keep.

    References
    ----------
    .. [1] Grave, Joulin, Usunier, "Improving Neural Language Models with a Continuous Cache", ICLR 2017.

    Examples
    --------
    >>> texts = ["이 영화 재밌다", "이 영화 별로", "저 노래 재밌다"] * 8
    >>> lm = RecurrentLM(epochs=9, hidden_size=16, batch_size=4, learning_rate=0.02, validation=0, dropout=0).fit(texts)
    >>> cached = CachedLM(lm, share=0.5, flatness=1.0)
    >>> dict(cached.next("저 노래 저"))["노래"] > dict(lm.next("저 노래 저"))["노래"]
    True
    """

    lm: RecurrentLM
    size: int = 500
    share: float = 0.1
    flatness: float = 0.3

    def __post_init__(self) -> None:
        if not is_whole(self.size, 1):
            raise ParameterError("tasks.bad_whole", name="size", value=self.size, low=1)
        if not is_share(self.share):
            raise ParameterError("training.bad_share", name="share", value=self.share)
        if not (is_number(self.flatness) and self.flatness >= 0):
            raise ParameterError("tasks.bad_amount", name="flatness", value=self.flatness)
        self.lm._needs_forward("CachedLM")
        self.tokenizer, self.n_jobs = self.lm._tokenizer, 1
        self.model_ = CachedAnswers(self.lm, self.size, self.share, self.flatness)

    @property
    def _scoring(self) -> LanguageModel:
        return RememberingAnswers(self.lm, self.size, self.share, self.flatness)

    def fit(self, held_out: object, y: object = None) -> Self:
        """Choose share and flatness so that they predict some texts best: for a few flatnesses, the share by EM.

        Parameters
        ----------
        held_out : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            Texts in their order, from which the model has not learned.
        y : object, optional
            Not used.

        Returns
        -------
        CachedLM
            Itself.

        Raises
        ------
        DataError
            If there is nothing to score.
        """
        tokens = as_tokens(held_out, self._tokenizer)
        ids = frame(self.lm.words_.numbers(tokens.forms)[tokens.ids], tokens.indptr)
        if not len(ids):
            raise DataError("ngram.nothing_to_score")
        self.log_probs_, best = {}, -np.inf
        for flatness in _FLATNESSES:
            logs = RememberingAnswers(self.lm, self.size, 0.5, flatness).each(ids)
            weights, steps = mix_weights(logs)
            self.log_probs_[flatness] = steps[-1]
            if steps[-1] > best:
                best, self.share, self.flatness = steps[-1], float(weights[1]), flatness
        self.model_ = CachedAnswers(self.lm, self.size, self.share, self.flatness)
        return self


class CachedAnswers(RecurrentAnswers):
    """A network with a cache that begins anew with every text.

    Parameters
    ----------
    lm : RecurrentLM
        The model.
    size, share, flatness : object
        As in `CachedLM`.
    """

    def __init__(self, lm: RecurrentLM, size: int, share: float, flatness: float) -> None:
        network = lm.network_  # says so where the model has not learned
        super().__init__(lm.words_, network)
        self.size, self.share, self.flatness = size, share, flatness

    def _judged(self, ids: Numbers, places: NDArray[np.int64]) -> Floats:
        logs = np.zeros(places.shape)
        for row, own in zip(logs, places, strict=True):
            real = own >= 0
            row[real] = self._row(ids, own[real])
        return logs

    def _row(self, ids: Numbers, places: NDArray[np.int64]) -> Floats:
        """Natural logarithms for the words after the places of one text."""
        outputs, targets, _ = self._read_row(ids[places], ids[places + 1], None)
        logs, _ = self._remembered(outputs, targets, None)
        return self._mixed(logs)

    def _read_row(self, inputs: Numbers, targets: Numbers, state: State | None) -> tuple[Tensor, Tensor, State]:
        """Read one row; give its outputs (n, D), its targets as the network numbers them, and the state."""
        device = device_of(self.network)
        row = torch.from_numpy(inputs.astype(np.int64) + SHIFT)[None].to(device)
        outputs, state = self.network.read(row, row != PAD, state)
        return outputs[0], torch.from_numpy(targets.astype(np.int64) + SHIFT).to(device), state

    def _remembered(self, outputs: Tensor, targets: Tensor, memory: Memory | None) -> tuple[Floats, Memory]:
        """Natural logarithms of the targets by network and by cache, (n, 2), and what is remembered afterwards."""
        own = self.network.judge(outputs).gather(1, targets[:, None])[:, 0].double()
        n_before = 0 if memory is None else len(memory.words)
        before = memory or Memory(outputs[:0], targets[:0])
        keys, words = torch.cat([before.outputs, outputs]), torch.cat([before.words, targets])
        place = torch.arange(len(outputs), device=outputs.device) + n_before
        other = torch.arange(len(keys), device=outputs.device)
        is_open = (other < place[:, None]) & (other >= place[:, None] - self.size)
        weights = _weights(outputs, keys, self.flatness, is_open)
        cached = (weights * (words == targets[:, None])).sum(dim=1)
        logs = torch.stack([own, cached.log()], dim=1)
        logs[~is_open.any(dim=1), 1] = own[~is_open.any(dim=1)]  # nothing to remember: the network alone
        return logs.cpu().numpy(), Memory(keys[-self.size :], words[-self.size :])

    def _mixed(self, logs: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            shares = np.log([1 - self.share, self.share])
        mixed: Floats = np.logaddexp(logs[:, 0] + shares[0], logs[:, 1] + shares[1])
        return mixed

    @torch.no_grad()
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
        probs = super().distribution(context)
        weights = self._weights_of(context)
        if not len(weights):
            return probs
        return (1 - self.share) * probs + self.share * np.bincount(context[-len(weights) :], weights, len(probs))

    @torch.no_grad()
    def _weights_of(self, context: Numbers) -> Floats:
        """Weight of each of the last words of a context: how alike the state before it was to that at the end."""
        outputs, *_ = self._read_row(context, context, None)
        keys = outputs[:-1][-self.size :]
        is_open = torch.ones(1, len(keys), dtype=torch.bool, device=outputs.device)
        return _weights(outputs[-1:], keys, self.flatness, is_open)[0].cpu().numpy()

    def gap_words(self, left: Numbers, right: Numbers, k: int) -> list[tuple[int, float]]:
        """Find the likeliest words of a gap, among those that are likeliest after the left side.

        Parameters
        ----------
        left, right : ndarray of int32
            Words on either side.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (int, float)
            Words and probabilities, falling; equal ones by number. See `malgil.ngram.mixing.weigh_gap`.
        """
        return weigh_gap(self, left, right, k)

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
            Log10 of the sum of what the network and the cache give, each with its weight.
        """
        chain, weights = super().explain(context, name), self._weights_of(context)
        if not len(weights):
            return chain
        own, number = 10.0**chain.value, self.words.number(name)
        network = Explanation("p", own, "10^(log10 P)", "formula", (chain,))
        terms = [_product("network", 1 - self.share, network)]
        matches = np.flatnonzero(context[-len(weights) :] == number)
        low = len(context) - len(weights)
        seen = tuple(
            Explanation(f"after {self.words.string(int(context[low + at - 1]))} (word {low + at})", float(weights[at]))
            for at in matches.tolist()
        )
        cached = Explanation(f"{name} remembered", float(weights[matches].sum()), "sum of the weights", "sum", seen)
        terms.append(_product("cache", self.share, cached))
        words = " ".join(self.words.string(word) for word in context.tolist())
        total = sum((term.value for term in terms), 0.0)
        whole = Explanation(f"P({name} | {words})", total, "network + cache", "sum", tuple(terms))
        return Explanation(
            f"log10 P({name} | {words})", float(np.log10(total)), "log10 of the sum", "formula", (whole,)
        )


class RememberingAnswers(CachedAnswers):
    """The same for texts in their order: each call of `score` goes on from what the last one left.

    Parameters
    ----------
    lm : RecurrentLM
        The model; its state goes on, too, where it is ``stateful``.
    size, share, flatness : object
        As in `CachedLM`.
    """

    def __init__(self, lm: RecurrentLM, size: int, share: float, flatness: float) -> None:
        super().__init__(lm, size, share, flatness)
        self._state: State | None = None
        self._memory: Memory | None = None

    def _score(self, ids: Numbers) -> tuple[Floats, NDArray[np.int32]]:
        places, begins = np.arange(len(ids)), ids == BEGIN
        scores = np.zeros(len(ids))
        scores[~begins] = self._mixed(self.each(ids) * LN10) / LN10
        return scores, (places - np.maximum.accumulate(np.where(begins, places, 0))).astype(np.int32)

    @torch.no_grad()
    def each(self, ids: Numbers) -> Floats:
        """Score numbered sentences by network and cache alone.

        Parameters
        ----------
        ids : ndarray of int32, shape (n,)
            Sentences between 1 and 2.

        Returns
        -------
        ndarray of float64, shape (n_tokens, 2)
            Log10 of the probability of each token, ``<s>`` left out.
        """
        inputs, targets, found = ids[ids != END], ids[ids != BEGIN], [np.zeros((0, 2))]
        for low in range(0, len(inputs), _PIECE):
            piece = slice(low, low + _PIECE)
            outputs, words, self._state = self._read_row(inputs[piece], targets[piece], self._state)
            logs, self._memory = self._remembered(outputs, words, self._memory)
            found.append(logs / LN10)
        return np.concatenate(found)


def _weights(outputs: Tensor, keys: Tensor, flatness: float, is_open: Tensor) -> Tensor:
    """Weights of remembered places, (n, n_keys) in float64: 0 where they are not open, else they sum to 1."""
    likeness = (flatness * (outputs.double() @ keys.double().T)).masked_fill(~is_open, -torch.inf)
    return torch.softmax(likeness, dim=1).nan_to_num(0.0)


def _product(label: str, share: float, part: Explanation) -> Explanation:
    weight = Explanation("weight", share, "of the cache" if label == "cache" else "1 - that of the cache")
    return Explanation(label, share * part.value, "weight x p", "product", (weight, part))
