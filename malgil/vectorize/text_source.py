"""Raw documents as blocks of Arrow strings, with a way back where one of them is no text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.corpus import Corpus
from malgil.tokenizers.letters import CodeUnits, blocks_of_list
from malgil.vectorize.documents import each_document

_ROWS = 1 << 13
_TEXTS = {str, np.str_}


class NotTexts(Exception):
    """Some document is not a text that UTF-8 can hold."""


class TextSource:
    """Documents that are passed over as Arrow strings, or, if that fails, once more as they were.

    Parameters
    ----------
    raw_documents : iterable
        What the user gave.
    decode : callable, optional
        Document -> text, for documents that are bytes, files or names of files.
    """

    def __init__(self, raw_documents: Any, decode: Callable[[Any], Any] | None) -> None:
        self._raw = raw_documents
        self._decode = decode
        self._is_once = hasattr(raw_documents, "__next__")
        self._seen: list[pa.LargeStringArray] = []
        self._rest: Iterator[Any] = iter(())

    def blocks(self, *, as_units: bool = False) -> Iterator[Any]:
        """Pass over the texts.

        Parameters
        ----------
        as_units : bool
            Whether texts in a list may come as code units, which costs less and can be left to the threads.

        Yields
        ------
        pa.LargeStringArray or callable
            The next texts, without nulls. A callable gives their code units, and may raise `NotTexts` as well.

        Raises
        ------
        NotTexts
            If a document is something else, or holds a lone surrogate.
        """
        if isinstance(self._raw, Corpus):
            yield from self._raw.texts()
            return
        columnar = _columnar(self._raw)
        if columnar is not None:
            yield from columnar
            return
        if isinstance(self._raw, list):
            yield from self._of_list(self._raw, as_units)
            return
        documents = each_document(self._raw)
        while chunk := list(islice(documents, _ROWS)):
            block = self._to_arrow(chunk)
            if block is None:
                self._rest = chain(chunk, documents)
                raise NotTexts
            if self._is_once:
                self._seen.append(block)
            yield block

    def _of_list(self, documents: list[Any], as_units: bool) -> Iterator[Any]:
        for begin in range(0, len(documents), _ROWS):
            chunk = documents[begin : begin + _ROWS]
            if as_units and set(map(type, chunk)) <= _TEXTS:
                yield partial(_units, chunk)
                continue
            block = self._to_arrow(chunk)
            if block is None:
                raise NotTexts
            yield block

    def documents(self) -> Iterator[Any]:
        """Pass over the documents again, after `blocks` has failed.

        Returns
        -------
        iterator
            All documents; of an iterator, those that were taken from it first.
        """
        if not self._is_once:
            return each_document(self._raw)
        return chain(chain.from_iterable(block.to_pylist() for block in self._seen), self._rest)

    def _to_arrow(self, chunk: list[Any]) -> pa.LargeStringArray | None:
        if not set(map(type, chunk)) <= _TEXTS:
            if self._decode is None or any(type(document) is not bytes for document in chunk):
                return None
            try:
                chunk = [self._decode(document) for document in chunk]
            except UnicodeDecodeError:
                return None
        try:
            return pa.array(chunk, pa.large_string())
        except (UnicodeEncodeError, pa.ArrowException):
            return None


def _units(chunk: list[str]) -> Iterator[CodeUnits]:
    try:
        yield from blocks_of_list(chunk)
    except UnicodeEncodeError as error:
        raise NotTexts from error


def _columnar(raw: Any) -> list[pa.LargeStringArray] | None:
    """Take Arrow strings over, of pyarrow and of whatever else speaks its stream interface but is no list of str."""
    if not isinstance(raw, pa.Array | pa.ChunkedArray):
        if not hasattr(raw, "__arrow_c_stream__") or hasattr(raw, "columns"):
            return None
        try:
            raw = pa.chunked_array(raw)
        except (pa.ArrowException, UnicodeEncodeError, TypeError, ValueError):
            return None
    is_text = pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type) or pa.types.is_string_view(raw.type)
    if not is_text or raw.null_count:
        return None
    chunks = raw.chunks if isinstance(raw, pa.ChunkedArray) else [raw]
    return [chunk.cast(pa.large_string()) for chunk in chunks]
