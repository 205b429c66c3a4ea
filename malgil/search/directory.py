"""The folder of an index: one manifest that names the segments, and a sub-folder for each segment.

A commit is one ``os.replace`` of the manifest, after everything that it names is on the disk. So a process that is
killed leaves the documents as they were before or after its edit, and at most some files that nobody names; those go
when somebody next opens the folder for writing. The manifest holds what is deleted, so segments never change.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError, BusyError, MissingError, ParameterError, StorageError
from malgil.files import ASIDE, sync_folder, writing
from malgil.params import choose
from malgil.search.bm25 import BM25, check_parameters
from malgil.search.segment import Mask, Segment
from malgil.search.snapshot import Settings, Snapshot
from malgil.store import MANIFEST, Artefact, Writer, check, open_artefact

if TYPE_CHECKING:
    from filelock import FileLock

KIND = "index"
LOCK = ".lock"
_SEGMENT = "segment-"
_PATIENCE = 1.0  # seconds: a commit takes less, so whoever holds the lock for longer is at work
_RETRIES = 5  # for a reader that opens segments while a writer removes them


class Directory:
    """An index in a folder.

    Parameters
    ----------
    path : Path
        The folder.
    extra : dict, optional
        JSON to keep in the manifest beside what is needed.
    """

    def __init__(self, path: Path, extra: dict[str, Any] | None = None) -> None:
        self.path = path
        self._extra = extra or {}
        self._seal = ""  # of the manifest as this process last saw or wrote it
        self._lock: FileLock | None = None
        self._mutex = threading.Lock()
        self._n_holders = 0
        self._numbers = itertools.count()
        self._kept: set[str] = set()  # segments that are written and in no manifest yet

    @property
    def extra(self) -> dict[str, Any]:
        """JSON that stands in the manifest beside what is needed."""
        return self._extra

    def create(self) -> None:
        """Make the folder, unless an index is there already, which the next commit replaces.

        Raises
        ------
        StorageError
            If it holds other things, or cannot be made.
        """
        if self.path.exists() and not self.path.is_dir():
            raise StorageError("search_index.not_a_folder", path=self.path)
        if self.path.is_dir() and not _is_ours(self.path):
            raise StorageError("search_index.not_empty", path=self.path)
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / LOCK).touch()
            sync_folder(self.path.parent)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other processes from writing, as long as any thread of this one is at it.

        Yields
        ------
        None
            The block that writes.

        Raises
        ------
        BusyError
            If somebody else holds the lock.
        StorageError
            If the folder cannot be written.
        """
        with self._mutex:
            if self._n_holders == 0:
                self._acquire()
            self._n_holders += 1
        try:
            yield
        finally:
            with self._mutex:
                self._n_holders -= 1
                if self._n_holders == 0:
                    self._release()

    def _acquire(self) -> None:
        from filelock import FileLock, Timeout

        with writing(self.path):
            self._lock = FileLock(self.path / LOCK, thread_local=False)
            try:
                self._lock.acquire(timeout=_PATIENCE, poll_interval=0.01)
            except Timeout as error:
                raise BusyError("search_index.busy", path=self.path) from error
            try:
                self._sweep(_named_in(self.path))
            except BaseException:
                self._release()
                raise

    def _release(self) -> None:
        self._kept.clear()
        if self._lock is not None:
            self._lock.release()

    def load(self, *, verify: bool | None = None, known: tuple[Segment, ...] = ()) -> Snapshot:
        """Open what the manifest names.

        Parameters
        ----------
        verify : bool, optional
            As in `malgil.store.open_artefact`.
        known : tuple of Segment
            Segments that are open already.

        Returns
        -------
        Snapshot
            On memory maps.

        Raises
        ------
        MissingError
            If there is no index.
        ArtefactError
            If a part is missing, damaged or of a newer format.
        """
        if not (self.path / MANIFEST).is_file():
            raise MissingError("search_index.not_an_index", path=self.path)
        left = _RETRIES
        while True:
            artefact = open_artefact(self.path, KIND, verify=verify)
            try:
                snapshot = _open(artefact, verify, {segment.name: segment for segment in known})
                break
            except ArtefactError:
                # a writer may have replaced the manifest and removed old segments since it was read
                left -= 1
                if left == 0 or open_artefact(self.path, KIND, verify=False).digest == artefact.digest:
                    raise
        self._seal = artefact.digest
        self._extra = {name: value for name, value in artefact.meta.items() if name not in _OWN}
        return snapshot

    def reload(self, snapshot: Snapshot) -> Snapshot:
        """See what other processes have written.

        Parameters
        ----------
        snapshot : Snapshot
            What was there when last looked.

        Returns
        -------
        Snapshot
            The same where nothing has changed.
        """
        if open_artefact(self.path, KIND, verify=False).digest == self._seal:
            return snapshot
        return self.load(known=snapshot.segments)

    def keep(self, segment: Segment) -> Segment:
        """Write a segment into a folder of its own, named by its content.

        Parameters
        ----------
        segment : Segment
            In memory; may be empty.

        Returns
        -------
        Segment
            The same, on memory maps.

        Raises
        ------
        StorageError
            If it cannot be written; nothing is left of it then.
        """
        if not segment.n_docs:
            return segment
        aside = self.path / f"{_SEGMENT}{next(self._numbers)}{ASIDE}"
        try:
            digest = segment.save(aside)
            final = self.path / f"{_SEGMENT}{digest[:16]}"
            self._kept.add(final.name)
            with writing(final):
                if final.exists() and check(final):  # it was damaged
                    shutil.rmtree(final)
                if not final.exists():
                    aside.rename(final)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return Segment.open(final, verify=False)

    def commit(self, snapshot: Snapshot) -> None:
        """Name the segments in the manifest; when this returns, they survive whatever happens.

        Parameters
        ----------
        snapshot : Snapshot
            All of whose segments are kept.
        """
        masks = [np.packbits(mask) for mask in snapshot.alive if mask is not None]
        rows = zip(snapshot.segments, snapshot.alive, strict=True)
        segments = [
            {"name": segment.name, "digest": segment.digest, "n_docs": segment.n_docs, "has_deleted": mask is not None}
            for segment, mask in rows
        ]
        with Writer(self.path, KIND) as writer:
            writer.array("alive", np.concatenate([np.zeros(0, np.uint8), *masks]))
            writer.meta = {
                **self._extra,
                "settings": snapshot.settings.to_dict(),
                "segments": segments,
                "next_doc": snapshot.next_doc,
            }
        self._seal = open_artefact(self.path, KIND, verify=False).digest
        named = {segment.name for segment in snapshot.segments}
        self._kept -= named
        self._sweep(named | self._kept)

    def _sweep(self, named: set[str]) -> None:
        """Remove segments that nobody names; only whoever holds the lock may."""
        for path in self.path.glob(f"{_SEGMENT}*"):
            is_being_written = self._n_holders > 0 and path.name.endswith(ASIDE)
            if path.name not in named and not is_being_written:
                shutil.rmtree(path, ignore_errors=True)


def _named_in(folder: Path) -> set[str]:
    try:
        return {str(row["name"]) for row in open_artefact(folder, KIND, verify=False).meta["segments"]}
    except (ArtefactError, KeyError, TypeError):
        return set()


_OWN = frozenset({"settings", "segments", "next_doc"})


def _is_ours(folder: Path) -> bool:
    """Whether a folder is empty, or holds an index, or what is left of one that was never finished."""
    if (folder / MANIFEST).exists():
        try:
            open_artefact(folder, KIND, verify=False)
        except ArtefactError as error:
            return error.key not in ("house.other_kind", "house.newer_format")
    left = {path.name for path in folder.iterdir() if not path.name.startswith(_SEGMENT)}
    return left <= {LOCK, MANIFEST} or (folder / MANIFEST).exists()


def _open(artefact: Artefact, verify: bool | None, known: dict[str, Segment]) -> Snapshot:
    meta = artefact.meta
    try:
        settings = Settings.from_dict(meta["settings"])
        choose(BM25, "variant", settings.variant)
        check_parameters(settings.k1, settings.b, settings.delta)
        packed, alive, segments = artefact["alive"], list[Mask | None](), list[Segment]()
        for row in meta["segments"]:
            mask, packed = _unpack(packed, int(row["n_docs"])) if row["has_deleted"] else (None, packed)
            segment = known.get(row["name"]) or _open_segment(artefact.path, row, settings, verify)
            segments.append(segment)
            alive.append(mask)
        return Snapshot(settings, tuple(segments), tuple(alive), int(meta["next_doc"]))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError("search_index.damaged", path=artefact.path, reason=error) from error


def _open_segment(folder: Path, row: dict[str, Any], settings: Settings, verify: bool | None) -> Segment:
    path = folder / row["name"]
    if path.parent != folder:
        raise ParameterError("search_index.damaged_lengths")
    segment = Segment.open(path, verify=verify)
    if segment.digest != row["digest"]:
        raise ArtefactError("house.file_checksum", path=path / MANIFEST)
    if segment.n_docs != row["n_docs"] or list(segment.fields) != list(settings.fields):
        raise ArtefactError("search_index.damaged", path=path, reason=MANIFEST)
    return segment


def _unpack(packed: NDArray[np.uint8], n: int) -> tuple[Mask, NDArray[np.uint8]]:
    n_bytes = (n + 7) // 8
    if packed.dtype != np.uint8 or len(packed) < n_bytes:
        raise ParameterError("search_index.damaged_lengths")
    return np.unpackbits(packed[:n_bytes], count=n).astype(bool), packed[n_bytes:]


def check_index(path: Path) -> list[ArtefactError]:
    """Compare every file of an index with its checksum.

    Parameters
    ----------
    path : Path
        Its folder.

    Returns
    -------
    list of ArtefactError
        What is wrong; empty where nothing is.
    """
    problems = check(path)
    if not problems:
        for row in open_artefact(path, KIND, verify=False).meta["segments"]:
            problems += check(path / row["name"])
    return problems
