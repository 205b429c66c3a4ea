"""Cut sequences that are too long: at the end, at the start, in the middle, or where they say least."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import DataError, ParameterError
from malgil.params import choose
from malgil.ragged import Ragged
from malgil.sequences.items import Items, Sequences, as_items, copied

Truncate = Literal["post", "pre", "middle", "low_idf"]
_PERCENTILE = re.compile(r"p(\d{1,3}(?:\.\d+)?)")

#: Name -> how many items stay at the start and at the end of a sequence that is cut to `length`.
ENDS: dict[str, Callable[[int], tuple[int, int]]] = {
    "post": lambda length: (length, 0),
    "pre": lambda length: (0, length),
    "middle": lambda length: (length - length // 2, length // 2),
}


class Cut(NamedTuple):
    """Sequences of bounded length.

    Parameters
    ----------
    sequences : Ragged or list of ndarray
        In the form in which they came.
    n_cut : ndarray of int64, shape (n_rows,)
        Items that each of them lost.
    """

    sequences: Ragged | list[NDArray[Any]]
    n_cut: NDArray[np.int64]


def length_for(lengths: ArrayLike, wanted: int | str | None = None) -> int:
    """Choose the length of a batch.

    Parameters
    ----------
    lengths : array_like of int, shape (n_rows,)
        Of the sequences.
    wanted : int or str, optional
        A length; ``"p95"`` for the least that 95 % of the sequences do not exceed; the longest by default.

    Returns
    -------
    int
        0 where there are no sequences and no length is given.

    Raises
    ------
    ParameterError
        If it is neither a number of 0 or more nor a percentile in (0, 100].

    Examples
    --------
    >>> length_for([3, 1, 2, 40]), length_for([3, 1, 2, 40], "p75"), length_for([3, 1, 2, 40], 8)
    (40, 3, 8)
    """
    sorted_lengths = np.sort(np.asarray(lengths, np.int64))
    if isinstance(wanted, str):
        found = _PERCENTILE.fullmatch(wanted)
        percent = float(found[1]) if found else 0.0
        if not 0 < percent <= 100:
            raise ParameterError("sequences.bad_length", value=wanted)
        # of two decimals, so that 0.95 x 100 is 95 and not 96
        place = math.ceil(round(percent * len(sorted_lengths) / 100, 6)) - 1
        return int(sorted_lengths[place]) if len(sorted_lengths) else 0
    if wanted is None:
        return int(sorted_lengths[-1]) if len(sorted_lengths) else 0
    if isinstance(wanted, bool) or not isinstance(wanted, int | np.integer) or wanted < 0:
        raise ParameterError("sequences.bad_length", value=wanted)
    return int(wanted)


def truncate(sequences: Sequences, length: int | str, where: Truncate = "post", *, df: ArrayLike | None = None) -> Cut:
    """Cut sequences to a length.

    Parameters
    ----------
    sequences : Ragged, or iterable of array_like, shape (T,) or (T, C)
        Token ids or numbers.
    length : int or str
        Most items to keep, see `length_for`.
    where : {"post", "pre", "middle", "low_idf"}
        Cut the end, the start, the middle (the start keeps one more where the length is odd), or the tokens that are in
        the most documents; of equally frequent ones the last. What stays keeps its order.
    df : array_like of int, shape (n_terms,), optional
        For ``"low_idf"``: documents with each term, such as `Vocabulary.df`; counted in `sequences` by default.

    Returns
    -------
    Cut
        Equal to the input where nothing is too long.

    Raises
    ------
    ParameterError
        If the length or the name is none, or ``"low_idf"`` is asked of anything but ids.
    DataError
        If an id has no place in `df`.

    Examples
    --------
    >>> [row.tolist() for row in truncate([[1, 0, 2, 0, 3], [0, 1]], 3, "low_idf").sequences]
    [[1, 2, 3], [0, 1]]
    """
    items = as_items(sequences)
    kept, n_cut = cut_items(items, length_for(items.lengths, length), where, df)
    return Cut(kept.back(), n_cut)


def cut_items(items: Items, length: int, where: str, df: ArrayLike | None = None) -> tuple[Items, NDArray[np.int64]]:
    """Cut sequences that lie in a flat array.

    Parameters
    ----------
    items : Items
        The sequences.
    length : int
        Most items to keep.
    where : str
        As in `truncate`.
    df : array_like of int, optional
        As in `truncate`.

    Returns
    -------
    kept : Items
        What stays.
    n_cut : ndarray of int64, shape (n_rows,)
        Items that each sequence lost.
    """
    choose({**ENDS, "low_idf": None}, "truncate", where)
    n_kept = np.minimum(items.lengths, length)
    n_cut = items.lengths - n_kept
    if not n_cut.any():
        return items, n_cut
    indptr = np.concatenate([[0], np.cumsum(n_kept)])
    if where == "low_idf":
        return Items(items.values[_informative(items, length, df)], indptr, items.is_ragged), n_cut
    begin, n, to = end_runs(items.indptr, indptr[:-1], length, where)
    target = np.empty((int(indptr[-1]), *items.values.shape[1:]), items.values.dtype)
    copied(items.values, begin, n, to, target)
    return Items(target, indptr, items.is_ragged), n_cut


def end_runs(
    indptr: NDArray[np.int64], to: NDArray[np.int64], length: int, where: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Say which runs of the sequences stay, and where they go.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the sequences.
    to : ndarray of int64, shape (n_rows,)
        Where each of them is to begin.
    length : int
        Most items to keep.
    where : {"post", "pre", "middle"}
        What is cut.

    Returns
    -------
    begin, n, to : ndarray of int64, shape (n_runs,)
        One run a sequence, two where both ends stay; what is short enough is one run.
    """
    head, tail = ENDS[where](length)
    lengths = np.diff(indptr)
    is_long = lengths > length
    n_head = np.where(is_long, head, lengths)
    if not tail or not is_long.any():
        return indptr[:-1], n_head, to
    rows = np.flatnonzero(is_long)
    begin = np.concatenate([indptr[:-1], indptr[rows + 1] - tail])
    n = np.concatenate([n_head, np.full(len(rows), tail, np.int64)])
    return begin, n, np.concatenate([to, to[rows] + head])


def _informative(items: Items, length: int, df: ArrayLike | None) -> NDArray[np.bool_]:
    from malgil.sequences._row_kernels import keep_rarest

    if items.values.ndim > 1 or items.values.dtype.kind not in "iu":
        raise ParameterError("sequences.idf_of_numbers")
    ids = items.values
    low, high = (int(ids.min()), int(ids.max())) if len(ids) else (0, -1)
    counts = document_frequencies(items) if df is None else np.asarray(df, np.int64)
    if low < 0 or high >= len(counts):
        raise DataError("house.ids_out_of_range", low=low, high=high, n=len(counts))
    keep = np.zeros(len(ids), np.bool_)
    keep_rarest(ids.astype(np.int32, copy=False), items.indptr, counts, length, keep)
    return keep


def document_frequencies(items: Items) -> NDArray[np.int64]:
    """Count in how many sequences each id stands.

    Parameters
    ----------
    items : Items
        Ids.

    Returns
    -------
    ndarray of int64, shape (highest id + 1,)
        Empty where there are no ids.

    Raises
    ------
    DataError
        If an id is below 0.
    """
    ids = items.values.astype(np.int64)
    if not len(ids):
        return np.zeros(0, np.int64)
    if int(ids.min()) < 0:
        raise DataError("house.ids_out_of_range", low=int(ids.min()), high=int(ids.max()), n=int(ids.max()) + 1)
    n_terms = int(ids.max()) + 1
    rows = np.repeat(np.arange(len(items.lengths)), items.lengths)
    return np.bincount(np.unique(rows * n_terms + ids) % n_terms, minlength=n_terms)
