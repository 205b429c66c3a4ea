"""Strings that are kept for reading back: compressed in small blocks, so that one comes back without the others.

A block holds strings of about 8 kB together: their bytes, end to end, then their lengths. It is one zstd frame and
takes some 40 microseconds to open; the last few stay open, since hits that are looked at twice are the rule.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.ragged import check_indptr
from malgil.strings import string_buffers

_BLOCK_BYTES = 1 << 13
_LARGEST = 1 << 30  # of one open block: a damaged length must not ask for all memory
_LEVEL = 1  # of zstd: higher ones save 5 % and take twice the time
_N_OPEN = 32


class _Block(NamedTuple):
    """An open block.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    data : ndarray of uint8
        UTF-8.
    """

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]


class StoredStrings:
    """Compressed strings by number.

    Parameters
    ----------
    frames : ndarray of uint8
        The compressed blocks, end to end.
    indptr : ndarray of int64, shape (n_blocks + 1,)
        Borders of the frames.
    sizes : ndarray of int64, shape (n_blocks,)
        Bytes of each block when it is open.
    first : ndarray of int64, shape (n_blocks + 1,)
        Number of the first string of each block, and the number of all strings.

    Raises
    ------
    DataError
        If the arrays do not fit one another.
    """

    def __init__(
        self,
        frames: NDArray[np.uint8],
        indptr: NDArray[np.int64],
        sizes: NDArray[np.int64],
        first: NDArray[np.int64],
    ) -> None:
        if not len(first):
            raise DataError("search_index.damaged_strings")
        check_indptr(indptr, len(frames))
        check_indptr(first, int(first[-1]))
        if not len(indptr) == len(first) == len(sizes) + 1 or not ((sizes >= 0) & (sizes <= _LARGEST)).all():
            raise DataError("search_index.damaged_strings")
        self._frames, self._indptr, self._sizes, self._first = frames, indptr, sizes, first
        self._open: OrderedDict[int, _Block] = OrderedDict()

    def __len__(self) -> int:
        return int(self._first[-1])

    def __getitem__(self, number: int) -> str:
        place = int(np.searchsorted(self._first, number, side="right")) - 1
        block = self._recent(place)
        local = number - int(self._first[place])
        return block.data[block.offsets[local] : block.offsets[local + 1]].tobytes().decode()

    @classmethod
    def build(cls, strings: Iterable[pa.LargeStringArray], n_jobs: int | None = None) -> StoredStrings:
        """Compress strings.

        Parameters
        ----------
        strings : iterable of pa.LargeStringArray
            Blocks without nulls.
        n_jobs : int, optional
            Threads, all cores by default; never changes a byte.

        Returns
        -------
        StoredStrings
            All of them, in order.
        """
        frames: list[bytes] = []
        sizes: list[int] = []
        counts: list[int] = []
        for packed in map_blocks(_pack, (block for block in strings if len(block)), n_jobs):
            frames += packed[0]
            sizes += packed[1]
            counts += packed[2]
        indptr = np.cumsum([0, *map(len, frames)], dtype=np.int64)
        first = np.cumsum([0, *counts], dtype=np.int64)
        return cls(np.frombuffer(b"".join(frames), np.uint8), indptr, np.array(sizes, np.int64), first)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to be written.

        Returns
        -------
        dict
            From which `from_arrays` makes an equal one.
        """
        return {"frames": self._frames, "indptr": self._indptr, "sizes": self._sizes, "first": self._first}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> StoredStrings:
        """Take arrays that were written.

        Parameters
        ----------
        arrays : mapping
            As `arrays` gives them; may lie on memory maps.

        Returns
        -------
        StoredStrings
            The same strings.

        Raises
        ------
        DataError
            If the arrays do not fit one another.
        """
        frames = np.asarray(arrays["frames"])
        numbers = [np.asarray(arrays[name]) for name in ("indptr", "sizes", "first")]
        if frames.dtype != np.uint8 or any(array.dtype != np.int64 for array in numbers):
            raise DataError("search_index.damaged_strings")
        return cls(frames, *numbers)

    def blocks(self) -> Iterator[pa.LargeStringArray]:
        """Pass over all strings.

        Yields
        ------
        pa.LargeStringArray
            The strings of a block.
        """
        for place in range(len(self._sizes)):
            block = self._read(place)
            buffers = [None, pa.py_buffer(block.offsets), pa.py_buffer(block.data)]
            yield pa.Array.from_buffers(pa.large_string(), len(block.offsets) - 1, buffers)

    def _recent(self, place: int) -> _Block:
        block = self._open.get(place)
        if block is None:
            block = self._open[place] = self._read(place)
            while len(self._open) > _N_OPEN:
                try:
                    self._open.popitem(last=False)
                except KeyError:  # another thread was quicker
                    break
        return block

    def _read(self, place: int) -> _Block:
        n = int(self._first[place + 1] - self._first[place])
        frame = self._frames[self._indptr[place] : self._indptr[place + 1]]
        try:
            raw = _zstd().decompress(pa.py_buffer(frame), int(self._sizes[place]))
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DataError("search_index.damaged_strings") from error
        whole = np.frombuffer(raw, np.uint8)
        if len(whole) < 4 * n:
            raise DataError("search_index.damaged_strings")
        offsets = np.zeros(n + 1, np.int64)
        np.cumsum(whole[len(whole) - 4 * n :].view("<u4"), out=offsets[1:])
        if int(offsets[-1]) != len(whole) - 4 * n:
            raise DataError("search_index.damaged_strings")
        return _Block(offsets, whole[: int(offsets[-1])])


@cache
def _zstd() -> pa.Codec:
    return pa.Codec("zstd", compression_level=_LEVEL)


def _pack(strings: pa.LargeStringArray) -> tuple[list[bytes], list[int], list[int]]:
    """Compress strings: the frames, their open sizes, and how many strings each holds."""
    offsets, data = string_buffers(strings)
    begins = np.arange(0, max(int(offsets[-1]), 1), _BLOCK_BYTES)
    # empty strings weigh nothing, but their lengths do: no block takes more than this many
    cuts = np.union1d(np.searchsorted(offsets[:-1], begins), np.arange(0, len(strings), _BLOCK_BYTES // 4))
    frames, sizes, counts = [], [], []
    for low, high in zip(cuts, np.append(cuts[1:], len(strings)), strict=True):
        if low == high:
            continue
        lengths = np.diff(offsets[low : high + 1]).astype("<u4")
        raw = data[offsets[low] : offsets[high]].tobytes() + lengths.tobytes()
        frames.append(_zstd().compress(raw, asbytes=True))
        sizes.append(len(raw))
        counts.append(int(high - low))
    return frames, sizes, counts
