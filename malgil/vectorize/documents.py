"""Raw documents, one after the other, out of whatever a caller holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from malgil.corpus import Corpus


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
