"""The words of a set of vectors: found by binary search on a memory map, so that opening builds no dictionary."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError, ParameterError
from malgil.strings import find, sorting_order, string_array


class Keys(Sequence[str]):
    """Distinct words in the order of their vectors; behaves as a list of them.

    Parameters
    ----------
    strings : pa.LargeStringArray, length n
        The words.
    order : ndarray of int32, shape (n,)
        The permutation that sorts them by code points.
    """

    def __init__(self, strings: pa.LargeStringArray, order: NDArray[np.int32]) -> None:
        self.strings = strings
        self.order = order

    @classmethod
    def of(cls, words: Iterable[str] | pa.Array) -> Keys:
        """Make the keys of some words.

        Parameters
        ----------
        words : iterable of str, or a string array of Arrow
            Distinct.

        Returns
        -------
        Keys
            In the same order.

        Raises
        ------
        ParameterError
            If something else than text is among them.
        DataError
            If a word is there twice.
        """
        strings = _as_strings(words)
        keys = cls(strings, sorting_order(strings))
        twice = keys.first_repeated()
        if twice is not None:
            first, second = twice
            raise DataError("vectors.word_twice", word=keys[second], first=first, second=second)
        return keys

    def first_repeated(self) -> tuple[int, int] | None:
        """Find a word that is there twice.

        Returns
        -------
        tuple of (int, int) or None
            Its first two places, for the word whose second place comes earliest.
        """
        import pyarrow.compute as pc

        if len(self) < 2:
            return None
        ordered = self.strings.take(pa.array(self.order))
        is_same = np.asarray(pc.equal(ordered[1:], ordered[:-1]))
        if not is_same.any():
            return None
        at = np.flatnonzero(is_same)
        second = int(self.order[at + 1].min())
        return next(i for i, word in enumerate(self) if word == self[second]), second

    def __len__(self) -> int:
        return len(self.strings)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [str(word) for word in self.strings[index].to_pylist()]
        return str(self.strings[int(index)].as_py())

    def __iter__(self) -> Iterator[str]:
        for low in range(0, len(self), 10_000):
            yield from self.strings[low : low + 10_000].to_pylist()

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.place(word) is not None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Keys):
            return bool(self.strings.equals(other.strings))
        return isinstance(other, Sequence) and len(other) == len(self) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self[:5]))
        return f"Keys([{shown}{', ...' if len(self) > 5 else ''}], n={len(self)})"

    def place(self, word: str) -> int | None:
        """Find a word.

        Parameters
        ----------
        word : str
            As it is; where that is not found, in composed form (NFC).

        Returns
        -------
        int or None
            Its number, ``None`` where it is not there.
        """
        at = find(self.strings, self.order, word)
        if at is None and not unicodedata.is_normalized("NFC", word):
            at = find(self.strings, self.order, unicodedata.normalize("NFC", word))
        return at

    def places(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Find many words.

        Parameters
        ----------
        words : sequence of str
            Any.

        Returns
        -------
        ndarray of int64, shape (len(words),)
            Their numbers, -1 for those that are not there.
        """
        found = (self.place(word) for word in words)
        return np.array([-1 if at is None else at for at in found], np.int64)


def _as_strings(words: Any) -> pa.LargeStringArray:
    if isinstance(words, Keys):
        return words.strings
    if isinstance(words, pa.ChunkedArray):
        words = words.combine_chunks()
    if isinstance(words, pa.Array) and not pa.types.is_null(words.type):
        strings = words.cast(pa.large_string())
        if strings.null_count:
            raise ParameterError("vectors.bad_keys", type="NoneType")
        return strings
    listed = list(words)
    for word in listed:
        if not isinstance(word, str):
            raise ParameterError("vectors.bad_keys", type=type(word).__name__)
    return string_array(listed)
