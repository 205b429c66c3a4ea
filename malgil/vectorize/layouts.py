"""Texts as symbols for n-grams: ranks of words, or code points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, decode
from malgil.tokenizers.characters import characters
from malgil.vectorize.accents import strip_accents_ascii, strip_accents_unicode
from malgil.vectorize.grams import Layout
from malgil.vectorize.plan import Plan

# What is counted at a time: small enough for a core's cache, so large that few lists have to be merged.
_SYMBOLS = 1 << 19
_SIGMA = 0x3A3
_ACCENTS = {"ascii": strip_accents_ascii, "unicode": strip_accents_unicode}


def prepare(texts: pa.LargeStringArray, lowercase: bool, accents: str | None) -> pa.LargeStringArray:
    """Bring texts into lower case and take accents off, as Python does it.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Raw texts.
    lowercase : bool
        Whether to use lower case.
    accents : {"ascii", "unicode"}, optional
        How accents go.

    Returns
    -------
    pa.LargeStringArray
        The array itself where there is nothing to do.
    """
    if not lowercase and accents is None:
        return texts
    changed: Iterator[str] = iter(texts.to_pylist())
    if lowercase:
        changed = map(str.lower, changed)
    if accents is not None:
        changed = map(_ACCENTS[accents], changed)
    return pa.array(list(changed), pa.large_string())


def character_layouts(texts: pa.LargeStringArray, plan: Plan) -> list[Layout]:
    """Lay out a block of texts for character n-grams.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Raw texts.
    plan : Plan
        What is asked for.

    Returns
    -------
    list of Layout
        Successive documents.
    """
    from malgil.vectorize._gram_kernels import lay_out

    rows = _code_points(texts, plan)
    is_padded = plan.unit == "char_wb"
    n = (2 if is_padded else 1) * len(rows.points) + rows.n_rows  # words of one character, a blank between them
    symbols, left, starts = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(rows.n_rows + 1, np.int64)
    lay_out(rows.points, rows.indptr, _spaces(), is_padded, symbols, left, starts)
    return pieces(Layout(symbols, left, starts))


def pieces(layout: Layout) -> list[Layout]:
    """Cut a block into blocks of about the same number of symbols.

    Parameters
    ----------
    layout : Layout
        Any number of documents.

    Returns
    -------
    list of Layout
        Successive documents.
    """
    symbols, left, starts = layout
    return [
        Layout(symbols[starts[i] : starts[j]], left[starts[i] : starts[j]], starts[i : j + 1] - starts[i])
        for i, j in cut(starts)
    ]


def word_layout(ids: NDArray[np.int32], indptr: NDArray[np.int64]) -> Layout:
    """Lay out encoded documents for word n-grams.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Ranks of words; -1 for those to be left out, whose neighbours become neighbours.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents, from 0.

    Returns
    -------
    Layout
        Of the words that stay.
    """
    kept = ids >= 0
    if kept.all():
        symbols, starts = ids.copy(), indptr
    else:
        symbols, starts = ids[kept], np.append(0, np.cumsum(kept))[indptr]
    ends = np.repeat(starts[1:], np.diff(starts))
    return Layout(symbols, (ends - np.arange(len(symbols))).astype(np.int32), starts)


def cut(starts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut documents into blocks of about the same number of symbols.

    Parameters
    ----------
    starts : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents.

    Returns
    -------
    list of (int, int)
        Half-open ranges of documents.
    """
    n_docs = len(starts) - 1
    wanted = np.arange(_SYMBOLS, int(starts[-1]) + _SYMBOLS, _SYMBOLS)
    borders = np.unique(np.minimum(np.concatenate(([0], np.searchsorted(starts, wanted), [n_docs])), n_docs)).tolist()
    return list(pairwise(borders))


def _code_points(texts: pa.LargeStringArray, plan: Plan) -> CodePoints:
    if plan.accents is not None or not plan.lowercase:
        return decode(prepare(texts, plan.lowercase, plan.accents))
    rows = decode(texts)
    lower, is_odd = _lower_case()
    if bool(is_odd[np.minimum(rows.points, len(lower) - 1)].any()):
        return decode(prepare(texts, True, None))
    return CodePoints(_lowered(rows.points, lower), rows.indptr)


def _lowered(points: NDArray[np.uint32], lower: NDArray[np.uint32]) -> NDArray[np.uint32]:
    small: NDArray[np.uint32] = lower[np.minimum(points, len(lower) - 1)]
    beyond = np.flatnonzero(points >= len(lower) - 1)
    small[beyond] = points[beyond]
    return small


@cache
def _lower_case() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Lower case of each code point, and those whose lower case is longer or depends on what stands around them.

    The last entry of either table stands for all code points beyond.
    """
    table = characters("word", True).lower
    lower = np.arange(len(table) + 1, dtype=np.uint32)
    changes = np.flatnonzero(table > 0)
    lower[changes] = table[changes]
    is_odd = np.append(table < 0, False)
    is_odd[_SIGMA] = True
    return lower, is_odd


@cache
def _spaces() -> NDArray[np.bool_]:
    return np.array([chr(code).isspace() for code in range(0x3001)])


def text_preparer(plan: Plan) -> Any:
    """Make the step before a tokeniser.

    Parameters
    ----------
    plan : Plan
        What is asked for.

    Returns
    -------
    callable
        Block of texts -> block of texts.
    """
    return partial(prepare, lowercase=plan.lowercase, accents=plan.accents)
