"""Rows that cannot be used: an error at the first, or a file that receives them all."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import IO

from malgil.errors import DataError
from malgil.files import aside_of, sync, writing


class Rejects:
    """What happens to rows that cannot be used.

    Parameters
    ----------
    path : str, Path or None
        A JSON Lines file that receives ``file, row, reason, raw`` of each such row; ``None`` to stop at the first. The
        file is written aside and takes its name in `commit`, also when it is empty.

    Attributes
    ----------
    n : int
        Rows rejected in the first pass over the source.
    """

    def __init__(self, path: str | Path | None) -> None:
        self.n = 0
        self._path = None if path is None else Path(path)
        self._aside: Path | None = None
        self._file: IO[bytes] | None = None
        if self._path is not None:
            with writing(self._path):
                self._aside = aside_of(self._path)
                self._file = self._aside.open("wb")

    def add(self, error: DataError, raw: str) -> None:
        """Reject one row.

        Parameters
        ----------
        error : DataError
            What is wrong with it, with the fields ``path`` and ``row``.
        raw : str
            The row as it stands in the source.

        Raises
        ------
        DataError
            The error itself, where there is no file for rejects.
        """
        if self._aside is None:
            raise error
        if self._file is None:  # a later pass over the same source: the row is written down already
            return
        self.n += 1
        row = {"file": str(error.fields["path"]), "row": error.fields["row"], "reason": str(error), "raw": raw}
        with writing(self._aside):
            self._file.write((json.dumps(row, ensure_ascii=not is_encodable(raw)) + "\n").encode())

    def commit(self) -> None:
        """Give the file its name; later passes over the source add nothing to it.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        if self._file is None or self._aside is None or self._path is None:
            return
        with writing(self._path):
            sync(self._file)
            self._file.close()
            self._aside.replace(self._path)
        self._file = None

    def discard(self) -> None:
        """Leave no half-written file behind."""
        if self._file is not None and self._aside is not None:
            with contextlib.suppress(OSError):  # a full disk was said already, by the write that failed
                self._file.close()
            self._aside.unlink(missing_ok=True)
            self._file = None


def is_encodable(text: str) -> bool:
    """Tell whether a text is free of lone surrogates, which UTF-8 cannot hold.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    bool
        True where it is.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
