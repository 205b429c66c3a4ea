"""From a vectoriser and raw documents to what the fast way takes: a plan, and blocks of texts that are ready for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pyarrow as pa

from malgil.engine import map_blocks
from malgil.vectorize.analysis import Analysis
from malgil.vectorize.documents import each_document
from malgil.vectorize.plan import Plan, plan_of
from malgil.vectorize.replacing import prepare
from malgil.vectorize.text_source import NotTexts, TextSource

R = TypeVar("R")
Prepare = Callable[[pa.LargeStringArray], pa.LargeStringArray]


def fast_plan(vectorizer: Analysis) -> tuple[Plan, Prepare] | None:
    """Look for the fast way.

    Parameters
    ----------
    vectorizer : Analysis
        Its parameters are valid.

    Returns
    -------
    (Plan, callable) or None
        What to do with texts, and what must be done to a block of them first; ``None`` where the slow way is needed.
    """
    plan = plan_of(vectorizer) if vectorizer.input == "content" else None
    if plan is None:
        return None
    if plan.accents is None:
        return plan, _as_it_is
    lowercase, accents = plan.lowercase, plan.accents
    return plan._replace(lowercase=False, accents=None), lambda texts: prepare(texts, lowercase, accents)


def _as_it_is(texts: Any) -> Any:
    return texts


def ready(prepare: Prepare, blocks: Iterable[pa.LargeStringArray], n_jobs: int | None) -> Iterable[pa.LargeStringArray]:
    """Prepare blocks of texts, on threads where there is anything to do.

    Parameters
    ----------
    prepare : callable
        From `fast_plan`.
    blocks : iterable of pa.LargeStringArray
        Raw texts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    iterable of pa.LargeStringArray
        In the same order.
    """
    return blocks if prepare is _as_it_is else map_blocks(prepare, blocks, n_jobs)


def count_fast(
    vectorizer: Analysis,
    raw_documents: Any,
    count: Callable[[Plan, Iterable[pa.LargeStringArray]], R],
    fast: tuple[Plan, Prepare] | None,
    *,
    as_units: bool = False,
) -> tuple[R | None, Iterable[Any]]:
    """Count the fast way where there is one and all documents are texts.

    Parameters
    ----------
    vectorizer : Analysis
        With the parameter `n_jobs`.
    raw_documents : iterable
        What the user gave.
    count : callable
        Plan, blocks of texts -> result.
    fast : (Plan, callable), optional
        From `fast_plan`.
    as_units : bool
        Whether `count` also takes texts as code units.

    Returns
    -------
    result : object or None
        What `count` gave; ``None`` where the slow way is left.
    documents : iterable
        All documents, for the slow way.
    """
    if fast is None:
        return None, each_document(raw_documents)
    vectorizer.build_analyzer()  # warns of stop words that do not fit
    source = TextSource(raw_documents, vectorizer.decode)
    try:
        blocks = source.blocks(as_units=as_units and fast[1] is _as_it_is and fast[0].reads_units)
        return count(fast[0], ready(fast[1], blocks, getattr(vectorizer, "n_jobs", None))), ()
    except NotTexts:
        return None, source.documents()
