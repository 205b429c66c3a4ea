"""What the formulas ask about a corpus: live documents, mean length, document frequencies, over all segments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.search.bm25 import Variant
from malgil.search.field_index import FieldIndex
from malgil.search.pairs import Pairs

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_MOST_KNOWN = 1 << 16


class Formula(NamedTuple):
    """A variant with its parameters.

    Parameters
    ----------
    variant : Variant
        Which.
    k1, b, delta : float
        Its parameters.
    """

    variant: Variant
    k1: float
    b: float
    delta: float

    def impacts(self, pairs: Pairs, avgdl: float) -> Floats:
        """Weigh the occurrences that each code stands for.

        Parameters
        ----------
        pairs : Pairs
            The codes.
        avgdl : float
            Mean tokens of a document.

        Returns
        -------
        ndarray of float64, shape (2 ** pairs.bits,)
            Impact of each code; 0 for numbers that are no code.
        """
        impacts = np.zeros(1 << pairs.bits)
        impacts[: len(pairs.tf)] = self.variant.impact(pairs.tf, pairs.dl, avgdl, self.k1, self.b, self.delta)
        return impacts

    @property
    def absent(self) -> float:
        """Impact of a word that a document lacks."""
        return self.variant.absent(self.k1, self.delta)


class FieldStatistics:
    """One field over all segments; counts live documents only.

    Parameters
    ----------
    parts : sequence of FieldIndex
        The field in each segment.
    alive : sequence of (ndarray of bool or None)
        For each segment the documents that are not deleted; ``None`` where none is.
    formula : Formula
        What is computed from the statistics.
    """

    def __init__(self, parts: Sequence[FieldIndex], alive: Sequence[Mask | None], formula: Formula) -> None:
        self.parts = list(parts)
        self.alive = list(alive)
        self.formula = formula
        self._known: dict[str, tuple[int, tuple[int, ...]]] = {}

    @cached_property
    def n_docs(self) -> int:
        """Live documents, empty ones included."""
        counts = (part.n_docs if mask is None else np.count_nonzero(mask) for part, mask in self._pairs())
        return int(sum(counts))

    @cached_property
    def avgdl(self) -> float:
        """Mean tokens of a live document; 1 where there are none, so that it can be divided by."""
        sums = (int((part.dl if mask is None else part.dl[mask]).sum(dtype=np.int64)) for part, mask in self._pairs())
        total = sum(sums)
        return total / self.n_docs if total else 1.0

    @cached_property
    def impacts(self) -> list[Floats]:
        """For each segment the impact of each code."""
        return [self.formula.impacts(part.pairs, self.avgdl) for part in self.parts]

    def tables(self, segment: int, cap: int) -> Floats:
        """Bounds of impacts for the query kernels.

        Parameters
        ----------
        segment : int
            Place of the segment.
        cap : int
            Occurrences of a word in a document that are not unusual.

        Returns
        -------
        ndarray of float64, shape (6, 2 ** bits)
            As `malgil.search._query_kernels.answer` wants them; not for cosines.
        """
        pairs, impacts = self.parts[segment].pairs, self.impacts[segment]
        tables = np.zeros((6, len(impacts)))
        tables[0] = impacts
        n = len(pairs.tf)
        if not n:
            return tables
        own = impacts[:n]
        avgdl, dl = self.avgdl, pairs.dl
        capped = self.formula.impacts(Pairs(np.minimum(cap, dl).astype(np.int32), dl), avgdl)[:n]
        is_first = np.diff(dl, prepend=-1) > 0
        group = np.cumsum(is_first) - 1
        tables[1, :n] = np.maximum.accumulate(capped[::-1])[::-1]
        tables[2, :n] = np.maximum.reduceat(own, np.flatnonzero(is_first))[group]
        tables[3, :n] = np.maximum.accumulate(own[::-1])[::-1]
        tables[4, :n] = np.minimum.accumulate(np.minimum.reduceat(own, np.flatnonzero(is_first)))[group]
        tables[5, :n] = pairs.tf > cap
        return tables

    @cached_property
    def norms(self) -> list[Floats]:
        r"""For each segment the length of each document's vector of ``tf x idf``; 1 where it is 0.

        Summed in the order of the terms, so that segments change no bit.
        """
        global_df = self._df_of_all()
        return [self._norms(part, df) for part, df in zip(self.parts, global_df, strict=True)]

    def df(self, term: str) -> int:
        """Count the live documents that hold a term.

        Parameters
        ----------
        term : str
            Compared as it is.

        Returns
        -------
        int
            How many, in all segments together.
        """
        return self._look_up(term)[0]

    def df_of(self, term_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the live documents that hold each of many terms.

        Parameters
        ----------
        term_ids : ndarray of int64, shape (n_segments, n_terms)
            Their ids in each segment, -1 where a segment does not have a term.

        Returns
        -------
        ndarray of int64, shape (n_terms,)
            How many, in all segments together.
        """
        df = np.zeros(term_ids.shape[1], np.int64)
        for (part, mask), ids, known in zip(self._pairs(), term_ids, self._known_df, strict=True):
            found = np.flatnonzero(ids >= 0)
            own = ids[found]
            if mask is None:
                df[found] += part.inverted.indptr[own + 1] - part.inverted.indptr[own]
                continue
            for term in own[known[own] < 0].tolist():
                known[term] = part.df(term, mask)
            df[found] += known[own]
        return df

    @cached_property
    def _known_df(self) -> list[NDArray[np.int32]]:
        """For each segment with deletions the live documents of each term; -1 where they were not counted yet."""
        return [np.full(0 if mask is None else part.n_terms, -1, np.int32) for part, mask in self._pairs()]

    def ids_of(self, term: str) -> tuple[int, ...]:
        """Find a term in each segment.

        Parameters
        ----------
        term : str
            Compared as it is.

        Returns
        -------
        tuple of int
            Its id in each segment, -1 where the segment does not have it.
        """
        return self._look_up(term)[1]

    def _look_up(self, term: str) -> tuple[int, tuple[int, ...]]:
        """Document frequency and ids of a term, kept for the next query that has it."""
        if term not in self._known:
            if len(self._known) == _MOST_KNOWN:
                self._known.clear()
            ids = tuple(int(part.ids_of([term])[0]) for part in self.parts)
            found = ((part, mask, place) for (part, mask), place in zip(self._pairs(), ids, strict=True) if place >= 0)
            self._known[term] = sum(part.df(place, mask) for part, mask, place in found), ids
        return self._known[term]

    def live_df(self) -> list[NDArray[np.int64]]:
        """Count the live documents of every term.

        Returns
        -------
        list of ndarray of int64
            For each segment its own documents of each of its terms.
        """
        found = []
        for part, mask in self._pairs():
            if mask is None:
                found.append(np.diff(part.inverted.indptr))
                continue
            part.check()
            is_alive = mask[part.inverted.postings >> part.pairs.bits]
            found.append(np.diff(np.concatenate([[0], np.cumsum(is_alive)])[part.inverted.indptr]))
        return found

    def _df_of_all(self) -> list[NDArray[np.int64]]:
        """For each segment the document frequency of each of its terms in all segments."""
        import pyarrow as pa
        import pyarrow.compute as pc

        own = self.live_df()
        if len(own) < 2:
            return own
        terms = [part.terms for part in self.parts]
        distinct = pc.unique(pa.concat_arrays(terms))
        places = [np.asarray(pc.index_in(part, value_set=distinct)).astype(np.int64) for part in terms]
        whole = np.zeros(len(distinct), np.int64)
        for place, df in zip(places, own, strict=True):
            whole[place] += df
        return [whole[place] for place in places]

    def _norms(self, part: FieldIndex, df: NDArray[np.int64]) -> Floats:
        part.check()
        idf = self.formula.variant.idf(df, self.n_docs)
        bits, postings = part.pairs.bits, part.inverted.postings
        codes = (postings & ((1 << bits) - 1)).astype(np.int64)
        weights = part.pairs.tf[codes] * np.repeat(idf, np.diff(part.inverted.indptr))
        squares = np.bincount((postings >> bits).astype(np.int64), weights * weights, part.n_docs)
        return np.sqrt(np.where(squares > 0, squares, 1.0))

    def _pairs(self) -> zip[tuple[FieldIndex, Mask | None]]:
        return zip(self.parts, self.alive, strict=True)
