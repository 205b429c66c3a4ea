"""Files that are written whole or not at all, brought to the disk, and hashed."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from malgil.errors import MalgilError, StorageError

ASIDE = ".part"  # behind the name of a file that is not finished yet
_WINDOW = 1 << 24  # a multiple of what every system maps by
_HASHED = 16  # digits of the hash in a file's name


def checksum(path: Path) -> str:
    """Hash of a file's content.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        xxh3-128, 32 hexadecimal digits.
    """
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        n_bytes = os.fstat(file.fileno()).st_size
        for start in range(0, n_bytes, _WINDOW):
            # Read where it lies in the cache of the system: a copy would take longer than the hash.
            with mmap.mmap(file.fileno(), min(_WINDOW, n_bytes - start), access=mmap.ACCESS_READ, offset=start) as view:
                digest.update(view)
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file by new content at once: a reader sees the old or the new, never a part.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        All of it.

    Raises
    ------
    StorageError
        If it cannot be written; the old file is then untouched.
    """
    aside = aside_of(path)
    with writing(path):
        try:
            with aside.open("wb") as file:
                file.write(content)
                sync(file)
            sync_folder(path.parent)  # files that the content may name are on the disk before it is
            aside.replace(path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def aside_of(path: Path) -> Path:
    """Name the file that is written in place of another until it is finished.

    Parameters
    ----------
    path : Path
        What the file is to be called.

    Returns
    -------
    Path
        Beside it.

    Raises
    ------
    StorageError
        If `path` is a folder.
    """
    if path.is_dir():  # also the empty name of an unset variable in a shell, which is the current folder
        raise StorageError("house.cannot_write", path=path, reason=os.strerror(errno.EISDIR))
    return path.with_name(path.name + ASIDE)


def sync(file: IO[bytes]) -> None:
    """Bring a file's content to the disk.

    Parameters
    ----------
    file : binary file
        Open for writing.
    """
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Bring a folder's names to the disk; Windows has no such call and needs none.

    Parameters
    ----------
    path : Path
        The folder.
    """
    if os.name != "nt":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say a failed write in one sentence.

    Parameters
    ----------
    path : Path
        What is being written.

    Yields
    ------
    None
        The block that writes.

    Raises
    ------
    StorageError
        If the system refuses, for want of space or permission.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, MalgilError):  # it has its sentence already
            raise
        is_full = error.errno is None and " written" in str(error)  # NumPy's own words for a full disk
        reason = os.strerror(errno.ENOSPC) if is_full else error.strerror or error
        raise StorageError("house.cannot_write", path=path, reason=reason) from error


def hashed_name(name: str, digest: str) -> str:
    """Put the hash of its content into a file's name, so that a new version never overwrites an old one.

    Parameters
    ----------
    name : str
        Its plain name.
    digest : str
        As `checksum` gives it.

    Returns
    -------
    str
        ``"ids.npy"`` becomes ``"ids-0123456789abcdef.npy"``.
    """
    path = Path(name)
    return f"{path.stem}-{digest[:_HASHED]}{path.suffix}"


def sweep(folder: Path, known: set[str]) -> None:
    """Remove unfinished files and those of earlier versions.

    Parameters
    ----------
    folder : Path
        Its sub-folders are left alone, and so is every file whose name was not made here.
    known : set of str
        Names to keep.
    """
    for path in folder.iterdir():
        if path.is_file() and path.name not in known and _is_ours(path.name):
            path.unlink()


def _is_ours(name: str) -> bool:
    stem, _, rest = name.rpartition("-")
    digest = rest.partition(".")[0]
    return name.endswith(ASIDE) or (bool(stem) and len(digest) == _HASHED and set(digest) <= set("0123456789abcdef"))


class ArrayStream:
    """An ``.npy`` file that grows, made by `Writer.stream`.

    Parameters
    ----------
    file : binary file
        Open for writing at its start.
    dtype : dtype
        Type of the items.
    """

    def __init__(self, file: IO[bytes], dtype: np.dtype[Any]) -> None:
        self._file = file
        self.dtype = dtype
        self.length = 0

    def begin(self) -> None:
        """Reserve the header: NumPy pads it so that a longer shape fits later."""
        self._header()

    def append(self, values: NDArray[Any]) -> None:
        """Add items at the end.

        Parameters
        ----------
        values : ndarray, shape (n,)
            Cast to the stream's type where that loses nothing.
        """
        self._file.write(np.ascontiguousarray(values.astype(self.dtype, casting="safe", copy=False)).data)
        self.length += len(values)

    def finish(self) -> None:
        """Write the header with the final length."""
        self._file.seek(0)
        self._header()

    def _header(self) -> None:
        description = {"descr": self.dtype.str, "fortran_order": False, "shape": (self.length,)}
        np.lib.format.write_array_header_1_0(self._file, description)
