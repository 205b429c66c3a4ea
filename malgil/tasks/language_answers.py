"""A recurrent language model that answers what an n-gram model answers, so that both can be asked alike."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from malgil.explain import Explanation
from malgil.ngram.answering import likeliest, score_split
from malgil.ngram.mixing import N_CANDIDATES
from malgil.ngram.sequence import BEGIN, END, SPECIALS, UNKNOWN
from malgil.ngram.words import Words
from malgil.nn.encoded import State, select_rows
from malgil.nn.word_softmax import Choice
from malgil.sequences.specials import PAD
from malgil.tasks.language_network import LanguageNetwork
from malgil.tasks.stream import SHIFT
from malgil.training.precision import device_of

LN10 = math.log(10.0)
_CELLS = 1 << 22  # probabilities that are computed at once
_REMEMBERED = 64

Numbers = NDArray[np.int32]


class Read(NamedTuple):
    """What a network made of some words.

    Parameters
    ----------
    state : State
        After them, for one row.
    log_probs : Tensor of float64, shape (n_words,)
        Natural logarithms for each word of `Words` that it comes next.
    """

    state: State
    log_probs: Tensor


class RecurrentAnswers:
    """A network as a `malgil.ngram.answering.LanguageModel`.

    Parameters
    ----------
    words : Words
        What it knows.
    network : LanguageNetwork
        Trained, in evaluation mode.
    backward : bool
        Whether it reads sentences from their ends: a context is then what comes behind a word. Numbers come and go in
        the order of the text all the same.
    """

    order = 2**31 - 1  # nothing of a context is forgotten by rule

    def __init__(self, words: Words, network: LanguageNetwork, *, backward: bool = False) -> None:
        self.words = words
        self.network = network
        self.backward = backward
        self._read: OrderedDict[bytes, Read] = OrderedDict()  # states of the last contexts: a text grows word by word

    @torch.no_grad()
    def score(self, ids: Numbers) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Score numbered sentences.

        Parameters
        ----------
        ids : ndarray of int32, shape (n,)
            Sentences between 1 and 2.

        Returns
        -------
        log10_probs : ndarray of float64, shape (n,)
            Probability of each word; 0 for ``<s>``.
        orders : ndarray of int32, shape (n,)
            The words of the sentence up to here, as they are read: all of them count; 0 for ``<s>``.
        """
        if not self.backward:
            return self._score(ids)
        places = turned(ids)
        scores, orders = self._score(ids[places])
        return scores[places], orders[places]

    def _score(self, ids: Numbers) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Score sentences in the order of reading, each from the beginning."""
        scores, orders = np.zeros(len(ids)), np.zeros(len(ids), np.int32)
        begins = np.flatnonzero(ids == BEGIN)
        sizes = np.diff(np.append(begins, len(ids))) - 1
        order = np.argsort(sizes, kind="stable")
        low = 0
        while low < len(order):
            high = low + 1
            while high < len(order) and (high + 1 - low) * sizes[order[high]] * len(self.words) <= _CELLS:
                high += 1
            rows = order[low:high]
            places = begins[rows, None] + np.arange(sizes[rows].max())
            is_real = np.arange(places.shape[1]) < sizes[rows, None]
            scores[places[is_real] + 1] = self._judged(ids, np.where(is_real, places, -1))[is_real] / LN10
            orders[places[is_real] + 1] = np.nonzero(is_real)[1] + 1
            low = high
        return scores, orders

    def _judged(self, ids: Numbers, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Natural logarithms for the words after some places of the text; -1 is padding."""
        device = device_of(self.network)
        inputs = torch.from_numpy(np.where(places < 0, PAD, ids[places].astype(np.int64) + SHIFT)).to(device)
        targets = torch.from_numpy(np.where(places < 0, PAD, ids[places + 1].astype(np.int64) + SHIFT)).to(device)
        keep = inputs != PAD
        outputs, _ = self.network.read(inputs, keep)
        found = torch.zeros(inputs.shape, dtype=torch.float64)
        log_probs = self.network.judge(outputs[keep]).gather(1, targets[keep].unsqueeze(1)).squeeze(1)
        found[keep.cpu()] = log_probs.double().cpu()
        return found.numpy()

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

    def distribution(self, context: Numbers) -> NDArray[np.float64]:
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
        return self._after(self._as_read(context)).log_probs.exp().numpy()

    def _as_read(self, context: Numbers) -> Numbers:
        """Put a context, ``<s>`` first, into the order of reading."""
        return np.append(context[:1], context[:0:-1]) if self.backward else context

    @torch.no_grad()
    def _after(self, context: Numbers) -> Read:
        """Read a context; only its last word where the rest was read before."""
        key = np.asarray(context, np.int32).tobytes()
        if key in self._read:
            self._read.move_to_end(key)
            return self._read[key]
        known = self._read.get(key[:-4]) if len(context) > 1 else None
        part = context if known is None else context[-1:]
        ids = torch.from_numpy(np.asarray(part, np.int64) + SHIFT)[None].to(device_of(self.network))
        outputs, state = self.network.read(ids, ids != PAD, None if known is None else known.state)
        found = Read(state, self.network.judge(outputs[0, -1])[SHIFT : SHIFT + len(self.words)].double().cpu())
        self._read[key] = found
        if len(self._read) > _REMEMBERED:
            self._read.popitem(last=False)
        return found

    @torch.no_grad()
    def gap_words(self, left: Numbers, right: Numbers, k: int) -> list[tuple[int, float]]:
        r"""Find the likeliest words of a gap.

        Parameters
        ----------
        left, right : ndarray of int32
            Words on either side.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (int, float)
            Words and probabilities, falling; equal ones by number.

        Notes
        -----
        .. math:: P(w \mid left, right) = P(w, right \mid left) / \sum_v P(v, right \mid left)

        The sum and the answer run over the 512 words that are likeliest after the left side (or k, where that is more):
        exact for a vocabulary of that size; with a larger one a word that only the right side asks for is missed.
        """
        if self.backward:
            left, right = np.append(np.int32(BEGIN), right[-2::-1]), np.append(left[:0:-1], np.int32(END))
        before = self._after(left)
        own = before.log_probs.clone()
        own[[BEGIN, END]] = -torch.inf
        n = min(max(N_CANDIDATES, k), len(own) - 2)
        words = own.argsort(descending=True, stable=True)[:n]
        scores = own[words] + self._rights(before.state, words, right)
        probs = torch.softmax(scores, dim=0).numpy()
        best = np.lexsort((words.numpy(), -probs))[:k]
        return [(int(words[at]), float(probs[at])) for at in best]

    def _rights(self, state: State, words: Tensor, right: Numbers) -> Tensor:
        """Natural logarithm of the right side's probability behind each word."""
        device, rows = device_of(self.network), max(1, _CELLS // (len(self.words) * len(right) + 1))
        after = torch.from_numpy(right.astype(np.int64))
        sums = []
        for part in words.split(rows):
            inputs = torch.cat([part[:, None], after[:-1].expand(len(part), -1)], dim=1).to(device) + SHIFT
            copies = select_rows(state, torch.zeros(len(part), dtype=torch.int64, device=device))
            outputs, _ = self.network.read(inputs, inputs != PAD, copies)
            targets = (after + SHIFT).to(device).expand(len(part), -1).unsqueeze(2)
            sums.append(self.network.judge(outputs).gather(2, targets).squeeze(2).double().sum(dim=1).cpu())
        return torch.cat(sums)

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
            Log10 of the probability: the word's score, less what makes all probabilities sum to 1; before it the same
            of its class where the model has classes of rare words.
        """
        word = self.words.number(name)
        shown = name if word != UNKNOWN or name == SPECIALS[UNKNOWN] else f"{name} ({SPECIALS[UNKNOWN]})"
        terms = []
        for name, score, whole in self._choices(self._as_read(context), word):
            title = name or shown
            terms += [
                Explanation(f"score({title})", score / LN10, "z / ln 10, z = W o + b", "formula", numbers={"z": score}),
                Explanation("-log10 of the sum", -whole / LN10, "-ln(sum of exp(z)) / ln 10", "formula"),
            ]
        total = sum((term.value for term in terms), 0.0)
        shift = -1 if self.backward else 0  # <s> is read first, and stands behind the text
        before = " ".join(self.words.string(number) for number in np.roll(context, shift).tolist())
        return Explanation(f"log10 P({shown} | {before})", total, "softmax of the scores", "sum", tuple(terms))

    @torch.no_grad()
    def _choices(self, context: Numbers, word: int) -> list[Choice]:
        """Open the probability of a word: that of its class, where it has one, and its own."""
        ids = torch.from_numpy(np.asarray(context, np.int64) + SHIFT)[None].to(device_of(self.network))
        outputs, _ = self.network.read(ids, ids != PAD)
        return self.network.choices(outputs[0, -1], word + SHIFT)


class InOrder(RecurrentAnswers):
    """Scores of sentences one behind the other: each call of `score` goes on from the state after the last one.

    Parameters
    ----------
    model : RecurrentAnswers
        Of a network whose state goes on over borders.
    """

    def __init__(self, model: RecurrentAnswers) -> None:
        super().__init__(model.words, model.network, backward=model.backward)
        self._state: State | None = None

    @torch.no_grad()
    def _score(self, ids: Numbers) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Score sentences in the order of reading, the first one from where the last call ended."""
        device, begins = device_of(self.network), ids == BEGIN
        shifted = torch.from_numpy(ids.astype(np.int64) + SHIFT)
        inputs, targets = shifted[torch.from_numpy(ids != END)], shifted[torch.from_numpy(~begins)]
        found, size = [], max(1, _CELLS // len(self.words))
        for part, wanted in zip(inputs.split(size), targets.split(size), strict=True):
            row = part[None].to(device)
            outputs, self._state = self.network.read(row, row != PAD, self._state)
            log_probs = self.network.judge(outputs[0]).gather(1, wanted.to(device).unsqueeze(1))
            found.append(log_probs.squeeze(1).double().cpu().numpy())
        scores, places = np.zeros(len(ids)), np.arange(len(ids))
        scores[~begins] = np.concatenate([*found, np.zeros(0)]) / LN10
        return scores, (places - np.maximum.accumulate(np.where(begins, places, 0))).astype(np.int32)


def turned(ids: Numbers) -> NDArray[np.int64]:
    """Say where the words of sentences stand when each is read from its end.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Sentences between 1 and 2.

    Returns
    -------
    ndarray of int64, shape (n,)
        ``ids[places]`` are the sentences from their ends, still between 1 and 2; doing it twice gives `ids`.

    Examples
    --------
    >>> ids = np.array([1, 7, 8, 9, 2, 1, 2])
    >>> ids[turned(ids)]
    array([1, 9, 8, 7, 2, 1, 2])
    """
    places, begins, ends = np.arange(len(ids)), np.flatnonzero(ids == BEGIN), np.flatnonzero(ids == END)
    sentence = np.cumsum(ids == BEGIN) - 1
    is_border = (ids == BEGIN) | (ids == END)
    turned_places: NDArray[np.int64] = np.where(is_border, places, begins[sentence] + ends[sentence] - places)
    return turned_places
