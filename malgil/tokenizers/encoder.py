"""One worker's way from text buffers to ids: scan a stretch, give its tokens ids, keep its spans."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.tokenizers.characters import Characters
from malgil.tokenizers.forms import FormTable, Packed, buffers

# A stretch and what is scanned from it stay in the second-level cache.
_STRETCH_BYTES = 1 << 17


class Encoded(NamedTuple):
    """Tokens of one block, their ids those of the encoder's table.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Forms in the table.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents.
    spans : ndarray of int32, shape (2, n_tokens) or (2, 0)
        Start and end in code points; without columns where none were asked for.
    """

    ids: NDArray[np.int32]
    indptr: NDArray[np.int64]
    spans: NDArray[np.int32]


class Encoder:
    """A table of forms and the scratch space to fill it from.

    Parameters
    ----------
    characters : Characters
        What the tokeniser makes of each code point.
    has_spans : bool
        Whether spans are wanted.
    """

    def __init__(self, characters: Characters, has_spans: bool) -> None:
        self.table = FormTable()
        self._characters = characters
        self._has_spans = has_spans
        self._scratch = _Scratch.of(_STRETCH_BYTES, characters.growth, has_spans)

    def encode(self, texts: pa.LargeStringArray, first_doc: int = 0) -> Encoded:
        """Encode one block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Its documents.
        first_doc : int
            Number of the first among all documents, for the message of an error.

        Returns
        -------
        Encoded
            Their tokens.

        Raises
        ------
        DataError
            If a text is not UTF-8.
        """
        offsets, data = buffers(texts)
        ids, lengths, spans = [], [], []
        low = 0
        while low < len(texts):
            high = _stretch_end(offsets, low)
            packed, indptr, span = self._scan(offsets[low : high + 1], data, first_doc + low)
            ids.append(self.table.intern(packed, indptr))
            lengths.append(np.diff(indptr))
            spans.append(span.copy())
            packed.words[: packed.places[-1]] = 0  # as the next scan needs it
            low = high
        indptr = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.concatenate([*lengths, indptr[:0]]), out=indptr[1:])
        no_ids, no_spans = np.zeros(0, np.int32), np.zeros((2, 0), np.int32)
        return Encoded(np.concatenate([*ids, no_ids]), indptr, np.concatenate([*spans, no_spans], axis=1))

    def _scan(
        self, offsets: NDArray[np.int64], data: NDArray[np.uint8], first_doc: int
    ) -> tuple[Packed, NDArray[np.int64], NDArray[np.int32]]:
        from malgil.tokenizers._scan_kernels import scan

        n_bytes = int(offsets[-1] - offsets[0])
        scratch = self._scratch
        if n_bytes > _STRETCH_BYTES:
            scratch = _Scratch.of(n_bytes, self._characters.growth, self._has_spans)
        indptr = np.empty(len(offsets), np.int64)
        kind, lower, longer, _ = self._characters
        n_tokens = scan(
            offsets, data, kind, lower, longer, scratch.words.view(np.uint8), *scratch[1:3], indptr, scratch.spans
        )
        if n_tokens < 0:
            raise DataError("tokenizers.not_utf8", row=first_doc - n_tokens - 1)
        packed = Packed(scratch.words, scratch.places[: n_tokens + 1], scratch.lengths[:n_tokens])
        return packed, indptr, scratch.spans[:, :n_tokens]


class _Scratch(NamedTuple):
    """Space for the tokens of one stretch: room for one a byte, so no text can overflow it."""

    words: NDArray[np.uint64]
    places: NDArray[np.int64]
    lengths: NDArray[np.int32]
    spans: NDArray[np.int32]

    @classmethod
    def of(cls, n_bytes: int, growth: int, has_spans: bool) -> _Scratch:
        words = np.zeros(n_bytes + -(-n_bytes * growth // 8) + 1, np.uint64)
        places, lengths = np.empty(n_bytes + 1, np.int64), np.empty(n_bytes, np.int32)
        return cls(words, places, lengths, np.empty((2, n_bytes if has_spans else 0), np.int32))


def _stretch_end(offsets: NDArray[np.int64], low: int) -> int:
    """End of the stretch that begins with document `low`: a cache's worth of text, or one longer document."""
    high = int(np.searchsorted(offsets, offsets[low] + _STRETCH_BYTES, side="right")) - 1
    return max(high, low + 1)
