"""Vectors from text: a word and its numbers a line, with word2vec's line of two numbers before them or without.

word2vec text and fastText ``.vec`` have the header, GloVe has none. Fields are separated by blanks or tabs; lines may
end as on Windows or with a blank. A word may hold blanks itself, as some of GloVe's do, unless a number is among them.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.file_errors import MOST_DIM, check_header, keys_of, map_file
from malgil.embeddings.keys import Keys
from malgil.engine import map_blocks
from malgil.errors import DataError

_BLOCK = 1 << 22
_MOST_DOUBTFUL = 4096
_LONGEST_LINE = 1 << 24
_BOM = b"\xef\xbb\xbf"
_NEWLINE = 10


class Header(NamedTuple):
    """What the first line says.

    Parameters
    ----------
    n : int or None
        Words, ``None`` where there is no header.
    dim : int
        Numbers a word.
    at : int
        Byte at which the first word stands.
    """

    n: int | None
    dim: int
    at: int

    @property
    def first_line(self) -> int:
        """Number of the line of the first word, counted from 1."""
        return 1 if self.n is None else 2


def read_header(path: Path, data: NDArray[np.uint8]) -> Header:
    """Read the first line of a text, and the second where the first is a header.

    Parameters
    ----------
    path : Path
        The file.
    data : ndarray of uint8
        Its bytes.

    Returns
    -------
    Header
        Without a header, the number of fields of the first line less one.

    Raises
    ------
    DataError
        If the first line is neither, or the line behind the header has another number of fields.
    """
    start = len(_BOM) if bytes(data[:3]) == _BOM else 0
    line, at = _line(data, start)
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        n, dim = (int(field[:20]) for field in fields)
        check_header(path, n, dim, len(data) - at, 2 * dim + 2)
        n_found = len(_line(data, at)[0].split()) - 1
        if n and n_found != dim:
            raise DataError("vectors.file_other_dim", path=path, line=2, found=n_found, wanted=dim)
        return Header(n, dim, at)
    dim = len(fields) - 1
    if not 1 <= dim <= MOST_DIM or not all(map(is_number, fields[1:])):
        raise DataError("vectors.file_no_vectors", path=path)
    return Header(None, dim, start)


def _line(data: NDArray[np.uint8], at: int) -> tuple[bytes, int]:
    """Take a line and say where the next begins."""
    part = data[at : at + _LONGEST_LINE]
    newline = np.flatnonzero(part[: 1 << 16] == _NEWLINE)
    newline = newline if len(newline) else np.flatnonzero(part == _NEWLINE)
    end = int(newline[0]) if len(newline) else len(part)
    return part[:end].tobytes(), min(at + end + 1, len(data))


def is_number(field: bytes) -> bool:
    """Tell whether a field is a number.

    Parameters
    ----------
    field : bytes
        Without blanks.

    Returns
    -------
    bool
        Also for those that are not finite.
    """
    try:
        float(field)
    except ValueError:
        return False
    return True


def read_text(path: Path, n_jobs: int | None = None) -> tuple[Keys, NDArray[np.float32]]:
    """Read vectors from text.

    Parameters
    ----------
    path : Path
        The file; may be packed with gzip.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    keys : Keys
        The words.
    matrix : ndarray of float32, shape (n, dim)
        Each number as Python would read it.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If a line is not as the others, a number not finite, a word there twice, or lines are missing.
    """
    from malgil.embeddings._text_kernels import gather_words

    data = map_file(path)
    header = read_header(path, data)
    end = _end_of_text(data)
    blocks = _blocks(data, header.at, end)
    firsts = np.cumsum([0, *map_blocks(lambda b: _n_lines(data, b), blocks, n_jobs)])
    n = int(firsts[-1])
    if header.n is not None and n != header.n:
        raise DataError("vectors.file_other_count", path=path, found=n, wanted=header.n)
    matrix, words = np.empty((n, header.dim), np.float32), np.empty((n, 2), np.int64)
    jobs = zip(blocks, firsts.tolist(), strict=False)
    for state, row in map_blocks(lambda job: _read_block(data, *job, matrix, words), jobs, n_jobs):
        if state:
            raise _mistake(path, state, row + header.first_line, header.dim)
    offsets = np.concatenate([[0], np.cumsum(words[:, 1] - words[:, 0])]).astype(np.int64)
    keys = keys_of(path, offsets, gather_words(data, words, offsets), lambda row: row + header.first_line)
    return keys, matrix


def _end_of_text(data: NDArray[np.uint8]) -> int:
    """Leave empty lines at the end out."""
    end = len(data)
    while end and data[end - 1] in (10, 13, 32, 9):
        end -= 1
    return end


def _blocks(data: NDArray[np.uint8], first: int, end: int) -> list[tuple[int, int]]:
    """Cut at ends of lines."""
    borders = [first]
    while borders[-1] < end:
        at = borders[-1] + _BLOCK
        while at < end:
            found = np.flatnonzero(data[at : at + _BLOCK] == _NEWLINE)
            if len(found):
                at += int(found[0]) + 1
                break
            at += _BLOCK
        borders.append(min(at, end))
    return list(pairwise(borders))


def _n_lines(data: NDArray[np.uint8], block: tuple[int, int]) -> int:
    part = data[slice(*block)]
    return int(np.count_nonzero(part == _NEWLINE)) + (0 if part[-1] == _NEWLINE else 1)


def _read_block(
    data: NDArray[np.uint8],
    block: tuple[int, int],
    first: int,
    matrix: NDArray[np.float32],
    words: NDArray[np.int64],
) -> tuple[int, int]:
    from malgil.embeddings._text_kernels import DOUBTFUL_FULL, read_lines

    doubtful = np.zeros((_MOST_DOUBTFUL, 4), np.int64)
    state, row = read_lines(data, *block, first, matrix, words, doubtful)
    if state == DOUBTFUL_FULL:  # means of two float32, say, of which half lie just between two others
        doubtful = np.zeros((2 + (block[1] - block[0]) // 2, 4), np.int64)  # a number takes two bytes or more
        state, row = read_lines(data, *block, first, matrix, words, doubtful)
    for number, column, at, end in doubtful[1 : doubtful[0, 0] + 1].tolist():
        matrix[number, column] = float(data[at:end].tobytes())
    return int(state), int(row)


def _mistake(path: Path, state: int, line: int, dim: int) -> DataError:
    from malgil.embeddings import _text_kernels as kernels

    if state in (kernels.TOO_FEW, kernels.TOO_MANY):
        return DataError("vectors.file_line", path=path, line=line, dim=dim)
    if state == kernels.NOT_FINITE:
        return DataError("vectors.file_not_finite", path=path, place=line)
    if state == kernels.NO_WORD:
        return DataError("vectors.file_no_word", path=path, place=line)
    return DataError("vectors.file_number", path=path, line=line)
