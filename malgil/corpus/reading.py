"""``malgil.read``: a corpus out of a file, a folder, a glob, standard input or an object in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from malgil.corpus.columns import Request
from malgil.corpus.corpus import Corpus
from malgil.corpus.files import check_apart, check_is_path, find
from malgil.corpus.objects import from_object
from malgil.corpus.rejects import Rejects
from malgil.corpus.sources import FileSource, MemorySource
from malgil.corpus.survey import Survey


def read(
    path_or_object: object,
    text: str | None = None,
    label: str | None = None,
    time: str | None = None,
    *,
    id: str | None = None,
    encoding: str | None = None,
    rejects: str | Path | None = None,
) -> Corpus:
    """Read a corpus.

    The source is read through once: the columns are found, the rows counted, ids and encoding checked. A source of up
    to 256 MB (as Arrow columns) stays in memory for later passes; a larger one is read again each time.

    Parameters
    ----------
    path_or_object : str, Path or object
        A file (``.txt``, a document a line; ``.csv .tsv .jsonl .ndjson .parquet .arrow``; each also ``.gz`` or
        ``.zst``), a folder of such files at any depth, a glob, or ``-`` for standard input; or a list of str or of
        dict, a dict of columns, a NumPy array, a pandas or polars Series or DataFrame, an Arrow array or table, a
        Hugging Face Dataset, a `Corpus`.
    text : str, optional
        The column of texts. Found by itself where one column is named like one, or is clearly the longest.
    label : str, optional
        The column of labels. Found by itself by its name.
    time : str, optional
        The column of times. Found by itself where one column holds dates or times, by type or as text.
    id : str, optional
        The column of ids; ``"row"`` numbers the rows from 0. By itself, a column called ``id``, ``doc_id`` or the like,
        which then must be unique, or another such as ``review_id`` where it is unique; else the row number.
    encoding : str, optional
        Encoding of text files. By itself: byte-order mark, strict UTF-8, strict CP949; nothing else is guessed.
    rejects : str or Path, optional
        A JSON Lines file that receives rows that cannot be used (``file, row, reason, raw``); the others are read.
        Without it, the first such row is an error.

    Returns
    -------
    Corpus
        At least one document.

    Raises
    ------
    MissingError
        If nothing is there.
    ParameterError
        If a column or encoding is not known, or the object holds no texts.
    DataError
        If the content cannot be used: what is wrong, where, and what to do.

    Notes
    -----
    CSV follows RFC 4180; a quote that is left open is an error, told from a field of several lines by the columns of
    the rows it swallows. In TSV quotes are data. All columns of both are text, so leading zeros stay. A missing text is
    an empty document and is counted.

    Examples
    --------
    >>> corpus = read(["말길을 열다", "an open way"])
    >>> len(corpus), corpus.to_table().to_pylist()[0]
    (2, {'id': '0', 'text': '말길을 열다'})
    """
    if isinstance(path_or_object, Corpus):
        return path_or_object
    sink = Rejects(rejects)
    try:
        source, n_ignored = _source(path_or_object, encoding, sink, rejects)
        survey = Survey(source, Request(text=text, label=label, time=time, id=id), sink)
    finally:
        sink.discard()
    facts = {**source.facts(survey.n_rows_of), **_facts(survey, sink), "n_ignored_files": n_ignored}
    return Corpus(lambda: _rows(survey), survey.plan.schema, survey.n_rows, facts)


def _source(
    data: object, encoding: str | None, sink: Rejects, rejects: str | Path | None
) -> tuple[FileSource | MemorySource, int]:
    if isinstance(data, str | bytes | os.PathLike):
        path = check_is_path(data)
        files, n_ignored = find(path)
        if rejects is not None:
            check_apart(Path(rejects), files, "--rejects")
        return FileSource(files, path, encoding), n_ignored
    name, pieces = from_object(data, sink)
    return MemorySource(name, pieces), 0


def _rows(survey: Survey) -> Iterator[pa.RecordBatch]:
    n_before = 0
    for piece in survey.pieces():
        if piece.batch.num_rows:
            yield survey.plan.apply(piece, n_before)
        n_before += piece.batch.num_rows


def _facts(survey: Survey, rejects: Rejects) -> dict[str, Any]:
    plan = survey.plan
    return {
        "columns": {"id": plan.id, "text": plan.text, "label": plan.label, "time": plan.time},
        "other_columns": [name for _, name, _ in plan.others],
        "unclear": survey.roles.unclear,
        "n_docs": survey.n_rows,
        "n_rejected": rejects.n,
        "n_null_texts": survey.n_null_texts,
        "n_empty_texts": survey.n_empty_texts,
    }
