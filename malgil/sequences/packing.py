"""Put unrelated texts side by side into rows of one length, marked so that a network starts afresh at each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError, ParameterError
from malgil.params import choose
from malgil.ragged import Ragged
from malgil.sequences.items import Items, Sequences, as_items, copied
from malgil.sequences.padding import check_value

Long = Literal["split", "refuse"]


@dataclass(frozen=True, eq=False)
class Packed:
    """Rows that hold several texts each.

    Parameters
    ----------
    values : ndarray, shape (R, T) or (R, T, C)
        The rows; padding stands at their ends.
    segments : ndarray of int32, shape (R, T)
        Which piece of its row a cell belongs to, from 1; 0 for padding.
    positions : ndarray of int32, shape (R, T)
        Place of a cell in its piece, from 0.
    source : ndarray of int64, shape (n_pieces,)
        Text that each piece is of, rising; a text of more than one row has several pieces, in their order.
    row, column, n : ndarray of int64, shape (n_pieces,)
        Where each piece begins and how many items it has. An empty text is a piece of 0 items.
    """

    values: NDArray[Any]
    segments: NDArray[np.int32]
    positions: NDArray[np.int32]
    source: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    n: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Which cells are no padding, shape (R, T)."""
        return np.asarray(self.segments > 0)

    @property
    def starts(self) -> NDArray[np.bool_]:
        """Where a network has to forget its state: the first cell of each piece, shape (R, T)."""
        return np.asarray(self.mask & (self.positions == 0))

    @property
    def fill_ratio(self) -> float:
        """Share of the cells that are no padding; 1 where there are none."""
        return int(self.n.sum()) / self.segments.size if self.segments.size else 1.0


def pack(sequences: Sequences, length: int, *, value: float = 0, long: Long = "split") -> Packed:
    """Fill rows with texts.

    Parameters
    ----------
    sequences : Ragged, or iterable of array_like, shape (T,) or (T, C)
        Token ids or numbers.
    length : int
        Items of a row, >= 1.
    value : float
        What the padding consists of.
    long : {"split", "refuse"}
        What becomes of a text that is longer than a row: pieces of `length`, the last one shorter, or an error.

    Returns
    -------
    Packed
        Nothing is lost: `unpack` gives the texts back.

    Raises
    ------
    ParameterError
        If `length` is below 1 or an option has no such value.
    DataError
        If a text is too long and that is refused.

    Notes
    -----
    Best fit decreasing: the pieces are placed from the longest to the shortest (equal ones in their order), each into
    the row with the least room that is enough. That takes at most 11/9 of the fewest possible rows, and a few
    more [1]_.

    References
    ----------
    .. [1] Johnson et al., "Worst-Case Performance Bounds for Simple One-Dimensional Packing Algorithms", SIAM J.
       Comput. 3(4), 1974.

    Examples
    --------
    >>> packed = pack([[1, 1, 1], [2], [3, 3]], 4)
    >>> packed.values.tolist(), packed.segments.tolist()
    ([[1, 1, 1, 2], [3, 3, 0, 0]], [[1, 1, 1, 2], [1, 1, 0, 0]])
    """
    from malgil.sequences._row_kernels import lay_segments, place_pieces

    choose({"split": True, "refuse": False}, "long", long)
    if isinstance(length, bool) or not isinstance(length, int | np.integer) or length < 1:
        raise ParameterError("sequences.bad_length", value=length)
    items = as_items(sequences)
    check_value(value, items.values.dtype)
    source, begin, n = _pieces(items, int(length), long)
    order = np.argsort(-n, kind="stable")
    order = order[: int((n > 0).sum())]  # empty texts need no place
    row, column = np.zeros((2, len(n)), np.int64)
    at, there = np.empty((2, len(order)), np.int64)
    n_rows = place_pieces(n[order], int(length), at, there)
    row[order], column[order] = at, there
    segments, positions = np.zeros((2, n_rows, length), np.int32)
    lay_segments(at, there, n[order], segments, positions)
    values = np.full((n_rows, length, *items.values.shape[1:]), value, items.values.dtype)
    copied(items.values, begin, n, row * length + column, values)
    return Packed(values, segments, positions, source, row, column, n)


def _pieces(items: Items, length: int, long: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Cut texts into pieces that fit a row: the text of each, where it begins, how long it is."""
    lengths = items.lengths
    if long == "refuse" and len(lengths) and int(lengths.max()) > length:
        raise DataError("sequences.too_long", row=int(lengths.argmax()), found=int(lengths.max()), wanted=length)
    n_pieces = np.maximum(1, -(-lengths // length))
    source = np.repeat(np.arange(len(lengths)), n_pieces)
    number = np.arange(len(source)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    begin = items.indptr[source] + number * length
    return source, begin, np.minimum(items.indptr[source + 1] - begin, length)


def unpack(packed: Packed) -> Ragged | list[NDArray[Any]]:
    """Take the texts out of their rows.

    Parameters
    ----------
    packed : Packed
        From `pack`.

    Returns
    -------
    Ragged or list of ndarray
        The texts in their order, split ones whole again; `Ragged` for int32 ids of shape (R, T).
    """
    n_texts = int(packed.source[-1]) + 1 if len(packed.source) else 0
    lengths = np.bincount(packed.source, packed.n, n_texts).astype(np.int64)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    channels = packed.values.shape[2:]
    target = np.empty((int(indptr[-1]), *channels), packed.values.dtype)
    to = np.cumsum(packed.n) - packed.n
    begin = packed.row * packed.values.shape[1] + packed.column
    copied(packed.values.reshape(-1, *channels), begin, packed.n, to, target)
    return Items(target, indptr, packed.values.dtype == np.int32 and not channels).back()
