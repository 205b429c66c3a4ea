"""Texts out of whatever a caller holds: lists, NumPy, pandas, polars, Arrow, a corpus."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from malgil.corpus.columns import choose_roles
from malgil.corpus.corpus import Corpus
from malgil.corpus.objects import from_object
from malgil.corpus.rejects import Rejects
from malgil.corpus.schemas import to_texts
from malgil.errors import ParameterError


def text_blocks(texts: object) -> Iterator[pa.LargeStringArray]:
    """Pass over texts once, without bringing a corpus into memory.

    Parameters
    ----------
    texts : Corpus, list or tuple of str, ndarray, pandas or polars Series or DataFrame, Arrow array or table
        The documents; of a table, the column that `malgil.read` would take as text.

    Yields
    ------
    LargeStringArray
        The next texts, without nulls: a missing text is an empty one. Nothing is yielded for no documents.

    Raises
    ------
    ParameterError
        If it is a single string (wrap it in a list) or nothing that holds texts.
    DataError
        If a value is not a text, or holds a lone surrogate.
    """
    if isinstance(texts, str | bytes):
        raise ParameterError("corpus.single_string")
    if isinstance(texts, Corpus):
        yield from texts.texts()
    elif isinstance(texts, pa.LargeStringArray) and texts.null_count == 0:
        yield texts
    else:
        _, pieces = from_object(texts, Rejects(None))
        pieces = [piece for piece in pieces if piece.batch.num_rows]
        if pieces:
            first = pieces[0].batch
            name = first.schema.names[0] if first.num_columns == 1 else choose_roles(first, "corpus").text
            for piece in pieces:
                yield to_texts(piece.batch.column(name), piece, name)


def as_texts(texts: object) -> pa.LargeStringArray:
    """Bring texts into one Arrow array.

    Parameters
    ----------
    texts : Corpus, list or tuple of str, ndarray, pandas or polars Series or DataFrame, Arrow array or table
        The documents, as for `text_blocks`.

    Returns
    -------
    LargeStringArray, shape (n_docs,)
        Without nulls; the array itself, uncopied, where it already is one.

    Raises
    ------
    ParameterError
        If it is a single string (wrap it in a list) or nothing that holds texts.
    DataError
        If a value is not a text, or holds a lone surrogate.

    Examples
    --------
    >>> as_texts(["말길", None]).to_pylist()
    ['말길', '']
    """
    blocks = list(text_blocks(texts))
    if len(blocks) == 1:
        return blocks[0]
    return pa.concat_arrays(blocks) if blocks else pa.array([], pa.large_string())
