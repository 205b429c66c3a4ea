"""A trained model: its words, its table of n-grams, and what is derived from them once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.explain import Explanation
from malgil.ngram.estimating import Table
from malgil.ngram.sequence import BEGIN, END
from malgil.ngram.words import Words

#: Largest order. What a kernel keeps of a context has room for it.
MOST = 16

#: Numbers before the first slot of a hash table: the order, how many slots each order has; the last: `is_closed`.
HEAD = 32


@dataclass(frozen=True, eq=False)
class Model:
    """An n-gram model that answers.

    Parameters
    ----------
    words : Words
        What it knows.
    table : Table
        Its n-grams with their probabilities.
    smoothing : str
        A key of `SMOOTHINGS`; empty for a model that was read from an ARPA file.
    made : dict
        Arrays that were derived before and saved with the model.
    is_closed : bool
        Whether every n-gram without its first word is one of the model's too, as is known of a model that was counted
        and pruned by counts only. Scoring then stops earlier.
    """

    words: Words
    table: Table
    smoothing: str = ""
    made: dict[str, NDArray[Any]] = field(default_factory=dict)
    is_closed: bool = False

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("words", "table", "smoothing", "made", "is_closed")}

    @property
    def order(self) -> int:
        """Longest n-gram."""
        return self.table.trie.order

    @cached_property
    def arrays(self) -> Any:
        """Labels, first children, hash table, probabilities and backoffs, as kernels take them."""
        trie = self.table.trie
        return trie.labels, trie.first, self.links, self.table.log10_probs, self.table.log10_backoffs

    @cached_property
    def score_bytes(self) -> Callable[[bytes], float]:
        """Kernel that scores one sentence in UTF-8, with all but the sentence given already."""
        from malgil.ngram._query_kernels import score_text

        known: Any = (*self.words.table, self.links)
        return partial(score_text, *known)

    @cached_property
    def links(self) -> NDArray[np.int32]:
        """Hash table of all n-grams, with all that scoring needs: one place in memory for each n-gram.

        First the order and how many slots each order has, in `HEAD` numbers; then the slots of orders 2 and more (four
        numbers), of single words (two: probability, backoff) and of the highest order (three).
        """
        from malgil.ngram._link_kernels import fill_links

        if "links" in self.made:
            return self.made["links"]
        trie, order = self.table.trie, self.order
        sizes = [trie.n_words]
        for n in range(2, order + 1):
            n_grams = int(trie.base[n] - trie.base[n - 1])
            sizes.append(n_grams + 2 * n_grams // 5 + 1)  # the fuller, the longer a search: 5 of 7 slots are taken
        if max(sizes) > np.iinfo(np.int32).max:
            raise DataError("ngram.too_large", n=len(trie.labels))
        places = [slice(0, HEAD)]
        for n in [*range(2, order), 1, *([order] if order > 1 else [])]:
            width = 2 if n == 1 else 3 if n == order else 4
            places.append(slice(places[-1].stop, places[-1].stop + width * sizes[n - 1]))
        links = np.full(places[-1].stop, -1, np.int32)
        links[0], links[1 : order + 1], links[HEAD - 1] = order, sizes, int(self.is_closed)
        words = links[places[max(1, order - 1)]].view(np.float32)
        words[::2], words[1::2] = self.table.log10_probs[: sizes[0]], 0.0
        if order > 1:
            words[1::2] = self.table.log10_backoffs[: sizes[0]]
        above = np.arange(sizes[0], dtype=np.int32)
        for n in range(2, order + 1):
            below = np.empty(int(trie.base[n] - trie.base[n - 1]) if n < order else 0, np.int32)
            part = links[places[n - 1 if n < order else order]]
            logs = self.table.log10_probs, self.table.log10_backoffs
            fill_links(trie.labels, trie.first, *logs, int(trie.base[n - 2]), above, part, below)
            above = below
        return links

    @cached_property
    def by_prob(self) -> NDArray[np.int32]:
        """Words by falling probability of their own, without ``<s>``; equal ones by number."""
        if "by_prob" in self.made:
            return self.made["by_prob"]
        return falling(self._word_logs, [BEGIN])

    @cached_property
    def by_bridge(self) -> NDArray[np.int32]:
        """Words by falling probability times backoff, without ``<s>`` and ``</s>``: how well each stands in a gap."""
        if "by_bridge" in self.made:
            return self.made["by_bridge"]
        return falling(self.bridges, [BEGIN, END])

    @cached_property
    def bridges(self) -> NDArray[np.float64]:
        """Log10 of probability times backoff of each word by itself."""
        backoffs = self.table.log10_backoffs[: len(self.words)] if self.order > 1 else np.zeros(1)
        return self._word_logs + backoffs

    @cached_property
    def before(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """First words of the bigrams that end with each word, and where those of each word begin."""
        from malgil.ngram._count_kernels import sort_words

        if "before" in self.made:
            return self.made["before"], self.made["before_first"]
        trie = self.table.trie
        if self.order == 1:
            return np.zeros(0, np.int32), np.zeros(len(self.words) + 1, np.int32)
        level = trie.level(2)
        starts, places = np.empty(len(self.words) + 1, np.int32), np.empty(level.stop - level.start, np.int32)
        sort_words(trie.labels[level], starts, places)
        heads = np.repeat(np.arange(len(self.words), dtype=np.int32), np.diff(trie.first[: len(self.words) + 1]))
        return heads[places], starts

    @property
    def _word_logs(self) -> NDArray[np.float64]:
        return self.table.log10_probs[: len(self.words)].astype(np.float64)

    def score(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Score numbered sentences, as `malgil.ngram.scoring.score` does.

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
        from malgil.ngram.scoring import score

        return score(self, ids)

    def next_words(self, context: NDArray[np.int32], k: int) -> list[tuple[int, float]]:
        """Find the likeliest next words, as `malgil.ngram.predicting.next_words` does.

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
        from malgil.ngram.predicting import next_words

        return next_words(self, context, k)

    def gap_words(self, left: NDArray[np.int32], right: NDArray[np.int32], k: int) -> list[tuple[int, float]]:
        """Find the likeliest words of a gap, as `malgil.ngram.predicting.gap_words` does.

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
        from malgil.ngram.predicting import gap_words

        return gap_words(self, left, right, k)

    def distribution(self, context: NDArray[np.int32]) -> NDArray[np.float64]:
        """Give the probability of every word after a context, as `malgil.ngram.predicting.distribution` does.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.

        Returns
        -------
        ndarray of float64, shape (n_words,)
            0 for ``<s>``.
        """
        from malgil.ngram.predicting import distribution

        return distribution(self, context)

    def explain(self, context: NDArray[np.int32], name: str) -> Explanation:
        """Open the probability of a word after a context, as `malgil.ngram.explaining.explain` does.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before.
        name : str
            The word, or ``</s>``.

        Returns
        -------
        Explanation
            The chain of orders.
        """
        from malgil.ngram.explaining import explain

        return explain(self, context, name)

    def node(self, numbers: NDArray[np.int32]) -> int:
        """Find an n-gram.

        Parameters
        ----------
        numbers : ndarray of int32, shape (n,)
            Its words, at least one.

        Returns
        -------
        int
            Its node; -1 where the model does not have it.
        """
        trie = self.table.trie
        if len(numbers) > self.order:
            return -1
        node = int(numbers[0])
        for word in numbers[1:].tolist():
            begin, end = trie.first[node : node + 2].tolist()
            node = begin + int(np.searchsorted(trie.labels[begin:end], word))
            if node == end or int(trie.labels[node]) != word:
                return -1
        return node

    def contexts(self, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        """Nodes of the suffixes of a context, the longest first.

        Parameters
        ----------
        numbers : ndarray of int32, shape (n,)
            The words before; only the last ``order - 1`` count.

        Returns
        -------
        ndarray of int32
            Those suffixes that the model has; the empty one has no node.
        """
        last = numbers[max(0, len(numbers) - self.order + 1) :] if self.order > 1 else numbers[:0]
        nodes = [self.node(last[i:]) for i in range(len(last))]
        return np.array([node for node in nodes if node >= 0], np.int32)


def falling(values: NDArray[np.float64], without: list[int]) -> NDArray[np.int32]:
    """Rank words.

    Parameters
    ----------
    values : ndarray of float64, shape (n_words,)
        What each is worth.
    without : list of int
        Words to leave out.

    Returns
    -------
    ndarray of int32
        Words by falling value; equal ones by number.
    """
    order = np.argsort(-values, kind="stable").astype(np.int32)
    return order[~np.isin(order, without)]
