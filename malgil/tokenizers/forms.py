"""The growing table of distinct forms that one worker fills, and the packed layout that it reads."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.ragged import check_indptr
from malgil.strings import string_buffers

_SLOTS = 1 << 12
_ARENA = 1 << 14
_LONGEST = np.iinfo(np.int32).max  # spans and lengths are int32
_SPELLED_AT_ONCE = 1 << 16


class Packed(NamedTuple):
    """Strings laid out for the kernels: zero-padded to whole words of eight bytes.

    Parameters
    ----------
    words : ndarray of uint64
        Bytes of all strings, as they lie in memory.
    places : ndarray of int64, shape (n + 1,)
        First word of each string.
    lengths : ndarray of int32, shape (n,)
        Bytes of each string.
    """

    words: NDArray[np.uint64]
    places: NDArray[np.int64]
    lengths: NDArray[np.int32]


def buffers(strings: pa.LargeStringArray) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Offsets and bytes of a string array, checked: no kernel that reads them can leave the data.

    Parameters
    ----------
    strings : pa.LargeStringArray, length n
        May be a slice; nulls are read as empty strings.

    Returns
    -------
    offsets : ndarray of int64, shape (n + 1,)
        Start at 0, never fall, end at ``len(data)``.
    data : ndarray of uint8
        Bytes of all strings.

    Raises
    ------
    DataError
        If the offsets do not fit the data, or a string is longer than an int32 can count.
    """
    if strings.null_count:
        strings = strings.fill_null("")
    offsets, data = string_buffers(strings)
    check_indptr(offsets, len(data))
    lengths = np.diff(offsets)
    if lengths.max(initial=0) > _LONGEST:
        raise DataError("tokenizers.text_too_long", row=int(lengths.argmax()), limit=_LONGEST)
    return offsets, data


def pack_strings(strings: pa.LargeStringArray) -> Packed:
    """Lay strings out for the kernels.

    Parameters
    ----------
    strings : pa.LargeStringArray, length n
        Any; an empty one takes one word of zeros.

    Returns
    -------
    Packed
        Of the same length.
    """
    from malgil.tokenizers._table_kernels import pack

    offsets, data = buffers(strings)
    n_words = int(np.maximum(1, (np.diff(offsets) + 7) >> 3).sum())
    words = np.zeros(n_words, np.uint64)
    places, lengths = np.zeros(len(offsets), np.int64), np.zeros(len(offsets) - 1, np.int32)
    pack(offsets, data, words.view(np.uint8), places, lengths)
    return Packed(words, places, lengths)


def big_endian(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Turn packed bytes, in place, into numbers whose order is that of the bytes.

    Parameters
    ----------
    words : ndarray of uint64
        Bytes as they lie in memory; not to be used afterwards.

    Returns
    -------
    ndarray of uint64
        The same array, first byte highest.
    """
    return words.byteswap(inplace=True) if sys.byteorder == "little" else words


def spell_out(
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    order: NDArray[np.int64],
    n_jobs: int | None = 1,
) -> pa.LargeStringArray:
    """Turn forms back into strings.

    Parameters
    ----------
    words : ndarray of uint64
        Bytes of the forms as numbers, first byte highest.
    places : ndarray of int64, shape (>= n_terms,)
        First word of each form.
    lengths : ndarray of int32, shape (n_terms,)
        Bytes of each form.
    order : ndarray of int64, shape (n,)
        Forms to take.
    n_jobs : int, optional
        Threads, all cores by ``None``.

    Returns
    -------
    pa.LargeStringArray, length n
        Form ``order[k]`` as the k-th.
    """
    from malgil.tokenizers._run_kernels import spell

    offsets = np.zeros(len(order) + 1, np.int64)
    np.cumsum(lengths[order], out=offsets[1:])
    data = np.empty(int(offsets[-1]), np.uint8)

    def part(begin: int) -> None:
        end = begin + _SPELLED_AT_ONCE
        spell(order[begin:end], words, places, offsets[begin : end + 1], data)

    for _ in map_blocks(part, range(0, len(order), _SPELLED_AT_ONCE), n_jobs):
        pass
    return pa.LargeStringArray.from_buffers(len(order), pa.py_buffer(offsets), pa.py_buffer(data))


class FormTable:
    """Form -> id in the order of first appearance, with counts and document frequencies."""

    def __init__(self) -> None:
        self._slots = np.zeros(_SLOTS, np.uint64)
        self._arena = np.zeros(_ARENA, np.uint64)
        self._n_terms = self._used = self._n_docs = 0

    def __len__(self) -> int:
        return self._n_terms

    @classmethod
    def of(cls, strings: pa.LargeStringArray) -> FormTable:
        """Make the table of given forms.

        Parameters
        ----------
        strings : pa.LargeStringArray
            Distinct forms.

        Returns
        -------
        FormTable
            In which form ``strings[i]`` has the id ``i``.
        """
        table = cls()
        table.intern(pack_strings(strings), np.array([0, len(strings)], np.int64))
        return table

    def strings(self) -> pa.LargeStringArray:
        """List the forms.

        Returns
        -------
        pa.LargeStringArray, length n_terms
            Form of each id.
        """
        (words, places, lengths), _, _ = self.unload()
        return spell_out(big_endian(words), places, lengths, np.arange(len(self)))

    def intern(self, tokens: Packed, indptr: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give tokens the ids of their forms; new forms get new ids; all are counted.

        Parameters
        ----------
        tokens : Packed
            Tokens of some documents.
        indptr : ndarray of int64, shape (n_docs + 1,)
            Borders of the documents, which are other ones than in any call before.

        Returns
        -------
        ndarray of int32, shape (n_tokens,)
            Their ids.
        """
        from malgil.tokenizers import _table_kernels as kernels

        ids = np.empty(int(indptr[-1]), np.int32)
        state = np.array([self._n_terms, self._used, 0, 0], np.int64)
        while not kernels.intern(*tokens, indptr, self._n_docs, self._slots, self._arena, state, ids):
            self._grow(int(state[kernels.N_TERMS]), int(state[kernels.USED]), int(tokens.lengths.max()))
        self._n_terms, self._used = int(state[kernels.N_TERMS]), int(state[kernels.USED])
        self._n_docs += len(indptr) - 1
        return ids

    def find(self, strings: Packed) -> NDArray[np.int32]:
        """Ids of strings, -1 where the table does not have them.

        Parameters
        ----------
        strings : Packed
            What to look up.

        Returns
        -------
        ndarray of int32, shape (n,)
            Their ids.
        """
        from malgil.tokenizers._table_kernels import find

        ids = np.empty(len(strings.lengths), np.int32)
        find(*strings, self._slots, self._arena, ids)
        return ids

    def unload(self) -> tuple[Packed, NDArray[np.int64], NDArray[np.int64]]:
        """Take out all forms in the order of their ids.

        Returns
        -------
        forms : Packed
            The distinct forms.
        counts, df : ndarray of int64, shape (n_terms,)
            Occurrences, and documents that contain the form.
        """
        from malgil.tokenizers._table_kernels import HEADER, unload

        n_terms = self._n_terms
        forms = Packed(
            np.empty(self._used - HEADER * n_terms, np.uint64),
            np.empty(n_terms + 1, np.int64),
            np.empty(n_terms, np.int32),
        )
        counts, df = np.empty(n_terms, np.int64), np.empty(n_terms, np.int64)
        unload(self._arena, *forms, counts, df)
        return forms, counts, df

    def _grow(self, n_terms: int, used: int, longest: int) -> None:
        """Make room for at least one more form of `longest` bytes."""
        from malgil.tokenizers._table_kernels import HEADER, spread

        if 2 * n_terms >= len(self._slots):
            larger = np.zeros(2 * len(self._slots), np.uint64)
            spread(self._slots, larger)
            self._slots = larger
        needed = used + HEADER + (longest + 7) // 8 + 1
        if needed > len(self._arena) - _ARENA // 2:
            arena = np.empty(4 * max(needed, len(self._arena)), np.uint64)  # untouched pages cost nothing
            arena[:used] = self._arena[:used]
            self._arena = arena
