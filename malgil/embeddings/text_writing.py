"""Vectors to text, byte for byte as the programs write them that the formats come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.compute as pc

from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.files import aside_of, sync, writing
from malgil.strings import string_buffers

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors

_ROOM = 61  # bytes for the longest number
_BLOCK_BYTES = 1 << 24
_BREAKS = "[ \t\r\n\x00]"


class Style(NamedTuple):
    """How a program writes its lines.

    Parameters
    ----------
    number : int
        A style of `write_lines`: 0 the fewest digits that lose nothing, 1 five digits, 2 six behind the point.
    has_header : bool
        Whether a line with the number of words and of dimensions stands first.
    has_blank_last : bool
        Whether lines end with a blank.
    """

    number: int
    has_header: bool
    has_blank_last: bool


STYLES = {"word2vec": Style(0, True, False), "vec": Style(1, True, True), "glove": Style(2, False, False)}
"""Formats of text: word2vec's as gensim writes it, fastText's, and GloVe's."""


def check_words(vectors: Vectors, path: Path) -> None:
    """Refuse words that a format could not tell from what stands behind them.

    Parameters
    ----------
    vectors : Vectors
        To be written.
    path : Path
        Where to.

    Raises
    ------
    DataError
        If a word is empty, or holds a blank, a tab, a line end or a zero byte.
    """
    strings = vectors.keys.strings
    is_bad = np.asarray(pc.or_(pc.match_substring_regex(strings, _BREAKS), pc.equal(pc.binary_length(strings), 0)))
    if is_bad.any():
        raise DataError("vectors.cannot_write_word", path=path, word=vectors.keys[int(is_bad.argmax())])


def write_text(vectors: Vectors, path: Path, style: Style, n_jobs: int | None = None) -> None:
    """Write vectors as text.

    Parameters
    ----------
    vectors : Vectors
        What to write.
    path : Path
        The file; appears whole or not at all.
    style : Style
        A value of `STYLES`.
    n_jobs : int, optional
        Number of threads, all cores by default; the bytes do not depend on it.

    Raises
    ------
    DataError
        If a word or a number cannot be written so.
    StorageError
        If the file cannot be written.
    """
    check_words(vectors, path)
    n = max(1, _BLOCK_BYTES // (_ROOM * vectors.dim))
    blocks = ((low, min(low + n, len(vectors))) for low in range(0, len(vectors), n))
    aside = aside_of(path)
    with writing(path):
        try:
            with aside.open("wb") as file:
                if style.has_header:
                    file.write(f"{len(vectors)} {vectors.dim}\n".encode())
                for part in map_blocks(lambda block: _lines(vectors, block, style, path), blocks, n_jobs):
                    file.write(part)
                sync(file)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


def _lines(vectors: Vectors, block: tuple[int, int], style: Style, path: Path) -> memoryview:
    from malgil.embeddings._decimal_kernels import write_lines

    low, high = block
    offsets, data = string_buffers(vectors.keys.strings[low:high])
    matrix = np.ascontiguousarray(vectors.rows(slice(low, high)))
    is_fine = np.isfinite(matrix).all(axis=1)  # saved vectors are opened unread, and scales are not looked at
    if not is_fine.all():
        at = low + int(is_fine.argmin())
        raise DataError("vectors.not_finite", word=vectors.keys[at], row=at)
    out = np.empty(len(data) + len(matrix) * (_ROOM * vectors.dim + 2), np.uint8)
    n = int(write_lines(offsets, data, matrix, style.number, style.has_blank_last, out))
    if n < 0:
        raise DataError("vectors.cannot_write_number", path=path, word=vectors.keys[low - 1 - n])
    return out[:n].data


def blocks_of_rows(vectors: Vectors, n_bytes: int = _BLOCK_BYTES) -> Iterator[slice]:
    """Cut the rows into pieces of a fixed size.

    Parameters
    ----------
    vectors : Vectors
        What to cut.
    n_bytes : int
        Size of a piece, at most, as float32.

    Yields
    ------
    slice
        In order.
    """
    step = max(1, n_bytes // (4 * vectors.dim))
    for low in range(0, len(vectors), step):
        yield slice(low, low + step)
