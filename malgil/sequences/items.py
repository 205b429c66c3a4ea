"""Sequences of unequal length as one flat array: token ids, numbers, or rows of C channels each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import DataError, ParameterError
from malgil.ragged import Ragged, check_indptr

Sequences = Ragged | Iterable[ArrayLike]
"""An encoded corpus, lists of ids, or arrays of shape (T,) or (T, C)."""


@dataclass(frozen=True, eq=False)
class Items:
    """The items of many sequences.

    Parameters
    ----------
    values : ndarray, shape (n_items,) or (n_items, C)
        Sequence after sequence.
    indptr : ndarray of int64, shape (n_rows + 1,)
        Sequence ``r`` is ``values[indptr[r]:indptr[r + 1]]``.
    is_ragged : bool
        Whether they came as a `Ragged` and go back as one.
    """

    values: NDArray[Any]
    indptr: NDArray[np.int64]
    is_ragged: bool

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Items of each sequence."""
        return np.diff(self.indptr)

    def back(self) -> Ragged | list[NDArray[Any]]:
        """Give the sequences in the form they came in.

        Returns
        -------
        Ragged or list of ndarray
            Views, not copies.
        """
        if self.is_ragged:
            return Ragged(self.values, self.indptr)
        return np.split(self.values, self.indptr[1:-1]) if len(self.indptr) > 1 else []


def as_items(sequences: Sequences) -> Items:
    """Lay sequences into one flat array.

    Parameters
    ----------
    sequences : Ragged, or iterable of array_like, shape (T,) or (T, C)
        A `Ragged` is not copied. Whole numbers become int32 where they come as lists; arrays keep their type; other
        numbers of lists become float32.

    Returns
    -------
    Items
        All of one type.

    Raises
    ------
    ParameterError
        If a sequence is no array of numbers.
    DataError
        If sequences differ in their channels, or a `Ragged` is damaged.
    """
    if isinstance(sequences, Ragged):
        check_indptr(sequences.indptr, sequences.n_tokens)
        return Items(sequences.ids, sequences.indptr, True)
    rows = [_as_row(row, number) for number, row in enumerate(sequences)]
    shapes = {row.shape[1:] for row in rows if len(row)} or {row.shape[1:] for row in rows}
    if len(shapes) > 1:
        raise DataError("sequences.other_channels", shapes=", ".join(map(str, sorted(shapes))))
    channels = shapes.pop() if shapes else ()
    kept = [row for row in rows if len(row)] or [np.zeros((0, *channels), np.int32)]
    indptr = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=indptr[1:])
    return Items(np.ascontiguousarray(np.concatenate(kept)), indptr, False)


def _as_row(row: ArrayLike, number: int) -> NDArray[Any]:
    if isinstance(row, str):
        raise ParameterError("sequences.not_numbers", row=number, reason=repr(row[:20]))
    try:
        array = np.asarray(row)
    except (TypeError, ValueError) as error:
        raise ParameterError("sequences.not_numbers", row=number, reason=error) from error
    if array.ndim not in (1, 2) or (array.size and array.dtype.kind not in "iufb"):
        raise ParameterError("sequences.not_numbers", row=number, reason=f"{array.ndim}-d {array.dtype}")
    if isinstance(row, np.ndarray) and array.dtype.kind in "iufb":
        return array
    wanted = np.float32 if array.size and array.dtype.kind == "f" else np.int32
    if wanted is np.int32 and array.size and (int(array.max()) > 2**31 - 1 or int(array.min()) < -(2**31)):
        raise ParameterError("sequences.not_numbers", row=number, reason="id > 2147483647")
    return array.astype(wanted)


def copied(
    source: NDArray[Any], begin: NDArray[np.int64], n: NDArray[np.int64], to: NDArray[np.int64], target: NDArray[Any]
) -> None:
    """Copy runs of items, each of any number of channels.

    Parameters
    ----------
    source : ndarray, shape (n_source,) or (n_source, C)
        Items, contiguous.
    begin, n, to : ndarray of int64, shape (n_runs,)
        In items; inside both arrays.
    target : ndarray, shape (..., ) or (..., C)
        Output, contiguous; counted in items from its start.
    """
    from malgil.sequences._row_kernels import copy_runs

    channels = int(np.prod(source.shape[1:], dtype=np.int64))
    runs = (begin, n, to) if channels == 1 else (begin * channels, n * channels, to * channels)
    copy_runs(np.ascontiguousarray(source).reshape(-1), *runs, target.reshape(-1))
