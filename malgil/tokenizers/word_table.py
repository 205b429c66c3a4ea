"""The growing table of distinct words that one worker fills from code units."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.tokenizers.by_characters import CharacterTokenizer
from malgil.tokenizers.characters import characters
from malgil.tokenizers.letters import CodeUnits, usual_letters
from malgil.tokenizers.slabs import Slabs

_STRETCH = 1 << 16  # code units scanned at a time: they and their words stay in the second-level cache
_LONGEST = np.iinfo(np.int32).max // 3  # places of letters are int32, and a code unit may become three
_SLOTS, _NUMBERS, _FULL = 1 << 12, 1 << 13, 0.75
_LARGE = 1 << 20  # slots; smaller tables grow faster, since what is moved on was paid for in fresh pages


class WordList(NamedTuple):
    """Words as numbers of four letters, the first one lowest.

    Parameters
    ----------
    words : ndarray of uint64
        A word of up to four letters is one number; a longer one has a header before its numbers.
    first : ndarray of int64, shape (n_words + 1,)
        Where each word lies, and where the last one ends.
    """

    words: NDArray[np.uint64]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first) - 1


class WordTable:
    """Word -> id in the order of first appearance, and the scratch space to read texts with.

    Parameters
    ----------
    tokenizer : CharacterTokenizer
        How to cut.
    shortest : {1, 2}
        Code points of the shortest word that counts.
    """

    def __init__(self, tokenizer: CharacterTokenizer, shortest: int) -> None:
        self._usual = usual_letters(tokenizer.rule, tokenizer.lowercase)
        self._characters = characters(tokenizer.rule, tokenizer.lowercase)
        self._shortest = shortest
        self._slots = np.zeros((_SLOTS, 2), np.uint64)
        self._first, self._words = np.zeros(int(_SLOTS * _FULL), np.int64), np.empty(_NUMBERS, np.uint64)
        self._state = np.zeros(4, np.int64)
        self._scratch, self._space = _Scratch.of(_STRETCH), Slabs(np.int32)

    def __len__(self) -> int:
        return int(self._state[0])

    def number(self, texts: CodeUnits) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Give the words of some texts their numbers.

        Parameters
        ----------
        texts : CodeUnits
            Any.

        Returns
        -------
        ids : ndarray of int32, shape (n_words,)
            Their words.
        borders : ndarray of int64, shape (n_docs + 1,)
            Borders of the texts.

        Raises
        ------
        DataError
            If a text is too long for int32.
        """
        from malgil.tokenizers._word_kernels import cut, fold

        codes, borders = texts
        n_docs = len(borders) - 1
        ids, indptr, low = [np.zeros(0, np.int32)], np.zeros(n_docs + 1, np.int64), 0
        while low < n_docs:
            high = max(int(np.searchsorted(borders, borders[low] + _STRETCH, side="right")) - 1, low + 1)
            part, n = borders[low : high + 1], int(borders[high] - borders[low])
            if n > _LONGEST:
                raise DataError("tokenizers.text_too_long", row=low, limit=_LONGEST)
            letters, ends, keys, starts, sizes = self._scratch if n <= _STRETCH else _Scratch.of(n)
            ends = ends[: high - low]
            fold(codes, part, self._usual, *self._characters[:3], letters, ends)
            n_words = cut(letters, ends, self._shortest, keys, starts, sizes, indptr[low : high + 1])
            ids.append(self._intern(keys[:n_words], starts, sizes, letters))
            low = high
        return np.concatenate(ids, out=self._space.take(int(indptr[-1]))), indptr

    def unload(self) -> WordList:
        """Take out all words; the table is of no use afterwards.

        Returns
        -------
        WordList
            In the order of their ids.
        """
        n_words, used = self._state[:2].tolist()
        found = WordList(self._words[:used], self._first[: n_words + 1])
        self._slots, self._scratch = np.zeros((0, 2), np.uint64), _Scratch.of(0)
        self._words, self._first = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        return found

    def _intern(
        self, keys: NDArray[np.uint64], starts: NDArray[np.int32], sizes: NDArray[np.int32], letters: NDArray[np.uint16]
    ) -> NDArray[np.int32]:
        from malgil.tokenizers._word_kernels import NEXT, number

        ids = np.empty(len(keys), np.int32)
        self._state[NEXT] = 0
        table = self._slots, _shift(self._slots), self._first, self._words, self._state
        while not number(keys, starts, sizes, letters, *table, ids):
            self._grow(int(sizes[: len(keys)].max()))
            table = self._slots, _shift(self._slots), self._first, self._words, self._state
        return ids

    def _grow(self, longest: int) -> None:
        """Make room for at least one more word of `longest` letters."""
        from malgil.tokenizers._word_kernels import N_WORDS, USED, move_slots

        n_words, used = int(self._state[N_WORDS]), int(self._state[USED])
        if n_words + 1 >= len(self._first):
            larger = np.zeros(((4 if len(self._slots) < _LARGE else 2) * len(self._slots), 2), np.uint64)
            move_slots(self._slots, larger, _shift(larger))
            self._slots = larger
            self._first = _enlarged(self._first, n_words + 1, int(len(larger) * _FULL))
        needed = used + longest // 4 + 2
        if needed > len(self._words):
            self._words = _enlarged(self._words, used, 2 * needed)


class _Scratch(NamedTuple):
    """Space for one stretch: three letters for each code unit, a word for each letter."""

    letters: NDArray[np.uint16]
    ends: NDArray[np.int64]
    keys: NDArray[np.uint64]
    starts: NDArray[np.int32]
    sizes: NDArray[np.int32]

    @classmethod
    def of(cls, n: int) -> _Scratch:
        most = 3 * n + 4
        return cls(
            np.empty(most, np.uint16),
            np.empty(n, np.int64),
            np.empty(most, np.uint64),
            np.empty(most, np.int32),
            np.empty(most, np.int32),
        )


def _shift(slots: NDArray[np.uint64]) -> np.uint64:
    return np.uint64(65 - len(slots).bit_length())


def _enlarged(array: NDArray[Any], n: int, size: int) -> NDArray[Any]:
    larger = np.empty(size, array.dtype)  # untouched pages cost nothing
    larger[:n] = array[:n]
    return larger
