"""Field indexes of successive segments -> one, without the documents that are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.search.inversion import Inverted
from malgil.search.pairs import Pairs, posting_type, smallest_unsigned
from malgil.tokenizers.forms import big_endian, pack_strings, spell_out
from malgil.tokenizers.runs import Run, empty_run, merge

if TYPE_CHECKING:
    from malgil.search.field_index import FieldIndex

_TERMS_AT_ONCE = 1 << 16
_TF_BITS = 32  # a length and a number of occurrences, in one number

Mask = NDArray[np.bool_]
T = TypeVar("T")


class _Kept(NamedTuple):
    """What stays of one part: documents and occurrences of its terms, codes in use, new numbers of its documents."""

    df: NDArray[np.int64]
    counts: NDArray[np.int64]
    is_used: Mask
    new_docs: NDArray[np.int64]


def join(
    parts: Sequence[FieldIndex], keep: Sequence[Mask | None], n_jobs: int | None = None
) -> tuple[pa.LargeStringArray, Inverted]:
    """Lay indexes end to end.

    Parameters
    ----------
    parts : sequence of FieldIndex
        In the order of their documents.
    keep : sequence of (ndarray of bool or None)
        For each part the documents that stay; ``None`` where all do.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    terms : pa.LargeStringArray
        Those that a document still has, sorted.
    inverted : Inverted
        As if the documents had been indexed together.
    """
    kept, n_docs = [], 0
    for part, mask in zip(parts, keep, strict=True):
        kept.append(_keep(part, mask, n_docs, n_jobs))
        n_docs += part.n_docs if mask is None else int(np.count_nonzero(mask))
    run, places = _merge_all([_run(part, what) for part, what in zip(parts, kept, strict=True)])
    is_there = run.df > 0
    terms = spell_out(*run[:3], np.flatnonzero(is_there), n_jobs)
    indptr, position_indptr = _borders(run.df[is_there]), _borders(run.counts[is_there])
    pairs, codes = _join_pairs(parts, kept)
    lengths = [part.dl if mask is None else part.dl[mask] for part, mask in zip(parts, keep, strict=True)]
    dl = np.concatenate([*lengths, np.zeros(0, np.uint8)])
    longest = int(dl.max(initial=0))
    postings = np.empty(int(indptr[-1]), posting_type(n_docs, len(pairs.tf)))
    positions = np.empty(int(position_indptr[-1]), smallest_unsigned(longest - 1))
    following = np.stack([_borders(run.df)[:-1], _borders(run.counts)[:-1]])
    for part, what, place, code in zip(parts, kept, places, codes, strict=True):
        _move(part, what.new_docs, (code, pairs.bits), following[:, place], (postings, positions), n_jobs)
        following[0, place] += what.df
        following[1, place] += what.counts
    return terms, Inverted(indptr, postings, position_indptr, positions, dl.astype(smallest_unsigned(longest)), pairs)


def _keep(part: FieldIndex, mask: Mask | None, first_doc: int, n_jobs: int | None) -> _Kept:
    if mask is None:
        new_docs = np.arange(first_doc, first_doc + part.n_docs)
        return _Kept(
            np.diff(part.inverted.indptr),
            np.diff(part.inverted.position_indptr),
            np.ones(len(part.pairs.tf), bool),
            new_docs,
        )
    new_docs = np.where(mask, np.cumsum(mask) - 1 + first_doc, -1)
    df, counts = np.empty(part.n_terms, np.int64), np.empty(part.n_terms, np.int64)

    is_used = np.zeros(len(part.pairs.tf), bool)

    def count(low: int, high: int) -> Mask:
        from malgil.search._invert_kernels import count_kept

        own = np.zeros(len(part.pairs.tf), bool)
        lists, tf, bits = part.inverted.indptr[low : high + 1], part.pairs.tf, part.pairs.bits
        count_kept(lists, part.inverted.postings, bits, tf, new_docs, df[low:high], counts[low:high], own)
        return own

    for own in _over_terms(count, part.n_terms, n_jobs):
        is_used |= own
    return _Kept(df, counts, is_used, new_docs)


def _over_terms(work: Callable[[int, int], T], n_terms: int, n_jobs: int | None) -> Iterator[T]:
    lows = range(0, n_terms, _TERMS_AT_ONCE)
    return map_blocks(lambda low: work(low, min(low + _TERMS_AT_ONCE, n_terms)), lows, n_jobs)


def _run(part: FieldIndex, kept: _Kept) -> Run:
    words, places, lengths = pack_strings(part.terms)
    return Run(big_endian(words), places[:-1], lengths, kept.counts, kept.df)


def _merge_all(runs: list[Run]) -> tuple[Run, list[NDArray[np.int32]]]:
    """Merge runs by halves, and say where each term of each run went."""
    if len(runs) < 2:
        return (runs[0] if runs else empty_run()), [np.arange(len(run), dtype=np.int32) for run in runs]
    middle = len(runs) // 2
    (one, maps), (other, other_maps) = _merge_all(runs[:middle]), _merge_all(runs[middle:])
    whole, to, other_to = merge(one, other)
    return whole, [to[places] for places in maps] + [other_to[places] for places in other_maps]


def _borders(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])


def _join_pairs(parts: Sequence[FieldIndex], kept: Sequence[_Kept]) -> tuple[Pairs, list[NDArray[np.int64]]]:
    """All pairs in use, and for each part the new number of each of its pairs."""
    keys = [part.pairs.dl.astype(np.int64) << _TF_BITS | part.pairs.tf for part in parts]
    used = [key[what.is_used] for key, what in zip(keys, kept, strict=True)]
    whole = np.unique(np.concatenate([*used, np.zeros(0, np.int64)]))
    pairs = Pairs((whole & ((1 << _TF_BITS) - 1)).astype(np.int32), (whole >> _TF_BITS).astype(np.int32))
    return pairs, [np.searchsorted(whole, key) for key in keys]


def _move(
    part: FieldIndex,
    new_docs: NDArray[np.int64],
    codes: tuple[NDArray[np.int64], int],
    starts: NDArray[np.int64],
    out: tuple[NDArray[np.unsignedinteger], NDArray[np.unsignedinteger]],
    n_jobs: int | None,
) -> None:
    """Copy the postings of one part to where each term's next ones go."""

    def move(low: int, high: int) -> None:
        from malgil.search._invert_kernels import move_postings

        move_postings(
            part.inverted.indptr[low : high + 1],
            part.inverted.postings,
            part.pairs.bits,
            part.inverted.position_indptr[low : high + 1],
            part.inverted.positions,
            part.pairs.tf,
            new_docs,
            *codes,
            np.ascontiguousarray(starts[:, low:high]),
            *out,
        )

    for _ in _over_terms(move, part.n_terms, n_jobs):
        pass
