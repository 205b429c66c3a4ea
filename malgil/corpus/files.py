"""Source files: finding them, opening them, and noticing when they change."""

from __future__ import annotations

import glob
import gzip
import os
import sys
import weakref
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from malgil.corpus.encodings import mark_of
from malgil.corpus.names import is_text_name
from malgil.corpus.spool import spool
from malgil.errors import DataError, MissingError, ParameterError

FORMATS = {
    ".txt": "txt",
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".arrow": "arrow",
}
PACKINGS = {".gz": "gzip", ".zst": "zstd"}
CHUNK = 4 << 20
_MAGIC = {b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst"}


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """One file of a source, as it was when it was found.

    Parameters
    ----------
    path : Path
        Where it lies.
    shown : str
        What messages call it: the path as the caller gave it.
    name : str
        What reports call it: its path below the folder that was asked for.
    format : str
        A value of `FORMATS`.
    packing : str or None
        A value of `PACKINGS`.
    n_bytes : int
        Its size on disk.
    mtime_ns : int
        When it was last changed, in nanoseconds.
    """

    path: Path
    shown: str
    name: str
    format: str
    packing: str | None
    n_bytes: int
    mtime_ns: int

    def check_unchanged(self) -> None:
        """Make sure that the file is the one that was found.

        Raises
        ------
        DataError
            If its size or time differs, or it is gone.
        """
        try:
            now = self.path.stat()
        except OSError as error:
            raise DataError("corpus.changed", path=self.shown) from error
        if (now.st_size, now.st_mtime_ns) != (self.n_bytes, self.mtime_ns):
            raise DataError("corpus.changed", path=self.shown)

    def chunks(self) -> Iterator[bytes]:
        """Read the file, unpacked, from its beginning.

        Yields
        ------
        bytes
            The next bytes, at most `CHUNK` of them.

        Raises
        ------
        DataError
            If the packing is damaged or cut off, or the file cannot be read.
        """
        with reading(self.shown), open_unpacked(self.path, self.packing) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    @contextmanager
    def unpacked_path(self) -> Iterator[Path]:
        """Give a path at which the unpacked content lies, for formats that are read from both ends.

        Yields
        ------
        Path
            The file itself, or a temporary copy that goes when the block ends.
        """
        if self.packing is None:
            yield self.path
            return
        copy = spool(self.chunks(), self.shown)
        try:
            yield copy
        finally:
            copy.unlink(missing_ok=True)


@contextmanager
def reading(shown: str) -> Iterator[None]:
    """Say in one sentence that a file could not be read.

    Parameters
    ----------
    shown : str
        What to call the file.

    Yields
    ------
    None
        The block that reads.

    Raises
    ------
    DataError
        If the content is damaged or the system refuses.
    """
    try:
        yield
    except PermissionError as error:
        raise DataError("corpus.unreadable", path=shown, reason=error.strerror or error) from error
    except EOFError as error:
        raise DataError("corpus.cut_off", path=shown) from error
    except (OSError, zlib.error, pa.ArrowException) as error:
        if isinstance(error, MissingError):
            raise
        key = "corpus.cut_off" if "Truncated compressed" in str(error) else "corpus.damaged"
        raise DataError(key, path=shown, reason=str(error).partition("\n")[0]) from error


def open_unpacked(path: Path, packing: str | None) -> Any:
    """Open a file for reading what it holds once unpacked.

    Parameters
    ----------
    path : Path
        The file.
    packing : str or None
        A value of `PACKINGS`.

    Returns
    -------
    binary file
        To be closed by the caller.
    """
    if packing == "gzip":
        return gzip.open(path, "rb")
    raw = path.open("rb")  # Arrow cannot open a name that is not UTF-8
    return pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd") if packing == "zstd" else raw


def format_of(name: str) -> tuple[str, str | None] | None:
    """Tell the format of a file by its name.

    Parameters
    ----------
    name : str
        File name; upper and lower case are the same.

    Returns
    -------
    tuple of str and (str or None), or None
        Format and packing; ``None`` where the suffix is not known.
    """
    stem, suffix = os.path.splitext(name.lower())  # noqa: PTH122 - a name, not a path
    packing = PACKINGS.get(suffix)
    if packing is not None:
        suffix = os.path.splitext(stem)[1]  # noqa: PTH122
    return (FORMATS[suffix], packing) if suffix in FORMATS else None


def suffixes() -> str:
    """List the suffixes that can be read and written.

    Returns
    -------
    str
        For a message.
    """
    return f"{' '.join(FORMATS)} (+ {' '.join(PACKINGS)})"


def find(path: str) -> tuple[list[InputFile], int]:
    """Find the files of a source.

    Parameters
    ----------
    path : str
        A file, a folder (all files in it whose suffix is known, at any depth, hidden ones left out), a glob
        (``**`` goes down), or ``-`` for standard input.

    Returns
    -------
    files : list of InputFile
        At least one, in the order of their paths.
    n_ignored : int
        Files of a folder or glob that were left out for their suffix.

    Raises
    ------
    MissingError
        If nothing is there.
    DataError
        If the suffix is not known, or a folder or glob holds no corpus file.
    """
    if path == "-":
        return [_spooled()], 0
    place = Path(path)
    if place.is_dir():
        found = [below for below in place.rglob("*") if below.is_file() and not _is_hidden(below.relative_to(place))]
        return _known(path, found, place)
    if not place.exists():
        if not glob.has_magic(path):
            raise MissingError("corpus.missing", path=path)
        found = [Path(name) for name in glob.glob(path, recursive=True) if Path(name).is_file()]  # noqa: PTH207
        if not found:
            raise MissingError("corpus.nothing_matches", path=path)
        return _known(path, found, _fixed_part(path))
    known = format_of(place.name)
    if known is None:
        raise DataError("corpus.unknown_suffix", path=path, suffixes=suffixes())
    return [_input_file(place, place.name, *known)], 0


def check_apart(target: Path, files: Iterable[InputFile], option: str) -> None:
    """Make sure that writing a file does not destroy a source.

    Parameters
    ----------
    target : Path
        What is to be written.
    files : iterable of InputFile
        The source.
    option : str
        By which the target was named, for the message.

    Raises
    ------
    ParameterError
        If the target is one of the files.
    """
    if target.exists() and any(target.samefile(file.path) for file in files):
        raise ParameterError("corpus.overwrites_input", path=target, option=option)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_of_workspace(path: Path, root: Path) -> bool:
    """Tell whether a file is the copy that a workspace below `root` keeps of its corpus: no new documents are in it."""
    folder = path.parent
    return folder != root and folder.name == "corpus" and (folder.parent / "build.log").exists()


def _fixed_part(pattern: str) -> Path:
    """Give the folder of a glob above its first wild card."""
    parts: list[str] = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _known(asked: str, found: list[Path], root: Path) -> tuple[list[InputFile], int]:
    files = []
    found = [path for path in found if not _is_of_workspace(path, root)]
    for path in sorted(set(found), key=lambda path: path.as_posix()):
        known = format_of(path.name)
        if known is not None:
            files.append(_input_file(path, path.relative_to(root).as_posix(), *known))
    if not files:
        raise DataError("corpus.no_corpora", path=asked, suffixes=suffixes())
    return files, len(set(found)) - len(files)


def _input_file(path: Path, name: str, format: str, packing: str | None, shown: str | None = None) -> InputFile:
    with reading(str(path)):
        stat = path.stat()
    return InputFile(
        path=path,
        shown=shown or str(path),
        name=os.fsencode(name).decode("utf-8", "replace"),  # reports and manifests are UTF-8, whatever a file is called
        format=format,
        packing=packing,
        n_bytes=stat.st_size,
        mtime_ns=stat.st_mtime_ns,
    )


def _spooled() -> InputFile:
    """Copy standard input to a temporary file, which goes when nothing refers to it any more."""
    chunks = iter(()) if sys.stdin is None else iter(lambda: sys.stdin.buffer.read(CHUNK), b"")
    path = spool(chunks, "-")
    try:
        format, packing = sniff(path)
        file = _input_file(path, "stdin", format, packing, shown="-")
    except BaseException:
        path.unlink()
        raise
    weakref.finalize(file, path.unlink, missing_ok=True)
    return file


def sniff(path: Path) -> tuple[str, str | None]:
    """Tell the format of a nameless file by its first bytes.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    format : str
        Parquet and Arrow files by their marks; JSON lines where the first line begins with ``{``; tab- or
        comma-separated where the first line, split so, has a cell that is a usual name of a text column (``text``,
        ``document``, ``리뷰``, ...); else a document a line.
    packing : str or None
        By the marks of gzip and Zstandard.
    """
    with path.open("rb") as stream:
        mark = stream.read(4)
    packing = next((PACKINGS[suffix] for magic, suffix in _MAGIC.items() if mark.startswith(magic)), None)
    with reading("-"), open_unpacked(path, packing) as unpacked:
        head = unpacked.read(1 << 16)
    if head.startswith(b"PAR1"):
        return "parquet", packing
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow", packing
    return _sniff_text(head), packing


def _sniff_text(head: bytes) -> str:
    marked = mark_of(head)
    if marked is not None:
        head = head[marked.n_mark :].decode(marked.codec, "ignore").encode()
    line = head.partition(b"\n")[0]
    if line.lstrip().startswith(b"{"):
        return "jsonl"
    for encoding in ("utf-8", "cp949"):
        first = line.decode(encoding, "replace").strip("\r")
        for delimiter, name in (("\t", "tsv"), (",", "csv")):
            cells = [cell.strip('"') for cell in first.split(delimiter)]
            if len(cells) > 1 and any(is_text_name(cell) for cell in cells):
                return name
    return "txt"


def check_is_path(path: object) -> str:
    """Take a path as text.

    Parameters
    ----------
    path : str or path-like
        What the caller gave.

    Returns
    -------
    str
        The same.

    Raises
    ------
    ParameterError
        If it is bytes.
    """
    name = os.fspath(path)  # type: ignore[call-overload]
    if not isinstance(name, str):
        raise ParameterError("corpus.bytes_path")
    return name
