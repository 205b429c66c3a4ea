"""Strings as flat arrays, and finding one among many by binary search, without building a dictionary first."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def string_buffers(strings: pa.LargeStringArray) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Offsets and bytes of a string array, both starting at 0.

    Parameters
    ----------
    strings : pa.LargeStringArray, length n
        No nulls; may be a slice.

    Returns
    -------
    offsets : ndarray of int64, shape (n + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    data : ndarray of uint8
        UTF-8.
    """
    _, raw_offsets, raw_data = strings.buffers()
    if len(strings) == 0 or raw_offsets is None:
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    begin = strings.offset
    offsets = np.frombuffer(raw_offsets, np.int64)[begin : begin + len(strings) + 1]
    data = np.zeros(0, np.uint8) if raw_data is None else np.frombuffer(raw_data, np.uint8)
    return (offsets if offsets[0] == 0 else offsets - offsets[0]), data[offsets[0] : offsets[-1]]


def string_array(texts: list[str]) -> pa.LargeStringArray:
    """Make a string array without `pyarrow.array`, which loads pandas wherever that is installed.

    Parameters
    ----------
    texts : list of str, length n
        A few; a lone surrogate becomes a question mark.

    Returns
    -------
    pa.LargeStringArray, length n
        The same strings.
    """
    encoded = [text.encode("utf-8", "replace") for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


def find(strings: pa.LargeStringArray, order: NDArray[np.int32], wanted: str) -> int | None:
    """Place of one string.

    Parameters
    ----------
    strings : pa.LargeStringArray, length n
        Distinct strings in any order; may lie on a memory map.
    order : ndarray of int32, shape (n,)
        The permutation that sorts `strings` by code points.
    wanted : str
        Compared as it is: neither lower-cased nor normalised.

    Returns
    -------
    int or None
        Place in `strings`; ``None`` where it is not there. Takes O(log n) comparisons.
    """
    offsets, data = string_buffers(strings)
    key = wanted.encode("utf-8", "surrogatepass")  # a lone surrogate is never found, since no text holds one
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        candidate = int(order[middle])
        found = data[offsets[candidate] : offsets[candidate + 1]].tobytes()
        if found == key:
            return candidate
        low, high = (middle + 1, high) if found < key else (low, middle)
    return None


def sorting_order(strings: pa.LargeStringArray) -> NDArray[np.int32]:
    """Permutation that sorts strings by code points, equal ones by place.

    Parameters
    ----------
    strings : pa.LargeStringArray, length n
        No nulls.

    Returns
    -------
    ndarray of int32, shape (n,)
        For `find`.
    """
    import pyarrow.compute as pc

    return np.asarray(pc.array_sort_indices(strings)).astype(np.int32)
