"""The words of a model: numbers to strings by a table of strings, strings to numbers by a hash table on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.ngram.sequence import END, SPECIALS, UNKNOWN
from malgil.strings import string_array, string_buffers

_SEEDS = 64


@dataclass(frozen=True, eq=False)
class Words:
    """The words that a model knows.

    Parameters
    ----------
    strings : pa.LargeStringArray, length n_words
        ``<unk>``, ``<s>``, ``</s>``, then all others.
    cells : ndarray of uint64, shape (power of two,)
        The hash table. A word is known by its hash alone: about one in 2^64 / n_words unknown words is taken for a
        known one.
    seed : int
        Seed with which no two known words are taken for one another.
    """

    strings: pa.LargeStringArray
    cells: NDArray[np.uint64]
    seed: int

    def __len__(self) -> int:
        return len(self.strings)

    @classmethod
    def of(cls, strings: pa.LargeStringArray) -> Words:
        """Make the hash table of some words.

        Parameters
        ----------
        strings : pa.LargeStringArray
            Distinct words, without the three special ones.

        Returns
        -------
        Words
            With the special ones before them.

        Raises
        ------
        DataError
            If a word is there twice.
        """
        from malgil.ngram._query_kernels import fill_cells, hash_words

        whole = pa.concat_arrays([string_array(list(SPECIALS)), strings])
        hashes = np.empty(len(whole), np.uint64)
        cells = np.empty(1 << max(4, int(len(whole) * 1.5).bit_length()), np.uint64)
        for seed in range(_SEEDS):
            hash_words(*string_buffers(whole), seed, hashes)
            cells[:] = 0
            if fill_cells(hashes, cells):
                return cls(whole, cells, seed)
        raise DataError("ngram.word_twice")

    def numbers(self, strings: pa.LargeStringArray) -> NDArray[np.int32]:
        """Look words up.

        Parameters
        ----------
        strings : pa.LargeStringArray
            Any.

        Returns
        -------
        ndarray of int32
            Their numbers, 0 for those that are not known; the three special words are not known.
        """
        from malgil.ngram._query_kernels import find_words, hash_words

        wanted, found = np.empty(len(strings), np.uint64), np.empty(len(strings), np.int32)
        hash_words(*string_buffers(strings), self.seed, wanted)
        find_words(wanted, self.cells, found)
        return found

    def string(self, number: int) -> str:
        """Give the word of a number.

        Parameters
        ----------
        number : int
            From 0 to ``len(self) - 1``.

        Returns
        -------
        str
            The word.
        """
        return str(self.strings[int(number)].as_py())

    def is_known(self, word: str) -> bool:
        """Tell whether a word is known.

        Parameters
        ----------
        word : str
            Compared as it is.

        Returns
        -------
        bool
            False for the three special words too.
        """
        return int(self.numbers(string_array([word]))[0]) != UNKNOWN

    def number(self, name: str) -> int:
        """Look one word up.

        Parameters
        ----------
        name : str
            A word, or ``</s>``.

        Returns
        -------
        int
            Its number, 0 where it is not known.
        """
        return END if name == SPECIALS[END] else int(self.numbers(string_array([name]))[0])

    @property
    def table(self) -> Any:
        """Seed and hash table, as kernels take them."""
        return self.seed, self.cells
