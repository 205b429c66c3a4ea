"""A trained model: its words, its table of n-grams, and what is derived from them once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.estimating import Table
from malgil.ngram.sequence import BEGIN, END
from malgil.ngram.words import Words

#: Largest order. What a kernel keeps of a context has room for it.
MOST = 16


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
    """

    words: Words
    table: Table
    smoothing: str = ""
    made: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("words", "table", "smoothing", "made")}

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

        known: Any = (*self.words.table, *self.arrays[2:], self.order)
        return partial(score_text, *known)

    @cached_property
    def links(self) -> NDArray[np.int32]:
        """Hash table of all n-grams of two words and more."""
        from malgil.ngram._query_kernels import fill_links

        if "links" in self.made:
            return self.made["links"]
        trie = self.table.trie
        n = len(trie.labels) - trie.n_words
        links = np.zeros(3 * (n + n // 2 + 1), np.int32)
        fill_links(trie.labels, trie.first, links)
        return links

    @cached_property
    def by_prob(self) -> NDArray[np.int32]:
        """Words by falling probability of their own, without ``<s>``; equal ones by number."""
        if "by_prob" in self.made:
            return self.made["by_prob"]
        return _falling(self._word_logs, [BEGIN])

    @cached_property
    def by_bridge(self) -> NDArray[np.int32]:
        """Words by falling probability times backoff, without ``<s>`` and ``</s>``: how well each stands in a gap."""
        if "by_bridge" in self.made:
            return self.made["by_bridge"]
        return _falling(self.bridges, [BEGIN, END])

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


def _falling(values: NDArray[np.float64], without: list[int]) -> NDArray[np.int32]:
    order = np.argsort(-values, kind="stable").astype(np.int32)
    return order[~np.isin(order, without)]
