"""Documents on their way into an index: their texts, their ids, and what else is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from malgil.corpus import BLOCK_ROWS, Corpus, read, text_blocks
from malgil.corpus.objects import from_object, holds_rows
from malgil.corpus.rejects import Rejects
from malgil.errors import DataError, ParameterError
from malgil.params import did_you_mean
from malgil.search.columns import as_strings, read_numbers, without_dictionaries
from malgil.search.fields import TEXT, Field
from malgil.strings import string_array


@dataclass(frozen=True, eq=False)
class Incoming:
    """Documents that are not in the index yet.

    Parameters
    ----------
    n_docs : int
        How many.
    text : str
        What their column of texts is called in the source.
    ids : list of pa.LargeStringArray, optional
        The user's ids in blocks; by default the numbers that the documents get.
    table : Table
        All columns other than ids and texts.
    source : Corpus or list of pa.LargeStringArray
        Where the texts are.
    """

    n_docs: int
    text: str
    ids: list[pa.LargeStringArray] | None
    table: pa.Table
    source: Corpus | list[pa.LargeStringArray]

    def texts(self, column: str = TEXT) -> Iterator[pa.LargeStringArray]:
        """Pass over the strings of a column.

        Parameters
        ----------
        column : str
            ``"text"``, or the name in the source.

        Yields
        ------
        pa.LargeStringArray
            A block without nulls: where there is nothing, the text is empty.
        """
        if column in (TEXT, self.text):
            yield from self.source.texts() if isinstance(self.source, Corpus) else self.source
        elif column in self.table.column_names:
            for begin in range(0, self.n_docs, BLOCK_ROWS):
                yield as_strings(self.table.column(column).slice(begin, BLOCK_ROWS))
        elif self.n_docs:
            yield string_array([""] * self.n_docs)

    def id_array(self, first: int) -> pa.LargeStringArray:
        """Give all ids at once.

        Parameters
        ----------
        first : int
            Number that the first document will get.

        Returns
        -------
        pa.LargeStringArray
            One for each document.
        """
        if self.ids is None:
            return pa.array(range(first, first + self.n_docs), pa.int64()).cast(pa.large_string())
        return pa.concat_arrays(self.ids) if self.ids else pa.array([], pa.large_string())

    def check_columns(self, names: Iterable[str]) -> None:
        """Make sure that columns are there.

        Parameters
        ----------
        names : iterable of str
            What fields are split from.

        Raises
        ------
        ParameterError
            If one is missing.
        """
        known = [TEXT, *self.table.column_names]
        for name in names:
            if self.n_docs and name not in (*known, self.text):
                columns, hint = ", ".join(known), did_you_mean(name, known)
                raise ParameterError("search_index.no_such_column", column=name, columns=columns, hint=hint)

    def with_table(self, table: pa.Table) -> Incoming:
        """Give the documents other metadata.

        Parameters
        ----------
        table : Table
            All columns other than ids and texts.

        Returns
        -------
        Incoming
            A copy.
        """
        return replace(self, table=table)


def take_in(texts: object, ids: object, fields: Mapping[str, Field], text: str | None = None) -> Incoming:
    """Take documents over from whatever a caller holds.

    Parameters
    ----------
    texts : list of str, ndarray, pandas or polars Series or DataFrame, Arrow array or table, Corpus
        The documents.
    ids : list of str or Arrow, NumPy, pandas or polars column, optional
        Their ids, in place of a column of `texts`.
    fields : mapping
        The fields of the index: where none is split from ``text`` and no column is called so, the column of the last
        is the one of texts.
    text : str, optional
        Column of texts, where it is known already.

    Returns
    -------
    Incoming
        The documents, their ids all different.

    Raises
    ------
    ParameterError
        If it is nothing that holds texts, or there are more or fewer ids than texts.
    DataError
        If a column or its content cannot be used.
    """
    if isinstance(texts, Corpus):
        incoming = _of_corpus(texts)
    elif _is_bare(texts):
        blocks = list(text_blocks(texts))
        n_docs = sum(map(len, blocks))
        incoming = Incoming(n_docs, TEXT, None, pa.table({}), blocks)
    else:
        incoming = _of_table(texts, fields, text)
    if ids is not None:
        incoming = _with_ids(incoming, ids)
    _check_ids(incoming.ids)
    return incoming


def _is_bare(texts: Any) -> bool:
    """Whether it is one column of texts, and no table."""
    if isinstance(texts, str | bytes):
        return True  # which is refused there
    if isinstance(texts, list | tuple):
        return not holds_rows(texts)
    return not (isinstance(texts, Mapping | pa.Table | pa.RecordBatch) or hasattr(texts, "columns"))


def _of_corpus(corpus: Corpus) -> Incoming:
    """Take a corpus over, its columns under the names they have in the source."""
    names = [name for name in corpus.schema.names if name not in ("id", TEXT)]
    ids, rows = [], []
    for block in corpus.blocks():
        ids.append(block.column("id"))
        rows.append(block.select(names))
    table = pa.Table.from_batches(rows, pa.schema([corpus.schema.field(name) for name in names]))
    return of_parts(corpus, ids, table, corpus.facts)


def of_parts(
    source: Corpus | list[pa.LargeStringArray], ids: list[pa.LargeStringArray], table: pa.Table, facts: dict[str, Any]
) -> Incoming:
    """Take the parts of a corpus over.

    Parameters
    ----------
    source : Corpus or list of pa.LargeStringArray
        Where its texts are.
    ids : list of pa.LargeStringArray
        Its ids in blocks.
    table : Table
        Its other columns.
    facts : dict
        What is known of it, see `malgil.corpus.Corpus`.

    Returns
    -------
    Incoming
        Columns under the names that they have in the source, and with numbers where it has only their digits.
    """
    known = facts.get("columns") or {}
    is_written = facts.get("format") in ("csv", "tsv")
    columns: dict[str, Any] = {}
    for name in table.column_names:
        own = known.get(name) if name in ("label", "time") else name
        # files of plain text have no numbers, and labels are always read as texts
        is_text = is_written or name == "label"
        columns[own or name] = read_numbers(table.column(name)) if is_text else table.column(name)
    own_ids = ids if known.get("id", True) else None
    n_docs = sum(map(len, ids))
    return Incoming(n_docs, known.get("text") or TEXT, own_ids, without_dictionaries(pa.table(columns)), source)


def _of_table(data: object, fields: Mapping[str, Field], text: str | None) -> Incoming:
    """Take a table over with the names and the types it has."""
    _, pieces = from_object(data, Rejects(None))
    table = without_dictionaries(pa.Table.from_batches([piece.batch for piece in pieces]))
    named = list(dict.fromkeys(field.column for field in fields.values()))
    if text is None or text not in table.column_names:
        text = TEXT if TEXT in table.column_names else None
    if text is None and TEXT not in named and named[-1:] and named[-1] in table.column_names:
        text = named[-1]  # the fields say which columns are texts
    if not table.num_rows:
        return Incoming(0, text or TEXT, None, table.drop_columns([text] if text else []), [])
    corpus = read(table, text=text)
    known = corpus.facts["columns"]
    ids = [block.column("id") for block in corpus.blocks()] if known["id"] else None
    others = [name for name in table.column_names if name not in (known["id"], known["text"])]
    return Incoming(len(corpus), known["text"], ids, table.select(others), list(corpus.texts()))


def as_ids(ids: Any) -> pa.LargeStringArray:
    """Take ids over from whatever a caller holds.

    Parameters
    ----------
    ids : list of str or int, NumPy, pandas, polars or Arrow column
        Ids; numbers are written out.

    Returns
    -------
    pa.LargeStringArray
        The same, as strings.

    Raises
    ------
    ParameterError
        If one is missing, or it is nothing that holds ids.
    """
    if isinstance(ids, np.ndarray | set | frozenset | range):
        ids = list(ids)
    if isinstance(ids, list | tuple):
        if any(value is None for value in ids):
            raise ParameterError("search_index.missing_id")
        return string_array([str(value) for value in ids])
    try:
        column = pa.chunked_array(ids) if hasattr(ids, "__arrow_c_stream__") else pa.array(ids)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise ParameterError("search_index.no_ids", type=type(ids).__name__) from error
    if column.null_count:
        raise ParameterError("search_index.missing_id")
    return as_strings(column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column]))


def _with_ids(incoming: Incoming, ids: Any) -> Incoming:
    array = as_ids(ids)
    if len(array) != incoming.n_docs:
        raise ParameterError("search_index.other_number_of_ids", found=len(array), wanted=incoming.n_docs)
    return replace(incoming, ids=[array])


def _check_ids(ids: list[pa.LargeStringArray] | None) -> None:
    if not ids:
        return
    whole = pa.chunked_array(ids)
    counts = pc.value_counts(whole)
    twice = pc.filter(counts.field("values"), pc.greater(counts.field("counts"), 1))
    if len(twice):
        raise DataError("search_index.id_twice", id=twice[0].as_py())
