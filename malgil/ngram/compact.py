"""A model that answers from packed bits: in a fraction of the memory, and slower, since it searches for n-grams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.explain import Explanation
from malgil.ngram.model import falling
from malgil.ngram.packing import Packed
from malgil.ngram.predicting import Known, best_words, gap_mass
from malgil.ngram.sequence import BEGIN, END, SPECIALS, UNKNOWN
from malgil.ngram.words import Words
from malgil.strings import string_array

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Compact:
    """A table of n-grams in few bits.

    Parameters
    ----------
    words : Words
        What it knows.
    packed : Packed
        Its n-grams.

    Notes
    -----
    It answers as the model that it was made of, to the bit where its probabilities were not quantised; it keeps no
    counts, so its explanations show the chain of orders only.
    """

    words: Words
    packed: Packed

    def __getstate__(self) -> dict[str, Any]:
        return {"words": self.words, "packed": self.packed}

    @property
    def order(self) -> int:
        """Longest n-gram."""
        return len(self.packed.fields)

    def score(self, ids: Numbers) -> tuple[Floats, NDArray[np.int8]]:
        """Score numbered sentences.

        Parameters
        ----------
        ids : ndarray of int32, shape (n,)
            Sentences between 1 and 2.

        Returns
        -------
        log10_probs : ndarray of float64, shape (n,)
            Probability of each word; 0 for ``<s>``.
        orders : ndarray of int8, shape (n,)
            Length of the n-gram that answered; 0 for ``<s>``.
        """
        from malgil.ngram._compact_kernels import score_compact

        scores, orders = np.empty(len(ids)), np.empty(len(ids), np.int8)
        score_compact(ids, *self.packed, scores, orders)
        return scores, orders

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
        from malgil.ngram._query_kernels import split_words

        data = np.frombuffer(text, np.uint8)
        ids = np.empty((len(data) + 1) // 2 + 3, np.int32)
        n = split_words(np.array([0, len(data)]), data, self.words.seed, self.words.cells, ids)
        return float(self.score(ids[:n])[0].sum())

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
        numbers, logs = best_words(self._known_next(context), self.by_prob, self.word_logs, k)
        return list(zip(numbers.tolist(), (10.0**logs).tolist(), strict=True))

    def gap_words(self, left: Numbers, right: Numbers, k: int) -> list[tuple[int, float]]:
        """Find the likeliest words of a gap.

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
        """
        known = self._known_in_gap(left, right)
        numbers, logs = best_words(known, self.by_bridge, self.bridges, k)
        if not len(logs):
            return []
        whole = float((10.0 ** self.bridges[self.by_bridge]).sum())
        mass = gap_mass(known, self.bridges, whole, float(logs[0]))
        return list(zip(numbers.tolist(), (10.0 ** (logs - mass)).tolist(), strict=True))

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
        known = self._known_next(context)
        logs = known.rest + self.word_logs
        logs[known.words] = known.scores
        probs: Floats = 10.0**logs
        probs[BEGIN] = 0.0
        return probs

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
            A sum: a backoff weight for each context that the word never followed, then the n-gram that answered.
        """
        word = END if name == SPECIALS[END] else int(self.words.numbers(string_array([name]))[0])
        if word == UNKNOWN and name != SPECIALS[UNKNOWN]:
            name = f"{name} ({SPECIALS[UNKNOWN]})"
        nodes, weights = self._walk(context)
        spelled = [self.words.string(number) for number in context[max(0, len(context) - self.order + 1) :].tolist()]
        terms, longest = [], ""
        for depth in reversed(range(self.order - 1)):
            if nodes[depth] < 0:
                continue
            path = " ".join(spelled[len(spelled) - depth - 1 :])
            longest = longest or path
            labels, probs = self._followers(depth, int(nodes[depth]))
            at = int(np.searchsorted(labels, word))
            if at < len(labels) and labels[at] == word:
                terms.append(Explanation(f"log10 p({name} | {path})", float(probs[at]), "log10(p)", "given"))
                break
            what = f"log10(weight): {name} never follows this context"
            weight = {"weight": 10.0 ** float(weights[depth])}
            terms.append(Explanation(f"log10 backoff({path})", float(weights[depth]), what, numbers=weight))
        else:
            terms.append(Explanation(f"log10 p({name})", float(self.word_logs[word]), "log10(p)", "given"))
        what = "sum of the backoffs and of the n-gram that answered"
        total = sum((term.value for term in terms), 0.0)
        return Explanation(f"log10 P({name} | {longest})", total, what, "sum", tuple(terms))

    @cached_property
    def word_logs(self) -> Floats:
        """Log10 of the probability of each word by itself."""
        from malgil.ngram._compact_kernels import PROB

        return self._read_values(0, PROB, 0, len(self.words))

    @cached_property
    def bridges(self) -> Floats:
        """Log10 of probability times backoff of each word by itself."""
        from malgil.ngram._compact_kernels import BACKOFF

        backoffs = self._read_values(0, BACKOFF, 0, len(self.words)) if self.order > 1 else 0.0
        return self.word_logs + backoffs

    @cached_property
    def by_prob(self) -> Numbers:
        """Words by falling probability of their own, without ``<s>``; equal ones by number."""
        return falling(self.word_logs, [BEGIN])

    @cached_property
    def by_bridge(self) -> Numbers:
        """Words by falling probability times backoff, without ``<s>`` and ``</s>``."""
        return falling(self.bridges, [BEGIN, END])

    @cached_property
    def before(self) -> tuple[Numbers, Numbers]:
        """First words of the bigrams that end with each word, and where those of each word begin."""
        from malgil.ngram._count_kernels import sort_words

        if self.order == 1:
            return np.zeros(0, np.int32), np.zeros(len(self.words) + 1, np.int32)
        from malgil.ngram._compact_kernels import N_NODES

        n = int(self.packed.fields[1, N_NODES])
        labels = np.minimum(self._read_labels(1, 0, n), len(self.words) - 1).astype(np.int32)
        starts, places = np.empty(len(self.words) + 1, np.int32), np.empty(n, np.int32)
        sort_words(labels, starts, places)
        return np.searchsorted(self._pointers, places, side="right").astype(np.int32) - np.int32(1), starts

    @property
    def _pointers(self) -> NDArray[np.int64]:
        """First bigram of each word."""
        from malgil.ngram._compact_kernels import FIRST, FIRST_WIDTH, HIGH, N_HIGHS, unpack_bits

        field = self.packed.fields[0]
        pointers = np.empty(len(self.words), np.int64)
        unpack_bits(self.packed.bits, int(field[FIRST]), int(field[FIRST_WIDTH]), pointers)
        changes = self.packed.highs[field[HIGH] : field[HIGH] + field[N_HIGHS]]
        high = np.searchsorted(changes, np.arange(len(pointers)), side="right")
        found: NDArray[np.int64] = np.maximum.accumulate(pointers | (high << field[FIRST_WIDTH]))
        return found

    def _known_next(self, context: Numbers) -> Known:
        nodes, weights = self._walk(context)
        seen, rest = np.zeros(len(self.words), np.bool_), 0.0
        words, scores = [np.zeros(0, np.int32)], [np.zeros(0)]
        for depth in reversed(range(self.order - 1)):
            if nodes[depth] < 0:
                continue
            labels, probs = self._followers(depth, int(nodes[depth]))
            is_new = ~seen[labels]
            words.append(labels[is_new])
            scores.append(rest + probs[is_new])
            seen[labels] = True
            rest += float(weights[depth])
        return Known(np.concatenate(words), np.concatenate(scores), seen, rest)

    def _known_in_gap(self, left: Numbers, right: Numbers) -> Known:
        from malgil.ngram._compact_kernels import gap_compact

        nodes, _ = self._walk(left)
        near = [self._followers(depth, int(nodes[depth]))[0] for depth in range(self.order - 1) if nodes[depth] >= 0]
        if len(right):
            heads, starts = self.before
            near.append(heads[starts[right[0]] : starts[right[0] + 1]])
        seen, found = np.zeros(len(self.words), np.bool_), [np.zeros(0, np.int32)]
        seen[[BEGIN, END]] = True
        for some in near:
            found.append(some[~seen[some]])
            seen[some] = True
        seen[[BEGIN, END]] = False
        words = np.concatenate(found)
        scores = np.empty(len(words))
        before = left[max(0, len(left) - self.order + 1) :] if self.order > 1 else left[:0]
        rest = gap_compact(before, words, right[: self.order - 1], *self.packed, scores)
        return Known(words, scores, seen, rest)

    def _walk(self, context: Numbers) -> tuple[NDArray[np.int64], Floats]:
        """Find the n-grams that a context ends with, by length, and their backoffs."""
        from malgil.ngram._compact_kernels import walk_compact

        nodes, weights = np.empty(self.order, np.int64), np.empty(self.order)
        near = context[max(0, len(context) - self.order + 1) :]
        walk_compact(np.ascontiguousarray(near, np.int32), *self.packed, nodes, weights)
        return nodes, weights

    def _followers(self, depth: int, node: int) -> tuple[Numbers, Floats]:
        """Words that followed an n-gram, rising, and log10 of their probabilities."""
        from malgil.ngram._compact_kernels import PROB, children_of

        low, high = (int(end) for end in children_of(*self.packed[:3], depth, node))
        labels = self._read_labels(depth + 1, low, high)
        return labels.astype(np.int32), self._read_values(depth + 1, PROB, low, high)

    def _read_labels(self, row: int, low: int, high: int) -> NDArray[np.int64]:
        from malgil.ngram._compact_kernels import LABEL, LABEL_WIDTH, unpack_bits

        begin, width = self.packed.fields[row, [LABEL, LABEL_WIDTH]].tolist()
        labels = np.empty(high - low, np.int64)
        unpack_bits(self.packed.bits, begin + low * width, width, labels)
        return np.minimum(labels, len(self.words) - 1)

    def _read_values(self, row: int, kind: int, low: int, high: int) -> Floats:
        from malgil.ngram._compact_kernels import unpack_bits

        begin, width, first, size = self.packed.fields[row, kind : kind + 4].tolist()
        codes = np.empty(high - low, np.int64)
        unpack_bits(self.packed.bits, begin + low * width, width, codes)
        if first < 0:
            return codes.astype(np.uint32).view(np.float32).astype(np.float64)
        found: Floats = self.packed.values[first + np.minimum(codes, size - 1)].astype(np.float64)
        return found
