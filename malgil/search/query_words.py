"""The different words of a query with their weights in the corpus, in the order in which scores are summed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from malgil.errors import ParameterError
from malgil.params import choose
from malgil.search.clause import Clause
from malgil.search.statistics import FieldStatistics


class QueryWord(NamedTuple):
    """A different word of a query, which at least one live document holds.

    Parameters
    ----------
    df : int
        Live documents that hold it.
    field : str
        Name of the field.
    term : str
        The word.
    term_ids : tuple of int
        Its id in each segment, -1 where the segment does not have it.
    times : float
        Weights of its clauses, summed.
    ways : tuple of str
        How the query came to it, each once.
    idf : float
        Its weight in the corpus.
    weight : float
        What its impact in a document is multiplied with.
    absent : float
        What it counts in a document that lacks it.
    """

    df: int
    field: str
    term: str
    term_ids: tuple[int, ...]
    times: float
    ways: tuple[str, ...]
    idf: float
    weight: float
    absent: float


def query_words(clauses: Sequence[Clause], fields: Mapping[str, FieldStatistics]) -> list[QueryWord]:
    """Weigh the words of a query.

    Parameters
    ----------
    clauses : sequence of Clause
        The query.
    fields : mapping of str to FieldStatistics
        The corpus; the order of the fields is that of the sums.

    Returns
    -------
    list of QueryWord
        Words that a live document holds: by rising document frequency, then field, then bytes of the term.

    Raises
    ------
    ParameterError
        If there is no such field, or a weight is not a number above 0.
    """
    times: dict[tuple[str, str], float] = {}
    ways: dict[tuple[str, str], dict[str, None]] = {}
    for clause in clauses:
        if not (math.isfinite(clause.weight) and clause.weight > 0):
            raise ParameterError("search.bad_weight", term=clause.term, value=clause.weight)
        choose(fields, "field", clause.field)
        key = (clause.field, clause.term)
        times[key] = times.get(key, 0.0) + clause.weight
        ways.setdefault(key, {})[clause.way] = None
    place = {name: number for number, name in enumerate(fields)}
    keys = sorted(
        (df, place[field], term.encode("utf-8", "surrogatepass"), field, term)
        for field, term in times
        if (df := fields[field].df(term))
    )
    words = [_weigh(fields[key[3]], key, times[key[3:]], tuple(ways[key[3:]])) for key in keys]
    return _as_cosine(words) if words and fields[words[0].field].formula.variant.is_cosine else words


def _weigh(
    statistics: FieldStatistics, key: tuple[int, int, bytes, str, str], times: float, ways: tuple[str, ...]
) -> QueryWord:
    df, _, _, field, term = key
    idf = float(statistics.formula.variant.idf(np.array([df]), statistics.n_docs)[0])
    weight = times * idf
    return QueryWord(
        df, field, term, statistics.ids_of(term), times, ways, idf, weight, weight * statistics.formula.absent
    )


def query_norm(words: Sequence[QueryWord]) -> float:
    """Length of the query's vector of ``times x idf``.

    Parameters
    ----------
    words : sequence of QueryWord
        All words.

    Returns
    -------
    float
        1 where it is 0, so that it can be divided by.
    """
    total = 0.0
    for word in words:
        total += (word.times * word.idf) * (word.times * word.idf)
    return math.sqrt(total) if total > 0 else 1.0


def _as_cosine(words: list[QueryWord]) -> list[QueryWord]:
    """Divide the query's vector by its length; the idf of the document's side comes in here as well."""
    norm = query_norm(words)
    return [word._replace(weight=word.times * word.idf / norm * word.idf) for word in words]
