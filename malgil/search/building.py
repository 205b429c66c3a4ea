"""From documents to an index in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.clean import Cleaner
from malgil.engine import Progress, map_blocks
from malgil.params import choose
from malgil.search.bm25 import BM25, check_parameters
from malgil.search.defaults import default_fields
from malgil.search.directory import Directory
from malgil.search.editing import Editor
from malgil.search.field_index import FieldIndex
from malgil.search.fields import Field, read_fields
from malgil.search.identifiers import Identifiers
from malgil.search.incoming import Incoming, take_in
from malgil.search.segment import Metadata, Segment
from malgil.search.snapshot import Settings, Snapshot
from malgil.search.storage import Memory, Storage
from malgil.search.stored import StoredStrings
from malgil.tokenizers import tokenizer
from malgil.tokenizers.saving import ready


def prepare(
    texts: object, fields: Mapping[str, object] | None, variant: str, k1: float, b: float, delta: float
) -> tuple[Incoming, Settings]:
    """Look at documents and choose how they are searched.

    Parameters
    ----------
    texts : list of str, Corpus, or NumPy, pandas, polars, Arrow column or table
        The documents.
    fields : mapping, optional
        What the caller asks for; by default what suits the language of the texts.
    variant : str
        A key of `malgil.search.BM25`.
    k1, b, delta : float
        Parameters of the formula.

    Returns
    -------
    incoming : Incoming
        The documents.
    settings : Settings
        Of the index.
    """
    choose(BM25, "variant", variant)
    check_parameters(k1, b, delta)
    chosen = None if fields is None else read_fields(fields)
    for field in (chosen or {}).values():
        tokenizer(**field.params)  # an unknown one is an error before the documents are read
    incoming = take_in(texts, None, chosen or {})
    incoming.check_columns(field.column for field in (chosen or {}).values())
    chosen = {name: _learned(field, incoming) for name, field in (chosen or {}).items()}
    chosen = chosen or default_fields(incoming.texts())
    return incoming, Settings(chosen, variant, float(k1), float(b), float(delta), incoming.text)


def make_segment(
    incoming: Incoming,
    settings: Settings,
    first: int = 0,
    ready: Mapping[str, FieldIndex] | None = None,
    *,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Segment:
    """Index documents.

    Parameters
    ----------
    incoming : Incoming
        The documents.
    settings : Settings
        Of the index.
    first : int
        Number of the first of them.
    ready : mapping, optional
        Name -> field that is indexed already.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.
    progress : Progress, optional
        Told of every block that is split.

    Returns
    -------
    Segment
        In memory.
    """
    numbers = np.arange(first, first + incoming.n_docs, dtype=np.int64)
    fields = dict(ready or {})
    for name, field in settings.fields.items():
        if name not in fields:
            composed = _composed(incoming.texts(field.column), n_jobs)
            fields[name] = FieldIndex.build(tokenizer(**field.params), composed, n_jobs, progress)
    return Segment(
        numbers,
        Identifiers.build(numbers, incoming.ids, n_jobs),
        StoredStrings.build(incoming.texts(), n_jobs),
        Metadata(incoming.table, incoming.n_docs),
        {name: fields[name] for name in settings.fields},
    )


def _learned(field: Field, incoming: Incoming) -> Field:
    """Let a tokeniser that has to learn do so from the documents; the index keeps what it learned."""
    made = tokenizer(**field.params)
    learned = ready(made, lambda: _composed(incoming.texts(field.column), None))
    return field if learned is made else replace(field, tokenizer=learned.params)


def _composed(texts: Iterator[pa.LargeStringArray], n_jobs: int | None) -> Iterator[pa.LargeStringArray]:
    """Bring texts into NFC, as queries are: some systems write Hangul in single jamo."""
    cleaner = Cleaner(["nfc"])
    return map_blocks(lambda block: cleaner.clean_block(block).texts, texts, n_jobs)


def build_index(
    incoming: Incoming,
    settings: Settings,
    path: Path | None,
    ready: Callable[[], Mapping[str, FieldIndex]] = dict,
    *,
    extra: dict[str, Any] | None = None,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Storage, Snapshot]:
    """Index documents and commit them.

    Parameters
    ----------
    incoming : Incoming
        The documents.
    settings : Settings
        Of the index.
    path : Path, optional
        Its folder; an index that is there is replaced. In memory without it.
    ready : callable
        Gives fields that are made from something else than the texts: name -> `FieldIndex`.
    extra : dict, optional
        JSON to keep in the manifest.
    n_jobs : int, optional
        Threads, all cores by default.
    progress : Progress, optional
        Told of every block that is split.

    Returns
    -------
    storage : Storage
        Where the index lives.
    snapshot : Snapshot
        What it holds.

    Raises
    ------
    StorageError
        If the folder cannot be written or holds other things.
    BusyError
        If another process writes there.
    """
    storage: Storage = Memory()
    if path is not None:
        storage = Directory(path, extra)
        storage.create()
    editor = Editor(storage, Snapshot(settings, (), (), 0))
    editor.replace(lambda: make_segment(incoming, settings, ready=ready(), n_jobs=n_jobs, progress=progress))
    return storage, editor.snapshot
