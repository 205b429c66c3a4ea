"""The corpus: documents with an id, a text and whatever else is known of them, read in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa

from malgil.corpus.blocks import rechunk


class Corpus:
    """Documents in order, as blocks that can be read again and again and need not fit into memory.

    Made by `malgil.read`. The columns are, in this order: ``id`` (large_string), ``text`` (large_string), where the
    source has them ``label`` (large_string) and ``time`` (timestamp[us], without zone), then every other column of the
    source under its own name (with ``_2`` behind it where one of the four names is taken). ``id`` and ``text`` hold no
    nulls.

    Parameters
    ----------
    blocks : callable without arguments
        Starts a new pass over the documents: an iterable of RecordBatch of `schema`, in pieces of any size.
    schema : Schema
        The columns above.
    n_docs : int
        Number of documents, >= 0.
    facts : dict
        What is known of the source, ready for JSON; see below.

    Notes
    -----
    ``facts`` holds ``sources`` (name, format, packing, encoding and n_docs of each file; no folders above the one that
    was asked for), ``format``, ``encoding``, ``columns`` (which source column became id, text, label, time),
    ``other_columns``, ``unclear`` (columns among which label or time could not be told), ``n_docs``, ``n_rejected``,
    ``n_null_texts``, ``n_empty_texts`` (the null ones among them) and ``n_ignored_files``.
    """

    def __init__(
        self,
        blocks: Callable[[], Iterable[pa.RecordBatch]],
        schema: pa.Schema,
        n_docs: int,
        facts: dict[str, Any],
    ) -> None:
        self._blocks = blocks
        self._n_docs = n_docs
        self.schema = schema
        self.facts = facts

    def __len__(self) -> int:
        return self._n_docs

    def __repr__(self) -> str:
        return f"Corpus({self._n_docs} documents: {', '.join(self.schema.names)})"

    def blocks(self) -> Iterator[pa.RecordBatch]:
        """Pass over the documents once.

        Yields
        ------
        RecordBatch
            The next block of at most 32,768 documents and about 32 MB of text. The borders depend on the documents
            alone; an empty corpus has no blocks.

        Raises
        ------
        DataError
            If a source file was changed since it was first read.
        """
        return rechunk(self._blocks())

    def texts(self) -> Iterator[pa.LargeStringArray]:
        """Pass over the texts once.

        Yields
        ------
        LargeStringArray
            The texts of the next block, without nulls.
        """
        for block in self.blocks():
            yield block.column("text")

    def to_table(self) -> pa.Table:
        """Bring the whole corpus into memory.

        Returns
        -------
        Table
            All columns, one chunk a block.
        """
        return pa.Table.from_batches(list(self.blocks()), schema=self.schema)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        reader = pa.RecordBatchReader.from_batches(self.schema, self.blocks())
        return reader.__arrow_c_stream__(requested_schema)
