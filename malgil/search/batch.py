"""Many queries at once: their words are looked up and weighed together, then a kernel answers one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.engine import map_blocks, n_workers
from malgil.search.field_index import FieldIndex
from malgil.search.layout import Layout, rows_of
from malgil.search.query_words import QueryWord
from malgil.search.statistics import FieldStatistics
from malgil.tokens import Tokens

_QUERIES_AT_ONCE = 256
_LAST = np.iinfo(np.int64).max

Floats = NDArray[np.float64]


class Batch(NamedTuple):
    """The words of many queries, each query's by rising document frequency.

    Parameters
    ----------
    borders : ndarray of int64, shape (n_queries + 1,)
        Borders of the queries in the words.
    fields : ndarray of int64, shape (n_words,)
        Place of each word's field.
    terms : ndarray of int64, shape (n_segments, n_words)
        Id of each word in each segment, -1 where it does not have it.
    weights : ndarray of float64, shape (n_words, 2)
        What the word's impact is multiplied with, and what it counts where it is absent.
    """

    borders: NDArray[np.int64]
    fields: NDArray[np.int64]
    terms: NDArray[np.int64]
    weights: Floats


def batch_of_words(queries: Iterable[Sequence[QueryWord]], names: Sequence[str], n_segments: int) -> Batch:
    """Lay out queries that were weighed one by one.

    Parameters
    ----------
    queries : iterable of sequences of QueryWord
        From `malgil.search.query_words.query_words`.
    names : sequence of str
        The fields.
    n_segments : int
        Number of segments.

    Returns
    -------
    Batch
        The same queries.
    """
    queries = list(queries)
    words = [word for query in queries for word in query]
    place = {name: number for number, name in enumerate(names)}
    return Batch(
        np.cumsum([0, *map(len, queries)], dtype=np.int64),
        np.array([place[word.field] for word in words], np.int64),
        np.array([word.term_ids for word in words], np.int64).reshape(len(words), n_segments).T.copy(),
        np.array([(word.weight, word.absent) for word in words], float).reshape(-1, 2),
    )


def batch_of_tokens(queries: Tokens, statistics: FieldStatistics) -> Batch:
    """Look up and weigh the words of plain queries of one field.

    Parameters
    ----------
    queries : Tokens
        The words of each query.
    statistics : FieldStatistics
        The field.

    Returns
    -------
    Batch
        Its `fields` are all 0.
    """
    from malgil.search._lookup_kernels import plan_words

    places = [part.term_list.find_all(queries.forms) for part in statistics.parts]
    terms = np.stack(places) if places else np.zeros((0, len(queries.forms)), np.int64)
    df = statistics.df_of(terms)
    ranks = terms[0] if len(terms) == 1 else _ranks(queries.forms)
    borders = np.empty(len(queries.indptr), np.int64)
    words, times = np.empty(len(queries.ids), np.int64), np.empty(len(queries.ids))
    plan_words(queries.ids, queries.indptr, df, ranks, borders, words, times)
    words, times = words[: borders[-1]], times[: borders[-1]]
    idf = statistics.formula.variant.idf(df, statistics.n_docs)[words]
    weights = np.empty((len(words), 2))
    weights[:, 0] = times * idf
    weights[:, 1] = weights[:, 0] * statistics.formula.absent
    return Batch(borders, np.zeros(len(words), np.int64), terms[:, words], weights)


def _ranks(forms: pa.LargeStringArray) -> NDArray[np.int64]:
    order = np.asarray(pc.array_sort_indices(forms)).astype(np.int64)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


class View(NamedTuple):
    """A segment for the kernels.

    Parameters
    ----------
    layout : Layout
        Its postings with bounds.
    parts : sequence of FieldIndex
        Its fields.
    tables : ndarray of float64, shape (5, n_codes)
        Impacts and bounds of the codes, field after field.
    numbers : ndarray of int64, shape (n_docs,)
        Permanent numbers of its documents; -1 for one that is deleted.
    has_gone : bool
        Whether one is.
    """

    layout: Layout
    parts: Sequence[FieldIndex]
    tables: Floats
    numbers: NDArray[np.int64]
    has_gone: bool


def answer_batch(
    batch: Batch, views: Sequence[View], k: int, n_jobs: int | None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Answer many queries.

    Parameters
    ----------
    batch : Batch
        Their words.
    views : sequence of View
        The segments.
    k : int
        How many documents a query.
    n_jobs : int, optional
        Threads, all cores by ``None``.

    Returns
    -------
    docs : ndarray of int64, shape (n_queries, k)
        Then -1.
    scores : ndarray of float32, shape (n_queries, k)
        Then 0.
    """
    from malgil.search._query_kernels import answer

    n = len(batch.borders) - 1
    scores, docs, sizes = np.full((n, k), -np.inf), np.full((n, k), _LAST), np.zeros(n, np.int64)
    rows = [rows_of(view.layout, view.parts, batch.fields, t) for view, t in zip(views, batch.terms, strict=True)]

    def work(low: int) -> None:
        own = slice(low, low + at_once)
        borders = batch.borders[low : low + at_once + 1]
        words = slice(borders[0], borders[-1])
        for (layout, _, tables, numbers, has_gone), lists in zip(views, rows, strict=True):
            answer(
                borders - borders[0],
                lists[words],
                batch.weights[words],
                layout.postings,
                tables,
                layout.blocks,
                layout.highs,
                layout.buckets,
                numbers,
                has_gone,
                scores[own],
                docs[own],
                sizes[own],
            )

    at_once = max(n, 1) if n_workers(n_jobs) == 1 else _QUERIES_AT_ONCE
    for _ in map_blocks(work, range(0, n, at_once), n_jobs):
        pass
    order = np.lexsort((docs, -scores), axis=1)
    docs, scores = np.take_along_axis(docs, order, 1), np.take_along_axis(scores, order, 1)
    is_empty = docs == _LAST
    docs[is_empty], scores[is_empty] = -1, 0.0
    return docs, scores.astype(np.float32)
