"""Padding, packing and cutting, one item at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


def copy_runs(source: Array, begin: Array, n: Array, to: Array, target: Array) -> None:
    """Copy item by item."""
    for low, count, goal in zip(begin.tolist(), n.tolist(), to.tolist(), strict=True):
        for i in range(count):
            target[goal + i] = source[low + i]


def keep_rarest(ids: Array, indptr: Array, df: Array, length: int, keep: Array) -> None:
    """Take the worst token away until a row is short enough: the most frequent, of equals the last."""
    for low, high in zip(indptr[:-1].tolist(), indptr[1:].tolist(), strict=True):
        places = list(range(low, high))
        while len(places) > length:
            places.remove(max(places, key=lambda place: (df[ids[place]], place)))
        keep[places] = True


def place_pieces(lengths: Array, capacity: int, row: Array, column: Array) -> int:
    """Look at every row for each piece; the row used last wins among those with equal room."""
    rooms: list[int] = []
    used: list[int] = []  # when each row was last used
    for piece, n in enumerate(lengths.tolist()):
        fits = [at for at, room in enumerate(rooms) if room >= n]
        if not fits:
            rooms.append(capacity)
            used.append(0)
            fits = [len(rooms) - 1]
        at = min(fits, key=lambda place: (rooms[place], -used[place]))
        row[piece], column[piece] = at, capacity - rooms[at]
        rooms[at] -= n
        used[at] = piece + 1
    return len(rooms)


def lay_segments(row: Array, column: Array, n: Array, segments: Array, positions: Array) -> None:
    """Give numbers to the pieces of each row, from the left."""
    for at in range(len(segments)):
        pieces = sorted(piece for piece in range(len(n)) if row[piece] == at and n[piece])
        for number, piece in enumerate(sorted(pieces, key=lambda piece: column[piece]), 1):
            for i in range(n[piece]):
                segments[at, column[piece] + i] = number
                positions[at, column[piece] + i] = i


def pad(
    rows: Sequence[Sequence[int]], side: str, truncate: str, length: int, value: int, df: dict[int, int]
) -> list[list[int]]:
    """Cut and fill up lists."""
    whole = []
    for row in rows:
        kept = list(row)
        while len(kept) > length:
            if truncate == "low_idf":
                worst = max(range(len(kept)), key=lambda place: (df[kept[place]], place))
            else:
                worst = {"post": len(kept) - 1, "pre": 0, "middle": (length + 1) // 2}[truncate]
            del kept[worst]
        filling = [value] * (length - len(kept))
        whole.append(filling + kept if side == "pre" else kept + filling)
    return whole


def merge(rows: Sequence[Sequence[int]], groups: Sequence[int], length: int) -> list[list[int]]:
    """Append to the last text while it fits."""
    merged: list[list[int]] = []
    for at, row in enumerate(rows):
        if at and groups[at] == groups[at - 1] and len(merged[-1]) + len(row) <= length:
            merged[-1] += row
        else:
            merged.append(list(row))
    return merged
