"""Texts -> sentences, Korean and English, with offsets into the raw text.

A block of texts is composed (NFC; offsets remembered), cut at the borders that `malgil.tokenizers.borders` finds, and
the cuts are put back into code points of the raw text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import decode, is_space
from malgil.compose import compose_texts
from malgil.engine import map_blocks
from malgil.params import choose
from malgil.tokenizers.borders import find_borders

Language = Literal["auto", "ko", "en"]
LANGUAGES: dict[str, bool] = {"auto": True, "ko": True, "en": False}
"""Language -> whether Korean endings may end a sentence without a full stop."""


class Sentence(NamedTuple):
    """One sentence of a text.

    Parameters
    ----------
    text : str
        The text from `start` to `end`, white space on neither side.
    start, end : int
        Half-open span in code points of the raw text.
    """

    text: str
    start: int
    end: int


class Spans(NamedTuple):
    """The sentences of a block of texts, as numbers.

    Parameters
    ----------
    rows : ndarray of int64, shape (n_sentences,)
        Text of each sentence, rising.
    start, end : ndarray of int32, shape (n_sentences,)
        Half-open spans in code points of the raw texts.
    """

    rows: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]


def sentences(texts: object, lang: Language = "auto", *, n_jobs: int | None = None) -> list[list[Sentence]]:
    """Split texts into sentences.

    Full stops, question marks and exclamation marks end a sentence unless they belong to an abbreviation, a number or a
    quotation. Korean sentences are found without them too, by the endings of their verbs. Nothing is cut within a pair
    of brackets or quotation marks. The sentences of a text cover every character that is not white space.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
        Raw texts.
    lang : {"auto", "ko", "en"}
        ``"auto"`` and ``"ko"`` look at every gap behind a Hangul syllable, so that mixed texts are right; ``"en"``
        leaves Korean endings alone and goes by the marks.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    list of list of Sentence
        One list a text, empty where the text has nothing but white space.

    Raises
    ------
    ParameterError
        If `lang` is not known.

    Examples
    --------
    >>> [sentence.text for sentence in sentences(["비가 많이 왔어요 그래서 늦었습니다. Mr. Kim waited."])[0]]
    ['비가 많이 왔어요', '그래서 늦었습니다.', 'Mr. Kim waited.']
    >>> sentences(['그는 "가자. 늦었다." 하고 말했다. 갔다.'])[0][1]
    Sentence(text='갔다.', start=22, end=25)
    """
    from malgil.corpus import text_blocks

    korean = choose(LANGUAGES, "lang", lang)
    parts = map_blocks(lambda block: _sentences(block, korean), text_blocks(texts), n_jobs)
    return [row for part in parts for row in part]


def sentence_spans(
    blocks: Iterable[pa.LargeStringArray], lang: Language = "auto", *, n_jobs: int | None = None
) -> Iterator[Spans]:
    """Split blocks of texts, without making a string for each sentence.

    Parameters
    ----------
    blocks : iterable of pa.LargeStringArray
        The corpus, no nulls.
    lang : {"auto", "ko", "en"}
        As for `sentences`.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    iterator of Spans
        One a block, in their order.

    Raises
    ------
    ParameterError
        If `lang` is not known.
    """
    korean = choose(LANGUAGES, "lang", lang)
    return map_blocks(lambda block: split_block(block, korean=korean), blocks, n_jobs)


def split_block(texts: pa.LargeStringArray, *, korean: bool = True) -> Spans:
    """Split one block of texts.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Raw texts, no nulls.
    korean : bool
        Whether Korean endings may end a sentence without a full stop.

    Returns
    -------
    Spans
        In the order of the texts.
    """
    composed = compose_texts(texts)
    points = decode(composed.texts)
    visible = np.flatnonzero(~is_space(points.points))
    _, right = find_borders(points, korean=korean)
    opens = np.zeros(len(points.points) + 1, np.bool_)
    opens[right] = True
    text_of = points.rows_of(visible)
    first = opens[visible]
    if len(first):
        first[0] = True
        first[1:] |= text_of[1:] != text_of[:-1]
    begin = np.flatnonzero(first)
    last = np.append(begin[1:], len(visible))[: len(begin)] - 1
    rows = text_of[begin]
    base = points.indptr[rows]
    start, end = composed.offsets.to_raw(rows, visible[begin] - base, visible[last] + 1 - base)
    return Spans(rows, start, end)


def _sentences(texts: pa.LargeStringArray, korean: bool) -> list[list[Sentence]]:
    """Split one block and cut its strings."""
    spans = split_block(texts, korean=korean)
    strings: list[str] = texts.to_pylist()
    out: list[list[Sentence]] = [[] for _ in strings]
    for row, start, end in zip(spans.rows.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True):
        out[row].append(Sentence(strings[row][start:end], start, end))
    return out
