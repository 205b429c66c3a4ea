"""Bytes cut at line ends, and the plain text format: a document a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from malgil.corpus.pieces import Piece, numbered
from malgil.corpus.schemas import TEXT


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""Cut a stream of bytes anew, so that no line is split.

    Parameters
    ----------
    chunks : iterable of bytes
        UTF-8 in pieces of any size.

    Yields
    ------
    bytes
        One or more whole lines with their ``\n``; only the last of all may lack it. Never empty.
    """
    begun: list[bytes] = []
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if end:
            yield b"".join([*begun, chunk[:end]])
            begun = []
        if end < len(chunk):
            begun.append(chunk[end:])
    if begun:
        yield b"".join(begun)


def read_lines(lines: Iterable[bytes], place: str) -> Iterator[Piece]:
    r"""Read documents, one a line.

    Parameters
    ----------
    lines : iterable of bytes
        Whole lines in UTF-8. They end in ``\n`` or ``\r\n``; a ``\r`` elsewhere belongs to the document.
    place : str
        What to call the file.

    Yields
    ------
    Piece
        The next documents, in the column ``text``. An empty line is an empty document; the end of the last line does
        not begin another.
    """
    first = 1
    for block in lines:
        documents = block.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
        texts = pa.array(documents, pa.large_binary()).cast(TEXT)
        yield numbered(pa.RecordBatch.from_arrays([texts], ["text"]), first, place)
        first += len(documents)
