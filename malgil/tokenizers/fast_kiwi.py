"""Korean morphemes as Kiwi finds them, without Kiwi: a tagger that has learnt from it, many times as fast.

Each character is given one label, from left to right; labels are then read as morphemes. What a text's morphemes are
depends on that text alone, so that no order, batch or number of threads can change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, decode, encode
from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.tokenizers.fast_doubts import replace_doubtful
from malgil.tokenizers.fast_model import FastModel, load_model
from malgil.tokenizers.kiwi import KiwiTokenizer
from malgil.tokenizers.morphemes import TAG_IDS, UNKNOWN, Morphemes, load
from malgil.tokens import Tokens

_PART_POINTS = 1 << 17
"""Characters that a thread labels at a time."""


class _Reader(NamedTuple):
    """What reads morphemes here, where Kiwi stands in the class above."""

    model: FastModel
    n_jobs: int | None


@dataclass(frozen=True, kw_only=True)
class FastKiwiTokenizer(KiwiTokenizer):
    """Tokens are Korean morphemes with Kiwi's forms, parts of speech and spans, in nearly all cases the same ones.

    It has learnt from Kiwi's analyses of reviews and petitions, and needs neither Kiwi nor its memory. It reads a text
    from left to right and decides at once, where Kiwi compares whole analyses: rare names, long compounds and text
    without spaces are where they differ most.

    Parameters
    ----------
    tags, lowercase, stop_words
        As of `KiwiTokenizer`.
    user_words : sequence
        Must be empty: only Kiwi takes words of the user.
    fallback : bool
        Whether to let Kiwi analyse the sentences in which the tagger was often in doubt: nearer to Kiwi, and slower.

    Raises
    ------
    ParameterError
        If a part of speech is not known, or there are words of the user.

    Examples
    --------
    >>> FastKiwiTokenizer().split("영화를 봤다")
    ['영화', '를', '보', '었', '다']
    """

    fallback: bool = False
    name: ClassVar[str] = "kiwi-fast"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.user_words:
            raise ParameterError("kiwi_fast.no_user_words", field="user_words")

    @property
    def params(self) -> dict[str, Any]:
        """Arguments of `malgil.tokenizers.tokenizer` that make an equal tokeniser."""
        return super().params | ({"fallback": True} if self.fallback else {})

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block, with a form table of its own.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts, no nulls.

        Returns
        -------
        Tokens
            With tags.
        """
        return self._tokenize(texts, _Reader(load_model(), None))

    def tokenize_blocks(self, blocks: Iterable[pa.LargeStringArray], n_jobs: int | None = None) -> Iterator[Tokens]:
        """Tokens of each block in turn, blocks side by side on threads.

        Parameters
        ----------
        blocks : iterable of pa.LargeStringArray
            The corpus.
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.

        Returns
        -------
        iterator of Tokens
            In the order of the blocks.
        """
        reader = _Reader(load_model(), n_jobs)
        return map_blocks(lambda texts: self._tokenize(texts, reader), blocks, n_jobs)

    def _analyse(self, texts: pa.LargeStringArray, kiwi: Any) -> Morphemes:
        points = decode(texts)
        found, leads = read_morphemes(points, kiwi.model, kiwi.n_jobs)
        return replace_doubtful(found, points, leads, load()) if self.fallback else found


def read_morphemes(
    texts: CodePoints, model: FastModel, n_jobs: int | None = None
) -> tuple[Morphemes, NDArray[np.int32]]:
    """Label the characters of texts and read the labels as morphemes.

    Parameters
    ----------
    texts : CodePoints
        Composed (NFC) texts.
    model : FastModel
        What to label them with.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Morphemes
        Spans in code points of each text; they cover all that is not white space.
    ndarray of int32, shape (n_points,)
        By how much the label of each code point won.
    """
    from malgil.tokenizers import _fast_kernels as kernels

    indptr = texts.indptr.astype(np.int64)
    symbols = model.symbols(texts.points)
    labels, leads = np.empty(len(symbols), np.int32), np.empty(len(symbols), np.int32)
    opens = model.opens()

    def label(borders: NDArray[np.int64]) -> None:
        part, borders = slice(borders[0], borders[-1]), borders - borders[0]
        suffixes = kernels.hash_suffixes(symbols[part], borders)
        kernels.label_points(
            *(symbols[part], borders, suffixes, model.choices, model.choice_indptr, opens, model.weights, model.mask),
            labels[part],
            leads[part],
        )

    for _ in map_blocks(label, _parts(indptr), n_jobs):
        pass
    room = _room(labels, model)
    spans, forms = np.empty((room[0] + len(texts.indptr), 3), np.int64), np.empty(room[1], np.uint32)
    form_indptr, lengths = np.zeros(len(spans) + 1, np.int64), np.zeros(len(indptr) - 1, np.int64)
    n = kernels.read_labels(
        texts.points,
        indptr,
        labels,
        model.part_indptr,
        model.part_tags,
        model.part_texts,
        model.text_indptr,
        model.text_points,
        TAG_IDS[UNKNOWN],
        spans,
        form_indptr,
        forms,
        lengths,
    )
    spans, form_indptr = spans[:n], form_indptr[: n + 1]
    base = np.repeat(indptr[:-1], lengths)
    start, end = spans[:, 0] - base, spans[:, 1] - base
    distinct = encode(CodePoints(forms[: form_indptr[-1]], form_indptr)).dictionary_encode()
    ids = distinct.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return Morphemes(distinct.dictionary.to_pylist(), ids, spans[:, 2].astype(np.uint8), start, end, lengths), leads


def _parts(indptr: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Cut the borders of texts where some `_PART_POINTS` characters lie between."""
    marks = np.arange(0, int(indptr[-1]), _PART_POINTS)
    cuts = np.unique(np.append(np.searchsorted(indptr, marks), len(indptr) - 1))
    for low, high in pairwise(cuts.tolist()):
        yield indptr[low : high + 1]


def _room(labels: NDArray[np.int32], model: FastModel) -> tuple[int, int]:
    """Tell how many morphemes, and how many code points in forms, the labels can give at most."""
    counts = np.bincount(labels[labels >= 0], minlength=len(model.part_indptr) - 1)
    n_parts = np.diff(model.part_indptr)
    widths = np.append(np.diff(model.text_indptr), 1)[model.part_texts] + 1
    points = np.concatenate([[0], np.cumsum(widths)])[model.part_indptr]
    return int(counts @ n_parts), int(counts @ np.diff(points))
