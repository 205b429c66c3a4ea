"""What stands behind the hits of one search: the snapshot that was searched, and the words that were looked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.search.clause import Clause
from malgil.search.highlighting import highlights
from malgil.search.hit import Hit
from malgil.search.snapshot import Snapshot
from malgil.search.splitting import Splitter

WORD = "word"


class Answer:
    """The `Source` of the hits of a search.

    Parameters
    ----------
    snapshot : Snapshot
        What was searched; documents that are deleted later can still be read.
    clauses : tuple of Clause
        What was looked for.
    splitters : mapping
        Name of a field -> its `Splitter`.
    """

    def __init__(self, snapshot: Snapshot, clauses: tuple[Clause, ...], splitters: Mapping[str, Splitter]) -> None:
        self._snapshot = snapshot
        self._clauses = clauses
        self._splitters = splitters

    def hits(self, docs: NDArray[np.int64], scores: NDArray[np.float64]) -> list[Hit]:
        """Give documents as hits.

        Parameters
        ----------
        docs : ndarray of int64, shape (n,)
            Their numbers.
        scores : ndarray of float64, shape (n,)
            Their scores.

        Returns
        -------
        list of Hit
            In that order.
        """
        pairs = zip(docs.tolist(), scores.tolist(), strict=True)
        return [Hit(doc, score, self.way(doc), self) for doc, score in pairs]

    def id(self, doc: int) -> str:
        """Give the user's id.

        Parameters
        ----------
        doc : int
            Number of a document.

        Returns
        -------
        str
            The id.
        """
        segment, local = self._snapshot.locate(doc)
        return segment.ids[local]

    def text(self, doc: int) -> str:
        """Give the raw text.

        Parameters
        ----------
        doc : int
            Number of a document.

        Returns
        -------
        str
            The text.
        """
        segment, local = self._snapshot.locate(doc)
        return segment.texts[local]

    def metadata(self, doc: int) -> dict[str, Any]:
        """Give the other columns.

        Parameters
        ----------
        doc : int
            Number of a document.

        Returns
        -------
        dict
            Column -> value; ``None`` where it has none.
        """
        segment, local = self._snapshot.locate(doc)
        return dict.fromkeys(self._snapshot.schema.names) | segment.table.row(local)

    def highlights(self, doc: int, text: str) -> list[tuple[int, int]]:
        """Find the words of the query in a document.

        Parameters
        ----------
        doc : int
            Its number.
        text : str
            Its text.

        Returns
        -------
        list of (int, int)
            Half-open spans in code points.
        """
        return highlights(text, self._terms, self._splitters)

    @cached_property
    def _terms(self) -> dict[str, set[str]]:
        """Terms of the fields that are split from the texts."""
        terms: dict[str, set[str]] = defaultdict(set)
        settings = self._snapshot.settings
        for clause in self._clauses:
            if settings.is_of_text(clause.field):
                terms[clause.field].add(clause.term)
        return terms

    def way(self, doc: int) -> str:
        """Tell how a document was found.

        Parameters
        ----------
        doc : int
            Number of a document.

        Returns
        -------
        str
            ``"word"`` where a word of the query is in it as it was typed; else the way of the first that is.
        """
        if all(clause.way == WORD for clause in self._clauses):
            return WORD
        segment, local = self._snapshot.locate(doc)
        ways = []
        for clause in self._clauses:
            field = segment.fields[clause.field]
            term = int(field.ids_of([clause.term])[0])
            docs = field.docs(term) if term >= 0 else np.zeros(0, np.int32)
            place = int(np.searchsorted(docs, local))
            if place < len(docs) and docs[place] == local:
                ways.append(clause.way)
        return WORD if WORD in ways or not ways else ways[0]
