"""Hashing the n-grams of texts the fast way: no feature ever becomes a string."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import N_CODE_POINTS
from malgil.strings import string_buffers
from malgil.vectorize.grams import Layout, Rows
from malgil.vectorize.layouts import character_layouts, text_preparer, word_layout
from malgil.vectorize.leaving_out import is_left_out
from malgil.vectorize.plan import Plan


class Folding(NamedTuple):
    """How hashes become columns.

    Parameters
    ----------
    n_features : int
        Number of columns.
    is_signed : bool
        Whether half of the hashes count negative.
    """

    n_features: int
    is_signed: bool


def hash_block(plan: Plan, texts: pa.LargeStringArray, folding: Folding) -> list[Rows]:
    """Count the n-grams of a block of texts under the columns of their hashes.

    Parameters
    ----------
    plan : Plan
        What is asked for.
    texts : pa.LargeStringArray
        Raw texts.
    folding : Folding
        The columns.

    Returns
    -------
    list of Rows
        A row for each document, columns rising; successive documents.
    """
    if plan.tokenizer is None:
        strings = _characters()
        return [_fold(plan, layout, strings, folding) for layout in character_layouts(texts, plan)]
    tokens = plan.tokenizer.tokenize_block(text_preparer(plan)(texts))
    ids, left_out = tokens.ids, is_left_out(tokens.forms, plan)
    if left_out.any():
        ids = np.where(left_out[ids], np.int32(-1), ids)
    return [_fold(plan, word_layout(ids, tokens.indptr), string_buffers(tokens.forms), folding)]


def _fold(plan: Plan, layout: Layout, strings: tuple[NDArray[np.int64], NDArray[np.uint8]], folding: Folding) -> Rows:
    from malgil.vectorize._hash_kernels import fold_hashes, hash_grams

    symbols, left, borders = layout
    is_padded = plan.unit == "char_wb"
    most = int(np.maximum(np.minimum(left, plan.high) - plan.low + 1, int(is_padded)).clip(0).sum(dtype=np.int64))
    hashes, lengths = np.empty(most, np.int64), np.empty(len(borders) - 1, np.int64)
    gap = int(plan.unit == "word")
    n = hash_grams(symbols, left, borders, *strings, gap, plan.low, plan.high, is_padded, hashes, lengths)
    indices, data = np.empty(n, np.int32), np.empty(n, np.int32)
    n = fold_hashes(hashes[: len(indices)], lengths, *folding, indices, data)
    return Rows(lengths, indices[:n].copy(), data[:n].copy())


@cache
def _characters() -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """UTF-8 of every code point; of surrogates, which no text holds, none."""
    points = np.arange(N_CODE_POINTS, dtype="<u4")
    sizes = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    surrogates = (points >= 0xD800) & (points < 0xE000)
    sizes[surrogates] = 0
    offsets = np.append(0, np.cumsum(sizes))
    data = points[~surrogates].tobytes().decode("utf-32-le").encode("utf-8")
    return offsets, np.frombuffer(data, np.uint8)
