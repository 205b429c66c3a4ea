"""Many queries at once: plain ones of an index of one field go to the kernels as tokens, others are read one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from malgil.search.evaluation import Evaluator
from malgil.strings import string_array
from malgil.tokens import Tokens

_SIGN = re.compile(r"""["“”„＂「」『』+＋\-－:：\\]""")  # whatever the query language may see something in

Answers = tuple[NDArray[np.int64], NDArray[np.float32]]


def search_batch(
    evaluator: Evaluator, queries: Sequence[str], k: int, ways: Sequence[str], n_jobs: int | None
) -> Answers:
    """Answer many queries.

    Parameters
    ----------
    evaluator : Evaluator
        Reads them.
    queries : sequence of str, length n
        In the query language.
    k : int
        How many documents a query, >= 1.
    ways : sequence of str
        How a word that no document has is looked for otherwise.
    n_jobs : int, optional
        Threads, all cores by ``None``.

    Returns
    -------
    docs : ndarray of int64, shape (n, k)
        What `Scorer.search` finds for each, then -1.
    scores : ndarray of float32, shape (n, k)
        Their scores, rounded; 0 where there is no document.
    """
    queries = list(queries)
    if (field := evaluator.plain_field) is None:
        return _one_by_one(evaluator, queries, k, ways, n_jobs)
    tokens = _tokenise(evaluator, field, queries)
    docs, scores = evaluator.scorer.search_tokens(field, tokens, k, n_jobs)
    others = _to_be_read(evaluator, field, queries, tokens, ways)
    if len(others):
        read = _one_by_one(evaluator, [queries[number] for number in others.tolist()], k, ways, n_jobs)
        docs[others], scores[others] = read
    return docs, scores


def _tokenise(evaluator: Evaluator, field: str, queries: Sequence[str]) -> Tokens:
    from malgil.clean import Cleaner

    texts = string_array([query if isinstance(query, str) else "" for query in queries])
    return evaluator.tokenizer(field).tokenize_block(Cleaner(["nfc"]).clean_block(texts).texts)


def _to_be_read(
    evaluator: Evaluator, field: str, queries: Sequence[str], tokens: Tokens, ways: Sequence[str]
) -> NDArray[np.int64]:
    """Find queries that may hold a sign of the query language, or a word to be looked for in other ways."""
    is_other = np.array([not isinstance(query, str) or _SIGN.search(query) is not None for query in queries], bool)
    if ways and tokens.n_tokens:
        is_unknown = evaluator.df_of(field, tokens.forms) == 0
        number = np.repeat(np.arange(len(queries)), np.diff(tokens.indptr))
        is_other[number[is_unknown[tokens.ids]]] = True
    return np.flatnonzero(is_other)


def _one_by_one(
    evaluator: Evaluator, queries: Sequence[str], k: int, ways: Sequence[str], n_jobs: int | None
) -> Answers:
    scorer = evaluator.scorer
    plans = [evaluator.plan(query, ways) for query in queries]
    docs, scores = scorer.search_batch([() if plan.wishes else plan.clauses for plan in plans], k, n_jobs)
    for number, plan in enumerate(plans):
        if plan.wishes:
            found, values = scorer.search(plan.clauses, k, evaluator.allowed(plan))
            docs[number, : len(found)], scores[number, : len(found)] = found, values
    return docs, scores
