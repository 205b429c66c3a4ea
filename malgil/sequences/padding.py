"""Make sequences of unequal length one array, and take the padding away again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import ParameterError
from malgil.params import choose
from malgil.ragged import Ragged
from malgil.sequences.items import Items, Sequences, as_items, copied
from malgil.sequences.truncating import ENDS, Truncate, cut_items, end_runs, length_for

Side = Literal["post", "pre"]
_SIDES = {"post": False, "pre": True}


@dataclass(frozen=True, eq=False)
class Padded:
    """A batch.

    Parameters
    ----------
    values : ndarray, shape (B, T) or (B, T, C)
        Rows of equal length; int32 for token ids.
    lengths : ndarray of int64, shape (B,)
        Items of each row that are no padding.
    n_cut : ndarray of int64, shape (B,)
        Items that each row lost.
    side : {"post", "pre"}
        Where the padding is.
    """

    values: NDArray[Any]
    lengths: NDArray[np.int64]
    n_cut: NDArray[np.int64]
    side: str

    def __len__(self) -> int:
        return len(self.values)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Which cells are no padding, shape (B, T)."""
        width = self.values.shape[1]
        places = np.arange(width)
        if self.side == "pre":
            return np.asarray(places >= width - self.lengths[:, None])
        return np.asarray(places < self.lengths[:, None])

    @property
    def padding_ratio(self) -> float:
        """Share of the cells that are padding, 0 where there are none."""
        n_cells = self.values.shape[0] * self.values.shape[1]
        return 1 - int(self.lengths.sum()) / n_cells if n_cells else 0.0

    @property
    def cut_ratio(self) -> float:
        """Share of all items that were cut, 0 where there were none."""
        n_cut, n_kept = int(self.n_cut.sum()), int(self.lengths.sum())
        return n_cut / (n_cut + n_kept) if n_cut else 0.0


def pad(
    sequences: Sequences,
    side: Side = "post",
    truncate: Truncate = "post",
    length: int | str | None = None,
    value: float = 0,
    *,
    df: ArrayLike | None = None,
) -> Padded:
    """Bring sequences to one length.

    Parameters
    ----------
    sequences : Ragged, or iterable of array_like, shape (T,) or (T, C)
        Token ids or numbers.
    side : {"post", "pre"}
        Whether the padding stands behind or before the items.
    truncate : {"post", "pre", "middle", "low_idf"}
        What is cut from sequences that are too long, see `malgil.sequences.truncate`.
    length : int or str, optional
        Length of all rows, or a percentile such as ``"p95"``; the longest by default.
    value : float
        What the padding consists of.
    df : array_like of int, shape (n_terms,), optional
        For ``"low_idf"``: documents with each term; counted in `sequences` by default.

    Returns
    -------
    Padded
        The array with mask, lengths and what was cut.

    Raises
    ------
    ParameterError
        If an option has no such value, or `value` does not fit the type of the items.
    DataError
        If the sequences do not fit each other.

    Examples
    --------
    >>> batch = pad([[5, 6], [7, 8, 9, 10], []], length=3)
    >>> batch.values.tolist(), batch.lengths.tolist(), batch.n_cut.tolist()
    ([[5, 6, 0], [7, 8, 9], [0, 0, 0]], [2, 3, 0], [0, 1, 0])
    """
    is_pre = choose(_SIDES, "side", side)
    items = as_items(sequences)
    width = length_for(items.lengths, length)
    check_value(value, items.values.dtype)
    if truncate in ENDS:
        n_kept = np.minimum(items.lengths, width)
        n_cut = items.lengths - n_kept
    else:
        items, n_cut = cut_items(items, width, truncate, df)
        n_kept = items.lengths
    n_rows = len(n_kept)
    to = np.arange(n_rows, dtype=np.int64) * width + (width - n_kept if is_pre else 0)
    begin, n, to = end_runs(items.indptr, to, width, truncate if truncate in ENDS else "post")
    values = np.full((n_rows, width, *items.values.shape[1:]), value, items.values.dtype)
    copied(items.values, begin, n, to, values)
    return Padded(values, n_kept, n_cut, side)


def unpad(batch: Padded) -> Ragged | list[NDArray[Any]]:
    """Take the padding away.

    Parameters
    ----------
    batch : Padded
        From `pad`.

    Returns
    -------
    Ragged or list of ndarray
        `Ragged` for int32 ids of shape (B, T); what was cut does not come back.

    Examples
    --------
    >>> [row.tolist() for row in unpad(pad([[5, 6], [7]], side="pre"))]
    [[5, 6], [7]]
    """
    width = batch.values.shape[1]
    begin = np.arange(len(batch), dtype=np.int64) * width
    if batch.side == "pre":
        begin += width - batch.lengths
    indptr = np.concatenate([[0], np.cumsum(batch.lengths)])
    channels = batch.values.shape[2:]
    target = np.empty((int(indptr[-1]), *channels), batch.values.dtype)
    copied(batch.values.reshape(-1, *channels), begin, batch.lengths, indptr[:-1], target)
    return Items(target, indptr, batch.values.dtype == np.int32 and not channels).back()


def check_value(value: float, dtype: np.dtype[Any]) -> None:
    """Refuse padding that the items' type cannot hold.

    Parameters
    ----------
    value : float
        What the padding consists of.
    dtype : dtype
        Type of the items.

    Raises
    ------
    ParameterError
        If it would become another number.
    """
    is_whole = dtype.kind in "iu" and float(value).is_integer()
    if dtype.kind in "iu" and not (is_whole and np.iinfo(dtype).min <= value <= np.iinfo(dtype).max):
        raise ParameterError("sequences.bad_value", value=value, dtype=dtype)
