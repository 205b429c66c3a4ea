"""The log of edits as a file: JSON Lines that people can read, and that put a whole corpus back.

The first line says what the file is and how many texts were written; then comes a line for each text that was edited,
with its place among the texts, its id and its edits ``[start, end, raw]``; the last line has a hash of all cleaned
texts, so that a log and texts that do not belong together are found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import xxhash

from malgil.clean.log import EditLog, undo
from malgil.errors import DataError, MissingError
from malgil.files import aside_of, sync, sync_folder, writing
from malgil.strings import string_buffers

_KIND, _FORMAT = "log of edits", 1


class LogFile:
    """A log in the making; the file has its name once `commit` was called.

    Parameters
    ----------
    path : Path
        The file.
    n_docs : int
        Texts that are going to be written.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """

    def __init__(self, path: Path, n_docs: int) -> None:
        self.path = path
        self._aside = aside_of(path)
        self._hash = _TextsHash()
        self._n_docs = 0
        with writing(path):
            self._file: IO[bytes] = self._aside.open("wb")
        self._line({"malgil": _KIND, "format": _FORMAT, "n_docs": n_docs})

    def add(self, texts: pa.LargeStringArray, log: EditLog, ids: pa.LargeStringArray) -> None:
        """Log a block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            The cleaned texts.
        log : EditLog
            Their edits.
        ids : pa.LargeStringArray
            Their ids.
        """
        self._hash.update(texts)
        pieces = log.raw.to_pylist()
        borders = np.flatnonzero(np.append(True, np.diff(log.doc) != 0)) if len(log) else np.zeros(0, np.int64)
        for low, high in zip(borders.tolist(), [*borders[1:].tolist(), len(log)], strict=False):
            doc = int(log.doc[low])
            edits = [[int(log.start[i]), int(log.end[i]), pieces[i]] for i in range(low, high)]
            self._line({"doc": self._n_docs + doc, "id": ids[doc].as_py(), "edits": edits})
        self._n_docs += len(texts)

    def commit(self) -> None:
        """Write the last line, bring the file to the disk and give it its name.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        self._line({"hash": self._hash.hexdigest()})
        with writing(self.path):
            sync(self._file)
            self._file.close()
            self._aside.replace(self.path)
            sync_folder(self.path.parent)

    def discard(self) -> None:
        """Leave no half-written file behind; does nothing after `commit`."""
        self._file.close()
        self._aside.unlink(missing_ok=True)

    def _line(self, value: dict[str, Any]) -> None:
        with writing(self.path):
            self._file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")


def undo_blocks(blocks: Iterable[pa.LargeStringArray], path: Path) -> Iterator[pa.LargeStringArray]:
    """Put the raw texts of a corpus back.

    Parameters
    ----------
    blocks : iterable of pa.LargeStringArray
        All cleaned texts, in the order in which they were written.
    path : Path
        The log that was written with them.

    Yields
    ------
    pa.LargeStringArray
        The raw texts of the next block.

    Raises
    ------
    MissingError
        If the log is not there.
    DataError
        If the file is no log, or a log of other texts. This may show only at the last block.
    """
    lines = _lines(path)
    number, head = next(lines, (1, {}))
    if head.get("malgil") != _KIND or head.get("format") != _FORMAT:
        raise DataError("clean.no_log", path=path)
    digest, first = _TextsHash(), 0
    number, line = next(lines, (number + 1, {}))
    for texts in blocks:
        digest.update(texts)
        entries = []
        while "doc" in line and _int(line["doc"], path, number) < first + len(texts):
            entries.append((number, line))
            number, line = next(lines, (number + 1, {}))
        yield undo(texts, _edits(entries, first, path))
        first += len(texts)
    if first != head.get("n_docs") or line.get("hash") != digest.hexdigest():
        raise DataError("clean.log_of_other_texts")


class _TextsHash:
    """Hash of many texts that does not depend on the blocks in which they come."""

    def __init__(self) -> None:
        self._content, self._lengths = xxhash.xxh3_128(), xxhash.xxh3_128()

    def update(self, texts: pa.LargeStringArray) -> None:
        offsets, data = string_buffers(texts)
        self._content.update(np.ascontiguousarray(data).data)
        self._lengths.update(np.diff(offsets).astype("<i8").data)

    def hexdigest(self) -> str:
        return xxhash.xxh3_128_hexdigest(self._content.digest() + self._lengths.digest())


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        file = path.open("rb")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingError("clean.log_missing", path=path) from error
    with file:
        for number, raw in enumerate(file, 1):
            try:
                line = json.loads(raw)
            except ValueError as error:  # of JSON and of UTF-8
                raise DataError(
                    "clean.log_damaged" if number > 1 else "clean.no_log", path=path, line=number
                ) from error
            if not isinstance(line, dict):
                raise DataError("clean.log_damaged" if number > 1 else "clean.no_log", path=path, line=number)
            yield number, line


def _edits(entries: list[tuple[int, dict[str, Any]]], first: int, path: Path) -> EditLog:
    docs: list[int] = []
    spans: list[tuple[int, int]] = []
    pieces: list[str] = []
    for number, line in entries:
        try:
            for start, end, raw in line["edits"]:
                spans.append((_int(start, path, number), _int(end, path, number)))
                docs.append(line["doc"] - first)
                pieces.append(raw)
            raws = pa.array(pieces[len(docs) - len(line["edits"]) :], pa.large_string())
        except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
            if isinstance(error, DataError):
                raise
            raise DataError("clean.log_damaged", path=path, line=number) from error
        if raws.null_count:
            raise DataError("clean.log_damaged", path=path, line=number)
    borders = np.array(spans, np.int64).reshape(-1, 2)
    return EditLog(np.array(docs, np.int64), borders[:, 0], borders[:, 1], pa.array(pieces, pa.large_string()))


def _int(value: object, path: Path, number: int) -> int:
    if type(value) is not int or not 0 <= value < 1 << 40:
        raise DataError("clean.log_damaged", path=path, line=number)
    return value
