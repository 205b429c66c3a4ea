"""Counting texts the fast way: kernels on Arrow strings, blocks on threads, the same result for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.tokenizers.encoding import encode_blocks
from malgil.vectorize.counts import row_blocks
from malgil.vectorize.grams import (
    Grams,
    Layout,
    Range,
    Rows,
    count_grams,
    merge_all,
    renumber,
    stack,
    stack_renumbered,
)
from malgil.vectorize.layouts import character_layouts, cut, text_preparer, word_layout
from malgil.vectorize.lexicon import Lexicon
from malgil.vectorize.plan import Plan
from malgil.vectorize.slow_counts import Sparse

Blocks = Iterable[pa.LargeStringArray]
Keep = Callable[[NDArray[np.int64], NDArray[np.int64], int], NDArray[np.bool_]]

_DROPPED, _UNKNOWN = -1, -2


class Learnt(NamedTuple):
    """A vocabulary and the counts that it was learnt from.

    Parameters
    ----------
    lexicon : Lexicon
        The features that stay.
    counts : Sparse
        Columns of a row rise.
    """

    lexicon: Lexicon
    counts: Sparse


def learn(plan: Plan, blocks: Blocks, keep: Keep, dtype: Any, n_jobs: int | None) -> Learnt:
    """Learn the features of a corpus and count them.

    Parameters
    ----------
    plan : Plan
        What is asked for.
    blocks : iterable of pa.LargeStringArray
        The corpus.
    keep : callable
        Occurrences and document frequencies of the features in order, number of documents -> which features stay.
    dtype : dtype
        Type of the counts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Learnt
        Features and counts.

    Raises
    ------
    DataError
        If there is no feature at all.
    """
    if plan.tokenizer is None:
        parts = map_blocks(lambda block: _count_characters(block, plan), blocks, n_jobs)
        return _finish(
            plan, [part for group in parts for part in group], pa.array([], pa.large_string()), keep, dtype, n_jobs
        )
    prepare = text_preparer(plan)
    prepared = map_blocks(prepare, blocks, n_jobs) if plan.lowercase or plan.accents else blocks
    tokens, vocabulary = encode_blocks(plan.tokenizer, prepared, n_jobs, spans=False)
    in_order = vocabulary.order[~_is_left_out(vocabulary.terms, plan)[vocabulary.order]]
    if not len(in_order):
        raise DataError("vectorize.empty_vocabulary")
    n_docs = len(tokens.indptr) - 1
    if plan.high == 1:
        in_order = in_order[keep(vocabulary.counts[in_order], vocabulary.df[in_order], n_docs)]
    ranks = np.full(len(vocabulary) + 1, _DROPPED, np.int32)
    ranks[in_order] = np.arange(len(in_order), dtype=np.int32)
    forms = vocabulary.terms.take(pa.array(in_order))
    ids, indptr = tokens.ids, tokens.indptr
    if plan.high == 1:
        borders = row_blocks(indptr)
        rows = map_blocks(
            lambda b: _count_words(ranks[ids[indptr[b[0]] : indptr[b[1]]]], _part(indptr, *b)), borders, n_jobs
        )
        return Learnt(Lexicon("word", forms), Sparse(*stack(list(rows), dtype, n_jobs)))
    wanted = Range(plan.low, plan.high, False)

    def count(border: tuple[int, int]) -> tuple[Grams, Rows]:
        i, j = border
        return count_grams(word_layout(ranks[ids[indptr[i] : indptr[j]]], _part(indptr, i, j)), wanted)

    return _finish(plan, list(map_blocks(count, cut(indptr), n_jobs)), forms, keep, dtype, n_jobs)


def count_known(plan: Plan, lexicon: Lexicon, blocks: Blocks, dtype: Any, n_jobs: int | None) -> Sparse:
    """Count features that are known.

    Parameters
    ----------
    plan : Plan
        What is asked for.
    lexicon : Lexicon
        The features.
    blocks : iterable of pa.LargeStringArray
        Any texts.
    dtype : dtype
        Type of the counts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Sparse
        Columns of a row rise where those of the lexicon do.
    """
    wanted = Range(plan.low, plan.high, plan.unit == "char_wb")

    def find(counted: tuple[Grams, Rows]) -> Rows:
        return renumber(counted[1], lexicon.find_grams(counted[0].run))

    def count(block: pa.LargeStringArray) -> list[Rows]:
        if plan.tokenizer is None:
            return [find(count_grams(layout, wanted)) for layout in character_layouts(block, plan)]
        tokens = plan.tokenizer.tokenize_block(text_preparer(plan)(block))
        places = lexicon.find_forms(tokens.forms)
        places[places < 0] = _UNKNOWN
        places[_is_left_out(tokens.forms, plan)] = _DROPPED
        ids = places[tokens.ids]
        if plan.high == 1:
            return [_count_words(ids, tokens.indptr)]
        return [find(count_grams(_broken(ids, tokens.indptr, i, j), wanted)) for i, j in cut(tokens.indptr)]

    if (len(lexicon) and plan.high > 1) or plan.tokenizer is None:
        lexicon.find_grams(np.empty((2, 0), np.int32))  # make the tables before the threads ask for them
    if plan.tokenizer is not None:
        lexicon.find_forms(lexicon.forms.slice(0, 0))
    parts = [rows for group in map_blocks(count, blocks, n_jobs) for rows in group]
    return Sparse(*stack(parts, dtype, n_jobs))


def _count_characters(block: pa.LargeStringArray, plan: Plan) -> list[tuple[Grams, Rows]]:
    wanted = Range(plan.low, plan.high, plan.unit == "char_wb")
    return [count_grams(layout, wanted) for layout in character_layouts(block, plan)]


def _count_words(ids: NDArray[np.int32], indptr: NDArray[np.int64]) -> Rows:
    """Count single words; those below 0 are left out."""
    from malgil.vectorize._counts_kernels import count_rows

    kept = ids >= 0
    if not kept.all():
        ids, indptr = ids[kept], np.append(0, np.cumsum(kept))[indptr]
    lengths = np.empty(len(indptr) - 1, np.int64)
    indices, data = np.empty(len(ids), np.int32), np.empty(len(ids), np.int32)
    n = count_rows(ids, indptr, lengths, indices, data)
    return Rows(lengths, indices[:n], data[:n])


def _finish(
    plan: Plan, parts: list[tuple[Grams, Rows]], forms: pa.LargeStringArray, keep: Keep, dtype: Any, n_jobs: int | None
) -> Learnt:
    """Merge what was learnt of all blocks, choose the features, and renumber the rows."""
    rows = [part for _, part in parts]
    grams, places = merge_all([part for part, _ in parts], n_jobs)
    parts.clear()
    counted = np.flatnonzero(grams.tally[0])
    if not len(counted):
        raise DataError("vectorize.empty_vocabulary")
    n_docs = sum(len(part.lengths) for part in rows)
    kept = counted[keep(grams.tally[0][counted], grams.tally[1][counted], n_docs)]
    columns = np.full(grams.run.shape[1], -1, np.int32)
    columns[kept] = np.arange(len(kept), dtype=np.int32)
    lexicon = Lexicon(plan.unit, forms, *_without_dead_ends(grams.run, columns))
    maps = [columns[place] for place in places]
    if len(kept) == len(counted):
        return Learnt(lexicon, Sparse(*stack_renumbered(rows, maps, dtype, n_jobs)))
    work = zip(rows, maps, strict=True)
    return Learnt(lexicon, Sparse(*stack(list(map_blocks(lambda pair: renumber(*pair), work, n_jobs)), dtype, n_jobs)))


def _without_dead_ends(
    run: NDArray[np.int32], columns: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Leave out n-grams that have no column and begin none that has."""
    if bool((columns >= 0).all()):
        return run, columns
    alive = columns >= 0
    for depth in range(int(run[0].max()) - 1, 0, -1):
        level = np.flatnonzero(run[0] <= depth)  # an n-gram of this depth owns what follows up to the next of these
        owned = np.logical_or.reduceat(alive, level)
        is_here = run[0][level] == depth
        alive[level[is_here]] |= owned[is_here]
    return np.ascontiguousarray(run[:, alive]), columns[alive]


def _is_left_out(forms: pa.LargeStringArray, plan: Plan) -> NDArray[np.bool_]:
    """Whether each word is too short or a stop word."""
    left_out = np.asarray(pc.less(pc.utf8_length(forms), plan.shortest)).astype(bool)
    words = [word for word in plan.stop_words if _is_encodable(word)]
    if words:
        left_out |= np.asarray(pc.is_in(forms, value_set=pa.array(words, pa.large_string()))).astype(bool)
    return left_out


def _is_encodable(word: str) -> bool:
    return not any(0xD800 <= ord(char) < 0xE000 for char in word)


def _part(indptr: NDArray[np.int64], i: int, j: int) -> NDArray[np.int64]:
    part: NDArray[np.int64] = indptr[i : j + 1] - indptr[i]
    return part


def _broken(ids: NDArray[np.int32], indptr: NDArray[np.int64], i: int, j: int) -> Layout:
    """Lay out some documents in which unknown words end every n-gram."""
    part, borders = ids[indptr[i] : indptr[j]], _part(indptr, i, j)
    stays = part != _DROPPED
    part, borders = part[stays], np.append(0, np.cumsum(stays))[borders]
    n = len(part)
    ends = np.repeat(borders[1:], np.diff(borders))
    unknown = np.flatnonzero(part == _UNKNOWN)
    following = np.append(unknown, n)[np.searchsorted(unknown, np.arange(n))]
    left = np.minimum(ends, following) - np.arange(n)
    known = part >= 0
    return Layout(part[known], left[known].astype(np.int32), np.append(0, np.cumsum(known))[borders])
