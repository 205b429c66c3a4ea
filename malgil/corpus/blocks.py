"""Blocks of a fixed size, whatever pieces the reader happened to hand over.

Every later stage works block by block and merges in block order, so the borders of the blocks are part of the result:
they depend on the documents alone, not on the file format, the reader's buffers or the number of workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.strings import string_buffers

BLOCK_ROWS = 32_768
BLOCK_BYTES = 32 << 20


def rechunk(batches: Iterable[pa.RecordBatch], column: str = "text") -> Iterator[pa.RecordBatch]:
    """Cut a stream of documents into blocks, greedily from the first.

    A block ends before the document that would be its `BLOCK_ROWS` + 1st or would bring its texts over `BLOCK_BYTES`;
    a document longer than that stands in a block of its own.

    Parameters
    ----------
    batches : iterable of RecordBatch
        Documents in order, in pieces of any size, all of one schema.
    column : str
        The large_string column whose bytes count.

    Yields
    ------
    RecordBatch
        One block, never empty; it may be a slice.
    """
    pending: list[pa.RecordBatch] = []
    n_rows = n_bytes = 0
    for batch in batches:
        offsets, _ = string_buffers(batch.column(column))
        begin = 0
        while begin < batch.num_rows:
            end = _fill(offsets, begin, n_rows, n_bytes)
            if end > begin:
                pending.append(batch.slice(begin, end - begin))
                n_rows += end - begin
                n_bytes += int(offsets[end] - offsets[begin])
            if end < batch.num_rows or n_rows == BLOCK_ROWS:
                yield _join(pending)
                pending, n_rows, n_bytes = [], 0, 0
            begin = end
    if pending:
        yield _join(pending)


def _fill(offsets: NDArray[np.int64], begin: int, n_rows: int, n_bytes: int) -> int:
    """Find the row up to which the block in hand takes documents of this batch."""
    room = int(offsets[begin]) + BLOCK_BYTES - n_bytes
    end = int(np.searchsorted(offsets, room, side="right")) - 1
    if n_rows == 0:
        end = max(end, begin + 1)
    return max(begin, min(end, begin + BLOCK_ROWS - n_rows, len(offsets) - 1))


def _join(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return pa.concat_batches(batches)
