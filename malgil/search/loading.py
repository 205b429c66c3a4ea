"""A field index as flat arrays for a file, and back, with the checks that keep kernels inside their arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.ragged import check_indptr
from malgil.search.inversion import Inverted
from malgil.search.pairs import Pairs, posting_type, smallest_unsigned
from malgil.strings import string_buffers

NAMES = (
    "term_offsets",
    "term_data",
    "indptr",
    "postings",
    "position_indptr",
    "positions",
    "dl",
    "pair_tf",
    "pair_dl",
)


def to_arrays(terms: pa.LargeStringArray, inverted: Inverted) -> dict[str, NDArray[Any]]:
    """Lay an index out for a file.

    Parameters
    ----------
    terms : pa.LargeStringArray
        Sorted.
    inverted : Inverted
        Their documents.

    Returns
    -------
    dict of str to ndarray
        The names are `NAMES`; borders in the smallest type that holds them.
    """
    offsets, data = string_buffers(terms)
    indptr, postings, position_indptr, positions, dl, pairs = inverted
    borders = (border.astype(smallest_unsigned(int(border[-1]))) for border in (offsets, indptr, position_indptr))
    small_offsets, small_indptr, small_position_indptr = borders
    arrays = (small_offsets, data, small_indptr, postings, small_position_indptr, positions, dl, pairs.tf, pairs.dl)
    return dict(zip(NAMES, arrays, strict=True))


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> tuple[pa.LargeStringArray, Inverted]:
    """Read an index from the arrays of a file.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        From `to_arrays`, on memory maps or not.

    Returns
    -------
    terms : pa.LargeStringArray
        Over the map.
    inverted : Inverted
        Large arrays stay on the map. Its documents and codes are not checked yet, see `check_postings`.

    Raises
    ------
    DataError
        If an array is missing, of another type or shape, or does not fit the others.
    """
    missing = [name for name in NAMES if name not in arrays]
    if missing:
        raise DataError("search.array_missing", name=missing[0])
    found = {name: np.asarray(arrays[name]) for name in NAMES}
    for name, array in found.items():
        if array.ndim != 1 or array.dtype.kind != ("i" if name.startswith("pair") else "u"):
            raise DataError("search.array_type", name=name, found=f"{array.dtype} {array.shape}")
    offsets, indptr, position_indptr = (
        found[name].astype(np.int64) for name in ("term_offsets", "indptr", "position_indptr")
    )
    check_indptr(offsets, len(found["term_data"]))
    check_indptr(indptr, len(found["postings"]))
    check_indptr(position_indptr, len(found["positions"]))
    pairs = Pairs(found["pair_tf"].astype(np.int32), found["pair_dl"].astype(np.int32))
    if not len(offsets) == len(indptr) == len(position_indptr) or not _is_sound(found, pairs):
        raise DataError("search.parts_do_not_fit")
    data = np.ascontiguousarray(found["term_data"])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    terms = pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, buffers)
    return terms, Inverted(indptr, found["postings"], position_indptr, found["positions"], found["dl"], pairs)


def _is_sound(found: Mapping[str, NDArray[Any]], pairs: Pairs) -> bool:
    """Whether lengths and pairs can be those of the postings."""
    if len(pairs.tf) != len(pairs.dl):
        return False
    keys = pairs.dl.astype(np.int64) << 32 | pairs.tf
    return bool(
        (np.diff(keys) > 0).all()
        and (len(keys) == 0 or (int(pairs.tf.min()) >= 1 and bool((pairs.tf <= pairs.dl).all())))
        and found["postings"].dtype == posting_type(len(found["dl"]), len(pairs.tf))
        and int(found["dl"].sum(dtype=np.int64)) == len(found["positions"])
    )


def check_postings(postings: NDArray[np.unsignedinteger], n_docs: int, pairs: Pairs) -> None:
    """Make sure that postings name documents and codes that there are.

    Parameters
    ----------
    postings : ndarray of uint32 or uint64
        Some or all.
    n_docs : int
        Number of documents.
    pairs : Pairs
        The codes.

    Raises
    ------
    DataError
        If one does not.
    """
    if not len(postings):
        return
    codes = postings & postings.dtype.type((1 << pairs.bits) - 1)
    if int(postings.max()) >> pairs.bits >= n_docs or int(codes.max()) >= len(pairs.tf):
        raise DataError("search.postings_out_of_range", n=n_docs)
