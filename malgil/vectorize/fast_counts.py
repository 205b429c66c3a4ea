"""Counting texts the fast way: kernels on Arrow strings, blocks on threads, the same result for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import BLANK
from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.strings import string_buffers
from malgil.tokenizers.by_characters import CharacterTokenizer
from malgil.tokenizers.encoding import Forms, sorted_forms
from malgil.tokenizers.forms import spell_out
from malgil.tokenizers.letters import Texts
from malgil.tokenizers.words import Words, sorted_words
from malgil.vectorize.grams import (
    Grams,
    Layout,
    Range,
    Rows,
    Space,
    count_grams,
    merge_all,
    renumber,
    stack,
    stack_renumbered,
    tallies,
)
from malgil.vectorize.layouts import character_layouts, cut, pieces, text_preparer, word_layout
from malgil.vectorize.leaving_out import is_left_out, without_dead_ends
from malgil.vectorize.lexicon import Lexicon
from malgil.vectorize.plan import Plan
from malgil.vectorize.slow_counts import Sparse
from malgil.vectorize.text_source import NotTexts
from malgil.vectorize.union import Packing, unite

Blocks = Iterable[Texts]
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


def learn(plan: Plan, blocks: Blocks, keep: Keep | None, dtype: Any, n_jobs: int | None) -> Learnt:
    """Learn the features of a corpus and count them.

    Parameters
    ----------
    plan : Plan
        What is asked for.
    blocks : iterable of pa.LargeStringArray, of CodeUnits or of callables
        The corpus.
    keep : callable, optional
        Occurrences and document frequencies of the features in order, number of documents -> which features stay; all
        by default.
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
        wanted, space = Range(plan.low, plan.high, plan.unit == "char_wb"), Space()
        parts = map_blocks(
            lambda block: [_counted(part, wanted, space) for part in character_layouts(block, plan)], blocks, n_jobs
        )
        no_forms = pa.array([], pa.large_string())
        return _finish(plan, [part for group in parts for part in group], no_forms, keep, dtype, n_jobs)
    forms, ids, columns, borders = _numbered_words(plan, blocks, n_jobs)
    if plan.high == 1:
        work = ((ids.pop(0), borders.pop(0), columns.pop(0)) for _ in range(len(ids)))
        space = Space()
        rows = list(map_blocks(lambda block: _count_words(*block, space), work, n_jobs))
        forms, rows = _pruned(forms, rows, keep, n_jobs)
        return Learnt(Lexicon("word", forms), Sparse(*stack(rows, dtype, n_jobs)))
    if _sorts_otherwise(forms):
        raise NotTexts
    wanted, space = Range(plan.low, plan.high, False), Space()

    def count(block: tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]) -> list[_Counted]:
        layout = word_layout(block[2][block[0]], block[1])
        return [_counted(piece, wanted, space) for piece in pieces(layout)]

    work = ((ids.pop(0), borders.pop(0), columns.pop(0)) for _ in range(len(ids)))
    counted = [part for group in map_blocks(count, work, n_jobs) for part in group]
    return _finish(plan, counted, forms, keep, dtype, n_jobs)


def _numbered_words(plan: Plan, blocks: Blocks, n_jobs: int | None) -> Words:
    """Find the words that count, and for each block the words of its documents and the place of each of its numbers."""
    tokenizer: Any = plan.tokenizer
    if isinstance(tokenizer, CharacterTokenizer) and plan.accents is None:
        words = sorted_words(tokenizer, blocks, n_jobs, plan.shortest)
        plan = plan._replace(shortest=1)
    else:
        found = sorted_forms(tokenizer, map_blocks(text_preparer(plan), blocks, n_jobs), n_jobs)
        forms = spell_out(*found.run[:3], np.arange(len(found.run)), n_jobs)
        words = Words(forms, found.ids, found.places, list(_documents(found)))
    stays = ~is_left_out(words.forms, plan)
    if not stays.any():
        raise DataError("vectorize.empty_vocabulary")
    if stays.all():
        return words
    columns = np.append(np.where(stays, np.cumsum(stays) - 1, -1), -1).astype(np.int32)  # a place of -1 has no column
    mapped = {id(ranks): columns[ranks] for ranks in words.ranks}  # blocks share them
    forms = words.forms.filter(pa.array(stays))
    return words._replace(forms=forms, ranks=[mapped[id(ranks)] for ranks in words.ranks])


def _pruned(
    forms: pa.LargeStringArray, rows: list[Rows], keep: Keep | None, n_jobs: int | None
) -> tuple[pa.LargeStringArray, list[Rows]]:
    """Leave out the words that do not stay."""
    if keep is None:
        return forms, rows
    same = np.arange(len(forms), dtype=np.int32)
    kept = keep(*tallies(rows, [same] * len(rows), len(forms)), sum(len(part.lengths) for part in rows))
    if kept.all():
        return forms, rows
    columns = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    work = (rows.pop(0) for _ in range(len(rows)))
    return forms.filter(pa.array(kept)), list(map_blocks(lambda part: renumber(part, columns), work, n_jobs))


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

    space = Space()

    def find(counted: tuple[Grams, Rows]) -> Rows:
        return renumber(counted[1], lexicon.find_grams(counted[0].run))

    def count(block: pa.LargeStringArray) -> list[Rows]:
        if plan.tokenizer is None:
            return [find(count_grams(layout, wanted)) for layout in character_layouts(block, plan)]
        tokens = plan.tokenizer.tokenize_block(text_preparer(plan)(block))
        places = lexicon.find_forms(tokens.forms)
        places[places < 0] = _UNKNOWN
        places[is_left_out(tokens.forms, plan)] = _DROPPED
        if plan.high == 1:
            return [_count_words(tokens.ids, tokens.indptr, places, space)]
        ids = places[tokens.ids]
        return [find(count_grams(_broken(ids, tokens.indptr, i, j), wanted)) for i, j in cut(tokens.indptr)]

    if (len(lexicon) and plan.high > 1) or plan.tokenizer is None:
        lexicon.find_grams(np.empty((2, 0), np.int32))  # make the tables before the threads ask for them
    if plan.tokenizer is not None:
        lexicon.find_forms(lexicon.forms.slice(0, 0))
    parts = [rows for group in map_blocks(count, blocks, n_jobs) for rows in group]
    return Sparse(*stack(parts, dtype, n_jobs))


def _count_words(ids: NDArray[np.int32], indptr: NDArray[np.int64], columns: NDArray[np.int32], space: Space) -> Rows:
    """Count single words under the numbers of columns; those below 0 are left out."""
    from malgil.vectorize._counts_kernels import count_mapped, count_rows

    lengths, indices, small = (
        np.empty(len(indptr) - 1, np.int64),
        space.indices.take(len(ids)),
        space.data.take(len(ids)),
    )
    n = count_mapped(ids, indptr, columns, lengths, indices, small)
    if n >= 0:
        return Rows(lengths, indices[:n], small[:n])
    mapped = columns[ids]
    kept, data = mapped >= 0, np.empty(len(ids), np.int32)
    n = count_rows(mapped[kept], np.append(0, np.cumsum(kept))[indptr], lengths, indices, data)
    return Rows(lengths, indices[:n], data[:n])


class _Counted(NamedTuple):
    """The n-grams of some documents, and the documents."""

    run: NDArray[np.int32]
    is_counted: NDArray[np.bool_]
    rows: Rows


def _counted(layout: Layout, wanted: Range, space: Space) -> _Counted:
    (run, tally), rows = count_grams(layout, wanted, space)
    return _Counted(run, tally[0] > 0, rows)


def _finish(
    plan: Plan,
    parts: list[_Counted],
    forms: pa.LargeStringArray,
    keep: Keep | None,
    dtype: Any,
    n_jobs: int | None,
) -> Learnt:
    """Unite what was learnt of all blocks, choose the features, and renumber the rows."""
    flags, rows = [part.is_counted for part in parts], [part.rows for part in parts]
    runs = [part.run for part in parts]
    parts.clear()
    run, places = _united(runs, n_jobs)
    is_feature = np.zeros(run.shape[1], np.bool_)
    for place, is_counted in zip(places, flags, strict=True):
        is_feature[place[is_counted]] = True
    if not is_feature.any():
        raise DataError("vectorize.empty_vocabulary")
    if keep is not None:
        n_docs = sum(len(part.lengths) for part in rows)
        counts, df = tallies(rows, places, run.shape[1])
        is_feature[is_feature] = keep(counts[is_feature], df[is_feature], n_docs)
    columns = np.where(is_feature, np.cumsum(is_feature) - 1, -1).astype(np.int32)
    lexicon = Lexicon(plan.unit, forms, *without_dead_ends(run, columns))
    maps = [columns[place] for place in places]
    if keep is None:
        return Learnt(lexicon, Sparse(*stack_renumbered(rows, maps, dtype, n_jobs)))
    work = ((rows.pop(0), maps.pop(0)) for _ in range(len(rows)))
    return Learnt(lexicon, Sparse(*stack(list(map_blocks(lambda pair: renumber(*pair), work, n_jobs)), dtype, n_jobs)))


def _united(runs: list[NDArray[np.int32]], n_jobs: int | None) -> tuple[NDArray[np.int32], list[NDArray[np.int32]]]:
    packing = Packing.of(runs, n_jobs)
    if packing is not None:
        keys, places = unite(packing.pack_all(runs, n_jobs), n_jobs)
        return packing.unpack(keys), places
    grams = [Grams(run, np.zeros(run.shape, np.int64)) for run in runs]
    runs.clear()
    whole, places = merge_all(grams, n_jobs)
    return whole.run, places


def _sorts_otherwise(forms: pa.LargeStringArray) -> bool:
    """Whether some word has a character up to the blank, so that joined words may sort otherwise than their parts."""
    offsets, data = string_buffers(forms)
    return bool((data <= BLANK).any()) or bool((np.diff(offsets) == 0).any())


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
