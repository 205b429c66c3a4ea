"""What a search gives: documents with their scores, read from the index when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from malgil.search.snippets import Snippet


class Source(Protocol):
    """Where the rest of a hit is read."""

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

    def metadata(self, doc: int) -> dict[str, Any]:
        """Give the other columns.

        Parameters
        ----------
        doc : int
            Number of a document.

        Returns
        -------
        dict
            Column -> value.
        """

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


@dataclass(frozen=True, repr=False)
class Hit:
    """A document that was found.

    Parameters
    ----------
    doc : int
        Its permanent number.
    score : float
        How well it answers.
    way : str
        How it was found: ``"word"``, or ``"initials"``, ``"keyboard"``, ``"typo"`` where no word of the query is in it
        as it was typed.
    source : Source
        Where the rest is read, when it is first asked for.
    """

    doc: int
    score: float
    way: str
    source: Source = field(compare=False)

    @cached_property
    def id(self) -> str:
        """The user's id."""
        return self.source.id(self.doc)

    @cached_property
    def text(self) -> str:
        """The raw text."""
        return self.source.text(self.doc)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """The other columns of the document."""
        return self.source.metadata(self.doc)

    @cached_property
    def highlights(self) -> list[tuple[int, int]]:
        """Where the words of the query stand: half-open spans in code points of the raw text."""
        return self.source.highlights(self.doc, self.text)

    @cached_property
    def snippet(self) -> Snippet:
        """The part of the text that shows why it was found, with what to highlight in it."""
        return self.excerpt()

    def excerpt(self, length: int = 160) -> Snippet:
        """Cut out the part of the text that shows why it was found.

        Parameters
        ----------
        length : int
            Code points at most, >= 1.

        Returns
        -------
        Snippet
            Around the words of the query; the beginning of the text where none is in it.
        """
        from malgil.search.snippets import snippet

        return snippet(self.text, self.highlights, length)

    def to_dict(self) -> dict[str, Any]:
        """Give the hit as JSON.

        Returns
        -------
        dict
            ``doc``, ``id``, ``score``, ``text``, ``way``, and ``highlights`` as pairs of places in the text.
        """
        row = {"doc": self.doc, "id": self.id, "score": self.score, "text": self.text, "way": self.way}
        return {**row, "highlights": [list(span) for span in self.highlights]}

    def __repr__(self) -> str:
        return f"Hit(doc={self.doc}, id={self.id!r}, score={self.score:.4f}, text={self.text!r}, way={self.way!r})"


class Hits(list[Hit]):
    """The best documents, the best first.

    Parameters
    ----------
    hits : iterable of Hit
        The documents.
    nearest : callable
        Finds the nearest spellings of the words that no document has.
    """

    def __init__(self, hits: Iterable[Hit] = (), nearest: Callable[[], dict[str, list[str]]] = dict) -> None:
        super().__init__(hits)
        self._find_nearest = nearest

    @cached_property
    def nearest(self) -> dict[str, list[str]]:
        """Words of the query that no document has, each with the nearest words that some document has."""
        return self._find_nearest()
