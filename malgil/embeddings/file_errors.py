"""What is wrong with a file of vectors, said in one sentence with the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.embeddings.keys import Keys
from malgil.errors import DataError, MissingError
from malgil.strings import sorting_order

MOST_DIM = 100_000  # of a header: more is not a number of dimensions


def map_file(path: Path) -> NDArray[np.uint8]:
    """Open a file by memory map; one that is packed with gzip is unpacked into memory.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    ndarray of uint8
        Its bytes.

    Raises
    ------
    MissingError
        If it is not there.
    DataError
        If it is empty, a folder, or a damaged gzip file.
    """
    import gzip
    import zlib

    if not path.exists():
        raise MissingError("vectors.file_missing", path=path)
    if path.is_dir() or not path.stat().st_size:
        raise DataError("vectors.file_empty", path=path)
    data = np.memmap(path, np.uint8, "r")
    if bytes(data[:2]) != b"\x1f\x8b":
        return np.asarray(data)
    try:
        unpacked = np.frombuffer(gzip.decompress(data.tobytes()), np.uint8)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("vectors.file_gzip", path=path, reason=error) from error
    if not len(unpacked):
        raise DataError("vectors.file_empty", path=path)
    return unpacked


def check_header(path: Path, n: int, dim: int, n_bytes: int, least: int) -> None:
    """Refuse a header that the file cannot hold, before memory is set aside for it.

    Parameters
    ----------
    path : Path
        The file.
    n, dim : int
        Words and numbers that the header promises.
    n_bytes : int
        What is left of the file behind the header.
    least : int
        Fewest bytes that one word with its numbers can take.

    Raises
    ------
    DataError
        If there is not room enough, or the numbers make no sense.
    """
    if n < 0 or not 1 <= dim <= MOST_DIM:
        raise DataError("vectors.file_header", path=path, n=n, dim=dim)
    if n * least > n_bytes + 1:  # the last line may end without its newline
        raise DataError("vectors.file_too_short", path=path, n=n, dim=dim, n_bytes=n_bytes)


def keys_of(path: Path, offsets: NDArray[np.int64], data: NDArray[np.uint8], unit: Any) -> Keys:
    """Make the keys of a file.

    Parameters
    ----------
    path : Path
        The file.
    offsets : ndarray of int64, shape (n + 1,)
        Borders of the words.
    data : ndarray of uint8
        Their bytes.
    unit : callable
        Row -> how people find it, such as the number of its line.

    Returns
    -------
    Keys
        The words.

    Raises
    ------
    DataError
        If a word is no UTF-8 or there twice.
    """
    strings = pa.Array.from_buffers(
        pa.large_string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
    try:
        strings.validate(full=True)
    except pa.ArrowInvalid:
        for row in range(len(strings)):
            word = data[offsets[row] : offsets[row + 1]].tobytes()
            try:
                word.decode()
            except UnicodeDecodeError as error:
                shown = word.decode("utf-8", "replace")
                raise DataError("vectors.file_utf8", path=path, place=unit(row), word=shown) from error
        raise
    keys = Keys(strings, sorting_order(strings))
    if (twice := keys.first_repeated()) is not None:
        first, second = twice
        repeated = keys[second]
        raise DataError("vectors.file_word_twice", path=path, word=repeated, first=unit(first), second=unit(second))
    return keys
