"""Artefacts on disk: a folder with ``manifest.json`` and the arrays it names.

The commit is one ``os.replace`` of the manifest. Every other file carries the hash of its content in its name, so a new
version never touches the files of the old one: whenever the power fails, the folder holds the old artefact or the new.

Nothing is pickled: loading an artefact runs no code from it. Manifests hold no times, host names or absolute paths, so
the same input gives the same bytes.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import DTypeLike, NDArray

from malgil.errors import ArtefactError
from malgil.files import ASIDE, ArrayStream, checksum, hashed_name, sweep, sync, write_whole, writing
from malgil.ragged import check_indptr
from malgil.strings import string_buffers

FORMAT = 1
MANIFEST = "manifest.json"
VERIFY_UP_TO = 1 << 30  # larger files are verified on request only: hashing 1 GB takes about 0.1 s


class Part(NamedTuple):
    """One file of an artefact, as its manifest names it.

    Parameters
    ----------
    file : str
        Its name in the folder.
    n_bytes : int
        Its length.
    checksum : str
        xxh3-128 of its content.
    dtype : str, optional
        Type of the items, where it is an array.
    shape : tuple of int, optional
        Shape, where it is an array.
    """

    file: str
    n_bytes: int
    checksum: str
    dtype: str | None
    shape: tuple[int, ...] | None


class Artefact:
    """An opened artefact; its arrays are read-only memory maps, made when asked for.

    Parameters
    ----------
    path : Path
        The folder.
    kind : str
        What it holds, such as ``"vocabulary"``.
    meta : dict
        The JSON that its writer put beside the arrays.
    parts : dict
        Name -> `Part`.
    digest : str
        Hash of the manifest, and so of everything.
    """

    def __init__(self, path: Path, kind: str, meta: dict[str, Any], parts: dict[str, Part], digest: str) -> None:
        self.path = path
        self.kind = kind
        self.meta = meta
        self.parts = parts
        self.digest = digest

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def __getitem__(self, name: str) -> NDArray[Any]:
        part, path = self._part(name), self.path_of(name)
        try:
            # numpy cannot map an array without bytes
            mode: Any = "r" if part.shape is not None and np.prod(part.shape) else None
            array: NDArray[Any] = np.load(path, mmap_mode=mode, allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            raise ArtefactError("house.manifest_unreadable", path=path, reason=error) from error
        found, wanted = f"{array.dtype.str} {array.shape}", f"{part.dtype} {part.shape}"
        if found != wanted:
            raise ArtefactError("house.array_shape", path=path, found=found, wanted=wanted)
        return array

    def strings(self, name: str) -> pa.LargeStringArray:
        """Open a list of strings over its memory map.

        Parameters
        ----------
        name : str
            The name it was written under.

        Returns
        -------
        pa.LargeStringArray
            The strings, without a copy.

        Raises
        ------
        ArtefactError
            If the offsets do not fit the bytes, or are of another type.
        """
        offsets, data = self[f"{name}.offsets"], self[f"{name}.data"]
        try:
            check_indptr(offsets, len(data))
            buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
            return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, buffers)
        except ValueError as error:  # Arrow's own too, where the borders are shorter numbers
            raise ArtefactError("house.term_order", path=self.path_of(f"{name}.offsets")) from error

    def path_of(self, name: str) -> Path:
        """Path of one part's file.

        Parameters
        ----------
        name : str
            The name it was written under.

        Returns
        -------
        Path
            The file, which exists.

        Raises
        ------
        ArtefactError
            If there is no such part or its file is gone.
        """
        path = self.path / self._part(name).file
        if not path.is_file():
            raise ArtefactError("house.file_missing", path=path)
        return path

    def verify(self, up_to: int | None = None) -> Iterator[ArtefactError]:
        """Compare every file with its checksum.

        Parameters
        ----------
        up_to : int, optional
            Leave larger files out, in bytes. By default all are read.

        Yields
        ------
        ArtefactError
            One for each file that is missing or damaged.
        """
        for name, part in self.parts.items():
            try:
                path = self.path_of(name)
            except ArtefactError as error:
                yield error
                continue
            if (size := path.stat().st_size) != part.n_bytes:
                yield ArtefactError("house.file_size", path=path, found=size, wanted=part.n_bytes)
            elif (up_to is None or size <= up_to) and checksum(path) != part.checksum:
                yield ArtefactError("house.file_checksum", path=path)

    def _part(self, name: str) -> Part:
        if name not in self.parts:
            raise ArtefactError("house.no_such_part", path=self.path, name=name, names=", ".join(self.parts))
        return self.parts[name]


def open_artefact(path: str | Path, kind: str, *, verify: bool | None = None) -> Artefact:
    """Open the artefact in a folder.

    Parameters
    ----------
    path : str or Path
        The folder.
    kind : str
        What it must hold.
    verify : bool, optional
        Compare checksums: ``None`` those of files up to 1 GB, ``True`` all, ``False`` none.

    Returns
    -------
    Artefact
        Its arrays by name.

    Raises
    ------
    ArtefactError
        If it is missing, damaged, of another kind or of a newer format.
    """
    folder = Path(path)
    artefact = _read_manifest(folder)
    if artefact.kind != kind:
        raise ArtefactError("house.other_kind", path=folder, found=artefact.kind, wanted=kind)
    if verify is not False:
        for problem in artefact.verify(None if verify else VERIFY_UP_TO):
            raise problem
    return artefact


def check(path: str | Path) -> list[ArtefactError]:
    """Compare every file of an artefact with its checksum, whatever its kind and size.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    list of ArtefactError
        What is wrong; empty where nothing is.
    """
    try:
        return list(_read_manifest(Path(path)).verify())
    except ArtefactError as error:
        return [error]


def _read_manifest(folder: Path) -> Artefact:
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtefactError("house.artefact_missing", path=folder)
    try:
        raw = path.read_bytes()
        manifest = json.loads(raw)
        if (found := int(manifest["format"])) > FORMAT:
            raise ArtefactError("house.newer_format", path=folder, found=found, known=FORMAT)
        parts = {name: _part_from_json(row) for name, row in manifest["parts"].items()}
        if _seal(manifest) != manifest["seal"] or raw != _to_bytes(manifest):
            raise ArtefactError("house.file_checksum", path=path)
        return Artefact(folder, str(manifest["kind"]), dict(manifest["meta"]), parts, xxhash.xxh3_128_hexdigest(raw))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError("house.manifest_unreadable", path=path, reason=error) from error


def _part_from_json(row: dict[str, Any]) -> Part:
    if Path(row["file"]).name != row["file"]:
        raise ValueError(f"a part may not leave its folder: {row['file']!r}")
    shape = None if row["shape"] is None else tuple(int(n) for n in row["shape"])
    return Part(str(row["file"]), int(row["n_bytes"]), str(row["checksum"]), row["dtype"], shape)


def _seal(manifest: dict[str, Any]) -> str:
    """Hash of the manifest without its seal, so that a flipped byte in it is found too."""
    body = {name: value for name, value in manifest.items() if name != "seal"}
    return xxhash.xxh3_128_hexdigest(json.dumps(body, sort_keys=True, ensure_ascii=False).encode())


def _to_bytes(manifest: dict[str, Any]) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class Writer:
    """Write an artefact; it appears whole when the ``with`` block ends, or not at all.

    Parameters
    ----------
    path : str or Path
        The folder; made where it is not there.
    kind : str
        What it holds.
    """

    def __init__(self, path: str | Path, kind: str) -> None:
        self.path = Path(path)
        self.kind = kind
        self.meta: dict[str, Any] = {}
        self._parts: dict[str, Part] = {}

    def __enter__(self) -> Self:
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._sweep()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None:
            self._commit()
        with contextlib.suppress(OSError):
            self._sweep()

    def file(self, name: str, write: Callable[[IO[bytes]], object]) -> None:
        """Add a file of any format.

        Parameters
        ----------
        name : str
            Its name in the artefact; the suffix is kept.
        write : callable
            Given a binary file, writes the content.
        """
        self._add(name, write, dtype=None, shape=None)

    def array(self, name: str, array: NDArray[Any]) -> None:
        """Add an array.

        Parameters
        ----------
        name : str
            Its name in the artefact.
        array : ndarray
            Any shape, no objects.
        """
        array = np.ascontiguousarray(array)
        self._add(
            f"{name}.npy",
            lambda file: np.save(file, array, allow_pickle=False),
            dtype=array.dtype.str,
            shape=array.shape,
            key=name,
        )

    def strings(self, name: str, strings: pa.LargeStringArray) -> None:
        """Add a list of strings, as two arrays.

        Parameters
        ----------
        name : str
            Its name in the artefact.
        strings : pa.LargeStringArray
            No nulls.
        """
        offsets, data = string_buffers(strings)
        self.array(f"{name}.offsets", offsets)
        self.array(f"{name}.data", data)

    @contextlib.contextmanager
    def stream(self, name: str, dtype: DTypeLike) -> Iterator[ArrayStream]:
        """Add an array of one dimension whose length is not known yet.

        Parameters
        ----------
        name : str
            Its name in the artefact.
        dtype : dtype
            Type of the items.

        Yields
        ------
        ArrayStream
            Takes the pieces in order.
        """
        aside = self.path / f"{name}.stream{ASIDE}"
        with writing(self.path), aside.open("w+b") as file:
            stream = ArrayStream(file, np.dtype(dtype))
            stream.begin()
            yield stream
            stream.finish()
            sync(file)
            self._name(f"{name}.npy", aside, dtype=stream.dtype.str, shape=(stream.length,), key=name)

    def _add(
        self,
        name: str,
        write: Callable[[IO[bytes]], object],
        dtype: str | None,
        shape: tuple[int, ...] | None,
        key: str | None = None,
    ) -> None:
        aside = self.path / f"{name}{ASIDE}"
        with writing(self.path):
            with aside.open("wb") as file:
                write(file)
                sync(file)
            self._name(name, aside, dtype, shape, key)

    def _name(
        self, name: str, aside: Path, dtype: str | None, shape: tuple[int, ...] | None, key: str | None = None
    ) -> None:
        """Give a finished file the name that holds its checksum."""
        digest = checksum(aside)
        final = hashed_name(name, digest)
        self._parts[key or name] = Part(final, aside.stat().st_size, digest, dtype, shape)
        aside.replace(self.path / final)

    def _sweep(self) -> None:
        known: set[str] = set()  # without a manifest, everything that a writer left goes
        with contextlib.suppress(ArtefactError):
            known = {part.file for part in _read_manifest(self.path).parts.values()}
        sweep(self.path, known)

    def _commit(self) -> None:
        parts = {name: part._asdict() for name, part in sorted(self._parts.items())}
        manifest: dict[str, Any] = {"kind": self.kind, "format": FORMAT, "meta": self.meta, "parts": parts}
        # through JSON once, so that what is sealed is what will be read back
        manifest = json.loads(json.dumps(manifest, ensure_ascii=False))
        manifest["seal"] = _seal(manifest)
        write_whole(self.path / MANIFEST, _to_bytes(manifest))
