"""Where an index lives: what `Editor` asks of a folder, and the index in memory that has none."""

from __future__ import annotations

import contextlib
from typing import Protocol

from malgil.search.segment import Segment
from malgil.search.snapshot import Snapshot


class Storage(Protocol):
    """Where an index lives."""

    def writing(self) -> contextlib.AbstractContextManager[None]:
        """Keep all others from writing.

        Returns
        -------
        context manager
            May be entered again, also by another thread.
        """

    def reload(self, snapshot: Snapshot) -> Snapshot:
        """See what others have written.

        Parameters
        ----------
        snapshot : Snapshot
            What was there when last looked.

        Returns
        -------
        Snapshot
            The same where nothing has changed.
        """

    def keep(self, segment: Segment) -> Segment:
        """Write a segment that no snapshot names yet.

        Parameters
        ----------
        segment : Segment
            In memory.

        Returns
        -------
        Segment
            To be used from now on.
        """

    def commit(self, snapshot: Snapshot) -> None:
        """Make a snapshot the state of the index.

        Parameters
        ----------
        snapshot : Snapshot
            All of whose segments are kept.
        """


class Memory:
    """An index that no file holds."""

    def writing(self) -> contextlib.AbstractContextManager[None]:
        """Do nothing: nobody else can write.

        Returns
        -------
        context manager
            Without effect.
        """
        return contextlib.nullcontext()

    def reload(self, snapshot: Snapshot) -> Snapshot:
        """Give the snapshot back.

        Parameters
        ----------
        snapshot : Snapshot
            The state.

        Returns
        -------
        Snapshot
            The same.
        """
        return snapshot

    def keep(self, segment: Segment) -> Segment:
        """Give the segment back.

        Parameters
        ----------
        segment : Segment
            In memory.

        Returns
        -------
        Segment
            The same.
        """
        return segment

    def commit(self, snapshot: Snapshot) -> None:
        """Do nothing.

        Parameters
        ----------
        snapshot : Snapshot
            The state.
        """
