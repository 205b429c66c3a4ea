"""The vocabulary: which terms a corpus has, how often and in how many documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import ArtefactError
from malgil.store import Artefact, Writer, open_artefact
from malgil.strings import find


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Terms by descending count, equal counts by the order of their code points.

    Parameters
    ----------
    terms : pa.LargeStringArray, length n_terms
        The term of each id.
    counts : ndarray of int64, shape (n_terms,)
        Occurrences in the corpus.
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term.
    order : ndarray of int32, shape (n_terms,)
        Ids in the order of the terms' code points: what `id_of` searches, so that no dictionary has to be built.
    n_docs : int
        Documents in the corpus.
    n_tokens : int
        Tokens in the corpus.
    """

    terms: pa.LargeStringArray
    counts: NDArray[np.int64]
    df: NDArray[np.int64]
    order: NDArray[np.int32]
    n_docs: int
    n_tokens: int

    def __len__(self) -> int:
        return len(self.terms)

    def __contains__(self, term: str) -> bool:
        return self.id_of(term) is not None

    def term(self, term_id: int) -> str:
        """Term of an id.

        Parameters
        ----------
        term_id : int
            From 0 to ``len(self) - 1``.

        Returns
        -------
        str
            The term.
        """
        return str(self.terms[int(term_id)].as_py())

    def id_of(self, term: str) -> int | None:
        """Id of a term, by binary search.

        Parameters
        ----------
        term : str
            Compared as it is: neither lower-cased nor normalised.

        Returns
        -------
        int or None
            ``None`` where the corpus does not have the term.
        """
        return find(self.terms, self.order, term)

    def ids_of(self, terms: list[str]) -> list[int | None]:
        """Ids of several terms.

        Parameters
        ----------
        terms : list of str
            Such as the words of a query.

        Returns
        -------
        list of (int or None)
            In the same order.
        """
        return [self.id_of(term) for term in terms]

    def save(self, path: str | Path, meta: dict[str, Any] | None = None) -> None:
        """Write the vocabulary as an artefact.

        Parameters
        ----------
        path : str or Path
            The folder.
        meta : dict, optional
            JSON to keep beside it.
        """
        with Writer(path, "vocabulary") as writer:
            writer.meta = {"n_docs": self.n_docs, "n_tokens": self.n_tokens, **(meta or {})}
            writer.strings("terms", self.terms)
            writer.array("counts", self.counts)
            writer.array("df", self.df)
            writer.array("order", self.order)

    @classmethod
    def open(cls, path: str | Path, *, verify: bool | None = None) -> Vocabulary:
        """Open a saved vocabulary by memory map.

        Parameters
        ----------
        path : str or Path
            The folder.
        verify : bool, optional
            As in `malgil.store.open_artefact`.

        Returns
        -------
        Vocabulary
            Nothing is read yet but what checks need.

        Raises
        ------
        ArtefactError
            If it is missing or damaged.
        """
        artefact = open_artefact(path, "vocabulary", verify=verify)
        return cls._from_artefact(artefact)

    @classmethod
    def _from_artefact(cls, artefact: Artefact) -> Vocabulary:
        terms = artefact.strings("terms")
        counts, df, order = artefact["counts"], artefact["df"], artefact["order"]
        n_terms = len(terms)
        is_sound = all(array.shape == (n_terms,) for array in (counts, df, order))
        if not is_sound or (n_terms and not (order.min() == 0 and order.max() == n_terms - 1)):
            raise ArtefactError("house.term_order", path=artefact.path)
        return cls(terms, counts, df, order, int(artefact.meta["n_docs"]), int(artefact.meta["n_tokens"]))
