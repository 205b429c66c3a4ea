"""Texts as symbols for n-grams: ranks of words, or code points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints
from malgil.tokenizers.characters import characters
from malgil.tokenizers.letters import CodeUnits, Texts, each_units, units_of_strings
from malgil.vectorize.accents import strip_accents_ascii, strip_accents_unicode
from malgil.vectorize.grams import Layout
from malgil.vectorize.plan import Plan

# What is counted at a time: small enough for a core's cache, so large that few lists have to be merged.
_SYMBOLS = 1 << 17
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


def character_layouts(texts: Texts, plan: Plan) -> list[Layout]:
    """Lay out a block of texts for character n-grams.

    Parameters
    ----------
    texts : pa.LargeStringArray, CodeUnits or callable
        Raw texts.
    plan : Plan
        What is asked for.

    Returns
    -------
    list of Layout
        Successive documents.
    """
    return [layout for units in each_units(texts) for layout in _layouts(units, plan)]


def _layouts(texts: CodeUnits, plan: Plan) -> list[Layout]:
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


def _code_points(texts: CodeUnits, plan: Plan) -> CodePoints:
    """Read texts as code points, in lower case and without accents where that is asked for."""
    from malgil.vectorize._point_kernels import read_points

    lowercase = plan.lowercase
    if plan.accents is not None:
        texts, lowercase = units_of_strings(prepare(_strings(texts), lowercase, plan.accents)), False
    codes, borders = texts
    lower, is_odd = _lower_case() if lowercase else (np.zeros(0, np.uint32), np.zeros(0, np.bool_))
    points, indptr = np.empty(len(codes), np.uint32), np.empty(len(borders), np.int64)
    if not read_points(codes, borders, lower, is_odd, points, indptr):
        changed = units_of_strings(prepare(_strings(texts), True, None))
        return _code_points(changed, plan._replace(lowercase=False, accents=None))
    return CodePoints(points[: indptr[-1]], indptr)


def _strings(texts: CodeUnits) -> pa.LargeStringArray:
    lines = (texts.codes[i : j - 1].tobytes() for i, j in pairwise(texts.borders.tolist()))
    return pa.array([line.decode("utf-16-le") for line in lines], pa.large_string())


@cache
def _lower_case() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Lower case of each code point, and those whose lower case is longer or depends on what stands around them."""
    table = characters("word", True).lower
    lower = np.arange(len(table), dtype=np.uint32)
    changes = np.flatnonzero(table > 0)
    lower[changes] = table[changes]
    is_odd = table < 0
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
