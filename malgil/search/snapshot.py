"""What an index holds at one moment: its segments and which of their documents are alive. It never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.search.fields import TEXT, Field
from malgil.search.live_terms import LiveTerms
from malgil.search.scorer import Scorer, SegmentView
from malgil.search.segment import Mask, Segment


class Settings(NamedTuple):
    """What was chosen when the index was built, once and for all.

    Parameters
    ----------
    fields : dict
        Name -> `Field`.
    variant : str
        A key of `malgil.search.BM25`.
    k1, b, delta : float
        Parameters of the formula.
    text : str
        What the column of texts is called in the source.
    """

    fields: dict[str, Field]
    variant: str
    k1: float
    b: float
    delta: float
    text: str

    def is_of_text(self, field: str) -> bool:
        """Tell whether a field is split from the column of texts.

        Parameters
        ----------
        field : str
            Its name.

        Returns
        -------
        bool
            False where it is split from another column.
        """
        return self.fields[field].column in (TEXT, self.text)

    def to_dict(self) -> dict[str, Any]:
        """Give the settings as JSON.

        Returns
        -------
        dict
            For `from_dict`.
        """
        return {**self._asdict(), "fields": [[name, field.to_dict()] for name, field in self.fields.items()]}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Settings:
        """Take settings from JSON.

        Parameters
        ----------
        row : dict
            As `to_dict` gives it.

        Returns
        -------
        Settings
            The same.
        """
        fields = {str(name): Field(**facts) for name, facts in row["fields"]}
        k1, b, delta = (float(row[name]) for name in ("k1", "b", "delta"))
        return cls(fields, str(row["variant"]), k1, b, delta, str(row["text"]))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The documents of an index at one moment.

    Parameters
    ----------
    settings : Settings
        How they are searched.
    segments : tuple of Segment
        Their documents, numbers rising over all segments.
    alive : tuple of (ndarray of bool or None)
        For each segment the documents that are not deleted; ``None`` where none is.
    next_doc : int
        Number of the next document.
    """

    settings: Settings
    segments: tuple[Segment, ...]
    alive: tuple[Mask | None, ...]
    next_doc: int

    @cached_property
    def sizes(self) -> list[int]:
        """Live documents of each segment."""
        pairs = zip(self.segments, self.alive, strict=True)
        return [segment.n_docs if mask is None else int(np.count_nonzero(mask)) for segment, mask in pairs]

    @property
    def n_docs(self) -> int:
        """Live documents."""
        return sum(self.sizes)

    @cached_property
    def scorer(self) -> Scorer:
        """What finds and scores documents."""
        pairs = zip(self.segments, self.alive, strict=True)
        views = [SegmentView(segment.numbers, segment.fields, mask) for segment, mask in pairs]
        settings = self.settings
        return Scorer(views, list(settings.fields), settings.variant, settings.k1, settings.b, settings.delta)

    def terms(self, field: str) -> list[LiveTerms]:
        """Give the terms of a field.

        Parameters
        ----------
        field : str
            Its name.

        Returns
        -------
        list of LiveTerms
            One for each segment.
        """
        pairs = zip(self.segments, self.alive, strict=True)
        return [LiveTerms(segment.fields[field], mask) for segment, mask in pairs]

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types of the metadata."""
        return pa.unify_schemas([pa.schema([]), *(segment.table.schema for segment in self.segments)])

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.array([segment.numbers[0] for segment in self.segments], np.int64)

    def facts(self) -> dict[str, Any]:
        """Say what there is.

        Returns
        -------
        dict
            Documents, segments, fields, formula and columns, ready for JSON.
        """
        settings = self.settings
        return {
            "n_docs": self.n_docs,
            "n_deleted": sum(segment.n_docs for segment in self.segments) - self.n_docs,
            "n_segments": len(self.segments),
            "fields": {name: field.params["name"] for name, field in settings.fields.items()},
            "bm25": {"variant": settings.variant, "k1": settings.k1, "b": settings.b},
            "columns": {field.name: str(field.type) for field in self.schema},
        }

    def locate(self, doc: int) -> tuple[Segment, int]:
        """Find where a document is.

        Parameters
        ----------
        doc : int
            Its number.

        Returns
        -------
        segment : Segment
            That holds it.
        local : int
            Its place there.
        """
        segment = self.segments[int(np.searchsorted(self._starts, doc, side="right")) - 1]
        return segment, int(np.searchsorted(segment.numbers, doc))

    def find(self, ids: pa.LargeStringArray) -> NDArray[np.int64]:
        """Find live documents by the user's ids.

        Parameters
        ----------
        ids : pa.LargeStringArray, length n
            What to look for.

        Returns
        -------
        ndarray of int64, shape (n,)
            Their numbers; -1 where no live document is called so.
        """
        found = np.full(len(ids), -1, np.int64)
        for segment, mask in zip(self.segments, self.alive, strict=True):
            locals_ = segment.ids.find(ids)
            here = locals_ >= 0
            if mask is not None:
                here[here] = mask[locals_[here]]
            found[here] = segment.numbers[locals_[here]]
        return found

    def without(self, docs: NDArray[np.int64]) -> Snapshot:
        """Delete documents.

        Parameters
        ----------
        docs : ndarray of int64
            Numbers of live documents, in any order.

        Returns
        -------
        Snapshot
            A new one; segments without live documents are gone.
        """
        docs = np.sort(docs)
        alive: list[Mask | None] = []
        for segment, mask in zip(self.segments, self.alive, strict=True):
            low, high = np.searchsorted(docs, (segment.numbers[0], segment.numbers[-1] + 1))
            if low < high:
                mask = np.ones(segment.n_docs, bool) if mask is None else mask.copy()
                mask[np.searchsorted(segment.numbers, docs[low:high])] = False
            alive.append(mask)
        return self._with(self.segments, alive)

    def appended(self, segment: Segment) -> Snapshot:
        """Add a segment at the end.

        Parameters
        ----------
        segment : Segment
            With numbers from `next_doc` on; may be empty.

        Returns
        -------
        Snapshot
            A new one.
        """
        if not segment.n_docs:
            return self
        next_doc = int(segment.numbers[-1]) + 1
        return Snapshot(self.settings, (*self.segments, segment), (*self.alive, None), next_doc)

    def merged(self, old: Sequence[Segment], keep: Sequence[Mask | None], new: Segment) -> Snapshot | None:
        """Put a merged segment in the place of those that it was made of.

        Parameters
        ----------
        old : sequence of Segment
            The neighbours that were merged.
        keep : sequence of (ndarray of bool or None)
            Which of their documents were alive when the merge began.
        new : Segment
            What came of it.

        Returns
        -------
        Snapshot or None
            A new one, in which documents that were deleted meanwhile stay deleted; ``None`` where one of the old
            segments is not there any more.
        """
        place = next((i for i, segment in enumerate(self.segments) if segment is old[0]), None)
        if place is None or [id(s) for s in self.segments[place : place + len(old)]] != [id(s) for s in old]:
            return None
        now = [
            np.ones(segment.n_docs, bool) if mask is None else mask
            for segment, mask in zip(old, self.alive[place : place + len(old)], strict=True)
        ]
        kept = [mask if then is None else mask[then] for mask, then in zip(now, keep, strict=True)]
        alive = np.concatenate(kept)
        after = place + len(old)
        segments = (*self.segments[:place], new, *self.segments[after:])
        return self._with(segments, (*self.alive[:place], None if alive.all() else alive, *self.alive[after:]))

    def _with(self, segments: Sequence[Segment], alive: Sequence[Mask | None]) -> Snapshot:
        pairs = [
            (s, mask) for s, mask in zip(segments, alive, strict=True) if s.n_docs and (mask is None or mask.any())
        ]
        return Snapshot(self.settings, tuple(s for s, _ in pairs), tuple(mask for _, mask in pairs), self.next_doc)
