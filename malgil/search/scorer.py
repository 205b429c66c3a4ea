"""Scores and ranks the documents of all segments, as if they were one index built from the live documents."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index as as_integer
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.params import choose
from malgil.search.batch import Batch, View, answer_batch, batch_of_tokens, batch_of_words
from malgil.search.bm25 import BM25, check_parameters
from malgil.search.clause import Clause
from malgil.search.explaining import explain_document
from malgil.search.field_index import FieldIndex
from malgil.search.layout import lay_out
from malgil.search.matching import WordDocs, match
from malgil.search.query_words import QueryWord, query_words
from malgil.search.ranking import best
from malgil.search.statistics import FieldStatistics, Formula
from malgil.tokens import Tokens

Mask = NDArray[np.bool_]


class SegmentView(NamedTuple):
    """A segment as it is at one moment.

    Parameters
    ----------
    numbers : ndarray of int64, shape (n_docs,)
        Permanent numbers of its documents, rising.
    fields : dict of str to FieldIndex
        Its fields, all of ``n_docs`` documents.
    alive : ndarray of bool, shape (n_docs,), or None
        Documents that are not deleted; ``None`` where none is.
    """

    numbers: NDArray[np.int64]
    fields: dict[str, FieldIndex]
    alive: Mask | None


class Scorer:
    """A snapshot of all segments, to be searched.

    Parameters
    ----------
    segments : sequence of SegmentView
        In any number and order; no document is in two.
    fields : sequence of str
        The fields that can be searched.
    variant : str
        The formula, a key of `malgil.search.bm25.BM25`.
    k1 : float
        Saturation of repeated occurrences, >= 0.
    b : float
        Share of the length normalisation, in [0, 1].
    delta : float
        Lower bound of an occurrence in BM25L and BM25+, >= 0.

    Raises
    ------
    ParameterError
        If the variant is not known or a parameter out of range.
    """

    def __init__(
        self,
        segments: Sequence[SegmentView],
        fields: Sequence[str],
        variant: str = "lucene",
        k1: float = 1.5,
        b: float = 0.75,
        delta: float = 0.5,
    ) -> None:
        check_parameters(k1, b, delta)
        self.segments = list(segments)
        self.formula = Formula(choose(BM25, "variant", variant), k1, b, delta)
        self._views: dict[tuple[int, tuple[str, ...]], View] = {}
        alive = [segment.alive for segment in self.segments]
        self.fields = {
            name: FieldStatistics([segment.fields[name] for segment in self.segments], alive, self.formula)
            for name in fields
        }

    def df(self, field: str, term: str) -> int:
        """Count the live documents that hold a term.

        Parameters
        ----------
        field : str
            Name of the field.
        term : str
            Compared as it is.

        Returns
        -------
        int
            How many, in all segments together.

        Raises
        ------
        ParameterError
            If there is no such field.
        """
        return choose(self.fields, "field", field).df(term)

    def search(
        self, clauses: Sequence[Clause], k: int = 10, allowed: Sequence[Mask] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Find the live documents that answer a query best.

        Parameters
        ----------
        clauses : sequence of Clause
            Terms of fields; weights of one term of one field add up, their order does not matter.
        k : int
            How many documents at most, >= 1; may exceed the corpus.
        allowed : sequence of ndarray of bool, optional
            For each segment the documents that may be found, such as those that a filter lets through; they change no
            score.

        Returns
        -------
        docs : ndarray of int64, shape (n,)
            Permanent numbers of documents that hold a term at least, by falling score, equal scores by rising number.
        scores : ndarray of float64, shape (n,)
            Their scores, >= 0. The same bits whatever `k` is and however the documents lie in segments.

        Raises
        ------
        ParameterError
            If `k` is below 1, a weight is not above 0, or there is no such field.
        """
        k, words = _check_k(k), query_words(clauses, self.fields)
        found = [(np.zeros(0, np.int64), np.zeros(0))]
        for number, segment in enumerate(self.segments):
            masks = [
                mask for mask in (segment.alive, allowed[number] if allowed is not None else None) if mask is not None
            ]
            docs, scores = match([self._word_docs(number, word, masks) for word in words], k)
            found.append((segment.numbers[docs], scores))
        return best(np.concatenate([docs for docs, _ in found]), np.concatenate([scores for _, scores in found]), k)

    def search_batch(
        self, queries: Sequence[Sequence[Clause]], k: int = 10, n_jobs: int | None = 1
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Answer many queries.

        Parameters
        ----------
        queries : sequence of sequences of Clause, length n
            As for `search`.
        k : int
            How many documents a query, >= 1.
        n_jobs : int, optional
            Threads, all cores by ``None``; never changes the result.

        Returns
        -------
        docs : ndarray of int64, shape (n, k)
            Permanent numbers as `search` gives them, then -1.
        scores : ndarray of float32, shape (n, k)
            Their scores, rounded; 0 where there is no document.

        Raises
        ------
        ParameterError
            As from `search`.
        """
        k = _check_k(k)
        if self.formula.variant.is_cosine:
            return self._one_by_one(queries, k, n_jobs)
        words = [query_words(query, self.fields) for query in queries]
        batch = batch_of_words(words, list(self.fields), len(self.segments))
        return self._answer(batch, tuple(self.fields), k, n_jobs)

    def search_tokens(
        self, field: str, queries: Tokens, k: int = 10, n_jobs: int | None = 1
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Answer many plain queries of one field.

        Parameters
        ----------
        field : str
            Name of the field.
        queries : Tokens, n documents
            The words of each query; a word twice counts twice.
        k : int
            How many documents a query, >= 1.
        n_jobs : int, optional
            Threads, all cores by ``None``; never changes the result.

        Returns
        -------
        docs : ndarray of int64, shape (n, k)
            As from `search_batch`.
        scores : ndarray of float32, shape (n, k)
            As from `search_batch`.

        Raises
        ------
        ParameterError
            If `k` is below 1 or there is no such field.
        """
        k, statistics = _check_k(k), choose(self.fields, "field", field)
        if self.formula.variant.is_cosine:
            return self._one_by_one(
                [[Clause(field, word) for word in query] for query in queries.to_lists()], k, n_jobs
            )
        return self._answer(batch_of_tokens(queries, statistics), (field,), k, n_jobs)

    def explain(self, doc: int, clauses: Sequence[Clause]) -> Explanation:
        """Open the score of a document.

        Parameters
        ----------
        doc : int
            Permanent number of a live document.
        clauses : sequence of Clause
            The query, as for `search`.

        Returns
        -------
        Explanation
            A sum over the words: the very numbers that `search` added, in the same order.

        Raises
        ------
        ParameterError
            If there is no such document or field.
        """
        for number, segment in enumerate(self.segments):
            place = int(np.searchsorted(segment.numbers, doc))
            is_here = place < len(segment.numbers) and int(segment.numbers[place]) == doc
            if is_here and (segment.alive is None or segment.alive[place]):
                return explain_document(self.fields, self.formula, clauses, (number, place))
        raise ParameterError("search.no_such_live_doc", doc=doc)

    def _answer(
        self, batch: Batch, names: tuple[str, ...], k: int, n_jobs: int | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        return answer_batch(batch, [self._view(number, names) for number in range(len(self.segments))], k, n_jobs)

    def _one_by_one(
        self, queries: Sequence[Sequence[Clause]], k: int, n_jobs: int | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Answer many queries as `search` does: lengths of vectors do not go by the codes that the kernels skip by."""
        docs, scores = np.full((len(queries), k), -1, np.int64), np.zeros((len(queries), k), np.float32)
        found = map_blocks(lambda query: self.search(query, k), queries, n_jobs)
        for number, (own, its) in enumerate(found):
            docs[number, : len(own)], scores[number, : len(own)] = own, its
        return docs, scores

    def _view(self, number: int, names: tuple[str, ...]) -> View:
        """Lay some fields of a segment out for the kernels, once."""
        key = (number, names)
        if key not in self._views:
            numbers, _, alive = self.segments[number]
            fields = [self.fields[name] for name in names]
            parts = [field.parts[number] for field in fields]
            layout = lay_out(parts)
            tables = [field.tables(number, cap) for field, cap in zip(fields, layout.caps, strict=True)]
            numbers = numbers if alive is None else np.where(alive, numbers, -1)
            self._views[key] = View(layout, parts, np.concatenate(tables, axis=1), numbers, alive is not None)
        return self._views[key]

    def _word_docs(self, segment: int, word: QueryWord, masks: list[Mask]) -> WordDocs:
        statistics = self.fields[word.field]
        part, term = statistics.parts[segment], word.term_ids[segment]
        if term < 0:
            return WordDocs(np.zeros(0, np.int32), np.zeros(0), word.absent)
        docs, codes = part.docs(term), part.codes(term)
        for mask in masks:
            docs, codes = docs[mask[docs]], codes[mask[docs]]
        values = word.weight * statistics.impacts[segment][codes]
        if self.formula.variant.is_cosine:
            values /= statistics.norms[segment][docs]
        return WordDocs(docs, values, word.absent)


def _check_k(k: int) -> int:
    try:
        number = as_integer(k)
    except TypeError:
        number = 0
    if number < 1:
        raise ParameterError("search.bad_k", value=k)
    return number
