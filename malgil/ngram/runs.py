"""Sorted runs on the disk: what was counted in one part of a corpus, put aside until all parts are merged.

The words of a part are numbered by their bytes, and so are those of the whole corpus: numbers of the whole, put in the
place of a part's own, leave its n-grams sorted. So a run is never sorted again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.counting import Counts
from malgil.ngram.sequence import N_SPECIALS
from malgil.tokenizers.runs import Run

_TYPES: dict[str, Any] = {
    "words": np.uint64,
    "places": np.int64,
    "lengths": np.int32,
    "arrival": np.int64,
    "labels": np.int32,
    "heads": np.int32,
    "counts": np.int32,
    "first": np.int32,
}
_STRIDE = 256  # bigrams between two samples
_CHUNK = 1 << 20  # labels that are renumbered at once


class SortedRun:
    """The n-grams of one part of a corpus, in files of their own.

    Parameters
    ----------
    folder : Path
        A folder to be made for them.
    counts : Counts
        What was counted; of order 2 or higher. Not kept.

    Attributes
    ----------
    base : ndarray of int64, shape (order + 1,)
        As in `Trie`.
    n_sentences, n_tokens : int
        As in `Counts`.
    sample_heads, sample_labels : ndarray of int32, shape (n_samples,)
        Words of some bigrams, from the first on.
    sample_weights : ndarray of int64, shape (n_samples,)
        N-grams of all orders from each of them up to the next.

    Raises
    ------
    OSError
        If a file cannot be written.
    """

    def __init__(self, folder: Path, counts: Counts) -> None:
        self._folder = folder
        folder.mkdir()
        trie = counts.trie
        self.base = trie.base
        self.n_sentences, self.n_tokens = counts.n_sentences, counts.n_tokens
        bigrams = trie.level(2)
        words = np.arange(trie.n_words, dtype=np.int32)
        heads = np.repeat(words, np.diff(trie.first[: trie.n_words + 1]))
        arrays = dict(zip(("words", "places", "lengths"), counts.run[:3], strict=True))
        arrays |= {"arrival": counts.arrival, "labels": trie.labels, "heads": heads}
        arrays |= {"counts": counts.counts, "first": trie.first}
        for name, array in arrays.items():
            with self._path(name).open("wb") as file:
                file.write(np.ascontiguousarray(array, _TYPES[name]).data)
        nodes = np.arange(bigrams.start, bigrams.stop, _STRIDE)
        self.sample_heads, self.sample_labels = heads[::_STRIDE].copy(), trie.labels[nodes]
        behind = np.append(nodes, bigrams.stop)
        before = behind.copy()  # n-grams of all orders that stand before each sample, up to a constant
        for _ in range(2, trie.order):
            behind = trie.first[behind].astype(np.int64)
            before += behind
        self.sample_weights = np.diff(before)

    def words(self) -> Run:
        """Read the words.

        Returns
        -------
        Run
            Without counts.
        """
        spelled = self._read("words"), self._read("places"), self._read("lengths")
        none = np.zeros(len(spelled[2]), np.int64)
        return Run(*spelled, none, none)

    def read_words(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Read what is known of each word.

        Returns
        -------
        counts : ndarray of int32, shape (n_words,)
            Its occurrences.
        arrival : ndarray of int64, shape (n_words,)
            As in `Counts`.
        """
        return self._read("counts", 0, int(self.base[1])), self._read("arrival")

    def renumber(self, to: NDArray[np.int32]) -> None:
        """Give all words the numbers of the whole corpus.

        Parameters
        ----------
        to : ndarray of int32, shape (n_words - 3,)
            Place of each word, without the special ones, among those of the corpus.

        Raises
        ------
        OSError
            If a file cannot be written.
        """
        numbers = np.append(np.arange(N_SPECIALS, dtype=np.int32), to + np.int32(N_SPECIALS))
        self.sample_heads, self.sample_labels = numbers[self.sample_heads], numbers[self.sample_labels]
        for name in ("labels", "heads"):
            with self._path(name).open("r+b") as file:
                while len(chunk := file.read(4 * _CHUNK)):
                    file.seek(-len(chunk), 1)
                    file.write(numbers[np.frombuffer(chunk, np.int32)].data)
                    file.seek(0, 1)  # between writing and reading

    def borders(self, heads: NDArray[np.int32], labels: NDArray[np.int32]) -> NDArray[np.int64]:
        """Find where some bigrams stand, or would stand, and what begins with them.

        Parameters
        ----------
        heads, labels : ndarray of int32, shape (n,)
            Words of the bigrams.

        Returns
        -------
        ndarray of int64, shape (n, order - 1)
            For each order from 2 on the first node that does not come before the bigram.
        """
        if self.base[2] == self.base[1]:
            return np.repeat(self.base[None, 1:-1], len(heads), 0)
        own_heads = np.memmap(self._path("heads"), np.int32, "r")
        own_labels = np.memmap(self._path("labels"), np.int32, "r")[self.base[1] : self.base[2]]
        begins, ends = np.searchsorted(own_heads, heads, "left"), np.searchsorted(own_heads, heads, "right")
        found = [
            begin + int(np.searchsorted(own_labels[begin:end], label))
            for begin, end, label in zip(begins.tolist(), ends.tolist(), labels, strict=True)
        ]
        nodes = [np.array(found, np.int64) + self.base[1]]
        if len(self.base) > 3:
            first = np.memmap(self._path("first"), np.int32, "r")
            for _ in range(3, len(self.base)):
                nodes.append(first[nodes[-1]].astype(np.int64))
        return np.stack(nodes, 1)

    def read_level(self, begin: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Read some n-grams of one order.

        Parameters
        ----------
        begin, end : int
            Their nodes.

        Returns
        -------
        labels, counts : ndarray of int32, shape (end - begin,)
            Last words and occurrences.
        """
        return self._read("labels", begin, end), self._read("counts", begin, end)

    def read_heads(self, begin: int, end: int) -> NDArray[np.int32]:
        """Read the first words of some bigrams.

        Parameters
        ----------
        begin, end : int
            Their nodes.

        Returns
        -------
        ndarray of int32, shape (end - begin,)
            Numbers of words.
        """
        return self._read("heads", begin - int(self.base[1]), end - int(self.base[1]))

    def read_children(self, begin: int, end: int) -> NDArray[np.int32]:
        """Read how many words follow some n-grams.

        Parameters
        ----------
        begin, end : int
            Their nodes.

        Returns
        -------
        ndarray of int32, shape (end - begin,)
            Children of each node.
        """
        return np.diff(self._read("first", begin, end + 1))

    def _read(self, name: str, begin: int = 0, end: int | None = None) -> NDArray[Any]:
        kind = np.dtype(_TYPES[name])
        n = -1 if end is None else end - begin
        return np.fromfile(self._path(name), kind, n, offset=begin * kind.itemsize)

    def _path(self, name: str) -> Path:
        return self._folder / name
