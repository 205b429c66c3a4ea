"""A corpus in parts, each of about as many tokens as may be in memory at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus import text_blocks
from malgil.errors import DataError
from malgil.ngram.sequence import Sequence, read_blocks, read_sequence
from malgil.ragged import Ragged
from malgil.strings import string_buffers
from malgil.tokenizers import Tokenizer
from malgil.tokens import Tokens

_MARKS = 2  # tokens that a document has beside its own: <s> and </s>
_MARGIN = 1.25  # later texts may be cut into more tokens than those so far


class Part(NamedTuple):
    """Some successive documents.

    Parameters
    ----------
    sequence : Sequence
        Encoded; words are numbered within the part.
    is_last : bool
        Whether no other part follows.
    """

    sequence: Sequence
    is_last: bool


def read_parts(
    texts: object, tokenizer: Tokenizer, n_tokens: int, *, skip_symbols: bool = False, n_jobs: int | None = None
) -> Iterator[Part]:
    """Encode a corpus part by part.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document.
    tokenizer : Tokenizer
        How to cut texts.
    n_tokens : int
        Tokens of a part, ``<s>`` and ``</s>`` among them. How many a text has is estimated from the texts before it;
        a longer document is a part of its own.
    skip_symbols : bool
        As in `read_sequence`.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Yields
    ------
    Part
        At least one, which is empty where the corpus is.

    Raises
    ------
    DataError
        As `read_sequence`; rows are those of the corpus.
    """
    queue = _Encoded(texts) if isinstance(texts, Tokens | Ragged) else _Texts(text_blocks(texts))
    n_rows, tokens_per_unit = 0, 1.0
    while True:
        n_units = max(1, int(n_tokens / tokens_per_unit))
        try:
            if isinstance(queue, _Encoded):
                sequence = read_sequence(queue.take(n_units), tokenizer, skip_symbols=skip_symbols, n_jobs=n_jobs)
            else:
                sequence = read_blocks(queue.take(n_units), tokenizer, skip_symbols=skip_symbols, n_jobs=n_jobs)
        except DataError as error:
            if not isinstance(row := error.fields.get("row"), int):
                raise
            raise DataError(error.key, **{**error.fields, "row": row + n_rows}) from error
        yield Part(sequence, queue.is_done)
        if queue.is_done:
            return
        n_rows += sequence.n_sentences
        if isinstance(queue, _Texts):
            tokens_per_unit = _MARGIN * len(sequence.ids) / queue.n_units
        del sequence  # not in memory beside the next


class _Encoded:
    """Documents that are numbers already; a unit is a token."""

    def __init__(self, texts: Tokens | Ragged) -> None:
        (texts.ragged() if isinstance(texts, Tokens) else texts).check(np.iinfo(np.int32).max)
        self._texts = texts
        self._begin = 0

    @property
    def is_done(self) -> bool:
        return self._begin >= self._texts.n_docs

    def take(self, n_units: int) -> Tokens | Ragged:
        indptr, begin = self._texts.indptr, self._begin
        self._begin = end = max(_reach(indptr, begin, n_units), min(begin + 1, self._texts.n_docs))
        ids, own = self._texts.ids[indptr[begin] : indptr[end]], indptr[begin : end + 1] - indptr[begin]
        return Tokens(self._texts.forms, ids, own) if isinstance(self._texts, Tokens) else Ragged(ids, own)


class _Texts:
    """Documents that are strings. A unit is a byte, or a mark of a sentence: no text has more tokens."""

    def __init__(self, blocks: Iterable[pa.LargeStringArray]) -> None:
        self._blocks = (block for block in blocks if len(block))
        self._next = next(self._blocks, None)
        self.n_units = 0

    @property
    def is_done(self) -> bool:
        return self._next is None

    def take(self, n_units: int) -> Iterator[pa.LargeStringArray]:
        """Pass over the next texts: a first document at any rate, then what fits."""
        self.n_units = 0
        while self._next is not None:
            offsets, _ = string_buffers(self._next)
            n = max(_reach(offsets, 0, n_units - self.n_units), int(self.n_units == 0))
            if n == 0:
                return
            block = self._next
            self.n_units += int(offsets[n]) + _MARKS * n
            self._next = block.slice(n) if n < len(block) else next(self._blocks, None)
            yield block.slice(0, n)


def _reach(indptr: NDArray[np.int64], begin: int, n_units: int) -> int:
    """Find the document up to which those from `begin` on have no more units than given."""
    borders = indptr[begin:] + _MARKS * np.arange(len(indptr) - begin)
    return begin + int(np.searchsorted(borders, borders[0] + n_units, side="right")) - 1
