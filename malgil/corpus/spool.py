"""A temporary copy of what cannot be read twice: standard input, and packed files that are read from both ends."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from malgil.errors import MalgilError, StorageError


def spool(chunks: Iterable[bytes], shown: str) -> Path:
    """Copy bytes to a temporary file.

    Parameters
    ----------
    chunks : iterable of bytes
        What to copy.
    shown : str
        What messages call the source.

    Returns
    -------
    Path
        The copy, for the caller to remove; there is none where copying fails.

    Raises
    ------
    StorageError
        If the copy cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix="malgil-")
        try:
            with os.fdopen(handle, "wb") as copy:
                copy.writelines(chunks)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        if isinstance(error, MalgilError):  # the source could not be read, and that is said already
            raise
        folder, reason = tempfile.gettempdir(), error.strerror or error
        raise StorageError("corpus.no_room", path=shown, folder=folder, reason=reason) from error
    return Path(name)
