"""Raw documents, one after the other or in pieces, out of whatever a caller holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from malgil.corpus import BLOCK_BYTES, BLOCK_ROWS, Corpus


def each_document(raw_documents: Any) -> Iterator[Any]:
    """Pass over documents once.

    Parameters
    ----------
    raw_documents : iterable
        Texts, bytes, files or anything that an analyser takes; Arrow strings and a `Corpus` come as texts.

    Yields
    ------
    object
        The next document.
    """
    if isinstance(raw_documents, Corpus):
        for block in raw_documents.texts():
            yield from block.to_pylist()
    elif isinstance(raw_documents, pa.Array | pa.ChunkedArray):
        for part in raw_documents.chunks if isinstance(raw_documents, pa.ChunkedArray) else [raw_documents]:
            yield from part.to_pylist()
    else:
        documents: Iterable[Any] = raw_documents
        yield from documents


def in_pieces(raw_documents: Any, n_docs: int = BLOCK_ROWS) -> Iterator[Any]:
    """Pass over documents once, some thousands at a time, so that no more than these need be in memory.

    Parameters
    ----------
    raw_documents : iterable
        As for `each_document`.
    n_docs : int
        Most documents of a piece.

    Yields
    ------
    pa.ChunkedArray or list
        The next documents. A piece ends early after about 32 MB of text, where that can be told.
    """
    if isinstance(raw_documents, Corpus):
        yield from _grouped(raw_documents.texts(), n_docs)
    elif isinstance(raw_documents, pa.Array | pa.ChunkedArray):
        chunks = raw_documents.chunks if isinstance(raw_documents, pa.ChunkedArray) else [raw_documents]
        slices = (part.slice(begin, BLOCK_ROWS) for part in chunks for begin in range(0, len(part), BLOCK_ROWS))
        yield from _grouped(slices, n_docs)
    elif (column := _column(raw_documents)) is not None:
        yield from in_pieces(column, n_docs)
    else:
        piece: list[Any] = []
        size = 0
        for document in each_document(raw_documents):
            piece.append(document)
            size += len(document) if isinstance(document, str | bytes) else 0
            if len(piece) == n_docs or 4 * size >= BLOCK_BYTES:  # a character takes up to four bytes
                yield piece
                piece, size = [], 0
        if piece:
            yield piece


def _grouped(blocks: Iterable[pa.Array], n_docs: int) -> Iterator[pa.ChunkedArray]:
    group: list[pa.Array] = []
    for block in blocks:
        group.append(block)
        if sum(map(len, group)) + BLOCK_ROWS > n_docs or sum(part.nbytes for part in group) >= BLOCK_BYTES:
            yield pa.chunked_array(group)
            group = []
    if group:
        yield pa.chunked_array(group)


def _column(raw_documents: Any) -> pa.ChunkedArray | None:
    """Take a column of another library over, if it is one that Arrow knows."""
    if not hasattr(raw_documents, "__arrow_c_stream__") or hasattr(raw_documents, "columns"):
        return None
    try:
        return pa.chunked_array(raw_documents)
    except (pa.ArrowException, UnicodeEncodeError, TypeError, ValueError):
        return None
