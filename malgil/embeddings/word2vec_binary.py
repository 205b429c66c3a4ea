"""Vectors in word2vec's binary format: a line of two numbers, then each word, a blank and float32."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.file_errors import check_header, keys_of, map_file
from malgil.embeddings.keys import Keys
from malgil.embeddings.text_writing import blocks_of_rows, check_words
from malgil.errors import DataError
from malgil.files import aside_of, sync, writing

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors

_LONGEST_HEADER = 64


def read_word2vec_binary(path: Path) -> tuple[Keys, NDArray[np.float32]]:
    """Read vectors.

    Parameters
    ----------
    path : Path
        The file; may be packed with gzip.

    Returns
    -------
    keys : Keys
        The words.
    matrix : ndarray of float32, shape (n, dim)
        The vectors.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If it is cut off, of another format, holds a word twice or a number that is not finite.
    """
    from malgil.embeddings import _binary_kernels as kernels
    from malgil.embeddings._text_kernels import gather_words

    data = map_file(path)
    line, newline, _ = data[:_LONGEST_HEADER].tobytes().partition(b"\n")
    fields = line.split()
    if not newline or len(fields) != 2 or not all(field.isdigit() for field in fields):
        raise DataError("vectors.file_no_vectors", path=path)
    n, dim = map(int, fields)
    check_header(path, n, dim, len(data) - len(line) - 1, 4 * dim + 2)
    matrix, words = np.empty((n, dim), "<f4"), np.empty((n, 2), np.int64)
    state, row, at = kernels.read_word2vec(data, len(line) + 1, matrix.view(np.uint8), words)
    if state == kernels.CUT_OFF:
        raise DataError("vectors.file_cut_off", path=path, row=row, at=at, wanted=n)
    if state == kernels.NO_WORD:
        raise DataError("vectors.file_no_word", path=path, place=row)
    if np.any(data[at:] != ord("\n")):
        raise DataError("vectors.file_too_long", path=path, at=at, n=n)
    check_finite(path, matrix)
    offsets = np.concatenate([[0], np.cumsum(words[:, 1] - words[:, 0])]).astype(np.int64)
    return keys_of(path, offsets, gather_words(data, words, offsets), int), matrix


def check_finite(path: Path, matrix: NDArray[np.float32]) -> None:
    """Refuse numbers that are not finite.

    Parameters
    ----------
    path : Path
        The file they are from.
    matrix : ndarray of float32, shape (n, dim)
        The vectors.

    Raises
    ------
    DataError
        If there is one; names its row.
    """
    for low in range(0, len(matrix), 16_384):
        is_fine = np.isfinite(matrix[low : low + 16_384]).all(axis=1)
        if not is_fine.all():
            raise DataError("vectors.file_not_finite", path=path, place=low + int(is_fine.argmin()))


def write_word2vec_binary(vectors: Vectors, path: Path) -> None:
    """Write vectors, byte for byte as gensim does.

    Parameters
    ----------
    vectors : Vectors
        What to write.
    path : Path
        The file; appears whole or not at all.

    Raises
    ------
    DataError
        If a word cannot be written so.
    StorageError
        If the file cannot be written.
    """
    check_words(vectors, path)
    aside = aside_of(path)
    with writing(path):
        try:
            with aside.open("wb") as file:
                file.write(f"{len(vectors)} {vectors.dim}\n".encode())
                for part in blocks_of_rows(vectors):
                    rows = np.ascontiguousarray(vectors.rows(part), "<f4")
                    pairs = zip(vectors.keys[part], rows, strict=True)
                    file.write(b"".join(word.encode() + b" " + row.tobytes() for word, row in pairs))
                sync(file)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
