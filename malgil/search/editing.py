"""Changes to an index: one at a time, each a new snapshot that is committed before the call returns."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import BusyError, DataError, TermNotFoundError
from malgil.params import did_you_mean
from malgil.search.merging import plan
from malgil.search.segment import Segment, merge
from malgil.search.snapshot import Snapshot
from malgil.search.storage import Storage

if TYPE_CHECKING:
    from malgil.search.incoming import Incoming

_NEAR = 2000  # ids among which a hint for an unknown one is looked for


class Editor:
    """Who changes an index: keeps the current snapshot, and puts a new one in its place.

    Parameters
    ----------
    storage : Storage
        Where the index lives.
    snapshot : Snapshot
        What it holds.
    """

    def __init__(self, storage: Storage, snapshot: Snapshot) -> None:
        self._storage = storage
        self.snapshot = snapshot
        self._mutex = threading.RLock()
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None

    def replace(self, make: Callable[[], Segment]) -> None:
        """Commit an index of one segment in place of whatever was there.

        Parameters
        ----------
        make : callable
            Makes the segment, with nobody else writing; it may be empty.
        """
        with self._mutex, self._storage.writing():
            empty = Snapshot(self.snapshot.settings, (), (), 0)
            self._commit(empty.appended(self._storage.keep(make())))

    def docs_of(self, ids: pa.LargeStringArray) -> NDArray[np.int64]:
        """Find live documents.

        Parameters
        ----------
        ids : pa.LargeStringArray
            Of documents that are there.

        Returns
        -------
        ndarray of int64
            Their numbers.

        Raises
        ------
        TermNotFoundError
            If a document is not there.
        """
        return _all_found(self.snapshot, ids)

    def add(self, incoming: Incoming, n_jobs: int | None = None, *, replaces: bool = False) -> NDArray[np.int64]:
        """Add documents.

        Parameters
        ----------
        incoming : Incoming
            The documents.
        n_jobs : int, optional
            Threads, all cores by default.
        replaces : bool
            Whether documents of the same ids, which must be there, are deleted in the same commit.

        Returns
        -------
        ndarray of int64, shape (n_docs,)
            Their numbers.

        Raises
        ------
        DataError
            If an id is taken, or metadata are of another type.
        TermNotFoundError
            If a document is to be replaced that is not there.
        """
        from malgil.search.building import make_segment
        from malgil.search.columns import fit

        with self._editing() as snapshot:
            incoming = incoming.with_table(fit(incoming.table, snapshot.schema))
            if replaces:
                snapshot = snapshot.without(_all_found(snapshot, incoming.id_array(snapshot.next_doc)))
            else:
                _none_found(snapshot, incoming.id_array(snapshot.next_doc))
            segment = make_segment(incoming, snapshot.settings, snapshot.next_doc, n_jobs=n_jobs)
            self._commit(snapshot.appended(self._storage.keep(segment)))
        self._merge_behind()
        return segment.numbers

    def delete(self, ids: pa.LargeStringArray) -> int:
        """Delete documents.

        Parameters
        ----------
        ids : pa.LargeStringArray
            Of documents that are there.

        Returns
        -------
        int
            How many were deleted.

        Raises
        ------
        TermNotFoundError
            If a document is not there; then none is deleted.
        """
        with self._editing() as snapshot:
            docs = np.unique(_all_found(snapshot, ids))
            if len(docs):
                self._commit(snapshot.without(docs))
        self._merge_behind()
        return len(docs)

    def merge(self, *, whole: bool = False) -> None:
        """Merge segments by the rule, or all into one.

        Parameters
        ----------
        whole : bool
            Whether one segment without deleted documents is to be left.

        Raises
        ------
        StorageError
            If a segment cannot be written, now or in the background; all documents are as they were.
        """
        self._join()
        with self._storage.writing():
            self._merge_all(whole=whole)

    def close(self) -> None:
        """Wait for the merge in the background.

        Raises
        ------
        StorageError
            If its segment could not be written; all documents are as they were.
        """
        self._join()

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        if (failure := self._failure) is not None:
            self._failure = None
            raise failure

    @contextlib.contextmanager
    def _editing(self) -> Iterator[Snapshot]:
        with self._mutex, self._storage.writing():
            self.snapshot = self._storage.reload(self.snapshot)
            yield self.snapshot

    def _commit(self, snapshot: Snapshot) -> None:
        self._storage.commit(snapshot)
        self.snapshot = snapshot

    def _merge_behind(self) -> None:
        """Start merging in the background, where there is something to merge and nobody is at it."""
        with self._mutex:
            is_at_it = self._thread is not None and self._thread.is_alive()
            if not is_at_it and self._failure is None and _next_merge(self.snapshot) is not None:
                self._thread = threading.Thread(target=self._work, name="malgil-merge")
                self._thread.start()

    def _work(self) -> None:
        try:
            with self._storage.writing():
                self._merge_all()
        except BusyError:
            pass  # another process writes: it merges too
        except Exception as error:  # is raised by `close`
            self._failure = error

    def _merge_all(self, *, whole: bool = False) -> None:
        """Merge until nothing is left to do. The lock on the folder is held; searches and edits go on."""
        with self._mutex:
            self.snapshot = self._storage.reload(self.snapshot)
        while (span := _next_merge(self.snapshot, whole=whole)) is not None:
            snapshot = self.snapshot
            old, keep = snapshot.segments[slice(*span)], snapshot.alive[slice(*span)]
            new = self._storage.keep(merge(old, keep, snapshot.schema))
            with self._mutex:
                merged = self.snapshot.merged(old, keep, new)
                if merged is not None:
                    self._commit(merged)


def _next_merge(snapshot: Snapshot, *, whole: bool = False) -> tuple[int, int] | None:
    if whole:
        is_one = len(snapshot.segments) < 2 and all(mask is None for mask in snapshot.alive)
        return None if is_one else (0, len(snapshot.segments))
    return plan(snapshot.sizes, [segment.n_docs for segment in snapshot.segments])


def _none_found(snapshot: Snapshot, ids: pa.LargeStringArray) -> None:
    taken = np.flatnonzero(snapshot.find(ids) >= 0)
    if len(taken):
        raise DataError("search_index.id_taken", id=ids[int(taken[0])].as_py())


def _all_found(snapshot: Snapshot, ids: pa.LargeStringArray) -> NDArray[np.int64]:
    docs = snapshot.find(ids)
    missing = np.flatnonzero(docs < 0)
    if len(missing):
        wanted = ids[int(missing[0])].as_py()
        raise TermNotFoundError("search_index.unknown_id", id=wanted, hint=did_you_mean(wanted, _some_ids(snapshot)))
    return docs


def _some_ids(snapshot: Snapshot) -> Iterator[str]:
    left = _NEAR
    for segment, mask in zip(snapshot.segments, snapshot.alive, strict=True):
        for local in range(min(left, segment.n_docs)):
            if mask is None or mask[local]:
                yield segment.ids[local]
        left -= min(left, segment.n_docs)
