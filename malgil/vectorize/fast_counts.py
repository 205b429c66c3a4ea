"""Counting texts the fast way: kernels on Arrow strings, blocks on threads, the same result for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.codepoints import BLANK
from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.tokenizers.encoding import Forms, sorted_forms
from malgil.tokenizers.forms import spell_out
from malgil.tokenizers.runs import Run
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
from malgil.vectorize.layouts import character_layouts, cut, pieces, text_preparer, word_layout
from malgil.vectorize.lexicon import Lexicon
from malgil.vectorize.plan import Plan
from malgil.vectorize.slow_counts import Sparse
from malgil.vectorize.text_source import NotTexts

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
    NotTexts
        If words hold characters that the fast way cannot sort.
    """
    if plan.tokenizer is None:
        parts = map_blocks(lambda block: _count_characters(block, plan), blocks, n_jobs)
        return _finish(
            plan, [part for group in parts for part in group], pa.array([], pa.large_string()), keep, dtype, n_jobs
        )
    prepare = text_preparer(plan)
    prepared = map_blocks(prepare, blocks, n_jobs) if plan.lowercase or plan.accents else blocks
    found = sorted_forms(plan.tokenizer, prepared, n_jobs)
    run, ids = found.run, found.ids
    forms = spell_out(*run[:3], np.arange(len(run)), n_jobs)
    places = np.flatnonzero(~_is_left_out(forms, plan))
    if not len(places):
        raise DataError("vectorize.empty_vocabulary")
    if plan.high == 1:
        places = places[keep(run.counts[places], run.df[places], len(found.indptr) - 1)]
    ranks = np.full(len(run) + 1, -1, np.int32)
    ranks[places] = np.arange(len(places), dtype=np.int32)
    forms = forms if len(places) == len(run) else forms.take(pa.array(places))
    shared = {id(place): place for place in found.places}  # one for each worker's table
    mapped = {key: ranks[place] for key, place in shared.items()}  # a place of -1 is the last, which has no rank
    maps = [mapped[id(place)] for place in found.places]
    borders = list(_documents(found))
    if plan.high == 1:
        rows = list(map_blocks(lambda k: _count_words(ids[k], borders[k], maps[k]), range(len(ids)), n_jobs))
        return Learnt(Lexicon("word", forms), Sparse(*stack(rows, dtype, n_jobs)))
    if _sorts_otherwise(run):
        raise NotTexts
    wanted = Range(plan.low, plan.high, False)

    def count(k: int) -> list[tuple[Grams, Rows]]:
        layout = word_layout(maps[k][ids[k]], borders[k])
        return [count_grams(piece, wanted) for piece in pieces(layout)]

    counted = [part for group in map_blocks(count, range(len(ids)), n_jobs) for part in group]
    return _finish(plan, counted, forms, keep, dtype, n_jobs)


def _documents(found: Forms) -> Iterator[NDArray[np.int64]]:
    """Borders of the documents of each block, from 0."""
    doc = begin = 0
    for ids in found.ids:
        stop = int(np.searchsorted(found.indptr, begin + len(ids), side="right")) - 1
        yield found.indptr[doc : stop + 1] - begin
        doc, begin = stop, begin + len(ids)


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
        if plan.high == 1:
            return [_count_words(tokens.ids, tokens.indptr, places)]
        ids = places[tokens.ids]
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


def _count_words(ids: NDArray[np.int32], indptr: NDArray[np.int64], columns: NDArray[np.int32]) -> Rows:
    """Count single words under the numbers of columns; those below 0 are left out."""
    from malgil.vectorize._counts_kernels import count_mapped, count_rows

    lengths, indices = np.empty(len(indptr) - 1, np.int64), np.empty(len(ids), np.int32)
    small = np.empty(len(ids), np.uint8)
    n = count_mapped(ids, indptr, columns, lengths, indices, small)
    if n >= 0:
        return Rows(lengths, indices[:n], small[:n])
    mapped = columns[ids]
    kept, data = mapped >= 0, np.empty(len(ids), np.int32)
    n = count_rows(mapped[kept], np.append(0, np.cumsum(kept))[indptr], lengths, indices, data)
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


def _sorts_otherwise(run: Run) -> bool:
    """Whether some word has a character up to the blank, so that joined words may sort otherwise than their parts."""
    octets = run.words.view(np.uint8)
    n_low = int(np.count_nonzero(octets <= BLANK)) - int((-run.lengths % 8).sum())  # padding is zero
    return n_low > 0 or int((run.lengths == 0).sum()) > 0


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
